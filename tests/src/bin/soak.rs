//! Many calls against a sandbox that misbehaves: `soak --calls N --seed S`.

use std::process::ExitCode;

use keywright_tests::soak::{Plan, run};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: u64| match words.iter().position(|word| word == name) {
        None => Ok(default),
        Some(place) => words.get(place + 1).and_then(|word| word.parse().ok()).ok_or_else(|| format!("{name} takes a number")),
    };
    let plan = number("--calls", 1_000_000).and_then(|calls| Ok(Plan { calls: calls as usize, seed: number("--seed", 1)? }));
    match plan.and_then(|plan| run(plan).map(|report| (plan, report))) {
        Ok((plan, report)) => {
            println!("{} calls with seed {}: {} requests", plan.calls, plan.seed, report.requests);
            println!("ended: {:?}", report.ends);
            println!("faults: {:?}", report.faults);
            println!("keys whose secret was lost, each accounted for: {}", report.orphans);
            println!("resident memory: {} KiB after a fifth, {} KiB at the end", report.memory.0, report.memory.1);
            ExitCode::SUCCESS
        }
        Err(what) => {
            println!("{what}");
            ExitCode::FAILURE
        }
    }
}
