//! Plays a scenario in a world of its own.
//!
//! Everything a scenario says is checked, and what no scenario says is checked always: no fault is
//! left over, and no secret stands in anything that the client has shown.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use keywright::{Client, Clock};
use serde_json::{Value, json};
use tokio::runtime::Builder;
use tokio::task::{JoinSet, yield_now};

use crate::drive::{self, Call, Failure, Outcome, OutputRecorder};
use crate::scenario::{Saved, Scenario, Step, count_differs, fits, journal_differs};
use crate::verify::verify;
use crate::world::World;

/// Plays a scenario to its end, on one thread, so that every log line of every level is heard.
///
/// # Errors
/// Tells the first step that does not end as it says, or what is wrong at the end.
pub fn played(scenario: &Scenario, world: &dyn World) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let heard = Arc::new(OutputRecorder::default());
    let _log = tracing::subscriber::set_default(Arc::clone(&heard));
    runtime.block_on(play(scenario, world, &heard))
}

async fn play(scenario: &Scenario, world: &dyn World, heard: &Arc<OutputRecorder>) -> Result<(), String> {
    let mut saved = Saved::default();
    saved.keep("world", world.handed_out().clone());
    let clock = world.clock();
    let secrets = secrets_of(world.handed_out());
    let heard = Arc::clone(heard);
    let mut play = ScenarioRunner {
        scenario,
        world,
        clock,
        saved,
        clients: BTreeMap::new(),
        heard,
        secrets,
        behind: Vec::new(),
        held: false,
    };
    for (number, step) in scenario.steps.iter().enumerate() {
        play.step(step).await.map_err(|what| format!("step {}: {what}", number + 1))?;
    }
    play.join_background().await?;
    play.end()
}

struct ScenarioRunner<'a> {
    scenario: &'a Scenario,
    world: &'a dyn World,
    clock: Arc<dyn Clock>,
    saved: Saved,
    clients: BTreeMap<String, Client>,
    heard: Arc<OutputRecorder>,
    secrets: Vec<String>,
    /// The steps whose calls still run in the background.
    behind: Vec<(Step, JoinSet<Outcome>)>,
    /// Whether the clock must not jump before the next call has begun: it must find those in the
    /// background as they were.
    held: bool,
}

