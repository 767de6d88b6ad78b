//! G12 to G16: what an answer may do.

use std::time::Duration;

use keywright::testing::{Fault, Phase, Reached, ReplayTransport, Reply, TransportError};
use keywright::{CallOptions, Client, CreateKey, ErrorKind, Item, Outcome, Page, PageRequest, Result, Secret, Stop};

use crate::support::Bench;
use crate::{bench, json, shown, with};

/// Every kind of call that reads an answer, with what became of it.
async fn every_read(bench: &Bench) -> Vec<(&'static str, Option<keywright::Error>)> {
    let (client, keys) = (&bench.client, bench.client.keys());
    let query = keywright::CallsQuery::new();
    bench
        .run(async {
            vec![
                ("create", keys.create(CreateKey::new().name("ci")).await.err()),
                ("list", keys.list(PageRequest::new()).await.err()),
                ("get", keys.get("k1").await.err()),
                ("archive", keys.archive("k1").await.err()),
                ("calls", keys.calls("k1", query).await.err()),
                ("usage", keys.usage("k1", keywright::UsageQuery::new()).await.err()),
                ("agents", client.agents().list(PageRequest::new()).await.err()),
                ("item", client.agents().get("a").await.err()),
                ("json", client.get("/v1/me").await.and_then(|answer| answer.json::<serde_json::Value>()).err()),
            ]
        })
        .await
}

/// Head, body, encodings over real sockets: `sockets.rs`.
#[tokio::test]
async fn g12_a_body_longer_than_allowed_is_refused_on_every_path() {
    for (chunks, size) in [(1, 2_000), (200, 10)] {
        let body = "x".repeat(size);
        let answer =
            (0..chunks).fold(Reply::status(200).header("content-type", "application/json"), |reply, _| reply.chunk(body.clone()));
        let bench = with("seclai", ReplayTransport::new().endless(answer), |options| options.api_key("sk-x").max_body(1_000));
        for (call, error) in every_read(&bench).await {
            let error = error.unwrap_or_else(|| panic!("{call} has read it"));
            assert_eq!((error.kind(), error.reason()), (ErrorKind::Decode, Some("too_large")), "{call}");
        }
    }
}

