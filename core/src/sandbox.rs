//! Client options from the credentials of a sandbox: your own tests, without an account.
//!
//! The only place that knows both sides, and it knows no rule of either: an address, keys, and a
//! clock that client and sandbox share, so that waits take no real time.
//!
//! ```
//! use keywright::sandbox::Sandbox;
//! use keywright::{Client, PageRequest};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> keywright::Result<()> {
//! let sandbox = Sandbox::start()?;
//! let client = Client::new("seclai", sandbox.seclai())?;
//!
//! sandbox.fault_json(r#"{"phase": "before_handler", "action": {"kind": "status", "status": 429, "headers": {"Retry-After": "60"}}}"#)?;
//! let agents = client.agents().list(PageRequest::new()).await?;
//! assert_eq!(agents.meta.elapsed.as_secs(), 60); // on the sandbox's clock, and at once on yours
//! # Ok(())
//! # }
//! ```

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::model::time::Timestamp;
use fastrand::Rng;

pub use keywright_sandbox::*;

use crate::auth::Management;
use crate::model::error::Error as ClientError;
use crate::options::ClientOptions;
use crate::runtime::BoxFuture;
use crate::runtime::clock::Clock as ClientClock;

/// A world's clock as a client's, so that both live in one time. Its chance is a known one, for
/// runs that repeat.
///
/// ```
/// use std::sync::Arc;
/// use keywright::ClientOptions;
/// use keywright::sandbox::{Sandbox, WorldClock};
///
/// let sandbox = Sandbox::start()?;
/// let exact = WorldClock::exact(sandbox.clock(), 0.0); // every wait is the shortest it may be
/// let options = ClientOptions::from(sandbox.seclai()).clock(Arc::new(exact));
/// # drop(options);
/// # Ok::<(), keywright::sandbox::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WorldClock {
    clock: Clock,
    chance: Chance,
}

#[derive(Debug, Clone)]
enum Chance {
    Always(f64),
    Drawn(Arc<Mutex<Rng>>),
}

impl WorldClock {
    /// That clock, on which chance follows from a fixed seed.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self::seeded(clock, 0)
    }

    /// That clock, on which chance follows from a seed.
    #[must_use]
    pub fn seeded(clock: Clock, seed: u64) -> Self {
        Self { clock, chance: Chance::Drawn(Arc::new(Mutex::new(Rng::with_seed(seed)))) }
    }

    /// That clock, on which chance is always the same, so that every wait is exact: at most the
    /// largest number below 1.
    #[must_use]
    pub fn exact(clock: Clock, chance: f64) -> Self {
        Self { clock, chance: Chance::Always(chance.min(1.0 - f64::EPSILON)) }
    }

    fn shared(clock: Clock) -> Arc<dyn ClientClock> {
        Arc::new(Self::new(clock))
    }
}

impl ClientClock for WorldClock {
    fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(self.clock.sleep(duration))
    }

    fn random(&self) -> f64 {
        match &self.chance {
            Chance::Always(chance) => *chance,
            Chance::Drawn(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).f64(),
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

    fn ask(&self) {
        self.clock.ask();
    }

    fn answered(&self) {
        self.clock.answered();
    }
}

impl From<Seclai> for ClientOptions {
    fn from(given: Seclai) -> Self {
        Self::new().base_url(given.base_url).api_key(given.api_key).clock(WorldClock::shared(given.clock))
    }
}

impl From<Segops> for ClientOptions {
    fn from(given: Segops) -> Self {
        let options = Self::new().base_url(given.base_url).api_key(given.api_key).clock(WorldClock::shared(given.clock));
        options.management(Management::login(given.email, given.password))
    }
}

impl From<Sidclaw> for ClientOptions {
    fn from(given: Sidclaw) -> Self {
        let options = Self::new().base_url(given.base_url).api_key(given.api_key).clock(WorldClock::shared(given.clock));
        options.management(Management::login(given.email, given.password)).agent_id(given.agent_id)
    }
}

impl From<Seenty> for ClientOptions {
    fn from(given: Seenty) -> Self {
        let options = Self::new().base_url(given.base_url).clock(WorldClock::shared(given.clock));
        let options = options.management(Management::token(given.management));
        match given.api_key {
            Some(key) => options.api_key(key),
            None => options,
        }
    }
}

impl From<Itellico> for ClientOptions {
    fn from(given: Itellico) -> Self {
        Self::new().base_url(given.base_url).api_key(given.api_key).clock(WorldClock::shared(given.clock))
    }
}

impl From<Acme> for ClientOptions {
    fn from(given: Acme) -> Self {
        Self::new().base_url(given.base_url).api_key(given.api_key).clock(WorldClock::shared(given.clock))
    }
}

impl From<Error> for ClientError {
    fn from(error: Error) -> Self {
        Self::config("sandbox", error.to_string(), "see the sandbox's own documentation")
    }
}
