//! `cargo xtask bench`: measurements, one after the other, printed as tables.
//!
//! They are no tests: nothing here fails because a machine is slow. What has a limit of its own
//! (`limiter`) fails when the limit is broken.

use crate::root::Root;
use crate::run;
use crate::suite;

/// The benches: name, what it measures, and how it is run.
const BENCHES: [(&str, &str, How); 6] = [
    (
        "limiter",
        "the limiter against the floor and a plain policy",
        How::Cargo(&["run", "--quiet", "--release", "-p", "keywright-tests", "--bin", "limiter_bench"]),
    ),
    ("pipeline", "the pipeline above the transport", How::Cargo(&["bench", "--quiet", "-p", "keywright", "--bench", "pipeline"])),
    (
        "call",
        "a typed call against the HTTP library alone",
        How::Cargo(&["run", "--quiet", "--release", "-p", "keywright-tests", "--bin", "call_bench"]),
    ),
    ("python", "the Python package against its peers", How::Own(suite::bench_python)),
    ("node", "the Node package against its peers", How::Own(suite::bench_node)),
    ("csharp", "the .NET package against HttpClient", How::Own(suite::bench_csharp)),
];

/// How a bench is run.
enum How {
    /// By a command of cargo.
    Cargo(&'static [&'static str]),
    /// By a suite, which installs what it needs.
    Own(fn(&Root) -> Result<(), String>),
}

/// Runs the named benches, or all.
pub fn run(root: &Root, wanted: &[&str]) -> Result<(), String> {
    let known = |wanted: &&str| BENCHES.iter().any(|(name, _, _)| name == wanted);
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        return Err(format!("there is no bench `{unknown}`; there are {}", BENCHES.map(|(name, _, _)| name).join(", ")));
    }
    let chosen = BENCHES.iter().filter(|(name, _, _)| wanted.is_empty() || wanted.contains(name));
    for (name, what, how) in chosen {
        println!("\n{name}: {what}");
        match how {
            How::Cargo(command) if !run::shown(root, "cargo", command)?.well => {
                return Err(format!("the bench `{name}` has failed"));
            }
            How::Cargo(_) => {}
            How::Own(run) => run(root)?,
        }
    }
    Ok(())
}
