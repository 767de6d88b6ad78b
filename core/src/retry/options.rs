//! How often and how patiently one call is repeated.
//!
//! Per-call values override per-client ones; a value that makes no sense is refused before any I/O.

use std::time::Duration;

use crate::model::error::{Error, Result};

/// How often and how patiently a failed call is repeated.
///
/// ```
/// use std::time::Duration;
/// use keywright::RetryOptions;
///
/// let patient = RetryOptions::new().max_attempts(8).cap(Duration::from_secs(30));
/// assert_eq!(patient.max_attempts, 8);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryOptions {
    /// Requests of one call, the first included; refusals by a rate limit are not charged.
    pub max_attempts: u32,
    /// The delay before the first repetition; it doubles with each.
    pub base: Duration,
    /// The longest delay of our own.
    pub cap: Duration,
    /// The longest delay asked for by the service that is waited out; above it the call fails at
    /// once and says when to come back.
    pub max_retry_after: Duration,
    /// The calls that may wait for one key; one more is refused with `stop = queue_full`. Urgent
    /// calls are counted by themselves, and a call that the service has refused keeps its place. A
    /// waiting call takes about 1.3 kB: 65 MB when 50,000 wait.
    pub queue_limit: u32,
    /// The time another attempt must have before the deadline to be worth starting.
    pub min_attempt: Duration,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
            queue_limit: 50_000,
            min_attempt: Duration::from_secs(1),
        }
    }
}

impl RetryOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many requests a call may need, the first included; at least 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the delay before the first repetition.
    #[must_use]
    pub fn base(mut self, delay: Duration) -> Self {
        self.base = delay;
        self
    }

    /// Sets the longest delay of our own.
    #[must_use]
    pub fn cap(mut self, delay: Duration) -> Self {
        self.cap = delay;
        self
    }

    /// Sets the longest delay asked for by the service that is waited out.
    #[must_use]
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// Sets how many calls may wait for one key; at least 1.
    #[must_use]
    pub fn queue_limit(mut self, calls: u32) -> Self {
        self.queue_limit = calls;
        self
    }

    /// Sets the time that another attempt must have before the deadline.
    #[must_use]
    pub fn min_attempt(mut self, time: Duration) -> Self {
        self.min_attempt = time;
        self
    }

    /// Checks the values.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when no attempt at all is allowed, or
    /// no call may wait.
    pub fn validate(&self) -> Result<()> {
        if self.max_attempts == 0 {
            return Err(Error::config("max_attempts", "is 0: no request could be sent", "give at least 1"));
        }
        if self.queue_limit == 0 {
            let remedy = "give at least 1, or `throttle = fail` for calls that must not wait";
            return Err(Error::config("queue_limit", "is 0: no call could wait", remedy));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::error::ErrorKind;

    #[test]
    fn a_line_without_a_place_is_refused() {
        let refused = RetryOptions::new().queue_limit(0).validate().expect_err("0 places");
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Config, Some("queue_limit")));
        assert!(RetryOptions::new().queue_limit(1).validate().is_ok());
    }

    #[test]
    fn no_attempt_at_all_is_refused() {
        let refused = RetryOptions::new().max_attempts(0).validate().expect_err("0 attempts");
        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Config, Some("max_attempts")));
        assert!(RetryOptions::new().max_attempts(1).validate().is_ok());
    }
}
