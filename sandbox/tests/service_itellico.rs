//! itellicoAI: the rules of its page, each missed when broken, and the shapes of its answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod service;
mod support;

use std::time::Duration;

use keywright_sandbox::{Options, Variant};
use serde_json::{Value, json};
use service::{Case, Proof, World, prove, same, status};
use support::{Answer, Connection};

const KEYS: &str = "/v1/accounts/me/api-keys";
const AGENTS: &str = "GET /v1/agents";
const ENDS: &str = "2026-03-24T10:00:00.000Z";
const DAY: Duration = Duration::from_secs(86_400);

fn bearer(secret: &str) -> String {
    format!("Authorization: Bearer {secret}")
}

fn own(world: &World, line: &str, body: Value) -> Answer {
    world.ask(&[&bearer(&world.given("api_key"))], line, body)
}

fn using(world: &World, key: &Value, line: &str, body: Value) -> Answer {
    world.ask(&[&bearer(key["key"].as_str().unwrap_or_default())], line, body)
}

fn key_of(world: &World, account: &str, body: Value) -> Result<Value, String> {
    status(&own(world, &format!("POST /v1/accounts/{account}/api-keys"), body), 201)
}

fn key(world: &World) -> Result<Value, String> {
    key_of(world, "me", json!({ "label": "CI/CD Pipeline" }))
}

fn path(key: &Value) -> String {
    format!("{KEYS}/{}", key["id"].as_str().unwrap_or_default())
}

/// Does something with a key and gives the key's status.
fn after(world: &World, key: &Value, verb: &str, body: Value) -> Result<Value, String> {
    let line = match verb {
        "GET" | "PATCH" => format!("{verb} {}", path(key)),
        verb => format!("POST {}/{verb}", path(key)),
    };
    Ok(status(&own(world, &line, body), 200)?["status"].clone())
}

fn subaccount(world: &World, parent: &str, name: &str) -> Result<String, String> {
    let answer = own(world, &format!("POST /v1/accounts/{parent}/subaccounts"), json!({ "name": name }));
    Ok(status(&answer, 201)?["id"].as_str().unwrap_or_default().to_owned())
}

fn code(answer: &Answer, expected: u16, code: &str) -> Proof {
    same(&status(answer, expected)?["error"]["code"], &json!(code))
}

fn rejected(answer: &Answer) -> Proof {
    code(answer, 401, "invalid_api_key")
}

fn unknown_key(world: &World) -> Proof {
    rejected(&world.ask(&[], AGENTS, Value::Null))?;
    rejected(&world.ask(&[&bearer("sk-a1b2c3d4.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")], AGENTS, Value::Null))?;
    let secret = world.given("api_key");
    // The prefix alone, a space too many, the header of the other variant.
    rejected(&world.ask(&[&bearer(&secret[..11])], AGENTS, Value::Null))?;
    rejected(&world.ask(&[&format!("Authorization: Bearer  {secret}")], AGENTS, Value::Null))?;
    rejected(&world.ask(&[&format!("X-API-Key: {secret}")], AGENTS, Value::Null))
}

fn revoked(world: &World) -> Proof {
    let key = key(world)?;
    status(&using(world, &key, AGENTS, Value::Null), 200)?;
    same(&after(world, &key, "revoke", Value::Null)?, &json!("revoked"))?;
    same(&after(world, &key, "revoke", Value::Null)?, &json!("revoked"))?;
    rejected(&using(world, &key, AGENTS, Value::Null))
}

fn expired(world: &World) -> Proof {
    let key = key_of(world, "me", json!({ "label": "one day", "expires_at": ENDS }))?;
    world.pass(DAY - Duration::from_millis(1));
    status(&using(world, &key, AGENTS, Value::Null), 200)?;
    world.pass(Duration::from_millis(1));
    rejected(&using(world, &key, AGENTS, Value::Null))?;
    same(&after(world, &key, "GET", Value::Null)?, &json!("expired"))?;
    same(&after(world, &key, "PATCH", json!({ "expires_at": null }))?, &json!("active"))?;
    status(&using(world, &key, AGENTS, Value::Null), 200).map(drop)
}

