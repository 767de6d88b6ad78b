//! Programs of others that judge the package: a TypeScript compiler, publint, attw.
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

/// Where they lie.
#[derive(Debug)]
pub struct Tools(PathBuf);

/// Installs them, unless they are there.
///
/// # Errors
/// When they cannot be had.
pub fn install(root: &Root) -> Result<Tools, String> {
    let folder = root.target().join("node/tools");
    let mark = folder.join("installed.txt");
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == TOOLS.join("\n")) {
        return Ok(Tools(folder));
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::write(folder.join("package.json"), "{ \"private\": true }\n").map_err(|error| error.to_string())?;
    let arguments: Vec<&str> = ["install", "--no-audit", "--no-fund", "--silent"].into_iter().chain(TOOLS).collect();
    if !run::run(&folder, &[], NPM, &arguments, false)?.well {
        return Err("the tools cannot be installed from the package registry".to_owned());
    }
    fs::write(mark, TOOLS.join("\n")).map_err(|error| error.to_string())?;
    Ok(Tools(folder))
}

/// Installs what the package is measured against into a project.
///
/// # Errors
/// When it cannot be had.
pub fn install_peers(project: &Path) -> Result<(), String> {
    let arguments: Vec<&str> = ["install", "--no-audit", "--no-fund", "--silent"].into_iter().chain(PEERS).collect();
    let said = run::run(project, &[], NPM, &arguments, false)?;
    if said.well { Ok(()) } else { Err("the peers cannot be installed from the package registry".to_owned()) }
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
