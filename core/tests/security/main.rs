//! Attacks every line of SECURITY.md that promises something.
//!
//! The lines are numbered there, and each has at least one test here that is named after its number:
//! `g3_...` attacks G3. What a test of another file does better is called by its name in the comment.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod answers;
mod places;
mod secrets;
#[path = "../../src/transport/tests/server.rs"]
#[allow(dead_code, unreachable_pub, clippy::expect_used)]
mod server;
mod sockets;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use keywright::testing::{ReplayTransport, Reply};
use keywright::{ClientOptions, Error};

use support::Bench;

pub(crate) const KEY: &str = "sk_live_CANARY0123456789abcdef";

pub(crate) fn bench(script: ReplayTransport) -> Bench {
    Bench::new("seclai", 0.5, script, |options| options.api_key(KEY))
}

pub(crate) fn with(service: &str, script: ReplayTransport, change: impl FnOnce(ClientOptions) -> ClientOptions) -> Bench {
    Bench::new(service, 0.5, script, change)
}

pub(crate) fn json(status: u16, body: &str) -> Reply {
    Reply::json(status, body.to_owned())
}

/// Everything that an error shows.
pub(crate) fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?} {:?}", error.candidates(), error.fields());
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text
}

#[test]
fn every_line_that_promises_something_is_attacked() {
    let security = include_str!("../../../SECURITY.md");
    let here =
        [include_str!("secrets.rs"), include_str!("places.rs"), include_str!("answers.rs"), include_str!("sockets.rs")].concat();
    let numbers = |text: &str, before: &str| -> BTreeSet<u32> {
        let found = text.split(before).skip(1);
        found.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
    };
    let promised = numbers(security, "**G");
    assert!(promised.len() >= 14, "{promised:?}");
    assert_eq!(promised, numbers(&here, "fn g"), "a number in SECURITY.md and a test of that number");
    let guaranteed = security.split("## What is guaranteed").nth(1).unwrap().split("\n## ").next().unwrap();
    let bare: Vec<_> = guaranteed.lines().filter(|line| line.starts_with("- ") && !line.starts_with("- **G")).collect();
    assert_eq!(bare, [""; 0], "a promise without a number");
}
