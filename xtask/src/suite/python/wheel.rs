//! Environments, the wheel, and the source distribution: all below the target folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::{FOLDER, PYTHON};
use crate::root::Root;
use crate::run;

/// The environment with what building and testing need.
///
/// # Errors
/// When it cannot be made, as without a package index.
pub fn tools(root: &Root) -> Result<PathBuf, String> {
    equipped(root, "tools", &root.at(FOLDER).join("tests/requirements.txt"))
}

/// A virtual environment of that name with what a file asks for.
///
/// # Errors
/// When it cannot be made, as without a package index.
pub fn equipped(root: &Root, name: &str, requirements: &Path) -> Result<PathBuf, String> {
    let place = environment(root, name)?;
    let wanted = fs::read_to_string(requirements).map_err(|error| error.to_string())?;
    let stamp = place.join("requirements.txt");
    if fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
        pip(root, &place, &[OsStr::new("-r"), requirements.as_os_str()])?;
        fs::write(&stamp, wanted).map_err(|error| error.to_string())?;
    }
    Ok(place)
}

/// A virtual environment of that name, made when it is not there.
///
/// # Errors
/// When it cannot be made.
pub fn environment(root: &Root, name: &str) -> Result<PathBuf, String> {
    let place = root.target().join("python").join(name);
    if !Path::new(&program(&place, "python")).exists() {
        let arguments = [OsStr::new("-m"), OsStr::new("venv"), place.as_os_str()];
        well(run::quiet(root, PYTHON, &arguments)?, "venv")?;
    }
    Ok(place)
}

/// A program of an environment.
pub fn program(environment: &Path, name: &str) -> String {
    environment.join("bin").join(name).display().to_string()
}

/// Installs a file.
///
/// # Errors
/// When pip does not.
pub fn install(root: &Root, environment: &Path, options: &[&str], file: &Path) -> Result<(), String> {
    let arguments: Vec<&OsStr> = options.iter().map(OsStr::new).chain([file.as_os_str()]).collect();
    pip(root, environment, &arguments)
}

fn pip(root: &Root, environment: &Path, arguments: &[&OsStr]) -> Result<(), String> {
    let fixed = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"].map(OsStr::new);
    let all: Vec<&OsStr> = fixed.iter().chain(arguments).copied().collect();
    well(run::quiet(root, &program(environment, "python"), &all)?, "pip install")
}

fn well(said: run::Said, what: &str) -> Result<(), String> {
    if said.well { Ok(()) } else { Err(format!("{what} ended with an error: {}", said.text)) }
}

/// Builds the wheel.
///
/// # Errors
/// When maturin does not.
pub fn build(root: &Root, tools: &Path) -> Result<PathBuf, String> {
    maturin(root, tools, &["build", "--release", "--quiet"], "whl")
}

/// Builds the source distribution.
///
/// # Errors
/// When maturin does not.
pub fn sources(root: &Root, tools: &Path) -> Result<PathBuf, String> {
    maturin(root, tools, &["sdist"], "gz")
}

fn maturin(root: &Root, tools: &Path, command: &[&str], ending: &str) -> Result<PathBuf, String> {
    let out = root.target().join("python").join(ending);
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| error.to_string())?;
    }
    let manifest = root.at(FOLDER).join("Cargo.toml");
    let fixed = [OsStr::new("--manifest-path"), manifest.as_os_str(), OsStr::new("--out"), out.as_os_str()];
    let arguments: Vec<&OsStr> = command.iter().map(OsStr::new).chain(fixed).collect();
    well(run::quiet(root, &program(tools, "maturin"), &arguments)?, "maturin")?;
    let found = fs::read_dir(&out).map_err(|error| error.to_string())?.filter_map(Result::ok).map(|entry| entry.path()).next();
    found.ok_or_else(|| "maturin built nothing".to_owned())
}

/// Builds the source distribution, installs it as pip does without a wheel, and imports it.
///
/// # Errors
/// When a file is missing in it or it does not build.
pub fn from_sources(root: &Root, tools: &Path) -> Result<(), String> {
    let sources = sources(root, tools)?;
    let target = root.target();
    let place = root.target().join("python/from-sources");
    let arguments = [
        OsStr::new("-m"),
        OsStr::new("pip"),
        OsStr::new("install"),
        OsStr::new("--quiet"),
        OsStr::new("--disable-pip-version-check"),
        OsStr::new("--no-build-isolation"),
        OsStr::new("--no-deps"),
        OsStr::new("--upgrade"),
        OsStr::new("--force-reinstall"),
        OsStr::new("--target"),
        place.as_os_str(),
        sources.as_os_str(),
    ];
    let path = format!("{}:{}", tools.join("bin").display(), std::env::var("PATH").unwrap_or_default());
    let environment: [(&str, &OsStr); 3] = [
        ("CARGO_TARGET_DIR", target.as_os_str()),
        ("MATURIN_PEP517_ARGS", OsStr::new("--profile dev")),
        ("PATH", OsStr::new(&path)),
    ];
    let python = program(tools, "python");
    well(run::run(&root.at(""), &environment, &python, &arguments, false)?, "pip install of the sources")?;
    let import = "import keywright; print(keywright.__version__)";
    let said = run::run(&place, &[("PYTHONPATH", place.as_os_str())], &python, &["-c", import], false)?;
    well(said, "the import of what was installed from sources")
}
