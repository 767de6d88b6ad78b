//! SegOps: the rules of its page, each missed when broken, and the shapes of its answers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod service;
mod support;

use std::time::Duration;

use keywright_sandbox::{Options, Variant};
use serde_json::{Value, json};
use service::{Case, Proof, World, answers, prove, same, status};
use support::Answer;

const SEGMENTS: &str = "GET /api/segments/";
const KEYS: &str = "POST /api/auth/api-keys/";

fn world(options: Options) -> World {
    World::new("segops", options)
}

fn log_in(world: &World, email: &str) -> Result<(String, String), String> {
    let body = json!({ "email": email, "password": world.given("password") });
    let tokens = status(&world.ask(&[], "POST /api/auth/token/", body), 200)?;
    let bearer = |name: &str| format!("Authorization: Bearer {}", tokens[name].as_str().unwrap_or_default());
    Ok((bearer("access"), bearer("refresh")))
}

fn access(world: &World) -> Result<String, String> {
    log_in(world, "owner@acme.example").map(|(access, _)| access)
}

fn key(world: &World) -> String {
    format!("Authorization: ApiKey {}", world.given("api_key"))
}

fn create(world: &World, access: &str, name: &str, tenant: &str) -> Answer {
    world.ask(&[access], KEYS, json!({ "name": name, "tenant_slug": tenant }))
}

fn detail(text: &str) -> Value {
    json!({ "detail": text })
}

fn no_credentials(world: &World) -> Proof {
    answers(&world.ask(&[], SEGMENTS, Value::Null), 401, &detail("Authentication credentials were not provided."))
}

fn unknown_key(world: &World) -> Proof {
    let header = "Authorization: ApiKey sk_live_AAAAAAAAAAAAAAAAAAAAAAAA";
    answers(&world.ask(&[header], SEGMENTS, Value::Null), 401, &detail("Invalid API key."))
}

fn deleted_key(world: &World) -> Proof {
    let access = access(world)?;
    let made = status(&create(world, &access, "ci", "acme"), 201)?;
    let header = format!("Authorization: ApiKey {}", made["key"].as_str().unwrap_or_default());
    status(&world.ask(&[&header], SEGMENTS, Value::Null), 200)?;
    status(&world.ask(&[&access], &format!("DELETE /api/auth/api-keys/{}/", made["id"]), Value::Null), 204)?;
    answers(&world.ask(&[&header], SEGMENTS, Value::Null), 401, &detail("Invalid API key."))
}

fn bad_token(answer: &Answer) -> Proof {
    answers(answer, 401, &detail("Invalid or expired token."))
}

fn forged_token(world: &World) -> Proof {
    let access = access(world)?;
    let (head, _) = access.rsplit_once('.').unwrap();
    bad_token(&world.ask(&[&format!("{head}.AAAA")], SEGMENTS, Value::Null))?;
    bad_token(&world.ask(&["Authorization: Bearer not-a-token"], SEGMENTS, Value::Null))
}

fn tokens_end(world: &World) -> Proof {
    let (access, refresh) = log_in(world, "owner@acme.example")?;
    world.pass(Duration::from_secs(3599));
    status(&world.ask(&[&access], SEGMENTS, Value::Null), 200)?;
    world.pass(Duration::from_secs(1));
    bad_token(&world.ask(&[&access], SEGMENTS, Value::Null))?;
    let body = json!({ "refresh": refresh.rsplit(' ').next() });
    world.pass(Duration::from_secs(7 * 86_400 - 3601));
    let renewed = status(&world.ask(&[], "POST /api/auth/token/refresh/", body.clone()), 200)?;
    let header = format!("Authorization: Bearer {}", renewed["access"].as_str().unwrap_or_default());
    status(&world.ask(&[&header], SEGMENTS, Value::Null), 200)?;
    world.pass(Duration::from_secs(1));
    bad_token(&world.ask(&[], "POST /api/auth/token/refresh/", body))
}

fn tokens_are_of_a_kind(world: &World) -> Proof {
    let (access, refresh) = log_in(world, "owner@acme.example")?;
    bad_token(&world.ask(&[&refresh], SEGMENTS, Value::Null))?;
    let body = json!({ "refresh": access.rsplit(' ').next() });
    bad_token(&world.ask(&[], "POST /api/auth/token/refresh/", body))
}

fn wrong_password(world: &World) -> Proof {
    let words = detail("No active account found with the given credentials");
    for email in ["owner@acme.example", "nobody@acme.example"] {
        let body = json!({ "email": email, "password": "not the password" });
        answers(&world.ask(&[], "POST /api/auth/token/", body), 401, &words)?;
    }
    Ok(())
}

fn keys_do_not_manage(world: &World) -> Proof {
    let words = detail("Authentication credentials were not provided.");
    answers(&create(world, &key(world), "ci", "acme"), 401, &words)
}

