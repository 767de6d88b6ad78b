//! `cargo xtask sandbox`: the sandbox's own binary, with its own options.

use crate::root::Root;
use crate::run;

/// Runs the sandbox until it ends.
pub fn run(root: &Root, options: &[&str]) -> Result<(), String> {
    let mut arguments = vec!["run", "--quiet", "--package", "keywright-sandbox", "--all-features", "--"];
    arguments.extend(options);
    if run::shown(root, &run::cargo(), &arguments)?.well { Ok(()) } else { Err("the sandbox ended with an error".to_owned()) }
}
