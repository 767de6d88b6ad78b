//! The scenarios: behaviour written once as data, run by every language (`scenarios/README.md`).
//!
//! A runner only translates a step into a call of the public surface. What a step expects is
//! decided here, from JSON forms, so that no language can be judged more kindly than another.

mod expect;
mod file;
mod journal;
mod values;

pub use expect::differs;
pub use file::{Account, Count, Options, Scenario, Step, Took, World};
pub use journal::{count_differs, fits, journal_differs};
pub use values::Saved;

use crate::files;

/// Reads every scenario, with its path below `scenarios/`.
///
/// # Errors
/// Names the file that cannot be read.
pub fn all() -> Result<Vec<(String, Scenario)>, String> {
    let folder = files::home().join("scenarios");
    files::below(&folder, "toml")?
        .into_iter()
        .map(|path| {
            let place = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{place}: {error}"))?;
            let scenario = file::read(&text).map_err(|error| format!("{place}: {error}"))?;
            Ok((place, scenario))
        })
        .collect()
}
