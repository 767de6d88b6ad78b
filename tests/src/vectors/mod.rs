//! Conformance vectors: cases of one call's behaviour as data, and what runs them.
//!
//! A case says what the service does to each request and what the caller, the wire and the service
//! must then show (`behaviour.md`, "Conformance cases"). It runs against the in-process sandbox on
//! the clock that both sides share; failures that no loopback server can make are made by the
//! transport in front of it.

mod bench;
mod calls;
mod case;
mod judge;
mod play;
mod scene;
mod tap;
mod witness;

pub use case::{Case, read};
pub use play::played;
pub use tap::Tap;
