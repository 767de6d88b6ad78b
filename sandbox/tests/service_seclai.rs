//! Seclai, and the rules common to all services: each missed when broken, by id (S12).
#![allow(clippy::unwrap_used, clippy::panic)]

mod service;
mod support;

use std::time::Duration;

use keywright_sandbox::rules;
use serde_json::{Value, json};
use service::{Case, Proof, World, answers, prove, same, status};
use support::{Answer, Connection};

const USED: &str = "This API key has call history and cannot be deleted. Archive it instead.";

fn key(world: &World) -> String {
    format!("X-API-Key: {}", world.given("api_key"))
}

fn ask(world: &World, line: &str, body: Value) -> Answer {
    world.ask(&[&key(world)], line, body)
}

fn get(world: &World, path: &str) -> Answer {
    ask(world, &format!("GET {path}"), Value::Null)
}

/// A new key: its id and the header that presents it.
fn made(world: &World, name: &str) -> Result<(String, String), String> {
    let made = status(&ask(world, "POST /api-keys", json!({ "name": name })), 201)?;
    let text = |member: &str| made[member].as_str().unwrap_or_default().to_owned();
    Ok((text("id"), format!("X-API-Key: {}", text("key"))))
}

/// A new key that has made one call.
fn used(world: &World) -> Result<(String, String), String> {
    let (id, header) = made(world, "used")?;
    status(&world.ask(&[&header], "GET /me", Value::Null), 200)?;
    Ok((id, header))
}

fn archive(world: &World, id: &str) -> Answer {
    ask(world, &format!("POST /api-keys/{id}/archive"), Value::Null)
}

fn detail(text: &str) -> Value {
    json!({ "detail": text })
}

fn runs(world: &World) -> String {
    format!("POST /agents/{}/runs", world.id_of("objects", "Analyst"))
}

fn invalid(answer: &Answer, place: &str, name: &str) -> Proof {
    same(&status(answer, 422)?["detail"][0]["loc"], &json!([place, name]))
}

fn unknown_query(world: &World) -> Proof {
    invalid(&get(world, "/agents?colour=red"), "query", "colour")
}

fn unknown_member(world: &World) -> Proof {
    invalid(&ask(world, "POST /api-keys", json!({ "name": "ci", "colour": "red" })), "body", "colour")
}

fn member_type(world: &World) -> Proof {
    invalid(&ask(world, "POST /api-keys", json!({ "name": 7 })), "body", "name")
}

fn member_required(world: &World) -> Proof {
    invalid(&ask(world, "POST /sources", json!({ "source_type": "website" })), "body", "name")
}

fn query_value(world: &World) -> Proof {
    invalid(&get(world, "/agents?page=0"), "query", "page")
}

fn json_body(world: &World) -> Proof {
    invalid(&ask(world, "POST /api-keys", json!(["name"])), "body", "")
}

fn content_type(world: &World) -> Proof {
    let headers = [key(world), "Content-Type: application/x-www-form-urlencoded".to_owned()];
    let answer = world.ask(&[&headers[0], &headers[1]], "POST /api-keys", json!({}));
    answers(&answer, 415, &detail("Unsupported Media Type"))
}

fn duplicate_header(world: &World) -> Proof {
    let answer = world.ask(&[&key(world), "X-Odd: 1", "X-Odd: 2"], "GET /me", Value::Null);
    invalid(&answer, "header", "x-odd")
}

fn call_row(world: &World) -> Proof {
    let (id, _) = used(world)?;
    same(&status(&get(world, &format!("/api-keys/{id}/calls")), 200)?["pagination"]["total"], &json!(1))
}

fn last_used(world: &World) -> Proof {
    let (id, _) = used(world)?;
    same(&status(&get(world, &format!("/api-keys/{id}")), 200)?["last_used_at"], &json!("2026-03-23T10:00:00.000Z"))
}

fn rate_limit(world: &World) -> Proof {
    world.sandbox.set_limit(Some("seclai"), 1, Duration::from_secs(60)).unwrap();
    status(&get(world, "/me"), 200)?;
    status(&get(world, "/me"), 429).map(drop)
}

/// One request waits in the sandbox while a second comes with the same key.
fn while_one_waits(world: &World, headers: &[&str], line: (&str, &str)) -> Answer {
    let rule = r#"{"phase":"before_handler","action":{"kind":"delay","by":"PT1H"}}"#;
    world.sandbox.fault_json(rule).unwrap();
    let mut first = Connection::to(&world.sandbox.url("seclai")).unwrap();
    first.send(line.0, line.1, headers, "").unwrap();
    while world.sandbox.clock().sleepers() == 0 {
        std::thread::yield_now();
    }
    let second = world.ask(headers, &format!("{} {}", line.0, line.1), Value::Null);
    world.pass(Duration::from_secs(3600));
    assert!(first.receive().unwrap().status < 300);
    second
}

