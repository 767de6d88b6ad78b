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

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

pub use keywright_sandbox::*;

use crate::auth::Management;
use crate::clock::Clock as ClientClock;
use crate::error::Error as ClientError;
use crate::options::ClientOptions;
use crate::wire::BoxFuture;

/// The sandbox's clock as a client's. Its chance is fixed by its start, for runs that repeat.
struct Virtual {
    clock: Clock,
    chance: Mutex<Rng>,
}

impl Virtual {
    fn of(clock: Clock) -> Arc<dyn ClientClock> {
        Arc::new(Self { clock, chance: Mutex::new(Rng::with_seed(0)) })
    }
}

impl fmt::Debug for Virtual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Virtual")
    }
}

impl ClientClock for Virtual {
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

impl From<Seclai> for ClientOptions {
    fn from(given: Seclai) -> Self {
        Self::new().base_url(given.base_url).api_key(given.api_key).clock(Virtual::of(given.clock))
    }
}

impl From<Segops> for ClientOptions {
    fn from(given: Segops) -> Self {
        let options = Self::new().base_url(given.base_url).api_key(given.api_key).clock(Virtual::of(given.clock));
        options.management(Management::login(given.email, given.password))
    }
}

impl From<Sidclaw> for ClientOptions {
    fn from(given: Sidclaw) -> Self {
        let options = Self::new().base_url(given.base_url).api_key(given.api_key).clock(Virtual::of(given.clock));
        options.management(Management::login(given.email, given.password)).agent_id(given.agent_id)
    }
}

impl From<Seenty> for ClientOptions {
    fn from(given: Seenty) -> Self {
        let options = Self::new().base_url(given.base_url).clock(Virtual::of(given.clock));
        let options = options.management(Management::token(given.management));
        match given.api_key {
            Some(key) => options.api_key(key),
            None => options,
        }
    }
}

impl From<Itellico> for ClientOptions {
    fn from(given: Itellico) -> Self {
        Self::new().base_url(given.base_url).api_key(given.api_key).clock(Virtual::of(given.clock))
    }
}

impl From<Acme> for ClientOptions {
    fn from(given: Acme) -> Self {
        Self::new().base_url(given.base_url).api_key(given.api_key).clock(Virtual::of(given.clock))
    }
}

impl From<Error> for ClientError {
    fn from(error: Error) -> Self {
        Self::config("sandbox", error.to_string(), "see the sandbox's own documentation")
    }
}
