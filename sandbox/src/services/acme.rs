//! Acme: the example of a sixth service; everything here is ours.
//!
//! Written by hand and not read from the client's `acme.toml`: two readings of one file would agree
//! about its mistakes (S1).

use serde_json::{Value, json};

use crate::ctx::{Caller, Ctx, Field};
use crate::rules::Rule;
use crate::service::Mark::Assumed;
use crate::service::{Answer, Credentials, Problem, Refusal, Reply, Request, Route, Service};
use crate::services::shared::{
    NONE, account_row, behind, first_account, growing_id, key_row, limit, no_body, present, put_object, route,
};
use crate::store::{Key, Object};

const ROUTES: &[Route] = &[
    route("GET", "/v2/tokens", Assumed, "token", &["cursor"], list_tokens),
    route("POST", "/v2/tokens", Assumed, "token", NONE, create_token),
    route("POST", "/v2/tokens/{id}/disable", Assumed, "token", NONE, disable_token),
    route("GET", "/v2/things", Assumed, "token", &["cursor"], list_things),
];

const TOKEN_KNOWN: Rule = Rule::new("acme.token_known", "wire", "a request without a token of Acme is refused");
const TOKEN_ON: Rule = Rule::new("acme.token_on", "wire", "a token that is off is refused");
const ONE_ORG: Rule = Rule::new("acme.one_org", "wire", "a token reaches its own organization only");
const LABEL: Rule = Rule::new("acme.label", "wire", "a token has a label");
const NOT_FOUND: Rule = Rule::new("acme.not_found", "wire", "what is not there is not found");

const RULES: &[Rule] = &[TOKEN_KNOWN, TOKEN_ON, ONE_ORG, LABEL, NOT_FOUND];

const PAGE_SIZE: u64 = 50;

/// The service.
#[derive(Debug)]
pub(crate) struct Acme;

impl Service for Acme {
    fn name(&self) -> &'static str {
        "acme"
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
        let (mine, theirs) = (new_org(ctx, "Roadrunner"), new_org(ctx, "Coyote"));
        for (org, name) in [(&mine, "Anvil"), (&mine, "Rocket"), (&theirs, "Trap")] {
            let id = growing_id(ctx, "thing_");
            put_object(ctx, "thing", id, org, json!({ "name": name }));
        }
        new_token(ctx, &theirs, "born with the world");
        let (_, secret) = new_token(ctx, &mine, "born with the world");
        [("api_key", Some(secret)), ("account_id", Some(mine))].into()
    }

    fn guard(&self, ctx: &mut Ctx<'_>, req: &Request, _needs: Option<&'static str>) -> Result<(), Reply> {
        let unknown = || refusal(401, "bad_key", "Unknown key");
        let key = req.header("x-acme-key").and_then(|text| ctx.key_of(text));
        ctx.check(&TOKEN_KNOWN, key.is_some(), unknown)?;
        if let Some(key) = &key {
            ctx.check(&TOKEN_ON, key.revoked.is_none(), unknown)?;
            ctx.identify(key);
        }
        let account = key.as_ref().map_or_else(|| first_account(ctx), |key| key.account.clone());
        let same = req.header("x-acme-org").is_none_or(|org| org == account);
        ctx.check(&ONE_ORG, same, || refusal(403, "wrong_org", "The token belongs to another organization"))?;
        ctx.caller = Caller { account, key, user: None };
        limit(ctx, "all", None, |_| refusal(429, "slow_down", "Too many requests"))?;
        no_body(ctx, req)
    }

    fn refuse(&self, refused: Refusal<'_>) -> Reply {
        let invalid = |name: &str, problem| refusal(400, "bad_request", &format!("{name} {}", words(problem)));
        match refused {
            Refusal::NoRoute => refusal(404, "not_found", "No such route"),
            Refusal::Method => refusal(405, "bad_method", "The route does not know this method"),
            Refusal::Query { name, problem } | Refusal::Member { name, problem } => invalid(name, problem),
            Refusal::NotJson => refusal(400, "bad_request", "The body is no JSON object"),
            Refusal::ContentType => refusal(415, "bad_request", "The body must be application/json"),
            Refusal::DuplicateHeader(name) => refusal(400, "bad_request", &format!("{name} came twice")),
            Refusal::TooLarge => refusal(413, "too_large", "The body is too large"),
            Refusal::IdempotencyConflict => refusal(409, "conflict", "The idempotency key is in use"),
        }
    }
}

