//! SidClaw: the rules of its page, each missed when broken, and the shapes of its answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod service;
mod support;

use std::time::Duration;

use keywright_sandbox::{Options, Variant};
use serde_json::{Value, json};
use service::{Case, Proof, World, prove, same, status};
use support::Answer;

const KEYS: &str = "/api/v1/api-keys";
const AGENTS: &str = "GET /api/v1/agents";

/// The headers of a session: cookies and CSRF token.
struct Session {
    cookies: String,
    csrf: String,
}

fn log_in(world: &World, email: &str) -> Result<Session, String> {
    let body = json!({ "email": email, "password": world.given("password") });
    let answer = world.ask(&[], "POST /api/v1/auth/login/email", body);
    status(&answer, 200)?;
    let set = answer.head.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let pairs: Vec<&str> = set.filter_map(|(_, value)| value.split(';').next()).collect();
    let csrf = pairs.iter().find_map(|pair| pair.strip_prefix("csrf_token=")).unwrap_or_default();
    Ok(Session { cookies: format!("Cookie: {}", pairs.join("; ")), csrf: format!("X-CSRF-Token: {csrf}") })
}

fn admin(world: &World) -> Result<Session, String> {
    log_in(world, "admin@example.com")
}

fn with(session: &Session, world: &World, line: &str, body: Value) -> Answer {
    world.ask(&[&session.cookies, &session.csrf], line, body)
}

fn bearer(secret: &str) -> String {
    format!("Authorization: Bearer {secret}")
}

fn own(world: &World) -> String {
    bearer(&world.given("api_key"))
}

/// A new key, as its create answer shows it.
fn key(world: &World, body: Value) -> Result<Value, String> {
    let answer = with(&admin(world)?, world, &format!("POST {KEYS}"), body);
    Ok(status(&answer, 201)?["data"].clone())
}

fn header_of(key: &Value) -> String {
    bearer(key["key"].as_str().unwrap_or_default())
}

fn listed(world: &World, id: &Value) -> Result<Value, String> {
    let list = status(&with(&admin(world)?, world, &format!("GET {KEYS}"), Value::Null), 200)?;
    let keys = list["data"].as_array().cloned().unwrap_or_default();
    keys.into_iter().find(|key| key["id"] == *id).ok_or_else(|| format!("{id} is not listed"))
}

/// An error in the service's envelope, the id of the request aside.
fn refused(answer: &Answer, code: u16, error: &str, message: &str) -> Proof {
    let mut body = status(answer, code)?;
    let id = body["request_id"].take();
    if id.as_str() != answer.header("x-request-id") {
        return Err(format!("request_id {id}"));
    }
    same(&body, &json!({ "error": error, "message": message, "status": code, "request_id": null }))
}

fn unauthorized(answer: &Answer, message: &str) -> Proof {
    refused(answer, 401, "unauthorized", message)
}

fn no_credential(world: &World) -> Proof {
    unauthorized(&world.ask(&[], AGENTS, Value::Null), "Authentication required")?;
    unauthorized(&world.ask(&[], &format!("GET {KEYS}"), Value::Null), "Authentication required")
}

fn unknown_key(world: &World) -> Proof {
    unauthorized(&world.ask(&[&bearer("ai_1234")], AGENTS, Value::Null), "Invalid API key")
}

fn one_day(world: &World) -> Result<Value, String> {
    let body = json!({ "name": "one day", "scopes": ["evaluate", "admin"], "expires_at": "2026-03-24T10:00:00.000Z" });
    key(world, body)
}

fn expired_key(world: &World) -> Proof {
    let key = one_day(world)?;
    world.pass(Duration::from_millis(86_399_999));
    status(&world.ask(&[&header_of(&key)], AGENTS, Value::Null), 200)?;
    world.pass(Duration::from_millis(1));
    status(&world.ask(&[&header_of(&key)], AGENTS, Value::Null), 401).map(drop)
}

/// The same key in both variants: only the live service tells.
fn expired_told(world: &World) -> Proof {
    let key = one_day(world)?;
    world.pass(Duration::from_secs(86_400));
    let message = if world.id_of("keys", "one day").starts_with("key_") { "Invalid API key" } else { "API key has expired" };
    unauthorized(&world.ask(&[&header_of(&key)], AGENTS, Value::Null), message)
}

