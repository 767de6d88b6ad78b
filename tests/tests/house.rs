//! The house rules that no compiler knows: who may use whom, and what must not stand anywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Who may use whom. A package that is not named here may not exist before it is.
const ARROWS: [(&str, &[&str]); 9] = [
    ("keywright", &[]),
    ("keywright-facade", &["keywright"]),
    ("keywright-python", &["keywright-facade"]),
    ("keywright-node", &["keywright-facade"]),
    ("keywright-csharp", &["keywright-facade"]),
    ("keywright-sandbox", &[]),
    ("keywright-tests", &["keywright", "keywright-sandbox"]),
    ("keywright-examples", &["keywright", "keywright-sandbox"]),
    ("xtask", &["keywright"]),
];

/// The one arrow that exists only behind a feature.
const OPTIONAL: (&str, &str) = ("keywright", "keywright-sandbox");

/// The rooms of the core, from the ground up. A room may use those of its own floor and below.
const FLOORS: [&[&str]; 6] = [
    &["model", "json", "runtime", "checks"],
    &["transport", "walk"],
    &["auth", "dialect", "limiter", "retry"],
    &["options", "pipeline"],
    &["client", "create"],
    &["sandbox", "lib"],
];

/// The one arrow up: what looks like a key is known from the dialects, so that a sixth service is data.
const UP: [(&str, &str); 1] = [("core/src/checks/mask/shapes.rs", "dialect")];

/// Files that may be longer than [`LONGEST`]: none, but those that are written by a program.
const LONG: [&str; 0] = [];
const LONGEST: usize = 500;

/// The only files that may import the HTTP client: the transport, and what measures against it.
const CLIENT: (&[&str], &[(&str, &str)]) = (&["core/src/transport/http.rs", "tests/src/bin/call_bench.rs"], &[("req", "west")]);
/// The only folders that may import what the client stands on: the transport, which judges its errors,
/// and the sandbox, which serves with it. The names are in two halves so that they do not stand in this file.
const STACK: (&[&str], &[(&str, &str)]) = (
    &["core/src/transport/", "sandbox/src/", "tests/src/bin/call_bench.rs"],
    &[("hyp", "er"), ("hyper", "_util"), ("tokio_", "rustls")],
);

/// What must stand in no file, in two halves so that it does not stand in this one.
const BANNED: [(&str, &str); 9] = [
    ("/wo", "rk/"),
    ("/tmp/", "kw"),
    ("/ho", "me/"),
    ("/ro", "ot/"),
    ("crates", ".io"),
    ("pypi", ".org"),
    ("npm", "js."),
    ("nuget", ".org"),
    ("proxy.golang", ".org"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

#[test]
fn packages_use_only_those_they_may() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(forbidden_arrows(&metadata), [""; 0]);
}

fn forbidden_arrows(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let Some((_, may)) = ARROWS.iter().find(|(other, _)| *other == name) else {
            found.push(format!("nobody said whom {name} may use"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let used = dependency["name"].as_str().expect("a name");
            let behind_a_feature = (name, used) == OPTIONAL && dependency["optional"] == true;
            if ours.contains(used) && !may.contains(&used) && !behind_a_feature {
                found.push(format!("{name} uses {used}"));
            }
        }
    }
    found
}

#[test]
fn a_forbidden_arrow_is_seen() {
    let package = |name: &str, uses: &str, optional: bool| serde_json::json!({ "name": name, "dependencies": [{ "name": uses, "optional": optional }] });
    let count = |packages: Value| forbidden_arrows(&serde_json::json!({ "packages": packages })).len();
    assert_eq!(
        count(serde_json::json!([package("keywright-sandbox", "keywright", false), package("keywright", "serde", false)])),
        1
    );
    assert_eq!(
        count(serde_json::json!([
            package("keywright", "keywright-sandbox", false),
            package("keywright-sandbox", "serde", false)
        ])),
        1
    );
    assert_eq!(
        count(serde_json::json!([package("keywright", "keywright-sandbox", true), package("keywright-sandbox", "serde", false)])),
        0
    );
    assert_eq!(count(serde_json::json!([package("stranger", "serde", false)])), 1);
}

#[test]
fn inside_the_core_arrows_point_down() {
    let sources: Vec<_> =
        files().into_iter().filter(|(path, _)| path.starts_with("core/src/") && path.ends_with(".rs")).collect();
    assert!(sources.len() > 80, "only {} files were found", sources.len());
    let found: BTreeSet<String> = sources.iter().flat_map(|(path, text)| arrows_up(path, text)).collect();
    assert_eq!(found, BTreeSet::new());
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// What a file of the core names that stands above it. Tests may use anything.
fn arrows_up(path: &str, text: &str) -> Vec<String> {
    let within = path.trim_start_matches("core/src/");
    let room = within.split(['/', '.']).next().unwrap_or_default();
    let Some(own) = floor(room) else { return vec![format!("{path}: nobody said on which floor `{room}` is")] };
    if within.split(['/', '.']).any(|part| part == "tests") {
        return Vec::new();
    }
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let named = lines.flat_map(|line| line.split("crate::").skip(1)).flat_map(|rest| {
        // One name, or several in braces.
        let names = if rest.starts_with('{') { usize::MAX } else { 1 };
        rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).take(names)
    });
    let rooms = named.filter(|room| floor(room).is_some_and(|other| other > own));
    rooms.filter(|used| !UP.contains(&(path, used))).map(|used| format!("{path} uses {used}")).collect()
}

#[test]
fn an_arrow_up_is_seen() {
    let up = |path: &str, text: &str| arrows_up(path, text).len();
    assert_eq!(up("core/src/model/key.rs", "use crate::pipeline::Call;"), 1);
    assert_eq!(up("core/src/model/key.rs", "/// [`crate::client::Client`]\nuse crate::json::Json;"), 0);
    assert_eq!(up("core/src/client/keys.rs", "use crate::pipeline::Call;\nuse crate::create::CreateTask;"), 0);
    assert_eq!(up("core/src/model/key.rs", "use crate::{json::Json, client::Client};"), 1);
    assert_eq!(up("core/src/attic/x.rs", ""), 1);
    assert_eq!(up("core/src/retry/date.rs", "#[cfg(test)]\nmod tests { use crate::client::Client; }"), 0);
}

/// Every text file of the repository that people write, with its path from the root.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(&root(), &root(), &mut found);
    assert!(found.len() > 100, "only {} files were found", found.len());
    found
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    const ASIDE: [&str; 6] = [".git", "target", "node_modules", "__pycache__", "Cargo.lock", "package-lock.json"];
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|name| ASIDE.iter().any(|aside| name == *aside)) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let place = path.strip_prefix(root).expect("inside").to_string_lossy().replace('\\', "/");
            found.push((place, text));
        }
    }
}