#[tokio::test]
async fn g13_json_that_two_readers_could_read_differently_is_refused_on_every_path() {
    let deep = format!(r#"{{"id":"1","x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let deepest = format!(r#"{{"id":"1","x":{}"#, "[".repeat(1_000_000));
    let objects = format!(r#"{{"id":"1","x":{}"#, r#"{"a":"#.repeat(300_000));
    let list = r#"{"data":[],"data":[],"pagination":{"has_next":false}}"#.to_owned();
    let many = format!(r#"{{"id":"1","x":[1{}]}}"#, ",1".repeat(1 << 20));
    let bodies = [r#"{"id":"1","id":"2"}"#.to_owned(), r#"{"id":"1"} x"#.to_owned(), deep, deepest, objects, many, list];
    for body in bodies {
        for cut in [false, true] {
            let reply = json(200, &body);
            let lost = TransportError { fault: Fault::Truncated, phase: Phase::Body, reached: Reached::Head, reused: false };
            let reply = if cut { reply.cut(lost) } else { reply };
            let bench = with("seclai", ReplayTransport::new().endless(reply), |options| {
                options.api_key("sk-x").calls(CallOptions::new().max_attempts(1))
            });
            for (call, error) in every_read(&bench).await {
                let error = error.unwrap_or_else(|| panic!("{call} has read {}", &body[..40.min(body.len())]));
                assert_eq!(error.kind(), if cut { ErrorKind::Network } else { ErrorKind::Decode }, "{call}");
                assert!(call == "json" || error.outcome() == Outcome::Applied, "{call}: a 2xx head says that it was carried out");
            }
        }
    }
}

/// The rule for the answer that brings a new secret: `core/src/create/answer.rs`.
#[tokio::test]
async fn g13_of_a_new_secret_there_is_one_or_none() {
    let make = async |body: &str, cut: bool| {
        let lost = TransportError { fault: Fault::Reset, phase: Phase::Body, reached: Reached::Head, reused: false };
        let reply = if cut { json(201, body).cut(lost) } else { json(201, body) };
        let bench = bench(ReplayTransport::new().answer(reply));
        bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await
    };
    let good = r#""key":"sk-CANARY-good""#;
    for beside in [
        r#""id":null,"#,
        r#""id":"","#,
        r#""id":{},"#,
        r#""id":true,"#,
        r#""id":"1","id":"2","#,
        "",
        r#""id":1,"name":"\ud800","#,
        r#""id":1,"created_at":"soon","#,
        r#""id":1,"x":1,"x":2,"#,
        r#""id":1,"x":[}],"#,
        r#""id":1,"key":null,"#,
        r#""id":1,"key":7,"#,
        r#""id":1,"key":"sk-CANARY-good","#,
    ] {
        for cut in [false, true] {
            let made = make(&format!("{{{beside}{good}}}"), cut).await;
            let made = made.unwrap_or_else(|error| panic!("{beside}: {error}"));
            assert_eq!((made.secret.expose(), made.meta.partial), ("sk-CANARY-good", true), "{beside}");
        }
    }
    let long = "x".repeat(5_000);
    for (body, candidates) in [
        (format!(r#"{{"id":7,{good},"key":"sk-CANARY-other"}}"#), ["7"].as_slice()),
        (format!(r#"{{"id":7,{good}}} trailing"#), &["7"]),
        (format!(r#"{{"id":7,{good}}}{{"id":8,{good}}}"#), &["7"]),
        (format!(r#"{{"id":7,"key":"sk-{long}"}}"#), &["7"]),
        (r#"{"id":7,"key":""}"#.to_owned(), &["7"]),
        (r#"{"id":7,"key":"sk-CANARY"#.to_owned(), &["7"]),
        (r#"{"key":["sk-CANARY"],"id":1,"id":2}"#.to_owned(), &[]),
        ("[]".to_owned(), &[]),
    ] {
        for cut in [false, true] {
            let error = make(&body, cut).await.unwrap_err();
            assert_eq!(
                (error.outcome(), error.candidates()),
                (Outcome::Applied, candidates.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>().as_slice()),
                "{body}"
            );
            assert!(
                !shown(&error).contains("CANARY") && !shown(&error).contains("xxxx") && !error.to_string().contains("refused"),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn g14_a_create_is_never_sent_twice_and_no_wait_is_longer_than_allowed() {
    let heads = [(500, "0"), (502, "1"), (503, "9999999999999999999"), (408, "0"), (504, "Fri, 31 Dec 9999 23:59:59 GMT")];
    for (status, wait) in heads {
        let script =
            ReplayTransport::new().answer(Reply::status(status).header("retry-after", wait)).endless(json(200, r#"{"data":[]}"#));
        let bench = bench(script);
        let error = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err();
        assert_eq!((error.outcome(), error.stop()), (Outcome::Unknown, Some(Stop::UnknownOutcome)), "{status}");
        assert_eq!(error.attempts().len(), 1);
        assert!(bench.clock.elapsed() < Duration::from_secs(2));
    }
    let bench = bench(ReplayTransport::new().endless(Reply::status(429).header("retry-after", "86400")));
    let error = bench.run(bench.client.get("/v1/me").send()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(bench.clock.elapsed() < Duration::from_secs(121), "{:?}", bench.clock.elapsed());
}

/// Steps are counted by the clock of the test process alone where they would be far beyond any
/// limit: each of these took seconds or hours for a product of two lengths.
#[tokio::test]
async fn g15_no_work_grows_with_the_length_of_a_secret_times_the_number_of_texts() {
    let texts: Vec<String> = (0..20_000).map(|n| format!("\"text {n} aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")).collect();
    let texts = texts.join(",");
    // Refused, because it is longer than any key.
    let body = format!(r#"{{"id":7,"key":"{}","x":[{texts}]}}"#, "a".repeat(3 << 20));
    let bench1 = bench(ReplayTransport::new().answer(json(201, &body)));
    let error = bench1.run(bench1.client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Applied));
    // Taken, and searched for in each text once.
    let secret = format!("{}b", "a".repeat(4_000));
    let body = format!(r#"{{"id":7,"name":"ci","key":"{secret}","x":[{texts}]}}"#);
    let bench2 = bench(ReplayTransport::new().answer(json(201, &body)));
    assert_eq!(bench2.run(bench2.client.keys().create(CreateKey::new().name("ci"))).await.unwrap().secret.expose(), secret);
    // A token longer than any header is none.
    let login = format!(r#"{{"access":"{}","refresh":"r"}}"#, "t".repeat(40_000));
    let bench3 = with("segops", ReplayTransport::new().endless(json(200, &login)), |options| {
        options.management(keywright::Management::login("a@b.test", "password")).account(keywright::Account::id("acme"))
    });
    let error = bench3.run(bench3.client.keys().delete("1")).await.unwrap_err();
    assert_eq!((error.kind(), bench3.wire.sent().len()), (ErrorKind::Decode, 0), "{error}");
    // Many fields, each with many messages: an error stays small.
    let fields: Vec<String> =
        (0..2_000).map(|n| format!(r#""f{n}":[{}]"#, vec![format!("\"{}\"", "m".repeat(90)); 20].join(","))).collect();
    let bench4 = with("segops", ReplayTransport::new().endless(json(400, &format!("{{{}}}", fields.join(",")))), |options| {
        options.api_key("sk_x")
    });
    let error = bench4.run(bench4.client.segments().list(PageRequest::new())).await.unwrap_err();
    assert!(error.fields().len() <= 100 && shown(&error).len() < 4 << 20, "{}", error.fields().len());
    let bench5 = bench(ReplayTransport::new().endless(json(400, &format!(r#"{{"detail":"{}"}}"#, "word ".repeat(1 << 20)))));
    assert!(bench5.run(bench5.client.get("/v1/me").send()).await.unwrap_err().to_string().len() < 3_000);
}

#[tokio::test]
async fn g15_times_without_end_do_not_overflow() {
    let forever = || CallOptions::new().timeout(Duration::MAX).attempt_timeout(Duration::MAX).read_timeout(Duration::MAX);
    let list = r#"{"data":[],"pagination":{"has_next":false}}"#;
    let lost = TransportError { fault: Fault::Reset, phase: Phase::Send, reached: Reached::Request, reused: false };
    let script = ReplayTransport::new()
        .fail(lost)
        .answer(json(200, list))
        .answer(json(200, list))
        .endless(json(200, r#"{"run_id":"r","status":"completed"}"#));
    let bench = with("seclai", script, |options| options.api_key("sk-x").calls(forever()).connect_timeout(Duration::MAX));
    bench.clock.advance(Duration::from_secs(1));
    let client: Client = bench.client.options(forever()).unwrap();
    assert_eq!(bench.run(client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err().outcome(), Outcome::Unknown);
    assert!(bench.run(client.runs().wait("r")).await.is_ok());
    let page: Result<Page<Item>> = bench.run(client.agents().list(PageRequest::new())).await;
    assert_eq!(page.unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn g15_a_password_longer_than_any_is_refused() {
    let options = keywright::ClientOptions::new().env::<&str, &str>([]);
    let options = options.management(keywright::Management::login("a@b.test", Secret::new("x".repeat(3 << 20))));
    assert_eq!(Client::new("segops", options).unwrap_err().field(), Some("management"));
}

/// The lints themselves run in `cargo xtask check`.
#[test]
fn g16_unsafe_code_panics_and_unwraps_are_refused_by_the_compiler() {
    let workspace = include_str!("../../../Cargo.toml");
    for lint in ["unsafe_code = \"forbid\"", "unwrap_used = \"deny\"", "panic = \"deny\""] {
        assert!(workspace.contains(lint), "{lint}");
    }
    assert!(include_str!("../../Cargo.toml").contains("[lints]\nworkspace = true"));
}
