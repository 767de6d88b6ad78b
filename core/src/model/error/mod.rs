//! One error for everything that can go wrong with a call.
//!
//! Its text is one sentence that ends in what to do. The service's own words are kept unchanged
//! in [`Error::message`]; no text of an HTTP or JSON library, no URL query and no secret ever
//! enters it.

mod sentence;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use crate::model::time::Timestamp;

use crate::checks::mask::{Masked, MaskedFields, MaskedIds, SecretsInUse};
use crate::model::wire_enum::wire_enum;

/// The result of every fallible call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

wire_enum! {
    /// What kind of failure it is: a closed list, the same in all languages.
    ErrorKind {
        /// An option, argument or dialect is wrong or missing; nothing was sent.
        Config = "config",
        /// The service has no such operation; nothing was sent, unless the service said so itself.
        Unsupported = "unsupported",
        /// The credential was missing, wrong, expired or revoked.
        Unauthenticated = "unauthenticated",
        /// The credential is good and may not do this.
        Forbidden = "forbidden",
        /// There is no such object, or it is not visible to this credential.
        NotFound = "not_found",
        /// The object's state does not allow it (a used key cannot be deleted).
        Conflict = "conflict",
        /// The service found the request malformed.
        Invalid = "invalid",
        /// The plan or its quota does not allow it.
        PlanLimit = "plan_limit",
        /// Too many requests; come back after [`Error::retry_after`].
        RateLimited = "rate_limited",
        /// The service failed.
        Server = "server",
        /// Time ran out; [`Error::timeout_scope`] says which limit it was.
        Timeout = "timeout",
        /// The connection could not be made or did not hold.
        Network = "network",
        /// The service answered with a redirect, which is never followed.
        Redirect = "redirect",
        /// The answer could not be understood.
        Decode = "decode",
        /// The caller cancelled.
        Cancelled = "cancelled",
        /// A defect of this library.
        Internal = "internal",
    }
}

wire_enum! {
    /// What became of the request at the service.
    Outcome {
        /// Nothing reached the service.
        NotSent = "not_sent",
        /// The service refused it: nothing was changed.
        Rejected = "rejected",
        /// It may or may not have been carried out.
        Unknown = "unknown",
        /// It was carried out; its answer did not arrive whole.
        Applied = "applied",
    }
}

wire_enum! {
    /// Why no further attempt was made.
    Stop {
        /// Trying again cannot help.
        Fatal = "fatal",
        /// All attempts were used.
        Attempts = "attempts",
        /// The service kept answering 429.
        Throttled = "throttled",
        /// The retry budget of this service was empty.
        Budget = "budget",
        /// The total time would have run out before another attempt.
        Deadline = "deadline",
        /// The service asked for a longer wait than `max_retry_after`.
        RetryAfterTooLong = "retry_after_too_long",
        /// `throttle = fail` was asked for and the limiter was closed.
        ThrottleFail = "throttle_fail",
        /// `queue_limit` calls were waiting for the same key already.
        QueueFull = "queue_full",
        /// The caller cancelled.
        Cancelled = "cancelled",
        /// The request is not safe to repeat and may have been carried out.
        UnknownOutcome = "unknown_outcome",
    }
}

wire_enum! {
    /// Which time limit ran out.
    TimeoutScope {
        /// Opening the connection.
        Connect = "connect",
        /// One attempt, status line and body.
        Attempt = "attempt",
        /// The pause between two pieces of a body.
        Read = "read",
        /// The whole call with its waits.
        Call = "call",
    }
}

/// One request that was sent, or tried to be.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AttemptRecord {
    /// Counted from 1.
    pub n: u32,
    /// When it began, on the client's clock.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// How long the call had waited before it.
    pub delay_before: Duration,
    /// The status, when one arrived.
    pub status: Option<u16>,
    /// What was being done when it failed without a status (`resolve`, `connect`, `tls`, `proxy`, `send`, `body`).
    pub phase: Option<&'static str>,
    /// The service's id of the request.
    pub request_id: Option<String>,
}

