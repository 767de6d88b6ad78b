//! What a call costs while it waits for its turn.

#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::Arc;

use keywright::testing::{ReplayTransport, Reply};
use keywright::{CallOptions, Client, ClientOptions, Limit, PageRequest, Stop, Throttle};

const CALLS: u64 = 20_000;

/// Bytes of memory that this process has in use.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the process has a status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory is in it");
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).expect("a number of kilobytes") * 1024
}

#[tokio::test]
async fn a_call_that_waits_for_its_turn_takes_at_most_four_kilobytes() {
    let script = ReplayTransport::new().answer(Reply::status(429).header("retry-after", "60"));
    let options = ClientOptions::new()
        .env::<&str, &str>([])
        .api_key("sk_live_CANARYCANARYCANARYCANARY")
        .base_url("https://api.example.test")
        .private_lane(true)
        .transport(Arc::new(script));
    let client = Client::new("seclai", options).unwrap();
    let hasty = client.options(CallOptions::new().throttle(Throttle::Fail)).unwrap();
    let refused = hasty.agents().list(PageRequest::new()).await.unwrap_err();
    assert_eq!(refused.stop(), Some(Stop::ThrottleFail));
    let patient = client.options(CallOptions::new().total(Limit::Never)).unwrap();
    let before = resident();
    let calls: Vec<_> = (0..CALLS)
        .map(|_| {
            let client = patient.clone();
            tokio::spawn(async move { client.agents().list(PageRequest::new()).await.map(drop) })
        })
        .collect();
    let waiting = || client.throttle().lanes.values().map(|lane| lane.waiting as u64).sum::<u64>();
    for _ in 0..CALLS {
        support::settle().await;
        if waiting() == CALLS {
            break;
        }
    }
    assert_eq!(waiting(), CALLS);
    let each = resident().saturating_sub(before) / CALLS;
    println!("a waiting call: {each} bytes");
    calls.iter().for_each(tokio::task::JoinHandle::abort);
    assert!(each <= 4_096, "a waiting call takes {each} bytes");
}
