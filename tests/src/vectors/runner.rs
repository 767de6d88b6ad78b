//! Plays a case in a world of its own.
//!
//! What no case says is checked always: every happening has happened, no place in a limiter
//! is lost, a secret that was handed out opens the key that it came with, and none stands in
//! anything that the client has shown (G18).

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use keywright::{Client, Clock};
use keywright_sandbox::ClockMode;
use serde_json::Value;
use tokio::runtime::Builder;
use tokio::task::{JoinSet, yield_now};

use super::calls::{Act, Ended, Vault};
use super::case::{Cancel, Case};
use super::fault_setup::FaultSetup;
use super::harness::Harness;
use super::verify::{Outcome, verify};
use crate::drive::{self, Call, Failure, OutputRecorder, duration};
use crate::scenario::{Saved, Step};

/// How often the runtime turns after a moment: whatever needs no network is done by then.
const TURNS: usize = 200;

/// Plays a case to its end.
///
/// # Errors
/// Tells everything that is not as the case says.
pub fn played(case: &Case) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let heard = Arc::new(OutputRecorder::default());
    let _log = tracing::subscriber::set_default(Arc::clone(&heard));
    runtime.block_on(play(case, &heard))
}

async fn play(case: &Case, heard: &Arc<OutputRecorder>) -> Result<(), String> {
    let harness = Harness::set_up(case, heard)?;
    let mut saved = Saved::default();
    saved.keep("world", harness.handed_out.clone());
    let born = keys(&harness, case)?;
    let other = harness.other(case).map_err(told)?;
    prepare(&case.given, &other, &harness, &mut saved, heard).await?;
    let client = match harness.client(case, &saved) {
        Ok(client) => client,
        Err(Failure::Call(error)) if case.op == "client.new" => {
            let outcome = Outcome::new(vec![Ended::Failed(error)], Duration::ZERO);
            return verify(case, &harness, &outcome, &born, &Vault::default());
        }
        Err(failure) => return Err(told(failure)),
    };
    heard.debug(&client);
    prepare(&case.before, &client, &harness, &mut saved, heard).await?;
    let since = arm(case, &harness, &saved)?;
    let vault = Arc::new(Vault::default());
    let act = Act::of(case, &saved, &harness, &vault, heard)?;
    let mut beside = JoinSet::new();
    if let Some(other) = &case.beside {
        beside.spawn(act.beside(&other.op).make(client.clone()));
        until(|| harness.observer.has(&other.until)).await;
        harness.observer.clear();
    }
    let began = harness.clock.monotonic();
    let ended = match &case.cancel {
        Some(cancel) => leave(&client, act, &harness, &vault, cancel, since).await?,
        None => tokio::select! {
            biased;
            ended = all(case, &client, act) => ended?,
            never = thaw(case, &harness) => match never {},
        },
    };
    let outcome = Outcome::new(ended, harness.clock.monotonic() - began).since(since);
    beside.shutdown().await;
    drop(client);
    if case.cancel.is_some() {
        harness.settle().await;
    }
    let mut secrets = secrets(&harness.handed_out);
    secrets.extend(outcome.secrets().into_iter().chain(vault.secrets()));
    let leaked = heard.leaked(&secrets);
    if !leaked.is_empty() {
        return Err(format!("secrets {leaked:?} of the run were shown"));
    }
    verify(case, &harness, &outcome, &born, &vault)
}

/// Tells both sides what is to happen; gives the number of the last request before.
fn arm(case: &Case, harness: &Harness, saved: &Saved) -> Result<u64, String> {
    let since = harness.world.journal().last().map_or(0, |entry| entry.n);
    let setup = FaultSetup::of(&case.service, &case.steps, saved)?;
    // Nothing moves before the call has begun, and what is to happen at an exact moment happens then.
    harness.freeze();
    for rule in &setup.rules {
        harness.world.fault_json(rule).map_err(|error| format!("{rule}: {error}"))?;
    }
    harness.transport.arm(setup.script);
    harness.observer.clear();
    Ok(since)
}

