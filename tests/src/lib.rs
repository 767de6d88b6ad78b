//! Tests of the whole: wire shapes, behaviour cases, scenarios, simulations.

pub mod lane_sim;
