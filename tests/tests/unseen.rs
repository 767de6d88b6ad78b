//! What no scenario can say: every header that the client sends, what the sandbox keeps, a body too
//! long to be written down.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use keywright::{Client, ClientOptions, CreateKey, Management, ManualClock, PageRequest, Secret};
use keywright_sandbox::{Options, Sandbox};
use keywright_tests::http::{Call, send};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Opens the development server of SidClaw without a credential.
const BYPASS: [(&str, &str); 2] = [("X-Dev-Bypass", "true"), ("X-Dev-Bypass", "1")];

/// All that a client of SidClaw has to say; anything else is one header too many.
const DUE: [&str; 10] = [
    "accept",
    "accept-encoding",
    "authorization",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "user-agent",
    "x-csrf-token",
    "x-request-id",
];

fn options(base_url: &str) -> ClientOptions {
    // The clock stands still: nothing here waits.
    let clock = ManualClock::at("2026-03-23T10:00:00Z".parse().unwrap());
    ClientOptions::new().env::<&str, &str>([]).base_url(base_url).clock(Arc::new(clock))
}

/// SID-40: the client sends no header that could open a development server, whoever calls.
#[tokio::test]
async fn a_client_sends_no_header_that_is_not_due() {
    let sandbox = Sandbox::start_with(Options::new().clock("frozen 2026-03-23T10:00:00Z")).unwrap();
    let given = sandbox.sidclaw();
    let login = Management::login(given.email.as_str(), given.password.as_str());
    let client = Client::new("sidclaw", options(&given.base_url).api_key(given.api_key.as_str()).management(login)).unwrap();
    let made = client.keys().create(CreateKey::new().name("k").scopes(["read"])).await.unwrap();
    client.keys().rotate(&made.key.id).await.unwrap();
    client.keys().delete(&made.key.id).await.unwrap();
    client.agents().list(PageRequest::new()).await.unwrap();
    client.get("/api/v1/agents").send().await.unwrap();
    let seen = sandbox.journal();
    assert_eq!(seen.len(), 6);
    for entry in &seen {
        let odd: Vec<&String> = entry.headers.iter().map(|(name, _)| name).filter(|name| !DUE.contains(&name.as_str())).collect();
        assert!(odd.is_empty(), "{}: {odd:?}", entry.call());
    }
}

/// SID-40: to the sandbox such a header is a header like any other, and no credential.
#[test]
fn a_header_for_development_opens_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let given = sandbox.sidclaw();
    let ask = |target: &str, bypass: (&str, &str), key: Option<&str>| {
        let mut headers = vec![(bypass.0.to_owned(), bypass.1.to_owned())];
        headers.extend(key.map(|key| ("Authorization".to_owned(), format!("Bearer {key}"))));
        let call = Call { method: "GET".to_owned(), target: target.to_owned(), headers, body: Vec::new() };
        send(&given.base_url, &call).unwrap().status
    };
    for bypass in BYPASS {
        assert_eq!(ask("/api/v1/agents", bypass, None), 401);
        assert_eq!(ask("/api/v1/api-keys", bypass, None), 401);
        assert_eq!(ask("/api/v1/agents", bypass, Some(&given.api_key)), 200);
        assert_eq!(ask("/api/v1/api-keys", bypass, Some(&given.api_key)), 403);
    }
}

/// SEE-15: the sandbox keeps the SHA-256 of a key and nothing else of it; the client's fingerprint
/// finds the row without knowing more.
#[tokio::test]
async fn a_key_is_kept_as_its_digest_and_found_by_its_fingerprint() {
    let sandbox = Sandbox::start_with(Options::new().clock("frozen 2026-03-23T10:00:00Z")).unwrap();
    let given = sandbox.seenty();
    let client =
        Client::new("seenty", options(&given.base_url).management(Management::token(given.management.as_str()))).unwrap();
    let made = client.keys().create(CreateKey::new().name("stored")).await.unwrap();
    let secret: &Secret = &made.secret;
    let digest: String = Sha256::digest(secret.expose()).iter().map(|byte| format!("{byte:02x}")).collect();

    let state = sandbox.fixtures().unwrap();
    let row = state["keys"].as_array().unwrap().iter().find(|row| row["id"] == made.key.id.as_str()).unwrap();
    assert_eq!(row["hash"], digest.as_str());
    assert!(digest.starts_with(&secret.fingerprint()));
    let found = |row: &&Value| row["hash"].as_str().unwrap().starts_with(&secret.fingerprint());
    assert_eq!(state["keys"].as_array().unwrap().iter().filter(found).count(), 1);

    let state = state.to_string();
    let drawn = secret.expose().strip_prefix("sk_live_").unwrap().as_bytes();
    assert!(drawn.windows(8).all(|part| !state.contains(std::str::from_utf8(part).unwrap())));
}

/// Security B69: a list that is long but within the limit comes whole and exact.
#[tokio::test]
async fn a_list_of_a_million_numbers_is_read_whole() {
    let sandbox = Sandbox::start().unwrap();
    let given = sandbox.seclai();
    let numbers: Vec<u64> = (0..1_000_000).collect();
    let body = serde_json::to_string(&numbers).unwrap();
    let action = json!({ "kind": "status", "status": 200, "headers": { "Content-Type": "application/json" }, "body": body });
    sandbox.fault_json(&json!({ "phase": "before_handler", "action": action }).to_string()).unwrap();
    let client = Client::new("seclai", options(&given.base_url).api_key(given.api_key.as_str())).unwrap();
    let answer = client.get("/agents").send().await.unwrap();
    assert!(answer.json::<Vec<u64>>().unwrap() == numbers);
}
