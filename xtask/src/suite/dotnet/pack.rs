//! The NuGet package, and programs outside the source tree that restore it from a folder and run.

use std::fs;
use std::path::{Path, PathBuf};

use super::sdk::{Sdk, folder};
use super::{FOLDER, native, properties};
use crate::root::Root;
use crate::suite::{Report, examples, readme};

const PROJECTS: [&str; 2] = ["Keywright", "Keywright.Extensions"];
const EXAMPLES: &str = "examples/csharp";

/// What must lie in the package.
const NEEDED: [&str; 8] = [
    "LICENSE",
    "README.md",
    "THIRD-PARTY-NOTICES.txt",
    "lib/net8.0/Keywright.dll",
    "lib/net8.0/Keywright.xml",
    "lib/netstandard2.1/Keywright.dll",
    "lib/netstandard2.1/Keywright.xml",
    "runtimes/linux-x64/native/libkeywright_native.so",
];

/// `cargo xtask pack csharp`: the packages in `dotnet/feed` of the target folder.
///
/// # Errors
/// When something does not build, or the package lacks something.
pub fn pack(root: &Root) -> Result<(), String> {
    packed(root, Sdk::find(root)?).map(|feed| println!("{}", feed.display()))
}

fn packed(root: &Root, sdk: Sdk) -> Result<PathBuf, String> {
    let native = native(root, "release")?;
    let feed = Path::new(&folder(root)).join("feed");
    if feed.exists() {
        fs::remove_dir_all(&feed).map_err(|error| error.to_string())?;
    }
    let (properties, to) = (properties(root, sdk, &native), feed.to_string_lossy().into_owned());
    for project in PROJECTS.iter().filter(|project| sdk.has_packages() || **project == "Keywright") {
        let mut arguments = vec!["pack", project, "-v", "q", "-c", "Release", "-o", &to];
        arguments.extend(properties.iter().map(String::as_str));
        let said = sdk.run(root, &arguments, &[], false)?;
        if !said.well {
            return Err(format!("{project} does not pack:\n{}", said.text));
        }
    }
    holds(&feed)?;
    Ok(feed)
}

/// The package is a zip: its directory names what it holds.
fn holds(feed: &Path) -> Result<(), String> {
    let file = feed.join(format!("Keywright.{}.nupkg", env!("CARGO_PKG_VERSION")));
    let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let has = |name: &&str| bytes.windows(name.len()).any(|part| part == name.as_bytes());
    let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !has(name)).collect();
    if !missing.is_empty() {
        return Err(format!("the package lacks {}", missing.join(", ")));
    }
    println!("dotnet package: {} kB", bytes.len() / 1024);
    Ok(())
}

/// Packs, installs into projects of their own, and runs the README's program and all examples.
pub fn installed(root: &Root, sdk: Sdk) -> Report {
    let mut report = Report::default();
    let feed = match packed(root, sdk) {
        Ok(feed) => feed,
        Err(why) => return Report::failure(why),
    };
    // A package of the same version from an earlier run would be taken for this one.
    for project in PROJECTS {
        let _ = fs::remove_dir_all(Path::new(&folder(root)).join("nuget").join(project.to_lowercase()));
    }
    report.note("dotnet runs the program of its README", run_readme(root, sdk, &feed));
    let built = consumer(root, sdk, &feed, "consumer", &sources(root));
    report.note("dotnet is restored and built against", built.as_ref().map(drop).map_err(Clone::clone));
    if let Ok(program) = built {
        let ended = examples::of_language(root, "dotnet", |name| sdk.run(root, &[&program, name], &[], false));
        report.add(ended.unwrap_or_else(Report::failure));
    }
    report
}

type Sources = Result<Vec<(String, String)>, String>;

/// The examples as they are in the repository.
fn sources(root: &Root) -> Sources {
    let mut files = Vec::new();
    for path in root.below(EXAMPLES, "cs")? {
        let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        files.push((name, root.read(&path)?));
    }
    files.push(("Examples.csproj".to_owned(), root.read(&format!("{EXAMPLES}/Examples.csproj"))?));
    Ok(files)
}

/// A project outside the source tree, built; gives its assembly.
fn consumer(root: &Root, sdk: Sdk, feed: &Path, name: &str, sources: &Sources) -> Result<String, String> {
    let place = Path::new(&folder(root)).join(name);
    if place.exists() {
        fs::remove_dir_all(&place).map_err(|error| error.to_string())?;
    }
    let project = place.join("project");
    fs::create_dir_all(&project).map_err(|error| error.to_string())?;
    for (file, text) in sources.as_ref().map_err(Clone::clone)? {
        fs::write(project.join(file), text).map_err(|error| error.to_string())?;
    }
    fs::write(place.join("acme.toml"), root.read("examples/acme.toml")?).map_err(|error| error.to_string())?;
    let (project, out) = (project.to_string_lossy().into_owned(), place.join("out").to_string_lossy().into_owned());
    let feed = format!("-p:RestoreAdditionalProjectSources={}", feed.display());
    // The launcher of an older .NET is a package of its own.
    let arguments = ["build", &project, "-v", "q", "-c", "Release", "-o", &out, &feed, "-p:UseAppHost=false"];
    let said = sdk.run(root, &arguments, &[], false)?;
    if !said.well {
        return Err(format!("it does not build:\n{}", said.text));
    }
    Ok(format!("{out}/Examples.dll"))
}

/// The first program of the README, as it stands there.
fn run_readme(root: &Root, sdk: Sdk, feed: &Path) -> Result<(), String> {
    let program = readme::programs(root, FOLDER, "csharp", "using Keywright")?.swap_remove(0);
    let project = root.read(&format!("{EXAMPLES}/Examples.csproj"))?;
    let sources = Ok(vec![("Program.cs".to_owned(), program), ("Examples.csproj".to_owned(), project)]);
    let assembly = consumer(root, sdk, feed, "readme", &sources)?;
    let said = sdk.run(root, &[&assembly], &[], false)?;
    let fits = said.well && said.text.contains("store this now: [secret]") && said.text.contains("key_has_history: ");
    if fits { Ok(()) } else { Err(format!("it says:\n{}", said.text)) }
}