/// What a service said about one field of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The field, as the service names it.
    pub field: String,
    /// The service's words.
    pub messages: Vec<String>,
}

/// Why a call failed, what became of it at the service, and what to do.
///
/// Cheap to move (one pointer). The text of `Display` is one sentence with the remedy.
///
/// ```
/// use keywright::{Client, ClientOptions, ErrorKind};
///
/// let refused = Client::new("seclai", ClientOptions::new().api_key("two\nlines")).unwrap_err();
/// assert_eq!(refused.kind(), ErrorKind::Config);
/// assert_eq!(refused.field(), Some("api_key"));
/// assert!(!refused.to_string().contains("two"));
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Error {
    data: Box<ErrorData>,
    #[source]
    cause: Option<Cause>,
}

/// What a key provider or another function of the caller failed with: the source is that itself
/// and not the pointer that holds it, so that it can be downcast.
#[derive(Debug, Clone)]
pub(crate) struct Cause(Arc<dyn std::error::Error + Send + Sync>);

impl Deref for Cause {
    type Target = dyn std::error::Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

/// What a key provider fails with.
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

impl From<ProviderError> for Cause {
    fn from(error: ProviderError) -> Self {
        Self(error.into())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct ErrorData {
    pub kind: ErrorKind,
    pub reason: Option<Cow<'static, str>>,
    pub service: Option<Arc<str>>,
    pub operation: Option<Cow<'static, str>>,
    pub field: Option<Cow<'static, str>>,
    pub summary: Option<String>,
    pub remedy: Option<String>,
    pub status: Option<u16>,
    pub code: Option<Masked>,
    pub message: Option<Masked>,
    pub request_id: Option<Masked>,
    pub retry_after: Option<Duration>,
    pub outcome: Outcome,
    pub stop: Option<Stop>,
    pub timeout_scope: Option<TimeoutScope>,
    pub attempts: Vec<AttemptRecord>,
    pub candidates: MaskedIds,
    pub nonce: Option<String>,
    pub fields: MaskedFields,
    pub excerpt: Option<Masked>,
    pub elapsed: Option<Duration>,
    /// Whether it was carried out is no question: the operation changes nothing, or its answer is there.
    pub omit_outcome: bool,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        let data = ErrorData {
            kind,
            reason: None,
            service: None,
            operation: None,
            field: None,
            summary: None,
            remedy: None,
            status: None,
            code: None,
            message: None,
            request_id: None,
            retry_after: None,
            outcome: Outcome::NotSent,
            stop: None,
            timeout_scope: None,
            attempts: Vec::new(),
            candidates: MaskedIds::default(),
            nonce: None,
            fields: MaskedFields::default(),
            excerpt: None,
            elapsed: None,
            omit_outcome: false,
        };
        Self { data: Box::new(data), cause: None }
    }

    /// A wrong or missing option or argument: which one, why, and what to do instead.
    pub(crate) fn config(field: impl Into<Cow<'static, str>>, reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config).with(|data| {
            data.field = Some(field.into());
            data.summary = Some(reason.into());
            data.remedy = Some(remedy.into());
        })
    }

