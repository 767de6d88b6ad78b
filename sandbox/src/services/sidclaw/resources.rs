//! Agents, policies, the judgement of an action, and billing.
//!
//! Each judgement leaves a trace of its own and, where a policy asks for one, an approval; so
//! `evaluate` is never safe to repeat blindly (SID-22).

use serde_json::{Value, json};

use super::traces::{note, shown};
use super::{AGENT_LIMIT, EFFECT, NOT_FOUND, ONE_TENANT, PAGE_CLAMP, POLICY, invalid, not_found, plan, plan_limit};
use crate::ctx::{Ctx, Field, Fields};
use crate::service::{Answer, Reply, Request};
use crate::services::shared::{object_json, present, put_object, slice};
use crate::store::Object;

/// What a policy may look at; a member that it does not name fits everything.
pub(super) const CONDITIONS: [&str; 5] = ["agent_id", "operation", "target_integration", "resource_scope", "data_classification"];
const DECISIONS: [&str; 3] = ["allow", "approval_required", "deny"];

/// Two agents and two policies for us, an agent for somebody else; the id of our first agent.
pub(super) fn seed(ctx: &mut Ctx<'_>, mine: &str, theirs: &str) -> String {
    let [_, agent, _] = [(theirs, "Theirs"), (mine, "Mail agent"), (mine, "Night agent")]
        .map(|(tenant, name)| put(ctx, "agent", tenant, json!({ "name": name, "status": "active" })).id);
    for (name, operation, effect) in
        [("Deletions are asked for", "delete_records", "approval_required"), ("Nobody exports secrets", "export_secrets", "deny")]
    {
        let policy = json!({ "name": name, "status": "active", "operation": operation, "effect": effect });
        put(ctx, "policy", mine, policy);
    }
    agent
}

pub(super) fn put(ctx: &mut Ctx<'_>, kind: &str, tenant: &str, json: Value) -> Object {
    let prefix = match kind {
        "agent" => "ag_",
        "policy" => "pol_",
        "approval" => "apr_",
        _ => "tr_",
    };
    let id = ctx.id(prefix, 16);
    put_object(ctx, kind, id, tenant, json)
}

/// The kind that a path is about, and the service's word for it.
pub(super) fn kind(req: &Request) -> (&'static str, &'static str) {
    match req.path.split('/').nth(3) {
        Some("policies") => ("policy", "PolicyRule"),
        Some("approvals") => ("approval", "ApprovalRequest"),
        Some("traces") => ("trace", "Trace"),
        _ => ("agent", "Agent"),
    }
}

pub(super) fn find(ctx: &mut Ctx<'_>, (kind, word): (&str, &str), id: &str) -> Result<Object, Reply> {
    let object = ctx.store.object("sidclaw", kind, id);
    let object = present(ctx, &NOT_FOUND, object, || not_found(word, id))?;
    let mine = object.account == ctx.caller.account;
    ctx.check(&ONE_TENANT, mine, || not_found(word, id))?;
    Ok(object)
}

pub(super) fn list(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let limit = ctx.query_number(req, "limit", 20, 1..=u64::MAX)?;
    let limit = if ctx.holds(&PAGE_CLAMP) { limit.min(100) } else { limit };
    let offset = ctx.query_number(req, "offset", 0, 0..=u64::MAX)?;
    let objects = ctx.store.objects("sidclaw", kind(req).0, &ctx.caller.account);
    let json = |object: &Object| match object.kind.as_str() {
        "trace" | "approval" => shown(ctx, object),
        _ => object_json(object),
    };
    let data: Vec<Value> = slice(&objects, limit, offset).iter().map(json).collect();
    let pagination = json!({ "total": objects.len(), "limit": limit, "offset": offset });
    Ok(Reply::json(200, json!({ "data": data, "pagination": pagination })))
}

pub(super) fn get(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let object = find(ctx, kind(req), req.param("id"))?;
    Ok(Reply::json(200, json!({ "data": object_json(&object) })))
}

