//! The scenarios are well-formed before anybody is measured by them.

use std::collections::BTreeSet;

use keywright_tests::files;
use keywright_tests::scenario;

#[test]
fn every_scenario_can_be_read_and_proves_something() {
    let scenarios = scenario::all().expect("scenarios");
    assert!(scenarios.len() >= 70, "only {} scenarios were found", scenarios.len());
    let trials = std::fs::read_to_string(files::home().join("trials.toml")).expect("trials");
    for (place, scenario) in &scenarios {
        let of_trials = trials.matches(&format!("\"tests/scenarios/{place}\"")).count();
        let proves = scenario.rows.len() + scenario.cases.len() + of_trials;
        assert!(proves > 0 && !scenario.steps.is_empty(), "{place}");
    }
}

#[test]
fn no_two_scenarios_have_the_same_title() {
    let scenarios = scenario::all().expect("scenarios");
    let titles: BTreeSet<&str> = scenarios.iter().map(|(_, scenario)| scenario.title.as_str()).collect();
    assert_eq!(titles.len(), scenarios.len());
}

/// The bindings run scenarios and no vectors, so each group of vectors must show itself in one.
#[test]
fn every_group_of_vectors_has_a_scenario() {
    let scenarios = scenario::all().expect("scenarios");
    let cited: Vec<&str> =
        scenarios.iter().flat_map(|(_, scenario)| &scenario.cases).filter_map(|case| case.strip_prefix("vector:")).collect();
    let groups: BTreeSet<&str> = cited.iter().filter_map(|id| id.get(..1)).collect();
    assert_eq!(groups, BTreeSet::from(["A", "B", "C", "D", "E", "F", "G"]));
    for id in cited {
        let group = id.get(..1).unwrap_or_default();
        let vectors = std::fs::read_to_string(files::home().join(format!("vectors/{group}.json"))).expect(group);
        // A vector that has several forms adds them to its name: `C01_R`.
        assert!(vectors.contains(&format!("\"id\": \"{id}")), "no vector is called {id}");
    }
}
