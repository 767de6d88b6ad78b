//! Every action of the fault grammar, seen from a bare socket.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::io::{ErrorKind, Read as _};
use std::time::Duration;

use keywright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, Connection, call, try_call};

struct Bench {
    sandbox: Sandbox,
    url: String,
    key: String,
}

impl Bench {
    fn new() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let (url, key) = (sandbox.url("seclai"), format!("X-API-Key: {}", sandbox.seclai().api_key));
        Self { sandbox, url, key }
    }

    fn with(phase: &str, action: &Value) -> Self {
        let bench = Self::new();
        bench.add(phase, action);
        bench
    }

    fn add(&self, phase: &str, action: &Value) {
        let mut rule = json!({ "phase": phase, "action": action });
        if action["kind"] == "refuse" {
            rule["match"] = json!({ "service": "seclai" });
        }
        self.sandbox.fault_json(&rule.to_string()).unwrap();
    }

    fn get(&self) -> std::io::Result<Answer> {
        try_call(&self.url, "GET", "/agents", &[&self.key], "")
    }

    fn create(&self) -> std::io::Result<Answer> {
        try_call(&self.url, "POST", "/api-keys", &[&self.key], r#"{"name":"made"}"#)
    }

    /// How many keys are named as `create` names them.
    fn made(&self) -> usize {
        let keys = call(&self.url, "GET", "/api-keys", &[&self.key], "").json();
        keys["data"].as_array().unwrap().iter().filter(|key| key["name"] == "made").count()
    }

    /// All that comes back to a GET, and how it ended.
    fn raw(&self) -> (String, std::io::Result<()>) {
        let mut connection = Connection::to(&self.url).unwrap();
        connection.send("GET", "/agents", &[&self.key], "").unwrap();
        let (bytes, end) = connection.rest();
        (String::from_utf8_lossy(&bytes).into_owned(), end)
    }
}

fn kind(result: std::io::Result<Answer>) -> ErrorKind {
    result.expect_err("the connection was to fail").kind()
}

#[test]
fn a_status_comes_with_its_headers_and_body() {
    let action = json!({ "kind": "status", "status": 429, "headers": { "Retry-After": ["1", "2"] }, "body": "{}" });
    let bench = Bench::with("before_handler", &action);
    let answer = bench.get().unwrap();
    let waits: Vec<&str> = answer
        .head
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!((answer.status, waits, answer.header("content-type")), (429, vec!["1", "2"], Some("application/json")));
    assert_eq!(bench.get().unwrap().status, 200, "it fires once");
    bench.sandbox.finish().unwrap();
}

#[test]
fn a_reset_before_the_handler_leaves_nothing_and_one_after_the_commit_leaves_a_key() {
    let bench = Bench::with("before_handler", &json!({ "kind": "reset" }));
    assert_eq!(kind(bench.create()), ErrorKind::ConnectionReset);
    assert_eq!(bench.made(), 0);
    bench.add("after_commit", &json!({ "kind": "reset" }));
    assert_eq!(kind(bench.create()), ErrorKind::ConnectionReset);
    assert_eq!(bench.made(), 1);
}

#[test]
fn a_reset_comes_at_the_wanted_byte() {
    let bench = Bench::with("after_commit", &json!({ "kind": "reset", "after": 10 }));
    let (text, end) = bench.raw();
    assert_eq!((text.as_str(), end.unwrap_err().kind()), ("HTTP/1.1 2", ErrorKind::ConnectionReset));
    bench.add("in_body", &json!({ "kind": "reset", "after": 3 }));
    assert!(bench.raw().0.ends_with("\r\n\r\n{\"d"));
    bench.add("in_headers", &json!({ "kind": "close", "after": 12 }));
    let (text, end) = bench.raw();
    assert_eq!((text.as_str(), end.is_ok()), ("HTTP/1.1 200", true));
}

#[test]
fn a_closed_connection_ends_without_a_word() {
    let bench = Bench::with("before_handler", &json!({ "kind": "close" }));
    let (text, end) = bench.raw();
    assert!(text.is_empty() && end.is_ok());
}

