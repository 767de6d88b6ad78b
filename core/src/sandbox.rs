//! Client options from the credentials of a sandbox: your own tests, without an account.
//!
//! The only place that knows both sides, and it knows no rule of either: an address, keys, and a
//! clock that client and sandbox share, so that waits take no real time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::wire::BoxFuture;

/// The sandbox's clock as a client's. Its chance is fixed by its start, for runs that repeat.
#[derive(Debug)]
struct Virtual {
    clock: keywright_sandbox::Clock,
    chance: Mutex<Rng>,
}

impl Virtual {
    fn of(clock: keywright_sandbox::Clock) -> Arc<dyn Clock> {
        Arc::new(Self { clock, chance: Mutex::new(Rng::with_seed(0)) })
    }
}

impl Clock for Virtual {
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
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).f64()
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
