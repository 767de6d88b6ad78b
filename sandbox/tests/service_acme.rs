//! Acme: the rules of the sixth service, each missed when broken, and the shapes of its answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod service;
mod support;

use std::time::Duration;

use keywright_sandbox::Options;
use serde_json::{Value, json};
use service::{Case, Proof, World, answers, prove, same, status};
use support::Answer;

const THINGS: &str = "GET /v2/things";

fn own(world: &World, line: &str, body: Value) -> Answer {
    world.ask(&[&format!("X-Acme-Key: {}", world.given("api_key"))], line, body)
}

fn token(world: &World, label: &str) -> Result<Value, String> {
    status(&own(world, "POST /v2/tokens", json!({ "label": label })), 201)
}

fn header(token: &Value) -> String {
    format!("X-Acme-Key: {}", token["token"].as_str().unwrap_or_default())
}

fn bad_key(answer: &Answer) -> Proof {
    answers(answer, 401, &json!({ "code": "bad_key", "text": "Unknown key" }))
}

fn code(answer: &Answer, expected: u16, code: &str) -> Proof {
    same(&status(answer, expected)?["code"], &json!(code))
}

fn unknown(world: &World) -> Proof {
    bad_key(&world.ask(&[], THINGS, Value::Null))?;
    bad_key(&world.ask(&["X-Acme-Key: acme_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], THINGS, Value::Null))
}

fn off(world: &World) -> Proof {
    let token = token(world, "ci")?;
    status(&world.ask(&[&header(&token)], THINGS, Value::Null), 200)?;
    let line = format!("POST /v2/tokens/{}/disable", token["token_id"].as_str().unwrap_or_default());
    let disabled = status(&own(world, &line, Value::Null), 200)?;
    same(&disabled["state"], &json!("off"))?;
    same(&status(&own(world, &line, Value::Null), 200)?, &disabled)?;
    bad_key(&world.ask(&[&header(&token)], THINGS, Value::Null))
}

fn one_org(world: &World) -> Proof {
    let key = format!("X-Acme-Key: {}", world.given("api_key"));
    let org = format!("X-Acme-Org: {}", world.given("account_id"));
    status(&world.ask(&[&key, &org], THINGS, Value::Null), 200)?;
    let other = format!("X-Acme-Org: {}", world.id_of("accounts", "Coyote"));
    code(&world.ask(&[&key, &other], THINGS, Value::Null), 403, "wrong_org")?;
    let theirs = world.sandbox.fixtures().unwrap()["keys"].clone();
    let theirs = theirs
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["service"] == "acme" && key["account"] != world.given("account_id").as_str());
    let id = theirs.unwrap()["id"].as_str().unwrap().to_owned();
    code(&own(world, &format!("POST /v2/tokens/{id}/disable"), Value::Null), 404, "not_found")
}

fn labels(world: &World) -> Proof {
    code(&own(world, "POST /v2/tokens", json!({ "label": " " })), 400, "bad_request")
}

fn missing(world: &World) -> Proof {
    code(&own(world, "POST /v2/tokens/tok_unknown/disable", Value::Null), 404, "not_found")
}

#[test]
fn every_rule_is_proven_and_missed_when_broken() {
    prove(
        "acme",
        &[
            Case::refusal("acme.token_known", unknown),
            Case::refusal("acme.token_on", off),
            Case::refusal("acme.one_org", one_org),
            Case::refusal("acme.label", labels),
            Case::refusal("acme.not_found", missing),
        ],
    );
}

#[test]
fn a_token_is_shown_once_and_listed_by_cursor() {
    let world = World::new("acme", Options::new());
    let made: Vec<Value> = (0..60).map(|n| token(&world, &format!("t{n}")).unwrap()).collect();
    let secret = made[0]["token"].as_str().unwrap();
    assert!(secret.starts_with("acme_") && secret.len() == 37);
    let first = own(&world, "GET /v2/tokens", Value::Null);
    let cursor = first.json()["cursor"].as_str().unwrap().to_owned();
    let second = own(&world, &format!("GET /v2/tokens?cursor={cursor}"), Value::Null);
    let labels = |page: &Answer| page.json()["tokens"].as_array().unwrap().iter().map(|t| t["label"].clone()).collect::<Vec<_>>();
    assert_eq!((labels(&first).len(), labels(&second).len()), (50, 11));
    assert_eq!((labels(&first)[0].clone(), labels(&second)[9].clone()), (json!("t59"), json!("t0")));
    assert_eq!(second.json()["cursor"], Value::Null);
    assert!(!second.text().contains(&secret[5..]));
}

#[test]
fn what_drifts_from_the_contract_is_refused() {
    let world = World::new("acme", Options::new());
    for (line, body, expected) in [
        ("GET /v2/things?limit=5", Value::Null, 400),
        ("POST /v2/tokens", json!({}), 400),
        ("POST /v2/tokens", json!({ "label": "a", "name": "b" }), 400),
        ("GET /v2/things", json!({ "a": 1 }), 400),
        ("DELETE /v2/things", Value::Null, 405),
        ("GET /v1/things", Value::Null, 404),
    ] {
        assert_eq!(own(&world, line, body).status, expected, "{line}");
    }
    world.sandbox.set_limit(Some("acme"), 1, Duration::from_secs(10)).unwrap();
    assert_eq!(own(&world, THINGS, Value::Null).status, 200);
    assert_eq!(own(&world, THINGS, Value::Null).header("retry-after"), Some("10"));
}