    /// Changes fields in passing.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut ErrorData)) -> Self {
        change(&mut self.data);
        self
    }

    /// The same, of what had been received whole before it was found to be wrong: the request was
    /// carried out.
    pub(crate) fn of_received(self) -> Self {
        self.with(|data| (data.outcome, data.omit_outcome) = (Outcome::Applied, true))
    }

    /// Hides secrets wherever they may stand, in our own words too: those that were not known yet
    /// when the answer was read, and whatever found its way into a sentence.
    pub(crate) fn hiding(self, secrets: &SecretsInUse) -> Self {
        self.with(|data| {
            let told = [&mut data.code, &mut data.message, &mut data.request_id, &mut data.excerpt];
            told.into_iter().flatten().for_each(|text| text.again(secrets));
            data.fields.again(secrets);
            data.candidates.again(secrets);
            let records = data.attempts.iter_mut().filter_map(|record| record.request_id.as_mut());
            for text in [&mut data.summary, &mut data.remedy].into_iter().flatten().chain(records) {
                *text = secrets.hide(text);
            }
        })
    }

    /// Puts the attempts of an earlier part of the same call in front.
    pub(crate) fn after(mut self, earlier: &[AttemptRecord]) -> Self {
        let shift = earlier.len() as u32;
        self.data.attempts.iter_mut().for_each(|record| record.n += shift);
        self.data.attempts.splice(..0, earlier.iter().cloned());
        self
    }

    pub(crate) fn caused_by(mut self, cause: Cause) -> Self {
        self.cause = Some(cause);
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.data.kind
    }

    /// Which failure of that kind it is: an open list, snake_case (`key_has_history`, `resolve`, ...).
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.data.reason.as_deref()
    }

    /// The service that was called.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.data.service.as_deref()
    }

    /// The operation, as `keys.create` or `request`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.data.operation.as_deref()
    }

    /// The option or argument that was wrong, for kind `config`.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.data.field.as_deref()
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.data.remedy.as_deref()
    }

    /// The HTTP status, when one arrived.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.data.status
    }

    /// The service's own error code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.data.code.as_deref()
    }

    /// The service's own words, unchanged except that secrets are masked and a text beyond 2,000
    /// characters is cut.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.data.message.as_deref()
    }

    /// The service's id of the last request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let of_attempt = || self.data.attempts.iter().rev().find_map(|record| record.request_id.as_deref());
        self.data.request_id.as_deref().or_else(of_attempt)
    }

    /// How long to wait before trying again, as the service or the limiter says.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.data.retry_after
    }

    /// What became of the request at the service.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.data.outcome
    }

    /// Why no further attempt was made; `None` when nothing was attempted.
    #[must_use]
    pub fn stop(&self) -> Option<Stop> {
        self.data.stop
    }

    /// Which time limit ran out, for kind `timeout`.
    #[must_use]
    pub fn timeout_scope(&self) -> Option<TimeoutScope> {
        self.data.timeout_scope
    }

    /// Every request of the call, in order.
    #[must_use]
    pub fn attempts(&self) -> &[AttemptRecord] {
        &self.data.attempts
    }

    /// Ids of keys that the call may have created.
    #[must_use]
    pub fn candidates(&self) -> &[String] {
        &self.data.candidates
    }

    /// The mark that the client put at the end of the key's name, so that a lost key can be found later.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.data.nonce.as_deref()
    }

    /// What the service said about single fields.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.data.fields
    }

    /// The beginning of an answer that could not be read: at most 200 printable characters, masked.
    #[must_use]
    pub fn excerpt(&self) -> Option<&str> {
        self.data.excerpt.as_deref()
    }

    /// Whether the same call may succeed later without a change by the caller.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let transient = match self.data.kind {
            ErrorKind::RateLimited | ErrorKind::Server | ErrorKind::Timeout | ErrorKind::Network => true,
            ErrorKind::Config
            | ErrorKind::Unsupported
            | ErrorKind::Unauthenticated
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Invalid
            | ErrorKind::PlanLimit
            | ErrorKind::Redirect
            | ErrorKind::Decode
            | ErrorKind::Cancelled
            | ErrorKind::Internal => false,
        };
        transient && matches!(self.data.outcome, Outcome::NotSent | Outcome::Rejected) && self.data.stop != Some(Stop::Fatal)
    }

    fn sentence(&self) -> String {
        let mut text = sentence::of(&self.data);
        if let Some(id) = self.request_id() {
            text.push_str(&format!(". Request {id}"));
        }
        text
    }
}
