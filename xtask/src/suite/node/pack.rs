//! Both tarballs, and a project that has installed them.
//!
//! The package holds the script, the platform's package the native file: what npm would install on
//! this machine.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::FOLDER;
use super::tools::NPM;
use crate::root::Root;
use crate::run;

/// The one platform that is built here, in the words of npm.
const PLATFORM: &str = "linux-x64-gnu";

/// The tarballs.
#[derive(Debug)]
pub struct Packed {
    /// `keywright`.
    pub package: PathBuf,
    /// `keywright-linux-x64-gnu`.
    pub platform: PathBuf,
}

/// Builds the native file and both tarballs.
///
/// # Errors
/// When something does not build, or the versions of the packages differ.
pub fn pack(root: &Root) -> Result<Packed, String> {
    let built = run::quiet(root, &run::cargo(), &["build", "--quiet", "--release", "--package", "keywright-node"])?;
    if !built.well {
        return Err("the native file does not build".to_owned());
    }
    one_version(root)?;
    let folder = root.target().join("node");
    let platform = folder.join("platform");
    fresh(&platform)?;
    copy(&root.at(FOLDER).join("npm").join(PLATFORM), &platform)?;
    let library = format!("{}keywright_node{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    file(&root.target().join("release").join(library), &platform.join(format!("keywright.{PLATFORM}.node")))?;
    let package = folder.join("package");
    fresh(&package)?;
    copy(&root.at(FOLDER).join("js"), &package.join("js"))?;
    for name in ["package.json", "README.md"] {
        file(&root.at(FOLDER).join(name), &package.join(name))?;
    }
    for place in [&package, &platform] {
        file(&root.at("LICENSE"), &place.join("LICENSE"))?;
    }
    Ok(Packed { package: tarball(&package, &folder)?, platform: tarball(&platform, &folder)? })
}

/// Installs both into an empty project.
///
/// # Errors
/// When npm does not.
pub fn install(root: &Root, packed: &Packed) -> Result<PathBuf, String> {
    let project = root.target().join("node/project");
    fresh(&project)?;
    fs::write(project.join("package.json"), "{ \"private\": true }\n").map_err(|error| error.to_string())?;
    // One command: the package without its platform's could not be loaded.
    let (package, platform) = (packed.package.to_string_lossy(), packed.platform.to_string_lossy());
    let arguments = ["install", "--offline", "--no-audit", "--no-fund", "--silent", &package, &platform];
    if !run::run(&project, &[], NPM, &arguments, false)?.well {
        return Err("npm does not install the packages".to_owned());
    }
    Ok(project)
}

/// Every package and the native file are of the same version, and name each other so.
fn one_version(root: &Root) -> Result<(), String> {
    let read = |path: &str| -> Result<Value, String> {
        serde_json::from_str(&root.read(path)?).map_err(|error| format!("{path}: {error}"))
    };
    let package = read(&format!("{FOLDER}/package.json"))?;
    let platform = read(&format!("{FOLDER}/npm/{PLATFORM}/package.json"))?;
    let due = json!(env!("CARGO_PKG_VERSION"));
    let named = &package["optionalDependencies"][format!("keywright-{PLATFORM}")];
    for (place, version) in
        [("package.json", &package["version"]), ("the platform's package", &platform["version"]), ("optionalDependencies", named)]
    {
        if *version != due {
            return Err(format!("{FOLDER}: {place} says version {version} instead of {due}"));
        }
    }
    Ok(())
}

fn tarball(folder: &Path, into: &Path) -> Result<PathBuf, String> {
    let into_text = into.to_string_lossy();
    let said = run::run(folder, &[], NPM, &["pack", "--silent", "--pack-destination", &into_text], false)?;
    match said.text.lines().last() {
        Some(name) if said.well => Ok(into.join(name.trim())),
        _ => Err(format!("npm does not pack {}", folder.display())),
    }
}

fn fresh(folder: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)
}

/// Copies a folder with all that is in it; native files of a source tree stay there.
pub fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else if path.extension().is_none_or(|end| end != "node") {
            file(&path, &target)?;
        }
    }
    Ok(())
}

fn file(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}
