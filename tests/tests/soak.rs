//! A short soak; the long one is `cargo run --release -p keywright-tests --bin soak`.

use keywright_tests::soak::{Plan, run};

#[test]
fn nothing_is_lost_doubled_or_told_wrongly() {
    let report = run(Plan { calls: 2_000, seed: 1 }).expect("a sound run");
    assert!(report.requests > 2_000 && report.ends["ok"] > 1_500, "{report:?}");
    assert!(report.faults.values().filter(|fired| **fired > 0).count() > 10, "{:?}", report.faults);
}
