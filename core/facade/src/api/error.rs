//! One error, closed kinds: a language makes a class of each kind and gives all the same attributes.

use std::fmt;
use std::time::Duration;

use keywright::Timestamp;

use crate::host::HostFailure;

/// Makes an enum of a closed list of the core, with the same words.
macro_rules! mirrored {
    ($($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word, the same in all languages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => keywright::$name::$variant.as_str()),+ }
            }
        }

        impl From<keywright::$name> for $name {
            fn from(value: keywright::$name) -> Self {
                match value { $(keywright::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for keywright::$name {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }
    )+};
}
pub(super) use mirrored;

mirrored! {
    /// What kind of failure it is.
    ErrorKind {
        /// A wrong or missing option or argument; nothing was sent.
        Config,
        /// The service has no such operation; nothing was sent.
        Unsupported,
        /// The credential was missing, wrong, expired or revoked.
        Unauthenticated,
        /// The credential may not do this.
        Forbidden,
        /// No such object, or not visible to this credential.
        NotFound,
        /// The object's state does not allow it.
        Conflict,
        /// The service found the request malformed.
        Invalid,
        /// The plan or its quota does not allow it.
        PlanLimit,
        /// Too many requests.
        RateLimited,
        /// The service failed.
        Server,
        /// Time ran out; `timeout_scope` says which limit it was.
        Timeout,
        /// The connection could not be made or did not hold.
        Network,
        /// The service answered with a redirect, which is never followed.
        Redirect,
        /// The answer could not be understood.
        Decode,
        /// The call was ended from outside, or a secret could not be delivered.
        Cancelled,
        /// A defect of this library.
        Internal,
    }

    /// What became of the request at the service.
    Outcome {
        /// Nothing reached the service.
        NotSent,
        /// The service refused it: nothing was changed.
        Rejected,
        /// It may or may not have been carried out.
        Unknown,
        /// It was carried out; its answer did not arrive whole.
        Applied,
    }

    /// Why no further attempt was made.
    Stop {
        /// Trying again cannot help.
        Fatal,
        /// All attempts were used.
        Attempts,
        /// The service kept answering 429.
        Throttled,
        /// The retry budget of this service was empty.
        Budget,
        /// The total time would have run out before another attempt.
        Deadline,
        /// The service asked for a longer wait than `max_retry_after`.
        RetryAfterTooLong,
        /// `throttle = fail` was asked for and the limiter was closed.
        ThrottleFail,
        /// `queue_limit` calls were waiting for the same key already.
        QueueFull,
        /// The caller cancelled.
        Cancelled,
        /// The request is not safe to repeat and may have been carried out.
        UnknownOutcome,
    }

    /// Which time limit ran out.
    TimeoutScope {
        /// Opening the connection.
        Connect,
        /// One attempt, status line and body.
        Attempt,
        /// The pause between two pieces of a body.
        Read,
        /// The whole call with its waits.
        Call,
    }
}

/// One request that was sent, or tried to be.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Attempt {
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
    /// What was being done when it failed without a status: `resolve`, `connect`, `tls`, `proxy`,
    /// `send`, `body`.
    pub phase: Option<String>,
    /// The service's id of the request.
    pub request_id: Option<String>,
}

/// What a service said about one field of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct FieldError {
    /// The field, as the service names it.
    pub field: String,
    /// The service's words.
    pub messages: Vec<String>,
}

/// Why a call failed, what became of it at the service, and what to do.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ErrorInfo {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// One sentence with the remedy.
    pub text: String,
    /// Which failure of that kind it is: an open list, as `key_has_history`.
    pub reason: Option<String>,
    /// The service that was called.
    pub service: Option<String>,
    /// The operation, as `keys.create` or `request`.
    pub operation: Option<String>,
    /// The option or argument that was wrong, for kind `config`.
    pub field: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The HTTP status, when one arrived.
    pub status: Option<u16>,
    /// The service's own error code.
    pub code: Option<String>,
    /// The service's own words; secrets are masked.
    pub message: Option<String>,
    /// The service's id of the last request.
    pub request_id: Option<String>,
    /// How long to wait before trying again, as the service or the limiter says.
    pub retry_after: Option<Duration>,
    /// What became of the request at the service.
    pub outcome: Outcome,
    /// Why no further attempt was made.
    pub stop: Option<Stop>,
    /// Which time limit ran out, for kind `timeout`.
    pub timeout_scope: Option<TimeoutScope>,
    /// Every request of the call, in order.
    pub attempts: Vec<Attempt>,
    /// Ids of keys that the call may have created.
    pub candidates: Vec<String>,
    /// The mark at the end of the key's name, so that a lost key can be found later.
    pub nonce: Option<String>,
    /// What the service said about single fields.
    pub fields: Vec<FieldError>,
    /// The beginning of an answer that could not be read: at most 200 printable characters, masked.
    pub excerpt: Option<String>,
    /// Whether the same call may succeed later, and cannot be carried out twice by trying.
    pub is_retryable: bool,
    /// The host's number for what its own function failed with.
    pub host_failure: Option<u64>,
}

