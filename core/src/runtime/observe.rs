//! What a client tells about its calls while they run: events for programs, `tracing` for logs.
//!
//! An event may hold a key's id, never a name or a secret; what is used as a metric's label holds
//! no id at all.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::model::error::{ErrorKind, Outcome};
use crate::model::wire_enum::wire_enum;
use crate::runtime::caught;

wire_enum! {
    /// What happened.
    #[non_exhaustive]
    EventName {
        /// A call begins.
        CallStart = "call_start",
        /// It waits for its turn in the limiter.
        Queued = "queued",
        /// A request goes out.
        AttemptStart = "attempt_start",
        /// Its answer, or its failure, is there.
        AttemptEnd = "attempt_end",
        /// The call waits before it tries again.
        Backoff = "backoff",
        /// The service said that it gets too many requests.
        Throttled = "throttled",
        /// The limiter is open again.
        LimiterOpen = "limiter_open",
        /// The retry budget was empty.
        BudgetEmpty = "budget_empty",
        /// A token or session was renewed, or could not be.
        AuthRefresh = "auth_refresh",
        /// Nobody can say whether a key was created or rotated.
        OutcomeUnknown = "outcome_unknown",
        /// The secret was saved from an answer that was cut.
        PartialAnswer = "partial_answer",
        /// A key exists whose secret nobody received.
        OrphanKey = "orphan_key",
        /// Something is odd and was let through.
        Warning = "warning",
        /// The call has ended.
        CallEnd = "call_end",
    }
}

/// One thing that happened. Only the fields that its name calls for are filled.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// What happened.
    pub name: EventName,
    /// At which service.
    pub service: Arc<str>,
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

/// Receives events, on the task that makes them: it must be quick and must not block. A panic in it
/// is logged and ends nothing.
///
/// ```
/// use std::sync::Mutex;
/// use keywright::{Event, Observer};
///
/// #[derive(Debug, Default)]
/// struct Waits(Mutex<Vec<std::time::Duration>>);
///
/// impl Observer for Waits {
///     fn event(&self, event: &Event) {
///         if event.name.as_str() == "throttled" {
///             self.0.lock().unwrap().extend(event.duration);
///         }
///     }
/// }
/// ```
pub trait Observer: Debug + Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event);
}

/// Tells the events of one call. Costs nothing beyond a check where nobody listens.
pub(crate) struct EventEmitter<'a> {
    pub observer: Option<&'a dyn Observer>,
    pub service: &'a Arc<str>,
    pub operation: &'a str,
    pub call: &'a str,
}

impl EventEmitter<'_> {
    /// Tells an event, if anybody listens; `fill` adds what its name calls for.
    pub(crate) fn tell(&self, name: EventName, attempt: u32, fill: impl FnOnce(&mut Event)) {
        let listened = self.observer.is_some();
        if !listened && !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let mut event = Event {
            name,
            service: Arc::clone(self.service),
            operation: self.operation.to_owned(),
            call: self.call.to_owned(),
            attempt,
            status: None,
            duration: None,
            error: None,
            outcome: None,
            key_id: None,
            detail: None,
        };
        fill(&mut event);
        log(&event);
        if let Some(observer) = self.observer
            && caught::called(|| observer.event(&event)).is_none()
        {
            // A call does not fail because somebody watches it badly.
            tracing::error!(service = %self.service, operation = self.operation, "an observer panicked at `{}`", event.name);
        }
    }
}

/// Tells a warning that belongs to no call.
pub(crate) fn warn(observer: Option<&dyn Observer>, service: &Arc<str>, operation: &str, detail: String) {
    tracing::warn!(service = %service, operation, "{detail}");
    if observer.is_some() {
        let emitter = EventEmitter { observer, service, operation, call: "" };
        emitter.tell(EventName::Warning, 0, |event| event.detail = Some(detail));
    }
}

/// The same as a log line, under the names of the HTTP semantic conventions where there is one.
fn log(event: &Event) {
    tracing::debug!(
        target: "keywright",
        service = %event.service,
        operation = event.operation,
        call = event.call,
        http.request.resend_count = event.attempt.saturating_sub(1),
        http.response.status_code = event.status,
        duration_ms = event.duration.map(|duration| duration.as_secs_f64() * 1e3),
        error.type = event.error.map(ErrorKind::as_str),
        outcome = event.outcome.map(Outcome::as_str),
        "{}", event.name,
    );
}