fn forbidden(answer: &Answer) -> Proof {
    code(answer, 403, "account_forbidden")
}

fn reach(world: &World, key: &Value, account: &str) -> Answer {
    using(world, key, &format!("GET /v1/accounts/{account}/agents"), Value::Null)
}

fn upward(world: &World) -> Proof {
    let branch = world.given("subaccount_id");
    let nested = subaccount(world, &branch, "East 1")?;
    status(&own(world, &format!("GET /v1/accounts/{nested}/agents"), Value::Null), 200)?;
    let key = key_of(world, &nested, json!({ "label": "nested" }))?;
    status(&reach(world, &key, &nested), 200)?;
    forbidden(&reach(world, &key, &branch))?;
    forbidden(&reach(world, &key, &world.given("account_id")))
}

fn sideways(world: &World) -> Proof {
    let key = key_of(world, &subaccount(world, "me", "West")?, json!({ "label": "west" }))?;
    forbidden(&reach(world, &key, &world.given("subaccount_id")))?;
    forbidden(&own(world, &format!("GET /v1/accounts/{}", world.id_of("accounts", "Somebody else")), Value::Null))
}

fn unknown_account(world: &World) -> Proof {
    forbidden(&own(world, "GET /v1/accounts/acc_unknown/agents", Value::Null))?;
    // `current` is the live service's word.
    forbidden(&own(world, "GET /v1/accounts/current/agents", Value::Null))
}

fn inactive(world: &World) -> Proof {
    let branch = world.given("subaccount_id");
    let nested = subaccount(world, &branch, "East 1")?;
    let switch = |active: bool| own(world, &format!("PATCH /v1/accounts/{branch}"), json!({ "is_active": active }));
    same(&status(&switch(false), 200)?["is_active"], &json!(false))?;
    for account in [&branch, &nested] {
        code(&own(world, &format!("GET /v1/accounts/{account}/agents"), Value::Null), 403, "account_inactive")?;
    }
    status(&own(world, &format!("GET /v1/accounts/{branch}"), Value::Null), 200)?;
    status(&switch(true), 200)?;
    status(&own(world, &format!("GET /v1/accounts/{nested}/agents"), Value::Null), 200).map(drop)
}

fn roles(world: &World) -> Proof {
    for (role, view, change) in [("agency_admin", 200, 201), ("member", 200, 403), ("viewer", 403, 403)] {
        world.change("keys", |key| key["scopes"] = json!([role]));
        status(&own(world, &format!("GET {KEYS}"), Value::Null), view)?;
        status(&own(world, &format!("POST {KEYS}"), json!({ "label": role })), change)?;
        status(&own(world, AGENTS, Value::Null), 200)?;
    }
    Ok(())
}

fn missing(world: &World) -> Proof {
    code(&own(world, &format!("GET {KEYS}/ak_unknown"), Value::Null), 404, "not_found")?;
    code(&own(world, "GET /v1/agents/agt_unknown", Value::Null), 404, "not_found")
}

fn one_account(world: &World) -> Proof {
    let key = key_of(world, &world.given("subaccount_id"), json!({ "label": "branch" }))?;
    code(&own(world, &format!("GET {}", path(&key)), Value::Null), 404, "not_found")?;
    let agent = world.id_of("objects", "Night line");
    code(&own(world, &format!("GET /v1/agents/{agent}"), Value::Null), 404, "not_found")?;
    let theirs = world.id_of("keys", "Their server");
    code(&own(world, &format!("DELETE {KEYS}/{theirs}"), Value::Null), 404, "not_found")
}

fn labels(world: &World) -> Proof {
    let refused = own(world, &format!("POST {KEYS}"), json!({ "label": "" }));
    same(&status(&refused, 400)?["error"]["fields"], &json!({ "label": ["required"] }))?;
    let key = key(world)?;
    status(&own(world, &format!("PATCH {}", path(&key)), json!({ "label": " " })), 400).map(drop)
}

