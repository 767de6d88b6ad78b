//! The pipeline on a scripted transport and a clock that stands still: order, counting, waiting.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use keywright::testing::{
    BadCertificate, BadProxy, BadTls, Connection, Fault, Phase, Reached, ReplayTransport, Reply, TransportError,
};
use keywright::{
    Account, CallOptions, ClientOptions, CreateKey, ErrorKind, KeyProvider, Limit, Management, Outcome, PageRequest, Secret,
    Stop, Throttle, TimeoutScope, UpdateKey,
};
use serde_json::json;

use support::Bench;

const KEY: &str = "sk_live_CANARYCANARYCANARYCANARY";

fn bench_with(service: &str, script: ReplayTransport, change: impl FnOnce(ClientOptions) -> ClientOptions) -> Bench {
    Bench::new(service, 0.999_999, script, change)
}

fn bench(service: &str, script: ReplayTransport) -> Bench {
    let key = if service == "itellico" { "sk-a1b2c3d4.xyzxyzxyzxyz" } else { KEY };
    bench_with(service, script, |options| options.api_key(key))
}

fn failure(fault: Fault, phase: Phase, reached: Reached) -> TransportError {
    TransportError { fault, phase, reached, reused: false }
}

fn agents() -> Reply {
    Reply::json(
        200,
        r#"{"data":[{"id":"a1","name":"A","status":"active","created_at":"2023-01-01T00:00:00.000Z"}],"pagination":{"has_next":false}}"#,
    )
}

#[tokio::test]
async fn a_safe_call_is_repeated_with_backoff_and_its_attempts_are_told() {
    let bench = bench("seclai", ReplayTransport::new().answer(Reply::status(503)).answer(Reply::status(503)).answer(agents()));
    let page = bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap();
    assert_eq!((page.items[0].id.as_str(), page.meta.attempts), ("a1", 3));
    let waited = bench.clock.elapsed();
    assert!(waited > Duration::from_millis(700) && waited <= Duration::from_millis(750), "{waited:?}");
}

#[tokio::test]
async fn a_create_whose_fate_is_unknown_is_never_sent_again() {
    for reply in [Reply::status(500), Reply::status(502), Reply::status(503)] {
        let bench = bench("seclai", ReplayTransport::new().answer(reply));
        let error = bench.run(bench.client.keys().create(CreateKey::new())).await.unwrap_err();
        assert_eq!((error.outcome(), error.stop()), (Outcome::Unknown, Some(Stop::UnknownOutcome)));
        assert_eq!(bench.sent().iter().filter(|path| path.starts_with("POST")).count(), 1);
    }
    let cut = failure(Fault::Reset, Phase::Send, Reached::Request);
    let bench = bench("seclai", ReplayTransport::new().fail(cut));
    let error = bench.run(bench.client.keys().create(CreateKey::new())).await.unwrap_err();
    assert_eq!((error.kind(), error.reason(), error.outcome()), (ErrorKind::Network, Some("reset"), Outcome::Unknown));
}

#[tokio::test]
async fn a_create_that_never_left_or_was_throttled_is_sent_again_on_a_fresh_connection() {
    let refused = failure(Fault::Connect, Phase::Connect, Reached::Nothing);
    let made =
        Reply::json(201, r#"{"id":"k1","name":null,"key":"sk-secretsecretsecret","created_at":"2023-01-01T00:00:00.000Z"}"#);
    let bench =
        bench("seclai", ReplayTransport::new().fail(refused).answer(Reply::status(429).header("retry-after", "1")).answer(made));
    let made = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap();
    assert_eq!((made.key.name.as_deref(), made.secret.expose(), made.meta.attempts), (Some("ci"), "sk-secretsecretsecret", 3));
    assert!(made.key.data.get("key").is_none());
    assert!(bench.wire.sent().iter().all(|sent| sent.connection == Connection::Fresh));
}

#[tokio::test]
async fn an_attempt_timeout_says_which_limit_ran_out() {
    let bench = bench("seclai", ReplayTransport::new().hang());
    let call = bench
        .client
        .post("/agents/a/runs")
        .json(&json!({"input": 1}))
        .options(CallOptions::new().attempt_timeout(Duration::from_secs(3)));
    let error = bench.run(call.send()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.timeout_scope(), error.outcome()),
        (ErrorKind::Timeout, Some(TimeoutScope::Attempt), Outcome::Unknown)
    );
    assert_eq!(bench.clock.elapsed(), Duration::from_secs(3));
}

