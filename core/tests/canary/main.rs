//! No secret is ever shown: not by `Debug` or `Display`, not in errors and their causes, not in
//! events, logs or panics, whatever a service answers (security H124, H125, H128, H130).
//!
//! Every secret here holds the same mark, so that one search finds any of them in any spelling.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod listen;
#[path = "../support/mod.rs"]
mod support;

use std::error::Error as StdError;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use keywright::testing::{Fault, Phase, Reached, ReplayTransport, Reply, TransportError};
use keywright::{
    Account, Arguments, CallOptions, Client, ClientOptions, CreateKey, Deliver, Delivery, Dialect, Error, Event, KeyProvider,
    Management, ManualClock, Observer, PageRequest, Secret,
};
use serde_json::{Value, json};

use listen::{PANICKED, lines_logged, listen, logs_are_clean};

/// What every secret of this file holds, and nothing else does.
const MARK: &str = "CANARYX";
const KEY: &str = "sk_live_CANARYXkeykeykeykey01";
/// A key that no rule of shape can know: only that it is in use gives it away.
const PLAIN: &str = "plain/CANARYX+key=of~no-shape";
const PASSWORD: &str = "pass CANARYX word\"'<";
const ACCESS: &str = "e30.eyJpYXQiOjEsImV4cCI6MzYwMX0.CANARYXaccess";
const REFRESH: &str = "CANARYXrefresh-token";
const SESSION: &str = "CANARYXsession-cookie";
const CSRF: &str = "CANARYXcsrf-cookie";
/// What came with a login and is named by no dialect.
const IN_LOGIN: &str = "CANARYX/in the login";
const IN_COOKIE: &str = "CANARYXanother-cookie";
/// What a service gives out: one that looks like a key, one that does not.
const NEW: [&str; 2] = ["sk_live_CANARYXnewnewnewnew01", "CANARYX.new/secret"];

/// The mark as it is, in capitals or not, and as bytes that were printed.
fn shows_a_secret(text: &str) -> bool {
    let bytes = MARK.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    text.to_ascii_lowercase().contains(&MARK.to_ascii_lowercase()) || text.contains(&bytes)
}

#[track_caller]
fn clean(what: &str, text: &str) {
    let place = text.to_ascii_uppercase().find(MARK).unwrap_or_default();
    let around: String = text.chars().skip(place.saturating_sub(90)).take(180).collect();
    assert!(!shows_a_secret(text), "{what}: a secret is shown: ...{around}...");
}

#[track_caller]
fn clean_debug(what: &str, value: &dyn Debug) {
    clean(what, &format!("{value:?} {value:#?}"));
}

#[track_caller]
fn clean_error(what: &str, error: &Error) {
    clean_debug(what, error);
    let mut text = error.to_string();
    let mut cause: Option<&dyn StdError> = error.source();
    while let Some(error) = cause {
        write!(text, " {error} {error:?}").unwrap();
        cause = error.source();
    }
    clean(what, &text);
}

#[derive(Debug, Default)]
struct Events(Mutex<String>);

impl Observer for Events {
    fn event(&self, event: &Event) {
        write!(self.0.lock().unwrap(), "{event:?}").unwrap();
    }
}

struct Bench {
    clock: ManualClock,
    client: Client,
    wire: Arc<ReplayTransport>,
    events: Arc<Events>,
}

impl Bench {
    fn new(service: &str, script: ReplayTransport, change: impl FnOnce(ClientOptions) -> ClientOptions) -> Self {
        listen();
        let clock = ManualClock::at("2023-09-29T16:26:37Z".parse().unwrap());
        let (wire, events) = (Arc::new(script), Arc::new(Events::default()));
        let options = ClientOptions::new()
            .env::<&str, &str>([])
            .base_url("https://api.example.test")
            .clock(Arc::new(clock.clone()))
            .isolated_limits(true)
            .calls(CallOptions::new().max_attempts(2))
            .observer(events.clone())
            .transport(wire.clone());
        let options = change(options);
        clean_debug("ClientOptions", &options);
        let client = match service {
            "acme" => Client::with_dialect(Dialect::from_toml(include_str!("../../../examples/acme.toml")).unwrap(), options),
            _ => Client::new(service, options),
        };
        Self { clock, client: client.unwrap(), wire, events }
    }

