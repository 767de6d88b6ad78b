//! What a suite has to say: three counts and the failures in words.
//!
//! A run that found nothing to test is a failure, since it would otherwise look like success.

/// Counts of one suite, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests and suites that did not run.
    pub skipped: u64,
    /// Failures that no runner has shown already.
    pub failures: Vec<String>,
}

impl Report {
    /// A suite that did not run.
    pub fn skipped() -> Self {
        Self { skipped: 1, ..Self::default() }
    }

    /// One failure.
    pub fn failure(what: String) -> Self {
        Self { failed: 1, failures: vec![what], ..Self::default() }
    }

    /// One success or one failure.
    pub fn one(result: Result<(), String>) -> Self {
        match result {
            Ok(()) => Self { passed: 1, ..Self::default() },
            Err(what) => Self::failure(what),
        }
    }

    /// Says how one check has ended, and counts it.
    pub fn note(&mut self, what: &str, result: Result<(), String>) {
        println!("{what} ... {}", if result.is_ok() { "ok" } else { "FAILED" });
        self.add(Self::one(result.map_err(|message| format!("{what}: {message}"))));
    }

    /// Adds what another has counted.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
    }

    /// Whether something passed and nothing failed.
    pub fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// The last line of `cargo xtask test`.
    pub fn line(&self) -> String {
        format!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_good_only_if_something_passed_and_nothing_failed() {
        let mut report = Report::skipped();
        assert!(!report.is_good());
        report.add(Report::one(Ok(())));
        assert!(report.is_good());
        report.add(Report::one(Err("x".to_owned())));
        assert!(!report.is_good());
        assert_eq!(report.line(), "1 passed, 1 failed, 1 skipped");
    }
}