fn fixed(world: &World) -> Proof {
    let key = key(world)?;
    for member in ["key", "account_id"] {
        let refused = own(world, &format!("PATCH {}", path(&key)), json!({ "label": "other", member: "x" }));
        same(&status(&refused, 400)?["error"]["fields"], &json!({ member: ["cannot be changed"] }))?;
    }
    let now = status(&own(world, &format!("GET {}", path(&key)), Value::Null), 200)?;
    same(&now["label"], &json!("CI/CD Pipeline"))
}

fn revoked_first(world: &World) -> Proof {
    let key = key_of(world, "me", json!({ "label": "one day", "expires_at": ENDS }))?;
    after(world, &key, "revoke", Value::Null)?;
    world.pass(2 * DAY);
    same(&after(world, &key, "GET", Value::Null)?, &json!("revoked"))?;
    same(&after(world, &key, "reactivate", Value::Null)?, &json!("expired"))
}

fn reactivated(world: &World) -> Proof {
    let key = key(world)?;
    after(world, &key, "revoke", Value::Null)?;
    same(&after(world, &key, "reactivate", Value::Null)?, &json!("active"))?;
    same(&after(world, &key, "reactivate", Value::Null)?, &json!("active"))?;
    status(&using(world, &key, AGENTS, Value::Null), 200).map(drop)
}

fn deleted(world: &World) -> Proof {
    let key = key(world)?;
    status(&own(world, &format!("DELETE {}", path(&key)), Value::Null), 204)?;
    rejected(&using(world, &key, AGENTS, Value::Null))?;
    code(&own(world, &format!("GET {}", path(&key)), Value::Null), 404, "not_found")?;
    code(&own(world, &format!("DELETE {}", path(&key)), Value::Null), 404, "not_found")
}

#[test]
fn every_rule_is_proven_and_missed_when_broken() {
    prove(
        "itellico",
        &[
            Case::refusal("itellico.key_known", unknown_key),
            Case::refusal("itellico.key_revoked", revoked),
            Case::refusal("itellico.key_expired", expired),
            Case::refusal("itellico.upward", upward),
            Case::refusal("itellico.sideways", sideways),
            Case::refusal("itellico.account_known", unknown_account),
            Case::refusal("itellico.account_active", inactive),
            Case::refusal("itellico.role", roles),
            Case::refusal("itellico.not_found", missing),
            Case::refusal("itellico.one_account", one_account),
            Case::refusal("itellico.label", labels),
            Case::refusal("itellico.fixed", fixed),
            Case::effect("itellico.revoked_first", revoked_first),
            Case::effect("itellico.reactivate", reactivated),
            Case::effect("itellico.delete_final", deleted),
        ],
    );
}

#[test]
fn a_key_has_the_form_of_the_page_and_is_shown_once() {
    let world = World::new("itellico", Options::new());
    let made = key(&world).unwrap();
    let secret = made["key"].as_str().unwrap();
    assert!(secret.starts_with("sk-") && secret.len() == 44 && secret.as_bytes()[11] == b'.', "{made}");
    assert_eq!(made["partial_key"], format!("{}...", &secret[..11]));
    let list = own(&world, &format!("GET {KEYS}"), Value::Null);
    assert_eq!(list.json()["items"][0]["id"], made["id"]);
    let state = world.sandbox.fixtures().unwrap().to_string();
    assert!(!list.text().contains(&secret[12..]) && !state.contains(&secret[12..]));
}

#[test]
fn the_live_service_takes_another_header_and_says_current() {
    let world = World::new("itellico", Options::new().variant(Variant::Live));
    let secret = world.given("api_key");
    for account in ["current", "me"] {
        let answer = world.ask(&[&format!("X-API-Key: {secret}")], &format!("GET /v1/accounts/{account}"), Value::Null);
        assert_eq!(answer.json()["id"], world.given("account_id").as_str());
    }
    assert_eq!(world.ask(&[&bearer(&secret)], AGENTS, Value::Null).status, 401);
}

