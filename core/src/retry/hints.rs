//! When the service wants to see us again, read from an answer's headers.
use std::time::Duration;

use jiff::Timestamp;

use crate::wire::WireHead;

/// How much of a rate limit is left, as an answer said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests allowed per window, when it was said.
    pub limit: Option<u64>,
    /// Requests left in the current window.
    pub remaining: u64,
    /// Time until the window is full again.
    pub reset_in: Duration,
}

/// The delay that an answer asks for; `body_hint` is what the dialect read from the body, `now`
/// the local time, corrected by the lane's skew.
#[must_use]
pub fn hint(head: &WireHead, body_hint: Option<Duration>, now: Timestamp) -> Option<Duration> {
    todo!("{head:?} {body_hint:?} {now}")
}

/// The rate limit that an answer reports.
#[must_use]
pub fn rate_limit(head: &WireHead, now: Timestamp) -> Option<RateLimit> {
    todo!("{head:?} {now}")
}
