//! The wire examples: one request and its answer per file, matched on both sides.
//!
//! An example is a matcher, not bytes (`wire/README.md`): what it names must be there, further JSON
//! members must not, and order never matters.

mod compare;
mod events;
mod example;
mod parse;
mod rehearse;
mod sample;
mod template;

pub use compare::{answer_differs, request_differs, value_differs};
pub use events::Event;
pub use example::{Body, Drive, Example, First, Given, Request, Response};
pub use parse::parse;
pub use rehearse::{kept, rehearse, sample_world};
pub use sample::{Form, sample, sample_text, secret_form};
pub use template::{Names, fill, fill_text};

use std::path::Path;

use crate::files;

/// Reads every example of every service.
///
/// # Errors
/// Names the file and the line that cannot be read.
pub fn all() -> Result<Vec<Example>, String> {
    let folder = files::home().join("wire");
    files::below(&folder, "http")?.iter().map(|path| read(&folder, path)).collect()
}

/// Reads the example `file` (`assumed/login.http`) of `service`.
///
/// # Errors
/// Names the file and the line that cannot be read.
pub fn one(service: &str, file: &str) -> Result<Example, String> {
    let folder = files::home().join("wire");
    read(&folder, &folder.join(service).join(file))
}

fn read(folder: &Path, path: &Path) -> Result<Example, String> {
    let place = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let (service, file) = place.split_once('/').ok_or_else(|| format!("{place}: an example lies in its service's folder"))?;
    let text = std::fs::read_to_string(path).map_err(|error| format!("{place}: {error}"))?;
    parse(service, file, &text).map_err(|error| format!("{place}: {error}"))
}
