//! The in-process form: a sandbox on a thread and runtime of its own (S3).
//!
//! Every call blocks only until that thread has answered, so it works from any caller: in a
//! runtime, in none, in another one's.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio::runtime::{Builder, Handle};

use crate::clock::{Clock, ClockMode};
use crate::control;
use crate::credentials::{Acme, Itellico, Seclai, Seenty, Segops, Sidclaw};
use crate::ctx::Rate;
use crate::faults::{FaultRule, FaultStatus};
use crate::host::{Host, InMemory, Ports};
use crate::journal::{Expectation, JournalEntry, Miss};
use crate::options::Options;
use crate::reading;
use crate::service::{Service, Variant};
use crate::services;
use crate::state;
use crate::store::Account;
use crate::world::{self, lock};

/// Why a call to the sandbox failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl From<String> for Error {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Fault rules that never fired as often as they were to.
#[derive(Debug, Clone, PartialEq)]
pub struct Unfinished(pub Vec<FaultStatus>);

impl std::fmt::Display for Unfinished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rules: Vec<String> = self.0.iter().map(|rule| format!("{} (fired {} times)", rule.id, rule.fired)).collect();
        write!(f, "faults left over: {}", rules.join(", "))
    }
}

impl std::error::Error for Unfinished {}

/// Sockets of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Connections {
    /// Open now.
    pub open: u64,
    /// Ever opened.
    pub total: u64,
}

/// Five services on this machine, and an invented sixth; stops when dropped. Calls on it go to its
/// first world.
#[derive(Debug)]
pub struct Sandbox {
    first: World,
    control: String,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts with the defaults and returns when it listens.
    ///
    /// # Errors
    /// When the machine gives no thread, port or randomness.
    pub fn start() -> Result<Self, Error> {
        Self::start_with(Options::new())
    }

    /// Starts and returns when it listens.
    ///
    /// # Errors
    /// As for [`Sandbox::start`], and when an option makes no sense.
    pub fn start_with(options: Options) -> Result<Self, Error> {
        let (tell, told) = mpsc::channel();
        let run = move || {
            let runtime = match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(tell.send(Err(error.to_string()))),
            };
            runtime.block_on(async {
                match begin(&options).await {
                    Ok((host, control)) => {
                        let stop = Arc::clone(&host);
                        // A caller that is gone already stops it by having dropped the receiver.
                        if tell.send(Ok((host, control, Handle::current()))).is_ok() {
                            stop.stop.notified().await;
                        }
                    }
                    Err(error) => drop(tell.send(Err(error))),
                }
            });
        };
        let thread = std::thread::Builder::new().name("keywright-sandbox".to_owned()).spawn(run);
        let thread = thread.map_err(|error| Error(error.to_string()))?;
        let begun = told.recv().map_err(|_| Error("the sandbox did not start".to_owned()))?;
        let (host, control, runtime) = begun.map_err(Error)?;
        let world = host.first().ok_or_else(|| Error("the sandbox has no world".to_owned()))?;
        Ok(Self { first: World { world, host, runtime }, control, thread: Some(thread) })
    }

    /// Makes a further, isolated world with ports and a clock of its own.
    ///
    /// # Errors
    /// As for [`Sandbox::start_with`].
    pub fn world(&self, options: Options) -> Result<World, Error> {
        let host = Arc::clone(&self.first.host);
        let opened = self.first.block(async move { host.open(&options, 0).await })?;
        let World { host, runtime, .. } = &self.first;
        Ok(World { world: opened.map_err(Error)?, host: Arc::clone(host), runtime: runtime.clone() })
    }

    /// The base URL of the control API.
    #[must_use]
    pub fn control_url(&self) -> &str {
        &self.control
    }

    /// The bearer token of the control API.
    #[must_use]
    pub fn control_token(&self) -> &str {
        &self.first.host.token
    }

    /// Stops it: listeners and connections are closed when this returns.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.first.host.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            // It ends by itself; a panic of it was printed when it happened.
            let _ = thread.join();
        }
    }
}

impl Deref for Sandbox {
    type Target = World;

    fn deref(&self) -> &World {
        &self.first
    }
}

async fn begin(options: &Options) -> Result<(Arc<Host>, String), String> {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let host = Arc::new(Host::new(loopback, ClockMode::Auto, Ports::Own, Box::new(InMemory))?);
    host.open(options, 0).await?;
    let control = control::listen(&host, SocketAddr::new(loopback, 0)).await?;
    Ok((host, control))
}

/// A handle of one world. Its calls fail once the sandbox has stopped.
#[derive(Debug, Clone)]
pub struct World {
    world: Arc<world::World>,
    host: Arc<Host>,
    runtime: Handle,
}

