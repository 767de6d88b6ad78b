//! A world of its own for one case, and the client that is examined in it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use keywright::sandbox::WorldClock;
use keywright::{
    Account, CallOptions, Client, ClientOptions, Dialect, Limit, Management, Priority, RetryOptions, Shared, Throttle,
};
use keywright_sandbox::{ClockMode, Options, Sandbox, World};
use serde_json::{Map, Value};

use super::case::{Case, Config, Limits};
use super::fault_transport::FaultTransport;
use super::recording_observer::RecordingObserver;
use crate::drive::{Failure, OutputRecorder};
use crate::scenario::Saved;

/// The moment at which every case begins.
const BEGIN: &str = "auto 2023-09-29T16:26:37Z";

/// World, clock and ears of one case.
pub(super) struct Harness {
    pub world: World,
    pub handed_out: Value,
    pub clock: WorldClock,
    pub transport: Arc<FaultTransport>,
    pub observer: Arc<RecordingObserver>,
    pub shared: Shared,
}

impl Harness {
    pub(super) fn set_up(case: &Case, heard: &Arc<OutputRecorder>) -> Result<Self, String> {
        let mut options = Options::new().seed(1).clock(BEGIN);
        if let Some(plan) = &case.world.plan {
            options = options.plan(plan);
        }
        if case.world.idempotency {
            options = options.idempotency();
        }
        let world = sandbox()?.world(options).map_err(|error| error.to_string())?;
        let handed_out = world.description()["services"][&case.service].take();
        let clock = WorldClock::exact(world.clock(), case.u);
        let observer = Arc::new(RecordingObserver::new(clock.clone(), heard));
        let shared = Shared::new(Arc::new(clock.clone()));
        Ok(Self { world, handed_out, clock, transport: Arc::default(), observer, shared })
    }

    /// The client that is examined.
    pub(super) fn client(&self, case: &Case, saved: &Saved) -> Result<Client, Failure> {
        let Config { client, limits, .. } = &case.config;
        let options =
            options(&self.handed_out, &saved.resolve_members(client)?)?.calls(limits.options()?).retry(retry(&case.config)?);
        let options = options.keep_password(case.config.keep_password.unwrap_or(true));
        let options = options.shared(self.shared.clone()).transport(self.transport.clone()).observer(self.observer.clone());
        Ok(match &case.dialect {
            Some(lines) => Client::with_dialect(Dialect::from_toml(&lines.join("\n"))?, options)?,
            None => Client::new(&case.service, options)?,
        })
    }

    /// Somebody else at the same service, who shares nothing with the client but the clock.
    pub(super) fn other(&self, case: &Case) -> Result<Client, Failure> {
        let shared = Shared::new(Arc::new(self.clock.clone()));
        Ok(Client::new(&case.service, options(&self.handed_out, &Map::new())?.shared(shared))?)
    }

    /// Stops the clock.
    pub(super) fn freeze(&self) {
        self.world.clock().set_mode(ClockMode::Frozen);
    }

    /// Lets it go on by itself, whenever nothing moves.
    pub(super) fn thaw(&self) {
        self.world.clock().set_mode(ClockMode::Auto);
    }

    /// Lets everything that is still under way come to its end.
    pub(super) async fn settle(&self) {
        self.thaw();
        let clock = self.world.clock();
        // Many short waits: each ends only when nothing has moved meanwhile.
        for _ in 0..40 {
            clock.sleep(Duration::from_secs(3)).await;
        }
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.world.clone().close();
    }
}

fn sandbox() -> Result<&'static Sandbox, String> {
    static SANDBOX: OnceLock<Result<Sandbox, String>> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::start().map_err(|error| error.to_string())).as_ref().map_err(Clone::clone)
}

/// What the sandbox hands out, and what the case changes about it.
fn options(handed_out: &Value, changes: &Map<String, Value>) -> Result<ClientOptions, Failure> {
    let text = |name: &str| {
        let value = changes.get(name).or_else(|| handed_out.get(name));
        value.and_then(Value::as_str).filter(|text| *text != "~none").map(str::to_owned)
    };
    // The process's own environment must not decide what a test sees.
    let mut options = ClientOptions::new().env::<&str, &str>([]);
    if let Some(url) = text("base_url") {
        options = options.base_url(url);
    }
    if let Some(key) = text("api_key") {
        options = options.api_key(key);
    }
    if let Some(account) = changes.get("account").and_then(Value::as_str) {
        options = options.account(Account::id(account));
    }
    match (text("management"), text("email"), text("password")) {
        (Some(key), _, _) => options = options.management(Management::key(key)),
        (None, Some(email), Some(password)) => options = options.management(Management::login(email, password)),
        _ => {}
    }
    Ok(options)
}

fn retry(config: &Config) -> Result<RetryOptions, String> {
    let mut retry = RetryOptions::new();
    if let Some(base) = config.base {
        retry = retry.base(seconds(base)?);
    }
    if let Some(cap) = config.cap {
        retry = retry.cap(seconds(cap)?);
    }
    if let Some(longest) = config.max_retry_after {
        retry = retry.max_retry_after(seconds(longest)?);
    }
    Ok(retry)
}

fn seconds(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{seconds}: {error}"))
}

fn limit(value: &Value) -> Result<Limit, String> {
    match (value.as_f64(), value.as_str()) {
        (Some(number), _) => Ok(seconds(number)?.into()),
        (None, Some("never")) => Ok(Limit::Never),
        _ => Err(format!("{value} is no limit")),
    }
}

impl Limits {
    pub(super) fn options(&self) -> Result<CallOptions, String> {
        let mut options = CallOptions::new();
        if let Some(total) = &self.timeout {
            options = options.timeout(limit(total)?);
        }
        if let Some(attempt) = &self.attempt_timeout {
            options = options.attempt_timeout(limit(attempt)?);
        }
        if let Some(stall) = self.read_timeout {
            options = options.read_timeout(seconds(stall)?);
        }
        if let Some(attempts) = self.max_attempts {
            options = options.max_attempts(attempts);
        }
        options.throttle = match self.throttle.as_deref() {
            None => None,
            Some("wait") => Some(Throttle::Wait),
            Some("fail") => Some(Throttle::Fail),
            Some(other) => return Err(format!("`{other}` is no throttle")),
        };
        options.priority = match self.priority.as_deref() {
            None => None,
            Some("urgent") => Some(Priority::Urgent),
            Some("normal") => Some(Priority::Normal),
            Some("background") => Some(Priority::Background),
            Some(other) => return Err(format!("`{other}` is no priority")),
        };
        Ok(options)
    }
}
