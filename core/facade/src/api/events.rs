//! Events of calls, for programs that watch; and server-sent events of a service.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use keywright::BoxFuture;
use tokio::sync::Mutex;

use super::error::{ErrorKind, KeywrightError, Outcome};
use crate::process::{Process, Result};

/// What the core asks of its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum HostAsk {
    /// A key.
    Key,
    /// A place for a secret.
    Deliver,
    /// An ear for an event.
    Event,
}

/// One thing that happened during a call. Only the members that its name calls for are there.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Event {
    /// What happened: `call_start`, `attempt_end`, `throttled`, `orphan_key`, ...
    pub name: String,
    /// At which service.
    pub service: String,
    /// During which operation, as `keys.create`.
    pub operation: String,
    /// Which call: the middle of its request ids.
    pub call: String,
    /// Which request of it, from 1.
    pub attempt: u32,
    /// The status of an answer.
    pub status: Option<u16>,
    /// How long it took, or will wait.
    pub duration: Option<Duration>,
    /// How a call or attempt failed.
    pub error: Option<ErrorKind>,
    /// What became of the request.
    pub outcome: Option<Outcome>,
    /// A key's id (`orphan_key`).
    pub key_id: Option<String>,
    /// A sentence for people (`warning`).
    pub detail: Option<String>,
}

impl From<&keywright::Event> for Event {
    fn from(event: &keywright::Event) -> Self {
        Self {
            name: event.name.as_str().to_owned(),
            service: event.service.to_string(),
            operation: event.operation.clone(),
            call: event.call.clone(),
            attempt: event.attempt,
            status: event.status,
            duration: event.duration,
            error: event.error.map(Into::into),
            outcome: event.outcome.map(Into::into),
            key_id: event.key_id.clone(),
            detail: event.detail.clone(),
        }
    }
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ServerEvent {
    /// Its name; `message` when the service gave none.
    pub event: String,
    /// Its data, as text.
    pub data: String,
}

/// Events of a service as they arrive.
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct EventStream {
    /// Taken out when it is closed, which closes the connection.
    inner: Arc<Mutex<Option<keywright::EventStream>>>,
    /// Outlives it: the run may go on when its stream has broken off.
    run_id: Arc<OnceLock<String>>,
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream")
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl EventStream {
    /// The next event; nothing at the end.
    ///
    /// # Errors
    /// `network` when the stream breaks off, `timeout` when it falls silent: the remedy says how to
    /// go on.
    pub async fn next_event(&self) -> Result<Option<ServerEvent>> {
        let (inner, run_id) = (Arc::clone(&self.inner), Arc::clone(&self.run_id));
        let next = async move {
            let mut stream = inner.lock().await;
            let Some(open) = stream.as_mut() else { return Ok(None) };
            let next = open.next().await;
            if let Some(named) = open.run_id() {
                run_id.get_or_init(|| named.to_owned());
            }
            match next {
                Some(Ok(event)) => Ok(Some(ServerEvent { event: event.event, data: event.data })),
                Some(Err(error)) => Err(KeywrightError::from(error)),
                None => Ok(None),
            }
        };
        Process::current()?.run(None, Box::pin(next)).await
    }

    /// The id of the run behind the stream, once an event has named it: what to poll when the
    /// stream breaks off.
    pub fn run_id(&self) -> Option<String> {
        self.run_id.get().cloned()
    }

    /// Closes the connection without waiting: for loops that are left in the middle.
    pub fn leave(&self) {
        if let Ok(mut open) = self.inner.try_lock() {
            open.take();
        } else if let Ok(process) = Process::current() {
            // A call for the next event holds it until it has ended.
            process.begin(None, self.closing(), drop).detached();
        }
    }

    /// Closes the connection, at once or when the call for the next event has ended.
    pub async fn close(&self) -> Result<()> {
        Process::current()?.run(None, self.closing()).await
    }
}

impl EventStream {
    fn closing(&self) -> BoxFuture<'static, Result<()>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            inner.lock().await.take();
            Ok(())
        })
    }

    pub(super) fn of(stream: keywright::EventStream) -> Arc<Self> {
        Arc::new(Self { inner: Arc::new(Mutex::new(Some(stream))), run_id: Arc::default() })
    }
}
