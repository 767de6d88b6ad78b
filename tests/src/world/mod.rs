//! Where a scenario is played: services, a clock, and what they have seen.
//!
//! A scenario does not know what stands behind it. [`Silent`] is a place where every request is
//! one too many, for what must be refused before anything is sent.

mod sandboxed;

use std::sync::Arc;

use keywright::Timestamp;
use keywright::{Clock, ManualClock};
use serde_json::{Map, Value, json};

pub use sandboxed::Sandboxed;

use crate::http::Listener;
use crate::wire;

/// A place of its own for one scenario.
pub trait World {
    /// What a client is made from: `base_url`, `api_key`, and what else the service needs.
    fn handed_out(&self) -> &Value;

    /// The clock that client and services share.
    fn clock(&self) -> Arc<dyn Clock>;

    /// Makes a control call: `clock.advance`, `sandbox.fault`.
    ///
    /// # Errors
    /// When the world has no such call or refuses it.
    fn control(&self, name: &str, with: &Map<String, Value>) -> Result<(), String>;

    /// What the services have seen, in order: `GET /agents`.
    ///
    /// # Errors
    /// When it cannot be told.
    fn journal(&self) -> Result<Vec<String>, String>;

    /// Ends the world.
    ///
    /// # Errors
    /// When something that was prepared never happened.
    fn finish(&self) -> Result<(), String>;
}

/// A world whose services refuse everything, on a clock that stands still.
#[derive(Debug)]
pub struct Silent {
    handed_out: Value,
    listener: Listener,
    clock: ManualClock,
}

impl Silent {
    /// A silent world for the clients of `service`.
    ///
    /// # Errors
    /// When the service is not known or no port is free.
    pub fn start(service: &str) -> Result<Self, String> {
        let listener = Listener::start([])?;
        let mut handed_out = wire::sample_world(service)?;
        handed_out["base_url"] = json!(listener.base_url());
        Ok(Self { handed_out, listener, clock: ManualClock::at(Timestamp::UNIX_EPOCH) })
    }
}

impl World for Silent {
    fn handed_out(&self) -> &Value {
        &self.handed_out
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    fn control(&self, name: &str, _with: &Map<String, Value>) -> Result<(), String> {
        Err(format!("nobody is here to do {name}"))
    }

    fn journal(&self) -> Result<Vec<String>, String> {
        let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
        Ok(self.listener.calls().iter().map(|call| format!("{} {}", call.method, path(&call.target))).collect())
    }

    fn finish(&self) -> Result<(), String> {
        Ok(())
    }
}
