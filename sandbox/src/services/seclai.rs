//! Seclai: keys with a call history and usage, archived once used, deleted only if never used.
//!
//! The routes of agents, runs and sources are the page's; those of the keys are assumed.

use std::time::Duration;

use serde_json::{Value, json};

use crate::ctx::{Caller, Ctx, Field, digest};
use crate::rules::{CONCURRENCY_LIMIT, RATE_LIMIT, Rule};
use crate::service::Mark::{Assumed, Code, Page};
use crate::service::{Answer, Credentials, Problem, Refusal, Reply, Request, Route, Service, Step};
use crate::store::{Account, Call, Key, Object, Usage};
use crate::time::Time;

const PAGED: &[&str] = &["page", "limit"];
const CALLS: &[&str] = &["page", "limit", "method", "status", "from", "to"];
const RANGE: &[&str] = &["from", "to", "granularity"];

const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/api-keys", mark: Assumed, needs: "key", query: PAGED, handler: list_keys },
    Route { method: "POST", path: "/api-keys", mark: Assumed, needs: "key", query: &[], handler: create_key },
    Route { method: "GET", path: "/api-keys/{id}", mark: Assumed, needs: "key", query: &[], handler: get_key },
    Route { method: "PATCH", path: "/api-keys/{id}", mark: Page, needs: "key", query: &[], handler: rename_key },
    Route { method: "DELETE", path: "/api-keys/{id}", mark: Assumed, needs: "key", query: &[], handler: delete_key },
    Route { method: "POST", path: "/api-keys/{id}/archive", mark: Assumed, needs: "key", query: &[], handler: archive_key },
    Route { method: "GET", path: "/api-keys/{id}/calls", mark: Assumed, needs: "key", query: CALLS, handler: list_calls },
    Route { method: "GET", path: "/api-keys/{id}/usage", mark: Assumed, needs: "key", query: RANGE, handler: usage },
    Route { method: "GET", path: "/me", mark: Code, needs: "key", query: &[], handler: me },
    Route { method: "GET", path: "/agents", mark: Page, needs: "key", query: PAGED, handler: list_agents },
    Route { method: "GET", path: "/agents/{id}", mark: Page, needs: "key", query: &[], handler: get_agent },
    Route { method: "POST", path: "/agents/{id}/runs", mark: Page, needs: "key", query: &[], handler: run },
    Route { method: "POST", path: "/agents/{id}/runs/stream", mark: Code, needs: "key", query: &[], handler: stream },
    Route { method: "GET", path: "/agents/runs/{run_id}", mark: Code, needs: "key", query: &[], handler: get_run },
    Route { method: "DELETE", path: "/agents/runs/{run_id}", mark: Code, needs: "key", query: &[], handler: cancel_run },
    Route { method: "GET", path: "/knowledge-bases", mark: Page, needs: "key", query: PAGED, handler: list_documents },
    Route { method: "POST", path: "/knowledge-bases", mark: Assumed, needs: "key", query: &[], handler: create_document },
    Route { method: "GET", path: "/knowledge-bases/{id}", mark: Assumed, needs: "key", query: &[], handler: get_document },
    Route { method: "PATCH", path: "/knowledge-bases/{id}", mark: Assumed, needs: "key", query: &[], handler: update_document },
    Route { method: "DELETE", path: "/knowledge-bases/{id}", mark: Assumed, needs: "key", query: &[], handler: delete_document },
    Route { method: "GET", path: "/knowledge_bases", mark: Code, needs: "key", query: PAGED, handler: list_documents },
    Route { method: "POST", path: "/knowledge_bases", mark: Code, needs: "key", query: &[], handler: create_document },
    Route { method: "GET", path: "/knowledge_bases/{id}", mark: Code, needs: "key", query: &[], handler: get_document },
    Route { method: "PATCH", path: "/knowledge_bases/{id}", mark: Code, needs: "key", query: &[], handler: update_document },
    Route { method: "DELETE", path: "/knowledge_bases/{id}", mark: Code, needs: "key", query: &[], handler: delete_document },
    Route { method: "GET", path: "/sources", mark: Assumed, needs: "key", query: PAGED, handler: list_documents },
    Route { method: "POST", path: "/sources", mark: Assumed, needs: "key", query: &[], handler: create_document },
    Route { method: "GET", path: "/sources/{id}", mark: Assumed, needs: "key", query: &[], handler: get_document },
    Route { method: "PATCH", path: "/sources/{id}", mark: Assumed, needs: "key", query: &[], handler: update_document },
    Route { method: "DELETE", path: "/sources/{id}", mark: Page, needs: "key", query: &[], handler: delete_document },
];

