//! The client against a real server: nginx, unpacked from the machine's packages under `target/`.
//!
//! Nothing is installed. Where there is neither an nginx nor a way to unpack one, the suite is
//! skipped with the reason.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::rust::judged;
use super::{Ready, Report, Suite};
use crate::root::Root;
use crate::run;

/// The suite.
pub const SUITE: Suite = Suite { name: "servers", ready, run };

const PACKAGE: &str = "nginx";

fn ready(root: &Root) -> Ready {
    match nginx(root) {
        Ok(_) => Ready::Yes,
        Err(reason) => Ready::No(reason),
    }
}

fn run(root: &Root) -> Report {
    match tried(root) {
        Ok(said) => judged(&said.text, said.well),
        Err(message) => Report::failure(message),
    }
}

fn tried(root: &Root) -> Result<run::Said, String> {
    let program = nginx(root)?;
    let work = folder(root).join("work");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    }
    let arguments = ["run", "--quiet", "--package", "keywright-tests", "--bin", "servers", "--"].map(Into::into);
    let places = [program.into_os_string(), work.into_os_string()];
    run::shown(root, &run::cargo(), &[&arguments[..], &places[..]].concat())
}

fn folder(root: &Root) -> PathBuf {
    root.target().join("servers")
}

/// The nginx of this machine, or one that is unpacked here.
fn nginx(root: &Root) -> Result<PathBuf, String> {
    let unpacked = folder(root).join("root/usr/sbin/nginx");
    let places = [Path::new(PACKAGE), Path::new("/usr/sbin/nginx"), unpacked.as_path()];
    if let Some(found) = places.into_iter().find(|place| runs(place)) {
        return Ok(found.to_owned());
    }
    if !cfg!(target_os = "linux") {
        return Err("there is no nginx here".to_owned());
    }
    unpack(&folder(root))?;
    if runs(&unpacked) { Ok(unpacked) } else { Err("the nginx that was unpacked does not run here".to_owned()) }
}

fn runs(program: &Path) -> bool {
    let tried = Command::new(program).arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

/// Fetches the package and unpacks it, without installing anything.
fn unpack(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    step(folder, "apt-get", &["download", PACKAGE], "there is no nginx here, and apt-get cannot fetch its package")?;
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let packages =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.extension().is_some_and(|end| end == "deb"));
    for package in packages {
        step(folder, "dpkg", &["-x", &package.to_string_lossy(), "root"], "the package of nginx cannot be unpacked")?;
    }
    Ok(())
}

fn step(folder: &Path, program: &str, arguments: &[&str], otherwise: &str) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if command.status().is_ok_and(|status| status.success()) { Ok(()) } else { Err(otherwise.to_owned()) }
}
