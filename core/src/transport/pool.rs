//! Keeps connections that have answered, for the next request to the same origin.
//!
//! A connection that the server has closed meanwhile must not carry a request that may be sent
//! only once: nobody could say what became of it. Two rules guard that.
//!
//! - A connection that has rested is looked at before it is used: the runtime gets a turn to hear
//!   of what has arrived on its socket. A close that is already there is then seen.
//! - While anything rests here, the pool notes the time every second. When the last note is older
//!   than [`STANDSTILL`] by the wall clock, the process was stopped or the machine asleep, and what
//!   happened to the connections cannot be seen on their sockets: none of them is used again.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::time::Timestamp;
use hyper::client::conn::http1::SendRequest;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, yield_now};
use url::Url;

use super::http::Payload;
use crate::clock::{Clock, SystemClock};

/// How long an unused connection is kept: less than the usual idle limits of servers, so that
/// it is mostly ours to close.
const IDLE: Duration = Duration::from_secs(30);
/// From here on a connection has rested.
const MOMENT: Duration = Duration::from_millis(1);
/// How often the pool notes the time.
const TICK: Duration = Duration::from_secs(1);
/// How far the wall clock may run ahead of the last note.
const STANDSTILL: Duration = Duration::from_secs(5);
/// How many turns the runtime gets to hear of a close.
const TURNS: usize = 2;
/// How long the last exchange of a connection may take to end after its answer was read.
const BUSY: Duration = Duration::from_millis(5);

/// Scheme, host and port: the settings of a transport never change, so these decide the rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    secure: bool,
    host: String,
    port: u16,
}

impl Place {
    pub(super) fn of(url: &Url) -> Self {
        Self {
            secure: url.scheme() == "https",
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
        }
    }

    fn is(&self, url: &Url) -> bool {
        self.port == url.port_or_known_default().unwrap_or_default()
            && self.secure == (url.scheme() == "https")
            && Some(self.host.as_str()) == url.host_str()
    }
}

/// An open connection.
pub(super) struct Link {
    pub(super) sender: SendRequest<Payload>,
    pub(super) place: Arc<Place>,
}

struct Resting {
    link: Link,
    since: Duration,
}

/// The resting connections of one transport.
pub(super) struct Pool {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
    most: usize,
}

#[derive(Default)]
struct State {
    /// The one that rested last is at the end.
    resting: Vec<Resting>,
    noted: Option<Timestamp>,
    ticking: Option<JoinHandle<()>>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl Pool {
    pub(super) fn new(clock: Arc<dyn Clock>, most: usize) -> Arc<Self> {
        Arc::new(Self { state: Arc::default(), clock, most })
    }

    /// A connection to that place that is ready for a request, if there is one.
    pub(super) async fn take(&self, url: &Url) -> Option<Link> {
        while let Some((mut link, rested)) = self.pop(url) {
            if rested >= MOMENT {
                for _ in 0..TURNS {
                    yield_now().await;
                }
            }
            if link.sender.is_ready() {
                return Some(link);
            }
            // On another thread the connection may still be ending its last exchange. One that is
            // busy for longer, as with a body that the server never read, is given up.
            let ready = tokio::select! {
                biased;
                ready = link.sender.ready() => ready.is_ok(),
                () = SystemClock.sleep(BUSY) => false,
            };
            if ready {
                return Some(link);
            }
        }
        None
    }

    fn pop(&self, url: &Url) -> Option<(Link, Duration)> {
        let now = self.clock.monotonic();
        let mut state = lock(&self.state);
        if state.stood_still(self.clock.now()) {
            state.resting.clear();
        }
        state.forget_old(now);
        let at = state.resting.iter().rposition(|resting| resting.link.place.is(url))?;
        let Resting { link, since } = state.resting.remove(at);
        Some((link, now.saturating_sub(since)))
    }

    /// Keeps a connection whose last answer was read to its end.
    pub(super) fn put(&self, link: Link) {
        // Outside a runtime nobody would close it when its time is over.
        let Ok(runtime) = Handle::try_current() else { return };
        if link.sender.is_closed() {
            return;
        }
        let mut state = lock(&self.state);
        if state.resting.len() >= self.most && !state.resting.is_empty() {
            state.resting.remove(0);
        }
        state.resting.push(Resting { link, since: self.clock.monotonic() });
        state.noted = Some(self.clock.now());
        if state.ticking.as_ref().is_none_or(JoinHandle::is_finished) {
            state.ticking = Some(runtime.spawn(tick(Arc::downgrade(&self.state), Arc::clone(&self.clock))));
        }
    }
}

impl State {
    fn stood_still(&self, now: Timestamp) -> bool {
        self.noted.is_some_and(|noted| now > noted + STANDSTILL)
    }

    fn forget_old(&mut self, now: Duration) {
        self.resting.retain(|resting| now.saturating_sub(resting.since) < IDLE && !resting.link.sender.is_closed());
    }
}

/// Notes the time while anything rests.
async fn tick(state: Weak<Mutex<State>>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep(TICK).await;
        let Some(state) = state.upgrade() else { return };
        let mut state = lock(&state);
        let now = clock.now();
        if state.stood_still(now) {
            state.resting.clear();
        }
        state.forget_old(clock.monotonic());
        state.noted = Some(now);
        if state.resting.is_empty() {
            return;
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
