//! HTTP/1.1 over loopback, as small as the tests need it, for both ends.
//!
//! Client and sandbox each have an HTTP stack of their own. What judges them must share neither,
//! so that a fault of a stack cannot hide itself.

mod client;
mod listener;
mod message;

pub use client::send;
pub use listener::Listener;
pub use message::{Answer, Call, path_and_query};
