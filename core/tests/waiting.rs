//! What a call costs while it waits for its turn.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use keywright::testing::{ReplayTransport, Reply};
use keywright::{CallOptions, Client, ClientOptions, Limit, PageRequest, Stop, Throttle};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const CALLS: usize = 20_000;
/// Bytes that one waiting call may take: its future, and whatever it keeps on the heap, its place in
/// the line included. A raw request is the plain case; a typed call keeps how to read its answer as
/// well, and a list how to ask for its next page.
const RAW: usize = 1_000;
const TYPED: usize = 1_150;
const LIST: usize = 1_350;

/// A client whose line has just been closed by a refusal.
async fn throttled() -> Client {
    let script = ReplayTransport::new().answer(Reply::status(429).header("retry-after", "60"));
    let options = ClientOptions::new()
        .env::<&str, &str>([])
        .api_key("sk_live_CANARYCANARYCANARYCANARY")
        .base_url("https://api.example.test")
        .isolated_limits(true)
        .transport(Arc::new(script));
    let client = Client::new("seclai", options).unwrap();
    let hasty = client.options(CallOptions::new().throttle(Throttle::Fail)).unwrap();
    let refused = hasty.agents().list(PageRequest::new()).await.unwrap_err();
    assert_eq!(refused.stop(), Some(Stop::ThrottleFail));
    client.options(CallOptions::new().timeout(Limit::Never)).unwrap()
}

/// Bytes that each of many calls holds while all of them wait.
fn each<F: Future>(client: &Client, call: impl Fn(Client) -> F) -> usize {
    let before = ALLOCATED.current_usage();
    let mut calls: Vec<Pin<Box<F>>> = (0..CALLS).map(|_| Box::pin(call(client.clone()))).collect();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(calls.iter_mut().all(|call| call.as_mut().poll(&mut cx).is_pending()));
    let waiting: usize = client.throttle().limiters.values().map(|limiter| limiter.waiting).sum();
    assert_eq!(waiting, CALLS);
    (ALLOCATED.current_usage() - before) / CALLS
}

// One test, because the allocator counts for the whole process.
#[tokio::test]
async fn a_call_that_waits_for_its_turn_takes_about_a_kilobyte() {
    let client = throttled().await;
    let found = [
        ("agents.list", LIST, each(&client, |client| async move { client.agents().list(PageRequest::new()).await.map(drop) })),
        ("keys.list", LIST, each(&client, |client| async move { client.keys().list(PageRequest::new()).await.map(drop) })),
        ("agents.get", TYPED, each(&client, |client| async move { client.agents().get("a_1").await.map(drop) })),
        ("get", RAW, each(&client, |client| async move { client.get("/agents").await.map(drop) })),
    ];
    for (call, _, bytes) in found {
        println!("a waiting {call}: {bytes} bytes");
    }
    for (call, most, bytes) in found {
        assert!(bytes <= most, "a waiting {call} takes {bytes} bytes");
    }
}