fn concurrency(world: &World) -> Proof {
    world.sandbox.set_concurrency(Some("seclai"), 1).unwrap();
    status(&while_one_waits(world, &[&key(world)], ("GET", "/me")), 429).map(drop)
}

fn idempotency(world: &World) -> Proof {
    let headers = [key(world), "Idempotency-Key: kw-1".to_owned()];
    let create = |name: &str| world.ask(&[&headers[0], &headers[1]], "POST /api-keys", json!({ "name": name }));
    let first = status(&create("ci"), 201)?;
    answers(&create("ci"), 201, &first)?;
    answers(&create("other"), 409, &detail("Idempotency key in use"))
}

fn key_required(world: &World) -> Proof {
    let words = detail("Invalid or missing API key");
    answers(&world.ask(&[], "GET /me", Value::Null), 401, &words)?;
    answers(&world.ask(&["X-API-Key: sk-unknown"], "GET /me", Value::Null), 401, &words)?;
    let bearer = key(world).replace("X-API-Key: ", "Authorization: Bearer ");
    answers(&world.ask(&[&bearer], "GET /me", Value::Null), 401, &words)
}

fn archived_rejected(world: &World) -> Proof {
    let (id, header) = used(world)?;
    status(&archive(world, &id), 200)?;
    answers(&world.ask(&[&header], "GET /me", Value::Null), 401, &detail("Invalid or missing API key"))
}

fn one_account(world: &World) -> Proof {
    let foreign = world.id_of("objects", "Theirs");
    answers(&get(world, &format!("/agents/{foreign}")), 403, &detail("This key does not have access to the resource"))
}

fn newest_first(world: &World) -> Proof {
    let (id, header) = used(world)?;
    world.pass(Duration::from_secs(1));
    status(&world.ask(&[&header], "DELETE /sources/none", Value::Null), 404)?;
    let calls = status(&get(world, &format!("/api-keys/{id}/calls")), 200)?;
    same(&json!([calls["data"][0]["status"], calls["data"][0]["error"]]), &json!([404, "Source not found"]))?;
    same(&calls["data"][1]["endpoint"], &json!("/me"))
}

fn page_sizes(world: &World) -> Proof {
    for size in [10, 25, 50, 100] {
        status(&get(world, &format!("/api-keys?limit={size}")), 200)?;
    }
    invalid(&get(world, "/api-keys?limit=33"), "query", "limit")
}

fn shown_once(world: &World) -> Proof {
    let (id, header) = made(world, "ci")?;
    let row = world.row("keys", "/id", &id);
    let shown = get(world, "/api-keys").text() + &get(world, &format!("/api-keys/{id}")).text();
    let secrets = [header.trim_start_matches("X-API-Key: "), row["hash"].as_str().unwrap()];
    let leaked = secrets.iter().any(|secret| shown.contains(secret));
    if leaked { Err(format!("shown again: {shown}")) } else { Ok(()) }
}

fn name_fixed(world: &World) -> Proof {
    let (id, _) = made(world, "ci")?;
    let answer = ask(world, &format!("PATCH /api-keys/{id}"), json!({ "name": "other" }));
    answers(&answer, 405, &detail("Method Not Allowed"))
}

fn archive_used(world: &World) -> Proof {
    let (id, _) = made(world, "ci")?;
    answers(&archive(world, &id), 409, &detail("This API key has no call history. Delete it instead."))
}

fn archive_final(world: &World) -> Proof {
    let (id, _) = used(world)?;
    let first = status(&archive(world, &id), 200)?;
    world.pass(Duration::from_secs(60));
    answers(&archive(world, &id), 200, &first)
}

fn delete_unused(world: &World) -> Proof {
    let (unused, _) = made(world, "ci")?;
    status(&ask(world, &format!("DELETE /api-keys/{unused}"), Value::Null), 204)?;
    answers(&get(world, &format!("/api-keys/{unused}")), 404, &detail("API key not found"))?;
    let (id, _) = used(world)?;
    answers(&ask(world, &format!("DELETE /api-keys/{id}"), Value::Null), 409, &detail(USED))
}

fn input_required(world: &World) -> Proof {
    answers(&ask(world, &runs(world), json!({})), 400, &detail("Missing required field: input"))
}

fn credits(world: &World) -> Proof {
    world.sandbox.set_credits("seclai", None, Some(0.0)).unwrap();
    let refused = status(&ask(world, &runs(world), json!({ "input": "1" })), 402)?;
    same(&refused["detail"]["error"], &json!("insufficient_credits"))
}

