//! `cargo xtask bench`: measurements, one lane each.
//!
//! A lane stands here when it can be run, not before.

/// Runs the named lanes, or all.
pub fn run(lanes: &[&str]) -> Result<(), String> {
    match lanes {
        [] => {
            println!("no lane exists yet");
            Ok(())
        }
        [lane, ..] => Err(format!("there is no lane `{lane}`")),
    }
}