#[tokio::test]
async fn a_limit_that_runs_out_before_the_connection_is_there_has_sent_nothing() {
    for (phase, reason) in
        [(Phase::Resolve, "resolve"), (Phase::Connect, "connect"), (Phase::Proxy, "proxy"), (Phase::Tls, "tls")]
    {
        let hang = |n: usize| (0..n).fold(ReplayTransport::new(), |script, _| script.hang_at(phase));
        let bench = bench("seclai", hang(4));
        let client = bench.client.options(CallOptions::new().attempt_timeout(Duration::from_secs(3))).unwrap();
        let error = bench.run(client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.reason(), error.timeout_scope(), error.outcome()),
            (ErrorKind::Timeout, Some(reason), Some(TimeoutScope::Attempt), Outcome::NotSent)
        );
        // What was never sent may be sent again, and nobody looks for what cannot be there.
        assert_eq!((error.stop(), error.attempts().len()), (Some(Stop::Attempts), 4));
        assert!(bench.sent().iter().all(|path| path.starts_with("POST")));
        assert!(error.attempts().iter().all(|attempt| attempt.phase == Some(phase.as_str())));
        assert!(!error.to_string().contains("may have been"), "{error}");

        let bench = self::bench("seclai", hang(1));
        let client = bench.client.options(CallOptions::new().timeout(Duration::from_secs(2))).unwrap();
        let error = bench.run(client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err();
        assert_eq!((error.timeout_scope(), error.outcome()), (Some(TimeoutScope::Call), Outcome::NotSent));
    }
}

#[tokio::test]
async fn what_cannot_mend_itself_is_not_tried_again() {
    let at = |fault, phase| failure(fault, phase, Reached::Nothing);
    for (error, reason) in [
        (at(Fault::Certificate(BadCertificate::Expired), Phase::Tls), "tls"),
        (at(Fault::Certificate(BadCertificate::UnknownIssuer), Phase::Tls), "tls"),
        (at(Fault::Tls(BadTls::Version), Phase::Tls), "tls"),
        (at(Fault::Tls(BadTls::Cipher), Phase::Tls), "tls"),
        (at(Fault::NoRoots, Phase::Tls), "tls"),
        (at(Fault::Proxy(BadProxy::Login), Phase::Proxy), "proxy"),
    ] {
        let bench = bench("seclai", ReplayTransport::new().fail(error).answer(agents()));
        let shown = bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap_err();
        assert_eq!(
            (shown.kind(), shown.reason(), shown.stop(), shown.outcome(), shown.attempts().len()),
            (ErrorKind::Network, Some(reason), Some(Stop::Fatal), Outcome::NotSent, 1),
            "{error:?}"
        );
    }
    for error in [
        at(Fault::Proxy(BadProxy::Refused), Phase::Proxy),
        at(Fault::Proxy(BadProxy::Unreachable), Phase::Proxy),
        at(Fault::Resources, Phase::Connect),
        at(Fault::Unanswered, Phase::Tls),
        at(Fault::Tls(BadTls::Broken), Phase::Tls),
    ] {
        let bench = bench("seclai", ReplayTransport::new().fail(error).answer(agents()));
        assert!(bench.run(bench.client.agents().list(PageRequest::new())).await.is_ok(), "{error:?}");
    }
}