fn roles(world: &World) -> Proof {
    for (role, expected) in [("admin", 201), ("member", 403), ("viewer", 403)] {
        let (access, _) = log_in(world, &format!("{role}@acme.example"))?;
        status(&create(world, &access, role, "acme"), expected)?;
        status(&world.ask(&[&access], SEGMENTS, Value::Null), 200)?;
    }
    let (access, _) = log_in(world, "viewer@acme.example")?;
    status(&world.ask(&[&access], "DELETE /api/auth/api-keys/1/", Value::Null), 403).map(drop)
}

fn tenants_of_the_login(world: &World) -> Proof {
    let access = access(world)?;
    status(&create(world, &access, "of a second tenant", "globex"), 201)?;
    for tenant in ["nobody", "initech"] {
        answers(&create(world, &access, "ci", tenant), 400, &json!({ "tenant_slug": ["Unknown tenant."] }))?;
    }
    Ok(())
}

fn other_tenants(world: &World) -> Proof {
    let (stranger, _) = log_in(world, "owner@initech.example")?;
    let theirs = world.row("objects", "/json/slug", "buyers")["id"].as_str().unwrap().to_owned();
    let members = format!("GET /api/segments/{theirs}/members/");
    answers(&world.ask(&[&stranger], &members, Value::Null), 404, &detail("Not found."))?;
    answers(&world.ask(&[&stranger], "DELETE /api/auth/api-keys/1/", Value::Null), 404, &detail("Not found."))?;
    status(&world.ask(&[&key(world)], SEGMENTS, Value::Null), 200).map(drop)
}

fn missing(world: &World) -> Proof {
    let access = access(world)?;
    answers(&world.ask(&[&access], "DELETE /api/auth/api-keys/1/", Value::Null), 204, &Value::Null)?;
    answers(&world.ask(&[&access], "DELETE /api/auth/api-keys/1/", Value::Null), 404, &detail("Not found."))?;
    answers(&world.ask(&[&access], "GET /api/segments/99/members/", Value::Null), 404, &detail("Not found."))
}

fn no_list(world: &World) -> Proof {
    status(&world.ask(&[&access(world)?], "GET /api/auth/api-keys/", Value::Null), 405).map(drop)
}

fn blank_name(world: &World) -> Proof {
    let words = json!({ "name": ["This field may not be blank."] });
    answers(&create(world, &access(world)?, " ", "acme"), 400, &words)
}

fn useless_event(world: &World) -> Proof {
    let track = |event: Value| world.ask(&[&key(world)], "POST /api/ingestion/track/", event);
    status(&track(json!({ "event": "", "user_id": "u" })), 400)?;
    let nobody = track(json!({ "event": "signed_up" }));
    answers(&nobody, 400, &json!({ "user_id": ["This field or anonymous_id is required."] }))?;
    answers(&track(json!({ "event": "seen", "anonymous_id": "a" })), 202, &json!({ "queued": true }))
}

fn batch_size(world: &World) -> Proof {
    let batch = |count: usize| {
        let events = vec![json!({ "event": "tick", "user_id": "u" }); count];
        world.ask(&[&key(world)], "POST /api/ingestion/track/batch/", json!({ "events": events }))
    };
    answers(&batch(500), 202, &json!({ "queued": 500, "skipped": 0 }))?;
    status(&batch(501), 400).map(drop)
}

#[test]
fn every_rule_is_proven_and_missed_when_broken() {
    prove(
        "segops",
        &[
            Case::refusal("segops.credentials", no_credentials),
            Case::refusal("segops.key_known", unknown_key),
            Case::refusal("segops.key_revoked", deleted_key),
            Case::refusal("segops.token_signed", forged_token),
            Case::refusal("segops.token_ends", tokens_end),
            Case::refusal("segops.token_kind", tokens_are_of_a_kind),
            Case::refusal("segops.password", wrong_password),
            Case::refusal("segops.login_manages", keys_do_not_manage),
            Case::refusal("segops.role", roles),
            Case::refusal("segops.tenant_known", tenants_of_the_login),
            Case::refusal("segops.one_tenant", other_tenants),
            Case::refusal("segops.not_found", missing),
            Case::refusal("segops.live_list", no_list),
            Case::refusal("segops.named", blank_name),
            Case::refusal("segops.event", useless_event),
            Case::refusal("segops.batch_size", batch_size),
        ],
    );
}

#[test]
fn a_key_has_the_form_of_the_page_and_is_shown_once() {
    let world = world(Options::new().variant(Variant::Live));
    let access = access(&world).unwrap();
    let made = create(&world, &access, "Production Ingestor", "acme").json();
    let secret = made["key"].as_str().unwrap();
    assert!(made["id"].is_u64() && secret.starts_with("sk_live_") && secret.len() == 32, "{made}");
    assert_eq!(made.as_object().unwrap().len(), 3);
    let list = world.ask(&[&access], "GET /api/auth/api-keys/", Value::Null);
    assert!(!list.text().contains(&secret[8..]));
    assert!(!world.sandbox.fixtures().unwrap().to_string().contains(&secret[8..]));
}

