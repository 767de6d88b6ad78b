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
fn a_reset_world_has_the_clock_that_it_was_born_with() {
    let bench = Bench::new();
    let clock = |world: &str| bench.control(&format!("GET /worlds/{world}/clock"), Value::Null).1;
    for (born, kind) in [("frozen", "frozen"), ("auto", "auto"), ("frozen 2030-01-01T00:00:00Z", "frozen"), ("real", "real")] {
        let world = bench.control("POST /worlds", json!({ "clock": born })).1;
        let name = world["world"].as_str().unwrap();
        let first = clock(name)["now"].clone();
        let other = if kind == "real" { "frozen" } else { "real" };
        let to = json!({ "mode": other, "set": "2040-01-01T00:00:00Z" });
        assert_eq!(bench.control(&format!("POST /worlds/{name}/clock"), to).0, 200);
        assert_eq!(bench.control(&format!("PUT /worlds/{name}/variants/seclai"), json!({ "variant": "live" })).0, 204);
        assert_eq!(bench.control(&format!("POST /worlds/{name}/reset"), Value::Null).0, 200);
        let after = clock(name);
        assert_eq!(after["mode"], kind, "born {born}");
        if kind == "real" {
            // The machine's time, which does not stand still.
            assert!(after["now"].as_str() >= first.as_str() && after["now"].as_str() < Some("2040"), "{after}");
            let behind = json!({ "set": "2020-01-01T00:00:00Z" });
            bench.control(&format!("POST /worlds/{name}/clock"), behind);
            bench.control(&format!("POST /worlds/{name}/reset"), Value::Null);
            assert!(clock(name)["now"].as_str() >= first.as_str(), "a real clock was set back for good");
        } else {
            assert_eq!(after["now"], first, "born {born}");
        }
        let (url, key) = (&world["services"]["seclai"]["base_url"], &world["services"]["seclai"]["api_key"]);
        let key = format!("X-API-Key: {}", key.as_str().unwrap());
        let odd_size = call(url.as_str().unwrap(), "GET", "/api-keys?limit=33", &[&key], "");
        assert_eq!(odd_size.status, 422, "the variant that was set later outlived the reset");
    }
}

#[test]
fn every_wrong_input_is_told_with_place_reason_and_remedy() {
    let bench = Bench::new();
    let fault = |body: Value| ("POST /faults", body);
    let action = json!({ "kind": "status", "status": 503 });
    for ((line, body), status, said) in [
        (
            ("PUT /limits", json!({ "service": "sidclaw", "category": "reads", "count": 1 })),
            400,
            "sidclaw counts `evaluate`, `read`, `write`",
        ),
        (("PUT /limits", json!({ "service": "seclai", "category": "read", "count": 1 })), 400, "seclai counts `all`"),
        (("PUT /limits", json!({ "category": "nothing", "count": 1 })), 400, "there is no category `nothing`"),
        (("PUT /limits", json!({ "service": "none", "count": 1 })), 404, "there are `seclai`, `segops`"),
        (("PUT /limits", json!({ "service": "seclai" })), 400, "a limit is `count`"),
        (("PUT /limits", json!({ "concurrency": 1, "category": "all" })), 400, "a limit is `count`"),
        (("PUT /limits", json!({ "count": "five" })), 400, "`count` is a text; it must be a whole number, not negative"),
        (("PUT /limits", json!({ "count": 5, "per": "PT0S" })), 400, "`per` is no time at all"),
        (("PUT /limits", json!({ "count": 5, "per": "minute" })), 400, "`per` is no ISO 8601 duration"),
        (("PUT /limits", json!({ "count": 5, "burst": 1 })), 400, "`burst` is not known here; there may be"),
        (
            fault(json!({ "phase": "before_handler", "action": { "kind": "status", "status": 503, "body": {} } })),
            400,
            " is an object; it must be a text",
        ),
        (fault(json!({ "phase": "in_body", "action": action })), 400, "this action works in `before_handler`, `after_commit`"),
        (
            fault(json!({ "phase": "accept", "action": { "kind": "reset" }, "match": { "service": "none" } })),
            400,
            "`match.service`: there is no service `none`",
        ),
        (fault(json!([])), 400, "the body is a list; it must be an object"),
        (("POST /clock", json!({ "advance": "soon" })), 400, "`advance` is no ISO 8601 duration"),
        (("POST /clock", json!({ "advance": "-PT1S" })), 400, "`advance` is negative"),
        (("POST /clock", json!({ "mode": "fast" })), 400, "`mode` is `fast`, which is not known"),
        (("POST /clock", json!({ "set": "noon" })), 400, "`set` is not a time in RFC 3339"),
        (("POST /worlds", json!({ "clock": "noon" })), 400, "`clock`: `noon` is no mode and no time: give `real`"),
        (("POST /worlds", json!({ "plan": "none" })), 400, "seenty knows no plan `none`: it has `hobby`"),
        (("POST /worlds", json!({ "plan": { "none": "hobby" } })), 400, "there is no service `none`"),
        (("POST /worlds", json!({ "variant": "dead" })), 400, "`variant`"),
        (("POST /worlds", json!({ "break": ["x.y"] })), 400, "`GET /rules` list them"),
        (("POST /worlds", json!({ "seed": -1 })), 400, "`seed` is the number -1"),
        (("GET /worlds/none/clock", Value::Null), 404, "there is no world `none`: there are w1"),
        (("PUT /plans/seenty/-", json!({ "plan": "none" })), 400, "it has `hobby`"),
        (("PUT /plans/seenty/-", Value::Null), 400, "`plan` is missing"),
        (("PUT /plans/none/-", json!({ "plan": "hobby" })), 404, "there are `seclai`"),
        (("PUT /plans/seenty/nobody", json!({ "plan": "hobby" })), 404, "there is no such tenant: name one"),
        (("PUT /accounts/itellico/-", json!({ "active": "no" })), 400, "`active` is a text; it must be true or false"),
        (
            ("PUT /variants/seclai", json!({ "variant": 1 })),
            400,
            "`variant` is the number 1; it must be a text: `documented` or `live`",
        ),
        (("POST /credits", json!({ "credits": -1 })), 400, "`credits` is negative"),
        (("POST /credits", json!({ "credits": "many" })), 400, "`credits` is a text; it must be a number"),
        (("GET /faults/none", Value::Null), 404, "there is no fault rule `none`: `GET /faults` lists them"),
        (("GET /journal?since=x", Value::Null), 400, "`since` is no whole number"),
        (("GET /journal?after=1", Value::Null), 400, "`after` is not known"),
        (("GET /rules?page=2", Value::Null), 400, "`page` is not known"),
        (("POST /journal/verify", json!({})), 400, "`expect` is missing"),
        (("POST /journal/verify", json!({ "expect": [{ "times": "x" }] })), 400, "`expect.0.times` is a text"),
        (("PUT /fixtures", json!({ "keys": [1] })), 400, "`keys` holds something that is no object"),
        (("PUT /fixtures", json!({ "keys": 1 })), 400, "`keys`"),
        (("GET /nothing", Value::Null), 404, "there is no call `GET /nothing`: `GET /` lists all"),
        (("PATCH /limits", Value::Null), 404, "there is no call `PATCH /limits`"),
        (("GET /%ff", Value::Null), 400, "not percent-encoded UTF-8"),
    ] {
        let (answered, answer) = bench.control(line, body.clone());
        let text = answer["error"].as_str().unwrap_or_default();
        assert_eq!(answered, status, "{line} {body}: {answer}");
        assert!(text.contains(said), "{line} {body}: {text}");
        for foreign in ["invalid type", "expected", "struct ", "enum ", "missing field", "unknown variant", "EOF", "trailing"] {
            assert!(!text.contains(foreign), "{line} {body}: {text}");
        }
    }
    let token = format!("Authorization: Bearer {}", bench.sandbox.control_token());
    let cut = call(bench.sandbox.control_url(), "POST", "/faults", &[&token], "{\"phase\": ").json();
    assert!(cut["error"].as_str().unwrap().starts_with("the body is no JSON (line 1,"), "{cut}");
    let said = bench.sandbox.fault_json("{").unwrap_err().to_string();
    assert!(said.starts_with("no fault rule: the body is no JSON (line 1,"), "{said}");
    for wrong in [
        bench.sandbox.set_plan("none", None, "hobby"),
        bench.sandbox.set_plan("seenty", None, "none"),
        bench.sandbox.set_credits("seclai", None, Some(f64::NAN)),
        bench.sandbox.set_credits("seclai", Some("nobody"), None),
        bench.sandbox.set_limit(Some("none"), 1, std::time::Duration::from_secs(1)),
        bench.sandbox.set_limit(None, 1, std::time::Duration::ZERO),
    ] {
        assert!(wrong.unwrap_err().to_string().contains(':'), "reason and remedy");
    }
}

