//! The .NET package.

use super::{Ready, Report, Suite, bindings, unconnected};
use crate::root::Root;

const FOLDER: &str = "bindings-csharp";

/// The suite.
pub const SUITE: Suite = Suite { name: "dotnet", ready, run };

fn ready(root: &Root) -> Ready {
    bindings(root, FOLDER)
}

fn run(_root: &Root) -> Report {
    unconnected(FOLDER)
}