    /// A client that holds the secret, as its service takes it.
    fn with(service: &str, secret: &str, answers: impl FnOnce(ReplayTransport) -> ReplayTransport) -> Self {
        let logs_in = [ACCESS, REFRESH, SESSION, CSRF, IN_LOGIN, IN_COOKIE].contains(&secret);
        let script = answers(if logs_in { logged_in() } else { ReplayTransport::new() });
        Self::new(service, script, |options| match service {
            "segops" if logs_in => options.management(Management::login("ops@acme.test", PASSWORD)).account(Account::id("acme")),
            _ if logs_in => options.management(Management::login("ops@acme.test", PASSWORD)),
            "seenty" => options.management(Management::token(secret)),
            _ => options.api_key(secret),
        })
    }

    /// Runs a call and moves the clock whenever nothing else moves.
    async fn run<T>(&self, call: impl Future<Output = T>) -> T {
        support::on(&self.clock, call).await
    }

    /// Calls what every service has and what only some have; the failures.
    async fn failures(&self) -> Vec<Error> {
        let (keys, agents) = (self.client.keys(), self.client.agents());
        let calls = async {
            [
                keys.create(CreateKey::new().name("ci")).await.err(),
                keys.delete("k1").await.err(),
                keys.list(PageRequest::new()).await.err(),
                agents.list(PageRequest::new()).await.err(),
                self.client.get("/v1/me").await.err(),
            ]
        };
        self.run(calls).await.into_iter().flatten().collect()
    }

    #[track_caller]
    fn everything_is_clean(&self, what: &str) {
        clean_debug(what, &(&self.client, self.client.describe(), &self.wire, self.wire.sent()));
        clean(what, &self.events.0.lock().unwrap());
    }
}

/// The answer to a login: in the body for one service, in cookies for the other.
fn logged_in() -> ReplayTransport {
    let cookie = |name: &str, value: &str| leak(format!("{name}={value}; Path=/; HttpOnly"));
    let user = json!({ "name": "ops", "legacyTokens": { "api_token": IN_LOGIN } });
    let answer = Reply::json(200, json!({ "access": ACCESS, "refresh": REFRESH, "user": user }).to_string());
    let answer = answer.header("set-cookie", cookie("session", SESSION)).header("set-cookie", cookie("csrf_token", CSRF));
    let answer = answer.header("set-cookie", cookie("remember", IN_COOKIE));
    ReplayTransport::new().answer(answer)
}

fn leak(text: String) -> &'static str {
    text.leak()
}

/// Each way to present a credential, with the secrets that a service could echo.
const HELD: [(&str, &str); 12] = [
    ("seclai", PLAIN),
    ("seclai", KEY),
    ("segops", ACCESS),
    ("sidclaw", SESSION),
    ("sidclaw", CSRF),
    ("segops", IN_LOGIN),
    ("sidclaw", IN_LOGIN),
    ("sidclaw", IN_COOKIE),
    ("sidclaw", PLAIN),
    ("seenty", PLAIN),
    ("itellico", "sk-CANARYX=1"),
    ("acme", "acme_CANARYX~1"),
];

/// Bodies that echo a secret: where each service's errors have their words, and where they should not.
fn echoes(s: &str) -> Vec<Vec<u8>> {
    let bodies = [
        json!({ "detail": format!("key {s} is bad"), "message": s, "error": s, "code": s, "text": s, "request_id": s }),
        json!({ "error": { "message": s, "code": s, "limit": s, "fields": { s: [s] } }, "fields": { s: [s] }, "request_id": s }),
        json!({ "detail": [{ "loc": ["body", s], "msg": s, "type": s }], "details": [{ "field": s, "message": s }], s: [s] }),
        json!({ "detail": { "message": s, "error": s }, "validation_errors": [{ "field": s, "message": s }] }),
        json!({ "detail": { s: s }, "message": [s], "error": { "message": { s: 1 }, "code": [s] }, "code": { s: s }, "text": 5 }),
        json!([s, { s: s }]),
    ];
    let mut bodies: Vec<Vec<u8>> = bodies.iter().map(|body| body.to_string().into_bytes()).collect();
    bodies.push(format!("<html><title>{s}</title><p>Authorization: Bearer {s}</p></html>").into_bytes());
    // An excerpt ends in the middle of a secret.
    bodies.push(format!("{}{s}{s}", "x".repeat(185)).into_bytes());
    bodies.push(format!("{{\"key\": \"{s}").into_bytes());
    bodies.push([b"\xff\xfe ", s.as_bytes()].concat());
    bodies
}

