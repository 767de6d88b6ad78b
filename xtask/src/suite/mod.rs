//! The suites of tests: one file each, one line in [`all`].
//!
//! A suite says whether it can run here and reports what its own runner counted.

mod dotnet;
mod examples;
mod foreign;
mod node;
mod package;
mod python;
mod readme;
mod report;
mod rust;
mod servers;

pub use dotnet::bench as bench_csharp;
pub use node::bench as bench_node;
pub use python::bench as bench_python;
pub use report::Report;

use crate::root::Root;

/// One suite.
#[derive(Debug, Clone, Copy)]
pub struct Suite {
    /// Its name on the command line.
    pub name: &'static str,
    /// Whether it can run here.
    pub ready: fn(&Root) -> Ready,
    /// Runs it.
    pub run: fn(&Root) -> Report,
}

/// Whether a suite can run here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ready {
    /// It can.
    Yes,
    /// It cannot, and why.
    No(String),
}

/// Every suite, in the order in which they run.
pub fn all() -> Vec<Suite> {
    vec![rust::SUITE, examples::SUITE, package::SUITE, servers::SUITE, python::SUITE, node::SUITE, dotnet::SUITE, foreign::SUITE]
}

/// Builds one package.
type Pack = fn(&Root) -> Result<(), String>;

/// What can be packed.
const PACKS: [(&str, Pack); 4] =
    [("rust", package::pack), ("python", python::pack), ("node", node::pack), ("csharp", dotnet::pack)];

/// `cargo xtask pack [name...]`: without a name, all.
pub fn pack(root: &Root, names: &[&str]) -> Result<(), String> {
    if let Some(unknown) = names.iter().find(|name| PACKS.iter().all(|(known, _)| known != *name)) {
        return Err(format!("nothing is packed as {unknown}"));
    }
    let wanted = |name: &str| names.is_empty() || names.contains(&name);
    PACKS.iter().filter(|(name, _)| wanted(name)).try_for_each(|(_, pack)| pack(root))
}

/// Bindings that are not there yet cannot be tested; once their folder exists, they must be.
fn bindings(root: &Root, folder: &str) -> Ready {
    if root.has(folder) { Ready::Yes } else { Ready::No(format!("there is no {folder} yet")) }
}
