//! The Node package.

use super::{Ready, Report, Suite, bindings, unconnected};
use crate::root::Root;

const FOLDER: &str = "bindings-node";

/// The suite.
pub const SUITE: Suite = Suite { name: "node", ready, run };

fn ready(root: &Root) -> Ready {
    bindings(root, FOLDER)
}

fn run(_root: &Root) -> Report {
    unconnected(FOLDER)
}