#[test]
fn a_stall_ends_with_the_client_alone() {
    let bench = Bench::with("in_body", &json!({ "kind": "stall", "after": 5 }));
    let mut connection = Connection::to(&bench.url).unwrap();
    connection.send("GET", "/agents", &[&bench.key], "").unwrap();
    let answer = connection.head().unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(connection.some(5).unwrap(), b"{\"dat");
    drop(connection);
    while bench.sandbox.connections().open > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn a_delay_takes_time_of_the_clock_only() {
    let bench = Bench::with("before_handler", &json!({ "kind": "delay", "by": "PT90S" }));
    assert_eq!(bench.get().unwrap().status, 200);
    assert_eq!(bench.sandbox.clock().monotonic(), Duration::from_secs(90));
    bench.add("after_commit", &json!({ "kind": "delay", "by": "PT10S" }));
    assert_eq!(bench.create().unwrap().status, 201);
    assert_eq!(bench.sandbox.clock().monotonic(), Duration::from_secs(100));
}

#[test]
fn a_slow_body_takes_a_second_for_each_piece() {
    let bench = Bench::with("in_body", &json!({ "kind": "slow", "bytes_per_second": 100 }));
    let length = bench.get().unwrap().body.len() as u64;
    assert_eq!(bench.sandbox.clock().monotonic(), Duration::from_secs(length.div_ceil(100)));
}

#[test]
fn a_truncated_body_was_announced_whole() {
    let bench = Bench::with("in_body", &json!({ "kind": "truncate", "after": 4 }));
    assert_eq!(kind(bench.get()), ErrorKind::UnexpectedEof);
    for (place, cut) in [("inside_secret", true), ("after_secret", false)] {
        bench.add("in_body", &json!({ "kind": "truncate", "at": place }));
        let mut connection = Connection::to(&bench.url).unwrap();
        connection.send("POST", "/api-keys", &[&bench.key], "{}").unwrap();
        connection.head().unwrap();
        let text = String::from_utf8(connection.rest().0).unwrap();
        assert!(text.contains("\"key\":\"sk-"), "{text}");
        assert_eq!(text.ends_with('"'), !cut, "{text}");
    }
}

#[test]
fn broken_chunks_are_broken() {
    let bench = Bench::with("in_body", &json!({ "kind": "truncate_chunk" }));
    assert_eq!(kind(bench.get()), ErrorKind::UnexpectedEof);
    bench.add("in_body", &json!({ "kind": "bad_chunk" }));
    assert_eq!(kind(bench.get()), ErrorKind::InvalidData);
}

#[test]
fn floods_are_as_large_as_asked() {
    let bench = Bench::with("in_body", &json!({ "kind": "oversize", "bytes": 1_000_000 }));
    assert!(bench.get().unwrap().body.len() >= 1_000_000);
    bench.add("in_body", &json!({ "kind": "wrong_length", "by": 5 }));
    assert_eq!(kind(bench.get()), ErrorKind::UnexpectedEof);
    bench.add("in_body", &json!({ "kind": "endless" }));
    let mut connection = Connection::to(&bench.url).unwrap();
    connection.send("GET", "/agents", &[&bench.key], "").unwrap();
    connection.head().unwrap();
    for _ in 0..1000 {
        assert_eq!(connection.chunk().unwrap().unwrap().len(), 0x1_0000);
    }
}

#[test]
fn compressed_bodies_are_what_they_say_or_are_not() {
    let unpack = |bytes: &[u8]| {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).map(|_| plain)
    };
    let bench = Bench::with("in_body", &json!({ "kind": "gzip_bomb", "bytes": 4 << 20 }));
    let bomb = bench.get().unwrap();
    assert_eq!(bomb.header("content-encoding"), Some("gzip"));
    assert!(bomb.body.len() < 50_000 && unpack(&bomb.body).unwrap().len() == 4 << 20);
    bench.add("in_body", &json!({ "kind": "bad_gzip" }));
    assert!(unpack(&bench.get().unwrap().body).is_err());
    bench.add("in_body", &json!({ "kind": "gzip_trailing" }));
    let trailing = bench.get().unwrap().body;
    assert!(unpack(&trailing).is_ok() && trailing.ends_with(b"and more"));
    bench.add("in_body", &json!({ "kind": "stacked_encoding" }));
    let stacked = bench.get().unwrap();
    assert_eq!(stacked.header("content-encoding"), Some("gzip, gzip"));
    assert!(unpack(&unpack(&stacked.body).unwrap()).unwrap().starts_with(b"{"));
    bench.add("in_body", &json!({ "kind": "unrequested_encoding" }));
    assert_eq!(bench.get().unwrap().header("content-encoding"), Some("br"));
}

#[test]
fn content_is_changed_in_place() {
    let bench = Bench::new();
    let content = |change: Value| {
        let mut action = json!({ "kind": "content" });
        action.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        bench.add("in_body", &action);
        bench.get().unwrap()
    };
    assert!(content(json!({ "change": "set", "member": "status", "value": "sleeping" })).text().contains("\"sleeping\""));
    assert!(content(json!({ "change": "bom" })).body.starts_with("\u{feff}".as_bytes()));
    assert_eq!(content(json!({ "change": "html" })).header("content-type"), Some("text/html"));
    assert_eq!(content(json!({ "change": "content_type", "value": "text/plain" })).header("content-type"), Some("text/plain"));
    assert_eq!(content(json!({ "change": "content_type" })).header("content-type"), None);
    assert!(content(json!({ "change": "empty" })).body.is_empty());
    assert!(serde_json::from_slice::<Value>(&content(json!({ "change": "cut" })).body).is_err());
}

