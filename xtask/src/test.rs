//! `cargo xtask test`: every suite, one line of truth at the end.
//!
//! The counts come from what the runners said. A suite that could not run is failed or skipped
//! with its reason, and never counts as passed.

use crate::root::Root;
use crate::suite::{self, Ready, Report, Suite};

/// Runs the named suites, or all.
pub fn run(root: &Root, names: &[&str]) -> Result<(), String> {
    let suites = chosen(names)?;
    let mut total = Report::default();
    for suite in &suites {
        println!("== {}", suite.name);
        let report = match (suite.ready)(root) {
            Ready::Yes => (suite.run)(root),
            Ready::No(reason) => {
                println!("skipped: {}: {reason}", suite.name);
                Report::skipped()
            }
        };
        for failure in &report.failures {
            eprintln!("failed: {}: {failure}", suite.name);
        }
        total.add(report);
    }
    println!("{}", total.line());
    match total.is_good() {
        true => Ok(()),
        false => Err("not all tests have passed".to_owned()),
    }
}

fn chosen(names: &[&str]) -> Result<Vec<Suite>, String> {
    let all = suite::all();
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|suite| suite.name != **name)) {
        let known: Vec<&str> = all.iter().map(|suite| suite.name).collect();
        return Err(format!("there is no suite `{unknown}`; there are {}", known.join(", ")));
    }
    Ok(all.into_iter().filter(|suite| names.is_empty() || names.contains(&suite.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_suite_is_an_error_and_no_empty_run() {
        assert!(chosen(&["cobol"]).is_err());
        assert_eq!(chosen(&["python"]).unwrap().len(), 1);
        assert_eq!(chosen(&[]).unwrap().len(), suite::all().len());
    }
}
