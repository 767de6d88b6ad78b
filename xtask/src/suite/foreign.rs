//! The services' own Python packages against the sandbox, in its variant `live`.
//!
//! They are installed below the target folder, in the versions that are pinned. Without a package
//! index they cannot be, and the suite says so instead of passing.

use super::python::{self, wheel};
use super::{Report, Suite};
use crate::root::Root;
use crate::run;

/// The suite.
pub const SUITE: Suite = Suite { name: "foreign", ready: python::interpreter, run };

const FOLDER: &str = "tests/foreign";

fn run(root: &Root) -> Report {
    let environment = match wheel::equipped(root, "foreign", &root.at(FOLDER).join("requirements.txt")) {
        Ok(environment) => environment,
        Err(reason) => {
            println!("skipped: foreign: the services' own packages cannot be installed: {reason}");
            return Report::skipped();
        }
    };
    match sandbox(root) {
        Ok(program) => {
            let variables = [("KEYWRIGHT_SANDBOX", program.as_os_str())];
            python::pytest(&root.at(FOLDER), &variables, &environment).unwrap_or_else(Report::failure)
        }
        Err(message) => Report::failure(message),
    }
}

/// Builds the sandbox's program and says where it is.
fn sandbox(root: &Root) -> Result<std::path::PathBuf, String> {
    let arguments = ["build", "--quiet", "--package", "keywright-sandbox", "--features", "binary"];
    if !run::quiet(root, &run::cargo(), &arguments)?.well {
        return Err("the sandbox does not build".to_owned());
    }
    Ok(root.target().join("debug").join(format!("keywright-sandbox{}", std::env::consts::EXE_SUFFIX)))
}
