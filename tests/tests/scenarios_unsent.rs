//! What a client refuses before it sends anything, it refuses where nobody could answer.
//!
//! The scenarios with an empty journal, played without any service: neither the sandbox nor a
//! script can lend the client a rule that it lacks.

use std::process::ExitCode;

use keywright_tests::cases::{self, Case};
use keywright_tests::scenario::{self, Scenario};
use keywright_tests::scenario_runner::played;
use keywright_tests::world::Silent;

fn main() -> ExitCode {
    let scenarios = scenario::all();
    cases::main(scenarios.map(|all| all.into_iter().filter(|(_, scenario)| is_unsent(scenario)).map(case).collect()))
}

fn is_unsent(scenario: &Scenario) -> bool {
    scenario.journal.as_ref().is_some_and(Vec::is_empty)
}

fn case((place, scenario): (String, Scenario)) -> Case {
    Case::new(format!("unsent/{place}"), move || played(&scenario, &Silent::start(&scenario.service)?))
}
