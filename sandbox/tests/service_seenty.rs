//! Seenty: the rules of its page, each missed when broken, and the shapes of its answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod service;
mod support;

use std::time::Duration;

use keywright_sandbox::Options;
use serde_json::{Value, json};
use service::{Case, Proof, World, answers, prove, same, status};
use support::Answer;

const KEYS: &str = "/v1/api-keys";
const MONITORS: &str = "GET /v1/monitors";
const ENDS: &str = "2026-03-24T10:00:00.000Z";

fn bearer(secret: &str) -> String {
    format!("Authorization: Bearer {secret}")
}

fn owner(world: &World, line: &str, body: Value) -> Answer {
    world.ask(&[&bearer(&world.given("management"))], line, body)
}

fn using(world: &World, key: &Value, line: &str, body: Value) -> Answer {
    world.ask(&[&bearer(key["key"].as_str().unwrap_or_default())], line, body)
}

fn own(world: &World, line: &str, body: Value) -> Answer {
    world.ask(&[&bearer(&world.given("api_key"))], line, body)
}

fn key(world: &World, body: Value) -> Result<Value, String> {
    status(&owner(world, &format!("POST {KEYS}"), body), 201)
}

fn path(key: &Value) -> String {
    format!("{KEYS}/{}", key["id"].as_str().unwrap_or_default())
}

fn revoke(world: &World, key: &Value) -> Result<Value, String> {
    status(&owner(world, &format!("POST {}/revoke", path(key)), Value::Null), 200)
}

fn code(answer: &Answer, expected: u16, code: &str) -> Proof {
    same(&status(answer, expected)?["error"]["code"], &json!(code))
}