const KEY_REQUIRED: Rule = Rule::new("seclai.key_required", "SEC-78", "a request without a key of the service is refused");
const ARCHIVED_REJECTED: Rule = Rule::new("seclai.archived_rejected", "SEC-51", "an archived key makes no calls");
const ONE_ACCOUNT: Rule = Rule::new("seclai.one_account", "SEC-79", "a key reaches only what its account owns");
const NEWEST_FIRST: Rule = Rule::new("seclai.newest_first", "SEC-31", "calls come newest first");
const PAGE_SIZES: Rule = Rule::new("seclai.page_sizes", "SEC-24", "keys come in pages of 10, 25, 50 or 100");
const SHOWN_ONCE: Rule = Rule::new("seclai.shown_once", "SEC-15", "nothing but the create answer holds the key or its hash");
const NAME_FIXED: Rule = Rule::new("seclai.name_fixed", "SEC-81", "a key cannot be renamed");
const ARCHIVE_USED: Rule = Rule::new("seclai.archive_used", "SEC-49", "only a key with call history can be archived");
const ARCHIVE_FINAL: Rule = Rule::new("seclai.archive_final", "SEC-52", "archiving an archived key changes nothing");
const DELETE_UNUSED: Rule = Rule::new("seclai.delete_unused", "SEC-55", "only a key without call history can be deleted");
const INPUT_REQUIRED: Rule = Rule::new("seclai.input_required", "SEC-37", "a run needs an input");
const CREDITS: Rule = Rule::new("seclai.credits", "SEC-85", "a run needs credits");
const USAGE: Rule = Rule::new("seclai.usage", "SEC-10", "a completed run is usage of the key that started it");

const RULES: &[Rule] = &[
    KEY_REQUIRED,
    ARCHIVED_REJECTED,
    ONE_ACCOUNT,
    NEWEST_FIRST,
    PAGE_SIZES,
    SHOWN_ONCE,
    NAME_FIXED,
    ARCHIVE_USED,
    ARCHIVE_FINAL,
    DELETE_UNUSED,
    INPUT_REQUIRED,
    CREDITS,
    USAGE,
];

const PROCESSING_AFTER: Duration = Duration::from_secs(1);
/// How long a run takes, unless its agent says otherwise.
const RUN_SECONDS: u64 = 2;
const KEEPALIVE: Duration = Duration::from_secs(15);
const DAY: Duration = Duration::from_secs(86_400);

/// The service.
#[derive(Debug)]
pub(crate) struct Seclai;

impl Service for Seclai {
    fn name(&self) -> &'static str {
        "seclai"
    }

    fn plans(&self) -> &'static [&'static str] {
        &["standard"]
    }

    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn rules(&self) -> &'static [Rule] {
        RULES
    }

    fn seed(&self, ctx: &mut Ctx<'_>) -> Credentials {
        let (mine, other) = (new_account(ctx, "Personal"), new_account(ctx, "Somebody else"));
        // The slow agent's runs are long enough to be kept alive.
        for (account, name, seconds) in [(&other, "Theirs", 2), (&mine, "Night report", 40), (&mine, "Analyst", 2)] {
            let json = json!({ "name": name, "status": "active", "description": null, "seconds": seconds });
            let id = ctx.uuid();
            put(ctx, "agent", &id, account, json);
        }
        let (_, secret) = new_key(ctx, &mine, Some("Production".to_owned()));
        [("api_key", Some(secret)), ("account_id", Some(mine))].into()
    }

    fn guard(&self, ctx: &mut Ctx<'_>, req: &Request, _needs: Option<&'static str>) -> Result<(), Reply> {
        let refusal = || detail(401, "Invalid or missing API key");
        let key = req.header("x-api-key").and_then(|text| ctx.key_of(text));
        if key.is_none() {
            ctx.check(&KEY_REQUIRED, false, refusal)?;
        }
        // With the rule broken, anybody is the first account.
        let account = match &key {
            Some(key) => key.account.clone(),
            None => ctx.store.accounts("seclai").first().map(|account| account.id.clone()).unwrap_or_default(),
        };
        if let Some(key) = &key {
            ctx.identify(key);
            ctx.check(&ARCHIVED_REJECTED, key.archived.is_none(), refusal)?;
        }
        ctx.caller = Caller { account, key, user: None };
        limit(ctx)
    }

    fn refuse(&self, refusal: Refusal<'_>) -> Reply {
        let invalid = |place, name, (text, kind): (String, &str)| {
            Reply::json(422, json!({ "detail": [{ "loc": [place, name], "msg": text, "type": kind }] }))
        };
        match refusal {
            Refusal::NoRoute => detail(404, "Not Found"),
            Refusal::Method => detail(405, "Method Not Allowed"),
            Refusal::Query { name, problem } => invalid("query", name, words(problem)),
            Refusal::Member { name, problem } => invalid("body", name, words(problem)),
            Refusal::NotJson => invalid("body", "", ("JSON decode error".to_owned(), "json_invalid")),
            Refusal::ContentType => detail(415, "Unsupported Media Type"),
            Refusal::DuplicateHeader(name) => invalid("header", name, ("Header sent twice".to_owned(), "value_error")),
            Refusal::TooLarge => detail(413, "Payload Too Large"),
            Refusal::IdempotencyConflict => detail(409, "Idempotency key in use"),
        }
    }
}

