//! SidClaw: what becomes of an action after it was judged.
#![allow(clippy::unwrap_used, clippy::panic)]

mod service;
mod support;

use std::time::Duration;

use keywright_sandbox::{Options, Variant};
use serde_json::{Value, json};
use service::World;
use support::Answer;

const DAY: Duration = Duration::from_secs(86_400);

fn live() -> World {
    World::new("sidclaw", Options::new().variant(Variant::Live))
}

fn ask(world: &World, line: &str, body: Value) -> Answer {
    world.ask(&[&format!("Authorization: Bearer {}", world.given("api_key"))], line, body)
}

fn judged(world: &World, operation: &str) -> (String, String) {
    let action = json!({ "agent_id": world.given("agent_id"), "operation": operation, "target_integration": "db",
        "resource_scope": "own", "data_classification": "internal" });
    let answer = ask(world, "POST /api/v1/evaluate", action).json();
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    (text("trace_id"), text("approval_request_id"))
}

fn outcome(world: &World, trace: &str) -> Value {
    ask(world, &format!("GET /api/v1/traces/{trace}"), Value::Null).json()["final_outcome"].clone()
}

fn report(world: &World, trace: &str, status: &str) -> u16 {
    ask(world, &format!("POST /api/v1/traces/{trace}/outcome"), json!({ "status": status })).status
}

#[test]
fn an_action_ends_as_its_agent_and_its_approver_say() {
    let world = live();
    let (allowed, _) = judged(&world, "read");
    assert_eq!(outcome(&world, &allowed), "executed");
    assert_eq!((report(&world, &allowed, "error"), outcome(&world, &allowed)), (204, json!("executed")));
    for (verb, status, said, ended) in [
        ("approve", "approved", "success", "completed_with_approval"),
        ("approve", "approved", "error", "blocked"),
        ("deny", "denied", "", "denied"),
    ] {
        let (trace, approval) = judged(&world, "delete_records");
        assert_eq!((report(&world, &trace, "success"), outcome(&world, &trace)), (409, json!("in_progress")), "it waits");
        let line = format!("POST /api/v1/approvals/{approval}/{verb}");
        let decided = ask(&world, &line, json!({ "approver_name": "Ada", "decision_note": "fine" }));
        assert_eq!((decided.status, decided.json()["status"].clone()), (200, json!(status)));
        let polled = ask(&world, &format!("GET /api/v1/approvals/{approval}/status"), Value::Null).json();
        let due = json!({ "id": approval, "status": status, "decided_at": "2026-03-23T10:00:00.000Z", "approver_name": "Ada",
            "decision_note": "fine" });
        assert_eq!(polled, due);
        if !said.is_empty() {
            assert_eq!(report(&world, &trace, said), 204);
        }
        assert_eq!(outcome(&world, &trace), ended);
    }
}

#[test]
fn an_approval_that_nobody_decides_expires_with_its_action() {
    let world = live();
    let (trace, approval) = judged(&world, "delete_records");
    let status = || ask(&world, &format!("GET /api/v1/approvals/{approval}/status"), Value::Null).json()["status"].clone();
    world.pass(DAY - Duration::from_millis(1));
    assert_eq!(status(), "pending");
    world.pass(Duration::from_millis(1));
    assert_eq!((status(), outcome(&world, &trace)), (json!("expired"), json!("expired")));
    let late = ask(&world, &format!("POST /api/v1/approvals/{approval}/approve"), json!({ "approver_name": "Ada" }));
    assert_eq!((late.status, late.json()["message"].clone()), (409, json!("Approval request is already expired")));
    assert_eq!(report(&world, &trace, "success"), 409);
}

#[test]
fn cost_adds_up_and_texts_stay() {
    let world = live();
    let (trace, _) = judged(&world, "read");
    let line = format!("PATCH /api/v1/traces/{trace}/telemetry");
    let tell = |body: Value| ask(&world, &line, body).status;
    assert_eq!(tell(json!({ "tokens_in": 10, "model": "a", "cost_estimate": 0.5 })), 204);
    assert_eq!(tell(json!({ "tokens_in": 5, "model": "b", "cost_estimate": 0.25, "tokens_out": 1 })), 204);
    let shown = ask(&world, &format!("GET /api/v1/traces/{trace}"), Value::Null).json();
    let due = json!([15, "a", 0.75, 1]);
    assert_eq!(json!([shown["tokens_in"], shown["model"], shown["cost_estimate"], shown["tokens_out"]]), due);
    assert_eq!((tell(json!({})), tell(json!({ "tokens_in": "ten" })), tell(json!({ "colour": 1 }))), (400, 400, 400));
    assert_eq!(ask(&world, "PATCH /api/v1/traces/none/telemetry", json!({ "tokens_in": 1 })).status, 404);
    for body in [json!({ "status": "fine" }), json!({ "status": "error", "error_classification": "odd" }), json!({})] {
        assert_eq!(ask(&world, &format!("POST /api/v1/traces/{trace}/outcome"), body).status, 400);
    }
}

#[test]
fn a_reviewer_decides_and_a_viewer_does_not() {
    let world = World::new("sidclaw", Options::new());
    for (name, status) in [("reviewer", 200), ("viewer", 403)] {
        let (_, approval) = judged(&world, "delete_records");
        let body = json!({ "email": format!("{name}@example.com"), "password": world.given("password") });
        let answer = world.ask(&[], "POST /api/v1/auth/login/email", body);
        let set = answer.head.iter().filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"));
        let pairs: Vec<&str> = set.filter_map(|(_, value)| value.split(';').next()).collect();
        let csrf = pairs.iter().find_map(|pair| pair.strip_prefix("csrf_token=")).unwrap();
        let headers = [format!("Cookie: {}", pairs.join("; ")), format!("X-CSRF-Token: {csrf}")];
        let line = format!("POST /api/v1/approvals/{approval}/approve");
        let decided = world.ask(&[&headers[0], &headers[1]], &line, json!({ "approver_name": name }));
        assert_eq!(decided.status, status, "{name}");
    }
}
