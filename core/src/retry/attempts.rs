//! The attempts of one call: after each failure, whether and when there is another.
//!
//! A request that may have been carried out is repeated only where twice is as good as once; a
//! refusal by a rate limit is charged neither an attempt nor budget but ends with the eleventh, one
//! by 503 is charged both and ends with the eleventh too;
//! a wait that cannot end before the deadline is not begun.

use std::time::Duration;

use crate::model::error::{Outcome, Stop};
use crate::retry::{Backoff, Budget, Class, RetryOptions, Safety, Verdict};

/// The refusals by a rate limit after which a call gives up.
const MAX_THROTTLES: u32 = 11;

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Wait this long, then send again.
    Wait(Duration),
    /// Send again at once; it is not counted.
    ReplayNow,
    /// Go back to the limiter with the same ticket.
    Throttled {
        /// The service's own delay.
        server_delay: Option<Duration>,
    },
    /// Give up, for this reason.
    Stop(Stop),
}

/// One failed attempt, as [`RetryState::decide`] judges it.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// What the attempt meant.
    pub verdict: &'a Verdict,
    /// The connection died before any byte of an answer
    /// (see [`connection_died`](super::classify::connection_died)).
    pub connection_died: bool,
    /// The limiter took it for a 503 by which the service limits its requests
    /// ([`Limiter::answered`](super::Limiter::answered)).
    pub limited: bool,
}

/// What a call has used up so far.
#[derive(Debug, Clone)]
pub struct RetryState {
    options: RetryOptions,
    safety: Safety,
    deadline: Option<Duration>,
    attempts: u32,
    throttles: u32,
    replayed: bool,
    reconnected: bool,
    /// Retries taken from the budget after refusals by a rate limit.
    lent: u32,
}

impl RetryState {
    /// A call that begins; `deadline` is on the monotonic clock. For a request that carries an
    /// honoured idempotency key, `safety` is that of [`Safety::with_idempotency_key`].
    #[must_use]
    pub fn new(options: RetryOptions, safety: Safety, deadline: Option<Duration>) -> Self {
        Self { options, safety, deadline, attempts: 0, throttles: 0, replayed: false, reconnected: false, lent: 0 }
    }

    /// Judges a failed attempt at monotonic time `now`; `chance` is two numbers in `[0, 1)`, for
    /// our own delay and for the service's. An `auth` verdict is final here: whoever renews the
    /// credential replays without asking.
    pub fn decide(&mut self, failure: Failure<'_>, now: Duration, chance: (f64, f64), budget: &Budget) -> Decision {
        match failure.verdict.class {
            Class::Ok | Class::Auth | Class::Fatal => Decision::Stop(Stop::Fatal),
            Class::Throttled => self.throttled(failure.verdict.server_delay, now),
            Class::Transient => self.transient(failure, now, chance, budget),
        }
    }

    /// The call got through: what it took from the budget after refusals by a rate limit was well
    /// spent, and others may have it.
    pub fn succeeded(&mut self, now: Duration, budget: &Budget) {
        budget.give_back(std::mem::take(&mut self.lent), now);
    }

    fn throttled(&mut self, server_delay: Option<Duration>, now: Duration) -> Decision {
        self.throttles += 1;
        if self.throttles >= MAX_THROTTLES {
            return Decision::Stop(Stop::Throttled);
        }
        match self.futile(server_delay, server_delay.unwrap_or_default(), now) {
            Some(stop) => Decision::Stop(stop),
            None => Decision::Throttled { server_delay },
        }
    }

    fn transient(&mut self, failure: Failure<'_>, now: Duration, chance: (f64, f64), budget: &Budget) -> Decision {
        let verdict = failure.verdict;
        let omit_outcome = matches!(verdict.outcome, Outcome::NotSent | Outcome::Rejected);
        if !omit_outcome && !self.safety.may_repeat() {
            return Decision::Stop(Stop::UnknownOutcome);
        }
        if failure.connection_died && self.safety.may_repeat() && !self.replayed {
            self.replayed = true;
            return self.futile(None, Duration::ZERO, now).map_or(Decision::ReplayNow, Decision::Stop);
        }
        self.attempts += 1;
        if self.attempts >= self.most_attempts(failure.limited) {
            return Decision::Stop(Stop::Attempts);
        }
        let backoff = Backoff { base: self.options.base, cap: self.options.cap };
        let delay = backoff.delay(self.attempts, verdict.server_delay, chance.0, chance.1);
        if let Some(stop) = self.futile(verdict.server_delay, delay, now) {
            return Decision::Stop(stop);
        }
        if !self.is_free(verdict.outcome) {
            if !budget.withdraw(now) {
                return Decision::Stop(Stop::Budget);
            }
            self.lent += u32::from(failure.limited);
        }
        Decision::Wait(delay)
    }

    /// A limiter refuses the same call more often than a service that fails now and then; a call
    /// that is not to be repeated at all is not.
    fn most_attempts(&self, limited: bool) -> u32 {
        let most = self.options.max_attempts;
        if limited && most > 1 { most.max(MAX_THROTTLES) } else { most }
    }

    /// The first attempt that never left costs the service nothing, so it costs no budget.
    fn is_free(&mut self, outcome: Outcome) -> bool {
        outcome == Outcome::NotSent && !std::mem::replace(&mut self.reconnected, true)
    }

    /// Why waiting would only put off a failure, if it would.
    fn futile(&self, server_delay: Option<Duration>, delay: Duration, now: Duration) -> Option<Stop> {
        if server_delay.is_some_and(|server_delay| server_delay > self.options.max_retry_after) {
            return Some(Stop::RetryAfterTooLong);
        }
        let ready = now.saturating_add(delay).saturating_add(self.options.min_attempt);
        (self.deadline? < ready).then_some(Stop::Deadline)
    }
}
