//! The wire examples are well-formed before anybody is measured by them.

use keywright_tests::wire::{self, Drive, Given};

#[test]
fn every_example_can_be_read_and_refers_to_files_that_exist() {
    let examples = wire::all().expect("examples");
    assert!(examples.len() >= 150, "only {} examples were found", examples.len());
    for example in &examples {
        let linked = example.given.iter().filter_map(|given| match given {
            Given::Example { file, .. } => Some(file),
            _ => None,
        });
        for file in linked.chain(example.first.as_ref().map(|first| &first.file)) {
            wire::one(&example.service, file).unwrap_or_else(|error| panic!("{}: {error}", example.name()));
        }
    }
}

#[test]
fn printed_and_assumed_examples_lie_apart() {
    for example in wire::all().expect("examples") {
        assert_eq!(example.is_printed(), !example.file.starts_with("assumed/"), "{}", example.name());
    }
}

#[test]
fn an_example_that_fails_on_purpose_says_with_which_error() {
    for example in wire::all().expect("examples") {
        let Drive::Step(step) = &example.drive else {
            continue;
        };
        assert_eq!(example.response.status >= 400, step.contains_key("error"), "{}", example.name());
    }
}

#[test]
fn a_sampled_answer_fits_its_own_example() {
    for example in wire::all().expect("examples") {
        let names = wire::rehearse(&example).unwrap_or_else(|error| panic!("{}: {error}", example.name()));
        let answer = wire::sample(&example.response, &names, &example.service)
            .unwrap_or_else(|error| panic!("{}: {error}", example.name()));
        let differences = wire::answer_differs(&example.response, &answer, &names, &example.service).expect("a comparison");
        assert!(differences.is_empty(), "{}: {differences:?}", example.name());
    }
}