fn run_ended(world: &World) -> Proof {
    let run = status(&ask(world, &runs(world), json!({ "input": "1" })), 200)?;
    world.pass(Duration::from_secs(3));
    let line = format!("DELETE /agents/runs/{}", run["run_id"].as_str().unwrap_or_default());
    answers(&ask(world, &line, Value::Null), 409, &detail("The run has already ended"))
}

fn usage(world: &World) -> Proof {
    let (id, header) = made(world, "ci")?;
    status(&world.ask(&[&header], &runs(world), json!({ "input": "1" })), 200)?;
    let cancelled = status(&world.ask(&[&header], &runs(world), json!({ "input": "2" })), 200)?;
    let path = format!("DELETE /agents/runs/{}", cancelled["run_id"].as_str().unwrap_or_default());
    same(&status(&world.ask(&[&header], &path, Value::Null), 200)?["status"], &json!("failed"))?;
    let total = || status(&get(world, &format!("/api-keys/{id}/usage")), 200).map(|usage| usage["total"].clone());
    same(&total()?, &json!(0))?;
    world.pass(Duration::from_secs(3));
    same(&total()?, &json!(1))
}

fn cases() -> Vec<Case> {
    vec![
        Case::refusal("common.unknown_query", unknown_query),
        Case::refusal("common.unknown_member", unknown_member),
        Case::refusal("common.member_type", member_type),
        Case::refusal("common.member_required", member_required),
        Case::refusal("common.query_value", query_value),
        Case::refusal("common.json_body", json_body),
        Case::refusal("common.content_type", content_type),
        Case::refusal("common.duplicate_header", duplicate_header),
        Case::effect("common.call_row", call_row),
        Case::effect("common.last_used", last_used),
        Case::refusal("common.rate_limit", rate_limit),
        Case::refusal("common.concurrency_limit", concurrency),
        Case::refusal("common.idempotency", idempotency).born(|options| options.idempotency()),
        Case::refusal("seclai.key_required", key_required),
        Case::refusal("seclai.archived_rejected", archived_rejected),
        Case::refusal("seclai.one_account", one_account),
        Case::effect("seclai.newest_first", newest_first),
        Case::refusal("seclai.page_sizes", page_sizes),
        Case::effect("seclai.shown_once", shown_once),
        Case::refusal("seclai.name_fixed", name_fixed),
        Case::refusal("seclai.archive_used", archive_used),
        Case::effect("seclai.archive_final", archive_final),
        Case::refusal("seclai.delete_unused", delete_unused),
        Case::refusal("seclai.input_required", input_required),
        Case::refusal("seclai.run_ended", run_ended),
        Case::refusal("seclai.credits", credits),
        Case::effect("seclai.usage", usage),
    ]
}

#[test]
fn every_rule_is_missed_when_it_is_broken() {
    prove("seclai", &cases());
    let common = rules().filter(|rule| rule.id.starts_with("common."));
    let unproven: Vec<&str> = common.map(|rule| rule.id).filter(|id| !cases().iter().any(|case| case.rule() == *id)).collect();
    assert!(unproven.is_empty(), "without a proof: {unproven:?}");
}

#[test]
fn a_lenient_world_forgives_names_but_not_types() {
    let world = World::new("seclai", keywright_sandbox::Options::new().lenient());
    unknown_query(&world).unwrap_err();
    unknown_member(&world).unwrap_err();
    duplicate_header(&world).unwrap_err();
    content_type(&world).unwrap_err();
    member_type(&world).unwrap();
}

#[test]
fn an_idempotency_key_in_flight_is_refused_with_a_wait() {
    let world = World::new("seclai", keywright_sandbox::Options::new().idempotency());
    let second = while_one_waits(&world, &[&key(&world), "Idempotency-Key: kw-2"], ("POST", "/api-keys"));
    assert_eq!((second.status, second.header("retry-after")), (409, Some("1")));
}

#[test]
fn usage_comes_in_slices_of_the_range() {
    let world = World::new("seclai", keywright_sandbox::Options::new());
    let (id, _) = made(&world, "ci").unwrap();
    let of = |query: &str| get(&world, &format!("/api-keys/{id}/usage{query}")).json();
    assert_eq!(of("")["data"].as_array().unwrap().len(), 31);
    let months = of("?from=2025-01-15T00:00:00Z&to=2026-01-01T00:00:00Z");
    assert_eq!((&months["granularity"], months["data"].as_array().unwrap().len()), (&json!("month"), 12));
    assert_eq!(months["data"][0]["start"], "2025-01-01T00:00:00.000Z");
    assert_eq!(of("?from=2026-01-01T00:00:00Z&to=2026-04-01T00:00:00Z")["granularity"], "week");
}