#[test]
fn broken_heads_are_broken() {
    let expected = [
        ("informational_flood", "HTTP/1.1 103 Early Hints"),
        ("header_flood", "X-Flood-100: 1"),
        ("header_size", "X-Large: aaaa"),
        ("obs_fold", "X-Folded: one\r\n two"),
        ("bare_cr", "X-Odd: one\rtwo"),
        ("nul", "X-Odd: one\0two"),
        ("http10", "HTTP/1.0 200"),
        ("http09", "{\"data\""),
        ("bad_status", "HTTP/1.1 2x0 "),
        ("no_content_with_body", "HTTP/1.1 204"),
        ("not_modified", "HTTP/1.1 304"),
        ("switching_protocols", "HTTP/1.1 101"),
        ("cut", "HTTP/1.1 200 OK"),
    ];
    let bench = Bench::new();
    for (change, sign) in expected {
        bench.add("in_headers", &json!({ "kind": "head", "change": change }));
        let (text, _) = bench.raw();
        assert!(text.contains(sign), "{change}: {}", &text[..text.len().min(300)]);
    }
    bench.add("in_headers", &json!({ "kind": "head", "change": "two_lengths" }));
    assert_eq!(bench.raw().0.to_lowercase().matches("content-length:").count(), 2);
    bench.add("in_headers", &json!({ "kind": "head", "change": "length_and_chunked" }));
    let text = bench.raw().0.to_lowercase();
    assert!(text.contains("content-length:") && text.contains("transfer-encoding: chunked"));
    bench.sandbox.finish().unwrap();
}

#[test]
fn redirects_lead_where_they_are_told() {
    let bench = Bench::new();
    let targets = ["same_origin", "other_port", "other_host", "other_scheme", "file", "relative", "loop", "garbage"];
    let mut seen = Vec::new();
    for to in targets {
        bench.add("before_handler", &json!({ "kind": "redirect", "status": 307, "to": to }));
        let answer = bench.get().unwrap();
        assert_eq!(answer.status, 307);
        seen.push(answer.header("location").unwrap().to_owned());
    }
    assert_eq!(seen[6], format!("{}/agents", bench.url));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), targets.len());
    bench.add("before_handler", &json!({ "kind": "redirect", "status": 302, "to": "none" }));
    assert_eq!(bench.get().unwrap().header("location"), None);
}

#[test]
fn connections_fail_as_they_are_made() {
    let bench = Bench::with("accept", &json!({ "kind": "reset" }));
    assert_eq!(kind(bench.get()), ErrorKind::ConnectionReset);
    bench.add("accept", &json!({ "kind": "raw", "text": "SSH-2.0-OpenSSH_9.6\r\n" }));
    assert!(bench.raw().0.starts_with("SSH-2.0"));
    bench.add("accept", &json!({ "kind": "close" }));
    assert!(bench.raw().0.is_empty());
}

#[test]
fn a_refusing_listener_is_back_when_its_time_is_over() {
    let bench = Bench::new();
    let mut idle = Connection::to(&bench.url).unwrap();
    bench.sandbox.clock().enter();
    bench.add("accept", &json!({ "kind": "refuse", "for": "PT5S" }));
    assert_eq!(kind(bench.get()), ErrorKind::ConnectionRefused);
    assert!(idle.send("GET", "/agents", &[&bench.key], "").and_then(|()| idle.receive()).is_err());
    bench.sandbox.clock().advance(Duration::from_secs(5));
    while bench.get().is_err() {
        std::thread::yield_now();
    }
    bench.sandbox.finish().unwrap();
}

#[test]
fn a_keep_alive_race_resets_the_second_request() {
    let bench = Bench::with("after_commit", &json!({ "kind": "keep_alive_race" }));
    let mut connection = Connection::to(&bench.url).unwrap();
    connection.send("GET", "/agents", &[&bench.key], "").unwrap();
    assert_eq!(connection.receive().unwrap().status, 200);
    connection.send("GET", "/agents", &[&bench.key], "").unwrap();
    assert!(connection.receive().is_err());
    assert_eq!(bench.sandbox.journal().len(), 1);
}

#[test]
fn a_fault_that_did_not_happen_fails_the_end() {
    let bench = Bench::new();
    let rule = json!({ "id": "mine", "match": { "method": "DELETE" }, "phase": "before_handler", "times": 2,
        "action": { "kind": "reset" } });
    bench.sandbox.fault_json(&rule.to_string()).unwrap();
    assert_eq!(bench.get().unwrap().status, 200);
    let left = bench.sandbox.finish().unwrap_err();
    assert_eq!((left.0[0].id.as_str(), left.0[0].remaining), ("mine", Some(2)));
    bench.sandbox.clear_faults();
    bench.sandbox.finish().unwrap();
}

#[test]
fn a_dropped_stream_is_cut_within_its_events() {
    let bench = Bench::new();
    let agents = bench.get().unwrap().json();
    bench.add("in_body", &json!({ "kind": "truncate", "after": 60 }));
    let path = format!("/agents/{}/runs/stream", agents["data"][0]["id"].as_str().unwrap());
    let failed = try_call(&bench.url, "POST", &path, &[&bench.key], r#"{"input":"hello"}"#);
    assert_eq!(kind(failed), ErrorKind::UnexpectedEof);
}

#[test]
fn the_journal_names_the_fault() {
    let bench = Bench::with("before_handler", &json!({ "kind": "status", "status": 503 }));
    bench.get().unwrap();
    let entry = &bench.sandbox.journal()[0];
    assert_eq!((entry.status, entry.fault.as_deref(), entry.rule.as_deref()), (Some(503), Some("fault_1"), None));
}