fn words(problem: Problem<'_>) -> (String, &'static str) {
    match problem {
        Problem::Unknown => ("Extra inputs are not permitted".to_owned(), "extra_forbidden"),
        Problem::Missing => ("Field required".to_owned(), "missing"),
        Problem::Type(kind) => (format!("Input should be a valid {kind}"), "type_error"),
        Problem::Value(text) => (text.to_owned(), "value_error"),
    }
}

fn detail(status: u16, text: &str) -> Reply {
    Reply::json(status, json!({ "detail": text }))
}

fn limit(ctx: &mut Ctx<'_>) -> Result<(), Reply> {
    let within = ctx.within_concurrency();
    ctx.check(&CONCURRENCY_LIMIT, within, || detail(429, "Too many requests at once"))?;
    let Some(window) = ctx.count("all", None) else { return Ok(()) };
    ctx.check(&RATE_LIMIT, window.allowed, || {
        let reply = detail(429, "Too many requests");
        window.retry_after.map_or(reply.clone(), |wait| reply.header("Retry-After", wait))
    })
}

// Keys

fn list_keys(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let sizes = [10, 25, 50, 100];
    let size = ctx.query_number(req, "limit", 25, 1..=u64::MAX)?;
    let ok = if ctx.live() { size <= 100 } else { sizes.contains(&size) };
    let problem = Problem::Value("Input should be 10, 25, 50 or 100");
    let refusal = ctx.refuse(Refusal::Query { name: "limit", problem });
    ctx.check(&PAGE_SIZES, ok, || refusal)?;
    let keys = ctx.store.keys("seclai", &ctx.caller.account);
    let keys = keys.iter().map(|key| key_json(ctx, key)).collect();
    page(ctx, req, keys, u64::MAX)
}

fn create_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").nullable()])?;
    let account = ctx.caller.account.clone();
    let (key, secret) = new_key(ctx, &account, body.text("name").map(str::to_owned));
    let json = json!({ "id": key.id, "name": key.name, "key": secret, "created_at": key.created });
    Ok(Reply::json(201, json))
}

fn get_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    Ok(Reply::json(200, key_json(ctx, &key)))
}

fn rename_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let refusal = ctx.refuse(Refusal::Method);
    ctx.check(&NAME_FIXED, false, || refusal)?;
    let body = ctx.body(req, &[Field::text("name").required()])?;
    let key = Key { name: body.text("name").map(str::to_owned), ..find_key(ctx, req)? };
    ctx.store.put_key(key.clone());
    Ok(Reply::json(200, key_json(ctx, &key)))
}

fn delete_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    let text = "This API key has call history and cannot be deleted. Archive it instead.";
    let unused = ctx.store.calls("seclai", &key.id).is_empty();
    ctx.check(&DELETE_UNUSED, unused, || detail(409, text))?;
    ctx.store.delete_key("seclai", &key.id);
    Ok(Reply::empty(204))
}

fn archive_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut key = find_key(ctx, req)?;
    let used = !ctx.store.calls("seclai", &key.id).is_empty();
    let text = "This API key has no call history. Delete it instead.";
    ctx.check(&ARCHIVE_USED, used, || detail(409, text))?;
    if key.archived.is_none() || !ctx.holds(&ARCHIVE_FINAL) {
        key.archived = if key.archived.is_some() { None } else { Some(ctx.now) };
        ctx.store.put_key(key.clone());
    }
    Ok(Reply::json(200, key_json(ctx, &key)))
}

