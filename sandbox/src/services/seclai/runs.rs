//! Seclai's runs: started, streamed, listed, read and cancelled.
//!
//! Bodies, answers and statuses are those of the service's own Python client 1.8.0; only how long
//! a run takes and what it puts out is ours.

use std::time::Duration;

use serde_json::{Value, json};

use super::resources::find_agent;
use super::{
    AGENT_PAGE, CREDITS, INPUT_REQUIRED, KEEPALIVE, PROCESSING_AFTER, RUN_ENDED, RUN_SECONDS, USAGE, detail, find, page, put,
};
use crate::ctx::{Ctx, Field, Fields};
use crate::service::{Answer, Problem, Refusal, Reply, Request, Step};
use crate::store::{Object, Usage};
use crate::time::Time;

/// The statuses of a run. A cancelled one is `failed`: there is no word of its own.
const STATUSES: [&str; 7] = ["pending", "processing", "completed", "failed", "queued", "waiting_human", "waiting_scheduled"];

/// What any request for a run may hold; `input_upload_ids` and the like lead to the files of
/// uploads, of which this service has none.
const INPUT: [Field; 5] = [
    Field::text("input").nullable(),
    Field::object("metadata").nullable(),
    Field::text("input_upload_id").nullable(),
    Field::list("input_upload_ids").nullable(),
    Field::text("replay_of_run_id").nullable(),
];

pub(super) fn run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let run = new_run(ctx, req, Field::flag("priority"))?;
    Ok(Reply::json(200, run_json(ctx.now, &run)))
}

/// A streamed run is always one with priority.
pub(super) fn stream(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let run = new_run(ctx, req, Field::flag("include_reasoning"))?;
    let lasts = lasts(&run);
    let mut steps = vec![Step::event("init", &run_json(ctx.now, &run)), Step::Wait(PROCESSING_AFTER)];
    steps.push(Step::event("status", &json!({ "status": "processing" })));
    let mut rest = lasts.saturating_sub(PROCESSING_AFTER);
    while rest > KEEPALIVE {
        steps.extend([Step::Wait(KEEPALIVE), Step::Send(": keepalive\n\n".to_owned())]);
        rest -= KEEPALIVE;
    }
    steps.push(Step::Wait(rest));
    let text = run.json["input"].as_str().unwrap_or_default();
    let tokens = text.split_inclusive(' ').map(|token| Step::event("stream_token", &json!({ "token": token })));
    steps.extend(tokens);
    steps.push(Step::event("stream_end", &json!({})));
    steps.push(Step::event("done", &run_json(ctx.now.plus(lasts), &run)));
    Ok(Reply::events(steps))
}

pub(super) fn list_runs(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let agent = find_agent(ctx, req)?;
    let status = req.query("status");
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        return Err(ctx.refuse(Refusal::Query { name: "status", problem: Problem::Value("Input should be a status of a run") }));
    }
    let now = ctx.now;
    let mut runs = ctx.store.objects("seclai", "run", &ctx.caller.account);
    runs.retain(|run| run.json["agent_id"] == json!(agent.id));
    runs.retain(|run| status.is_none_or(|status| run_status(now, run) == status));
    page(ctx, req, runs.iter().map(|run| run_json(now, run)).collect(), AGENT_PAGE)
}

pub(super) fn get_run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let run = find_run(ctx, req)?;
    let mut json = run_json(ctx.now, &run);
    if ctx.query_flag(req, "include_step_outputs")? == Some(true) {
        json["steps"] = steps_json(ctx.now, &run);
    }
    Ok(Reply::json(200, json))
}

/// A run that has ended cannot be cancelled; with which status that is refused is assumed.
pub(super) fn cancel_run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut run = find_run(ctx, req)?;
    let ended = matches!(run_status(ctx.now, &run), "completed" | "failed");
    ctx.check(&RUN_ENDED, !ended, || detail(409, "The run has already ended"))?;
    if !ended {
        run.json["cancelled"] = json!(ctx.now);
        ctx.store.delete_usage("seclai", &run.id);
        ctx.store.put_object(run.clone());
    }
    Ok(Reply::json(200, run_json(ctx.now, &run)))
}

fn find_run(ctx: &mut Ctx<'_>, req: &Request) -> Result<Object, Reply> {
    find(ctx, "run", req.param("run_id"), "Run not found")
}

