//! Plays a scenario in a world of its own.
//!
//! Everything a scenario says is checked, and what no scenario says is checked always: no fault is
//! left over, and no secret stands in anything that the client has shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use keywright::{Client, Clock};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::drive::{self, Call, Failure, Outcome, Overheard};
use crate::judge::judge;
use crate::scenario::{Saved, Scenario, Step, count_differs, journal_differs};
use crate::world::World;

/// Plays a scenario to its end, on one thread, so that every log line of every level is heard.
///
/// # Errors
/// Tells the first step that does not end as it says, or what is wrong at the end.
pub fn played(scenario: &Scenario, world: &dyn World) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let heard = Arc::new(Overheard::default());
    let _log = tracing::subscriber::set_default(Arc::clone(&heard));
    runtime.block_on(play(scenario, world, &heard))
}

async fn play(scenario: &Scenario, world: &dyn World, heard: &Arc<Overheard>) -> Result<(), String> {
    let mut saved = Saved::default();
    saved.keep("world", world.handed_out().clone());
    let clock = world.clock();
    let secrets = secrets_of(world.handed_out());
    let mut play = Play { scenario, world, clock, saved, clients: BTreeMap::new(), heard: Arc::clone(heard), secrets };
    for (number, step) in scenario.steps.iter().enumerate() {
        play.step(step).await.map_err(|what| format!("step {}: {what}", number + 1))?;
    }
    play.end()
}

struct Play<'a> {
    scenario: &'a Scenario,
    world: &'a dyn World,
    clock: Arc<dyn Clock>,
    saved: Saved,
    clients: BTreeMap<String, Client>,
    heard: Arc<Overheard>,
    secrets: Vec<String>,
}

impl Play<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), String> {
        let before = self.clock.monotonic();
        let outcomes = match step.call.as_str() {
            "client.new" => vec![self.client(step).map(|_| json!({}))],
            control if control.starts_with("sandbox.") || control.starts_with("clock.") => {
                self.world.control(control, &self.saved.resolve_members(&step.with)?)?;
                vec![Ok(json!({}))]
            }
            _ => self.calls(step).await?,
        };
        let took = (self.clock.monotonic() - before).as_secs_f64();
        for outcome in outcomes {
            let form = judge(step, outcome, &self.saved)?;
            self.secrets.extend(form.get("secret").and_then(Value::as_str).map(str::to_owned));
            if let Some(name) = &step.save {
                self.saved.keep(name, form);
            }
        }
        match step.took {
            Some(bounds) if took < bounds.min || bounds.max.is_some_and(|max| took > max) => {
                Err(format!("{} took {took:.3} s, not {bounds:?}", step.call))
            }
            _ => Ok(()),
        }
    }

    async fn calls(&mut self, step: &Step) -> Result<Vec<Outcome>, String> {
        let call = Call::of(step, &self.saved)?;
        let client = match self.client(step) {
            Ok(client) => client,
            Err(failure) => return Ok(vec![Err(failure)]),
        };
        let times = step.times.unwrap_or(1);
        let mut outcomes = Vec::with_capacity(times);
        if step.at_once {
            let mut running = tokio::task::JoinSet::new();
            for _ in 0..times {
                let (client, call, clock, heard) =
                    (client.clone(), call.clone(), Arc::clone(&self.clock), Arc::clone(&self.heard));
                running.spawn(async move { drive::call(&client, &call, &clock, &heard).await });
            }
            while let Some(outcome) = running.join_next().await {
                outcomes.push(outcome.map_err(|error| error.to_string())?);
            }
        } else {
            for _ in 0..times {
                outcomes.push(drive::call(&client, &call, &self.clock, &self.heard).await);
            }
        }
        Ok(outcomes)
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

fn secrets_of(world: &Value) -> Vec<String> {
    let members = ["api_key", "management", "password"];
    members.iter().filter_map(|member| world.get(member)?.as_str().map(str::to_owned)).collect()
}