#[test]
fn the_scheme_word_is_compared_without_case() {
    let world = world(Options::new());
    for word in ["ApiKey", "apikey", "APIKEY"] {
        let header = format!("authorization: {word} {}", world.given("api_key"));
        assert_eq!(world.ask(&[&header], SEGMENTS, Value::Null).status, 200, "{word}");
    }
    let header = format!("authorization: Token {}", world.given("api_key"));
    assert_eq!(world.ask(&[&header], SEGMENTS, Value::Null).status, 401);
}

#[test]
fn the_live_list_holds_the_tenants_of_the_login_and_links_relatively() {
    let world = world(Options::new().variant(Variant::Live));
    let access = access(&world).unwrap();
    let (stranger, _) = log_in(&world, "owner@initech.example").unwrap();
    for (who, name, tenant) in [(&access, "a", "globex"), (&access, "b", "acme"), (&stranger, "theirs", "initech")] {
        assert_eq!(create(&world, who, name, tenant).status, 201);
    }
    let first = world.ask(&[&access], "GET /api/auth/api-keys/?limit=2", Value::Null).json();
    assert_eq!((first["count"].clone(), first["previous"].clone()), (json!(3), Value::Null));
    let next = first["next"].as_str().unwrap();
    assert_eq!(next, "/api/auth/api-keys/?limit=2&offset=2");
    let last = world.ask(&[&access], &format!("GET {next}"), Value::Null).json();
    assert_eq!(last["previous"], "/api/auth/api-keys/?limit=2&offset=0");
    let names: Vec<&Value> =
        [&first, &last].iter().flat_map(|page| page["results"].as_array().unwrap()).map(|k| &k["name"]).collect();
    assert_eq!(names, ["Production Ingestor", "a", "b"]);
}

#[test]
fn whoever_is_seen_becomes_a_member_and_members_come_by_cursor() {
    let world = world(Options::new());
    let key = key(&world);
    let events = json!({ "events": [{ "event": "a", "user_id": "user_4" }, { "event": "b" }, 7] });
    let batch = world.ask(&[&key], "POST /api/ingestion/track/batch/", events);
    answers(&batch, 202, &json!({ "queued": 1, "skipped": 2 })).unwrap();
    let segment = world.row("objects", "/json/slug", "everyone")["id"].clone();
    let mine = world.ask(&[&key], SEGMENTS, Value::Null).json()["results"][0].clone();
    assert_eq!(mine["slug"], "everyone");
    assert_ne!(Some(mine["id"].to_string().as_str()), segment.as_str(), "the first row is the stranger's");
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.ask(&[&key], &format!("GET /api/segments/{}/members/?limit=3{cursor}", mine["id"]), Value::Null).json();
        found.extend(page["results"].as_array().unwrap().iter().map(|member| member["user_id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found, ["user_1", "user_2", "user_3", "user_4"]);
    let membership = world.ask(&[&key], "GET /api/segments/membership/?user_id=user_4", Value::Null).json();
    same(&membership, &json!({ "user_id": "user_4", "segments": [mine] })).unwrap();
}

#[test]
fn what_drifts_from_the_contract_is_refused() {
    let world = world(Options::new());
    let key = key(&world);
    let track = "POST /api/ingestion/track/";
    let event = json!({ "event": "a", "user_id": "u" });
    assert_eq!(world.ask(&[&key], "GET /api/segments", Value::Null).status, 404);
    assert_eq!(world.ask(&[&key], "POST /api/ingestion/track", event.clone()).status, 404);
    assert_eq!(world.ask(&[&key], "GET /api/segments/?page=2", Value::Null).status, 400);
    assert_eq!(world.ask(&[&key], "GET /api/segments/?limit=0", Value::Null).status, 400);
    assert_eq!(world.ask(&[&key], track, json!({ "event": "a", "user_id": "u", "x": 1 })).status, 400);
    assert_eq!(world.ask(&[&key], track, json!({ "event": 5, "user_id": "u" })).status, 400);
    assert_eq!(world.ask(&[&key, "Content-Type: text/plain"], track, event).status, 415);
    assert_eq!(world.ask(&[&key], SEGMENTS, json!({ "a": 1 })).status, 400);
    let batch = json!({ "events": [{ "event": "a", "user_id": "u", "x": 1 }] });
    assert_eq!(world.ask(&[&key], "POST /api/ingestion/track/batch/", batch).status, 400);
    assert_eq!(world.ask(&[&key], "GET /api/segments/membership/", Value::Null).status, 400);
    assert_eq!(world.ask(&[&key], "PUT /api/segments/", Value::Null).status, 405);
}

#[test]
fn the_plan_limits_the_requests_of_a_minute() {
    let world = world(Options::new().plan("free"));
    let key = key(&world);
    for _ in 0..60 {
        assert_eq!(world.ask(&[&key], SEGMENTS, Value::Null).status, 200);
    }
    world.pass(Duration::from_secs(15));
    let refused = world.ask(&[&key], SEGMENTS, Value::Null);
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("45")));
    assert_eq!(refused.json()["detail"], "Request was throttled. Expected available in 45 seconds.");
    world.pass(Duration::from_secs(45));
    assert_eq!(world.ask(&[&key], SEGMENTS, Value::Null).status, 200);
}
