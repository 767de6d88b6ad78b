//! What became of an action: its trace, the outcome and cost that the agent reports, and the
//! approval that a person decides.
//!
//! Bodies, words and refusals are those of the service's own Python client 0.2.1 and of the server
//! that it talks to. An approval and its trace run out with the clock, so their state is worked out
//! when it is asked for.

use std::time::Duration;

use serde_json::{Value, json};

use super::resources::{CONDITIONS, find, kind, put};
use super::{APPROVAL_OPEN, TRACE_OPEN, conflict, invalid};
use crate::ctx::{Ctx, Field, Fields};
use crate::service::{Answer, Reply, Request};
use crate::store::Object;

/// How long a person has to decide, where no policy says otherwise.
const APPROVAL_LASTS: Duration = Duration::from_secs(24 * 60 * 60);

const TRACE: (&str, &str) = ("trace", "Trace");
const APPROVAL: (&str, &str) = ("approval", "ApprovalRequest");

/// What the agent may report of cost and effort: numbers that add up, and texts that stay.
const SUMS: [&str; 4] = ["tokens_in", "tokens_out", "tokens_cache_read", "cost_estimate"];
const TEXTS: [&str; 2] = ["model", "outcome_summary"];

/// Notes an action that was judged; the ids of its trace and, if a person must decide, approval.
pub(super) fn note(
    ctx: &mut Ctx<'_>,
    action: &Fields,
    agent: &Object,
    (decision, reason): (&str, &str),
) -> (String, Option<String>) {
    let (tenant, now) = (ctx.caller.account.clone(), ctx.now);
    let outcome = match decision {
        "allow" => "executed",
        "deny" => "blocked",
        _ => "in_progress",
    };
    let mut trace = json!({ "agent_id": agent.id, "agent_name": agent.json["name"], "decision": decision, "outcome": outcome,
        "completed": (outcome != "in_progress").then_some(now) });
    for name in CONDITIONS {
        trace[name] = action.get(name).cloned().unwrap_or_default();
    }
    let mut approval = trace.clone();
    let trace = put(ctx, "trace", &tenant, trace).id;
    let approval = (outcome == "in_progress").then(|| {
        approval["trace_id"] = json!(trace);
        approval["status"] = json!("pending");
        approval["reason"] = json!(reason);
        let approval = put(ctx, "approval", &tenant, approval);
        link(ctx, &trace, &approval.id);
        approval.id
    });
    (trace, approval)
}

fn link(ctx: &mut Ctx<'_>, trace: &str, approval: &str) {
    if let Some(mut trace) = ctx.store.object("sidclaw", "trace", trace) {
        trace.json["approval_id"] = json!(approval);
        ctx.store.put_object(trace);
    }
}

/// `pending`, `approved`, `denied` or, once its time is over, `expired`.
fn status(ctx: &Ctx<'_>, approval: &Object) -> String {
    let status = approval.json["status"].as_str().unwrap_or("pending");
    let over = status == "pending" && ctx.now >= approval.created.plus(APPROVAL_LASTS);
    if over { "expired".to_owned() } else { status.to_owned() }
}

fn approval_of(ctx: &Ctx<'_>, trace: &Object) -> Option<Object> {
    ctx.store.object("sidclaw", "approval", trace.json["approval_id"].as_str()?)
}

/// The outcome of a trace, which ends with its approval.
fn outcome(ctx: &Ctx<'_>, trace: &Object) -> String {
    let outcome = trace.json["outcome"].as_str().unwrap_or_default().to_owned();
    let waits = outcome == "in_progress";
    match approval_of(ctx, trace).filter(|_| waits).map(|approval| status(ctx, &approval)).as_deref() {
        Some("expired") => "expired".to_owned(),
        _ => outcome,
    }
}

/// A trace or an approval, as the variant shows it.
pub(super) fn shown(ctx: &Ctx<'_>, object: &Object) -> Value {
    if object.kind == "trace" { trace_json(ctx, object) } else { approval_json(ctx, object) }
}

fn trace_json(ctx: &Ctx<'_>, trace: &Object) -> Value {
    let (of, outcome) = (|name: &str| trace.json[name].clone(), outcome(ctx, trace));
    let mut json = if ctx.live() {
        json!({ "id": trace.id, "agent_id": of("agent_id"), "agent_name": of("agent_name"), "requested_operation": of("operation"),
            "target_integration": of("target_integration"), "resource_scope": of("resource_scope"), "final_outcome": outcome,
            "started_at": trace.created, "completed_at": of("completed"), "has_approval": !of("approval_id").is_null() })
    } else {
        json!({ "id": trace.id, "operation": of("operation"), "status": outcome, "agent_id": of("agent_id"),
            "decision": of("decision"), "created_at": trace.created })
    };
    for name in SUMS.iter().chain(&TEXTS).chain(&["error_classification", "exit_code"]) {
        if !trace.json[*name].is_null() {
            json[*name] = of(name);
        }
    }
    json
}

fn approval_json(ctx: &Ctx<'_>, approval: &Object) -> Value {
    let of = |name: &str| approval.json[name].clone();
    let mut json = if ctx.live() {
        json!({ "agent": { "id": of("agent_id"), "name": of("agent_name") }, "requested_operation": of("operation"),
            "target_integration": of("target_integration"), "resource_scope": of("resource_scope"),
            "data_classification": of("data_classification"), "policy_effect": "approval_required",
            "flag_reason": of("reason"), "requested_at": approval.created, "expires_at": approval.created.plus(APPROVAL_LASTS) })
    } else {
        json!({ "operation": of("operation"), "created_at": approval.created })
    };
    json["id"] = json!(approval.id);
    json["status"] = json!(status(ctx, approval));
    for name in ["agent_id", "trace_id", "decided_at", "approver_name", "decision_note"] {
        json[name] = of(name);
    }
    json
}

