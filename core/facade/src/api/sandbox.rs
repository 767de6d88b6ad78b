//! All five services on this machine, inside this process, for tests without an account.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use keywright::sandbox::{Expectation, Variant, WorldClock};
use serde_json::json;

use super::error::KeywrightError;
use super::scalars::{Json, Secret};
use super::values::Pair;
use crate::process::Result;

/// How a sandbox or a further world begins.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SandboxOptions {
    /// Fixes ids, keys and chance; without it each world has its own.
    pub seed: Option<u64>,
    /// The plan of every service that knows it; the largest where nothing is said.
    pub plan: Option<String>,
    /// `documented` (default) or `live`.
    pub variant: Option<String>,
    /// How the clock moves (`auto`, `frozen`, `real`), or the moment at which it begins, or both as
    /// `frozen 2026-03-23T10:00:00Z`.
    pub clock: Option<String>,
    /// Whether unknown names in requests and repeated headers are forgiven.
    pub lenient: bool,
    /// Whether `Idempotency-Key` is honoured.
    pub idempotency: bool,
    /// Ids of rules that do not hold.
    pub broken_rules: Vec<String>,
}

impl SandboxOptions {
    fn core(self) -> Result<keywright::sandbox::Options> {
        let mut members = serde_json::Map::new();
        let mut put = |name: &str, value: serde_json::Value| {
            if !value.is_null() {
                members.insert(name.to_owned(), value);
            }
        };
        put("seed", json!(self.seed));
        put("plan", json!(self.plan));
        put("variant", json!(self.variant));
        put("clock", json!(self.clock));
        put("lenient", json!(self.lenient));
        put("idempotency", json!(self.idempotency));
        put("break", json!(self.broken_rules));
        serde_json::from_value(members.into()).map_err(|error| refused(&error.to_string()))
    }
}

/// What a client needs to speak to one service of a sandbox, and the ids that live there.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SandboxAccess {
    /// The service's id.
    pub service: String,
    /// Where it listens.
    pub base_url: String,
    /// A key; absent on plans that are born without one.
    pub api_key: Option<Secret>,
    /// The owner's token that manages keys (Seenty).
    pub management: Option<Secret>,
    /// The e-mail of a login (SegOps, SidClaw).
    pub email: Option<String>,
    /// The password of that login.
    pub password: Option<Secret>,
    /// An agent that `evaluate` can speak for (SidClaw).
    pub agent_id: Option<String>,
    /// The account, or organization, of the key.
    pub account_id: Option<String>,
    /// An account below it (itellicoAI).
    pub subaccount_id: Option<String>,
    /// The tenant (SegOps).
    pub tenant_slug: Option<String>,
    /// The clock that client and sandbox share.
    pub clock: Arc<Clock>,
}

/// One request that a sandbox has seen.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct JournalEntry {
    /// Its number, from 1.
    pub n: u64,
    /// The service that it came to.
    pub service: String,
    /// The HTTP method.
    pub method: String,
    /// The path without query, as sent.
    pub path: String,
    /// The query parameters.
    pub query: Vec<Pair>,
    /// The headers, names in lower case; credentials as digests.
    pub headers: Vec<Pair>,
    /// The body: its JSON, or its text; null when empty.
    pub body: Json,
    /// The status of the answer; absent while there is none.
    pub status: Option<u16>,
    /// The rule that refused.
    pub rule: Option<String>,
    /// The fault that fired.
    pub fault: Option<String>,
    /// The number of the connection that it came on.
    pub connection: u64,
    /// When, on the sandbox's clock.
    pub at: String,
}

/// How many sockets a sandbox has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Connections {
    /// Open now.
    pub open: u64,
    /// Ever opened.
    pub total: u64,
}

/// All five services on this machine, with their rules, on a clock of their own: waits take no
/// real time. Worlds made from it are isolated from it and from each other.
#[derive(Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Sandbox {
    world: keywright::sandbox::World,
    server: Arc<Server>,
    is_first: bool,
    is_open: AtomicBool,
}

/// The server that worlds live in, empty once it is closed. Clocks hold it too: a client runs on
/// one for as long as it likes.
#[derive(Debug)]
struct Server(Mutex<Option<keywright::sandbox::Sandbox>>);

