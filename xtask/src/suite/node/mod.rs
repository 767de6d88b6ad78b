//! The Node package: packed, installed into an empty project, and tested there.
//!
//! Nothing is tested in the source tree: what a user installs is what runs, types and examples
//! included. Whatever could not be had is told as skipped, with the reason.

mod pack;
mod tools;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use super::{Ready, Report, Suite, readme};
use crate::root::Root;
use crate::{peers, run, scenarios};
use pack::Packed;

const FOLDER: &str = "bindings-node";
const EXAMPLES: &str = "examples/node";
const OLDEST: u32 = 20;

/// The suite.
pub const SUITE: Suite = Suite { name: "node", ready, run };

/// `cargo xtask pack node`: both tarballs.
pub fn pack(root: &Root) -> Result<(), String> {
    let packed = pack::pack(root)?;
    println!("{}\n{}", packed.package.display(), packed.platform.display());
    Ok(())
}

/// `cargo xtask bench node`: the package against the clients that Node people use.
pub fn bench(root: &Root) -> Result<(), String> {
    let project = pack::install(root, &pack::pack(root)?)?;
    tools::install_peers(&project)?;
    pack::copy(&root.at(FOLDER).join("bench"), &project)?;
    peers::measure(root, &project, "node", &["bench.mjs"])
}

fn ready(root: &Root) -> Ready {
    if !root.has(FOLDER) {
        return Ready::No(format!("there is no {FOLDER} yet"));
    }
    let version = run::quiet(root, "node", &["--version"]).map(|said| said.text).unwrap_or_default();
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST && run::quiet(root, tools::NPM, &["--version"]).is_ok() => Ready::Yes,
        Some(major) if major < OLDEST => Ready::No(format!("Node {major} is older than {OLDEST}")),
        _ => Ready::No("there is no node or no npm".to_owned()),
    }
}

fn run(root: &Root) -> Report {
    let mut report = Report::default();
    match pack::pack(root).and_then(|packed| Ok((pack::install(root, &packed)?, packed))) {
        Ok((project, packed)) => {
            report.note("node is packed and installed into an empty project", Ok(()));
            report.add(tests(root, &project).unwrap_or_else(Report::failure));
            report.note("node runs the program of its README", run_readme(root, &project));
            report.add(examples(root, &project).unwrap_or_else(Report::failure));
            report.add(elsewhere(root, &project));
            report.add(checked(root, &project, &packed));
        }
        Err(message) => report.note("node is packed and installed into an empty project", Err(message)),
    }
    report
}

/// The tests of the package, and what their runner counted.
fn tests(root: &Root, project: &Path) -> Result<Report, String> {
    pack::copy(&root.at(FOLDER).join("test"), &project.join("test"))?;
    let scenarios = scenarios::as_json(root)?;
    let repository = root.at("");
    let environment: [(&str, &OsStr); 2] =
        [("KEYWRIGHT_SCENARIOS", scenarios.as_os_str()), ("KEYWRIGHT_REPOSITORY", repository.as_os_str())];
    let mut files = Vec::new();
    for entry in fs::read_dir(project.join("test")).map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(format!("test/{name}"));
        }
    }
    files.sort();
    let fixed = ["--expose-gc", "--test-concurrency=1", "--test-timeout=300000", "--test-reporter=spec", "--test"];
    let arguments: Vec<&str> = fixed.into_iter().chain(files.iter().map(String::as_str)).collect();
    let said = run::run(project, &environment, "node", &arguments, true)?;
    let report = counted(&said.text).ok_or("node --test gave no counts")?;
    if !said.well && report.failed == 0 {
        return Err("node --test ended with an error, though no test failed".to_owned());
    }
    Ok(report)
}

/// The counts at the end of what `node --test` says.
fn counted(text: &str) -> Option<Report> {
    let count = |name: &str| {
        let line = text
            .lines()
            .rev()
            .find_map(|line| line.split_once(&format!("{name} ")).filter(|(mark, _)| mark.chars().count() == 2))?;
        line.1.trim().parse::<u64>().ok()
    };
    let failed = count("fail")? + count("cancelled")?;
    Some(Report { passed: count("pass")?, failed, skipped: count("skipped")? + count("todo")?, failures: Vec::new() })
}

/// The first program of the README that imports the package, as it stands there.
fn run_readme(root: &Root, project: &Path) -> Result<(), String> {
    let programs = readme::programs(root, FOLDER, "js", "from 'keywright'")?;
    for (number, program) in programs.iter().enumerate() {
        let name = format!("readme{number}.mjs");
        fs::write(project.join(&name), program).map_err(|error| error.to_string())?;
        if !run::run(project, &[], "node", &[&name], true)?.well {
            return Err(format!("program {} ended with an error", number + 1));
        }
    }
    Ok(())
}

/// Every example prints what the examples of all languages print.
fn examples(root: &Root, project: &Path) -> Result<Report, String> {
    pack::copy(&root.at("examples"), &project.join("examples"))?;
    super::examples::of_language(root, "node", |name| run::run(project, &[], "node", &[&format!("{EXAMPLES}/{name}.mjs")], false))
}

/// The package under other runtimes, where they can be had.
fn elsewhere(root: &Root, project: &Path) -> Report {
    let mut report = Report::default();
    for (runtime, arguments) in [("bun", &["test/elsewhere.mjs"][..]), ("deno", &["run", "--allow-all", "test/elsewhere.mjs"])] {
        let program = match tools::runtime(root, runtime) {
            Ok(program) => program,
            Err(reason) => {
                println!("node works under {runtime} ... skipped: {reason}");
                report.add(Report::skipped());
                continue;
            }
        };
        let ended = run::run(project, &[], &program, arguments, true);
        let result = ended.and_then(|said| if said.well { Ok(()) } else { Err("it ended with an error".to_owned()) });
        report.note(&format!("node works under {runtime}"), result);
    }
    report
}

/// What the tools of others say of types and package.
fn checked(root: &Root, project: &Path, packed: &Packed) -> Report {
    let tools = match tools::install(root) {
        Ok(tools) => tools,
        Err(reason) => {
            println!("node types and package are not checked: {reason}");
            return Report::skipped();
        }
    };
    let mut report = Report::default();
    report.note("node has types that strict TypeScript accepts", tools.types(project));
    report.note("node is well-formed for publint", tools.publint(&packed.package));
    report.note("node has types that every resolution finds", tools.attw(&packed.package));
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_read_and_nothing_is_no_count() {
        let text = "  ✔ it fails 3 times\nℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n";
        let report = counted(text).unwrap();
        assert_eq!((report.passed, report.failed, report.skipped), (2, 1, 1));
        assert!(counted("no summary").is_none());
    }
}