pub(super) fn create_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").required(), Field::text("description")])?;
    let tenant = ctx.caller.account.clone();
    if let Some(most) = plan(ctx, &tenant).agents {
        let current = ctx.store.objects("sidclaw", "agent", &tenant).len();
        ctx.check(&AGENT_LIMIT, current < most, || plan_limit("max_agents", current, most))?;
    }
    create(ctx, "agent", body)
}

pub(super) fn update_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name"), Field::text("description")])?;
    update(ctx, req, body)
}

fn policy_body(ctx: &mut Ctx<'_>, req: &Request, first: &[Field]) -> Result<Fields, Reply> {
    let mut fields: Vec<Field> = first.to_vec();
    fields.extend([Field::text("description"), Field::text("effect")]);
    fields.extend(CONDITIONS.map(Field::text));
    let body = ctx.body(req, &fields)?;
    let known = body.text("effect").is_none_or(|effect| DECISIONS.contains(&effect));
    ctx.check(&EFFECT, known, || invalid("effect", "Must be allow, approval_required or deny"))?;
    Ok(body)
}

pub(super) fn create_policy(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = policy_body(ctx, req, &[Field::text("name").required()])?;
    create(ctx, "policy", body)
}

pub(super) fn update_policy(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = policy_body(ctx, req, &[Field::text("name"), Field::text("status")])?;
    update(ctx, req, body)
}

fn create(ctx: &mut Ctx<'_>, kind: &str, body: Fields) -> Answer {
    let tenant = ctx.caller.account.clone();
    let mut json = json!({ "name": body.get("name"), "status": "active" });
    for (name, value) in body.0 {
        json[name] = value;
    }
    let object = put(ctx, kind, &tenant, json);
    Ok(Reply::json(201, json!({ "data": object_json(&object) })))
}

fn update(ctx: &mut Ctx<'_>, req: &Request, body: Fields) -> Answer {
    let mut object = find(ctx, kind(req), req.param("id"))?;
    for (name, value) in body.0 {
        object.json[name] = value;
    }
    ctx.store.put_object(object.clone());
    Ok(Reply::json(200, json!({ "data": object_json(&object) })))
}

/// The decision, its reason and the policy behind it; without a policy that fits, `allow` (A).
fn judge(ctx: &Ctx<'_>, action: &Fields) -> (String, String, Option<String>) {
    let policies = ctx.store.objects("sidclaw", "policy", &ctx.caller.account);
    let fits = |policy: &&Object| {
        let met = |name: &&str| policy.json.get(*name).is_none_or(|wanted| action.get(name) == Some(wanted));
        policy.json["status"] == "active" && policy.json["effect"].is_string() && CONDITIONS.iter().all(met)
    };
    match policies.iter().find(fits).filter(|_| ctx.holds(&POLICY)) {
        Some(policy) => {
            let text = |name: &str| policy.json[name].as_str().unwrap_or_default().to_owned();
            (text("effect"), format!("Policy: {}", text("name")), Some(policy.id.clone()))
        }
        None => ("allow".to_owned(), "No policy applies".to_owned(), None),
    }
}

/// The answer is not wrapped in `data` (C).
pub(super) fn evaluate(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut fields: Vec<Field> = CONDITIONS.map(|name| Field::text(name).required()).to_vec();
    fields.push(Field::object("context"));
    let action = ctx.body(req, &fields)?;
    let agent = find(ctx, ("agent", "Agent"), action.text("agent_id").unwrap_or_default())?;
    let (decision, reason, policy) = judge(ctx, &action);
    let (trace, approval) = note(ctx, &action, &agent, (&decision, &reason));
    Ok(Reply::json(
        200,
        json!({ "decision": decision, "trace_id": trace, "approval_request_id": approval,
        "reason": reason, "policy_rule_id": policy }),
    ))
}

/// A plan without a limit shows -1 (A).
pub(super) fn billing(ctx: &mut Ctx<'_>, _req: &Request) -> Answer {
    let plan = plan(ctx, &ctx.caller.account);
    let keys = plan.keys.map_or(json!(-1), |keys| json!(keys));
    Ok(Reply::json(200, json!({ "data": { "plan": plan.name, "limits": { "api_keys": keys } } })))
}
