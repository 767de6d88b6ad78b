//! Programs of others: what judges the package (a TypeScript compiler, publint, attw), what else
//! runs it (Bun, Deno), and what it is measured against.
//!
//! They are installed under the target folder, in the versions named here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root::Root;
use crate::run;

/// The package manager.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

const TOOLS: [&str; 4] = ["typescript@5.9.3", "@types/node@20.19.24", "publint@0.3.25", "@arethetypeswrong/cli@0.18.5"];

/// What else calls a service from Node.
const PEERS: [&str; 3] = ["undici@7.30.0", "axios@1.21.0", "openai@6.49.0"];

/// What else runs JavaScript, and where its program lies in its package.
const RUNTIMES: [(&str, &str, &str); 2] = [
    ("bun", "@oven/bun-linux-x64@1.4.5", "@oven/bun-linux-x64/bin/bun"),
    ("deno", "@deno/linux-x64-glibc@2.9.6", "@deno/linux-x64-glibc/deno"),
];

/// Where they lie.
#[derive(Debug)]
pub struct Tools(PathBuf);

/// Installs the judges, unless they are there.
///
/// # Errors
/// When they cannot be had.
pub fn install(root: &Root) -> Result<Tools, String> {
    installed(root, "tools", &TOOLS).map(Tools)
}

/// The program of another runtime: the one of this machine, or one that is installed here.
///
/// # Errors
/// When there is none and none can be had.
pub fn runtime(root: &Root, name: &str) -> Result<String, String> {
    if run::quiet(root, name, &["--version"]).is_ok_and(|said| said.well) {
        return Ok(name.to_owned());
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        return Err(format!("there is no {name}"));
    }
    let packages = RUNTIMES.map(|(_, package, _)| package);
    let folder = installed(root, "runtimes", &packages).map_err(|why| format!("there is no {name}, and {why}"))?;
    let found = RUNTIMES.iter().find(|(known, _, _)| *known == name).ok_or_else(|| format!("nothing is known of {name}"))?;
    Ok(folder.join("node_modules").join(found.2).to_string_lossy().into_owned())
}

/// The folder of some packages, installed unless they are there. Nothing of theirs is run.
fn installed(root: &Root, name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let folder = root.target().join("node").join(name);
    let mark = folder.join("installed.txt");
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == packages.join("\n")) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::write(folder.join("package.json"), "{ \"private\": true }\n").map_err(|error| error.to_string())?;
    added(&folder, packages).map_err(|()| format!("the {name} cannot be installed from the package registry"))?;
    fs::write(mark, packages.join("\n")).map_err(|error| error.to_string())?;
    Ok(folder)
}

fn added(folder: &Path, packages: &[&str]) -> Result<(), ()> {
    let arguments = ["install", "--no-audit", "--no-fund", "--silent", "--ignore-scripts"];
    let arguments: Vec<&str> = arguments.into_iter().chain(packages.iter().copied()).collect();
    if run::run(folder, &[], NPM, &arguments, false).is_ok_and(|said| said.well) { Ok(()) } else { Err(()) }
}

/// Installs what the package is measured against into a project.
///
/// # Errors
/// When it cannot be had.
pub fn install_peers(project: &Path) -> Result<(), String> {
    added(project, &PEERS).map_err(|()| "the peers cannot be installed from the package registry".to_owned())
}

impl Tools {
    /// Compiles the type tests in the project, as an ES module and as CommonJS.
    pub fn types(&self, project: &Path) -> Result<(), String> {
        let types = self.0.join("node_modules/@types");
        let types = types.to_string_lossy();
        let fixed = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit", "--target", "es2023"];
        let place = ["--module", "nodenext", "--types", "node", "--typeRoots", &types, "test/types.mts", "test/types.cts"];
        self.run("typescript/bin/tsc", project, &fixed.into_iter().chain(place).collect::<Vec<_>>())
    }

    /// Looks for what is wrong with the package as others will find it.
    pub fn publint(&self, tarball: &Path) -> Result<(), String> {
        self.run("publint/src/cli.js", &self.0, &[&tarball.to_string_lossy(), "--strict"])
    }

    /// Looks for types that some way of resolving modules does not find.
    pub fn attw(&self, tarball: &Path) -> Result<(), String> {
        self.run("@arethetypeswrong/cli/dist/index.js", &self.0, &[&tarball.to_string_lossy(), "--no-color", "--format", "ascii"])
    }

    fn run(&self, tool: &str, folder: &Path, arguments: &[&str]) -> Result<(), String> {
        let tool = self.0.join("node_modules").join(tool);
        let tool = tool.to_string_lossy();
        let said = run::run(folder, &[], "node", &[&[&*tool], arguments].concat(), false)?;
        if said.well { Ok(()) } else { Err(said.text) }
    }
}
