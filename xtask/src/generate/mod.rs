//! `cargo xtask gen`: files that are derived from others, one module each.
//!
//! A generator returns the whole text of its file and writes nothing, so writing and checking
//! cannot disagree.

mod capabilities;
mod citations;
mod coverage;
mod emit;
mod surface;
mod trials;

use std::fs;

use crate::root::Root;

/// A generated file and its text.
#[derive(Debug)]
pub struct Generated {
    /// Its path in the repository.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

fn all(root: &Root) -> Result<Vec<Generated>, String> {
    let surface = surface::read(root)?;
    let snapshot = serde_json::to_string_pretty(&surface).map_err(|error| error.to_string())?;
    let mut files = vec![Generated { path: "tests/surface.json".to_owned(), text: snapshot + "\n" }, coverage::file(root)?];
    files.extend(capabilities::file(root)?);
    for emit in [emit::python::files, emit::node::files, emit::csharp::files] {
        files.extend(emit(&surface)?);
    }
    Ok(files)
}

/// Writes every generated file.
pub fn write(root: &Root) -> Result<(), String> {
    for file in all(root)? {
        fs::write(root.at(&file.path), &file.text).map_err(|error| format!("{}: {error}", file.path))?;
        println!("{}", file.path);
    }
    Ok(())
}

/// Tells which generated files are stale.
pub fn check(root: &Root) -> Result<(), String> {
    let mut stale = Vec::new();
    for file in all(root)? {
        if root.read(&file.path).as_ref() != Ok(&file.text) {
            stale.push(file.path);
        }
    }
    if stale.is_empty() { Ok(()) } else { Err(format!("stale: {} (run `cargo xtask gen`)", stale.join(", "))) }
}
