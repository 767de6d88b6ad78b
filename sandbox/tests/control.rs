//! The control API: the same calls as the in-process handle, over loopback with a token (S5).
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use keywright_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Connection, call};

struct Bench {
    sandbox: Sandbox,
    key: String,
}

impl Bench {
    fn new() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let key = format!("X-API-Key: {}", sandbox.seclai().api_key);
        Self { sandbox, key }
    }

    fn control(&self, line: &str, body: Value) -> (u16, Value) {
        let (method, path) = line.split_once(' ').unwrap();
        let token = format!("Authorization: Bearer {}", self.sandbox.control_token());
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = call(self.sandbox.control_url(), method, path, &[&token], &body);
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    fn get(&self, path: &str) -> u16 {
        call(&self.sandbox.url("seclai"), "GET", path, &[&self.key], "").status
    }
}

#[test]
fn nobody_controls_without_the_token() {
    let bench = Bench::new();
    for header in ["X-None: 1", "Authorization: Bearer wrong", "Authorization: Bearer "] {
        let answer = call(bench.sandbox.control_url(), "POST", "/shutdown", &[header], "");
        assert_eq!(answer.status, 401);
    }
    assert_eq!(bench.control("GET /health", Value::Null).0, 200);
    assert_eq!(bench.control("GET /version", Value::Null).1["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(call(&bench.sandbox.url("seclai"), "GET", "/health", &[&bench.key], "").status, 404, "no magic paths");
}

#[test]
fn worlds_are_made_reset_and_removed() {
    let bench = Bench::new();
    let (status, world) = bench.control("POST /worlds", json!({ "seed": 3, "plan": { "seenty": "starter" }, "clock": "frozen" }));
    assert_eq!((status, &world["services"]["seenty"]["api_key"]), (201, &Value::Null));
    let name = world["world"].as_str().unwrap();
    let url = world["services"]["seclai"]["base_url"].as_str().unwrap();
    let key = format!("X-API-Key: {}", world["services"]["seclai"]["api_key"].as_str().unwrap());
    assert_eq!(call(url, "GET", "/me", &[&key], "").status, 200);
    assert_eq!(bench.control(&format!("POST /worlds/{name}/reset"), Value::Null).1, world);
    assert_eq!(bench.control(&format!("GET /worlds/{name}/journal"), Value::Null).1["entries"], json!([]));
    assert_eq!(bench.control(&format!("DELETE /worlds/{name}"), Value::Null).0, 204);
    assert_eq!(bench.control(&format!("DELETE /worlds/{name}"), Value::Null).0, 404);
    assert!(Connection::to(url).is_err());
    for wrong in [json!({ "colour": 1 }), json!({ "plan": "none" }), json!({ "clock": "noon" }), json!({ "break": ["x.y"] })] {
        assert_eq!(bench.control("POST /worlds", wrong).0, 400);
    }
}

#[test]
fn the_clock_is_moved_in_every_way() {
    let bench = Bench::new();
    let now = |body| bench.control("POST /clock", body).1["now"].clone();
    assert_eq!(now(json!({ "mode": "frozen", "set": "2026-05-01T00:00:00Z" })), "2026-05-01T00:00:00.000Z");
    assert_eq!(now(json!({ "advance": "PT61M" })), "2026-05-01T01:01:00.000Z");
    assert_eq!(now(json!({ "jump": "-PT2H" })), "2026-04-30T23:01:00.000Z");
    assert_eq!(bench.control("GET /clock", Value::Null).1["mode"], "frozen");
    for wrong in [json!({ "advance": "-PT1S" }), json!({ "advance": "soon" }), json!({ "leap": 1 })] {
        assert_eq!(bench.control("POST /clock", wrong).0, 400);
    }
}

#[test]
fn faults_are_added_counted_and_forgotten() {
    let bench = Bench::new();
    let rule = json!({ "phase": "before_handler", "action": { "kind": "status", "status": 503 }, "times": 2 });
    let id = bench.control("POST /faults", rule).1["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.get("/me"), 503);
    let (_, status) = bench.control(&format!("GET /faults/{id}"), Value::Null);
    assert_eq!(json!([status["fired"], status["remaining"], status["completed"]]), json!([1, 1, false]));
    assert_eq!(bench.control("GET /finish", Value::Null).0, 409);
    assert_eq!(bench.control("DELETE /faults", Value::Null).0, 204);
    assert_eq!((bench.control("GET /finish", Value::Null).0, bench.get("/me")), (200, 200));
    assert_eq!(bench.control("POST /faults", json!({ "phase": "in_body", "action": { "kind": "reset", "at": 1 } })).0, 400);
}

#[test]
fn the_journal_is_read_and_verified() {
    let bench = Bench::new();
    bench.get("/me");
    bench.get("/agents");
    let (_, since) = bench.control("GET /journal?since=1", Value::Null);
    assert_eq!((since["entries"].as_array().unwrap().len(), &since["entries"][0]["path"]), (1, &json!("/agents")));
    let (_, matching) = bench.control("GET /journal?match=GET%20/me", Value::Null);
    assert_eq!(matching["entries"].as_array().unwrap().len(), 1);
    let expect = |path: &str| json!({ "expect": [{ "method": "GET", "path": path, "times": 1 }] });
    assert_eq!(bench.control("POST /journal/verify", expect("/me")).0, 200);
    let (status, missed) = bench.control("POST /journal/verify", expect("/mine"));
    assert_eq!((status, &missed["misses"][0]["near"][0]["call"]), (409, &json!("GET /me")));
}

#[test]
fn plans_limits_credits_accounts_and_variants_are_set() {
    let bench = Bench::new();
    assert_eq!(bench.control("PUT /plans/seenty/-", json!({ "plan": "hobby" })).0, 204);
    assert_eq!(bench.control("PUT /plans/seenty/-", json!({ "plan": "none" })).0, 400);
    assert_eq!(bench.control("PUT /plans/seenty/nobody", json!({ "plan": "hobby" })).0, 404);
    assert_eq!(bench.control("POST /credits", json!({ "credits": 0 })).0, 204);
    let account = bench.sandbox.itellico().subaccount_id;
    assert_eq!(bench.control(&format!("PUT /accounts/itellico/{account}"), json!({ "active": false })).0, 204);
    assert_eq!(bench.control("PUT /variants/seclai", json!({ "variant": "live" })).0, 204);
    assert_eq!(bench.get("/api-keys?limit=33"), 200, "the live service takes any size");
    assert_eq!(bench.control("PUT /limits", json!({ "service": "seclai", "count": 0, "per": "PT60S" })).0, 204);
    assert_eq!(bench.get("/me"), 429);
    assert_eq!(bench.control("PUT /limits", json!({})).0, 204);
    assert_eq!(bench.get("/me"), 200);
    let (_, state) = bench.control("GET /fixtures", Value::Null);
    let plan = state["accounts"].as_array().unwrap().iter().find(|account| account["service"] == "seenty").unwrap();
    assert_eq!(plan["plan"], "hobby");
    assert_eq!(bench.control("PUT /fixtures", state).0, 204);
    assert_eq!(bench.get("/me"), 200);
}

#[test]
fn it_tells_its_routes_rules_and_sockets_and_shuts_down() {
    let bench = Bench::new();
    let (_, routes) = bench.control("GET /routes", Value::Null);
    assert!(routes.as_array().unwrap().iter().any(|route| route["path"] == "/api-keys/{id}" && route["mark"] == "A"));
    assert_eq!(bench.control("GET /rules", Value::Null).1.as_array().unwrap().len(), keywright_sandbox::rules().count());
    bench.get("/me");
    assert_eq!(bench.control("GET /connections", Value::Null).1["total"], 1);
    assert_eq!(bench.control("POST /shutdown", Value::Null).0, 200);
    while Connection::to(&bench.sandbox.url("seclai")).is_ok() {
        std::thread::yield_now();
    }
}
