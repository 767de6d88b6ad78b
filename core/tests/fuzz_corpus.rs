//! Replays the committed inputs of the fuzz targets (`fuzz`), which need a compiler of their own.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::expect_used)]

#[path = "../../fuzz/judge/any_answer.rs"]
mod any_answer;
#[path = "../../fuzz/judge/cost.rs"]
mod cost;

use std::collections::BTreeMap;
use std::path::Path;

fn inputs(target: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let inputs: BTreeMap<_, _> =
        files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())).collect();
    assert!(inputs.len() >= 10, "{target}: {} inputs", inputs.len());
    inputs
}

#[test]
fn every_input_of_partial_json_is_read() {
    for (name, input) in inputs("partial_json") {
        for body in [input.clone(), input.repeat(64)] {
            assert!(keywright::testing::partial_json(&body), "{name}");
        }
    }
}

#[test]
fn every_input_of_any_answer_shows_no_secret() {
    for (name, input) in inputs("any_answer") {
        let case = any_answer::Case::read(&input).unwrap_or_else(|| panic!("{name} is too short"));
        println!("{name}: {} bytes", case.size());
        case.judge();
    }
}

/// The bound of the targets can be broken.
#[test]
fn work_out_of_proportion_to_its_input_fails() {
    cost::bounded(1 << 20, || ());
    let work = || while cost::used().is_some_and(|used| used < cost::FIXED * 2) {};
    let is_measured = cost::used().is_some();
    assert_eq!(std::panic::catch_unwind(|| cost::bounded(1, work)).is_err(), is_measured);
}

/// A target that asks for nothing finds nothing.
#[test]
fn every_operation_of_every_service_is_asked_for() {
    let asks = |service, call, flags| any_answer::Case::read(&[service, call, 0, flags, b'{', b'}']).unwrap().judge() > 0;
    for service in 0..5_u8 {
        let asked = (0..60).filter(|call| asks(service, *call, 0) || asks(service, *call, 64)).count();
        assert!(asked >= 24, "service {service}: {asked} of 60");
    }
}
