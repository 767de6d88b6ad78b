//! The learned rate of a limiter: a rate, a burst, and what is left of it.

use std::time::Duration;

/// Float time adds up to a hair less than whole tokens.
pub(super) const EPSILON: f64 = 1e-6;

/// The learned rate of a limiter.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenBucket {
    /// Requests per second.
    pub(super) rate: f64,
    /// The largest burst.
    pub(super) cap: f64,
    pub(super) tokens: f64,
    pub(super) filled_at: Duration,
}

impl TokenBucket {
    pub(super) fn refill(&mut self, now: Duration) {
        self.tokens = self.tokens_at(now);
        self.filled_at = self.filled_at.max(now);
    }

    pub(super) fn tokens_at(&self, now: Duration) -> f64 {
        let passed = now.saturating_sub(self.filled_at).as_secs_f64();
        (self.tokens + passed * self.rate).min(self.cap)
    }

    /// Seconds until so many more may go, if all succeed: below the ceiling the rate climbs by one
    /// with each, and a line that is judged by its first rate alone would turn callers away who
    /// would be served in time.
    pub(super) fn time_for(&self, requests: f64, ceiling: f64) -> f64 {
        let requests = requests.max(0.0);
        let climbing = (ceiling - self.rate).clamp(0.0, requests);
        (climbing / self.rate).ln_1p() + (requests - climbing) / self.rate.max(ceiling.min(self.rate + climbing))
    }

    pub(super) fn next_token(&self) -> Duration {
        let missing = 1.0 - self.tokens;
        if missing <= 0.0 {
            return self.filled_at;
        }
        // Rounded up: a timer that fires a hair too early would fire for ever on a clock that stands.
        self.filled_at.saturating_add(seconds(missing / self.rate)).saturating_add(Duration::from_nanos(1))
    }
}

pub(super) fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number.max(0.0)).unwrap_or(Duration::MAX)
}
