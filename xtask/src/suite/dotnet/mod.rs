//! The .NET package: its tests, its pack, and a program that uses it.
//!
//! The tests run on whatever .NET can be had; what runs them is printed, since the packages of the
//! tests are not everywhere.

mod npm;
mod pack;
mod sdk;

use std::path::{Path, PathBuf};

use super::{Ready, Report, Suite, bindings};
use crate::root::Root;
use crate::{peers, run, scenarios};
use sdk::Sdk;

pub use pack::pack;

const FOLDER: &str = "bindings-csharp";
const TESTS: &str = "Keywright.Tests";

/// The suite.
pub const SUITE: Suite = Suite { name: "dotnet", ready, run };

fn ready(root: &Root) -> Ready {
    match bindings(root, FOLDER) {
        Ready::Yes => Sdk::find(root).map_or_else(Ready::No, |_| Ready::Yes),
        no => no,
    }
}

fn run(root: &Root) -> Report {
    let mut report = tested(root).unwrap_or_else(Report::failure);
    match Sdk::find(root) {
        Ok(sdk) if sdk.has_packages() => report.add(pack::installed(root, sdk)),
        _ => {
            println!("skipped: dotnet package: it is packed and installed only with the SDK beside the repository");
            report.add(Report::skipped());
        }
    }
    report
}

/// Builds the tests, runs them, and counts what they say.
fn tested(root: &Root) -> Result<Report, String> {
    let sdk = Sdk::find(root)?;
    println!("with {}", sdk.words());
    let native = native(root, "dev")?;
    let all = scenarios::as_json(root)?;
    let built = build(root, sdk, TESTS, &native, "Debug")?;
    let home = root.at("");
    let (all, home) = (all.to_string_lossy().into_owned(), home.to_string_lossy().into_owned());
    let given = [("KEYWRIGHT_SCENARIOS", all.as_str()), ("KEYWRIGHT_ROOT", home.as_str())];
    let assembly = built.join("Keywright.Tests.dll").to_string_lossy().into_owned();
    let said = sdk.run(root, &[&assembly], &given, true)?;
    counted(&said.text, said.well)
}

/// `cargo xtask bench csharp`: the package against `HttpClient`.
pub fn bench(root: &Root) -> Result<(), String> {
    let sdk = Sdk::find(root)?;
    let built = build(root, sdk, "Keywright.Bench", &native(root, "release")?, "Release")?;
    let assembly = built.join("Keywright.Bench.dll").to_string_lossy().into_owned();
    let (program, words) = sdk.command(root, &[&assembly]);
    peers::measure(root, &root.at(FOLDER), program, &words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The native library, built.
fn native(root: &Root, profile: &str) -> Result<PathBuf, String> {
    let arguments = ["build", "--quiet", "--package", "keywright-csharp", "--profile", profile];
    if !run::quiet(root, &run::cargo(), &arguments)?.well {
        return Err("the native library does not build".to_owned());
    }
    let folder = if profile == "dev" { "debug" } else { profile };
    let name = format!("{}keywright_native{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    Ok(root.target().join(folder).join(name))
}

/// Builds a project and gives the folder of its assembly.
fn build(root: &Root, sdk: Sdk, project: &str, native: &Path, configuration: &str) -> Result<PathBuf, String> {
    let properties = properties(root, sdk, native);
    let mut arguments = vec!["build", project, "-v", "q", "-c", configuration];
    arguments.extend(properties.iter().map(String::as_str));
    let said = sdk.run(root, &arguments, &[], false)?;
    if !said.well {
        return Err(format!("{project} does not build:\n{}", said.text));
    }
    let name = project.rsplit('/').next().unwrap_or(project);
    let folder = Path::new(&sdk.out(root)).join("bin").join(name).join(configuration);
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let found = entries.flatten().map(|entry| entry.path()).find(|path| path.join(format!("{name}.dll")).exists());
    found.ok_or_else(|| format!("{}: there is no {name}.dll", folder.display()))
}

fn properties(root: &Root, sdk: Sdk, native: &Path) -> Vec<String> {
    vec![
        // Not the first of them: `dotnet build` takes a first property with `Target` in its name for a project.
        format!("-p:KeywrightXunit={}", sdk.has_packages()),
        format!("-p:KeywrightTarget={}", sdk.out(root)),
        format!("-p:KeywrightNative={}", native.display()),
    ]
}

/// What the runner has counted at its end.
fn counted(text: &str, well: bool) -> Result<Report, String> {
    let count = |name: &str| {
        let line = text.lines().rev().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "));
        line.and_then(|number| number.trim().parse::<u64>().ok())
            .ok_or_else(|| format!("the tests of .NET have not said how many {name}"))
    };
    let report =
        Report { passed: count("succeeded")?, failed: count("failed")?, skipped: count("skipped")?, failures: Vec::new() };
    match well || report.failed > 0 {
        true => Ok(report),
        false => Err("the tests of .NET have ended with an error".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_counted_did_not_pass() {
        assert!(counted("nothing", true).is_err());
        let text = "Test run summary: Passed!\n  total: 3\n  failed: 0\n  succeeded: 2\n  skipped: 1\n  duration: 1s\n";
        let report = counted(text, true).unwrap();
        assert_eq!((report.passed, report.failed, report.skipped), (2, 0, 1));
        assert!(counted(text, false).is_err());
    }
}