fn echoing(status: u16, body: &[u8], s: &str) -> Reply {
    Reply::status(status)
        .header("content-type", "application/json")
        .header("x-request-id", leak(s.to_owned()))
        .header("location", leak(format!("https://u:CANARYX@elsewhere.test/{s}?key={s}#{s}")))
        .header("www-authenticate", leak(format!("Bearer realm=\"{s}\"")))
        .header("retry-after", leak(s.to_owned()))
        .chunk(body.to_vec())
}

fn named(who: &str, status: u16, body: &[u8]) -> String {
    format!("{who} {status} {}", String::from_utf8_lossy(body))
}

#[tokio::test]
async fn no_refusal_that_echoes_a_secret_shows_it() {
    for (service, secret) in HELD {
        for body in echoes(secret) {
            for status in [302, 400, 401, 402, 403, 404, 407, 408, 409, 422, 425, 429, 500, 503] {
                let bench = Bench::with(service, secret, |script| script.endless(echoing(status, &body, secret)));
                let errors = bench.failures().await;
                assert!(errors.len() >= 3, "{errors:?}");
                errors.iter().for_each(|error| clean_error(&named(service, status, &body), error));
                bench.everything_is_clean(&named(service, status, &body));
            }
        }
    }
    logs_are_clean();
}

#[tokio::test]
async fn no_status_there_is_makes_an_error_that_shows_the_key() {
    for status in 200..600 {
        for body in echoes(KEY) {
            let bench = Bench::with("seclai", KEY, |script| script.endless(echoing(status, &body, KEY)));
            for error in bench.failures().await {
                clean_error(&named("seclai", status, &body), &error);
            }
            bench.everything_is_clean(&named("seclai", status, &body));
        }
    }
    logs_are_clean();
}

#[tokio::test]
async fn an_answer_that_echoes_the_key_and_cannot_be_read_does_not_show_it() {
    for body in echoes(PLAIN) {
        let bench = Bench::with("seclai", PLAIN, |script| script.endless(echoing(200, &body, PLAIN)));
        for error in bench.failures().await {
            clean_error(&named("seclai", 200, &body), &error);
        }
        let answer = bench.run(bench.client.get("/v1/me").send()).await.unwrap();
        clean_debug("Response", &answer);
        for error in [answer.json::<Vec<u32>>().err(), answer.json::<std::collections::BTreeMap<String, u32>>().err()] {
            error.iter().for_each(|error| clean_error(&named("json", 200, &body), error));
        }
    }
    logs_are_clean();
}

#[tokio::test]
async fn an_answer_with_a_new_secret_that_cannot_be_read_does_not_show_it() {
    for new in NEW {
        let mut bodies: Vec<String> = [
            json!({ "id": "k1", "name": 5, "key": new }),
            json!({ "id": "k1", "name": "ci", "key": new, "created_at": "yesterday" }),
            json!({ "id": { "key": new }, "name": "ci", "key": new }),
            json!({ "id": "k1", "name": "ci", "key": [new] }),
            json!({ "id": "k1", "name": "ci", "secret": new }),
            json!([{ "id": "k1", "key": new }]),
        ]
        .iter()
        .map(Value::to_string)
        .collect();
        bodies.push(format!("{{\"id\":\"k1\",\"key\":\"{new}"));
        bodies.push(format!("{{\"id\":\"k1\",\"key\":\"{new}\",\"key\":\"{new}\"}}"));
        bodies.push(format!("<p>Your new key: {new}</p>"));
        let lost = TransportError { fault: Fault::Truncated, phase: Phase::Body, reached: Reached::Head, reused: false };
        for body in bodies {
            for reply in [Reply::json(201, body.clone()), Reply::json(201, body.clone()).cut(lost)] {
                let bench = Bench::new("seclai", ReplayTransport::new().answer(reply), |options| options.api_key(KEY));
                match bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await {
                    Ok(made) => clean_debug(&body, &made),
                    Err(error) => clean_error(&body, &error),
                }
                bench.everything_is_clean(&body);
            }
        }
    }
    logs_are_clean();
}

