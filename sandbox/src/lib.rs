//! Five API-key services on this machine: their rules, a virtual clock, faults and a journal.

mod ctx;
mod rules;
mod service;
mod services;
mod store;
mod time;

pub use rules::{Rule, rules};
pub use service::Variant;