#[test]
fn the_root_says_what_there_is() {
    let bench = Bench::new();
    let (status, root) = bench.control("GET /", Value::Null);
    assert_eq!((status, &root["services"]["seclai"]["base_url"]), (200, &json!(bench.sandbox.url("seclai"))));
    assert!(root["calls"].as_array().unwrap().contains(&json!("PUT /limits")));
    let (_, world) = bench.control(&format!("GET /worlds/{}", bench.sandbox.name()), Value::Null);
    assert_eq!(world["services"], root["services"]);
}

#[test]
fn only_this_machine_is_served_whatever_a_name_leads_to() {
    let bench = Bench::new();
    let token = format!("Authorization: Bearer {}", bench.sandbox.control_token());
    let service = bench.sandbox.url("seclai");
    for (url, path, header) in [(bench.sandbox.control_url(), "/health", &token), (&service, "/me", &bench.key)] {
        let port = url.rsplit(':').next().unwrap();
        let ask = |line: &str, host: &str| {
            let mut connection = Connection::to(url).unwrap();
            let text = format!("GET {line} HTTP/1.1\r\n{host}{header}\r\n\r\n");
            std::io::Write::write_all(&mut connection.stream(), text.as_bytes()).unwrap();
            connection.receive().unwrap()
        };
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"] {
            assert_eq!(ask(path, &format!("Host: {host}\r\n")).status, 200, "{host}");
            assert_eq!(ask(path, &format!("Host: {host}:{port}\r\n")).status, 200, "{host}");
        }
        for host in ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "10.0.0.1", "[::2]", ""] {
            let refused = ask(path, &format!("Host: {host}:{port}\r\n"));
            assert_eq!(refused.status, 421, "{host}");
            assert!(refused.json()["error"].as_str().unwrap().contains("127.0.0.1, [::1] or localhost"), "{host}");
        }
        assert_eq!(ask(path, "").status, 421, "no host");
        assert_eq!(ask(path, "Host: localhost\r\nHost: evil.test\r\n").status, 421, "two hosts");
        assert_eq!(ask(&format!("http://evil.test{path}"), "Host: localhost\r\n").status, 421, "a foreign target");
    }
    assert!(bench.sandbox.journal().iter().all(|entry| entry.status == Some(200)), "what is refused reaches no world");
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