impl ScenarioRunner<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), String> {
        let before = self.clock.monotonic();
        let outcomes = match step.call.as_str() {
            "client.new" => vec![self.client(step).map(|_| json!({}))],
            control if control.starts_with("sandbox.") || control.starts_with("clock.") => {
                self.world.control(control, &self.saved.resolve_members(&step.with)?)?;
                vec![Ok(json!({}))]
            }
            _ => self.begun(step).await?,
        };
        let took = (self.clock.monotonic() - before).as_secs_f64();
        self.judged(step, outcomes)?;
        match step.took {
            Some(bounds) if took < bounds.min || bounds.max.is_some_and(|max| took > max) => {
                Err(format!("{} took {took:.3} s, not {bounds:?}", step.call))
            }
            _ => Ok(()),
        }
    }

    /// Makes the calls of a step; a clock that was held moves on once they have begun.
    async fn begun(&mut self, step: &Step) -> Result<Vec<Outcome>, String> {
        let held = std::mem::take(&mut self.held).then(|| Arc::clone(&self.clock));
        let mut calls = pin!(self.calls(step));
        let at_first = poll_fn(|context| Poll::Ready(calls.as_mut().poll(context))).await;
        if let Some(clock) = held {
            clock.leave();
        }
        match at_first {
            Poll::Ready(outcomes) => outcomes,
            Poll::Pending => calls.await,
        }
    }

    fn judged(&mut self, step: &Step, outcomes: Vec<Outcome>) -> Result<(), String> {
        for outcome in outcomes {
            let form = verify(step, outcome, &self.saved)?;
            self.secrets.extend(form.get("secret").and_then(Value::as_str).map(str::to_owned));
            if let Some(name) = &step.save {
                self.saved.keep(name, form);
            }
        }
        Ok(())
    }

    async fn calls(&mut self, step: &Step) -> Result<Vec<Outcome>, String> {
        let call = Call::of(step, &self.saved)?;
        let client = match self.client(step) {
            Ok(client) => client,
            Err(failure) => return Ok(vec![Err(failure)]),
        };
        let times = step.times.unwrap_or(1);
        if let Some(awaited) = &step.cancel {
            return self.left(awaited, &client, &call).await.map(|()| Vec::new());
        }
        if step.background {
            self.clock.enter();
            self.held = true;
            self.behind.push((step.clone(), self.all_at_once(times, &client, &call)));
            settle().await;
            return Ok(Vec::new());
        }
        if step.at_once {
            return joined(self.all_at_once(times, &client, &call)).await;
        }
        let mut outcomes = Vec::with_capacity(times);
        for _ in 0..times {
            outcomes.push(drive::call(&client, &call, &self.clock, &self.heard).await);
        }
        Ok(outcomes)
    }

    fn all_at_once(&self, times: usize, client: &Client, call: &Call) -> JoinSet<Outcome> {
        let mut running = JoinSet::new();
        for _ in 0..times {
            let (client, call, clock, heard) = (client.clone(), call.clone(), Arc::clone(&self.clock), Arc::clone(&self.heard));
            running.spawn(async move { drive::call(&client, &call, &clock, &heard).await });
        }
        running
    }

    /// Makes a call whose caller leaves as soon as the service has the request.
    async fn left(&self, awaited: &str, client: &Client, call: &Call) -> Result<(), String> {
        let seen = || Ok::<_, String>(self.world.journal()?.iter().filter(|call| fits(awaited, call)).count());
        let before = seen()?;
        // A clock that jumped would bring the answer before the caller has left.
        self.clock.enter();
        let mut running = self.all_at_once(1, client, call);
        while seen()? == before && !running.is_empty() && running.try_join_next().is_none() {
            yield_now().await;
        }
        let has_begun = seen()? > before;
        running.abort_all();
        let ended = running.join_next().await;
        self.clock.leave();
        match ended {
            Some(Err(error)) if error.is_cancelled() && has_begun => Ok(()),
            _ => Err(format!("{} had ended before its caller could leave", call.name)),
        }
    }

    async fn join_background(&mut self) -> Result<(), String> {
        if std::mem::take(&mut self.held) {
            self.clock.leave();
        }
        for (step, running) in std::mem::take(&mut self.behind) {
            let outcomes = joined(running).await?;
            self.judged(&step, outcomes).map_err(|what| format!("in the background: {what}"))?;
        }
        Ok(())
    }

    /// The client of a step, made when it is first needed.
    fn client(&mut self, step: &Step) -> Result<Client, Failure> {
        let name = step.client.clone().unwrap_or_default();
        if let Some(client) = self.clients.get(&name) {
            return Ok(client.clone());
        }
        let changes = match &step.client {
            None => &self.scenario.client,
            Some(name) => self.scenario.clients.get(name).ok_or_else(|| format!("no client is called {name}"))?,
        };
        let changes = self.saved.resolve_members(changes)?;
        let made =
            drive::connect(&self.scenario.service, self.world.handed_out(), &changes, Arc::clone(&self.clock), &self.heard);
        if let Err(Failure::Call(error)) = &made {
            self.heard.error(error);
        }
        let client = made?;
        self.clients.insert(name, client.clone());
        Ok(client)
    }

    fn end(self) -> Result<(), String> {
        let seen = self.world.journal()?;
        let mut wrong = self.scenario.journal.as_ref().map_or_else(Vec::new, |journal| journal_differs(journal, &seen));
        wrong.extend(self.scenario.counts.iter().flat_map(|count| count_differs(count, &seen)));
        wrong.extend(self.heard.leaked(&self.secrets).into_iter().map(|number| format!("secret {number} of the run was shown")));
        if let Err(left) = self.world.finish() {
            wrong.push(left);
        }
        if wrong.is_empty() { Ok(()) } else { Err(format!("at the end: {}", wrong.join("\n"))) }
    }
}

async fn joined(mut running: JoinSet<Outcome>) -> Result<Vec<Outcome>, String> {
    let mut outcomes = Vec::with_capacity(running.len());
    while let Some(outcome) = running.join_next().await {
        outcomes.push(outcome.map_err(|error| error.to_string())?);
    }
    Ok(outcomes)
}

/// Lets every call that can run come to the point where it waits.
async fn settle() {
    for _ in 0..50 {
        yield_now().await;
    }
}

fn secrets_of(world: &Value) -> Vec<String> {
    let members = ["api_key", "management", "password"];
    members.iter().filter_map(|member| world.get(member)?.as_str().map(str::to_owned)).collect()
}
