//! JSON from a service, read strictly and the same way in all languages (security B69).
//!
//! A member named twice is an error, because two readers would see two different answers. A byte
//! order mark is tolerated. Integers that a double cannot hold exactly become text.
//!
//! A body is scanned once: the marks that this leaves are what answers are read from, and a part
//! that is handed on is a piece of its text.

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
pub use text::Json;

/// A body that is not JSON as we accept it. Carries no text of the body or of the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson;

/// Decodes a whole body.
pub(crate) fn decode(body: &[u8]) -> Result<Value, NotJson> {
    Document::read(body).map(|document| document.root().value())
}
