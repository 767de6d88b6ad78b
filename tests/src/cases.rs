//! A test harness for cases that are files: one line and one count per file.
//!
//! Cargo's own harness knows only functions, so a folder of files would be one test, and the count
//! at the end would say nothing. Words on the command line choose the cases that contain them.

use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// A case that hangs must not hide those behind it; none that passes comes near this.
const PATIENCE: Duration = Duration::from_secs(60);

/// One case: its name, and what happens.
pub struct Case {
    name: String,
    run: Box<dyn FnOnce() -> Result<(), String> + Send>,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Case {
    /// A case.
    pub fn new(name: impl Into<String>, run: impl FnOnce() -> Result<(), String> + Send + 'static) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }
}

/// Runs the cases that the command line asks for and prints what cargo's harness would.
pub fn main(cases: Result<Vec<Case>, String>) -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let list = std::env::args().any(|word| word == "--list");
    let cases = match cases {
        Ok(cases) => cases,
        Err(message) => {
            println!("{message}\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out");
            return ExitCode::FAILURE;
        }
    };
    let all = cases.len();
    let chosen: Vec<Case> =
        cases.into_iter().filter(|case| words.is_empty() || words.iter().any(|word| case.name.contains(word.as_str()))).collect();
    if list {
        chosen.iter().for_each(|case| println!("{}: test", case.name));
        return ExitCode::SUCCESS;
    }
    let aside = all - chosen.len();
    println!("\nrunning {} tests", chosen.len());
    let failures: Vec<(String, String)> = chosen.into_iter().map(told).collect::<Vec<_>>().into_iter().flatten().collect();
    report(&failures, all - aside - failures.len(), aside)
}

/// Runs a case, tells its line, and gives what is wrong with it.
fn told(case: Case) -> Option<(String, String)> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || drop(tell.send((case.run)())));
    let result = told.recv_timeout(PATIENCE).unwrap_or_else(|silence| match silence {
        RecvTimeoutError::Timeout => Err("it did not end".to_owned()),
        RecvTimeoutError::Disconnected => Err("it panicked".to_owned()),
    });
    println!("test {} ... {}", case.name, if result.is_ok() { "ok" } else { "FAILED" });
    result.err().map(|what| (case.name, what))
}

fn report(failures: &[(String, String)], passed: usize, aside: usize) -> ExitCode {
    for (name, what) in failures {
        println!("\n---- {name} ----\n{what}");
    }
    let word = if failures.is_empty() { "ok" } else { "FAILED" };
    println!("\ntest result: {word}. {passed} passed; {} failed; 0 ignored; 0 measured; {aside} filtered out\n", failures.len());
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
