//! What one attempt meant: the only place of `retry` that sees a status or a transport fault.
//!
//! A request that may have been carried out is never called rejected: in doubt the outcome is
//! unknown, and the operation's [`Safety`](super::Safety) decides.

use std::time::Duration;

use crate::model::error::Outcome;
use crate::transport::wire::{BadProxy, BadTls, Fault, Phase, Reached, TransportError, WireHead};

/// The meaning of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It succeeded.
    Ok,
    /// The service asks for fewer requests; the limiter decides when to come back.
    Throttled,
    /// Trying again may help.
    Transient,
    /// The credential was not accepted; a fresh one may be.
    Auth,
    /// Trying again cannot help.
    Fatal,
}

/// What one attempt meant, what became of it, and when the service wants to see us again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The meaning.
    pub class: Class,
    /// What became of the request at the service.
    pub outcome: Outcome,
    /// The service's own delay.
    pub server_delay: Option<Duration>,
}

impl Verdict {
    fn new(class: Class, outcome: Outcome) -> Self {
        Self { class, outcome, server_delay: None }
    }
}

/// What only the dialect can say about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AnswerFacts {
    /// The refusal's code says that a plan or quota is used up: waiting cannot help.
    pub quota_code: bool,
    /// The service sends this status before its handler runs: nothing was changed.
    pub before_handler: bool,
}

/// The verdict on an answer whose head arrived; a 2xx that cannot be decoded is the caller's to judge.
#[must_use]
pub fn classify_answer(head: &WireHead, facts: AnswerFacts, server_delay: Option<Duration>) -> Verdict {
    let (class, outcome) = match head.status {
        200..=299 => (Class::Ok, Outcome::Applied),
        429 if facts.quota_code => (Class::Fatal, Outcome::Rejected),
        429 => (Class::Throttled, Outcome::Rejected),
        421 | 425 => (Class::Transient, Outcome::Rejected),
        503 if facts.before_handler => (Class::Transient, Outcome::Rejected),
        401 => (Class::Auth, Outcome::Rejected),
        // A proxy answers 407 in the service's stead: nothing went further.
        407 => (Class::Fatal, Outcome::NotSent),
        408 => (Class::Transient, Outcome::Unknown),
        501 | 505 | 300..=499 => (Class::Fatal, Outcome::Rejected),
        500..=599 => (Class::Transient, Outcome::Unknown),
        // Not HTTP as we know it: nobody can say what the service did.
        _ => (Class::Fatal, Outcome::Unknown),
    };
    Verdict { class, outcome, server_delay }
}

/// The verdict on an exchange that failed before a whole answer arrived.
///
/// A failure after the head counts as applied, which holds for a 2xx head; the body of an error
/// answer does not matter, its head alone goes to [`classify_answer`].
#[must_use]
pub fn classify_failure(error: &TransportError) -> Verdict {
    let outcome = match error.reached {
        Reached::Nothing => Outcome::NotSent,
        Reached::Request => Outcome::Unknown,
        Reached::Head => Outcome::Applied,
    };
    match error.fault {
        Fault::Resolve | Fault::Connect | Fault::Unanswered | Fault::Resources | Fault::Tls(BadTls::Broken) => {
            Verdict::new(Class::Transient, Outcome::NotSent)
        }
        // What a proxy refuses without asking for a login may speak of the moment (502, 503).
        Fault::Proxy(BadProxy::Unreachable | BadProxy::Broken | BadProxy::Refused) => {
            Verdict::new(Class::Transient, Outcome::NotSent)
        }
        // Nothing of this mends itself within a call.
        Fault::NoRoots | Fault::Certificate(_) | Fault::Tls(_) | Fault::Proxy(BadProxy::Login) => {
            Verdict::new(Class::Fatal, Outcome::NotSent)
        }
        Fault::Reset | Fault::Truncated | Fault::Timeout => Verdict::new(Class::Transient, outcome),
        Fault::Malformed | Fault::TooLarge | Fault::Encoding => Verdict::new(Class::Fatal, outcome),
    }
}

/// Whether the connection died before any byte of an answer, as a stale keep-alive does: a
/// repeatable operation is then replayed at once, without being charged (section 3).
#[must_use]
pub fn connection_died(error: &TransportError) -> bool {
    error.fault == Fault::Reset && error.phase == Phase::Send && error.reached != Reached::Head
}
