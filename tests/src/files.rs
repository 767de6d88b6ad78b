//! Where the data of this crate lies, and every file of one kind in it.
//!
//! A runner that finds no file would pass without testing anything, so an empty answer is an error.

use std::path::{Path, PathBuf};

/// The folder `tests/` of the repository.
#[must_use]
pub fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` whose name ends in `.extension`, sorted.
///
/// # Errors
/// When the folder cannot be read or holds no such file.
pub fn below(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    walk(folder, extension, &mut found)?;
    if found.is_empty() {
        return Err(format!("{} holds no .{extension} file", folder.display()));
    }
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            walk(&path, extension, found)?;
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    Ok(())
}
