//! The scenarios as JSON: what a language reads that has no TOML of its own.
//!
//! A list in the order of their places; each scenario as its file says it, with its `place` below
//! `tests/scenarios`. It is written anew whenever it is asked for: it can never be stale.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::root::Root;

const FOLDER: &str = "tests/scenarios";

/// Writes `scenarios.json` into the target folder and says where it lies.
///
/// # Errors
/// Names the file that cannot be read or written.
pub fn as_json(root: &Root) -> Result<PathBuf, String> {
    let mut all = Vec::new();
    for path in root.below(FOLDER, "toml")? {
        let mut scenario: Value = toml::from_str(&root.read(&path)?).map_err(|error| format!("{path}: {error}"))?;
        let place = path.strip_prefix(FOLDER).unwrap_or(&path).trim_start_matches('/');
        scenario["place"] = json!(place);
        all.push(scenario);
    }
    let file = root.target().join("scenarios.json");
    fs::create_dir_all(root.target()).map_err(|error| error.to_string())?;
    fs::write(&file, Value::Array(all).to_string()).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}
