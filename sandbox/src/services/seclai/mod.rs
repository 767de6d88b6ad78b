//! Seclai: keys with a call history and usage, archived once used, deleted only if never used.
//!
//! The routes of agents, runs and sources are the page's; those of the keys are assumed.

mod documents;
mod keys;
mod resources;
mod runs;

use std::time::Duration;

use serde_json::{Value, json};

use crate::ctx::{Caller, Ctx};
use crate::rules::{CONCURRENCY_LIMIT, RATE_LIMIT, Rule};
use crate::service::Mark::{Assumed, Code, Page};
use crate::service::{Answer, Credentials, Problem, Refusal, Reply, Request, Route, Service};
use crate::store::{Account, Object};

use documents::{
    create_base, create_source, delete_base, delete_source, get_base, get_source, list_bases, list_sources, update_base,
    update_source,
};
use keys::{archive_key, create_key, delete_key, get_key, list_calls, list_keys, rename_key, usage};
use resources::{get_agent, list_agents, me};
use runs::{cancel_run, get_run, list_runs, run, stream};

const PAGED: &[&str] = &["page", "limit"];
const CALLS: &[&str] = &["page", "limit", "method", "status", "from", "to"];
const RANGE: &[&str] = &["from", "to", "granularity"];
const RUNS: &[&str] = &["page", "limit", "status"];
const STEPS: &[&str] = &["include_step_outputs"];
const SORTED: &[&str] = &["page", "limit", "sort", "order"];
const OF_ACCOUNT: &[&str] = &["page", "limit", "sort", "order", "account_id"];

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
    Route { method: "GET", path: "/agents/{id}/runs", mark: Code, needs: "key", query: RUNS, handler: list_runs },
    Route { method: "GET", path: "/agents/runs/{run_id}", mark: Code, needs: "key", query: STEPS, handler: get_run },
    Route { method: "DELETE", path: "/agents/runs/{run_id}", mark: Code, needs: "key", query: &[], handler: cancel_run },
    Route { method: "GET", path: "/knowledge-bases", mark: Page, needs: "key", query: SORTED, handler: list_bases },
    Route { method: "POST", path: "/knowledge-bases", mark: Assumed, needs: "key", query: &[], handler: create_base },
    Route { method: "GET", path: "/knowledge-bases/{id}", mark: Assumed, needs: "key", query: &[], handler: get_base },
    Route { method: "PUT", path: "/knowledge-bases/{id}", mark: Assumed, needs: "key", query: &[], handler: update_base },
    Route { method: "DELETE", path: "/knowledge-bases/{id}", mark: Assumed, needs: "key", query: &[], handler: delete_base },
    Route { method: "GET", path: "/knowledge_bases", mark: Code, needs: "key", query: SORTED, handler: list_bases },
    Route { method: "POST", path: "/knowledge_bases", mark: Code, needs: "key", query: &[], handler: create_base },
    Route { method: "GET", path: "/knowledge_bases/{id}", mark: Code, needs: "key", query: &[], handler: get_base },
    Route { method: "PUT", path: "/knowledge_bases/{id}", mark: Code, needs: "key", query: &[], handler: update_base },
    Route { method: "DELETE", path: "/knowledge_bases/{id}", mark: Code, needs: "key", query: &[], handler: delete_base },
    Route { method: "GET", path: "/sources", mark: Code, needs: "key", query: OF_ACCOUNT, handler: list_sources },
    Route { method: "POST", path: "/sources", mark: Code, needs: "key", query: &[], handler: create_source },
    Route { method: "GET", path: "/sources/{id}", mark: Code, needs: "key", query: &[], handler: get_source },
    Route { method: "PUT", path: "/sources/{id}", mark: Code, needs: "key", query: &[], handler: update_source },
    Route { method: "DELETE", path: "/sources/{id}", mark: Page, needs: "key", query: &[], handler: delete_source },
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
const RUN_ENDED: Rule = Rule::new("seclai.run_ended", "SEC-2", "a run that has ended cannot be cancelled");
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
    RUN_ENDED,
    CREDITS,
    USAGE,
];

const PROCESSING_AFTER: Duration = Duration::from_secs(1);
/// Default and largest size of a page of everything but keys and their calls.
const AGENT_PAGE: (u64, u64) = (20, 100);
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
        let (_, secret) = keys::new_key(ctx, &mine, Some("Production".to_owned()));
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

/// Number and size of the page that is asked for; `sizes` are the default and the largest.
fn page_numbers(ctx: &mut Ctx<'_>, req: &Request, (default, largest): (u64, u64)) -> Result<(u64, u64), Reply> {
    let limit = ctx.query_number(req, "limit", default, 1..=largest)?;
    Ok((ctx.query_number(req, "page", 1, 1..=u64::MAX)?, limit))
}

fn page(ctx: &mut Ctx<'_>, req: &Request, rows: Vec<Value>, sizes: (u64, u64)) -> Answer {
    let (page, limit) = page_numbers(ctx, req, sizes)?;
    let total = rows.len() as u64;
    let pages = total.div_ceil(limit);
    let skip = (page - 1).saturating_mul(limit);
    let data: Vec<Value> = rows.into_iter().skip(skip as usize).take(limit as usize).collect();
    let pagination = json!({ "page": page, "limit": limit, "total": total, "pages": pages,
        "has_next": page < pages, "has_prev": page > 1 });
    Ok(Reply::json(200, json!({ "data": data, "pagination": pagination })))
}
