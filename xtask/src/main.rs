//! The project's own commands: `cargo xtask test | check | gen [--check] | bench | fuzz | sandbox | pack`.
//!
//! Every command ends with a non-zero code when anything it was asked for did not happen, and
//! nothing is written outside the repository's own files and its target folder.

mod bench;
mod check;
mod fuzz;
mod generate;
mod peers;
mod root;
mod run;
mod sandbox;
mod scenarios;
mod suite;
mod test;

use std::process::ExitCode;

use root::Root;

const USAGE: &str = "\
cargo xtask test [suite...]   all tests, or those of the named suites
cargo xtask check             format, lints, generated files
cargo xtask gen [--check]     write the generated files, or tell which are stale
cargo xtask bench [limiter]      the measurements
cargo xtask fuzz [target]      the fuzz targets, a minute each
cargo xtask sandbox [option]  run the sandbox
cargo xtask pack [language]   build the packages, or one";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = Root::here();
    let done = match words.as_slice() {
        ["test", suites @ ..] => test::run(&root, suites),
        ["check"] => check::run(&root),
        ["gen"] => generate::write(&root),
        ["gen", "--check"] => generate::check(&root),
        ["bench", limiters @ ..] => bench::run(&root, limiters),
        ["fuzz", targets @ ..] => fuzz::run(&root, targets),
        ["sandbox", options @ ..] => sandbox::run(&root, options),
        ["pack", names @ ..] => suite::pack(&root, names),
        _ => Err(format!("usage:\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
