//! Makes a client from what the sandbox hands out and what a scenario changes about it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use keywright::{Account, CallOptions, Client, ClientOptions, Clock, Dialect, Management, ProxyPolicy, RetryOptions};
use serde_json::{Map, Value, json};

use super::arguments::Taken;
use super::call::throttle;
use super::{Failure, OutputRecorder};

/// Makes the client of `service`.
///
/// `world` is what the sandbox hands out; `changes` are the scenario's, `"~none"` takes an option
/// away.
///
/// # Errors
/// What the client refuses, or what the scenario cannot mean.
pub fn connect(
    service: &str,
    world: &Value,
    changes: &Map<String, Value>,
    clock: Arc<dyn Clock>,
    heard: &Arc<OutputRecorder>,
) -> Result<Client, Failure> {
    let mut given = Map::new();
    for name in ["base_url", "api_key", "email", "password"] {
        if let Some(value) = world.get(name).filter(|value| !value.is_null()) {
            given.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(token) = world.get("management").filter(|token| !token.is_null()) {
        given.insert("management".to_owned(), token.clone());
    }
    for (name, value) in changes {
        given.insert(name.clone(), value.clone());
    }
    given.retain(|_, value| *value != json!("~none"));
    // An explicit managing key takes the place of the login, not a place beside it.
    if given.contains_key("management") {
        given.remove("email");
        given.remove("password");
    }
    let options = options(Taken::new(given), clock)?.observer(Arc::clone(heard) as _);
    let client = match service {
        "acme" => Client::with_dialect(acme()?, options)?,
        _ => Client::new(service, options)?,
    };
    heard.debug(&client);
    heard.debug(&client.describe());
    Ok(client)
}

/// The service that the client knows from a file alone.
fn acme() -> Result<Dialect, Failure> {
    let path = crate::files::home().join("../examples/acme.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Dialect::from_toml(&text)?)
}

fn options(mut given: Taken, clock: Arc<dyn Clock>) -> Result<ClientOptions, Failure> {
    // The process's own environment must not decide what a test sees.
    let environment = given.value("env").unwrap_or_else(|| json!({}));
    let environment: BTreeMap<String, String> = serde_json::from_value(environment).map_err(|error| format!("`env`: {error}"))?;
    let mut options = ClientOptions::new().clock(clock).env(environment);
    if let Some(key) = given.text_or_none("api_key")? {
        options = options.api_key(key);
    }
    if let Some(url) = given.text_or_none("base_url")? {
        options = options.base_url(url);
    }
    if let Some(variant) = given.text_or_none("variant")? {
        options = options.variant(variant);
    }
    if let Some(management) = management(&mut given)? {
        options = options.management(management);
    }
    if let Some(id) = given.text_or_none("account")? {
        options = options.account(Account::id(id));
    }
    if let Some(check) = given.value("check_key_shape") {
        options = options.check_key_shape(check == true);
    }
    if let Some(allow) = given.value("allow_insecure_http") {
        options = options.allow_insecure_http(allow == true);
    }
    if let Some(most) = given.count("max_connections")? {
        options = options.max_connections(most as usize);
    }
    if let Some(word) = given.text_or_none("proxy")? {
        options = options.proxy(match word.as_str() {
            "system" => ProxyPolicy::System,
            "direct" => ProxyPolicy::Direct,
            other => return Err(format!("`{other}` is no policy of proxies").into()),
        });
    }
    if let Some(calls) = given.count("queue_limit")? {
        options = options.retry(RetryOptions::new().queue_limit(calls));
    }
    options = options.calls(calls(&mut given)?);
    given.end()?;
    Ok(options)
}

fn management(given: &mut Taken) -> Result<Option<Management>, Failure> {
    if let Some(key) = given.text_or_none("management")? {
        return Ok(Some(Management::key(key)));
    }
    match (given.text_or_none("email")?, given.text_or_none("password")?) {
        (Some(email), Some(password)) => Ok(Some(Management::login(email, password))),
        _ => Ok(None),
    }
}

fn calls(given: &mut Taken) -> Result<CallOptions, Failure> {
    let mut calls = CallOptions::new();
    if let Some(attempts) = given.count("max_attempts")? {
        calls = calls.max_attempts(attempts);
    }
    if let Some(total) = given.value("timeout") {
        calls = calls.timeout(seconds(&total)?);
    }
    if let Some(attempt) = given.value("attempt_timeout") {
        calls = calls.attempt_timeout(seconds(&attempt)?);
    }
    if let Some(word) = given.text_or_none("throttle")? {
        calls = calls.throttle(throttle(&word)?);
    }
    Ok(calls)
}

fn seconds(value: &Value) -> Result<Duration, Failure> {
    let seconds = value.as_f64().ok_or_else(|| format!("{value} is no time"))?;
    Duration::try_from_secs_f64(seconds).map_err(|error| Failure::Scenario(format!("{value}: {error}")))
}
