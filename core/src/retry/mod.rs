//! Decides whether a failed attempt is repeated, when, and who may send next.
//!
//! Nothing here knows bodies or sockets: [`classify`] and [`server delays`] see a status line and headers,
//! the rest only a [`Verdict`] and a clock. A server's own delay is a floor, the caller's deadline
//! is a ceiling, and nothing ever sleeps in order to fail.

pub mod attempts;
pub mod backoff;
pub mod budget;
pub mod classify;
mod date;
mod options;
pub mod server_delay;
pub(crate) mod sync;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use crate::model::wire_enum::wire_enum;

pub use crate::limiter::{
    Answer, Fingerprint, Limiter, LimiterKey, LimiterView, Limiters, Permit, Priority, Refused, Throttle, Ticket,
};
pub(crate) use crate::limiter::{Entry, Waiting};
pub use crate::model::RateLimit;
pub use attempts::{Decision, RetryState};
pub use backoff::Backoff;
pub use budget::{Budget, BudgetOptions, Budgets};
pub use classify::{AnswerFacts, Class, Verdict, classify_answer, classify_failure};
pub use options::RetryOptions;

wire_enum! {
    /// What may happen to a request whose fate is not known, declared per operation in the dialect.
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    Safety {
        /// It changes nothing: list, get, usage, calls.
        Safe = "safe",
        /// Twice is as good as once: delete, revoke, archive, update with absolute values.
        Idempotent = "idempotent",
        /// It must not reach the service twice: create, rotate, login, runs, any generic POST.
        Never = "never",
    }
}

impl Safety {
    /// What it becomes when the request carries an idempotency key that the service honours.
    #[must_use]
    pub fn with_idempotency_key(self) -> Self {
        match self {
            Self::Never | Self::Idempotent => Self::Idempotent,
            Self::Safe => Self::Safe,
        }
    }

    /// Whether a request that may have been carried out may be sent again.
    #[must_use]
    pub fn may_repeat(self) -> bool {
        match self {
            Self::Safe | Self::Idempotent => true,
            Self::Never => false,
        }
    }
}