async fn prepare(
    steps: &[Step],
    client: &Client,
    harness: &Harness,
    saved: &mut Saved,
    heard: &Arc<OutputRecorder>,
) -> Result<(), String> {
    for step in steps {
        let with = saved.resolve_members(&step.with)?;
        match step.call.as_str() {
            "clock.advance" => {
                let by = with.get("by").and_then(Value::as_str).ok_or("clock.advance needs `by`")?;
                harness.world.clock().advance(duration(by)?);
            }
            "sandbox.fault" => {
                harness.world.fault_json(&Value::Object(with).to_string()).map_err(|error| error.to_string())?;
            }
            name => {
                let call = Call { with, ..Call::of(step, saved)? };
                let clock: Arc<dyn Clock> = Arc::new(harness.clock.clone());
                let form = drive::call(client, &call, &clock, heard).await;
                let form = form.map_err(|failure| format!("{name}, beforehand: {}", told(failure)))?;
                if let Some(name) = &step.save {
                    saved.keep(name, form);
                }
            }
        }
    }
    Ok(())
}

/// Lets time pass once the call has begun, unless it is to be refused while another one waits.
async fn thaw(case: &Case, harness: &Harness) -> Infallible {
    if case.beside.is_none() {
        until(|| harness.observer.has("call_start")).await;
        harness.thaw();
    }
    pending().await
}

/// Makes the calls of the case and waits for all of them.
async fn all(case: &Case, client: &Client, act: Act) -> Result<Vec<Ended>, String> {
    if case.count == 1 {
        return Ok(vec![act.make(client.clone()).await?]);
    }
    let mut running = JoinSet::new();
    for _ in 0..case.count {
        running.spawn(act.clone().make(client.clone()));
    }
    let ended = running.join_all().await;
    ended.into_iter().collect()
}

/// Begins the call and leaves it at the moment that the case says.
async fn leave(
    client: &Client,
    act: Act,
    harness: &Harness,
    vault: &Vault,
    cancel: &Cancel,
    since: u64,
) -> Result<Vec<Ended>, String> {
    let stored = |count| vault.delivered() >= count;
    let moment = until(|| is_moment(harness, cancel, since) && cancel.delivered.is_none_or(stored));
    let call = act.make(client.clone());
    tokio::select! {
        biased;
        ended = call => Err(format!("the call ended before its caller could leave: {:?}", ended?)),
        () = moment => Ok(Vec::new()),
    }
}

fn is_moment(harness: &Harness, cancel: &Cancel, since: u64) -> bool {
    let told = cancel.event.as_ref().is_none_or(|event| harness.observer.has(event));
    let arrived =
        cancel.arrived.is_none_or(|count| harness.world.journal().iter().filter(|entry| entry.n > since).count() >= count);
    told && arrived
}

/// Waits for a moment, and for whatever needs no network after it.
async fn until(is_there: impl Fn() -> bool) {
    while !is_there() {
        yield_now().await;
    }
    for _ in 0..TURNS {
        yield_now().await;
    }
}

/// The keys of the service, as the store holds them.
pub(super) fn keys(harness: &Harness, case: &Case) -> Result<Vec<Value>, String> {
    debug_assert_ne!(harness.world.clock().mode(), ClockMode::Real, "a case has no real time");
    let fixtures = harness.world.fixtures().map_err(|error| error.to_string())?;
    let all = fixtures["keys"].as_array().cloned().unwrap_or_default();
    Ok(all.into_iter().filter(|key| key["service"] == case.service.as_str()).collect())
}

fn secrets(handed_out: &Value) -> Vec<String> {
    let members = ["api_key", "management", "password"];
    members.iter().filter_map(|member| handed_out.get(member)?.as_str().map(str::to_owned)).collect()
}

fn told(failure: Failure) -> String {
    match failure {
        Failure::Call(error) => error.to_string(),
        Failure::Scenario(what) => what,
    }
}
