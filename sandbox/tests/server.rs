//! The in-process server: starting, serving, isolation, stopping.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::Duration;

use keywright_sandbox::{Expectation, Options, Sandbox};
use serde_json::json;
use support::{Connection, call, try_call};

fn key(secret: &str) -> String {
    format!("X-API-Key: {secret}")
}

#[test]
fn a_used_key_is_archived_and_an_unused_one_deleted() {
    let sandbox = Sandbox::start().unwrap();
    let seclai = sandbox.seclai();
    let mine = key(&seclai.api_key);
    let url = &seclai.base_url;
    let made = call(url, "POST", "/api-keys", &[&mine], r#"{"name":"ci"}"#);
    assert_eq!(made.status, 201);
    let (made, path) = (made.json(), format!("/api-keys/{}", made.json()["id"].as_str().unwrap()));
    assert_eq!(call(url, "POST", &format!("{path}/archive"), &[&mine], "").status, 409);
    let used = key(made["key"].as_str().unwrap());
    assert_eq!(call(url, "GET", "/agents", &[&used], "").status, 200);
    let refused = call(url, "DELETE", &path, &[&mine], "");
    assert_eq!(refused.json()["detail"], "This API key has call history and cannot be deleted. Archive it instead.");
    assert_eq!(call(url, "POST", &format!("{path}/archive"), &[&mine], "").status, 200);
    assert_eq!(call(url, "GET", "/agents", &[&used], "").status, 401);
    let calls = call(url, "GET", &format!("{path}/calls"), &[&mine], "").json();
    assert_eq!(calls["data"][0]["status"], 401);
    assert_eq!(calls["data"][0]["error"], "Invalid or missing API key");
    assert_eq!(calls["pagination"]["total"], 2);
    let entry = sandbox.journal().into_iter().find(|entry| entry.status == Some(409)).unwrap();
    assert_eq!(entry.rule.as_deref(), Some("seclai.archive_used"));
}

#[test]
fn every_service_listens_on_a_port_of_its_own() {
    let sandbox = Sandbox::start().unwrap();
    let description = sandbox.description();
    let services = description["services"].as_object().unwrap();
    let mut urls: Vec<&str> = services.values().map(|service| service["base_url"].as_str().unwrap()).collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), services.len());
    assert!(urls.iter().all(|url| Connection::to(url).is_ok()));
}

#[test]
fn the_same_seed_gives_the_same_secrets_and_another_seed_others() {
    let secrets = |options: Options| {
        let sandbox = Sandbox::start_with(options).unwrap();
        (sandbox.seclai().api_key, sandbox.seclai().account_id)
    };
    assert_eq!(secrets(Options::new().seed(7)), secrets(Options::new().seed(7)));
    assert_ne!(secrets(Options::new().seed(7)), secrets(Options::new().seed(8)));
    assert_ne!(secrets(Options::new()), secrets(Options::new()));
}

#[test]
fn worlds_share_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let other = sandbox.world(Options::new()).unwrap();
    let (mine, theirs) = (sandbox.seclai(), other.seclai());
    assert_eq!(call(&theirs.base_url, "GET", "/agents", &[&key(&mine.api_key)], "").status, 401);
    assert_eq!(call(&theirs.base_url, "GET", "/agents", &[&key(&theirs.api_key)], "").status, 200);
    assert_eq!((sandbox.journal().len(), other.journal().len()), (0, 2));
    other.clock().advance(Duration::from_secs(60));
    assert_ne!(sandbox.clock().now(), other.clock().now());
    other.close();
    assert!(try_call(&theirs.base_url, "GET", "/agents", &[], "").is_err());
    assert_eq!(call(&mine.base_url, "GET", "/agents", &[&key(&mine.api_key)], "").status, 200);
}

#[test]
fn a_reset_world_is_as_on_its_first_day() {
    let sandbox = Sandbox::start().unwrap();
    let before = sandbox.fixtures().unwrap();
    let seclai = sandbox.seclai();
    call(&seclai.base_url, "POST", "/api-keys", &[&key(&seclai.api_key)], "");
    sandbox.clock().advance(Duration::from_secs(3600));
    assert_ne!(sandbox.fixtures().unwrap(), before);
    sandbox.reset().unwrap();
    assert_eq!(sandbox.fixtures().unwrap(), before);
    assert_eq!(sandbox.seclai().api_key, seclai.api_key);
    assert!(sandbox.journal().is_empty());
}

#[test]
fn fixtures_hold_no_secret_and_take_keys_in_clear() {
    let sandbox = Sandbox::start().unwrap();
    let seclai = sandbox.seclai();
    let mut fixtures = sandbox.fixtures().unwrap();
    assert!(!fixtures.to_string().contains(&seclai.api_key));
    let key_row = json!({ "service": "seclai", "id": "k", "account": seclai.account_id, "key": "sk-by-hand" });
    fixtures["keys"].as_array_mut().unwrap().push(key_row);
    sandbox.load_fixtures(fixtures).unwrap();
    assert_eq!(call(&seclai.base_url, "GET", "/agents", &[&key("sk-by-hand")], "").status, 200);
    assert!(sandbox.load_fixtures(json!({ "keys": [{ "id": 1 }] })).is_err());
}

#[test]
fn the_journal_verifies_and_shows_no_secret() {
    let sandbox = Sandbox::start().unwrap();
    let seclai = sandbox.seclai();
    call(&seclai.base_url, "GET", "/agents?limit=10", &[&key(&seclai.api_key)], "");
    let text = serde_json::to_string(&sandbox.journal()).unwrap();
    assert!(!text.contains(&seclai.api_key) && text.contains("sha256:"), "{text}");
    let expected = |path: &str| serde_json::from_value::<Expectation>(json!({ "method": "GET", "path": path })).unwrap();
    assert!(sandbox.verify(&[expected("/agents")], true).is_ok());
    assert_eq!(sandbox.verify(&[expected("/runs")], false).unwrap_err()[0].near[0].call, "GET /agents");
    assert!(!format!("{:?}", sandbox.seclai()).contains(&seclai.api_key));
}

