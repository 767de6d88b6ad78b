//! `cargo xtask check`: what can be told without running a test.
//!
//! All of it is done even when the first part fails, so one run shows everything.

use crate::generate;
use crate::root::Root;
use crate::run;

/// Format, lints, generated files.
pub fn run(root: &Root) -> Result<(), String> {
    let cargo = run::cargo();
    let parts: [(&str, &[&str]); 2] = [
        ("format", &["fmt", "--all", "--", "--check"]),
        ("lints", &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
    ];
    let mut failed = Vec::new();
    for (name, arguments) in parts {
        println!("== {name}");
        if !run::shown(root, &cargo, arguments)?.well {
            failed.push(name.to_owned());
        }
    }
    println!("== generated files");
    if let Err(message) = generate::check(root) {
        eprintln!("{message}");
        failed.push("generated files".to_owned());
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("check failed: {}", failed.join(", "))) }
}
