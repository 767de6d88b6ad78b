//! Where the repository lies.
//!
//! Commands work from any folder, so every path is taken from here and never from the caller's.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
#[derive(Debug, Clone)]
pub struct Root(PathBuf);

impl Root {
    /// The repository that this command was built in.
    pub fn here() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self(own.parent().unwrap_or(own).to_owned())
    }

    /// A path in it.
    pub fn at(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    /// Where cargo puts what it builds.
    pub fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.at("target"), |folder| self.at("").join(folder))
    }

    /// Whether a path exists in it.
    pub fn has(&self, path: &str) -> bool {
        self.at(path).exists()
    }

    /// The text of a file in it.
    pub fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.at(path)).map_err(|error| format!("{path}: {error}"))
    }

    /// Every file below a folder whose name ends in `.extension`, sorted, as paths from the root.
    pub fn below(&self, folder: &str, extension: &str) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        self.walk(&self.at(folder), extension, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn walk(&self, folder: &Path, extension: &str, found: &mut Vec<String>) -> Result<(), String> {
        let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                self.walk(&path, extension, found)?;
            } else if path.extension().is_some_and(|end| end == extension) {
                let relative = path.strip_prefix(&self.0).unwrap_or(&path);
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
        Ok(())
    }
}