#[tokio::test]
async fn a_new_secret_stands_in_one_place_only() {
    for new in NEW {
        let body = json!({
            "id": "k1", "name": "ci", "key": new, "prefix": "sk_live_abcd1234", "created_at": "2023-01-01T00:00:00Z",
            "example": format!("curl -H 'X-API-Key: {new}'"), "again": [{ "token": new }],
        });
        let bench = Bench::with("seclai", PLAIN, |script| script.answer(Reply::json(201, body.to_string())));
        let made = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap();
        assert_eq!((made.secret.expose(), made.key.prefix.as_deref()), (new, Some("sk_live_abcd1234")));
        clean_debug("Reply<CreatedKey>", &made);
        clean("Key.data", &made.key.data.to_string());
        clean_debug("the client that uses it", &bench.client.with_key(made.secret.clone()).unwrap());
        bench.everything_is_clean("a create");
    }
    logs_are_clean();
}

#[tokio::test]
async fn a_refused_login_shows_no_password() {
    for service in ["segops", "sidclaw"] {
        for body in echoes(PASSWORD) {
            for status in [200, 302, 400, 401, 403, 422, 429, 500] {
                let script = ReplayTransport::new().endless(echoing(status, &body, PASSWORD));
                let bench = Bench::new(service, script, |options| {
                    let options = options.management(Management::login("ops@acme.test", PASSWORD));
                    if service == "segops" { options.account(Account::id("acme")) } else { options }
                });
                let error = bench.run(bench.client.keys().delete("k1")).await.unwrap_err();
                clean_error(&named(service, status, &body), &error);
                bench.everything_is_clean(&named(service, status, &body));
            }
        }
    }
    logs_are_clean();
}

#[tokio::test]
async fn a_refused_renewal_shows_no_token() {
    for secret in [ACCESS, REFRESH] {
        for body in echoes(secret) {
            let bench =
                Bench::with("segops", ACCESS, |script| script.answer(Reply::status(401)).answer(echoing(400, &body, secret)));
            let error = bench.run(bench.client.keys().delete("k1")).await.unwrap_err();
            assert_eq!((error.operation(), error.status()), (Some("login"), Some(400)), "{error:?}");
            clean_error(&named("segops", 400, &body), &error);
        }
    }
    logs_are_clean();
}

#[tokio::test]
async fn what_a_caller_puts_together_shows_nothing_of_its_content() {
    let bench = Bench::with("seclai", PLAIN, |script| script);
    let request = bench.client.post("/v1/x").query("token", KEY).header("x-other", KEY).json(&json!({ "key": KEY }));
    clean_debug("Request", &request);
    clean_debug("Request", &bench.client.post("/v1/x").body("text/plain", KEY));
    let arguments = Arguments::new().path_param("id", KEY).query("token", KEY).body(json!({ "key": KEY }));
    clean_debug("Arguments", &arguments);
    let secret = Secret::new(KEY);
    clean("Secret", &format!("{secret} {secret:?} {}", secret.fingerprint()));
    let provider = KeyProvider::new(|| async { Ok(Secret::new(KEY)) });
    let delivery = Delivery::new().deliver(Deliver::new(|_| async { Ok(()) }));
    clean_debug("providers", &(provider, delivery, Management::login("a@b.test", KEY), Management::key(KEY)));
    let options = ClientOptions::new().api_key(KEY).base_url(format!("https://u:{KEY}@h.test")).extra_roots(KEY.as_bytes());
    clean_debug("ClientOptions", &options.management(Management::token(KEY)).env([("SECLAI_API_KEY", KEY)]));
    let keys = (bench.client.keys(), bench.client.runs(), bench.client.resource("x"), bench.client.account_settings());
    clean_debug("handles", &keys);
}