fn new_run(ctx: &mut Ctx<'_>, req: &Request, option: Field) -> Result<Object, Reply> {
    let agent = find_agent(ctx, req)?;
    let mut fields = INPUT.to_vec();
    fields.push(option);
    let body = ctx.body(req, &fields)?;
    let files = has_files(ctx, &body, &agent)?;
    ctx.check(&INPUT_REQUIRED, files || body.has("input"), || detail(400, "Missing required field: input"))?;
    spend_credit(ctx)?;
    let (id, seconds) = (ctx.uuid(), agent.json["seconds"].as_u64().unwrap_or(RUN_SECONDS));
    let streamed = req.path.ends_with("/stream");
    let priority = streamed || body.get("priority") == Some(&json!(true));
    let json = json!({ "agent_id": agent.id, "input": body.get("input"), "priority": priority, "seconds": seconds });
    if let Some(key) = ctx.caller.key.as_ref().filter(|_| ctx.holds(&USAGE)) {
        let at = ctx.now.plus(Duration::from_secs(seconds));
        let (service, activity) = ("seclai".to_owned(), "agent_run".to_owned());
        let usage = Usage { service, key: key.id.clone(), source: id.clone(), activity, credits: 1.0, at };
        ctx.store.add_usage(usage);
    }
    let account = ctx.caller.account.clone();
    Ok(put(ctx, "run", &id, &account, json))
}

/// Whether the run brings files instead of an input: those of an earlier run of the same agent.
/// Uploads are not served, so an id of one leads nowhere.
fn has_files(ctx: &mut Ctx<'_>, body: &Fields, agent: &Object) -> Result<bool, Reply> {
    let uploads = ["input_upload_id", "input_upload_ids"].iter().any(|name| body.get(name).is_some_and(|value| !value.is_null()));
    if uploads {
        return Err(detail(400, "Input upload not found"));
    }
    let Some(id) = body.text("replay_of_run_id") else { return Ok(false) };
    let run = find(ctx, "run", id, "Run not found")?;
    if run.json["agent_id"] != json!(agent.id) {
        return Err(detail(404, "Run not found"));
    }
    Ok(true)
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

fn lasts(run: &Object) -> Duration {
    Duration::from_secs(run.json["seconds"].as_u64().unwrap_or(RUN_SECONDS))
}

/// A run moves by the clock alone (SEC-2).
fn run_status(now: Time, run: &Object) -> &'static str {
    if run.json["cancelled"].is_string() {
        "failed"
    } else if now >= run.created.plus(lasts(run)) {
        "completed"
    } else if now >= run.created.plus(PROCESSING_AFTER) {
        "processing"
    } else {
        "pending"
    }
}

/// When the run ended, if it has.
fn ended(now: Time, run: &Object) -> Option<Time> {
    match run_status(now, run) {
        "failed" => run.json["cancelled"].as_str().and_then(Time::parse),
        "completed" => Some(run.created.plus(lasts(run))),
        _ => None,
    }
}

/// What the run puts out: its own input, as text.
fn output(now: Time, run: &Object) -> Option<&str> {
    (run_status(now, run) == "completed").then(|| run.json["input"].as_str().unwrap_or_default())
}

fn run_json(now: Time, run: &Object) -> Value {
    let (status, output) = (run_status(now, run), output(now, run));
    json!({ "run_id": run.id, "status": status, "input": run.json["input"], "output": output,
        "output_content_type": output.map(|_| "text/plain"), "priority": run.json["priority"],
        "credits": output.map(|_| 1), "error_count": u8::from(status == "failed"), "attempts": attempts_json(now, run) })
}

fn attempts_json(now: Time, run: &Object) -> Value {
    let status = run_status(now, run);
    let started = run.created.plus(PROCESSING_AFTER);
    let ended = ended(now, run);
    if status == "pending" || ended.is_some_and(|ended| ended < started) {
        return json!([]);
    }
    let error = (status == "failed").then_some("The run was cancelled");
    json!([{ "status": status, "started_at": started, "ended_at": ended, "duration": seconds(started, ended), "error": error }])
}

/// The one step that every agent here has, once it has begun.
fn steps_json(now: Time, run: &Object) -> Value {
    let attempts = attempts_json(now, run);
    let Some(attempt) = attempts.as_array().and_then(|attempts| attempts.first()) else { return json!([]) };
    let output = output(now, run);
    json!([{ "agent_step_id": run.json["agent_id"], "step_type": "prompt_call", "status": attempt["status"],
        "input": run.json["input"], "output": output, "output_content_type": output.map(|_| "text/plain"),
        "started_at": attempt["started_at"], "ended_at": attempt["ended_at"], "duration_seconds": attempt["duration"],
        "credits_used": u8::from(output.is_some()) }])
}

fn seconds(from: Time, to: Option<Time>) -> Option<f64> {
    to.map(|to| to.0.saturating_sub(from.0) as f64 / 1000.0)
}
