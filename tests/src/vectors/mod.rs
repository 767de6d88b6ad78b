//! Conformance vectors: cases of one call's behaviour as data, and what runs them.
//!
//! A case says what the service does to each request and what the caller, the wire and the service
//! must then show. It runs against the in-process sandbox on
//! the clock that both sides share; failures that no loopback server can make are made by the
//! transport in front of it.

mod calls;
mod case;
mod fault_setup;
mod fault_transport;
mod harness;
mod recording_observer;
mod runner;
mod verify;

pub use case::{Case, read};
pub use fault_transport::FaultTransport;
pub use runner::played;