#[test]
fn label_and_end_change_one_by_one_and_null_clears() {
    let world = World::new("itellico", Options::new());
    let made = key_of(&world, "me", json!({ "label": "one", "expires_at": ENDS })).unwrap();
    let patch = |body: Value| {
        let key = own(&world, &format!("PATCH {}", path(&made)), body).json();
        (key["label"].clone(), key["expires_at"].clone())
    };
    assert_eq!(patch(json!({ "label": "two" })), (json!("two"), json!(ENDS)));
    assert_eq!(patch(json!({})), (json!("two"), json!(ENDS)));
    assert_eq!(patch(json!({ "expires_at": "2027-01-01T01:00:00+01:00" })), (json!("two"), json!("2027-01-01T00:00:00.000Z")));
    assert_eq!(patch(json!({ "expires_at": null })), (json!("two"), Value::Null));
    assert_eq!(after(&world, &made, "PATCH", json!({ "expires_at": "2020-01-01T00:00:00Z" })).unwrap(), "expired");
    assert_eq!(own(&world, &format!("PATCH {}", path(&made)), json!({ "status": "active" })).status, 400);
}

fn agent(name: &str) -> Value {
    json!({ "name": name, "model": { "model": "gpt-4o-mini" }, "transcriber": { "provider": "deepgram" },
        "voice": { "provider": "azure", "voice_id": "en-GB-Sonia" }, "tags": ["front", "night"] })
}

#[test]
fn an_agent_needs_its_parts_and_is_found_by_what_it_is() {
    let world = World::new("itellico", Options::new());
    for part in ["model", "transcriber", "voice"] {
        let mut without = agent("Clerk");
        without.as_object_mut().unwrap().remove(part);
        let refused = own(&world, "POST /v1/agents", without);
        assert_eq!((refused.status, &refused.json()["error"]["fields"][part]), (400, &json!(["required"])));
    }
    let mut unnamed = agent("Clerk");
    unnamed["model"] = json!({ "provider": "openai" });
    assert_eq!(own(&world, "POST /v1/agents", unnamed).json()["error"]["fields"]["model.model"], json!(["required"]));
    world.pass(Duration::from_secs(60));
    let made = own(&world, "POST /v1/agents", agent("Night clerk")).json();
    assert_eq!(made["account_id"], json!(world.given("account_id")));
    let line = format!("PATCH /v1/agents/{}", made["id"].as_str().unwrap());
    let patched = own(&world, &line, json!({ "model": { "temperature": 0.5 }, "note": null })).json();
    assert_eq!(patched["model"], json!({ "model": "gpt-4o-mini", "temperature": 0.5 }), "a part is changed in part");
    let count = |query: &str| own(&world, &format!("{AGENTS}?{query}"), Value::Null).json()["count"].clone();
    for (query, found) in [
        ("name=CLERK", 1),
        ("tags=night,front", 1),
        ("tags=night,day", 0),
        ("created_gt=2026-03-23T10:00:00Z", 1),
        ("created_ge=2026-03-23T10:00:00Z", 3),
        ("created_lt=2026-03-23T10:01:00Z", 2),
        ("modified_le=2026-03-23T10:01:00Z", 3),
    ] {
        assert_eq!(count(query), found, "{query}");
    }
}

#[test]
fn an_archived_agent_leaves_the_list_and_stays_readable() {
    let world = World::new("itellico", Options::new());
    let agent = own(&world, "POST /v1/agents", agent("Receptionist 2")).json();
    let line = format!("/v1/agents/{}", agent["id"].as_str().unwrap());
    world.pass(Duration::from_secs(1));
    let renamed = own(&world, &format!("PATCH {line}"), json!({ "name": "Front desk" })).json();
    assert_eq!((&renamed["created"], &renamed["modified"]), (&agent["created"], &json!("2026-03-23T10:00:01.000Z")));
    assert_eq!(own(&world, &format!("DELETE {line}"), Value::Null).status, 204);
    assert_eq!(own(&world, &format!("GET {line}"), Value::Null).json()["name"], "Front desk");
    let count = |query: &str| own(&world, &format!("{AGENTS}{query}"), Value::Null).json()["count"].clone();
    assert_eq!((count(""), count("?include_archived=true"), count("?is_archived=true")), (json!(2), json!(3), json!(1)));
    assert_eq!(own(&world, &format!("PATCH {line}"), json!({ "is_archived": false })).status, 200);
    assert_eq!(count("?is_archived=true"), 0);
    assert_eq!(own(&world, &format!("DELETE {line}"), Value::Null).status, 204);
    let page = own(&world, &format!("{AGENTS}?include_archived=true&limit=1&offset=1"), Value::Null).json();
    assert_eq!((page["count"].clone(), page["items"].as_array().unwrap().len()), (json!(3), 1));
}