impl Server {
    fn lock(&self) -> MutexGuard<'_, Option<keywright::sandbox::Sandbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Sandbox {
    /// Starts and returns when it listens.
    ///
    /// # Errors
    /// `config` when an option makes no sense or the machine gives no port.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn start(options: SandboxOptions) -> Result<Arc<Self>> {
        let server = keywright::sandbox::Sandbox::start_with(options.core()?).map_err(|error| refused(&error.to_string()))?;
        let world = keywright::sandbox::World::clone(&server);
        let server = Arc::new(Server(Mutex::new(Some(server))));
        Ok(Arc::new(Self { world, server, is_first: true, is_open: AtomicBool::new(true) }))
    }

    /// Makes a further, isolated world with ports and a clock of its own.
    ///
    /// # Errors
    /// `config` when an option makes no sense or it is closed.
    pub fn world(&self, options: SandboxOptions) -> Result<Arc<Self>> {
        let options = options.core()?;
        let made = match &*self.server.lock() {
            Some(server) => server.world(options).map_err(|error| refused(&error.to_string())),
            None => Err(refused("it is closed")),
        };
        let server = Arc::clone(&self.server);
        Ok(Arc::new(Self { world: made?, server, is_first: false, is_open: AtomicBool::new(true) }))
    }

    /// What a client needs to speak to a service: `seclai`, `segops`, `sidclaw`, `seenty`,
    /// `itellico`, and the invented `acme`.
    ///
    /// # Errors
    /// `config` when there is no such service.
    pub fn access(&self, service: String) -> Result<SandboxAccess> {
        let base_url = self.world.url(&service);
        if base_url.is_empty() {
            return Err(KeywrightError::config("service", "is not known", "use the id of a service, as `seclai`"));
        }
        let mut described = self.world.description();
        let mut text = |name: &str| match described["services"][&service][name].take() {
            serde_json::Value::String(text) => Some(text),
            _ => None,
        };
        Ok(SandboxAccess {
            api_key: text("api_key").map(Secret::new),
            management: text("management").map(Secret::new),
            email: text("email"),
            password: text("password").map(Secret::new),
            agent_id: text("agent_id"),
            account_id: text("account_id"),
            subaccount_id: text("subaccount_id"),
            tenant_slug: text("tenant_slug"),
            clock: self.clock(),
            service,
            base_url,
        })
    }

    /// The clock of this world.
    pub fn clock(&self) -> Arc<Clock> {
        let clock = self.world.clock();
        Arc::new(Clock { client: WorldClock::new(clock.clone()), clock, server: Arc::clone(&self.server) })
    }

    /// Adds a fault rule, as the sandbox's documentation shows them, and gives its id.
    ///
    /// # Errors
    /// `config` when it is no rule or could never work.
    pub fn fault(&self, rule: Json) -> Result<String> {
        self.world.fault_json(&rule.to_string()).map_err(|error| refused(&error.to_string()))
    }

    /// How far each rule has come.
    pub fn faults(&self) -> Json {
        json!(self.world.faults()).into()
    }

    /// Forgets all rules.
    pub fn clear_faults(&self) {
        self.world.clear_faults();
    }

    /// Every request so far; the oldest are forgotten after ten thousand.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.world.journal().into_iter().map(Into::into).collect()
    }

    /// Checks what was seen against a list of expectations; gives what is missing, each with what
    /// came closest.
    ///
    /// # Errors
    /// `config` when it is no list of expectations.
    pub fn verify(&self, expected: Json, strict_order: bool) -> Result<Vec<String>> {
        let expected: Vec<Expectation> =
            serde_json::from_value(expected.0.into_value()).map_err(|error| refused(&error.to_string()))?;
        let missed = self.world.verify(&expected, strict_order).err().unwrap_or_default();
        Ok(missed.iter().map(|miss| json!(miss).to_string()).collect())
    }

    /// Puts a service on a plan.
    ///
    /// # Errors
    /// `config` when there is no such service or plan.
    pub fn set_plan(&self, service: String, plan: String) -> Result<()> {
        self.world.set_plan(&service, None, &plan).map_err(|error| refused(&error.to_string()))
    }

    /// Sets what a service's tenant has left to spend; without a number: no end.
    ///
    /// # Errors
    /// `config` when there is no such service.
    pub fn set_credits(&self, service: String, credits: Option<f64>) -> Result<()> {
        self.world.set_credits(&service, None, credits).map_err(|error| refused(&error.to_string()))
    }

    /// Makes an account of a service active or not.
    ///
    /// # Errors
    /// `config` when there is no such service or account.
    pub fn set_active(&self, service: String, account: Option<String>, active: bool) -> Result<()> {
        self.world.set_active(&service, account.as_deref(), active).map_err(|error| refused(&error.to_string()))
    }

    /// Limits the requests of each tenant of a service in fixed windows. What is beyond is refused
    /// with `status`: 429 by the service itself, unless given, or 503 by a limiter in front of it;
    /// whether that says in `Retry-After` when to return, which 429 does and 503 does not, is
    /// `retry_after`.
    ///
    /// # Errors
    /// `config` when there is no such service, or no such refusal.
    pub fn set_limit(
        &self,
        service: String,
        count: u64,
        per: Duration,
        status: Option<u32>,
        retry_after: Option<bool>,
    ) -> Result<()> {
        // What is no status at all is refused as any other.
        let status = status.map(|status| u16::try_from(status).unwrap_or_default());
        self.world.set_limit_with(Some(&service), count, per, status, retry_after).map_err(|error| refused(&error.to_string()))
    }

    /// Takes back all limits that were set.
    ///
    /// # Errors
    /// `config` when it is closed.
    pub fn clear_limits(&self) -> Result<()> {
        self.world.clear_limits().map_err(|error| refused(&error.to_string()))
    }

    /// Makes a service behave in another variant from now on: `documented` or `live`.
    ///
    /// # Errors
    /// `config` when there is no such service or variant.
    pub fn set_variant(&self, service: String, variant: String) -> Result<()> {
        let variant = match variant.as_str() {
            "documented" => Variant::Documented,
            "live" => Variant::Live,
            _ => return Err(KeywrightError::config("variant", "is not known", "use `documented` or `live`")),
        };
        self.world.set_variant(&service, variant).map_err(|error| refused(&error.to_string()))
    }

    /// How many sockets it has.
    pub fn connections(&self) -> Connections {
        let sockets = self.world.connections();
        Connections { open: sockets.open, total: sockets.total }
    }

    /// Its whole state; secrets only as hashes.
    ///
    /// # Errors
    /// `config` when it is closed.
    pub fn fixtures(&self) -> Result<Json> {
        self.world.fixtures().map(Json::from).map_err(|error| refused(&error.to_string()))
    }

    /// Replaces its whole state; a key may be given in clear, as `key` instead of `hash`.
    ///
    /// # Errors
    /// `config` when the state is malformed.
    pub fn load_fixtures(&self, fixtures: Json) -> Result<()> {
        self.world.load_fixtures(fixtures.0.into_value()).map_err(|error| refused(&error.to_string()))
    }

    /// Back to the day of birth, with the same ids and keys.
    ///
    /// # Errors
    /// `config` when it is closed.
    pub fn reset(&self) -> Result<()> {
        self.world.reset().map_err(|error| refused(&error.to_string()))
    }

    /// The end of a test.
    ///
    /// # Errors
    /// `config` when a fault rule has not fired as often as it was to: a fault that did not happen
    /// proves nothing.
    pub fn finish(&self) -> Result<()> {
        self.world.finish().map_err(|left| refused(&left.to_string()))
    }

    /// Closes its listeners and connections. The first world takes all others with it.
    pub fn close(&self) {
        if !self.is_open.swap(false, Ordering::Relaxed) {
            return;
        }
        if self.is_first {
            let server = self.server.lock().take();
            drop(server);
        } else {
            self.world.clone().close();
        }
    }
}

