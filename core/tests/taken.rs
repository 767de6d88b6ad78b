//! A new key belongs to its caller only once the caller has taken it; what is dropped on the way is
//! discarded and told of, and what was stored is kept.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use keywright::testing::{ReplayTransport, Reply};
use keywright::{CreateKey, Deliver, Delivery, Event, EventName, KeyProvider, Observer, OnCancel};
use tokio::sync::Notify;

use support::{Bench, settle};

fn made() -> Reply {
    Reply::json(201, r#"{"id":"k1","name":null,"key":"sk-made-made-made","created_at":"2023-09-29T16:26:37.000Z"}"#)
}

fn bench(script: ReplayTransport) -> Bench {
    Bench::new("seclai", 0.5, script, |options| options.api_key("sk-0123456789abcdef0123456789"))
}

fn orphans(bench: &Bench) -> usize {
    let is_orphan = |seen: &&(EventName, Option<String>)| **seen == (EventName::OrphanKey, Some("k1".to_owned()));
    bench.seen.0.lock().unwrap().iter().filter(is_orphan).count()
}

#[tokio::test]
async fn a_result_that_is_dropped_untaken_is_discarded_or_kept_and_told_once() {
    for (on_cancel, requests) in [(OnCancel::Discard, 2), (OnCancel::Keep, 1)] {
        for elsewhere in [false, true] {
            let bench = bench(ReplayTransport::new().answer(made()).answer(Reply::status(204)));
            let keys = bench.client.keys().delivery(Delivery::new().on_cancel(on_cancel));
            let untaken = bench.run(keys.create_untaken(CreateKey::new())).await.unwrap();
            settle().await;
            assert_eq!((bench.sent().len(), orphans(&bench)), (1, 0), "nothing happens while it is held");
            // On a thread without a runtime too.
            if elsewhere {
                std::thread::spawn(move || drop(untaken)).join().unwrap()
            } else {
                drop(untaken)
            }
            settle().await;
            assert_eq!((bench.sent().len(), orphans(&bench)), (requests, 1));
        }
    }
}

#[tokio::test]
async fn a_result_that_is_taken_is_left_alone() {
    let bench = bench(ReplayTransport::new().answer(made()));
    let reply = bench.run(bench.client.keys().create_untaken(CreateKey::new())).await.unwrap().take();
    let (reply, receipt) = (reply.secret.expose().to_owned(), orphans(&bench));
    settle().await;
    assert_eq!((reply.as_str(), receipt, bench.sent().len()), ("sk-made-made-made", 0, 1));
}

#[tokio::test]
async fn a_caller_that_leaves_at_any_moment_leaves_no_key_unaccounted_for() {
    let mut ends = [0; 3];
    for moment in 0..100 {
        let bench = bench(ReplayTransport::new().answer(made()).answer(Reply::status(204)));
        let keys = bench.client.keys();
        let mut call = Box::pin(keys.create(CreateKey::new()));
        let mut is_received = false;
        for _ in 0..moment {
            is_received = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_ready())).await;
            if is_received {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        settle().await;
        match (is_received, bench.sent().len(), orphans(&bench)) {
            (false, 0, 0) => ends[0] += 1,
            (false, 2, 1) => ends[1] += 1,
            (true, 1, 0) => ends[2] += 1,
            other => panic!("at moment {moment}: {other:?}"),
        }
    }
    assert!(ends.iter().all(|count| *count > 0), "{ends:?}");
}

/// KEYWRIGHT_RACES says how many (500 unless given; 10,000 for the full count).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_are_aborted_while_they_end_leave_no_key_unaccounted_for() {
    let races = std::env::var("KEYWRIGHT_RACES").ok().and_then(|count| count.parse().ok()).unwrap_or(500);
    let mut received = 0;
    for race in 0..races {
        let bench = bench(ReplayTransport::new().answer(made()).answer(Reply::status(204)));
        let keys = bench.client.keys();
        let call = tokio::spawn(async move { keys.create(CreateKey::new()).await });
        for _ in 0..race % 40 {
            tokio::task::yield_now().await;
        }
        call.abort();
        let is_received = call.await.is_ok_and(|made| made.is_ok());
        received += usize::from(is_received);
        let is_settled =
            || matches!((is_received, bench.sent().len(), orphans(&bench)), (false, 0, 0) | (false, 2, 1) | (true, 1, 0));
        let mut turns = 0;
        while !is_settled() {
            turns += 1;
            assert!(turns < 1_000_000, "{is_received} {:?} {}", bench.sent(), orphans(&bench));
            tokio::task::yield_now().await;
        }
    }
    assert!(received < races);
}

