//! The sandbox's clock as a client's, with a chance that a test knows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use keywright::{BoxFuture, Clock};

/// The sandbox's clock as a client's, with a chance of its own.
#[derive(Debug, Clone)]
pub struct Chance {
    clock: keywright_sandbox::Clock,
    luck: Luck,
}

#[derive(Debug, Clone)]
enum Luck {
    Always(f64),
    Drawn(Arc<Mutex<Rng>>),
}

impl Chance {
    /// That clock, on which chance always gives `chance`, so that every wait is exact: at most the
    /// largest number below 1.
    #[must_use]
    pub fn on(clock: keywright_sandbox::Clock, chance: f64) -> Self {
        Self { clock, luck: Luck::Always(chance.min(1.0 - f64::EPSILON)) }
    }

    /// That clock, on which chance follows from a seed.
    #[must_use]
    pub fn seeded(clock: keywright_sandbox::Clock, seed: u64) -> Self {
        Self { clock, luck: Luck::Drawn(Arc::new(Mutex::new(Rng::with_seed(seed)))) }
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
        match &self.luck {
            Luck::Always(chance) => *chance,
            Luck::Drawn(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).f64(),
        }
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