fn unknown_session(world: &World) -> Proof {
    unauthorized(&world.ask(&["Cookie: session=nobody"], AGENTS, Value::Null), "Session expired")
}

fn sessions_end(world: &World) -> Proof {
    let session = admin(world)?;
    world.pass(Duration::from_secs(8 * 3600 - 1));
    status(&with(&session, world, AGENTS, Value::Null), 200)?;
    world.pass(Duration::from_secs(1));
    unauthorized(&with(&session, world, AGENTS, Value::Null), "Session expired")
}

fn csrf(world: &World) -> Proof {
    let (session, body) = (admin(world)?, json!({ "name": "forged" }));
    let line = format!("POST {KEYS}");
    let forged = |headers: &[&str]| refused(&world.ask(headers, &line, body.clone()), 403, "forbidden", "Invalid CSRF token");
    forged(&[&session.cookies])?;
    forged(&[&session.cookies, "X-CSRF-Token: guess"])?;
    // A pair of cookie and header that fit each other but not the session.
    let session_only = session.cookies.split(';').next().unwrap_or_default();
    forged(&[&format!("{session_only}; csrf_token=guess"), "X-CSRF-Token: guess"])?;
    status(&with(&session, world, &line, body.clone()), 201).map(drop)
}

fn roles(world: &World) -> Proof {
    for role in ["reviewer", "viewer"] {
        let session = log_in(world, &format!("{role}@example.com"))?;
        status(&with(&session, world, AGENTS, Value::Null), 200)?;
        let message = format!("This action requires one of these roles: admin. Your role: {role}");
        refused(&with(&session, world, &format!("GET {KEYS}"), Value::Null), 403, "forbidden", &message)?;
        let create = with(&session, world, "POST /api/v1/agents", json!({ "name": "no" }));
        refused(&create, 403, "forbidden", &message)?;
    }
    Ok(())
}

fn scopes(world: &World) -> Proof {
    let action = json!({ "agent_id": world.given("agent_id"), "operation": "read", "target_integration": "disk",
        "resource_scope": "own", "data_classification": "public" });
    let requests = [
        ("evaluate", "POST /api/v1/evaluate", action),
        ("read", AGENTS, Value::Null),
        ("read", "GET /api/v1/policies", Value::Null),
        ("read", "GET /api/v1/approvals", Value::Null),
        ("read", "GET /api/v1/traces", Value::Null),
        ("write", "POST /api/v1/agents", json!({ "name": "a" })),
        ("write", "POST /api/v1/policies", json!({ "name": "p" })),
        ("admin", "GET /api/v1/api-keys", Value::Null),
        ("admin", "GET /api/v1/billing/status", Value::Null),
    ];
    for scope in ["evaluate", "read", "write", "admin"] {
        let header = header_of(&key(world, json!({ "name": scope, "scopes": [scope] }))?);
        for (needed, line, body) in &requests {
            let answer = world.ask(&[&header], line, body.clone());
            if scope == "admin" || scope == *needed {
                let expected = if matches!(*line, "POST /api/v1/agents" | "POST /api/v1/policies") { 201 } else { 200 };
                status(&answer, expected)?;
            } else {
                let message = format!("API key does not have the required scope for {line}");
                refused(&answer, 403, "forbidden", &message)?;
            }
        }
    }
    Ok(())
}

fn wrong_password(world: &World) -> Proof {
    for email in ["admin@example.com", "nobody@example.com"] {
        let body = json!({ "email": email, "password": "not the password" });
        unauthorized(&world.ask(&[], "POST /api/v1/auth/login/email", body), "Invalid email or password")?;
    }
    Ok(())
}

fn other_tenant(world: &World) -> Proof {
    let (theirs, agent) = (world.id_of("keys", "Their key"), world.id_of("objects", "Theirs"));
    let message = format!("ApiKey '{theirs}' not found");
    let session = admin(world)?;
    refused(&with(&session, world, &format!("POST {KEYS}/{theirs}/rotate"), Value::Null), 404, "not_found", &message)?;
    refused(&with(&session, world, &format!("DELETE {KEYS}/{theirs}"), Value::Null), 404, "not_found", &message)?;
    let message = format!("Agent '{agent}' not found");
    refused(&world.ask(&[&own(world)], &format!("{AGENTS}/{agent}"), Value::Null), 404, "not_found", &message)
}

