//! `cargo xtask bench`: measurements, one lane each, printed as tables.
//!
//! They are no tests: nothing here fails because a machine is slow. What has a limit of its own
//! (`lane`) fails when the limit is broken.

use crate::root::Root;
use crate::run;

/// The lanes: name, what it measures, and the cargo command.
const LANES: [(&str, &str, &[&str]); 3] = [
    (
        "lane",
        "the throttle lane against the floor and a plain policy",
        &["run", "--quiet", "--release", "-p", "keywright-tests", "--bin", "lane_bench"],
    ),
    ("pipeline", "the pipeline above the transport", &["bench", "--quiet", "-p", "keywright", "--bench", "pipeline"]),
    (
        "call",
        "a typed call against the HTTP library alone",
        &["run", "--quiet", "--release", "-p", "keywright-tests", "--bin", "call_bench"],
    ),
];

/// Runs the named lanes, or all.
pub fn run(root: &Root, wanted: &[&str]) -> Result<(), String> {
    let known = |name: &&str| LANES.iter().any(|(lane, _, _)| lane == name);
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        return Err(format!("there is no lane `{unknown}`; there are {}", LANES.map(|(lane, _, _)| lane).join(", ")));
    }
    let chosen = LANES.iter().filter(|(lane, _, _)| wanted.is_empty() || wanted.contains(lane));
    for (lane, what, command) in chosen {
        println!("\n{lane}: {what}");
        if !run::shown(root, "cargo", command)?.well {
            return Err(format!("the lane `{lane}` has failed"));
        }
    }
    Ok(())
}
