//! What keys are for at Seclai: agents, runs, knowledge bases and sources.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CREDITS, INPUT_REQUIRED, KEEPALIVE, PROCESSING_AFTER, RUN_SECONDS, USAGE, detail, find, page, put};
use crate::ctx::{Ctx, Field};
use crate::service::{Answer, Reply, Request, Step};
use crate::store::{Object, Usage};
use crate::time::Time;

pub(super) fn me(ctx: &mut Ctx<'_>, _req: &Request) -> Answer {
    let account = &ctx.caller.account;
    Ok(Reply::json(200, json!({ "account_id": account, "account_kind": "personal", "organizations": [] })))
}

pub(super) fn list_agents(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let agents = ctx.store.objects("seclai", "agent", &ctx.caller.account);
    page(ctx, req, agents.iter().map(agent_json).collect(), 100)
}

pub(super) fn get_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    Ok(Reply::json(200, agent_json(&find(ctx, "agent", req.param("id"), "Agent not found")?)))
}

pub(super) fn run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let run = new_run(ctx, req)?;
    Ok(Reply::json(200, run_json(ctx.now, &run)))
}

pub(super) fn stream(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let run = new_run(ctx, req)?;
    let lasts = Duration::from_secs(run.json["seconds"].as_u64().unwrap_or(RUN_SECONDS));
    let mut steps = vec![Step::event("init", &json!({ "run_id": run.id })), Step::Wait(PROCESSING_AFTER)];
    steps.push(Step::event("status", &json!({ "status": "processing" })));
    let mut rest = lasts.saturating_sub(PROCESSING_AFTER);
    while rest > KEEPALIVE {
        steps.extend([Step::Wait(KEEPALIVE), Step::Send(": keepalive\n\n".to_owned())]);
        rest -= KEEPALIVE;
    }
    steps.push(Step::Wait(rest));
    let text = run.json["input"].as_str().map_or_else(|| run.json["input"].to_string(), str::to_owned);
    let tokens = text.split_inclusive(' ').map(|token| Step::event("stream_token", &json!({ "token": token })));
    steps.extend(tokens);
    steps.push(Step::event("stream_end", &json!({})));
    steps.push(Step::event("done", &run_json(ctx.now.plus(lasts), &run)));
    Ok(Reply::events(steps))
}

pub(super) fn get_run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let run = find(ctx, "run", req.param("run_id"), "Run not found")?;
    Ok(Reply::json(200, run_json(ctx.now, &run)))
}

pub(super) fn cancel_run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut run = find(ctx, "run", req.param("run_id"), "Run not found")?;
    if run_status(ctx.now, &run) != "completed" {
        run.json["cancelled"] = json!(true);
        ctx.store.delete_usage("seclai", &run.id);
        ctx.store.put_object(run);
    }
    Ok(Reply::empty(204))
}

fn new_run(ctx: &mut Ctx<'_>, req: &Request) -> Result<Object, Reply> {
    let agent = find(ctx, "agent", req.param("id"), "Agent not found")?;
    let fields = [Field::any("input"), Field::any("priority"), Field::object("metadata").nullable()];
    let body = ctx.body(req, &fields)?;
    ctx.check(&INPUT_REQUIRED, body.has("input"), || detail(400, "Missing required field: input"))?;
    spend_credit(ctx)?;
    let (id, seconds) = (ctx.uuid(), agent.json["seconds"].as_u64().unwrap_or(RUN_SECONDS));
    let json = json!({ "agent_id": agent.id, "input": body.get("input"), "seconds": seconds });
    if let Some(key) = ctx.caller.key.as_ref().filter(|_| ctx.holds(&USAGE)) {
        let at = ctx.now.plus(Duration::from_secs(seconds));
        let (service, activity) = ("seclai".to_owned(), "agent_run".to_owned());
        let usage = Usage { service, key: key.id.clone(), source: id.clone(), activity, credits: 1.0, at };
        ctx.store.add_usage(usage);
    }
    let account = ctx.caller.account.clone();
    Ok(put(ctx, "run", &id, &account, json))
}

fn spend_credit(ctx: &mut Ctx<'_>) -> Result<(), Reply> {
    let Some(mut account) = ctx.store.account("seclai", &ctx.caller.account) else { return Ok(()) };
    let Some(credits) = account.credits else { return Ok(()) };
    ctx.check(&CREDITS, credits >= 1.0, || {
        let message = "Your account has no credits left.";
        let error = json!({ "error": "insufficient_credits", "message": message, "account_id": account.id });
        Reply::json(402, json!({ "detail": error }))
    })?;
    account.credits = Some(credits - 1.0);
    ctx.store.put_account(account);
    Ok(())
}

fn agent_json(agent: &Object) -> Value {
    json!({ "id": agent.id, "name": agent.json["name"], "status": agent.json["status"],
        "description": agent.json["description"], "created_at": agent.created })
}

/// A run moves by the clock alone (SEC-2).
fn run_status(now: Time, run: &Object) -> &'static str {
    let lasts = Duration::from_secs(run.json["seconds"].as_u64().unwrap_or(RUN_SECONDS));
    if run.json["cancelled"] == json!(true) {
        "failed"
    } else if now >= run.created.plus(lasts) {
        "completed"
    } else if now >= run.created.plus(PROCESSING_AFTER) {
        "processing"
    } else {
        "pending"
    }
}

fn run_json(now: Time, run: &Object) -> Value {
    let (status, input) = (run_status(now, run), &run.json["input"]);
    let done = status == "completed";
    json!({ "run_id": run.id, "agent_id": run.json["agent_id"], "status": status, "input": input,
        "output": done.then(|| json!({ "echo": input })), "credits": done.then_some(1), "error_count": 0,
        "attempts": [], "created_at": run.created })
}

/// The kind of the path, and the service's words for one that is not there.
fn document_kind(req: &Request) -> (&'static str, &'static str) {
    if req.path.starts_with("/sources") { ("source", "Source not found") } else { ("knowledge_base", "Knowledge base not found") }
}

pub(super) fn list_documents(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let documents = ctx.store.objects("seclai", document_kind(req).0, &ctx.caller.account);
    page(ctx, req, documents.iter().map(document_json).collect(), 100)
}

pub(super) fn create_document(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").required(), Field::text("description").nullable()])?;
    let json = json!({ "name": body.get("name"), "description": body.get("description") });
    let (id, account) = (ctx.uuid(), ctx.caller.account.clone());
    Ok(Reply::json(201, document_json(&put(ctx, document_kind(req).0, &id, &account, json))))
}

pub(super) fn get_document(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let (kind, missing) = document_kind(req);
    Ok(Reply::json(200, document_json(&find(ctx, kind, req.param("id"), missing)?)))
}

pub(super) fn update_document(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let (kind, missing) = document_kind(req);
    let mut document = find(ctx, kind, req.param("id"), missing)?;
    let body = ctx.body(req, &[Field::text("name"), Field::text("description").nullable()])?;
    for (name, value) in body.0 {
        document.json[name] = value;
    }
    ctx.store.put_object(document.clone());
    Ok(Reply::json(200, document_json(&document)))
}

pub(super) fn delete_document(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let (kind, missing) = document_kind(req);
    let document = find(ctx, kind, req.param("id"), missing)?;
    ctx.store.delete_object("seclai", kind, &document.id);
    Ok(Reply::empty(204))
}

fn document_json(document: &Object) -> Value {
    json!({ "id": document.id, "name": document.json["name"], "description": document.json["description"],
        "created_at": document.created })
}
