//! JSON from a service, read strictly and the same way in all languages (security B69).
//!
//! A member named twice is an error, because two readers would see two different answers. A byte
//! order mark is tolerated. Integers that a double cannot hold exactly become text.
//!
//! A body is scanned once: the marks that this leaves are what answers are read from, and a part
//! that is handed on is a piece of its text.
//!
//! That is done on the thread that drives every call, so it must be short: the number of values is
//! limited, and the time of the worst text is measured by `cargo test --release -p keywright --lib
//! json::cost -- --ignored --nocapture`: 10 ms for a MiB, and 80 ms for the 8 MiB that an answer may have.

#[cfg(test)]
mod cost;
mod node;
mod number;
mod partial;
mod scan;
#[cfg(test)]
mod tests;
mod text;

use serde_json::Value;

pub(crate) use node::{Document, Node};
pub(crate) use partial::{Partial, read_all as read_any_partial};
pub(crate) use scan::holds_too_many_values;
pub use text::Json;

/// A body that is not JSON as we accept it. Carries no text of the body or of the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson;

/// Decodes a whole body.
pub(crate) fn decode(body: &[u8]) -> Result<Value, NotJson> {
    Document::read(body).map(|document| document.root().value())
}