fn missing(world: &World) -> Proof {
    let session = admin(world)?;
    let message = "ApiKey 'key_unknown' not found";
    refused(&with(&session, world, &format!("DELETE {KEYS}/key_unknown"), Value::Null), 404, "not_found", message)?;
    let message = "Trace 'tr_unknown' not found";
    refused(&world.ask(&[&own(world)], "GET /api/v1/traces/tr_unknown", Value::Null), 404, "not_found", message)
}

fn invalid(world: &World, body: Value, field: &str) -> Proof {
    let answer = with(&admin(world)?, world, &format!("POST {KEYS}"), body);
    let error = status(&answer, 400)?;
    same(&error["error"], &json!("validation_error"))?;
    if error["details"][field].is_array() { Ok(()) } else { Err(format!("{error}")) }
}

fn names(world: &World) -> Proof {
    invalid(world, json!({ "name": "" }), "name")?;
    invalid(world, json!({ "name": "ä".repeat(101) }), "name")?;
    key(world, json!({ "name": "ä".repeat(100) })).map(drop)
}

fn unknown_scope(world: &World) -> Proof {
    invalid(world, json!({ "name": "n", "scopes": ["read", "fly"] }), "scopes")
}

fn live_scopes(world: &World) -> Proof {
    invalid(world, json!({ "name": "n" }), "scopes")?;
    invalid(world, json!({ "name": "n", "scopes": [] }), "scopes")
}

fn default_scopes(world: &World) -> Proof {
    same(&key(world, json!({ "name": "n" }))?["scopes"], &json!(["evaluate", "read", "write"]))
}

fn live_expiry(world: &World) -> Proof {
    let body = |end: Value| json!({ "name": "n", "scopes": ["evaluate"], "expires_at": end });
    invalid(world, body(Value::Null), "expires_at")?;
    key(world, body(json!("2020-01-01T00:00:00Z")))?;
    invalid(world, body(json!("2027-01-01T01:00:00+01:00")), "expires_at")
}

fn plan_limit(answer: &Answer, limit: &str, most: usize) -> Proof {
    let error = status(answer, 402)?;
    same(&error["error"], &json!("plan_limit_reached"))?;
    same(&error["details"], &json!({ "limit": limit, "current": most, "max": most }))
}

/// The key that the world is born with counts, and so does one that has expired.
fn key_limit(world: &World) -> Proof {
    one_day(world)?;
    world.pass(Duration::from_secs(2 * 86_400));
    plan_limit(&with(&admin(world)?, world, &format!("POST {KEYS}"), json!({ "name": "third" })), "max_api_keys", 2)
}

fn agent_limit(world: &World) -> Proof {
    for name in ["3", "4", "5"] {
        status(&world.ask(&[&own(world)], "POST /api/v1/agents", json!({ "name": name })), 201)?;
    }
    plan_limit(&world.ask(&[&own(world)], "POST /api/v1/agents", json!({ "name": "6" })), "max_agents", 5)
}

fn rotate(world: &World, key: &Value) -> Result<Value, String> {
    let line = format!("POST {KEYS}/{}/rotate", key["id"].as_str().unwrap_or_default());
    Ok(status(&with(&admin(world)?, world, &line, Value::Null), 200)?["data"].clone())
}

fn old_value_dead(world: &World) -> Proof {
    let key = key(world, json!({ "name": "n" }))?;
    let rotated = rotate(world, &key)?;
    unauthorized(&world.ask(&[&header_of(&key)], AGENTS, Value::Null), "Invalid API key")?;
    status(&world.ask(&[&header_of(&rotated)], AGENTS, Value::Null), 200).map(drop)
}

fn rotate_keeps(world: &World) -> Proof {
    let key = one_day(world)?;
    let before = listed(world, &key["id"])?;
    let rotated = rotate(world, &key)?;
    let mut after = listed(world, &key["id"])?;
    same(&after["prefix"], &rotated["prefix"])?;
    after["prefix"] = before["prefix"].clone();
    same(&after, &before)
}

/// A key that rotates itself has no use left either: the value that was used is gone.
fn rotate_resets(world: &World) -> Proof {
    let key = one_day(world)?;
    status(&world.ask(&[&header_of(&key)], AGENTS, Value::Null), 200)?;
    let line = format!("POST {KEYS}/{}/rotate", key["id"].as_str().unwrap_or_default());
    status(&world.ask(&[&header_of(&key)], &line, Value::Null), 200)?;
    same(&listed(world, &key["id"])?["last_used_at"], &Value::Null)
}