#[tokio::test]
async fn calls_beyond_the_connections_wait_and_fail_only_at_their_deadline() {
    let script = (0..2).fold(ReplayTransport::new(), |script, _| script.hang());
    let bench = bench_with("seclai", script, |options| options.api_key(KEY).max_connections(2));
    let client = bench.client.options(CallOptions::new().attempt_timeout(Duration::from_secs(9)).max_attempts(1)).unwrap();
    let short = bench.client.options(CallOptions::new().timeout(Duration::from_secs(3)).max_attempts(1)).unwrap();
    let calls = async {
        let agents = client.agents();
        let beyond = short.keys();
        tokio::join!(agents.list(PageRequest::new()), agents.list(PageRequest::new()), beyond.create(CreateKey::new().name("ci")))
    };
    let (first, second, beyond) = bench.run(calls).await;
    assert_eq!(first.unwrap_err().timeout_scope(), Some(TimeoutScope::Attempt));
    assert_eq!(second.unwrap_err().timeout_scope(), Some(TimeoutScope::Attempt));
    let beyond = beyond.unwrap_err();
    assert_eq!(
        (beyond.kind(), beyond.reason(), beyond.outcome(), beyond.stop()),
        (ErrorKind::Timeout, Some("connections"), Outcome::NotSent, Some(Stop::Deadline))
    );
    assert!(beyond.attempts().is_empty() && beyond.to_string().contains("max_connections"), "{beyond}");
    assert_eq!(bench.sent().len(), 2);
}

#[tokio::test]
async fn whoever_reads_a_stream_can_make_calls_however_few_connections_there_are() {
    let head = || Reply::status(200).header("content-type", "text/event-stream").stall();
    let script = ReplayTransport::new().answer(head()).answer(agents()).answer(head());
    let bench = bench_with("seclai", script, |options| options.api_key(KEY).max_connections(1));
    let stream = bench.run(bench.client.runs().stream("a1", &json!({"input": 1}))).await.unwrap();
    assert!(bench.run(bench.client.agents().list(PageRequest::new())).await.is_ok());
    // Another stream waits for the first, and no longer than it may.
    let short = bench.client.options(CallOptions::new().timeout(Duration::from_secs(3))).unwrap();
    let error = bench.run(short.runs().stream("a1", &json!({"input": 1}))).await.unwrap_err();
    assert_eq!((error.reason(), error.outcome()), (Some("connections"), Outcome::NotSent));
    drop(stream);
    assert!(bench.run(short.runs().stream("a1", &json!({"input": 1}))).await.is_ok());
}

