//! The client against a real server: nginx on this machine, in the shapes in which services stand
//! behind it.
//!
//! `cargo xtask test servers` unpacks nginx and runs this. It is the one place where real time
//! passes, because a real server has no clock that a test could move.

mod checks;
mod identity;
mod nginx;

use std::fmt::Write;
use std::path::Path;

pub use identity::Identity;
pub use nginx::{Logged, Nginx};

/// What one check comes to: a remark for the reader, or what is wrong.
pub type Outcome = Result<String, String>;

/// Runs every check with that nginx, in a folder of its own; the last line counts them.
pub async fn run(nginx: &Path, folder: &Path) -> Result<String, String> {
    let mut said = String::new();
    let (mut passed, mut failed) = (0, 0);
    for (name, outcome) in checks::all(nginx, folder).await {
        match outcome {
            Ok(remark) => {
                passed += 1;
                let _ = writeln!(said, "test servers {name} ... ok ({remark})");
            }
            Err(wrong) => {
                failed += 1;
                let _ = writeln!(said, "test servers {name} ... FAILED: {wrong}");
            }
        }
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    let _ = writeln!(said, "test result: {word}. {passed} passed; {failed} failed; 0 ignored");
    if failed == 0 && passed > 0 { Ok(said) } else { Err(said) }
}