fn last_used(world: &World) -> Proof {
    let key = key(world, json!({ "name": "seldom" }))?;
    for (seconds, seen) in [(0, "2026-03-23T10:00:00.000Z"), (59, "2026-03-23T10:00:00.000Z"), (1, "2026-03-23T10:01:00.000Z")] {
        world.pass(Duration::from_secs(seconds));
        world.ask(&[&header_of(&key)], AGENTS, Value::Null);
        same(&listed(world, &key["id"])?["last_used_at"], &json!(seen))?;
    }
    Ok(())
}

fn request_id(world: &World) -> Proof {
    let given = world.ask(&[&own(world), "X-Request-ID: kw-1"], AGENTS, Value::Null);
    same(&json!(given.header("x-request-id")), &json!("kw-1"))?;
    let made = world.ask(&[], AGENTS, Value::Null);
    same(&made.json()["request_id"], &json!(made.header("x-request-id").ok_or("no id was made")?))
}

fn rate_headers(world: &World) -> Proof {
    let told = |answer: &Answer| {
        let names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
        json!(names.map(|name| answer.header(name).map(str::to_owned)))
    };
    let read = || world.ask(&[&own(world)], AGENTS, Value::Null);
    let reset = "1774260060";
    same(&told(&read()), &json!(["150000", "149999", reset]))?;
    same(&told(&read()), &json!(["150000", "149998", reset]))?;
    let write = world.ask(&[&own(world)], "POST /api/v1/agents", json!({ "name": "a" }));
    same(&told(&write), &json!(["30000", "29999", reset]))?;
    let stranger = world.ask(&[], AGENTS, Value::Null);
    if told(&stranger)[0].is_null() { Err("nothing told to a stranger".to_owned()) } else { Ok(()) }
}

fn page_clamp(world: &World) -> Proof {
    let page = status(&world.ask(&[&own(world)], &format!("{AGENTS}?limit=1000"), Value::Null), 200)?;
    same(&page["pagination"], &json!({ "total": 2, "limit": 100, "offset": 0 }))
}

fn effects(world: &World) -> Proof {
    let answer = world.ask(&[&own(world)], "POST /api/v1/policies", json!({ "name": "p", "effect": "maybe" }));
    status(&answer, 400).map(drop)
}

fn judge(world: &World, operation: &str, class: &str) -> Result<Value, String> {
    let action = json!({ "agent_id": world.given("agent_id"), "operation": operation, "target_integration": "db",
        "resource_scope": "own", "data_classification": class, "context": {} });
    status(&world.ask(&[&own(world)], "POST /api/v1/evaluate", action), 200)
}

fn no_outcome_of_what_was_stopped(world: &World) -> Proof {
    let denied = judge(world, "export_secrets", "public")?;
    let line = format!("POST /api/v1/traces/{}/outcome", denied["trace_id"].as_str().unwrap_or_default());
    let answer = world.ask(&[&own(world)], &line, json!({ "status": "success" }));
    refused(&answer, 409, "conflict", "Trace is finalized with outcome 'blocked'")
}

fn decided_once(world: &World) -> Proof {
    let asked = judge(world, "delete_records", "public")?;
    let line =
        |verb: &str| format!("POST /api/v1/approvals/{}/{verb}", asked["approval_request_id"].as_str().unwrap_or_default());
    let decide = |verb: &str| world.ask(&[&own(world)], &line(verb), json!({ "approver_name": "Ada" }));
    status(&decide("deny"), 200)?;
    refused(&decide("approve"), 409, "conflict", "Approval request is already denied")
}

fn policies_decide(world: &World) -> Proof {
    same(&judge(world, "read", "public")?["decision"], &json!("allow"))?;
    let denied = judge(world, "export_secrets", "public")?;
    same(&denied["decision"], &json!("deny"))?;
    let asked = judge(world, "delete_records", "public")?;
    same(&asked["decision"], &json!("approval_required"))?;
    let line = format!("GET /api/v1/approvals/{}", asked["approval_request_id"].as_str().unwrap_or_default());
    let approval = status(&world.ask(&[&own(world)], &line, Value::Null), 200)?["data"].clone();
    same(&approval["trace_id"], &asked["trace_id"])?;
    let policy = json!({ "name": "secret reads", "effect": "deny", "operation": "read", "data_classification": "secret" });
    let made = status(&world.ask(&[&own(world)], "POST /api/v1/policies", policy), 201)?["data"]["id"].clone();
    same(&judge(world, "read", "secret")?["policy_rule_id"], &made)?;
    same(&judge(world, "read", "public")?["decision"], &json!("allow"))?;
    let line = format!("PATCH /api/v1/policies/{}", made.as_str().unwrap_or_default());
    status(&world.ask(&[&own(world)], &line, json!({ "status": "inactive" })), 200)?;
    same(&judge(world, "read", "secret")?["decision"], &json!("allow"))
}

