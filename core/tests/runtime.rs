//! What a call needs around it: a tokio runtime with timers and io. Where something is missing, an
//! error says so before anything is sent, and nothing panics.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use keywright::{Client, ClientOptions, CreateKey, ErrorKind, Outcome, PageRequest, Result};
use tokio::runtime::{Builder, Runtime};

fn client() -> Client {
    // Nobody listens there, and nobody is asked.
    let options = ClientOptions::new().api_key("sk-0123456789abcdef0123456789abcdef").base_url("http://127.0.0.1:9");
    Client::new("seclai", options).unwrap()
}

/// Runs a call that must end at once, on no runtime.
fn at_once<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(ended) => ended,
        Poll::Pending => panic!("it waits for something"),
    }
}

fn assert_refused<T>(ended: Result<T>, words: &str) {
    let error = ended.err().expect("a failure");
    assert_eq!((error.kind(), error.outcome(), error.field()), (ErrorKind::Config, Outcome::NotSent, Some("client")));
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn without_a_runtime_every_call_is_refused() {
    let client = client();
    assert_refused(at_once(client.agents().list(PageRequest::new())), "outside an async runtime");
    assert_refused(at_once(client.get("/agents").send()), "outside an async runtime");
    assert_refused(at_once(client.keys().create(CreateKey::new().name("ci"))), "outside an async runtime");
    assert_refused(at_once(client.runs().stream("ag", &serde_json::json!({ "input": "hello" }))), "outside an async runtime");
}

#[test]
fn a_runtime_without_timers_or_io_is_refused_by_what_it_lacks() {
    let bare: fn() -> Runtime = || Builder::new_current_thread().build().unwrap();
    let timers_only = || Builder::new_current_thread().enable_time().build().unwrap();
    let io_only = || Builder::new_current_thread().enable_io().build().unwrap();
    for (runtime, words) in [(bare(), "without timers"), (timers_only(), "without io"), (io_only(), "without timers")] {
        assert_refused(runtime.block_on(client().agents().list(PageRequest::new())), words);
        assert_refused(runtime.block_on(client().keys().create(CreateKey::new().name("ci"))), words);
    }
}

#[test]
fn a_runtime_with_both_is_used_and_another_is_asked_anew() {
    let client = client();
    let whole = Builder::new_current_thread().enable_all().build().unwrap();
    let error = whole.block_on(client.agents().list(PageRequest::new())).unwrap_err();
    assert_eq!((error.kind(), error.reason()), (ErrorKind::Network, Some("connect")));
    drop(whole);
    let bare = Builder::new_current_thread().build().unwrap();
    assert_refused(bare.block_on(client.agents().list(PageRequest::new())), "without timers");
}

#[cfg(feature = "blocking")]
#[test]
fn a_blocking_client_may_be_dropped_anywhere() {
    let whole = Builder::new_current_thread().enable_all().build().unwrap();
    whole.block_on(async {
        let options = ClientOptions::new().api_key("sk-0123456789abcdef0123456789abcdef").base_url("http://127.0.0.1:9");
        let blocking = keywright::blocking::Client::new("seclai", options).unwrap();
        assert_refused(blocking.send(blocking.request(http::Method::GET, "/agents")), "inside an async runtime");
        drop(blocking);
    });
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let options = ClientOptions::new().api_key("sk-0123456789abcdef0123456789abcdef").base_url("http://127.0.0.1:9");
        drop(keywright::blocking::Client::new("seclai", options).unwrap());
    });
}

/// What the documentation says of a runtime that ends under creates: nobody is told of what was made.
#[cfg(feature = "sandbox")]
#[test]
fn a_runtime_that_ends_under_creates_leaves_keys_that_nobody_is_told_of() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use keywright::sandbox::Sandbox;

    const CREATES: usize = 100;
    let sandbox = Sandbox::start().unwrap();
    let received = Arc::new(AtomicUsize::new(0));
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let client = Client::new("seclai", sandbox.seclai()).unwrap();
    for number in 0..CREATES {
        let (client, received) = (client.clone(), Arc::clone(&received));
        runtime.spawn(async move {
            client.keys().create(CreateKey::new().name(format!("made {number}"))).await.unwrap();
            received.fetch_add(1, Ordering::SeqCst);
        });
    }
    while sandbox.journal().len() < CREATES / 2 {
        std::thread::yield_now();
    }
    runtime.shutdown_background();
    let (carried_out, received) = (sandbox.journal().len(), received.load(Ordering::SeqCst));
    println!("of {CREATES} creates {carried_out} were carried out and {received} received");
    assert!(received <= carried_out && carried_out <= CREATES);
    assert!(carried_out >= CREATES / 2);
}

/// Nobody answers any more, and the waits between the tries end all the same.
#[cfg(feature = "sandbox")]
#[tokio::test]
async fn a_call_made_after_its_sandbox_has_closed_fails() {
    let sandbox = keywright::sandbox::Sandbox::start().unwrap();
    let client = Client::new("seclai", sandbox.seclai()).unwrap();
    client.agents().list(PageRequest::new()).await.unwrap();
    drop(sandbox);
    for _ in 0..2 {
        let error = client.agents().list(PageRequest::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network, "{error}");
        assert!(error.attempts().len() > 1, "{error}");
    }
}
