//! Every scenario, played by the Rust client against the in-process sandbox.

use std::process::ExitCode;

use keywright_tests::cases::{self, Case};
use keywright_tests::scenario;
use keywright_tests::scenario_runner::played;
use keywright_tests::world::Sandboxed;

fn main() -> ExitCode {
    let scenarios = scenario::all();
    cases::main(scenarios.map(|all| {
        let case = |(place, scenario): (String, scenario::Scenario)| {
            Case::new(format!("scenario/{place}"), move || {
                played(&scenario, &Sandboxed::start(&scenario.service, &scenario.sandbox)?)
            })
        };
        all.into_iter().map(case).collect()
    }))
}