#[test]
fn every_rule_is_proven_and_missed_when_broken() {
    let live = |options: Options| options.variant(Variant::Live);
    prove(
        "sidclaw",
        &[
            Case::refusal("sidclaw.credential", no_credential),
            Case::refusal("sidclaw.key_known", unknown_key),
            Case::refusal("sidclaw.key_expired", expired_key),
            Case::effect("sidclaw.expired_told", expired_told),
            Case::effect("sidclaw.expired_told", expired_told).born(live),
            Case::refusal("sidclaw.session_known", unknown_session),
            Case::refusal("sidclaw.session_ends", sessions_end),
            Case::refusal("sidclaw.csrf", csrf),
            Case::refusal("sidclaw.role", roles),
            Case::refusal("sidclaw.scope", scopes),
            Case::refusal("sidclaw.password", wrong_password),
            Case::refusal("sidclaw.one_tenant", other_tenant),
            Case::refusal("sidclaw.not_found", missing),
            Case::refusal("sidclaw.name", names),
            Case::refusal("sidclaw.scopes_known", unknown_scope),
            Case::refusal("sidclaw.scopes_needed", live_scopes).born(live),
            Case::effect("sidclaw.all_but_admin", default_scopes),
            Case::refusal("sidclaw.expiry_form", live_expiry).born(live),
            Case::refusal("sidclaw.key_limit", key_limit).born(|options| options.plan("free")),
            Case::refusal("sidclaw.agent_limit", agent_limit).born(|options| options.plan("free")),
            Case::effect("sidclaw.old_value_dead", old_value_dead),
            Case::effect("sidclaw.rotate_keeps", rotate_keeps),
            Case::effect("sidclaw.rotate_resets", rotate_resets),
            Case::effect("sidclaw.last_used_minute", last_used),
            Case::effect("sidclaw.request_id", request_id),
            Case::effect("sidclaw.rate_headers", rate_headers),
            Case::effect("sidclaw.page_clamp", page_clamp),
            Case::refusal("sidclaw.trace_open", no_outcome_of_what_was_stopped),
            Case::refusal("sidclaw.approval_open", decided_once),
            Case::refusal("sidclaw.effect", effects),
            Case::effect("sidclaw.policy", policies_decide),
        ],
    );
}

#[test]
fn a_key_has_the_form_of_the_page_and_is_shown_once() {
    let world = World::new("sidclaw", Options::new());
    let made = key(&world, json!({ "name": "Production SDK", "scopes": ["evaluate", "read"], "expires_at": null })).unwrap();
    let (id, secret) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    assert!(id.starts_with("key_") && secret.starts_with("ai_") && secret.len() == 67, "{made}");
    assert_eq!(made["prefix"], secret[..7]);
    let list = with(&admin(&world).unwrap(), &world, &format!("GET {KEYS}"), Value::Null);
    assert_eq!(list.json()["data"][0]["id"], id, "newest first");
    assert!(!list.text().contains(&secret[12..]));
    let state = world.sandbox.fixtures().unwrap().to_string();
    assert!(!state.contains(&secret[12..]) && !state.contains(&world.given("password")));
}

#[test]
fn the_live_service_names_the_prefix_otherwise_and_makes_uuids() {
    let world = World::new("sidclaw", Options::new().variant(Variant::Live));
    let made = key(&world, json!({ "name": "n", "scopes": ["agents:read"] })).unwrap();
    assert_eq!(made["key_prefix"], made["key"].as_str().unwrap()[..12]);
    assert_eq!((made["id"].as_str().unwrap().len(), made["expires_at"].clone(), made.get("prefix")), (36, Value::Null, None));
    let header = header_of(&made);
    assert_eq!(world.ask(&[&header], AGENTS, Value::Null).status, 200);
    assert_eq!(world.ask(&[&header], "GET /api/v1/traces", Value::Null).status, 403);
    assert_eq!(world.ask(&[&header], "POST /api/v1/agents", json!({ "name": "no" })).status, 403);
    let rotated = rotate(&world, &made).unwrap();
    assert_eq!((rotated["name"].clone(), rotated["scopes"].clone()), (json!("n"), json!(["agents:read"])));
}