#[tokio::test]
async fn a_rotated_key_is_told_and_never_discarded() {
    let rotated = Reply::json(200, r#"{"data":{"id":"k1","key":"ai_new_secret_new_secret","prefix":"ai_new_"}}"#);
    let bench = Bench::new("sidclaw", 0.5, ReplayTransport::new().answer(rotated), |options| {
        options.api_key("ai_0123456789abcdef0123456789")
    });
    drop(bench.run(bench.client.keys().rotate_untaken("k1")).await.unwrap());
    settle().await;
    assert_eq!((bench.sent().len(), orphans(&bench)), (1, 1));
}

/// A caller who leaves while its function stores the secret.
async fn left_while_storing(ends: Result<(), &'static str>) -> Bench {
    let bench = bench(ReplayTransport::new().answer(made()).answer(Reply::status(204)));
    let go_on = Arc::new(Notify::new());
    let waits = Arc::clone(&go_on);
    let vault = Deliver::new(move |_| {
        let waits = Arc::clone(&waits);
        async move {
            waits.notified().await;
            ends.map_err(Into::into)
        }
    });
    let keys = bench.client.keys().delivery(Delivery::new().deliver(vault));
    let mut call = Box::pin(keys.create(CreateKey::new()));
    assert!(poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await);
    settle().await;
    drop(call);
    settle().await;
    assert_eq!(bench.sent().len(), 1, "nothing is discarded while it may still be stored");
    go_on.notify_one();
    settle().await;
    bench
}

#[tokio::test]
async fn a_key_that_was_stored_after_its_caller_left_is_kept_and_told() {
    let bench = left_while_storing(Ok(())).await;
    assert_eq!((bench.sent().len(), orphans(&bench)), (1, 1));
}

#[tokio::test]
async fn a_key_that_could_not_be_stored_after_its_caller_left_is_discarded_and_told() {
    let bench = left_while_storing(Err("the vault is sealed")).await;
    assert_eq!((bench.sent().len(), orphans(&bench)), (2, 1));
}

#[tokio::test]
async fn a_key_that_was_stored_and_not_taken_is_kept_and_told() {
    let bench = bench(ReplayTransport::new().answer(made()));
    let keys = bench.client.keys().delivery(Delivery::new().deliver(Deliver::new(|_| async { Ok(()) })));
    drop(bench.run(keys.create_untaken(CreateKey::new())).await.unwrap());
    settle().await;
    assert_eq!((bench.sent().len(), orphans(&bench)), (1, 1));
}

#[tokio::test]
async fn a_panic_of_deliver_is_a_failed_delivery() {
    for at_once in [true, false] {
        let bench = bench(ReplayTransport::new().answer(made()).answer(Reply::status(204)));
        let vault = Deliver::new(move |_| {
            assert!(!at_once, "before its future");
            async { panic!("in its future") }
        });
        let keys = bench.client.keys().delivery(Delivery::new().deliver(vault));
        let error = bench.run(keys.create(CreateKey::new())).await.unwrap_err();
        assert_eq!((error.reason(), error.candidates(), bench.sent().len()), (Some("not_delivered"), &["k1".to_owned()][..], 2));
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("panicked"));
        assert!(!format!("{error:?}").contains("its future"));
    }
}

#[tokio::test]
async fn a_failed_delivery_that_could_not_be_discarded_is_told() {
    let bench = bench(ReplayTransport::new().answer(made()).answer(Reply::status(500)));
    let keys = bench.client.keys().delivery(Delivery::new().deliver(Deliver::new(|_| async { Err("sealed".into()) })));
    assert!(bench.run(keys.create(CreateKey::new())).await.is_err());
    assert_eq!(orphans(&bench), 1);
}

#[tokio::test]
async fn a_panic_of_a_provider_is_an_error() {
    for at_once in [true, false] {
        let provider = KeyProvider::new(move || {
            assert!(!at_once, "before its future");
            async { panic!("in its future") }
        });
        let bench = Bench::new("seclai", 0.5, ReplayTransport::new(), |options| options.key_provider(provider));
        let error = bench.run(bench.client.keys().get("k1")).await.unwrap_err();
        assert_eq!((error.field(), bench.sent().len()), (Some("api_key"), 0));
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("panicked"));
    }
}

#[tokio::test]
async fn a_panic_of_an_observer_ends_nothing() {
    #[derive(Debug, Default)]
    struct Clumsy(Mutex<usize>);
    impl Observer for Clumsy {
        fn event(&self, _: &Event) {
            *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
            panic!("on purpose");
        }
    }
    let clumsy = Arc::new(Clumsy::default());
    let observer = clumsy.clone();
    let bench = Bench::new("seclai", 0.5, ReplayTransport::new().answer(made()), move |options| {
        options.api_key("sk-0123456789abcdef0123456789").observer(observer)
    });
    let reply = bench.run(bench.client.keys().create(CreateKey::new())).await.unwrap();
    assert_eq!(reply.secret.expose(), "sk-made-made-made");
    assert!(*clumsy.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) > 1, "it is told of the next event all the same");
}
