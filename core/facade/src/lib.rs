//! The one surface that other languages see: owned types, no generics, no callbacks.
//!
//! `api` is what the bindings are generated from; nothing in it decides anything, every rule lives
//! in `keywright`. Beside it stands what all bindings need and none should write again: one io
//! thread per process ([`process`]), the requests that the core makes of its host ([`host`]), and
//! the exact text of an argument ([`text`]).
//!
//! The attributes for uniffi stand behind a feature: they are the description that
//! `cargo xtask gen` reads and the entry points of C#, and no other binding carries them.

#![cfg_attr(feature = "uniffi", allow(unsafe_code, reason = "the entry points that uniffi generates"))]

pub mod api;
pub mod bridge;
pub mod caller;
pub mod guard;
pub mod host;
pub mod process;
pub mod text;
mod unwind;

pub use api::*;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!("keywright");