/// One trace or approval; the live service wraps neither in `data`.
pub(super) fn get(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let object = find(ctx, kind(req), req.param("id"))?;
    let json = shown(ctx, &object);
    Ok(Reply::json(200, if ctx.live() { json } else { json!({ "data": json }) }))
}

/// What a waiting agent asks for again and again; not wrapped in `data`.
pub(super) fn approval_status(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let approval = find(ctx, APPROVAL, req.param("id"))?;
    let of = |name: &str| approval.json[name].clone();
    let json = json!({ "id": approval.id, "status": status(ctx, &approval), "decided_at": of("decided_at"),
        "approver_name": of("approver_name"), "decision_note": of("decision_note") });
    Ok(Reply::json(200, json))
}

pub(super) fn approve(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    decide(ctx, req, "approved")
}

pub(super) fn deny(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    decide(ctx, req, "denied")
}

fn decide(ctx: &mut Ctx<'_>, req: &Request, decision: &str) -> Answer {
    let body = ctx.body(req, &[Field::text("approver_name").required(), Field::text("decision_note").nullable()])?;
    if body.text("approver_name").is_none_or(str::is_empty) {
        return Err(invalid("approver_name", "Must not be empty"));
    }
    let mut approval = find(ctx, APPROVAL, req.param("id"))?;
    let status = status(ctx, &approval);
    ctx.check(&APPROVAL_OPEN, status == "pending", || conflict(&format!("Approval request is already {status}")))?;
    approval.json["status"] = json!(decision);
    approval.json["decided_at"] = json!(ctx.now);
    for name in ["approver_name", "decision_note"] {
        approval.json[name] = body.get(name).cloned().unwrap_or_default();
    }
    ctx.store.put_object(approval.clone());
    if decision == "denied" {
        close(ctx, &approval, "denied");
    }
    Ok(Reply::json(200, approval_json(ctx, &approval)))
}

fn close(ctx: &mut Ctx<'_>, approval: &Object, outcome: &str) {
    let trace = approval.json["trace_id"].as_str().unwrap_or_default();
    if let Some(mut trace) = ctx.store.object("sidclaw", "trace", trace) {
        trace.json["outcome"] = json!(outcome);
        trace.json["completed"] = json!(ctx.now);
        ctx.store.put_object(trace);
    }
}

fn cost_fields() -> Vec<Field> {
    SUMS.map(Field::number).into_iter().chain(TEXTS.map(Field::text)).collect()
}

/// An action that was stopped, or that still waits for a person, has no outcome to report.
pub(super) fn record_outcome(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut fields = cost_fields();
    fields.extend([Field::text("status").required(), Field::object("metadata"), Field::text("error_classification")]);
    fields.push(Field::number("exit_code"));
    let body = ctx.body(req, &fields)?;
    let known = |name: &str, words: &[&str]| body.text(name).is_none_or(|word| words.contains(&word));
    if !known("status", &["success", "error"]) {
        return Err(invalid("status", "Must be success or error"));
    }
    if !known("error_classification", &["timeout", "permission", "not_found", "runtime"]) {
        return Err(invalid("error_classification", "Must be timeout, permission, not_found or runtime"));
    }
    let mut trace = open_trace(ctx, req)?;
    let approval = approval_of(ctx, &trace).map(|approval| status(ctx, &approval));
    let waits = approval.as_deref() == Some("pending");
    let text = "Trace is awaiting approval; cannot record outcome until the approval is granted or denied";
    ctx.check(&TRACE_OPEN, !waits, || conflict(text))?;
    if outcome(ctx, &trace) == "in_progress" {
        let ended = match (body.text("status"), approval.as_deref()) {
            (Some("success"), Some("approved")) => "completed_with_approval",
            (Some("success"), _) => "executed",
            _ => "blocked",
        };
        trace.json["outcome"] = json!(ended);
        trace.json["completed"] = json!(ctx.now);
    }
    for (name, value) in body.0 {
        let stays = TEXTS.contains(&name.as_str()) && !trace.json[&name].is_null();
        if !stays && name != "status" && name != "metadata" {
            trace.json[&name] = value;
        }
    }
    ctx.store.put_object(trace);
    Ok(Reply::empty(204))
}

/// Cost that is known late: numbers are added, texts stay as they were first told.
pub(super) fn record_telemetry(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &cost_fields())?;
    if body.0.is_empty() {
        return Err(invalid("body", "At least one telemetry field is required"));
    }
    let mut trace = open_trace(ctx, req)?;
    for (name, value) in body.0 {
        let before = trace.json[&name].clone();
        trace.json[&name] = match (before.as_u64(), value.as_u64()) {
            _ if before.is_null() => value,
            _ if TEXTS.contains(&name.as_str()) => before,
            (Some(before), Some(more)) => json!(before.saturating_add(more)),
            _ => json!(before.as_f64().unwrap_or_default() + value.as_f64().unwrap_or_default()),
        };
    }
    ctx.store.put_object(trace);
    Ok(Reply::empty(204))
}

fn open_trace(ctx: &mut Ctx<'_>, req: &Request) -> Result<Object, Reply> {
    let trace = find(ctx, TRACE, req.param("id"))?;
    let outcome = outcome(ctx, &trace);
    let open = !["blocked", "denied", "expired"].contains(&outcome.as_str());
    ctx.check(&TRACE_OPEN, open, || conflict(&format!("Trace is finalized with outcome '{outcome}'")))?;
    Ok(trace)
}
