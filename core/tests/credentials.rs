//! Where credentials go and who is asked for them: a login stays where it was made, a provider is
//! asked once for all who were refused together, a dialect of a stranger reads no variable.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keywright::testing::{ReplayTransport, Reply};
use keywright::{
    Account, Client, ClientOptions, CreateKey, Delivery, Dialect, ErrorKind, Item, KeyProvider, Management, ManualClock, Page,
    PageRequest, Result, Secret, Shared,
};

use support::{Bench, on};

const TOKENS: &str = r#"{"access":"the-access-token-of-the-login","refresh":"the-refresh-token-of-the-login"}"#;
const MADE: &str = r#"{"id":"1","name":"ci","key":"sk_0123456789abcdef"}"#;

fn shared_clock() -> (ManualClock, Shared) {
    let clock = ManualClock::at("2023-09-29T16:26:37Z".parse().unwrap());
    let shared = Shared::new(Arc::new(clock.clone()));
    (clock, shared)
}

fn segops(address: &str, shared: &Shared, wire: &Arc<ReplayTransport>) -> Client {
    let options = ClientOptions::new()
        .env::<&str, &str>([])
        .base_url(address)
        .account(Account::id("acme"))
        .management(Management::login("ops@acme.test", "a password"))
        .shared(shared.clone())
        .transport(wire.clone());
    Client::new("segops", options).unwrap()
}

#[tokio::test]
async fn a_login_is_never_used_at_another_address() {
    let addresses = ["https://a.test", "https://b.test", "https://a.test:8443", "http://127.0.0.1", "https://a.test/tenant-1"];
    let (clock, shared) = shared_clock();
    let mut clients = Vec::new();
    for address in addresses {
        let script = ReplayTransport::new().answer(Reply::json(200, TOKENS)).answer(Reply::json(201, MADE));
        let wire = Arc::new(script);
        let client = segops(address, &shared, &wire);
        on(&clock, client.keys().create(CreateKey::new().name("ci"))).await.unwrap();
        let paths: Vec<String> = wire.sent().iter().map(|sent| sent.request.url.path().to_owned()).collect();
        assert!(paths.len() == 2 && paths[0].ends_with("/api/auth/token/"), "{address}: {paths:?}");
        clients.push(client);
    }
    // The same address written in another way is the same place.
    let wire = Arc::new(ReplayTransport::new().answer(Reply::json(201, MADE)));
    on(&clock, segops("HTTPS://A.test:443/", &shared, &wire).keys().create(CreateKey::new().name("ci"))).await.unwrap();
    assert_eq!(wire.sent().len(), 1);
}

