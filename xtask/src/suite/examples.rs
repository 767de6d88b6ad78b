//! Every example prints exactly what `examples/expected/` says.
//!
//! An example without an expected output, and an expected output without an example, are failures:
//! either would be a promise that nobody checks.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Ready, Report, Suite};
use crate::root::Root;
use crate::run;

/// The suite.
pub const SUITE: Suite = Suite { name: "examples", ready, run };

const EXPECTED: &str = "examples/expected";

fn ready(root: &Root) -> Ready {
    if root.has(EXPECTED) { Ready::Yes } else { Ready::No(format!("there is no {EXPECTED} yet")) }
}

fn run(root: &Root) -> Report {
    match (targets(root), expected(root)) {
        (Ok(targets), Ok(expected)) => compared(root, &targets, &expected),
        (Err(message), _) | (_, Err(message)) => Report::failure(message),
    }
}

fn compared(root: &Root, targets: &BTreeMap<String, Target>, expected: &BTreeMap<String, String>) -> Report {
    let mut report = Report::default();
    let mut names: Vec<&String> = targets.keys().chain(expected.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let result = match (targets.get(name), expected.get(name)) {
            (Some(target), Some(due)) => says(root, target, due),
            (Some(_), None) => Err(format!("no {EXPECTED}/{name}.txt")),
            (None, _) => Err(format!("{EXPECTED}/{name}.txt has no example")),
        };
        report.note(&format!("example {name}"), result);
    }
    report
}

/// Compares the examples of another language, run by name, with the same expected outputs.
pub fn of_language(root: &Root, language: &str, says: impl Fn(&str) -> Result<run::Said, String>) -> Result<Report, String> {
    let mut report = Report::default();
    for (name, due) in expected(root)? {
        report.note(&format!("{language} example {name}"), says(&name).and_then(|said| judged(&said, &due)));
    }
    Ok(report)
}

fn says(root: &Root, target: &Target, due: &str) -> Result<(), String> {
    let said = run::quiet(root, &run::cargo(), &["run", "--quiet", "--package", &target.package, "--example", &target.name])?;
    judged(&said, due)
}

fn judged(said: &run::Said, due: &str) -> Result<(), String> {
    if !said.well {
        return Err("it ended with an error".to_owned());
    }
    first_difference(due, &said.text).map_or(Ok(()), Err)
}

/// The first line that differs, if one does.
fn first_difference(due: &str, said: &str) -> Option<String> {
    let (mut due, mut said) = (due.lines(), said.lines());
    for number in 1.. {
        match (due.next(), said.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            (one, other) => {
                return Some(format!(
                    "line {number} reads {:?} instead of {:?}",
                    other.unwrap_or("(the end)"),
                    one.unwrap_or("(the end)")
                ));
            }
        }
    }
    None
}

/// The expected outputs by the name of their file.
fn expected(root: &Root) -> Result<BTreeMap<String, String>, String> {
    root.below(EXPECTED, "txt")?.iter().map(|path| Ok((stem(path).to_owned(), root.read(path)?))).collect()
}

/// An example that cargo can run.
#[derive(Debug)]
struct Target {
    package: String,
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    kind: Vec<String>,
    src_path: String,
}

/// The examples below `examples/`, by the name of their file.
fn targets(root: &Root) -> Result<BTreeMap<String, Target>, String> {
    let said = run::quiet(root, &run::cargo(), &["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Metadata = serde_json::from_str(&said.text).map_err(|error| format!("cargo metadata: {error}"))?;
    let folder = root.at("examples");
    let mut found = BTreeMap::new();
    for package in metadata.packages {
        for target in package.targets {
            if target.kind.iter().any(|kind| kind == "example") && std::path::Path::new(&target.src_path).starts_with(&folder) {
                found.insert(stem(&target.src_path).to_owned(), Target { package: package.name.clone(), name: target.name });
            }
        }
    }
    Ok(found)
}

fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_told_and_equality_is_not() {
        assert_eq!(first_difference("a\nb\n", "a\nb"), None);
        assert!(first_difference("a\nb\n", "a\nc\n").unwrap().starts_with("line 2"));
        assert!(first_difference("a\n", "a\nb\n").is_some());
        assert!(first_difference("a\nb\n", "a\n").is_some());
    }

    #[test]
    fn a_file_is_known_by_its_name_without_folder_and_ending() {
        assert_eq!(stem("examples/rust/01_quickstart.rs"), "01_quickstart");
    }
}