fn list_calls(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    let (from, to) = (ctx.query_time(req, "from")?, ctx.query_time(req, "to")?);
    let status = ctx.query_number(req, "status", 0, 100..=599)?;
    let fits = |call: &Call| {
        req.query("method").is_none_or(|method| method == call.method)
            && (status == 0 || status == u64::from(call.status))
            && from.is_none_or(|from| call.started >= from)
            && to.is_none_or(|to| call.started < to)
    };
    let mut calls = ctx.store.calls("seclai", &key.id);
    calls.retain(fits);
    if !ctx.holds(&NEWEST_FIRST) {
        calls.reverse();
    }
    let json = |call: Call| {
        json!({ "id": call.id, "method": call.method, "endpoint": call.path, "status": call.status,
            "error": call.error, "started_at": call.started })
    };
    page(ctx, req, calls.into_iter().map(json).collect(), 100)
}

fn find_key(ctx: &mut Ctx<'_>, req: &Request) -> Result<Key, Reply> {
    let key = ctx.store.key("seclai", req.param("id")).ok_or_else(|| detail(404, "API key not found"))?;
    owned_by_caller(ctx, &key.account)?;
    Ok(key)
}

fn new_key(ctx: &mut Ctx<'_>, account: &str, name: Option<String>) -> (Key, String) {
    let secret = format!("sk-{}", ctx.base64url(32));
    let key = Key {
        service: "seclai".to_owned(),
        id: ctx.uuid(),
        account: account.to_owned(),
        name,
        hash: digest(&secret),
        prefix: secret[..7].to_owned(),
        scopes: Vec::new(),
        created: ctx.now,
        expires: None,
        last_used: None,
        archived: None,
        revoked: None,
    };
    ctx.store.put_key(key.clone());
    (key, secret)
}

fn key_json(ctx: &Ctx<'_>, key: &Key) -> Value {
    let mut json = json!({ "id": key.id, "account_id": key.account, "name": key.name, "created_at": key.created,
        "last_used_at": key.last_used, "archived_at": key.archived });
    if !ctx.holds(&SHOWN_ONCE) {
        json["key_hash"] = json!(key.hash);
    }
    json
}

// Usage

fn usage(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    let to = ctx.query_time(req, "to")?.unwrap_or(ctx.now);
    let from = ctx.query_time(req, "from")?.unwrap_or(to.minus(30 * DAY));
    let length = to.0.saturating_sub(from.0);
    let days = |count: i64| count * 86_400_000;
    let chosen = if length <= days(31) {
        "day"
    } else if length <= days(182) {
        "week"
    } else {
        "month"
    };
    let granularity = req.query("granularity").unwrap_or(chosen);
    let problem = if length < 0 { Some("from") } else { None };
    let known = ["day", "week", "month"].contains(&granularity);
    let wrong = problem.or((!known).then_some("granularity"));
    if let Some(name) = wrong {
        return Err(ctx.refuse(Refusal::Query { name, problem: Problem::Value("Input is out of range") }));
    }
    let (data, total) = slices(ctx, &key, (from, to), granularity);
    Ok(Reply::json(200, json!({ "granularity": granularity, "total": number(total), "data": data })))
}

/// One slice per day, Monday or first of the month, empty ones too.
fn slices(ctx: &Ctx<'_>, key: &Key, (from, to): (Time, Time), granularity: &str) -> (Vec<Value>, f64) {
    let (mut start, step): (Time, fn(Time) -> Time) = match granularity {
        "day" => (from.start_of_day(), |time| time.plus(DAY)),
        "week" => (from.start_of_week(), |time| time.plus(7 * DAY)),
        _ => (from.start_of_month(), Time::next_month),
    };
    let (mut data, mut total) = (Vec::new(), 0.0);
    while start < to {
        let end = step(start);
        let rows = ctx.store.usage("seclai", &key.id, start.max(from), end.min(to));
        let credits: f64 = rows.iter().map(|row| row.credits).sum();
        let activity = json!({ "activity": "agent_run", "credits": number(credits), "origin": "api" });
        let activities = if rows.is_empty() { Vec::new() } else { vec![activity] };
        data.push(json!({ "start": start, "credits": number(credits), "activities": activities }));
        total += credits;
        start = end;
    }
    (data, total)
}

/// `3` rather than `3.0`.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 { json!(value as i64) } else { json!(value) }
}

// Agents and runs

fn me(ctx: &mut Ctx<'_>, _req: &Request) -> Answer {
    let account = &ctx.caller.account;
    Ok(Reply::json(200, json!({ "account_id": account, "account_kind": "personal", "organizations": [] })))
}

