//! The Python package: built as a wheel, installed, and tested as a user has it.
//!
//! Everything that is installed for it lies below the target folder. Nothing is tested in the
//! source tree: what a user installs is what runs.

pub(super) mod wheel;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Ready, Report, Suite, examples, readme};
use crate::peers;
use crate::root::Root;
use crate::run;

const FOLDER: &str = "bindings-python";
const PYTHON: &str = "python3";
/// The largest wheel, in bytes: 5 MB, as the package promises.
const LARGEST: u64 = 5_000_000;

/// The suite.
pub const SUITE: Suite = Suite { name: "python", ready, run };

/// `cargo xtask pack python`: wheel and source distribution.
pub fn pack(root: &Root) -> Result<(), String> {
    let tools = wheel::tools(root)?;
    println!("{}\n{}", wheel::build(root, &tools)?.display(), wheel::sources(root, &tools)?.display());
    Ok(())
}

/// `cargo xtask bench python`: the wheel against the clients that Python people use.
pub fn bench(root: &Root) -> Result<(), String> {
    let tools = wheel::tools(root)?;
    let environment = wheel::environment(root, "bench")?;
    wheel::install(root, &environment, &["-r"], &root.at(FOLDER).join("bench/requirements.txt"))?;
    wheel::install(root, &environment, &["--no-deps", "--force-reinstall"], &wheel::build(root, &tools)?)?;
    let program = root.at(FOLDER).join("bench/bench.py").display().to_string();
    peers::measure(root, &root.target(), &wheel::program(&environment, "python"), &[&program])
}

fn ready(root: &Root) -> Ready {
    if !root.has(FOLDER) {
        return Ready::No(format!("there is no {FOLDER} yet"));
    }
    interpreter(root)
}

/// Whether there is an interpreter that can run tests.
pub(super) fn interpreter(root: &Root) -> Ready {
    let asked = ["-c", "import sys, venv; print(int(sys.version_info >= (3, 11)))"];
    match run::quiet(root, PYTHON, &asked) {
        Ok(said) if said.well && said.text.trim() == "1" => Ready::Yes,
        Ok(_) => Ready::No("the tests need Python 3.11 or later, with venv".to_owned()),
        Err(_) => Ready::No("there is no python3".to_owned()),
    }
}

fn run(root: &Root) -> Report {
    let mut report = Report::default();
    match wheel::tools(root).and_then(|tools| Ok((wheel::build(root, &tools)?, tools))) {
        Ok((wheel, tools)) => {
            report.note("python is built as a wheel that is small enough", small_enough(&wheel));
            report.add(installed(root, &wheel).unwrap_or_else(Report::failure));
            report.add(tested(root, &tools, &wheel).unwrap_or_else(Report::failure));
            report.note("python is built and installed from its sources", wheel::from_sources(root, &tools));
        }
        Err(message) => report.note("python is built as a wheel", Err(message)),
    }
    report
}

fn small_enough(wheel: &Path) -> Result<(), String> {
    let size = fs::metadata(wheel).map_err(|error| error.to_string())?.len();
    if size <= LARGEST { Ok(()) } else { Err(format!("it has {size} bytes")) }
}

/// An empty environment with nothing but the wheel: the programs of the README and the examples.
fn installed(root: &Root, wheel: &Path) -> Result<Report, String> {
    let environment = wheel::environment(root, "empty")?;
    wheel::install(root, &environment, &["--no-index", "--no-deps", "--force-reinstall"], wheel)?;
    let python = wheel::program(&environment, "python");
    let mut report = Report::default();
    report.note("python runs the programs of its README", run_readme(root, &environment, &python));
    let folder = root.at("examples/python");
    report.add(examples::of_language(root, "python", |name| run::run(&folder, &[], &python, &[&format!("{name}.py")], false))?);
    Ok(report)
}

fn run_readme(root: &Root, environment: &Path, python: &str) -> Result<(), String> {
    let programs = readme::programs(root, FOLDER, "python", "import")?;
    for (number, program) in programs.iter().filter(|program| !program.contains("def test_")).enumerate() {
        let name = format!("readme{number}.py");
        fs::write(environment.join(&name), program).map_err(|error| error.to_string())?;
        if !run::run(environment, &[], python, &[&name], true)?.well {
            return Err(format!("program {} ended with an error", number + 1));
        }
    }
    Ok(())
}