#[tokio::test]
async fn nothing_sleeps_in_order_to_fail() {
    let bench = bench("seclai", ReplayTransport::new().answer(Reply::status(429).header("retry-after", "30")));
    let client = bench.client.options(CallOptions::new().timeout(Duration::from_secs(10))).unwrap();
    let error = bench.run(client.agents().list(PageRequest::new())).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.stop(), error.retry_after()),
        (ErrorKind::RateLimited, Some(Stop::Deadline), Some(Duration::from_secs(30)))
    );
    assert_eq!(bench.clock.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_delete_that_finds_nothing_after_a_lost_answer_has_been_done() {
    let lost = failure(Fault::Timeout, Phase::Send, Reached::Request);
    let bench = bench("seclai", ReplayTransport::new().fail(lost).answer(Reply::json(404, r#"{"detail":"API key not found"}"#)));
    let done = bench.run(bench.client.keys().delete("k1")).await.unwrap();
    assert!(done.meta.ambiguous);
    let bench =
        bench_with("seclai", ReplayTransport::new().answer(Reply::json(404, r#"{"detail":"API key not found"}"#)), |options| {
            options.api_key(KEY)
        });
    let error = bench.run(bench.client.keys().delete("k1")).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, Some("API key not found")));
}

#[tokio::test]
async fn a_service_s_words_and_the_way_out_are_in_the_error_and_no_secret_is() {
    let body = r#"{"detail":"This API key has call history and cannot be deleted. Archive it instead."}"#;
    let bench = bench("seclai", ReplayTransport::new().answer(Reply::json(409, body)));
    let error = bench.run(bench.client.keys().delete("k1")).await.unwrap_err();
    assert_eq!(error.reason(), Some("key_has_history"));
    assert_eq!(error.message(), Some("This API key has call history and cannot be deleted. Archive it instead."));
    assert!(error.to_string().contains("keys.archive"), "{error}");
    let echo = format!(r#"{{"detail":"key {KEY} is bad"}}"#);
    let bench = bench_with("seclai", ReplayTransport::new().answer(Reply::json(400, echo)), |options| options.api_key(KEY));
    let error = bench.run(bench.client.get("/agents").send()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
}

#[tokio::test]
async fn what_is_said_about_single_fields_alone_is_in_the_sentence() {
    let body = r#"{"name":["Too long.","Not free."],"roles":["Unknown."],"a":["1"],"b":["2"]}"#;
    let bench = bench_with("segops", ReplayTransport::new().answer(Reply::json(400, body)), |options| options.api_key(KEY));
    let error = bench.run(bench.client.get("/v1/me").send()).await.unwrap_err();
    assert_eq!(error.fields().len(), 4);
    let said = "segops refused request: name: Too long., Not free.; roles: Unknown.; a: 1 (400)";
    assert_eq!((error.message(), error.to_string()), (None, said.to_owned()));
}

#[tokio::test]
async fn an_answer_that_cannot_be_decoded_was_received_all_the_same() {
    let answer = |body: &'static str| Reply::status(200).header("x-request-id", "req-1").chunk(body);
    let bench =
        bench_with("seclai", ReplayTransport::new().answer(answer("{")).answer(answer("[1]")), |options| options.api_key(KEY));
    for reason in ["json", "shape"] {
        let response = bench.run(bench.client.get("/agents").send()).await.unwrap();
        let error = response.json::<std::collections::BTreeMap<String, u8>>().unwrap_err();
        assert_eq!(
            (error.kind(), error.reason(), error.status(), error.outcome(), error.request_id()),
            (ErrorKind::Decode, Some(reason), Some(200), Outcome::Applied, Some("req-1"))
        );
        assert!(!error.to_string().contains("lost"), "{error}");
    }
    assert_eq!(keywright::decode_json(b"{").unwrap_err().outcome(), Outcome::Applied);
}

#[tokio::test]
async fn what_a_service_lacks_is_refused_before_any_request() {
    let bench = bench("seclai", ReplayTransport::new());
    let error = bench.run(bench.client.keys().update("k1", UpdateKey::new().name("x"))).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Unsupported, Outcome::NotSent));
    assert!(error.to_string().contains("create a new named key"), "{error}");
    assert!(bench.client.agents().delete("a").await.unwrap_err().to_string().contains("agents.list"));
    for id in ["", "..", "a/b", "%2e%2e", "a\n"] {
        assert_eq!(bench.run(bench.client.keys().get(id)).await.unwrap_err().field(), Some("id"), "{id:?}");
    }
    assert!(bench.wire.sent().is_empty());
}

#[tokio::test]
async fn a_provider_can_swap_the_key_and_a_refusal_asks_it_once_more() {
    let keys = Arc::new(std::sync::Mutex::new(vec!["sk-third000000000", "sk-second00000000", "sk-first000000000"]));
    let provider = KeyProvider::new(move || {
        let next = keys.lock().unwrap().pop().unwrap();
        async move { Ok(Secret::new(next)) }
    });
    let script = ReplayTransport::new().answer(Reply::status(401)).answer(agents()).answer(agents());
    let bench = bench_with("seclai", script, |options| options.key_provider(provider));
    bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap();
    bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap();
    let sent: Vec<_> =
        bench.wire.sent().iter().map(|sent| sent.request.headers["x-api-key"].to_str().unwrap().to_owned()).collect();
    assert_eq!(sent, ["sk-first000000000", "sk-second00000000", "sk-third000000000"]);
}

#[tokio::test]
async fn accounts_go_into_path_and_body() {
    let empty = || Reply::json(200, r#"{"count":0,"items":[]}"#);
    let bench = bench("itellico", ReplayTransport::new().answer(empty()).answer(empty()).answer(empty()).answer(empty()));
    let sub = bench.client.account(Account::id("acc 9")).unwrap();
    bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap();
    bench.run(bench.client.keys().list(PageRequest::new())).await.unwrap();
    bench.run(sub.agents().list(PageRequest::new().page_size(5))).await.unwrap();
    bench.run(sub.get("/agents").send()).await.unwrap();
    assert_eq!(
        bench.sent(),
        [
            "GET /v1/agents",
            "GET /v1/accounts/me/api-keys",
            "GET /v1/accounts/acc%209/agents?limit=5",
            "GET /v1/accounts/acc%209/agents"
        ]
    );
    assert_eq!(bench.client.account(Account::id("me")).unwrap_err().field(), Some("account"));
}

#[tokio::test]
async fn a_login_is_made_once_for_many_calls_and_the_tenant_goes_into_the_body() {
    let access = "e30.eyJpYXQiOjEsImV4cCI6MzYwMX0.s";
    let login = Reply::json(200, format!(r#"{{"access":"{access}","refresh":"r1"}}"#));
    let made = || Reply::json(201, r#"{"id":5,"name":"n","key":"sk_live_abcdefghijklmnopqrstuvwx"}"#);
    let script = ReplayTransport::new().answer(login).answer(made()).answer(made());
    let bench = bench_with("segops", script, |options| {
        options.management(Management::login("ops@acme.test", "CANARY-password")).account(Account::id("acme"))
    });
    let keys = bench.client.keys();
    let (a, b) =
        bench.run(async { tokio::join!(keys.create(CreateKey::new().name("n")), keys.create(CreateKey::new().name("n"))) }).await;
    assert_eq!(a.unwrap().key.id, "5");
    b.unwrap();
    assert_eq!(bench.sent(), ["POST /api/auth/token/", "POST /api/auth/api-keys/", "POST /api/auth/api-keys/"]);
    let body: serde_json::Value = serde_json::from_slice(bench.wire.sent()[1].request.body.as_ref().unwrap()).unwrap();
    assert_eq!(body, json!({"name": "n", "tenant_slug": "acme"}));
    assert_eq!(bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(!format!("{:?}", bench.client).contains("CANARY"));
}

#[tokio::test]
async fn a_managing_credential_that_is_missing_is_named() {
    let bench = bench("seenty", ReplayTransport::new());
    let error = bench.run(bench.client.keys().create(CreateKey::new().name("x"))).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("management")));
    assert!(error.to_string().contains("SEENTY_OWNER_TOKEN"), "{error}");
    assert!(bench.client.options(CallOptions::new().timeout(Limit::After(Duration::ZERO))).is_err());
}

#[tokio::test]
async fn metrics_count_calls_attempts_and_waits_without_ids_and_names() {
    let metrics = Arc::new(keywright::Metrics::new());
    let script = ReplayTransport::new()
        .answer(Reply::status(429).header("retry-after", "2"))
        .answer(Reply::status(503))
        .answer(Reply::status(204));
    let bench = bench_with("seclai", script, |options| options.api_key(KEY).observer(metrics.clone()));
    bench.run(bench.client.keys().delete("key_of_somebody")).await.unwrap();
    let text = metrics.render();
    for line in [
        "keywright_calls_total{service=\"seclai\",op=\"keys.delete\",result=\"ok\"} 1",
        "keywright_attempts_total{service=\"seclai\",outcome=\"4xx\"} 1",
        "keywright_throttled_total{service=\"seclai\"} 1",
        "keywright_inflight{service=\"seclai\"} 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(text.contains("keywright_queue_seconds_count{service=\"seclai\"}"), "{text}");
    assert!(!text.contains("somebody"));
}

#[tokio::test]
async fn the_throttle_is_seen_at_its_worst_and_tells_no_key() {
    let metrics = Arc::new(keywright::Metrics::new());
    let script = ReplayTransport::new()
        .answer(Reply::status(503).header("date", "Fri, 29 Sep 2023 16:27:07 GMT"))
        .answer(Reply::status(429).header("retry-after", "2"))
        .answer(Reply::status(429).header("retry-after", "40"));
    let bench = bench_with("seclai", script, |options| options.api_key(KEY).observer(metrics.clone()));
    assert_eq!((bench.client.throttle().budget_remaining, bench.client.throttle().limiters.len()), (100, 0));
    let impatient = bench.client.options(CallOptions::new().throttle(Throttle::Fail)).unwrap();
    let other = impatient.with_key("sk_live_OTHEROTHEROTHEROTHER").unwrap();
    for client in [impatient, other] {
        let error = bench.run(client.agents().list(PageRequest::new())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
    }
    let view = bench.client.throttle();
    let limiter = view.limiters["all"];
    assert_eq!((&*view.service, view.limiters.len(), view.budget_remaining), ("seclai", 1, 99));
    assert!(limiter.cool_down >= Duration::from_secs(40) && limiter.rate.is_some_and(|rate| rate <= 1.0), "{view:?}");
    assert_eq!(view.clock_skew().as_secs(), 30, "{view:?}");

    let text = metrics.render_with(&[view]);
    for family in ["limiter_rate", "limiter_cooldown_seconds", "budget_remaining", "clock_skew_seconds", "calls_total"] {
        assert!(text.contains(&format!("# TYPE keywright_{family} ")), "{family} is not in\n{text}");
    }
    assert!(text.contains("keywright_limiter_cooldown_seconds{service=\"seclai\",bucket=\"all\"} 40."), "{text}");
    assert!(!text.contains("CANARY") && !text.contains("OTHER"), "{text}");
    bench.clock.advance(Duration::from_secs(60));
    let calm = bench.client.throttle();
    assert_eq!((calm.limiters["all"].cool_down, calm.limiters["all"].rate), (Duration::ZERO, None));
}

#[tokio::test]
async fn a_provider_that_never_answers_ends_with_the_call_s_time() {
    let provider = KeyProvider::new(std::future::pending);
    let bench = bench_with("seclai", ReplayTransport::new(), |options| options.key_provider(provider));
    let error = bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.timeout_scope(), error.outcome()),
        (ErrorKind::Timeout, Some(TimeoutScope::Call), Outcome::NotSent)
    );
    assert_eq!(bench.clock.elapsed(), Duration::from_secs(120));
}

#[tokio::test]
async fn what_a_provider_failed_with_is_the_source_itself() {
    let provider = KeyProvider::new(async || Err(std::io::Error::other("no vault").into()));
    let bench = bench_with("seclai", ReplayTransport::new(), |options| options.key_provider(provider));
    let error = bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap_err();
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<std::io::Error>());
    assert_eq!((error.field(), source.unwrap().to_string().as_str()), (Some("api_key"), "no vault"));
}

#[tokio::test]
async fn a_header_that_carries_a_credential_cannot_be_set() {
    let bench = bench("seclai", ReplayTransport::new());
    for name in ["X-API-Key", "authorization", "Cookie", "Host"] {
        let error = bench.run(bench.client.get("/agents").header(name, "x").send()).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("headers")), "{name}");
    }
}

#[tokio::test]
async fn a_success_that_calls_itself_a_page_is_not_read() {
    let body = r#"{"data":[],"pagination":{"has_next":false}}"#;
    for (kind, read) in [
        ("text/html; charset=utf-8", false),
        ("text/plain", false),
        ("application/json; charset=latin1", true),
        ("application/vnd.api+json", true),
        ("Application/JSON", true),
        ("", true),
    ] {
        let bench = bench("seclai", ReplayTransport::new().answer(Reply::status(200).header("content-type", kind).chunk(body)));
        let list = bench.run(bench.client.agents().list(PageRequest::new())).await;
        assert_eq!(
            list.as_ref().err().map(|error| (error.kind(), error.reason())),
            (!read).then_some((ErrorKind::Decode, Some("json"))),
            "{kind}"
        );
    }
}