fn list_agents(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let agents = ctx.store.objects("seclai", "agent", &ctx.caller.account);
    page(ctx, req, agents.iter().map(agent_json).collect(), 100)
}

fn get_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    Ok(Reply::json(200, agent_json(&find(ctx, "agent", req.param("id"), "Agent not found")?)))
}

fn run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let run = new_run(ctx, req)?;
    Ok(Reply::json(200, run_json(ctx.now, &run)))
}

fn stream(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
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

fn get_run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let run = find(ctx, "run", req.param("run_id"), "Run not found")?;
    Ok(Reply::json(200, run_json(ctx.now, &run)))
}

fn cancel_run(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
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

// Knowledge bases and sources

/// The kind of the path, and the service's words for one that is not there.
fn document_kind(req: &Request) -> (&'static str, &'static str) {
    if req.path.starts_with("/sources") { ("source", "Source not found") } else { ("knowledge_base", "Knowledge base not found") }
}

fn list_documents(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let documents = ctx.store.objects("seclai", document_kind(req).0, &ctx.caller.account);
    page(ctx, req, documents.iter().map(document_json).collect(), 100)
}

fn create_document(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").required(), Field::text("description").nullable()])?;
    let json = json!({ "name": body.get("name"), "description": body.get("description") });
    let (id, account) = (ctx.uuid(), ctx.caller.account.clone());
    Ok(Reply::json(201, document_json(&put(ctx, document_kind(req).0, &id, &account, json))))
}

fn get_document(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let (kind, missing) = document_kind(req);
    Ok(Reply::json(200, document_json(&find(ctx, kind, req.param("id"), missing)?)))
}

fn update_document(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let (kind, missing) = document_kind(req);
    let mut document = find(ctx, kind, req.param("id"), missing)?;
    let body = ctx.body(req, &[Field::text("name"), Field::text("description").nullable()])?;
    for (name, value) in body.0 {
        document.json[name] = value;
    }
    ctx.store.put_object(document.clone());
    Ok(Reply::json(200, document_json(&document)))
}

fn delete_document(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let (kind, missing) = document_kind(req);
    let document = find(ctx, kind, req.param("id"), missing)?;
    ctx.store.delete_object("seclai", kind, &document.id);
    Ok(Reply::empty(204))
}

fn document_json(document: &Object) -> Value {
    json!({ "id": document.id, "name": document.json["name"], "description": document.json["description"],
        "created_at": document.created })
}

// Common

fn new_account(ctx: &mut Ctx<'_>, name: &str) -> String {
    let id = ctx.uuid();
    let account = Account {
        service: "seclai".to_owned(),
        id: id.clone(),
        name: name.to_owned(),
        parent: None,
        slug: None,
        plan: ctx.born_plan(),
        active: true,
        credits: None,
        created: ctx.now,
        modified: ctx.now,
    };
    ctx.store.put_account(account);
    id
}

fn put(ctx: &mut Ctx<'_>, kind: &str, id: &str, account: &str, json: Value) -> Object {
    let (service, kind, id, account) = ("seclai".to_owned(), kind.to_owned(), id.to_owned(), account.to_owned());
    let object = Object { service, kind, id, account, created: ctx.now, json };
    ctx.store.put_object(object.clone());
    object
}

fn find(ctx: &mut Ctx<'_>, kind: &str, id: &str, missing: &str) -> Result<Object, Reply> {
    let object = ctx.store.object("seclai", kind, id).ok_or_else(|| detail(404, missing))?;
    owned_by_caller(ctx, &object.account)?;
    Ok(object)
}

fn owned_by_caller(ctx: &mut Ctx<'_>, account: &str) -> Result<(), Reply> {
    let mine = account == ctx.caller.account;
    ctx.check(&ONE_ACCOUNT, mine, || detail(403, "This key does not have access to the resource"))
}

fn page(ctx: &mut Ctx<'_>, req: &Request, rows: Vec<Value>, largest: u64) -> Answer {
    let limit = ctx.query_number(req, "limit", 25, 1..=largest)?;
    let page = ctx.query_number(req, "page", 1, 1..=u64::MAX)?;
    let total = rows.len() as u64;
    let pages = total.div_ceil(limit);
    let skip = (page - 1).saturating_mul(limit);
    let data: Vec<Value> = rows.into_iter().skip(skip as usize).take(limit as usize).collect();
    let pagination = json!({ "page": page, "limit": limit, "total": total, "pages": pages,
        "has_next": page < pages, "has_prev": page > 1 });
    Ok(Reply::json(200, json!({ "data": data, "pagination": pagination })))
}