#[tokio::test]
async fn the_newest_refresh_token_is_the_one_that_is_sent() {
    let token = |number: u32| {
        let claims = base64_url(&format!(r#"{{"iat":0,"exp":{}}}"#, 300));
        format!(r#"{{"access":"e30.{claims}.signature{number}","refresh":"refresh-token-number-{number}"}}"#)
    };
    let made = || Reply::json(201, MADE);
    let script = ReplayTransport::new()
        .answer(Reply::json(200, token(1)))
        .answer(made())
        .answer(Reply::json(200, token(2)))
        .answer(made())
        .answer(Reply::json(200, token(3)))
        .answer(made());
    let (clock, shared) = shared_clock();
    let wire = Arc::new(script);
    let client = segops("https://a.test", &shared, &wire);
    for _ in 0..3 {
        on(&clock, client.keys().create(CreateKey::new().name("ci"))).await.unwrap();
        clock.advance(std::time::Duration::from_secs(290));
    }
    let sent: Vec<String> = wire
        .sent()
        .iter()
        .filter(|sent| sent.request.url.path().ends_with("/refresh/"))
        .map(|sent| String::from_utf8(sent.request.body.clone().unwrap().to_vec()).unwrap())
        .collect();
    assert_eq!(sent, [r#"{"refresh":"refresh-token-number-1"}"#, r#"{"refresh":"refresh-token-number-2"}"#]);
}

fn base64_url(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// A client whose provider gives the keys of a list, and fails when it is at its end.
fn with_provider(keys: &'static [&'static str], script: ReplayTransport) -> (Bench, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let provider = KeyProvider::new(move || {
        let number = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::task::yield_now().await;
            let key = keys.get(number).copied().ok_or("the vault is closed")?;
            Ok(Secret::new(key))
        }
    });
    (Bench::new("seclai", 0.5, script, |options| options.key_provider(provider)), asked)
}

const OLD: &str = "sk-0123456789abcdef";
const NEW: &str = "sk-fedcba9876543210";

fn refused(times: usize) -> ReplayTransport {
    (0..times).fold(ReplayTransport::new(), |script, _| script.answer(Reply::json(401, r#"{"detail":"no"}"#)))
}

/// So many lists, begun together.
async fn at_once(bench: &Bench, count: usize) -> Vec<Result<Page<Item>>> {
    let begin = |_| {
        let client = bench.client.clone();
        tokio::spawn(async move { client.agents().list(PageRequest::new()).await })
    };
    let calls: Vec<_> = (0..count).map(begin).collect();
    bench
        .run(async {
            let mut pages = Vec::new();
            for call in calls {
                pages.push(call.await.unwrap());
            }
            pages
        })
        .await
}

#[tokio::test]
async fn calls_that_are_refused_together_ask_the_provider_once() {
    let list = || Reply::json(200, r#"{"data":[],"pagination":{"has_next":false}}"#);
    let script = (0..10).fold(refused(10), |script, _| script.answer(list()));
    let (bench, asked) = with_provider(&[OLD, OLD, OLD, OLD, OLD, OLD, OLD, OLD, OLD, OLD, NEW], script);
    for page in at_once(&bench, 10).await {
        page.unwrap();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 11);
}

#[tokio::test]
async fn a_failure_of_the_provider_is_shared_by_those_who_were_refused_together() {
    let (bench, asked) = with_provider(&[OLD, OLD, OLD, OLD, OLD], refused(5));
    for page in at_once(&bench, 5).await {
        let error = page.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("api_key")));
    }
    assert_eq!(asked.load(Ordering::Relaxed), 6);
}

#[tokio::test]
async fn a_call_that_begins_later_is_not_given_an_old_answer() {
    let list = || Reply::json(200, r#"{"data":[],"pagination":{"has_next":false}}"#);
    let script = refused(1).answer(list()).answer(Reply::json(401, r#"{"detail":"no"}"#)).answer(list());
    let (bench, asked) = with_provider(&[OLD, NEW, OLD, "sk-00112233445566778899"], script);
    for _ in 0..2 {
        bench.run(bench.client.agents().list(PageRequest::new())).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

const OWN: &str = "sk-a1b2c3d4.0123456789abcdef";

fn itellico(script: ReplayTransport) -> Bench {
    Bench::new("itellico", 0.5, script, |options| options.api_key(OWN))
}

fn listed(keys: &[(&str, &str)]) -> Reply {
    let item = |(id, shown): &(&str, &str)| {
        format!(r#"{{"id":"{id}","label":"ci","partial_key":"{shown}","status":"active","created_at":"2023-09-29T16:26:37Z"}}"#)
    };
    let items: Vec<String> = keys.iter().map(item).collect();
    Reply::json(200, format!(r#"{{"items":[{}],"count":{}}}"#, items.join(","), keys.len()))
}

#[tokio::test]
async fn a_key_that_a_list_shows_to_be_our_own_is_not_removed() {
    let bench = itellico(ReplayTransport::new().answer(listed(&[("own", "sk-a1b2c3d4..."), ("other", "sk-99999999...")])));
    bench.run(bench.client.keys().list(PageRequest::new())).await.unwrap();
    let keys = bench.client.keys();
    let errors = [
        bench.run(keys.delete("own")).await.unwrap_err(),
        bench.run(keys.revoke("own")).await.unwrap_err(),
        bench.run(keys.retire("own")).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("id")));
        assert!(error.remedy().unwrap().contains("allow_self"), "{error}");
    }
    assert_eq!(bench.sent().len(), 1, "nothing was sent but the list");
}

#[tokio::test]
async fn what_does_not_prove_that_a_key_is_our_own_refuses_nothing() {
    for (keys, why) in [
        (&[("own", "sk-a1b2c3d4..."), ("twin", "sk-a1b2c3d4...")][..], "two keys show the same beginning"),
        (&[("own", "sk-...")], "the beginning is that of every key"),
        (&[("own", "sk-a1...")], "the beginning is too short"),
        (&[("own", "sk-a1b2c3d5...")], "it is another key"),
        (&[("own", "")], "nothing is shown"),
    ] {
        let bench = itellico(ReplayTransport::new().answer(listed(keys)).answer(Reply::status(204)));
        bench.run(bench.client.keys().list(PageRequest::new())).await.unwrap();
        bench.run(bench.client.keys().delete("own")).await.unwrap_or_else(|error| panic!("{why}: {error}"));
    }
}

#[tokio::test]
async fn our_own_key_is_removed_when_that_is_allowed() {
    let bench = itellico(ReplayTransport::new().answer(listed(&[("own", "sk-a1b2c3d4...")])).answer(Reply::status(204)));
    bench.run(bench.client.keys().list(PageRequest::new())).await.unwrap();
    bench.run(bench.client.keys().delivery(Delivery::new().allow_self(true)).delete("own")).await.unwrap();
}

const STRANGER: &str = r#"
[service]
id = "stranger"
title = "Stranger"
base_url = "https://api.stranger.test"
base_url_env = ["STRANGER_API_URL"]
source = "documented"

[auth]
use = ["key"]
manage = ["key"]

[auth.key]
mode = "bearer"
env = ["AWS_SECRET_ACCESS_KEY"]
source = "documented"

[key]
id = "id"
name = "name"
secret = "key"
status = [{ is = "active" }]

[op.create]
http = "POST /keys"
body = { name = "name" }
source = "documented"
"#;

fn stranger(dialect: Dialect, wire: &Arc<ReplayTransport>) -> Client {
    let variables = [("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI-K7MDENG-canary"), ("STRANGER_API_URL", "https://elsewhere.test")];
    Client::with_dialect(dialect, ClientOptions::new().env(variables).transport(wire.clone())).unwrap()
}

#[tokio::test]
async fn a_dialect_that_was_read_from_a_text_reads_only_the_variables_that_are_listed() {
    let wire = Arc::new(ReplayTransport::new());
    let client = stranger(Dialect::from_toml(STRANGER).unwrap(), &wire);
    assert_eq!(client.describe().base_url, "https://api.stranger.test");
    let error = client.keys().create(CreateKey::new().name("ci")).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("api_key")));
    assert!(error.remedy().unwrap().contains("list it for the dialect"), "{error}");
    assert!(wire.sent().is_empty());

    let listed = Dialect::from_toml(STRANGER).unwrap().with_env(["STRANGER_API_URL"]).unwrap();
    assert_eq!(stranger(listed, &wire).describe().base_url, "https://elsewhere.test");

    let unknown = Dialect::from_toml(STRANGER).unwrap().with_env(["HOME"]).unwrap_err();
    assert_eq!((unknown.kind(), unknown.field()), (ErrorKind::Config, Some("env")));
    assert!(unknown.remedy().unwrap().contains("AWS_SECRET_ACCESS_KEY"));
}
