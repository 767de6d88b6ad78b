//! Every test of every Rust crate, documentation included.
//!
//! The counts are those of the `test result:` lines. A run that ends badly without a failed test
//! did not compile or died, and counts as a failure of its own.

use super::{Ready, Report, Suite};
use crate::root::Root;
use crate::run;

/// The suite.
pub const SUITE: Suite = Suite { name: "rust", ready, run };

fn ready(_root: &Root) -> Ready {
    Ready::Yes
}

fn run(root: &Root) -> Report {
    match run::shown(root, &run::cargo(), &["test", "--workspace", "--all-features", "--no-fail-fast"]) {
        Ok(said) => judged(&said.text, said.well),
        Err(message) => Report::failure(message),
    }
}

/// What the lines `test result:` of a run say.
pub(super) fn judged(text: &str, well: bool) -> Report {
    let mut report = Report::default();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
        report.passed += count(line, "passed");
        report.failed += count(line, "failed");
        report.skipped += count(line, "ignored");
    }
    if !well && report.failed == 0 {
        report.add(Report::failure("cargo test ended with an error and no failed test".to_owned()));
    }
    report
}

/// The number before a word: `ok. 3 passed; 0 failed; ...`.
fn count(line: &str, word: &str) -> u64 {
    let before = line.split(';').find_map(|part| part.trim().strip_suffix(word));
    before.and_then(|part| part.trim().rsplit(' ').next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "running 4 tests\ntest result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
        test result: ok. 10 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";

    #[test]
    fn the_counts_of_all_runners_are_added() {
        let report = judged(TWO, false);
        assert_eq!((report.passed, report.failed, report.skipped), (12, 1, 1));
    }

    #[test]
    fn an_end_without_a_failed_test_is_a_failure() {
        assert_eq!(judged("error: could not compile", false).failed, 1);
        assert_eq!(judged("", true), Report::default());
    }
}
