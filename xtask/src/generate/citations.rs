//! Which requirement row is proven where: in scenarios, wire examples and tests of all languages.
//!
//! Only what runs as a test counts. An id in an ordinary comment is an explanation, not a proof.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::root::Root;

/// The places that prove each row, in order.
pub type Citations = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
struct Scenario {
    rows: Vec<String>,
}

/// Collects every citation in the repository.
pub fn all(root: &Root) -> Result<Citations, String> {
    let mut found = Citations::new();
    for path in root.below("tests/scenarios", "toml")? {
        let scenario: Scenario = toml::from_str(&root.read(&path)?).map_err(|error| format!("{path}: {error}"))?;
        add(&mut found, scenario.rows, path.trim_start_matches("tests/"));
    }
    for path in root.below("tests/wire", "http")? {
        let text = root.read(&path)?;
        let rows = text.lines().filter_map(|line| line.strip_prefix("# rows:")).flat_map(ids).collect();
        add(&mut found, rows, path.trim_start_matches("tests/"));
    }
    for folder in ["core", "sandbox", "tests", "examples"] {
        for path in root.below(folder, "rs")? {
            for (name, rows) in tests(&root.read(&path)?) {
                add(&mut found, rows, &format!("{path}: {name}"));
            }
        }
    }
    for (folder, extension, comment, begin) in OTHERS {
        for path in root.below(folder, extension)? {
            for (name, rows) in tests_by(&root.read(&path)?, comment, begin) {
                add(&mut found, rows, &format!("{path}: {name}"));
            }
        }
    }
    Ok(found)
}

/// The tests of other languages: where they lie, how a comment and how a test begins.
const OTHERS: [(&str, &str, &str, &str); 3] = [
    ("bindings-python/tests", "py", "#", "def test_"),
    ("bindings-node/test", "mjs", "//", "it("),
    ("bindings-csharp/Keywright.Tests", "cs", "//", "public "),
];

/// The tests of a file with the rows that the comments directly above them name.
fn tests_by(text: &str, comment: &str, begin: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with(comment) || line.starts_with(['@', '[']) {
            above.push(line);
            continue;
        }
        let declared = line.trim_start_matches("async ");
        if declared.starts_with(begin) {
            let rows: Vec<String> = above.iter().filter(|line| line.starts_with(comment)).flat_map(|line| ids(line)).collect();
            if !rows.is_empty() {
                found.push((named(declared).to_owned(), rows));
            }
        }
        above.clear();
    }
    found
}

/// `def test_x(a):`, `it('says x', ...`, `public async Task Says_x()`.
fn named(line: &str) -> &str {
    match line.split(['\'', '"', '`']).nth(1) {
        Some(title) if line.starts_with("it(") => title,
        _ => line.split('(').next().and_then(|head| head.rsplit(' ').next()).unwrap_or(line),
    }
}

fn add(found: &mut Citations, rows: Vec<String>, place: &str) {
    for row in rows {
        let places = found.entry(row).or_default();
        if !places.iter().any(|other| other == place) {
            places.push(place.to_owned());
        }
    }
}

/// The tests of a Rust file with the rows that the lines directly above them name.
fn tests(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("//") || line.starts_with("#[") {
            above.push(line);
            continue;
        }
        let is_test = above.iter().any(|line| line.starts_with("#[") && (line.contains("test]") || line.contains("test(")));
        if let (true, Some(name)) = (is_test, function(line)) {
            let rows: Vec<String> = above.iter().filter(|line| line.starts_with("//")).flat_map(|line| ids(line)).collect();
            if !rows.is_empty() {
                found.push((name.to_owned(), rows));
            }
        }
        above.clear();
    }
    found
}

fn function(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("fn ")?;
    rest.split(['(', '<']).next()
}

/// The row ids in a text: `SEC-57`.
fn ids(text: &str) -> Vec<String> {
    let words = text.split(|char: char| !(char.is_ascii_alphanumeric() || char == '-'));
    words.filter(|word| is_id(word)).map(str::to_owned).collect()
}

fn is_id(word: &str) -> bool {
    let Some((service, number)) = word.split_once('-') else {
        return false;
    };
    ["SEC", "SEG", "SID", "SEE", "ITE"].contains(&service)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod self_tests {
    use super::*;

    #[test]
    fn only_the_lines_above_a_test_count() {
        let text = "// SEC-1 is explained here.\nfn helper() {}\n\n/// SEC-2, SID-40: proven.\n#[test]\nfn proof() {\n    // SEC-3\n}\n\n\
            // SEC-4\n#[tokio::test(start_paused = true)]\nasync fn later_proof() {}\n";
        let found = tests(text);
        assert_eq!(
            found,
            [
                ("proof".to_owned(), vec!["SEC-2".to_owned(), "SID-40".to_owned()]),
                ("later_proof".to_owned(), vec!["SEC-4".to_owned()])
            ]
        );
    }

    #[test]
    fn a_test_of_another_language_is_known_by_its_name() {
        let python = "# SEC-1\ndef helper(): ...\n\n# SEC-71: as printed.\n@pytest.mark.x\nasync def test_page(sandbox):\n";
        assert_eq!(tests_by(python, "#", "def test_"), [("test_page".to_owned(), vec!["SEC-71".to_owned()])]);
        let script = "// SEC-72\nit('runs as printed', async () => {\n";
        assert_eq!(tests_by(script, "//", "it("), [("runs as printed".to_owned(), vec!["SEC-72".to_owned()])]);
        let sharp = "// SEC-74\n[Fact]\npublic async Task Runs_as_printed()\n";
        assert_eq!(tests_by(sharp, "//", "public "), [("Runs_as_printed".to_owned(), vec!["SEC-74".to_owned()])]);
    }

    #[test]
    fn an_id_is_a_known_prefix_and_a_number() {
        assert_eq!(ids("SEC-57 (S7b), XYZ-1, SEE-, ITE-7x, ITE-7."), ["SEC-57", "ITE-7"]);
    }
}