fn refused(words: &str) -> KeywrightError {
    KeywrightError::config("sandbox", words, "see the sandbox's documentation")
}

impl From<keywright::sandbox::JournalEntry> for JournalEntry {
    fn from(entry: keywright::sandbox::JournalEntry) -> Self {
        let pairs = |pairs: Vec<(String, String)>| pairs.into_iter().map(|(name, value)| Pair { name, value }).collect();
        Self {
            n: entry.n,
            service: entry.service,
            method: entry.method,
            path: entry.path,
            query: pairs(entry.query),
            headers: pairs(entry.headers),
            body: entry.body.into(),
            status: entry.status,
            rule: entry.rule,
            fault: entry.fault,
            connection: entry.connection,
            at: entry.at,
        }
    }
}

/// A clock that client and sandbox share. It jumps when everybody waits for it.
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Clock {
    clock: keywright::sandbox::Clock,
    client: WorldClock,
    server: Arc<Server>,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Clock {
    /// The time on it.
    pub fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// How far it has come since it began.
    pub fn elapsed(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Keeps it from jumping until `release`: what waits for it stays as it is.
    pub fn hold(&self) {
        self.clock.enter();
    }

    /// Lets it jump again.
    pub fn release(&self) {
        self.clock.leave();
    }

    /// How many waits stand on it.
    pub fn sleepers(&self) -> u64 {
        self.clock.sleepers() as u64
    }

    /// The same clock with a chance that is always the same, from 0 up to 1: every wait is exact.
    pub fn exact(&self, chance: f64) -> Arc<Self> {
        let clock = self.clock.clone();
        Arc::new(Self { client: WorldClock::exact(clock.clone(), chance), clock, server: Arc::clone(&self.server) })
    }
}

impl Clock {
    pub(super) fn shared(&self) -> Arc<dyn keywright::Clock> {
        Arc::new(self.client.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_keeps_its_sandbox_alive_until_it_is_closed() {
        let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
        let access = sandbox.access("seclai".to_owned()).unwrap();
        let address = access.base_url.trim_start_matches("http://").to_owned();
        let second = sandbox.world(SandboxOptions::default()).unwrap();
        drop(sandbox);
        assert!(std::net::TcpStream::connect(&address).is_ok());
        second.close();
        assert!(std::net::TcpStream::connect(&address).is_ok());
        drop((access, second));
        assert!(std::net::TcpStream::connect(&address).is_err());
    }
}