fn words(problem: Problem<'_>) -> String {
    match problem {
        Problem::Unknown => "is unknown".to_owned(),
        Problem::Missing => "is missing".to_owned(),
        Problem::Type(kind) => format!("must be a {kind}"),
        Problem::Value(text) => text.to_owned(),
    }
}

fn refusal(status: u16, code: &str, text: &str) -> Reply {
    Reply::json(status, json!({ "code": code, "text": text }))
}

fn new_org(ctx: &mut Ctx<'_>, name: &str) -> String {
    let id = ctx.id("org_", 12);
    let account = account_row(ctx, id.clone(), name, &ctx.born_plan());
    ctx.store.put_account(account);
    id
}

fn new_token(ctx: &mut Ctx<'_>, org: &str, label: &str) -> (Key, String) {
    let secret = format!("acme_{}", ctx.alphanumeric(32));
    let id = growing_id(ctx, "tok_");
    let key = key_row(ctx, id, org, label, &secret);
    ctx.store.put_key(key.clone());
    (key, secret)
}

fn token_json(key: &Key) -> Value {
    let state = if key.revoked.is_some() { "off" } else { "on" };
    json!({ "token_id": key.id, "label": key.name, "state": state, "made_at": key.created })
}

fn list_tokens(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut keys = ctx.store.keys("acme", &ctx.caller.account);
    keys.sort_by(|a, b| b.id.cmp(&a.id));
    let is_behind = |key: &Key| req.query("cursor").is_none_or(|cursor| key.id.as_str() < cursor);
    let (page, cursor) = behind(&keys, PAGE_SIZE, is_behind, |key| key.id.clone());
    let tokens: Vec<Value> = page.iter().map(token_json).collect();
    Ok(Reply::json(200, json!({ "tokens": tokens, "cursor": cursor })))
}

fn create_token(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("label").required()])?;
    let label = body.text("label").unwrap_or_default().to_owned();
    ctx.check(&LABEL, !label.trim().is_empty(), || refusal(400, "bad_request", "label is empty"))?;
    let org = ctx.caller.account.clone();
    let (key, secret) = new_token(ctx, &org, &label);
    Ok(Reply::json(201, json!({ "token_id": key.id, "label": key.name, "token": secret, "state": "on" })))
}

fn disable_token(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    ctx.body(req, &[])?;
    let missing = || refusal(404, "not_found", "No such token");
    let key = ctx.store.key("acme", req.param("id"));
    let mut key = present(ctx, &NOT_FOUND, key, missing)?;
    // A token of another organization is as unknown as one that never was.
    let mine = key.account == ctx.caller.account;
    ctx.check(&ONE_ORG, mine, missing)?;
    if key.revoked.is_none() {
        key.revoked = Some(ctx.now);
        ctx.store.put_key(key.clone());
    }
    Ok(Reply::json(200, token_json(&key)))
}

fn list_things(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut things = ctx.store.objects("acme", "thing", &ctx.caller.account);
    things.sort_by(|a, b| b.id.cmp(&a.id));
    let is_behind = |thing: &Object| req.query("cursor").is_none_or(|cursor| thing.id.as_str() < cursor);
    let (page, cursor) = behind(&things, PAGE_SIZE, is_behind, |thing| thing.id.clone());
    let things: Vec<Value> = page.iter().map(|thing| json!({ "id": thing.id, "name": thing.json["name"] })).collect();
    Ok(Reply::json(200, json!({ "things": things, "cursor": cursor })))
}
