//! What goes wrong at random.
//!
//! The name of a fault begins with what it means for the request: `before` (nothing was done) or
//! `after` (it was done, or refused, as if nothing were wrong). Delays change nothing.

use std::collections::BTreeMap;

use keywright_sandbox::Sandbox;
use serde_json::{Value, json};

/// Name, chance in a thousand, phase and action.
fn all() -> Vec<(&'static str, f64, &'static str, Value)> {
    let status = |status: u16| json!({ "kind": "status", "status": status });
    vec![
        ("before_429", 2.0, "before_handler", json!({ "kind": "status", "status": 429, "headers": { "Retry-After": "1" } })),
        ("before_429_alone", 0.5, "before_handler", status(429)),
        ("before_503", 5.0, "before_handler", status(503)),
        ("before_500", 3.0, "before_handler", status(500)),
        ("before_408", 1.0, "before_handler", status(408)),
        ("before_425", 1.0, "before_handler", status(425)),
        ("before_403", 1.0, "before_handler", status(403)),
        ("before_401", 0.5, "before_handler", status(401)),
        ("before_reset", 5.0, "before_handler", json!({ "kind": "reset" })),
        ("before_close", 2.0, "before_handler", json!({ "kind": "close" })),
        ("before_stall", 0.3, "before_handler", json!({ "kind": "stall" })),
        ("before_redirect", 0.5, "before_handler", json!({ "kind": "redirect", "status": 307, "to": "other_host" })),
        ("delay", 3.0, "before_handler", json!({ "kind": "delay", "by": "PT2S" })),
        ("after_503", 3.0, "after_commit", status(503)),
        ("after_reset", 5.0, "after_commit", json!({ "kind": "reset" })),
        ("after_stall", 0.3, "after_commit", json!({ "kind": "stall" })),
        ("after_race", 2.0, "after_commit", json!({ "kind": "keep_alive_race" })),
        ("after_truncate", 4.0, "in_body", json!({ "kind": "truncate" })),
        ("after_secret", 2.0, "in_body", json!({ "kind": "truncate", "at": "after_secret" })),
        ("after_body_stall", 0.3, "in_body", json!({ "kind": "stall", "after": 30 })),
        ("after_html", 1.0, "in_body", json!({ "kind": "content", "change": "html" })),
        ("after_gzip", 1.0, "in_body", json!({ "kind": "bad_gzip" })),
    ]
}

/// Lets things go wrong from here on.
pub(super) fn add(sandbox: &Sandbox) -> Result<(), String> {
    for (name, chance, phase, action) in all() {
        let rule = json!({ "id": name, "phase": phase, "action": action, "times": 0, "probability": chance / 1e3 });
        sandbox.fault_json(&rule.to_string()).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// Lets everything go right again, and counts what went wrong.
pub(super) fn take(sandbox: &Sandbox, counts: &mut BTreeMap<String, u32>) {
    for status in sandbox.faults() {
        *counts.entry(status.id).or_default() += status.fired;
    }
    sandbox.clear_faults();
}
