//! The scenarios are well-formed before anybody is measured by them.

use std::collections::BTreeSet;

use keywright_tests::scenario;

#[test]
fn every_scenario_can_be_read_and_proves_something() {
    let scenarios = scenario::all().expect("scenarios");
    assert!(scenarios.len() >= 70, "only {} scenarios were found", scenarios.len());
    for (place, scenario) in &scenarios {
        let proves = scenario.rows.len() + scenario.cases.len();
        assert!(proves > 0 && !scenario.steps.is_empty(), "{place}");
    }
}

#[test]
fn no_two_scenarios_have_the_same_title() {
    let scenarios = scenario::all().expect("scenarios");
    let titles: BTreeSet<&str> = scenarios.iter().map(|(_, scenario)| scenario.title.as_str()).collect();
    assert_eq!(titles.len(), scenarios.len());
}
