//! The conformance vectors of the groups B, C, E and G, played by the Rust client.

use std::process::ExitCode;

use keywright_tests::cases::{self, Case};
use keywright_tests::vectors::{self, played};

fn main() -> ExitCode {
    let groups = ["B", "C", "E", "G"].into_iter().map(vectors::read).collect::<Result<Vec<_>, _>>();
    let case = |case: vectors::Case| Case::new(format!("vector/{}", case.id), move || played(&case));
    cases::main(groups.map(|groups| groups.into_iter().flatten().map(case).collect()))
}
