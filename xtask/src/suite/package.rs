//! The published crate: it packs, builds from its package, and holds what a user needs.

use super::{Ready, Report, Suite};
use crate::root::Root;
use crate::run;

/// The suite.
pub const SUITE: Suite = Suite { name: "package", ready, run };

/// What is published, in this order: the client's optional feature needs the sandbox.
const CRATES: [&str; 2] = ["keywright-sandbox", "keywright"];
const CRATE: &str = CRATES[1];

/// What must lie in the package beside the sources.
const NEEDED: [&str; 8] = [
    "LICENSE",
    "README.md",
    "dialects/README.md",
    "dialects/itellico.toml",
    "dialects/seclai.toml",
    "dialects/seenty.toml",
    "dialects/segops.toml",
    "dialects/sidclaw.toml",
];

fn ready(_root: &Root) -> Ready {
    Ready::Yes
}

fn run(root: &Root) -> Report {
    let mut report = Report::default();
    for (name, result) in [("holds what a user needs", holds(root)), ("builds from its package", builds(root))] {
        report.note(&format!("package {CRATE} {name}"), result);
    }
    report
}

/// `cargo xtask pack`: the same, for its result in the target folder.
pub fn pack(root: &Root) -> Result<(), String> {
    holds(root)?;
    builds(root)
}

fn holds(root: &Root) -> Result<(), String> {
    let said = run::quiet(root, &run::cargo(), &["package", "--package", CRATE, "--allow-dirty", "--list"])?;
    let missing: Vec<&str> = NEEDED.into_iter().filter(|file| !said.text.lines().any(|line| line == *file)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("the package lacks {}", missing.join(", "))) }
}

fn builds(root: &Root) -> Result<(), String> {
    let mut arguments = vec!["package", "--quiet", "--allow-dirty"];
    arguments.extend(CRATES.iter().flat_map(|name| ["--package", name]));
    let said = run::quiet(root, &run::cargo(), &arguments)?;
    if said.well { Ok(()) } else { Err("cargo package ended with an error".to_owned()) }
}