#[test]
fn a_key_with_the_old_star_may_do_everything() {
    let world = World::new("sidclaw", Options::new());
    world.change("keys", |key| key["scopes"] = json!(["*"]));
    assert_eq!(world.ask(&[&own(&world)], &format!("GET {KEYS}"), Value::Null).status, 200);
}

#[test]
fn cookies_are_guarded_and_say_how_long_they_last() {
    let world = World::new("sidclaw", Options::new());
    let body = json!({ "email": world.given("email"), "password": world.given("password") });
    let answer = world.ask(&[], "POST /api/v1/auth/login/email", body);
    let cookies: Vec<&str> =
        answer.head.iter().filter(|(n, _)| n.eq_ignore_ascii_case("set-cookie")).map(|(_, v)| v.as_str()).collect();
    assert!(cookies[0].starts_with("session=") && cookies[0].contains("HttpOnly"), "{cookies:?}");
    assert!(cookies[1].starts_with("csrf_token=") && !cookies[1].contains("HttpOnly"), "{cookies:?}");
    assert!(cookies.iter().all(|cookie| cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=28800")));
    let identity = &answer.json()["data"];
    assert_eq!((&identity["user"]["role"], &identity["tenant"]["plan"]), (&json!("admin"), &json!("enterprise")));
}

#[test]
fn a_window_ends_after_a_minute_and_counts_by_category() {
    let world = World::new("sidclaw", Options::new().plan("free"));
    for _ in 0..60 {
        assert_eq!(world.ask(&[&own(&world)], "PATCH /api/v1/agents/x", json!({})).status, 404);
    }
    world.pass(Duration::from_millis(20_500));
    let refused = world.ask(&[&own(&world)], "PATCH /api/v1/agents/x", json!({}));
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("40")));
    let details = json!({ "category": "write", "limit": 60, "remaining": 0, "reset_at": "2026-03-23T10:01:00.000Z", "retry_after_seconds": 40 });
    assert_eq!((&refused.json()["error"], &refused.json()["details"]), (&json!("rate_limit_exceeded"), &details));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(world.ask(&[&own(&world)], AGENTS, Value::Null).status, 200, "reads have a window of their own");
    world.pass(Duration::from_millis(39_500));
    assert_eq!(world.ask(&[&own(&world)], "PATCH /api/v1/agents/x", json!({})).status, 404);
}

#[test]
fn what_drifts_from_the_contract_is_refused_but_a_body_of_rotate() {
    let world = World::new("sidclaw", Options::new());
    let (session, made) = (admin(&world).unwrap(), key(&world, json!({ "name": "n" })).unwrap());
    let path = format!("{KEYS}/{}", made["id"].as_str().unwrap());
    let code = |line: &str, body: Value| with(&session, &world, line, body).status;
    assert_eq!(code(&format!("POST {path}/rotate"), json!({ "anything": 1 })), 200);
    assert_eq!(code(&format!("DELETE {path}"), json!({ "anything": 1 })), 400);
    assert_eq!(code(&format!("POST {KEYS}"), json!({ "name": "n", "role": "x" })), 400);
    assert_eq!(code(&format!("POST {KEYS}"), json!({ "name": 5 })), 400);
    assert_eq!(code(&format!("GET {KEYS}?limit=5"), Value::Null), 400);
    assert_eq!(code("GET /api/v1/agents?limit=0", Value::Null), 400);
    assert_eq!(code(&format!("PUT {path}"), Value::Null), 405);
    assert_eq!(code("GET /api/v1/nothing", Value::Null), 404);
}

#[test]
fn billing_tells_plan_and_limit() {
    let world = World::new("sidclaw", Options::new().plan("starter"));
    let admin = admin(&world).unwrap();
    let status = with(&admin, &world, "GET /api/v1/billing/status", Value::Null).json();
    assert_eq!(status["data"], json!({ "plan": "starter", "limits": { "api_keys": 5 } }));
}