fn no_credential(world: &World) -> Proof {
    code(&world.ask(&[], MONITORS, Value::Null), 401, "unauthorized")?;
    let unknown = bearer("sk_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    code(&world.ask(&[&unknown], MONITORS, Value::Null), 401, "unauthorized")?;
    code(&world.ask(&[], &format!("GET {KEYS}"), Value::Null), 401, "unauthorized")
}

fn revoked(world: &World) -> Proof {
    let key = key(world, json!({ "name": "CI" }))?;
    status(&using(world, &key, MONITORS, Value::Null), 200)?;
    revoke(world, &key)?;
    code(&using(world, &key, MONITORS, Value::Null), 401, "unauthorized")?;
    code(&using(world, &key, "GET /v1/findings", Value::Null), 401, "unauthorized")
}

fn expired(world: &World) -> Proof {
    let key = key(world, json!({ "name": "CI", "expires_at": ENDS }))?;
    world.pass(Duration::from_millis(86_399_999));
    status(&using(world, &key, MONITORS, Value::Null), 200)?;
    world.pass(Duration::from_millis(1));
    code(&using(world, &key, MONITORS, Value::Null), 401, "unauthorized")
}

/// A key from better days, and one whose organization falls back.
fn hobby_use(world: &World) -> Proof {
    status(&own(world, MONITORS, Value::Null), 200)?;
    world.sandbox.set_plan("seenty", None, "hobby").unwrap();
    code(&own(world, MONITORS, Value::Null), 403, "plan_required")
}

fn keys_do_not_manage(world: &World) -> Proof {
    code(&own(world, &format!("GET {KEYS}"), Value::Null), 403, "forbidden")?;
    code(&own(world, &format!("POST {KEYS}"), json!({ "name": "ci" })), 403, "forbidden")
}

fn roles(world: &World) -> Proof {
    for (role, expected) in [("admin", 200), ("editor", 403), ("viewer", 403)] {
        world.change("users", |user| {
            if user["email"] == "owner@example.com" {
                user["role"] = json!(role);
            }
        });
        status(&owner(world, &format!("GET {KEYS}"), Value::Null), expected)?;
    }
    Ok(())
}

fn owners_do_not_use(world: &World) -> Proof {
    code(&owner(world, MONITORS, Value::Null), 401, "unauthorized")
}

fn hobby_create(world: &World) -> Proof {
    let words = json!({ "error": { "code": "plan_required", "message": "API keys require the Starter plan or higher." } });
    answers(&owner(world, &format!("POST {KEYS}"), json!({ "name": "CI" })), 403, &words)
}

/// 1, 5, 10 and more: revoked keys make room, expired ones do not.
fn plan_limits(world: &World) -> Proof {
    for (plan, most) in [("starter", 1), ("pro", 5), ("ultra", 10)] {
        world.sandbox.set_plan("seenty", None, plan).unwrap();
        let list = status(&owner(world, &format!("GET {KEYS}"), Value::Null), 200)?;
        let active = list["data"].as_array().unwrap().iter().filter(|key| key["status"] == "active").count();
        for _ in active..most {
            key(world, json!({ "name": "ci", "expires_at": ENDS }))?;
        }
        world.pass(Duration::from_secs(2 * 86_400));
        let refused = status(&owner(world, &format!("POST {KEYS}"), json!({ "name": "one more" })), 403)?;
        let error = &refused["error"];
        same(&json!([error["code"], error["limit"], error["current"]]), &json!(["plan_limit_reached", most, most]))?;
    }
    let list = status(&owner(world, &format!("GET {KEYS}"), Value::Null), 200)?;
    revoke(world, &list["data"][0])?;
    key(world, json!({ "name": "in its place" })).map(drop)
}

fn names(world: &World) -> Proof {
    code(&owner(world, &format!("POST {KEYS}"), json!({ "name": " " })), 400, "invalid_request")
}

fn other_organization(world: &World) -> Proof {
    let (key, monitor) = (world.id_of("keys", "Their CI"), world.id_of("objects", "Theirs"));
    code(&owner(world, &format!("GET {KEYS}/{key}"), Value::Null), 404, "not_found")?;
    code(&owner(world, &format!("POST {KEYS}/{key}/revoke"), Value::Null), 404, "not_found")?;
    code(&own(world, &format!("{MONITORS}/{monitor}"), Value::Null), 404, "not_found")?;
    code(&own(world, &format!("DELETE /v1/monitors/{monitor}"), Value::Null), 404, "not_found")
}

fn missing(world: &World) -> Proof {
    code(&owner(world, &format!("GET {KEYS}/key_unknown"), Value::Null), 404, "not_found")?;
    code(&own(world, "GET /v1/domains/dom_unknown", Value::Null), 404, "not_found")
}

fn irreversible(world: &World) -> Proof {
    let key = key(world, json!({ "name": "CI" }))?;
    let requests = [
        (format!("PATCH {}", path(&key)), json!({ "name": "other" })),
        (format!("POST {}/reactivate", path(&key)), Value::Null),
        (format!("DELETE {}", path(&key)), Value::Null),
    ];
    requests.into_iter().try_for_each(|(line, body)| code(&owner(world, &line, body), 405, "method_not_allowed"))
}

fn expired_reads_active(world: &World) -> Proof {
    let key = key(world, json!({ "name": "CI", "expires_at": ENDS }))?;
    world.pass(Duration::from_secs(2 * 86_400));
    same(&status(&owner(world, &format!("GET {}", path(&key)), Value::Null), 200)?["status"], &json!("active"))
}

fn revoked_twice(world: &World) -> Proof {
    let key = key(world, json!({ "name": "CI" }))?;
    let first = revoke(world, &key)?;
    same(&first["status"], &json!("revoked"))?;
    same(&revoke(world, &key)?, &first)
}

#[test]
fn every_rule_is_proven_and_missed_when_broken() {
    prove(
        "seenty",
        &[
            Case::refusal("seenty.credential", no_credential),
            Case::refusal("seenty.key_revoked", revoked),
            Case::refusal("seenty.key_expired", expired),
            Case::refusal("seenty.plan_use", hobby_use),
            Case::refusal("seenty.owner_manages", keys_do_not_manage),
            Case::refusal("seenty.role", roles),
            Case::refusal("seenty.keys_use", owners_do_not_use),
            Case::refusal("seenty.plan_required", hobby_create).born(|options| options.plan("hobby")),
            Case::refusal("seenty.plan_limit", plan_limits),
            Case::refusal("seenty.named", names),
            Case::refusal("seenty.one_organization", other_organization),
            Case::refusal("seenty.not_found", missing),
            Case::refusal("seenty.irreversible", irreversible),
            Case::effect("seenty.status", expired_reads_active),
            Case::effect("seenty.revoke_again", revoked_twice),
        ],
    );
}

#[test]
fn a_key_has_the_form_of_the_page_and_is_shown_once() {
    let world = World::new("seenty", Options::new());
    let made = key(&world, json!({ "name": "GitHub Actions CI" })).unwrap();
    let secret = made["key"].as_str().unwrap();
    assert!(secret.starts_with("sk_live_") && secret.len() == 36, "{made}");
    let list = owner(&world, &format!("GET {KEYS}"), Value::Null);
    assert_eq!(list.json()["data"][0]["id"], made["id"]);
    let state = world.sandbox.fixtures().unwrap().to_string();
    assert!(!list.text().contains(&secret[8..]) && !state.contains(&secret[8..]));
    assert!(!state.contains(&world.given("management")));
}

#[test]
fn starter_is_born_without_a_key_and_hobby_with_one_that_does_not_work() {
    let starter = World::new("seenty", Options::new().plan("starter"));
    assert_eq!(starter.sandbox.description()["services"]["seenty"]["api_key"], Value::Null);
    assert_eq!(starter.sandbox.seenty().api_key, None);
    let hobby = World::new("seenty", Options::new().plan("hobby"));
    assert_eq!(own(&hobby, MONITORS, Value::Null).status, 403);
}

#[test]
fn what_a_revoked_key_has_made_stays() {
    let world = World::new("seenty", Options::new());
    let key = key(&world, json!({ "name": "first" })).unwrap();
    for kind in ["monitors", "domains", "incidents", "findings"] {
        let made = using(&world, &key, &format!("POST /v1/{kind}"), json!({ "name": "Shop", "target": "https://shop.example" }));
        let made = status(&made, 201).unwrap();
        assert_eq!((&made["status"], made.as_object().unwrap().len()), (&json!("up"), 5));
        let line = format!("/v1/{kind}/{}", made["id"].as_str().unwrap());
        assert_eq!(own(&world, &format!("GET {line}"), Value::Null).json(), made);
        assert_eq!(own(&world, &format!("DELETE {line}"), Value::Null).status, 204);
        assert_eq!(own(&world, &format!("GET {line}"), Value::Null).status, 404);
    }
    using(&world, &key, "POST /v1/monitors", json!({ "name": "Kept", "target": "https://kept.example" }));
    revoke(&world, &key).unwrap();
    assert_eq!(own(&world, MONITORS, Value::Null).json()["data"][0]["name"], "Kept");
}

#[test]
fn a_list_is_walked_by_cursor_while_rows_go_and_come() {
    let world = World::new("seenty", Options::new());
    let make = |name: &str| own(&world, "POST /v1/domains", json!({ "name": name, "target": "x" })).json();
    let rows: Vec<Value> = ["a", "b", "c", "d", "e"].map(make).into();
    let first = own(&world, "GET /v1/domains?limit=2", Value::Null).json();
    let names = |page: &Value| page["data"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&first), ["e", "d"]);
    own(&world, &format!("DELETE /v1/domains/{}", rows[3]["id"].as_str().unwrap()), Value::Null);
    make("f");
    let next = format!("GET /v1/domains?limit=2&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = own(&world, &next, Value::Null).json();
    assert_eq!(names(&second), ["c", "b"]);
    let last = format!("GET /v1/domains?limit=2&cursor={}", second["next_cursor"].as_str().unwrap());
    let last = own(&world, &last, Value::Null).json();
    assert_eq!((names(&last), last["next_cursor"].clone()), (vec![json!("a")], Value::Null));
}

#[test]
fn what_drifts_from_the_contract_is_refused() {
    let world = World::new("seenty", Options::new());
    let refused = |line: &str, body: Value| code(&owner(&world, line, body), 400, "invalid_request").unwrap();
    refused(&format!("GET {KEYS}?limit=101"), Value::Null);
    refused(&format!("GET {KEYS}?page=2"), Value::Null);
    refused(&format!("POST {KEYS}"), json!({}));
    refused(&format!("POST {KEYS}"), json!({ "name": "n", "scopes": [] }));
    refused(&format!("POST {KEYS}"), json!({ "name": "n", "expires_at": "tomorrow" }));
    let made = key(&world, json!({ "name": "n", "expires_at": null })).unwrap();
    refused(&format!("POST {}/revoke", path(&made)), json!({ "why": "leaked" }));
    assert_eq!(owner(&world, "PUT /v1/api-keys", Value::Null).status, 405);
    assert_eq!(owner(&world, "GET /v1/nothing", Value::Null).status, 404);
}

#[test]
fn a_limit_that_was_set_is_told() {
    let world = World::new("seenty", Options::new());
    world.sandbox.set_limit(Some("seenty"), 1, Duration::from_secs(60)).unwrap();
    assert_eq!(own(&world, MONITORS, Value::Null).status, 200);
    let refused = own(&world, MONITORS, Value::Null);
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
}
