//! Any bytes as the answer that brings a new secret, cut anywhere.
#![no_main]

#[path = "../judge/cost.rs"]
mod cost;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Twice the text in itself, so that work that grows with its square is seen in short inputs.
    let nested = [data, &data.repeat(64)].concat();
    for body in [data, &nested] {
        cost::bounded(body.len(), || assert!(keywright::testing::partial_json(body), "what is beyond doubt is no JSON"));
    }
});
