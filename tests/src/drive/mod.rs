//! Drives the Rust client by the steps of a scenario.
//!
//! It translates and decides nothing: names become calls, results become their JSON forms, and
//! everything that a result or an error shows of itself is kept for the search for secrets.

mod arguments;
mod call;
mod client;
mod forms;
mod keys;
mod output_recorder;
mod resources;

use keywright::{Client, Error};
use serde_json::{Map, Value};

pub use arguments::duration;
pub use call::{Call, call};
pub use client::connect;
pub use forms::error as error_form;
pub use output_recorder::OutputRecorder;

/// How a step ended that did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The client refused or the call failed: what a scenario may expect.
    Call(Box<Error>),
    /// The scenario asks for something that cannot be asked.
    Scenario(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(Box::new(error))
    }
}

impl From<String> for Failure {
    fn from(what: String) -> Self {
        Self::Scenario(what)
    }
}

/// The JSON form of a result, or why there is none.
pub type Outcome = Result<Value, Failure>;

/// The arguments of a step.
pub type Arguments = Map<String, Value>;

/// Makes a handle for one call: another key, an account, options.
///
/// # Errors
/// What the client refuses, or what the scenario cannot mean.
pub fn handle(client: &Client, call: &Call) -> Result<Client, Failure> {
    let mut handle = client.clone();
    if let Some(key) = &call.key {
        handle = handle.with_key(key.clone())?;
    }
    if let Some(account) = &call.account {
        handle = handle.account(account.clone())?;
    }
    Ok(handle.options(call.options)?)
}