#[test]
fn subaccounts_are_told_by_their_state() {
    let world = World::new("itellico", Options::new());
    let east = subaccount(&world, "me", "East").unwrap();
    own(&world, &format!("PATCH /v1/accounts/{east}"), json!({ "is_active": false, "name": "Far east" }));
    let names = |query: &str| {
        let page = own(&world, &format!("GET /v1/accounts/me/subaccounts{query}"), Value::Null).json();
        page["items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["Far east", "Branch"]);
    assert_eq!(names("?is_active=true"), ["Branch"]);
    assert_eq!(names("?is_active=false"), ["Far east"]);
    let line = format!("/v1/accounts/me/subaccounts/{east}");
    assert_eq!(own(&world, &format!("PATCH {line}"), json!({ "is_active": true, "name": null })).json()["is_active"], true);
    assert_eq!(own(&world, &format!("GET {line}"), Value::Null).json()["name"], "Far east");
    let grandchild = subaccount(&world, &east, "Farther").unwrap();
    let not_a_child = format!("GET /v1/accounts/me/subaccounts/{grandchild}");
    assert_eq!(own(&world, &not_a_child, Value::Null).status, 404);
    assert_eq!(own(&world, "GET /v1/accounts/me/subaccounts?is_active=maybe", Value::Null).status, 400);
}

#[test]
fn what_drifts_from_the_contract_is_refused() {
    let world = World::new("itellico", Options::new());
    let made = key(&world).unwrap();
    let refused = |line: &str, body: Value| code(&own(&world, line, body), 400, "invalid_request").unwrap();
    refused(&format!("{AGENTS}?limit=0"), Value::Null);
    refused(&format!("{AGENTS}?page=1"), Value::Null);
    refused(&format!("POST {KEYS}"), json!({ "label": "n", "scopes": [] }));
    refused(&format!("POST {KEYS}"), json!({ "label": "n", "expires_at": "tomorrow" }));
    refused(&format!("POST {}/revoke", path(&made)), json!({ "why": "leaked" }));
    refused(&format!("DELETE {}", path(&made)), json!({ "why": "leaked" }));
    assert_eq!(own(&world, "PUT /v1/agents", Value::Null).status, 405);
    assert_eq!(own(&world, "GET /v1/agents/", Value::Null).status, 404);
}

#[test]
fn too_many_requests_and_too_many_at_once_answer_alike() {
    let world = World::new("itellico", Options::new());
    world.sandbox.set_limit(Some("itellico"), 1, Duration::from_secs(60)).unwrap();
    assert_eq!(own(&world, AGENTS, Value::Null).status, 200);
    let refused = own(&world, AGENTS, Value::Null);
    assert_eq!(refused.header("retry-after"), Some("60"));
    code(&refused, 429, "rate_limit_exceeded").unwrap();
    world.sandbox.clear_limits().unwrap();
    world.sandbox.set_concurrency(Some("itellico"), 1).unwrap();
    // The first request waits in the sandbox while the second comes.
    let delay = json!({ "phase": "before_handler", "action": { "kind": "delay", "by": "PT1H" } });
    world.sandbox.fault_json(&delay.to_string()).unwrap();
    let mut first = Connection::to(&world.sandbox.url("itellico")).unwrap();
    first.send("GET", "/v1/agents", &[&bearer(&world.given("api_key"))], "").unwrap();
    while world.sandbox.clock().sleepers() == 0 {
        std::thread::yield_now();
    }
    code(&own(&world, AGENTS, Value::Null), 429, "rate_limit_exceeded").unwrap();
    assert!(world.refused_by().contains("common.concurrency_limit"));
}