/// What every fallible call fails with.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error), uniffi::export(Display))]
pub enum KeywrightError {
    /// The one way in which a call fails.
    Failed {
        /// Everything that is known about it.
        info: Box<ErrorInfo>,
    },
}

impl KeywrightError {
    /// Everything that is known about it.
    #[must_use]
    pub fn info(&self) -> &ErrorInfo {
        let Self::Failed { info } = self;
        info
    }

    /// A failure that the core does not know of.
    #[must_use]
    pub fn of(kind: ErrorKind, words: &str) -> Self {
        let info = ErrorInfo {
            kind,
            text: format!("keywright: {words}"),
            reason: None,
            service: None,
            operation: None,
            field: None,
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
            candidates: Vec::new(),
            nonce: None,
            fields: Vec::new(),
            excerpt: None,
            is_retryable: false,
            host_failure: None,
        };
        Self::Failed { info: Box::new(info) }
    }

    /// The machine gave none of what a call needs.
    #[must_use]
    pub fn no_resources(what: &str) -> Self {
        let remedy = "close what is not needed or raise the limit, and try again";
        let Self::Failed { mut info } = Self::of(ErrorKind::Network, &format!("the machine gave no {what}; {remedy}"));
        info.reason = Some("resources".to_owned());
        info.remedy = Some(remedy.to_owned());
        info.is_retryable = true;
        Self::Failed { info }
    }

    /// A wrong argument: which one, why, and what to do instead.
    #[must_use]
    pub fn config(field: &str, reason: &str, remedy: &str) -> Self {
        let Self::Failed { mut info } = Self::of(ErrorKind::Config, &format!("`{field}` {reason}; {remedy}"));
        info.field = Some(field.to_owned());
        info.remedy = Some(remedy.to_owned());
        Self::Failed { info }
    }
}

impl fmt::Display for KeywrightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.info().text)
    }
}

impl std::error::Error for KeywrightError {}

impl From<keywright::Error> for KeywrightError {
    fn from(error: keywright::Error) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<HostFailure>());
        let info = ErrorInfo {
            kind: error.kind().into(),
            text: error.to_string(),
            reason: owned(error.reason()),
            service: owned(error.service()),
            operation: owned(error.operation()),
            field: owned(error.field()),
            remedy: owned(error.remedy()),
            status: error.status(),
            code: owned(error.code()),
            message: owned(error.message()),
            request_id: owned(error.request_id()),
            retry_after: error.retry_after(),
            outcome: error.outcome().into(),
            stop: error.stop().map(Into::into),
            timeout_scope: error.timeout_scope().map(Into::into),
            attempts: error.attempts().iter().map(Into::into).collect(),
            candidates: error.candidates().to_vec(),
            nonce: owned(error.nonce()),
            fields: error.fields().iter().map(Into::into).collect(),
            excerpt: owned(error.excerpt()),
            is_retryable: error.is_retryable(),
            host_failure: cause.map(|cause| cause.id),
        };
        Self::Failed { info: Box::new(info) }
    }
}

impl From<&keywright::AttemptRecord> for Attempt {
    fn from(record: &keywright::AttemptRecord) -> Self {
        Self {
            n: record.n,
            started_at: record.started_at,
            duration: record.duration,
            delay_before: record.delay_before,
            status: record.status,
            phase: record.phase.map(str::to_owned),
            request_id: record.request_id.clone(),
        }
    }
}

impl From<&keywright::FieldError> for FieldError {
    fn from(error: &keywright::FieldError) -> Self {
        Self { field: error.field.clone(), messages: error.messages.clone() }
    }
}
