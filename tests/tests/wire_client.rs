//! The client sends each wire example as it stands, and reads its answer.
//!
//! The peer is a script that knows nothing of any service, so a mistake that client and sandbox
//! share cannot hide here.

use std::process::ExitCode;
use std::sync::Arc;

use keywright::{Clock, ManualClock};
use keywright_tests::cases::{self, Case};
use keywright_tests::drive::{self, Call, OutputRecorder};
use keywright_tests::http::Listener;
use keywright_tests::scenario::{Saved, Step};
use keywright_tests::verify::verify;
use keywright_tests::wire::{self, Drive, Example, Given};
use serde_json::{Map, Value, json};

/// The instant at which the sampled logins begin.
const NOW: &str = "2026-03-23T10:00:00Z";

fn main() -> ExitCode {
    cases::main(wire::all().map(|examples| examples.into_iter().filter_map(case).collect()))
}

fn case(example: Example) -> Option<Case> {
    match &example.drive {
        Drive::None(_) => None,
        Drive::Step(step) => {
            let step = step.clone();
            Some(Case::new(format!("client/{}", example.name()), move || sends_and_reads(&example, step)))
        }
    }
}

fn sends_and_reads(example: &Example, step: toml::Table) -> Result<(), String> {
    let step: Step = step.try_into().map_err(|error| format!("{error}"))?;
    let names = wire::rehearse(example)?;
    let mut examples = Vec::new();
    if let Some(first) = &example.first {
        examples.push(wire::one(&example.service, &first.file)?);
    }
    examples.push(example.clone());
    let answers = examples.iter().map(|one| wire::sample(&one.response, &names, &one.service)).collect::<Result<Vec<_>, _>>()?;
    let listener = Listener::start(answers)?;

    let mut saved = Saved::from(names.clone());
    let mut world = saved.get("world")?.clone();
    world["base_url"] = json!(listener.base_url());
    saved.keep("world", world.clone());
    driven(example, &step, &world, &saved)?;

    let calls = listener.calls();
    if calls.len() != examples.len() {
        let seen: Vec<String> = calls.iter().map(|call| format!("{} {}", call.method, call.target)).collect();
        return Err(format!("the client sent {seen:?}"));
    }
    for (one, call) in examples.iter().zip(&calls) {
        let differences = wire::request_differs(&one.request, call, &names, &one.service)?;
        if !differences.is_empty() {
            return Err(format!(
                "{}:\n    {}\n    body: {}",
                one.name(),
                differences.join("\n    "),
                String::from_utf8_lossy(&call.body)
            ));
        }
    }
    Ok(())
}

/// Makes the call and judges its result.
fn driven(example: &Example, step: &Step, world: &Value, saved: &Saved) -> Result<(), String> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(instant(example).parse().map_err(|error| format!("{error}"))?));
    let heard = Arc::new(OutputRecorder::default());
    // A second attempt would wait for a clock that nobody moves.
    let mut changes = Map::from_iter([("max_attempts".to_owned(), json!(1))]);
    if let Some(client) = &example.client {
        let client: Map<String, Value> = client.clone().try_into().map_err(|error| format!("{error}"))?;
        changes.extend(saved.resolve_members(&client)?);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let call = Call::of(step, saved)?;
        let outcome = match drive::connect(&example.service, world, &changes, Arc::clone(&clock), &heard) {
            Ok(client) => drive::call(&client, &call, &clock, &heard).await,
            Err(failure) => Err(failure),
        };
        verify(step, outcome, saved).map(|_| ())
    })
}

fn instant(example: &Example) -> &str {
    let set = example.given.iter().find_map(|given| match given {
        Given::Clock(instant) => Some(instant.as_str()),
        _ => None,
    });
    set.unwrap_or(NOW)
}