/// The tests of the package and what type checkers say, with the wheel in the tools' environment.
fn tested(root: &Root, tools: &Path, wheel: &Path) -> Result<Report, String> {
    wheel::install(root, tools, &["--no-deps", "--force-reinstall"], wheel)?;
    let mut report = Report::default();
    report.add(pytest(&root.at(FOLDER).join("tests"), &[], tools)?);
    for (what, program, arguments) in checks(&site_packages(root, tools)?) {
        // Not in the environment itself, whose modules would be taken for ours.
        let said = run::run(&root.target().join("python"), &[], &wheel::program(tools, program), &arguments, false)?;
        let result = if said.well { Ok(()) } else { Err(said.text) };
        report.note(&format!("python {what}"), result);
    }
    Ok(report)
}

/// What is said of types: by two checkers, and by one that compares stubs with what is there.
fn checks(package: &Path) -> [(&'static str, &'static str, Vec<String>); 3] {
    let package = package.display().to_string();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).chain([package.clone()]).collect();
    let mypy = ["--strict", "--no-incremental", "--cache-dir", "/dev/null", "-p", "keywright"].map(str::to_owned).to_vec();
    let stubtest = ["-m", "mypy.stubtest", "keywright._native", "--concise"].map(str::to_owned).to_vec();
    [
        ("has types that strict mypy accepts", "mypy", mypy),
        ("has types that pyright accepts", "pyright", words(&["--warnings"])),
        ("has stubs that say what is there", "python", stubtest),
    ]
}

fn site_packages(root: &Root, tools: &Path) -> Result<PathBuf, String> {
    let asked = ["-c", "import keywright, os; print(os.path.dirname(keywright.__file__))"];
    let said = run::quiet(root, &wheel::program(tools, "python"), &asked)?;
    if said.well { Ok(PathBuf::from(said.text.trim())) } else { Err("the wheel cannot be imported".to_owned()) }
}

/// Runs pytest in a folder with the Python of an environment, and counts what it said.
pub(super) fn pytest(folder: &Path, variables: &[(&str, &OsStr)], environment: &Path) -> Result<Report, String> {
    let arguments = ["-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"];
    let mut variables = variables.to_vec();
    variables.push(("PYTHONDONTWRITEBYTECODE", OsStr::new("1")));
    let said = run::run(folder, &variables, &wheel::program(environment, "python"), &arguments, true)?;
    let mut report = counted(&said.text).ok_or("pytest gave no counts")?;
    if !said.well && report.failed == 0 {
        report.add(Report::failure("pytest ended with an error, though no test failed".to_owned()));
    }
    Ok(report)
}

/// The counts of pytest's last line: `327 passed, 3 skipped in 21.27s`.
fn counted(text: &str) -> Option<Report> {
    let line = text.lines().rev().find(|line| line.contains(" in ") && (line.contains(" passed") || line.contains(" failed")))?;
    let count = |word: &str| {
        let before = line.split(", ").find_map(|part| part.split(word).next().filter(|_| part.contains(word)))?;
        before.trim().rsplit(' ').next()?.parse::<u64>().ok()
    };
    let failed = count(" failed").unwrap_or(0) + count(" error").unwrap_or(0);
    let skipped = count(" skipped").unwrap_or(0) + count(" xfailed").unwrap_or(0);
    Some(Report { passed: count(" passed").unwrap_or(0), failed, skipped, failures: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_read_and_nothing_is_no_count() {
        let report = counted("....\n327 passed, 3 skipped in 21.27s\n").unwrap();
        assert_eq!((report.passed, report.failed, report.skipped), (327, 0, 3));
        let report = counted("1 failed, 2 passed, 1 error in 0.17s\n").unwrap();
        assert_eq!((report.passed, report.failed, report.skipped), (2, 2, 0));
        assert!(counted("no tests ran in 0.01s").is_none());
    }
}
