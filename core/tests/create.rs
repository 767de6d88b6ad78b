//! Lost answers of create and rotate (group G): the secret arrives, or the caller learns what may
//! exist, and no key but our own is ever touched.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use keywright::testing::{Fault, Phase, Reached, ReplayTransport, Reply, TransportError};
use keywright::{
    Client, ClientOptions, CreateKey, Deliver, Delivery, ErrorKind, EventName, KeyMember, Management, OnCancel, Outcome,
    PageRequest, Recover,
};

use support::{Bench, settle};

const LOST: TransportError = TransportError { fault: Fault::Reset, phase: Phase::Send, reached: Reached::Request, reused: false };
const CUT: TransportError = TransportError { fault: Fault::Truncated, phase: Phase::Body, reached: Reached::Head, reused: false };

fn bench(service: &str, script: ReplayTransport) -> Bench {
    Bench::new(service, 0.5, script, |options| match service {
        "seenty" => options.management(Management::token("owner-token-owner-token")),
        "itellico" => options.api_key("sk-a1b2c3d4.xyzxyzxyz"),
        _ => options.api_key("ai_0123456789abcdef0123456789"),
    })
}

fn key(id: &str, name: &str) -> String {
    format!(r#"{{"id":"{id}","name":"{name}","created_at":"2023-09-29T16:26:37.000Z","last_used_at":null}}"#)
}

fn seclai_list(keys: &[String]) -> Reply {
    Reply::json(200, format!(r#"{{"data":[{}],"pagination":{{"has_next":false}}}}"#, keys.join(",")))
}

fn sidclaw_list(keys: &[String]) -> Reply {
    Reply::json(200, format!(r#"{{"data":[{}]}}"#, keys.join(",")))
}

#[tokio::test]
async fn a_lost_create_reports_the_one_key_that_it_may_be() {
    let used = r#"{"id":"used","name":"ci","created_at":"2023-09-29T16:26:37.000Z","last_used_at":"2023-09-29T16:26:37.000Z"}"#
        .to_owned();
    let old = r#"{"id":"old","name":"ci","created_at":"2023-09-29T16:26:01.000Z","last_used_at":null}"#.to_owned();
    let bench = bench(
        "seclai",
        ReplayTransport::new().fail(LOST).answer(seclai_list(&[key("mine", "ci"), used, old, key("other", "cd")])),
    );
    let error = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome(), error.candidates()),
        (ErrorKind::Network, Outcome::Unknown, &["mine".to_owned()][..])
    );
    assert_eq!(bench.sent(), ["POST /api-keys", "GET /api-keys"]);
    assert!(bench.has_seen(EventName::OutcomeUnknown) && error.remedy().unwrap().contains("retire the candidate"));
}

#[tokio::test]
async fn a_list_that_shows_nothing_is_asked_once_more_a_second_later() {
    let bench = bench("seclai", ReplayTransport::new().fail(LOST).answer(seclai_list(&[])).answer(seclai_list(&[])));
    let keys = bench.client.keys().delivery(Delivery::new().recover(Recover::Replace));
    let error = bench.run(keys.create(CreateKey::new().name("ci"))).await.unwrap_err();
    assert_eq!((error.outcome(), error.candidates().len(), error.nonce()), (Outcome::Unknown, 0, Some("kw-800000")));
    assert_eq!(bench.sent(), ["POST /api-keys", "GET /api-keys", "GET /api-keys"]);
    assert_eq!(bench.clock.elapsed(), Duration::from_secs(1));
}

#[tokio::test]
async fn recover_rotate_gives_the_orphan_a_secret_that_arrives() {
    let rotated = Reply::json(200, r#"{"data":{"id":"key_1","key":"ai_new_secret_new_secret","prefix":"ai_new_"}}"#);
    let list = sidclaw_list(&[key("key_1", "sdk kw-800000"), key("key_2", "sdk")]);
    let bench = bench("sidclaw", ReplayTransport::new().fail(LOST).answer(list).answer(rotated));
    let keys = bench.client.keys().delivery(Delivery::new().recover(Recover::Rotate));
    let made = bench.run(keys.create(CreateKey::new().name("sdk"))).await.unwrap();
    assert_eq!(
        (made.key.id.as_str(), made.key.name.as_deref(), made.secret.expose()),
        ("key_1", Some("sdk kw-800000"), "ai_new_secret_new_secret")
    );
    assert_eq!(bench.sent(), ["POST /api/v1/api-keys", "GET /api/v1/api-keys", "POST /api/v1/api-keys/key_1/rotate"]);
}

#[tokio::test]
async fn recover_replace_removes_only_the_key_with_our_mark() {
    let made =
        Reply::json(201, r#"{"id":"new","name":"ci kw-800000","key":"sk-new-secret","created_at":"2023-09-29T16:26:37.000Z"}"#);
    let list = seclai_list(&[key("theirs", "ci"), key("ours", "ci kw-800000")]);
    let bench = bench("seclai", ReplayTransport::new().fail(LOST).answer(list).answer(Reply::status(204)).answer(made));
    let keys = bench.client.keys().delivery(Delivery::new().recover(Recover::Replace));
    let made = bench.run(keys.create(CreateKey::new().name("ci"))).await.unwrap();
    assert_eq!(made.secret.expose(), "sk-new-secret");
    assert_eq!(bench.sent(), ["POST /api-keys", "GET /api-keys", "DELETE /api-keys/ours", "POST /api-keys"]);
}

#[tokio::test]
async fn two_keys_with_our_mark_prove_nothing_and_are_left_alone() {
    let list = || sidclaw_list(&[key("a", "sdk kw-800000"), key("b", "sdk kw-800000")]);
    let bench = bench("sidclaw", ReplayTransport::new().fail(LOST).answer(list()));
    let keys = bench.client.keys().delivery(Delivery::new().recover(Recover::Rotate));
    let error = bench.run(keys.create(CreateKey::new().name("sdk"))).await.unwrap_err();
    assert_eq!((error.candidates().len(), error.nonce()), (2, Some("kw-800000")));
}

#[tokio::test]
async fn a_secret_is_saved_from_a_body_that_was_cut_behind_it() {
    let whole = r#"{"id":"k1","name":"ci","key":"sk-saved-secret","created_at":"2023-09-29T16:26:37.000Z"}"#;
    let at = whole.find("secret\"").unwrap();
    let behind = Reply::json(201, &whole.as_bytes()[..at + 7]).cut(CUT);
    let bench = bench("seclai", ReplayTransport::new().answer(behind).answer(seclai_list(&[key("k1", "ci")])));
    let made = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap();
    assert_eq!((made.secret.expose(), made.meta.partial, made.key.created_at.is_some()), ("sk-saved-secret", true, true));
    assert!(bench.has_seen(EventName::PartialAnswer));
    let inside = Reply::json(201, &whole.as_bytes()[..at + 3]).cut(CUT);
    let bench = self::bench("seclai", ReplayTransport::new().answer(inside).answer(seclai_list(&[key("k1", "ci")])));
    let error = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err();
    assert_eq!((error.outcome(), error.candidates().len()), (Outcome::Applied, 1));
    assert!(!format!("{error:?} {error}").contains("sk-sav"));
}

#[tokio::test]
async fn a_create_whose_caller_left_is_finished_and_its_key_discarded() {
    for (on_cancel, requests) in [(OnCancel::Discard, 2), (OnCancel::Keep, 1)] {
        let made =
            Reply::json(201, r#"{"id":"k1","name":null,"key":"sk-nobody-has-this","created_at":"2023-09-29T16:26:37.000Z"}"#);
        let bench = bench("seclai", ReplayTransport::new().answer(made).answer(Reply::status(204)));
        let keys = bench.client.keys().delivery(Delivery::new().on_cancel(on_cancel));
        let mut call = Box::pin(keys.create(CreateKey::new()));
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(call.as_mut().poll(cx).is_pending())).await);
        // The task runs up to the end of its request before the caller looks again.
        settle().await;
        drop(call);
        settle().await;
        assert_eq!(bench.sent().len(), requests, "{:?}", bench.sent());
        assert!(bench.seen.0.lock().unwrap().contains(&(EventName::OrphanKey, Some("k1".to_owned()))));
    }
}

#[tokio::test]
async fn a_create_that_is_left_while_it_waits_sends_nothing_more() {
    let bench = bench("seclai", ReplayTransport::new().answer(Reply::status(429).header("retry-after", "9")));
    let keys = bench.client.keys();
    let mut call = Box::pin(keys.create(CreateKey::new()));
    assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(call.as_mut().poll(cx).is_pending())).await);
    settle().await;
    drop(call);
    settle().await;
    bench.clock.advance(Duration::from_secs(60));
    settle().await;
    assert_eq!(bench.sent(), ["POST /api-keys"]);
}

#[tokio::test]
async fn a_secret_that_cannot_be_delivered_is_discarded_and_both_are_told() {
    let made = Reply::json(201, r#"{"id":"k1","name":null,"key":"sk-undelivered","created_at":"2023-09-29T16:26:37.000Z"}"#);
    let bench = bench("seclai", ReplayTransport::new().answer(made).answer(Reply::status(204)));
    let vault = Deliver::new(|_| async { Err("the vault is sealed".into()) });
    let error =
        bench.run(bench.client.keys().delivery(Delivery::new().deliver(vault)).create(CreateKey::new())).await.unwrap_err();
    assert_eq!((error.reason(), bench.sent().len()), (Some("not_delivered"), 2));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the vault is sealed");
    // Whether or not anybody gets the error.
    assert!(bench.has_seen(EventName::OrphanKey));
}

#[tokio::test]
async fn a_key_does_not_rotate_itself_unless_it_is_told_to() {
    let made = Reply::json(
        201,
        r#"{"data":{"id":"key_1","name":"a","key":"ai_own_secret_own_secret","created_at":"2023-09-29T16:26:37.000Z"}}"#,
    );
    let rotated = Reply::json(200, r#"{"data":{"id":"key_1","key":"ai_new_secret_new_secret","prefix":"ai_new_"}}"#);
    let bench = bench("sidclaw", ReplayTransport::new().answer(made).answer(rotated));
    let made = bench.run(bench.client.keys().create(CreateKey::new().name("a"))).await.unwrap();
    let own = bench.client.with_key(made.secret.clone()).unwrap();
    let error = bench.run(own.keys().rotate(&made.key.id)).await.unwrap_err();
    assert_eq!((error.kind(), error.field(), bench.sent().len()), (ErrorKind::Config, Some("id"), 1));
    let reply = bench.run(own.keys().delivery(Delivery::new().allow_self(true)).rotate(&made.key.id)).await.unwrap();
    assert_eq!(reply.secret.expose(), "ai_new_secret_new_secret");
}

#[tokio::test]
async fn a_lost_rotate_is_never_repeated_by_itself() {
    let bench = bench("sidclaw", ReplayTransport::new().fail(LOST));
    let error = bench.run(bench.client.keys().rotate("key_7")).await.unwrap_err();
    assert_eq!((error.outcome(), bench.sent().len()), (Outcome::Unknown, 1));
    assert!(error.remedy().unwrap().contains("rotate again"));
}

#[tokio::test]
async fn a_recovery_that_the_service_cannot_do_is_refused_before_any_request() {
    for (service, recover) in [("seclai", Recover::Rotate), ("segops", Recover::Replace)] {
        let bench = if service == "segops" {
            let options = ClientOptions::new().env::<&str, &str>([]).account(keywright::Account::id("acme"));
            let client = Client::new("segops", options.management(Management::login("a@b.test", "p"))).unwrap();
            Bench { client, ..bench("seclai", ReplayTransport::new()) }
        } else {
            bench(service, ReplayTransport::new())
        };
        let keys = bench.client.keys().delivery(Delivery::new().recover(recover));
        let error = bench.run(keys.create(CreateKey::new().name("x"))).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("recover")));
    }
}

#[tokio::test]
async fn a_secret_is_not_lost_because_something_beside_it_cannot_be_read() {
    let odd = r#"{"id":"k1","name":7,"key":"sk-saved-secret","created_at":"yesterday"}"#;
    let bench = bench("seclai", ReplayTransport::new().answer(Reply::json(201, odd)).answer(seclai_list(&[key("k1", "ci")])));
    let made = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap();
    assert_eq!((made.secret.expose(), made.key.name.as_deref(), made.meta.partial), ("sk-saved-secret", Some("ci"), true));
}

#[tokio::test]
async fn a_rotation_keeps_what_is_known_and_invents_nothing() {
    let rotated = || Reply::json(200, r#"{"data":{"id":"key_1","key":"ai_new_secret_new_secret","prefix":"ai_new_"}}"#);
    let list = r#"{"data":[{"id":"key_1","name":"sdk","scopes":["read"],"created_at":"2023-09-29T16:26:37.000Z"}]}"#;
    let bench = bench("sidclaw", ReplayTransport::new().answer(rotated()).answer(Reply::json(200, list)).answer(rotated()));
    let first = bench.run(bench.client.keys().rotate("key_1")).await.unwrap().into_inner().key;
    assert_eq!((first.name.as_deref(), first.display_name(), first.display_name_detail()), (None, "key_1", "key_1"));
    assert!(!first.told(KeyMember::Name) && !first.told(KeyMember::Scopes) && first.told(KeyMember::Prefix));
    bench.run(bench.client.keys().list(PageRequest::new())).await.unwrap();
    let second = bench.run(bench.client.keys().rotate("key_1")).await.unwrap().into_inner().key;
    assert_eq!((second.display_name(), &second.scopes[..]), ("sdk", &["read".to_owned()][..]));
    assert!(second.told(KeyMember::Name) && second.told(KeyMember::Scopes) && !second.told(KeyMember::ExpiresAt));
}
