//! `cargo xtask bench`: measurements, one lane each, printed as tables.
//!
//! They are no tests: nothing here fails because a machine is slow. What has a limit of its own
//! (`lane`) fails when the limit is broken.

use crate::root::Root;
use crate::run;
use crate::suite;

/// The lanes: name, what it measures, and how it is run.
const LANES: [(&str, &str, Lane); 6] = [
    (
        "lane",
        "the throttle lane against the floor and a plain policy",
        Lane::Cargo(&["run", "--quiet", "--release", "-p", "keywright-tests", "--bin", "lane_bench"]),
    ),
    (
        "pipeline",
        "the pipeline above the transport",
        Lane::Cargo(&["bench", "--quiet", "-p", "keywright", "--bench", "pipeline"]),
    ),
    (
        "call",
        "a typed call against the HTTP library alone",
        Lane::Cargo(&["run", "--quiet", "--release", "-p", "keywright-tests", "--bin", "call_bench"]),
    ),
    ("python", "the Python package against its peers", Lane::Own(suite::bench_python)),
    ("node", "the Node package against its peers", Lane::Own(suite::bench_node)),
    ("csharp", "the .NET package against HttpClient", Lane::Own(suite::bench_csharp)),
];

/// How a lane is run.
enum Lane {
    /// By a command of cargo.
    Cargo(&'static [&'static str]),
    /// By a suite, which installs what it needs.
    Own(fn(&Root) -> Result<(), String>),
}

/// Runs the named lanes, or all.
pub fn run(root: &Root, wanted: &[&str]) -> Result<(), String> {
    let known = |name: &&str| LANES.iter().any(|(lane, _, _)| lane == name);
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        return Err(format!("there is no lane `{unknown}`; there are {}", LANES.map(|(lane, _, _)| lane).join(", ")));
    }
    let chosen = LANES.iter().filter(|(lane, _, _)| wanted.is_empty() || wanted.contains(lane));
    for (lane, what, how) in chosen {
        println!("\n{lane}: {what}");
        match how {
            Lane::Cargo(command) if !run::shown(root, "cargo", command)?.well => {
                return Err(format!("the lane `{lane}` has failed"));
            }
            Lane::Cargo(_) => {}
            Lane::Own(run) => run(root)?,
        }
    }
    Ok(())
}
