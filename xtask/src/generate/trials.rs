//! The second part of `tests/COVERAGE.md`: every input that failed in real use, and the tests that hold it.
//!
//! A row names its tests, or says why it is decided in another way, or is open with a reason: exactly
//! one of the three. A test that is named must exist.

use std::fmt::Write;

use serde::Deserialize;

use crate::root::Root;

const PATH: &str = "tests/trials.toml";

#[derive(Deserialize)]
struct Trials {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    title: String,
    #[serde(default)]
    tests: Vec<String>,
    decided: Option<String>,
    open: Option<String>,
}

/// The part as Markdown.
///
/// # Errors
/// Names each row that has no state or more than one, and each test that does not exist.
pub fn part(root: &Root) -> Result<String, String> {
    let rows = toml::from_str::<Trials>(&root.read(PATH)?).map_err(|error| format!("{PATH}: {error}"))?.rows;
    let wrong: Vec<String> = rows.iter().flat_map(|row| judge(row, |test| exists(root, test))).collect();
    if wrong.is_empty() { Ok(table(&rows)) } else { Err(wrong.join("\n")) }
}

fn judge(row: &Row, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let states = [!row.tests.is_empty() || row.decided.is_some(), row.open.is_some()];
    let mut wrong = Vec::new();
    if states.iter().filter(|state| **state).count() != 1 {
        wrong.push(format!("{PATH}: {} must have tests or a decision, or else be open", row.id));
    }
    let missing = row.tests.iter().filter(|test| !exists(test));
    wrong.extend(missing.map(|test| format!("{PATH}: {} names {test}, which does not exist", row.id)));
    wrong
}

/// `tests/scenarios/a/b.toml`, or `core/tests/x.rs: the_name`.
fn exists(root: &Root, test: &str) -> bool {
    match test.split_once(": ") {
        Some((path, name)) => root.read(path).is_ok_and(|text| text.contains(name)),
        None => root.has(test),
    }
}

fn table(rows: &[Row]) -> String {
    let open = rows.iter().filter(|row| row.open.is_some()).count();
    let mut text = format!(
        "\n# What failed in real use\n\nGenerated from `{PATH}`.\n\n{} rows, {open} open.\n\n| Row | Input | Held by |\n|---|---|---|\n",
        rows.len()
    );
    for row in rows {
        let tests = row.tests.iter().map(|test| format!("`{}`", test.trim_start_matches("tests/")));
        let decided = row.decided.iter().map(|why| format!("decided: {why}"));
        let open = row.open.iter().map(|why| format!("**open**: {why}"));
        let state: Vec<String> = tests.chain(decided).chain(open).collect();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "| {} | {} | {} |", row.id, row.title, state.join("<br>").replace('|', "\\|"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(tests: &[&str], decided: bool, open: bool) -> Row {
        let why = |given: bool| given.then(|| "why".to_owned());
        let tests = tests.iter().map(|test| (*test).to_owned()).collect();
        Row { id: "A1".to_owned(), title: "t".to_owned(), tests, decided: why(decided), open: why(open) }
    }

    #[test]
    fn a_row_has_one_state_and_names_only_tests_that_exist() {
        let good = |row: &Row| judge(row, |test| test == "here").is_empty();
        assert!(good(&row(&["here"], false, false)));
        assert!(good(&row(&["here"], true, false)));
        assert!(good(&row(&[], true, false)));
        assert!(good(&row(&[], false, true)));
        assert!(!good(&row(&[], false, false)));
        assert!(!good(&row(&["here"], false, true)));
        assert!(!good(&row(&["here", "nowhere"], false, false)));
    }

    #[test]
    fn a_named_test_is_looked_for_in_its_file() {
        let root = Root::here();
        assert!(exists(&root, "xtask/src/generate/trials.rs: a_named_test_is_looked_for_in_its_file"));
        assert!(!exists(&root, "xtask/src/main.rs: a_named_test_is_looked_for_in_its_file"));
        assert!(exists(&root, "tests/scenarios/retry/storm.toml"));
    }
}