impl World {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.world.name
    }

    /// The base URL of a service (`"seclai"`); empty for one that there is not.
    #[must_use]
    pub fn url(&self, service: &str) -> String {
        self.world.base_url(service)
    }

    /// What it hands out for Seclai.
    #[must_use]
    pub fn seclai(&self) -> Seclai {
        Seclai::of(&self.world)
    }

    /// What it hands out for SegOps.
    #[must_use]
    pub fn segops(&self) -> Segops {
        Segops::of(&self.world)
    }

    /// What it hands out for SidClaw.
    #[must_use]
    pub fn sidclaw(&self) -> Sidclaw {
        Sidclaw::of(&self.world)
    }

    /// What it hands out for Seenty.
    #[must_use]
    pub fn seenty(&self) -> Seenty {
        Seenty::of(&self.world)
    }

    /// What it hands out for itellicoAI.
    #[must_use]
    pub fn itellico(&self) -> Itellico {
        Itellico::of(&self.world)
    }

    /// What it hands out for Acme, the invented service.
    #[must_use]
    pub fn acme(&self) -> Acme {
        Acme::of(&self.world)
    }

    /// All of that as JSON, as `POST /worlds` answers it.
    #[must_use]
    pub fn description(&self) -> Value {
        self.world.description()
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.world.clock.clone()
    }

    /// Adds a fault rule and gives its id.
    ///
    /// # Errors
    /// When the rule could never work.
    pub fn fault(&self, rule: FaultRule) -> Result<String, Error> {
        let world = Arc::clone(&self.world);
        self.block(async move { world.add_fault(rule).await })?.map_err(Error)
    }

    /// Adds a fault rule given as JSON, as the control API takes it.
    ///
    /// # Errors
    /// When it is no rule, or could never work.
    pub fn fault_json(&self, rule: &str) -> Result<String, Error> {
        let rule = reading::read(rule.as_bytes()).map_err(|text| Error(format!("no fault rule: {text}")))?;
        self.fault(rule)
    }

    /// How far each rule has come.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultStatus> {
        lock(&self.world.faults).all()
    }

    /// How far one rule has come.
    #[must_use]
    pub fn fault_status(&self, id: &str) -> Option<FaultStatus> {
        lock(&self.world.faults).one(id)
    }

    /// Forgets all rules.
    pub fn clear_faults(&self) {
        lock(&self.world.faults).clear();
    }

    /// Every request so far; the oldest are forgotten after ten thousand.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        lock(&self.world.journal).since(0)
    }

    /// Checks what was seen against what is expected.
    ///
    /// # Errors
    /// The expectations that are not met, each with what came closest.
    pub fn verify(&self, expected: &[Expectation], strict_order: bool) -> Result<(), Vec<Miss>> {
        let misses = lock(&self.world.journal).verify(expected, strict_order);
        if misses.is_empty() { Ok(()) } else { Err(misses) }
    }

    /// Puts a tenant on a plan; `None`: the one that the world was born with.
    ///
    /// # Errors
    /// When there is no such service, plan or tenant.
    pub fn set_plan(&self, service: &str, tenant: Option<&str>, plan: &str) -> Result<(), Error> {
        services::known(service).and_then(|service| services::check_plan(service, plan)).map_err(Error)?;
        let plan = plan.to_owned();
        self.change(service, tenant, move |account| account.plan = plan)
    }

    /// Sets what a tenant has left to spend; `None`: no end.
    ///
    /// # Errors
    /// When there is no such service or tenant, or the amount is negative.
    pub fn set_credits(&self, service: &str, tenant: Option<&str>, credits: Option<f64>) -> Result<(), Error> {
        if credits.is_some_and(|credits| !credits.is_finite() || credits < 0.0) {
            return Err(Error("`credits` is no amount: give a number that is not negative, or `None` for no end".to_owned()));
        }
        self.change(service, tenant, move |account| account.credits = credits)
    }

    /// Makes a tenant active or not.
    ///
    /// # Errors
    /// When there is no such service or tenant.
    pub fn set_active(&self, service: &str, tenant: Option<&str>, active: bool) -> Result<(), Error> {
        self.change(service, tenant, move |account| account.active = active)
    }

    /// Limits the requests of each tenant in fixed windows; `None`: of every service.
    ///
    /// # Errors
    /// When there is no such service, or the window has no length.
    pub fn set_limit(&self, service: Option<&str>, count: u64, per: Duration) -> Result<(), Error> {
        self.set_limit_with(service, count, per, None, None)
    }

    /// The same, refusing with this status: 429 of the service (the default), or 503 of a limiter in
    /// front of it; and whether a refusal says in `Retry-After` when to return, which a 429 does and
    /// a 503 does not unless given.
    ///
    /// # Errors
    /// When there is no such service, or a limit does not refuse with that status.
    pub fn set_limit_with(
        &self,
        service: Option<&str>,
        count: u64,
        per: Duration,
        status: Option<u16>,
        retry_after: Option<bool>,
    ) -> Result<(), Error> {
        let service = service.map(known).transpose()?;
        if per.is_zero() {
            return Err(Error("`per` is no time at all: give the length of the window".to_owned()));
        }
        let rate = Rate { service, category: None, count, per, retry_after: true, status: 429 };
        let rate = rate.refusing(status, retry_after).map_err(|text| Error(text.to_owned()))?;
        let world = Arc::clone(&self.world);
        self.block(async move { world.set_rate(Some(rate)).await })
    }

    /// Limits the requests that a credential may have in flight; `None`: of every service.
    ///
    /// # Errors
    /// When there is no such service.
    pub fn set_concurrency(&self, service: Option<&str>, limit: u32) -> Result<(), Error> {
        let service = service.map(known).transpose()?;
        let world = Arc::clone(&self.world);
        self.block(async move { world.set_concurrency(service, limit).await })
    }

    /// Takes back all limits that were set.
    ///
    /// # Errors
    /// When the sandbox has stopped.
    pub fn clear_limits(&self) -> Result<(), Error> {
        let world = Arc::clone(&self.world);
        self.block(async move { world.set_rate(None).await })
    }

    /// Makes a service behave in another variant from now on.
    ///
    /// # Errors
    /// When there is no such service.
    pub fn set_variant(&self, service: &str, variant: Variant) -> Result<(), Error> {
        let service = known(service)?;
        let world = Arc::clone(&self.world);
        self.block(async move { world.set_variant(service, variant).await })
    }

    /// How many sockets it has.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let sockets = &self.world.sockets;
        let (open, total) = (sockets.open.load(Ordering::Relaxed), sockets.total.load(Ordering::Relaxed));
        Connections { open, total }
    }

    /// Its whole state; secrets only as hashes.
    ///
    /// # Errors
    /// When the sandbox has stopped.
    pub fn fixtures(&self) -> Result<Value, Error> {
        let world = Arc::clone(&self.world);
        self.block(async move { world.fixtures().await })?.map_err(Error)
    }

    /// Replaces its whole state; a key may be given in clear, as `key` instead of `hash`.
    ///
    /// # Errors
    /// When the state is malformed.
    pub fn load_fixtures(&self, fixtures: Value) -> Result<(), Error> {
        let world = Arc::clone(&self.world);
        self.block(async move { world.load_fixtures(fixtures).await })?.map_err(Error)
    }

    /// Back to the day of birth, with the same ids and keys.
    ///
    /// # Errors
    /// When the sandbox has stopped.
    pub fn reset(&self) -> Result<(), Error> {
        let world = Arc::clone(&self.world);
        self.block(async move { world.reset().await })
    }

    /// The end of a test.
    ///
    /// # Errors
    /// When a fault rule has not fired as often as it was to: a fault that did not happen proves
    /// nothing.
    pub fn finish(&self) -> Result<(), Unfinished> {
        let left = state::unfinished(&self.world);
        if left.is_empty() { Ok(()) } else { Err(Unfinished(left)) }
    }

    /// Ends a world before the sandbox stops: its listeners and connections are closed.
    pub fn close(self) {
        let (host, name) = (Arc::clone(&self.host), self.world.name.clone());
        // One that has stopped has closed everything already.
        let _ = self.block(async move { host.close(&name) });
    }

    fn change(
        &self,
        service: &str,
        tenant: Option<&str>,
        change: impl FnOnce(&mut Account) + Send + 'static,
    ) -> Result<(), Error> {
        let (service, tenant) = (known(service)?, tenant.map(str::to_owned));
        let world = Arc::clone(&self.world);
        let found = self.block(async move { world.change_account(service, tenant, change).await })?;
        if found {
            Ok(())
        } else {
            Err(Error(format!("{service} has no such tenant: name it by its id or slug, or leave it out")))
        }
    }

    fn block<R: Send + 'static>(&self, work: impl Future<Output = R> + Send + 'static) -> Result<R, Error> {
        let (tell, told) = mpsc::channel();
        self.runtime.spawn(async move { drop(tell.send(work.await)) });
        told.recv().map_err(|_| Error("the sandbox has stopped".to_owned()))
    }
}

fn known(service: &str) -> Result<&'static str, Error> {
    services::known(service).map(Service::name).map_err(Error)
}
