//! One call by its name on the public surface.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use keywright::{Account, CallOptions, Client, Clock, Priority, Throttle};
use serde_json::{Value, json};

use super::arguments::Taken;
use super::{Arguments, Failure, Outcome, OutputRecorder, forms, handle, keys, resources};
use crate::scenario::{self, Options, Saved, Step};

/// A step with all its references made real.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its name: `keys.create`.
    pub name: String,
    /// Its arguments.
    pub with: Arguments,
    /// The key that takes the place of the client's own.
    pub key: Option<String>,
    /// The account that it is for.
    pub account: Option<Account>,
    /// Its options.
    pub options: CallOptions,
}

impl Call {
    /// The call of a step.
    ///
    /// # Errors
    /// When the step refers to what does not exist or says what cannot be meant.
    pub fn of(step: &Step, saved: &Saved) -> Result<Self, String> {
        let text = |value: &Value| match saved.resolve(value)? {
            Value::String(text) => Ok(text),
            other => Err(format!("{other} is no text")),
        };
        let account = match &step.account {
            None => None,
            Some(scenario::Account::Word(word)) if word == "me" => Some(Account::Me),
            Some(scenario::Account::Word(word)) => return Err(format!("`{word}` is no account")),
            Some(scenario::Account::Named { id }) => Some(Account::id(text(id)?)),
        };
        Ok(Self {
            name: step.call.clone(),
            with: saved.resolve_members(&step.with)?,
            key: step.key.as_ref().map(text).transpose()?,
            account,
            options: options(&step.options)?,
        })
    }
}

fn options(given: &Options) -> Result<CallOptions, String> {
    let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string());
    let mut options = CallOptions::new();
    if let Some(total) = given.timeout {
        options = options.timeout(seconds(total)?);
    }
    if let Some(attempt) = given.attempt_timeout {
        options = options.attempt_timeout(seconds(attempt)?);
    }
    if let Some(attempts) = given.max_attempts {
        options = options.max_attempts(attempts);
    }
    if let Some(word) = &given.throttle {
        options = options.throttle(throttle(word)?);
    }
    if let Some(word) = &given.priority {
        options = options.priority(priority(word)?);
    }
    Ok(options)
}

pub(super) fn throttle(word: &str) -> Result<Throttle, String> {
    match word {
        "wait" => Ok(Throttle::Wait),
        "fail" => Ok(Throttle::Fail),
        other => Err(format!("`{other}` is no throttle")),
    }
}

fn priority(word: &str) -> Result<Priority, String> {
    match word {
        "urgent" => Ok(Priority::Urgent),
        "normal" => Ok(Priority::Normal),
        "background" => Ok(Priority::Background),
        other => Err(format!("`{other}` is no priority")),
    }
}

/// Makes a call and gives the JSON form of its result.
///
/// # Errors
/// What the call failed with, or what the scenario cannot mean.
pub async fn call(client: &Client, call: &Call, clock: &Arc<dyn Clock>, heard: &OutputRecorder) -> Outcome {
    let outcome = match handle(client, call) {
        Ok(handle) => made(&handle, call, clock, heard).await,
        Err(failure) => Err(failure),
    };
    if let Err(Failure::Call(error)) = &outcome {
        heard.error(error.as_ref());
    }
    outcome
}

async fn made(client: &Client, call: &Call, clock: &Arc<dyn Clock>, heard: &OutputRecorder) -> Outcome {
    let arguments = Taken::new(call.with.clone());
    match call.name.split_once('.') {
        Some(("keys", operation)) => keys::call(client, operation, arguments, clock, heard).await,
        Some((resource, action)) => resources::call(client, resource, action, arguments, heard).await,
        None => match call.name.as_str() {
            "request" => request(client, arguments, heard).await,
            "supports" => supports(client, arguments),
            "describe" => Ok(forms::description(&client.describe())),
            name => resources::call(client, name, "call", arguments, heard).await,
        },
    }
}

async fn request(client: &Client, mut given: Taken, heard: &OutputRecorder) -> Outcome {
    let method = Method::from_bytes(given.text("method")?.as_bytes()).map_err(|error| error.to_string())?;
    let mut request = client.request(method, given.text("path")?);
    if let Some(query) = given.value("query") {
        for (name, value) in query.as_object().into_iter().flatten() {
            request = request.query(name, value.as_str().unwrap_or_default());
        }
    }
    if let Some(body) = given.value("json") {
        request = request.json(&body);
    }
    given.end()?;
    heard.debug(&request);
    let response = request.send().await?;
    heard.debug(&response);
    Ok(forms::response(&response))
}

fn supports(client: &Client, mut given: Taken) -> Outcome {
    let capability = given.text("capability")?;
    given.end()?;
    let info = client.capabilities().into_iter().find(|info| info.name == capability);
    Ok(json!({ "supported": client.supports(&capability), "remedy": info.and_then(|info| info.remedy) }))
}
