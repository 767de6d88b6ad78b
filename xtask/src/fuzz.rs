//! `cargo xtask fuzz [target...]`: runs the fuzz targets, a minute each.
//!
//! They need a nightly compiler and `cargo-fuzz`; where one is missing the target counts as skipped,
//! with the reason and what to install. What a run finds stays under `target/`; an input worth keeping
//! is copied to `fuzz/corpus` by hand, where the ordinary tests replay it.

use std::ffi::OsStr;

use crate::root::Root;
use crate::run;

const TARGETS: [&str; 2] = ["partial_json", "any_answer"];
/// How long each target runs, in seconds.
const SECONDS: u32 = 60;
/// The longest input: longer ones are made of repeated parts by the targets themselves.
const LONGEST: u32 = 4096;

/// Runs the named targets, or all.
pub fn run(root: &Root, names: &[&str]) -> Result<(), String> {
    if let Some(unknown) = names.iter().find(|name| !TARGETS.contains(name)) {
        return Err(format!("there is no fuzz target `{unknown}`; there are {}", TARGETS.join(", ")));
    }
    if let Err(reason) = ready(root) {
        println!("skipped: fuzz: {reason}");
        return Ok(());
    }
    let chosen = TARGETS.iter().filter(|target| names.is_empty() || names.contains(target));
    let failed: Vec<&str> = chosen.filter(|target| !fuzz(root, target)).copied().collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("fuzzing found failures: {}", failed.join(", "))) }
}

/// Whether the tools are there.
fn ready(root: &Root) -> Result<(), String> {
    let works = |arguments: &[&str]| run::run(&root.at(""), &[], "cargo", arguments, false).is_ok_and(|said| said.well);
    if !works(&["+nightly", "--version"]) {
        return Err("there is no nightly compiler: `rustup toolchain install nightly`".to_owned());
    }
    if !fuzzer(root).exists() {
        return Err("there is no cargo-fuzz: `cargo +nightly install cargo-fuzz --root target/tools`".to_owned());
    }
    Ok(())
}

fn fuzzer(root: &Root) -> std::path::PathBuf {
    root.at("target/tools/bin/cargo-fuzz")
}

/// Runs one target; whether it found nothing.
fn fuzz(root: &Root, target: &str) -> bool {
    println!("== fuzz {target}");
    let below = |folder: &str| root.at("target/fuzz").join(folder).join(target);
    let (found, failures) = (below("corpus"), below("failures"));
    let made = [&found, &failures].into_iter().try_for_each(std::fs::create_dir_all);
    if let Err(error) = made {
        eprintln!("{error}");
        return false;
    }
    let prefix = format!("-artifact_prefix={}/", failures.display());
    let limits = [format!("-max_total_time={SECONDS}"), format!("-max_len={LONGEST}")];
    let build = root.at("target/fuzz/build");
    let (folder, committed) = (root.at("fuzz"), root.at("fuzz/corpus").join(target));
    let words: Vec<&OsStr> = [
        "fuzz".as_ref(),
        "run".as_ref(),
        "--fuzz-dir".as_ref(),
        folder.as_os_str(),
        "--target-dir".as_ref(),
        build.as_os_str(),
        target.as_ref(),
        found.as_os_str(),
        committed.as_os_str(),
        "--".as_ref(),
        prefix.as_ref(),
        limits[0].as_ref(),
        limits[1].as_ref(),
        "-timeout=10".as_ref(),
        "-rss_limit_mb=4096".as_ref(),
        "-print_final_stats=1".as_ref(),
    ]
    .to_vec();
    let program = fuzzer(root);
    let environment = [("RUSTUP_TOOLCHAIN", OsStr::new("nightly"))];
    match run::run(&root.at(""), &environment, &program.to_string_lossy(), &words, true) {
        Ok(said) => said.well,
        Err(message) => {
            eprintln!("{message}");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_target_is_an_error_and_every_target_has_inputs() {
        let root = Root::here();
        assert!(run(&root, &["no_such_target"]).is_err());
        for target in TARGETS {
            assert!(root.has(&format!("fuzz/targets/{target}.rs")) && root.has(&format!("fuzz/corpus/{target}")), "{target}");
        }
    }
}
