//! What holds client and sandbox to the same truth: wire examples, scenarios and their runners.
//!
//! Nothing here knows a service by itself. What is true stands in `wire/` and `scenarios/`, as data
//! that four languages and both sides of the wire can read; this crate only reads, drives and compares.

pub mod cases;
pub mod drive;
pub mod files;
pub mod http;
pub mod limiter_sim;
pub mod scenario;
pub mod scenario_runner;
pub mod servers;
pub mod soak;
pub mod vectors;
pub mod verify;
pub mod wire;
pub mod world;
