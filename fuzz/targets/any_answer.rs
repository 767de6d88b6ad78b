//! Any bytes as the answer to any operation of any service.
#![no_main]

#[path = "../judge/any_answer.rs"]
mod any_answer;
#[path = "../judge/cost.rs"]
mod cost;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(case) = any_answer::Case::read(data) else { return };
    cost::bounded(case.size(), || {
        case.judge();
    });
});