#[tokio::test]
async fn what_is_refused_before_any_request_is_not_shown() {
    listen();
    let refused = |change: &dyn Fn(ClientOptions) -> ClientOptions| {
        let error = Client::new("segops", change(ClientOptions::new().env::<&str, &str>([]))).unwrap_err();
        clean_error("an option", &error);
    };
    for key in ["CANARYX", "sk_CANARYX\nx", "sk_CANARYX x", "sk_CANARYX\u{e9}", "pk_CANARYX", " sk_\tCANARYX "] {
        refused(&|options| options.api_key(key));
        refused(&|options| options.env([("SEGOPS_API_KEY", key)]));
    }
    refused(&|options| options.management(Management::login("CANARYX", PASSWORD)));
    refused(&|options| options.management(Management::key(KEY)));
    for url in
        [format!("https://u:{KEY}@h.test"), format!("http://h.test/{KEY}"), format!("{KEY}://h"), format!("https://h?{KEY}")]
    {
        refused(&|options| options.base_url(url.clone()));
    }
    refused(&|options| options.extra_roots(KEY.as_bytes()));
    clean_error("a service", &Client::new(KEY, ClientOptions::new()).unwrap_err());
    clean_error("a variant", &Client::new("seclai", ClientOptions::new().variant(KEY)).unwrap_err());
    let bench = Bench::with("seclai", PLAIN, |script| script);
    for id in [format!("../{KEY}"), format!("{KEY}\n"), KEY.repeat(20)] {
        clean_error("an id", &bench.client.keys().get(id.clone()).await.unwrap_err());
        clean_error("a path", &bench.client.get(id.clone()).await.unwrap_err());
        clean_error("an account", &bench.client.account(Account::id(id)).unwrap_err());
    }
    clean_error("a header", &bench.client.get("/v1").header("x", &format!("{KEY}\n")).await.unwrap_err());
    clean_error("a resource", &bench.client.resource(KEY).list(PageRequest::new()).await.unwrap_err());
}

#[tokio::test]
async fn a_provider_that_fails_or_panics_takes_no_secret_with_it() {
    let bad = |text: &'static str| KeyProvider::new(move || async move { Ok(Secret::new(text)) });
    for text in ["CANARYX key", "CANARYX\n1", "", "pk_CANARYX"] {
        let bench = Bench::new("segops", ReplayTransport::new(), |options| options.key_provider(bad(text)));
        clean_error(text, &bench.run(bench.client.get("/v1").send()).await.unwrap_err());
    }
    let failing = KeyProvider::new(|| async { Err("CANARYX: what a vault says is its own".into()) });
    let bench = Bench::new("seclai", ReplayTransport::new(), |options| options.key_provider(failing));
    let error = bench.run(bench.client.get("/v1").send()).await.unwrap_err();
    clean("our words", &error.to_string());
    assert!(error.source().unwrap().to_string().contains(MARK));

    let keys = Mutex::new(vec![Ok(KEY), Err("the vault is closed"), Ok(KEY)]);
    let moody = KeyProvider::new(move || {
        let next = keys.lock().unwrap().pop().unwrap();
        async move { Ok(Secret::new(next.unwrap_or_else(|words| panic!("{words}")))) }
    });
    let script = ReplayTransport::new().endless(Reply::json(200, "{}"));
    let bench = Bench::new("seclai", script, |options| options.key_provider(moody));
    bench.run(bench.client.get("/v1").send()).await.unwrap();
    let error = bench.run(bench.client.get("/v1").send()).await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "the key provider panicked");
    clean_error("a panic of a provider", &error);
    bench.run(bench.client.get("/v1").send()).await.expect("a panic of the provider leaves the client whole");
    let panicked = PANICKED.lock().unwrap().clone();
    assert!(panicked.contains("the vault is closed"), "{panicked}");
    clean("a panic", &panicked);
    bench.everything_is_clean("after a panic");
    logs_are_clean();
}

/// The real way to a service, so that the libraries below are heard too.
#[tokio::test]
async fn the_network_below_logs_no_secret() {
    listen();
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", server.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut request = [0_u8; 4096];
            tokio::io::AsyncReadExt::read(&mut stream, &mut request).await.unwrap();
            let body = json!({ "detail": KEY }).to_string();
            let answer = format!("HTTP/1.1 403 No\r\nx-request-id: {KEY}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await.unwrap();
        }
    });
    let before = lines_logged();
    let client = Client::new("seclai", ClientOptions::new().api_key(KEY).base_url(base)).unwrap();
    let error = client.post("/v1/x").query("token", KEY).json(&json!({ "key": KEY })).await.unwrap_err();
    assert_eq!(error.status(), Some(403), "{error:?}");
    clean_error("over the network", &error);
    clean_error("https on an http port", &client.keys().create(CreateKey::new()).await.unwrap_err());
    assert!(lines_logged() > before);
    logs_are_clean();
}
