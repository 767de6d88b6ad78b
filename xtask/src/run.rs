//! Runs a program and lets its words through while it runs.
//!
//! What a program said is also kept, since counts are read from it and never assumed.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::root::Root;

/// What a program has said on its standard output, and whether it ended well.
#[derive(Debug)]
pub struct Said {
    /// Its standard output.
    pub text: String,
    /// Whether its exit code was zero.
    pub well: bool,
}

/// Runs a program in the repository, its output shown as it comes.
pub fn shown<S: AsRef<OsStr>>(root: &Root, program: &str, arguments: &[S]) -> Result<Said, String> {
    run(&root.at(""), &[], program, arguments, true)
}

/// Runs a program in the repository, its standard output only kept.
pub fn quiet<S: AsRef<OsStr>>(root: &Root, program: &str, arguments: &[S]) -> Result<Said, String> {
    run(&root.at(""), &[], program, arguments, false)
}

/// Runs a program in any folder, with further variables in its environment.
pub fn run<S: AsRef<OsStr>>(
    folder: &Path,
    environment: &[(&str, &OsStr)],
    program: &str,
    arguments: &[S],
    show: bool,
) -> Result<Said, String> {
    let failed = |error: std::io::Error| format!("{program}: {error}");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).envs(environment.iter().copied()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let mut text = String::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line.map_err(failed)?;
            if show {
                println!("{line}");
            }
            text.push_str(&line);
            text.push('\n');
        }
    }
    let status = child.wait().map_err(failed)?;
    Ok(Said { text, well: status.success() })
}

/// The cargo that runs this command.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
