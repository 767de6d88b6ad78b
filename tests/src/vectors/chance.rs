//! A virtual clock whose chance is one number, so that every wait is exact.

use std::time::Duration;

use jiff::Timestamp;
use keywright::{BoxFuture, Clock};

/// The sandbox's clock as the client's, with a chance of its own.
#[derive(Debug, Clone)]
pub struct Chance {
    clock: keywright_sandbox::Clock,
    chance: f64,
}

impl Chance {
    /// That clock, on which chance always gives `chance`: at most the largest number below 1.
    #[must_use]
    pub fn on(clock: keywright_sandbox::Clock, chance: f64) -> Self {
        Self { clock, chance: chance.min(1.0 - f64::EPSILON) }
    }
}

impl Clock for Chance {
    fn now(&self) -> Timestamp {
        Timestamp::try_from(self.clock.now()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(self.clock.sleep(duration))
    }

    fn random(&self) -> f64 {
        self.chance
    }

    fn id(&self) -> usize {
        self.clock.id()
    }

    fn enter(&self) {
        self.clock.enter();
    }

    fn leave(&self) {
        self.clock.leave();
    }
}
