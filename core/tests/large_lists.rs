//! What the answer of a list may cost, whatever it holds.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use keywright::testing::{ReplayTransport, Reply};
use keywright::{Client, ClientOptions, Error, ErrorKind, Outcome, PageRequest};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// So many bytes of memory for each byte of the body, at most, whatever it holds.
const FACTOR: usize = 20;
/// The most that a page of the shortest items takes, of which a hundred thousand are read.
const SHORTEST: usize = 64_000_000;
const BODY: usize = 8_000_000;

fn client(body: String) -> Client {
    let script = ReplayTransport::new().answer(Reply::json(200, body));
    let options = ClientOptions::new()
        .env::<&str, &str>([])
        .api_key("sk_live_CANARYCANARYCANARYCANARY")
        .base_url("https://api.example.test")
        .isolated_limits(true)
        .max_body(2 * BODY)
        .transport(Arc::new(script));
    Client::new("seclai", options).unwrap()
}

/// A page that is full of one text.
fn page_of(item: &str, count: usize) -> String {
    format!(r#"{{"data":[{}],"total":3}}"#, vec![item; count].join(","))
}

/// The most that a list held at one time, in bytes for each byte of its body, and how it ended.
async fn cost(item: &str, count: usize) -> (usize, Result<usize, Error>) {
    let body = page_of(item, count);
    let length = body.len();
    let client = client(body);
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let page = client.agents().list(PageRequest::new()).await;
    let peak = ALLOCATED.peak_usage() - before;
    println!("{count} of {item}: {} bytes for each of {length}", peak / length);
    (peak / length, page.map(|page| page.items.len()))
}

// One test, because the allocator counts for the whole process.
#[tokio::test]
async fn a_list_takes_memory_in_proportion_to_its_body_whatever_it_holds() {
    for item in ["{}", "1", r#""""#, "[]", r#"{"":0}"#, r#"{"id":1}"#] {
        let (factor, ended) = cost(item, BODY / (item.len() + 1)).await;
        let error = ended.unwrap_err();
        assert_eq!(
            (error.kind(), error.reason(), error.outcome()),
            (ErrorKind::Decode, Some("too_large"), Outcome::Applied),
            "{item}"
        );
        assert!(error.to_string().contains("page_size"), "{error}");
        assert!(factor <= FACTOR, "{item}: {factor}");
    }
    // The longest page that is read, of items of a usual size.
    let item = r#"{"id":"agent_0123456789","name":"A name of an agent","status":"active","created_at":"2026-01-01T00:00:00Z"}"#;
    let (factor, ended) = cost(item, 100_000).await;
    assert_eq!(ended.unwrap(), 1, "they are all the same");
    assert!(factor <= FACTOR, "{factor}");
    assert!(cost(item, 100_001).await.1.is_err());
    let client = client(page_of("{}", 100_000));
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let keys = client.keys().list(PageRequest::new()).await.unwrap();
    let peak = ALLOCATED.peak_usage() - before;
    println!("100000 keys of {{}}: {peak} bytes");
    assert_eq!(keys.items.len(), 100_000);
    assert!(peak <= SHORTEST, "{peak}");
}
