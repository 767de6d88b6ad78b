//! What a service says about its rate limit.

use std::time::Duration;

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

impl RateLimit {
    /// A rate limit with `remaining` requests left until its reset.
    #[must_use]
    pub fn new(limit: Option<u64>, remaining: u64, reset_in: Duration) -> Self {
        Self { limit, remaining, reset_in }
    }
}
