//! What holds client and sandbox to the same truth: wire examples, scenarios and their runners.
//!
//! Nothing here knows a service by itself. What is true stands in `wire/` and `scenarios/`, as data
//! that four languages and both sides of the wire can read; this crate only reads, drives and compares.

pub mod cases;
pub mod drive;
pub mod files;
pub mod http;
pub mod judge;
pub mod limiter_sim;
pub mod play;
pub mod scenario;
pub mod servers;
pub mod soak;
pub mod vectors;
pub mod wire;
pub mod world;