#[test]
fn connections_are_counted_and_come_back_to_zero() {
    let sandbox = Sandbox::start().unwrap();
    let seclai = sandbox.seclai();
    let mut connections: Vec<Connection> = (0..5).map(|_| Connection::to(&seclai.base_url).unwrap()).collect();
    for connection in &mut connections {
        connection.send("GET", "/me", &[&key(&seclai.api_key)], "").unwrap();
        assert_eq!(connection.receive().unwrap().status, 200);
    }
    assert_eq!((sandbox.connections().open, sandbox.connections().total), (5, 5));
    drop(connections);
    while sandbox.connections().open > 0 {
        std::thread::yield_now();
    }
    assert_eq!(sandbox.connections().total, 5);
}

#[test]
fn a_stopped_sandbox_refuses_connections_and_calls() {
    let sandbox = Sandbox::start().unwrap();
    let (url, world) = (sandbox.url("seclai"), sandbox.world(Options::new()).unwrap());
    sandbox.stop();
    assert!(Connection::to(&url).is_err());
    assert!(world.reset().is_err());
}

#[tokio::test]
async fn it_starts_works_and_stops_within_a_runtime() {
    let sandbox = Sandbox::start().unwrap();
    let world = sandbox.world(Options::new()).unwrap();
    world.set_credits("seclai", None, Some(0.0)).unwrap();
    sandbox.stop();
}

#[test]
fn a_run_needs_credits_and_its_usage_is_the_keys() {
    let sandbox = Sandbox::start().unwrap();
    let seclai = sandbox.seclai();
    let (url, mine) = (&seclai.base_url, key(&seclai.api_key));
    let agents = call(url, "GET", "/agents", &[&mine], "").json();
    let runs = format!("/agents/{}/runs", agents["data"][0]["id"].as_str().unwrap());
    sandbox.set_credits("seclai", None, Some(1.0)).unwrap();
    assert_eq!(call(url, "POST", &runs, &[&mine], r#"{"input":"1"}"#).status, 200);
    let refused = call(url, "POST", &runs, &[&mine], r#"{"input":"1"}"#);
    assert_eq!((refused.status, &refused.json()["detail"]["error"]), (402, &json!("insufficient_credits")));
    let keys = call(url, "GET", "/api-keys", &[&mine], "").json();
    let usage = format!("/api-keys/{}/usage", keys["data"][0]["id"].as_str().unwrap());
    assert_eq!(call(url, "GET", &usage, &[&mine], "").json()["total"], 0);
    sandbox.clock().advance(Duration::from_secs(3));
    assert_eq!(call(url, "GET", &usage, &[&mine], "").json()["total"], 1);
}

#[test]
fn a_stream_takes_its_time_on_the_clock_and_is_kept_alive() {
    let sandbox = Sandbox::start().unwrap();
    let seclai = sandbox.seclai();
    let (url, mine) = (&seclai.base_url, key(&seclai.api_key));
    let agents = call(url, "GET", "/agents", &[&mine], "").json();
    let slow = agents["data"].as_array().unwrap().iter().find(|agent| agent["name"] == "Night report").unwrap();
    let began = sandbox.clock().monotonic();
    let path = format!("/agents/{}/runs/stream", slow["id"].as_str().unwrap());
    let text = call(url, "POST", &path, &[&mine], r#"{"input":"two words"}"#).text();
    assert_eq!(sandbox.clock().monotonic() - began, Duration::from_secs(40));
    assert_eq!(text.matches(": keepalive").count(), 2);
    assert_eq!(text.matches("event: stream_token").count(), 2);
    assert!(text.contains("event: init") && text.contains("\"status\":\"completed\""));
}

#[test]
fn a_repeated_idempotency_key_gives_the_first_answer_again() {
    let sandbox = Sandbox::start_with(Options::new().idempotency()).unwrap();
    let seclai = sandbox.seclai();
    let (url, mine) = (&seclai.base_url, key(&seclai.api_key));
    let create = |body| call(url, "POST", "/api-keys", &[&mine, "Idempotency-Key: kw-1"], body);
    let first = create(r#"{"name":"ci"}"#);
    assert_eq!(first.status, 201);
    assert_eq!(create(r#"{"name":"ci"}"#).json(), first.json());
    assert_eq!(create(r#"{"name":"other"}"#).status, 409);
    assert!(!sandbox.fixtures().unwrap().to_string().contains(first.json()["key"].as_str().unwrap()));
    sandbox.clock().advance(Duration::from_secs(24 * 3600));
    assert_eq!(create(r#"{"name":"other"}"#).status, 201);
}

#[test]
fn limits_are_windows_of_the_clock() {
    let sandbox = Sandbox::start().unwrap();
    let seclai = sandbox.seclai();
    let get = || call(&seclai.base_url, "GET", "/me", &[&key(&seclai.api_key)], "");
    sandbox.set_limit(Some("seclai"), 2, Duration::from_secs(60)).unwrap();
    assert_eq!([get().status, get().status], [200, 200]);
    let refused = get();
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
    assert_eq!(sandbox.journal().last().unwrap().rule.as_deref(), Some("common.rate_limit"));
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(get().status, 200);
    sandbox.clear_limits().unwrap();
    assert!((0..5).all(|_| get().status == 200));
}
