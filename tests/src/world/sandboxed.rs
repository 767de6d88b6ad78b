//! A world of the in-process sandbox; all worlds of a test program share one sandbox.
//!
//! Client and services run on the world's clock, so no wait takes real time (S7b).

use std::sync::{Arc, OnceLock};

use keywright::Clock;
use keywright::sandbox::WorldClock;
use keywright_sandbox::{Options, Sandbox, Variant};
use serde_json::{Map, Value, json};

use super::World;
use crate::drive::duration;
use crate::scenario;

/// A world of its own in the sandbox of this process.
#[derive(Debug)]
pub struct Sandboxed {
    service: String,
    handed_out: Value,
    world: keywright_sandbox::World,
}

impl Sandboxed {
    /// A world for the clients of `service`, born as a scenario says.
    ///
    /// # Errors
    /// When the sandbox does not start or the birth makes no sense.
    pub fn start(service: &str, birth: &scenario::World) -> Result<Self, String> {
        // Ids and keys are the same in every run: what failed once can be looked at again (S8).
        let mut options = Options::new().seed(1);
        if let Some(plan) = &birth.plan {
            options = options.plan(plan);
        }
        if let Some(clock) = &birth.clock {
            options = options.clock(clock);
        }
        match birth.variant.as_deref() {
            None | Some("documented") => {}
            Some("live") => options = options.variant(Variant::Live),
            Some(other) => return Err(format!("`{other}` is no variant")),
        }
        let world = sandbox()?.world(options).map_err(|error| error.to_string())?;
        let mut handed_out = world.description()["services"][service].take();
        if handed_out.is_null() {
            return Err(format!("the sandbox does not serve {service}"));
        }
        let elsewhere = if service == "seenty" { "seclai" } else { "seenty" };
        handed_out["other_origin"] = json!(world.url(elsewhere));
        Ok(Self { service: service.to_owned(), handed_out, world })
    }

    /// Changes rows of the service behind its back: what no call of it could bring about.
    fn change(&self, with: &Map<String, Value>) -> Result<(), String> {
        let part = |name: &str| with.get(name).and_then(Value::as_object).ok_or_else(|| format!("sandbox.change needs `{name}`"));
        let (wanted, set) = (part("where")?, part("set")?);
        let mut state = self.world.fixtures().map_err(|error| error.to_string())?;
        let table = with.get("table").and_then(Value::as_str).unwrap_or_default();
        let rows = state.get_mut(table).and_then(Value::as_array_mut).ok_or_else(|| format!("there is no table `{table}`"))?;
        let fits = |row: &&mut Value| {
            row["service"] == self.service.as_str() && wanted.iter().all(|(name, value)| row.get(name) == Some(value))
        };
        let mut found = false;
        for row in rows.iter_mut().filter(fits) {
            for (name, value) in set {
                row[name.as_str()] = value.clone();
            }
            found = true;
        }
        if !found {
            return Err(format!("no row of `{table}` fits {wanted:?}"));
        }
        self.world.load_fixtures(state).map_err(|error| error.to_string())
    }
}

fn sandbox() -> Result<&'static Sandbox, String> {
    static SANDBOX: OnceLock<Result<Sandbox, String>> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::start().map_err(|error| error.to_string())).as_ref().map_err(Clone::clone)
}

impl World for Sandboxed {
    fn handed_out(&self) -> &Value {
        &self.handed_out
    }

    fn clock(&self) -> Arc<dyn Clock> {
        // The least chance, so waits are exact.
        Arc::new(WorldClock::exact(self.world.clock(), 0.0))
    }

    fn control(&self, name: &str, with: &Map<String, Value>) -> Result<(), String> {
        let text = |member: &str| with.get(member).and_then(Value::as_str).ok_or_else(|| format!("{name} needs `{member}`"));
        let count = |member: &str| with.get(member).and_then(Value::as_u64).ok_or_else(|| format!("{name} needs `{member}`"));
        let done = match name {
            "clock.advance" => {
                self.world.clock().advance(duration(text("by")?)?);
                Ok(())
            }
            "sandbox.fault" => self.world.fault_json(&Value::Object(with.clone()).to_string()).map(|_| ()),
            "sandbox.limit" => {
                let status = with.get("status").and_then(Value::as_u64).map(|status| u16::try_from(status).unwrap_or_default());
                let retry_after = with.get("retry_after").and_then(Value::as_bool);
                let per = duration(text("per")?)?;
                self.world.set_limit_with(Some(&self.service), count("count")?, per, status, retry_after)
            }
            "sandbox.plan" => self.world.set_plan(&self.service, None, text("plan")?),
            "sandbox.credits" => {
                let left = with.get("credits").and_then(Value::as_f64).ok_or_else(|| format!("{name} needs `credits`"))?;
                self.world.set_credits(&self.service, None, Some(left))
            }
            "sandbox.change" => return self.change(with),
            "sandbox.inactive" => self.world.set_active(&self.service, Some(text("account")?), false),
            other => return Err(format!("{other} is no control call")),
        };
        done.map_err(|error| format!("{name}: {error}"))
    }

    fn journal(&self) -> Result<Vec<String>, String> {
        Ok(self.world.journal().iter().map(|entry| entry.call()).collect())
    }

    fn finish(&self) -> Result<(), String> {
        self.world.finish().map_err(|left| left.to_string())
    }
}

impl Drop for Sandboxed {
    fn drop(&mut self) {
        // Hundreds of worlds live in one test program, one after the other.
        self.world.clone().close();
    }
}