fn is_source(path: &str) -> bool {
    const ENDINGS: [&str; 10] = ["rs", "toml", "http", "py", "pyi", "js", "mjs", "cjs", "ts", "cs"];
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// Whether its first lines say that `cargo xtask gen` writes it; whether it does, `gen --check` tells.
fn is_generated(text: &str) -> bool {
    text.lines()
        .take(5)
        .any(|line| line.contains("`cargo xtask gen`") && (line.contains("Written by") || line.contains("writes this file")))
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<String> = files()
        .into_iter()
        .filter(|(path, text)| is_source(path) && !is_generated(text) && text.lines().count() > LONGEST)
        .filter(|(path, _)| !LONG.contains(&path.as_str()))
        .map(|(path, text)| format!("{path}: {} lines", text.lines().count()))
        .collect();
    assert_eq!(long, [""; 0]);
}

#[test]
fn only_the_transport_imports_the_http_stack() {
    let elsewhere: Vec<String> = files()
        .into_iter()
        .filter(|(path, text)| path.ends_with(".rs") && imports_http(path, text))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(elsewhere, [""; 0]);
}

#[test]
fn an_import_of_the_http_stack_is_seen() {
    for (places, crates) in [CLIENT, STACK] {
        for (first, second) in crates {
            let name = [*first, *second].concat();
            let seen = |text: &str| imports_http("core/src/client/mod.rs", text);
            assert!(seen(&format!("use {name}::Client;")) && seen(&format!("    let a = {name} ::get();")));
            assert!(!seen(&format!("// {name}::Client is elsewhere")) && !seen(&format!("{name} = \"0.13\"")));
            assert!(!imports_http(places[0], &format!("use {name}::Client;")));
        }
    }
    let client = CLIENT.1[0];
    assert!(imports_http("core/src/transport/classify.rs", &format!("use {}{}::Error;", client.0, client.1)));
}

/// Whether a file imports what it may not.
fn imports_http(path: &str, text: &str) -> bool {
    [CLIENT, STACK].iter().any(|(places, crates)| {
        !places.iter().any(|place| path.starts_with(place))
            && crates.iter().any(|(one, other)| imports(text, &[*one, *other].concat()))
    })
}

fn imports(text: &str, name: &str) -> bool {
    let mut code = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    code.any(|line| {
        line.match_indices(name)
            .any(|(at, _)| !line[..at].ends_with(is_name) && line[at + name.len()..].trim_start().starts_with("::"))
    })
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let mut found = Vec::new();
    for (path, text) in files() {
        for (one, other) in BANNED {
            let word = format!("{one}{other}");
            if text.contains(&word) {
                found.push(format!("{path}: {word}"));
            }
        }
    }
    assert_eq!(found, [""; 0]);
}

/// An entry point that is written outside the macro which guards it against panics.
fn unguarded(path: &str, text: &str) -> bool {
    let marks: &[&str] = match path {
        "bindings-python/src/guard.rs" | "bindings-node/src/guard.rs" => return false,
        path if path.starts_with("bindings-python/src/") => {
            &["#[pymethods", "#[pyfunction", "pyo3::pymethods", "pyo3::pyfunction"]
        }
        path if path.starts_with("bindings-node/src/") => &["#[napi", "napi_derive::napi"],
        _ => return false,
    };
    marks.iter().any(|mark| text.contains(mark))
}

#[test]
fn every_entry_point_is_guarded_against_panics() {
    let found: Vec<String> = files().into_iter().filter(|(path, text)| unguarded(path, text)).map(|(path, _)| path).collect();
    assert_eq!(found, [""; 0]);
    assert!(unguarded("bindings-python/src/new.rs", "#[pymethods]\nimpl X {}"));
    assert!(unguarded("bindings-node/src/new.rs", "#[napi]\npub fn x() {}"));
}

/// Compiles the file of the facade that judges how panics end.
fn compiled(panic: &str) -> (bool, String) {
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(compiler)
        .args(["--crate-type", "lib", "--edition", "2024", "--emit", "metadata", "-o", "-", "-C", &format!("panic={panic}")])
        .arg(root().join("core/facade/src/unwind.rs"))
        .output()
        .expect("rustc");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn the_bindings_are_not_built_where_panics_abort() {
    assert!(compiled("unwind").0);
    let (is_built, said) = compiled("abort");
    assert!(!is_built && said.contains("build the bindings with `panic = \"unwind\"`"), "{said}");
    let facade = fs::read_to_string(root().join("core/facade/src/lib.rs")).expect("the facade");
    assert!(facade.contains("\nmod unwind;\n"));
}
