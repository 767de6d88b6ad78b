//! itellicoAI: accounts form a tree and stand in the path; keys are switched off and on again.
//!
//! The page promises that a key reaches its own account and those below it, never upward or
//! sideways, and that revoking can be undone while deleting cannot. Header, `me` and agents are the
//! page's; the routes of the keys are assumed.

mod agents;

use serde_json::{Value, json};

use crate::ctx::{Caller, Ctx, Field};
use crate::rules::Rule;
use crate::service::Mark::{Assumed, Code, Page};
use crate::service::{Answer, Credentials, Problem, Refusal, Reply, Request, Route, Service};
use crate::services::shared::{NONE, account_row, first_account, growing_id, key_row, limit, no_body, present, route, slice};
use crate::store::{Account, Key};

use agents::{archive_agent, create_agent, get_agent, list_agents, update_agent};

const PAGED: &[&str] = &["limit", "offset"];
/// The filters of the service's own client.
const AGENTS: &[&str] = &[
    "limit",
    "offset",
    "include_archived",
    "is_archived",
    "name",
    "tags",
    "created_ge",
    "created_gt",
    "created_le",
    "created_lt",
    "modified_ge",
    "modified_gt",
    "modified_le",
    "modified_lt",
];
const ACCOUNTS: &[&str] = &["limit", "offset", "is_active"];
/// Use of an account, which must be active.
const USE: &str = "use";
/// Reading or switching an account, which may be inactive, or nobody could wake it.
const SWITCH: &str = "switch";
/// Reading keys, and changing them (ITE-72).
const VIEW_KEYS: &str = "view keys";
const CHANGE_KEYS: &str = "change keys";

const ROUTES: &[Route] = &[
    route("GET", "/v1/accounts/{account}/api-keys", Assumed, VIEW_KEYS, PAGED, list_keys),
    route("POST", "/v1/accounts/{account}/api-keys", Assumed, CHANGE_KEYS, NONE, create_key),
    route("GET", "/v1/accounts/{account}/api-keys/{id}", Assumed, VIEW_KEYS, NONE, get_key),
    route("PATCH", "/v1/accounts/{account}/api-keys/{id}", Assumed, CHANGE_KEYS, NONE, update_key),
    route("DELETE", "/v1/accounts/{account}/api-keys/{id}", Assumed, CHANGE_KEYS, NONE, delete_key),
    route("POST", "/v1/accounts/{account}/api-keys/{id}/revoke", Assumed, CHANGE_KEYS, NONE, revoke_key),
    route("POST", "/v1/accounts/{account}/api-keys/{id}/reactivate", Assumed, CHANGE_KEYS, NONE, reactivate_key),
    // The service's own client reads `current` only, and changes an account as its parent's subaccount.
    route("GET", "/v1/accounts/{account}", Assumed, SWITCH, NONE, get_account),
    route("PATCH", "/v1/accounts/{account}", Assumed, SWITCH, NONE, update_account),
    route("GET", "/v1/accounts/{account}/subaccounts", Code, USE, ACCOUNTS, list_subaccounts),
    route("POST", "/v1/accounts/{account}/subaccounts", Code, USE, NONE, create_subaccount),
    route("GET", "/v1/accounts/{account}/subaccounts/{id}", Code, USE, NONE, get_subaccount),
    route("PATCH", "/v1/accounts/{account}/subaccounts/{id}", Code, USE, NONE, update_subaccount),
    route("GET", "/v1/agents", Page, USE, AGENTS, list_agents),
    route("POST", "/v1/agents", Code, USE, NONE, create_agent),
    route("GET", "/v1/agents/{id}", Code, USE, NONE, get_agent),
    route("PATCH", "/v1/agents/{id}", Code, USE, NONE, update_agent),
    route("DELETE", "/v1/agents/{id}", Code, USE, NONE, archive_agent),
    route("GET", "/v1/accounts/{account}/agents", Page, USE, AGENTS, list_agents),
    route("POST", "/v1/accounts/{account}/agents", Code, USE, NONE, create_agent),
    route("GET", "/v1/accounts/{account}/agents/{id}", Code, USE, NONE, get_agent),
    route("PATCH", "/v1/accounts/{account}/agents/{id}", Code, USE, NONE, update_agent),
    route("DELETE", "/v1/accounts/{account}/agents/{id}", Code, USE, NONE, archive_agent),
];

const KEY_KNOWN: Rule = Rule::new("itellico.key_known", "ITE-56", "a request without a key, or with an unknown one, is refused");
const KEY_REVOKED: Rule = Rule::new("itellico.key_revoked", "ITE-28", "a revoked key is refused at once");
const KEY_EXPIRED: Rule = Rule::new("itellico.key_expired", "ITE-34", "a key past its expiration is refused");
const UPWARD: Rule = Rule::new("itellico.upward", "ITE-67", "a key does not reach the accounts above its own");
const SIDEWAYS: Rule = Rule::new("itellico.sideways", "ITE-58", "a key does not reach accounts beside its own");
const ACCOUNT_KNOWN: Rule = Rule::new("itellico.account_known", "ITE-58", "an unknown account is refused like a foreign one");
const ACCOUNT_ACTIVE: Rule = Rule::new("itellico.account_active", "ITE-58", "an inactive account, or one below it, is refused");
const ROLE: Rule = Rule::new("itellico.role", "ITE-72", "viewers see no keys, members change none");
const NOT_FOUND: Rule = Rule::new("itellico.not_found", "ITE-33", "what is not there is not found");
const ONE_ACCOUNT: Rule = Rule::new("itellico.one_account", "ITE-2", "keys and agents are found in their own account only");
const LABEL: Rule = Rule::new("itellico.label", "ITE-6", "a key has a label");
const FIXED: Rule = Rule::new("itellico.fixed", "ITE-27", "a key's value and account cannot be changed");
const REVOKED_FIRST: Rule = Rule::new("itellico.revoked_first", "ITE-21", "a revoked key past its expiration reads revoked");
const REACTIVATE: Rule = Rule::new("itellico.reactivate", "ITE-31", "a reactivated key works at once");
const DELETE_FINAL: Rule = Rule::new("itellico.delete_final", "ITE-33", "a deleted key is gone at once");

const RULES: &[Rule] = &[
    KEY_KNOWN,
    KEY_REVOKED,
    KEY_EXPIRED,
    UPWARD,
    SIDEWAYS,
    ACCOUNT_KNOWN,
    ACCOUNT_ACTIVE,
    ROLE,
    NOT_FOUND,
    ONE_ACCOUNT,
    LABEL,
    FIXED,
    REVOKED_FIRST,
    REACTIVATE,
    DELETE_FINAL,
];

/// The service.
#[derive(Debug)]
pub(crate) struct Itellico;

impl Service for Itellico {
    fn name(&self) -> &'static str {
        "itellico"
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
        let mine = new_account(ctx, "Example", None);
        let branch = new_account(ctx, "Branch", Some(&mine.id));
        let theirs = new_account(ctx, "Somebody else", None);
        for (account, name) in [(&theirs, "Theirs"), (&branch, "Night line"), (&mine, "Support"), (&mine, "Receptionist")] {
            agents::seed(ctx, &account.id, name);
        }
        new_key(ctx, &theirs.id, "owner", "Their server");
        let (_, secret) = new_key(ctx, &mine.id, "owner", "Development Environment");
        [("api_key", Some(secret)), ("account_id", Some(mine.id)), ("subaccount_id", Some(branch.id))].into()
    }

    fn guard(&self, ctx: &mut Ctx<'_>, req: &Request, needs: Option<&'static str>) -> Result<(), Reply> {
        let text = if ctx.live() { req.header("x-api-key") } else { req.authorization("Bearer") };
        let key = text.and_then(|text| ctx.key_of(text));
        ctx.check(&KEY_KNOWN, key.is_some(), invalid_key)?;
        if let Some(key) = &key {
            ctx.check(&KEY_REVOKED, key.revoked.is_none(), invalid_key)?;
            let alive = key.expires.is_none_or(|end| ctx.now < end);
            ctx.check(&KEY_EXPIRED, alive, invalid_key)?;
            ctx.identify(key);
        }
        let own = key.as_ref().map_or_else(|| first_account(ctx), |key| key.account.clone());
        ctx.caller = Caller { account: own.clone(), key, user: None };
        limit(ctx, "all", None, |_| refusal(429, "rate_limit_exceeded", "Too many requests, or too many at once."))?;
        if let Some(needs) = needs {
            check_role(ctx, needs)?;
            ctx.caller.account = named_account(ctx, req, &own, needs)?;
        }
        no_body(ctx, req)
    }

    fn refuse(&self, refused: Refusal<'_>) -> Reply {
        let plain = |text: &str| refusal(400, "invalid_request", text);
        match refused {
            Refusal::NoRoute => refusal(404, "not_found", "No such route."),
            Refusal::Method => refusal(405, "method_not_allowed", "The route does not know this method."),
            Refusal::Query { name, problem } | Refusal::Member { name, problem } => invalid(name, &words(problem)),
            Refusal::NotJson => plain("The body must be a JSON object."),
            Refusal::ContentType => refusal(415, "invalid_request", "The body must be application/json."),
            Refusal::DuplicateHeader(name) => plain(&format!("The header {name} came twice.")),
            Refusal::TooLarge => refusal(413, "too_large", "The body is larger than 10 MB."),
            Refusal::IdempotencyConflict => refusal(409, "conflict", "The idempotency key is in use."),
        }
    }
}

fn words(problem: Problem<'_>) -> String {
    match problem {
        Problem::Unknown => "unknown".to_owned(),
        Problem::Missing => "required".to_owned(),
        Problem::Type(kind) => format!("must be a {kind}"),
        Problem::Value(text) => text.to_owned(),
    }
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, json!({ "error": { "code": code, "message": message } }))
}

fn invalid(field: &str, text: &str) -> Reply {
    let message = format!("{field}: {text}");
    Reply::json(400, json!({ "error": { "code": "invalid_request", "message": message, "fields": { field: [text] } } }))
}

/// Unknown, revoked, expired, missing: one answer (S14).
fn invalid_key() -> Reply {
    refusal(401, "invalid_api_key", "The API key is missing or not valid.")
}

fn not_found() -> Reply {
    refusal(404, "not_found", "There is no such object in this account.")
}

// Accounts

/// What a key may do with keys follows from the role of its owner (C), which stands in its scopes;
/// a key made with a key has the same owner.
fn check_role(ctx: &mut Ctx<'_>, needs: &str) -> Result<(), Reply> {
    let barred = matches!((role(ctx).as_str(), needs), ("viewer", VIEW_KEYS | CHANGE_KEYS) | ("member", CHANGE_KEYS));
    ctx.check(&ROLE, !barred, || refusal(403, "role_forbidden", "The role of the key's owner does not allow this."))
}

fn role(ctx: &Ctx<'_>) -> String {
    let scopes = ctx.caller.key.as_ref().map(|key| key.scopes.as_slice()).unwrap_or_default();
    scopes.first().cloned().unwrap_or_else(|| "owner".to_owned())
}

/// The account that the path means, after every check of the tree.
fn named_account(ctx: &mut Ctx<'_>, req: &Request, own: &str, needs: &str) -> Result<String, Reply> {
    let forbidden = || refusal(403, "account_forbidden", "The API key does not have access to this account.");
    let id = match req.param("account") {
        "" | "me" => own,
        "current" if ctx.live() => own,
        id => id,
    };
    let account = ctx.store.account("itellico", id);
    let account = present(ctx, &ACCOUNT_KNOWN, account, forbidden)?;
    let line = line(ctx, &account.id);
    if !line.iter().any(|above| above.id == own) {
        let upward = self::line(ctx, own).iter().any(|above| above.id == account.id);
        ctx.check(if upward { &UPWARD } else { &SIDEWAYS }, false, forbidden)?;
    }
    let active = needs == SWITCH || line.iter().all(|above| above.active);
    ctx.check(&ACCOUNT_ACTIVE, active, || refusal(403, "account_inactive", "The account is inactive."))?;
    Ok(account.id)
}

/// The account and all above it.
fn line(ctx: &Ctx<'_>, id: &str) -> Vec<Account> {
    let first = ctx.store.account("itellico", id);
    std::iter::successors(first, |account| ctx.store.account("itellico", account.parent.as_deref()?)).collect()
}

fn new_account(ctx: &mut Ctx<'_>, name: &str, parent: Option<&str>) -> Account {
    let id = growing_id(ctx, "acc_");
    let mut account = account_row(ctx, id, name, &ctx.born_plan());
    account.parent = parent.map(str::to_owned);
    ctx.store.put_account(account.clone());
    account
}

fn account_json(account: &Account) -> Value {
    json!({ "id": account.id, "name": account.name, "is_active": account.active, "created": account.created,
        "modified": account.modified, "parent_account_id": account.parent })
}

fn this_account(ctx: &mut Ctx<'_>) -> Result<Account, Reply> {
    let account = ctx.store.account("itellico", &ctx.caller.account);
    present(ctx, &NOT_FOUND, account, not_found)
}

fn get_account(ctx: &mut Ctx<'_>, _req: &Request) -> Answer {
    Ok(Reply::json(200, account_json(&this_account(ctx)?)))
}

fn update_account(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let account = this_account(ctx)?;
    changed(ctx, req, account)
}

/// A child of the account, and of no other.
fn subaccount(ctx: &mut Ctx<'_>, req: &Request) -> Result<Account, Reply> {
    let account = ctx.store.account("itellico", req.param("id"));
    let account = present(ctx, &NOT_FOUND, account, not_found)?;
    let child = account.parent.as_ref() == Some(&ctx.caller.account);
    ctx.check(&ONE_ACCOUNT, child, not_found)?;
    Ok(account)
}

fn get_subaccount(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    Ok(Reply::json(200, account_json(&subaccount(ctx, req)?)))
}

fn update_subaccount(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let account = subaccount(ctx, req)?;
    changed(ctx, req, account)
}

fn changed(ctx: &mut Ctx<'_>, req: &Request, mut account: Account) -> Answer {
    let body = ctx.body(req, &[Field::text("name").nullable(), Field::flag("is_active").nullable()])?;
    if let Some(name) = body.text("name") {
        account.name = name.to_owned();
    }
    if let Some(active) = body.get("is_active").and_then(Value::as_bool) {
        account.active = active;
    }
    account.modified = ctx.now;
    ctx.store.put_account(account.clone());
    Ok(Reply::json(200, account_json(&account)))
}

fn list_subaccounts(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let active = ctx.query_flag(req, "is_active")?;
    let mut accounts = ctx.store.accounts("itellico");
    accounts.retain(|account| account.parent.as_ref() == Some(&ctx.caller.account));
    accounts.retain(|account| active.is_none_or(|active| account.active == active));
    accounts.reverse();
    page(ctx, req, &accounts, account_json)
}

fn create_subaccount(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").required()])?;
    let parent = ctx.caller.account.clone();
    let account = new_account(ctx, body.text("name").unwrap_or_default(), Some(&parent));
    Ok(Reply::json(201, account_json(&account)))
}

// Keys

fn new_key(ctx: &mut Ctx<'_>, account: &str, role: &str, label: &str) -> (Key, String) {
    let prefix = ctx.id("sk-", 8);
    let secret = format!("{prefix}.{}", ctx.alphanumeric(32));
    let id = growing_id(ctx, "ak_");
    let key = Key { prefix, scopes: vec![role.to_owned()], ..key_row(ctx, id, account, label, &secret) };
    ctx.store.put_key(key.clone());
    (key, secret)
}

/// `Active`, `Revoked` or `Expired`, by the clock.
fn status(ctx: &Ctx<'_>, key: &Key) -> &'static str {
    let expired = key.expires.is_some_and(|end| ctx.now >= end);
    match key.revoked {
        Some(_) if !expired || ctx.holds(&REVOKED_FIRST) => "revoked",
        _ if expired => "expired",
        _ => "active",
    }
}

fn key_json(ctx: &Ctx<'_>, key: &Key) -> Value {
    json!({ "id": key.id, "label": key.name, "partial_key": format!("{}...", key.prefix), "status": status(ctx, key),
        "created_at": key.created, "last_used_at": key.last_used, "expires_at": key.expires, "account_id": key.account })
}

fn find_key(ctx: &mut Ctx<'_>, req: &Request) -> Result<Key, Reply> {
    let key = ctx.store.key("itellico", req.param("id"));
    let key = present(ctx, &NOT_FOUND, key, not_found)?;
    let here = key.account == ctx.caller.account;
    ctx.check(&ONE_ACCOUNT, here, not_found)?;
    Ok(key)
}

fn put_key(ctx: &mut Ctx<'_>, key: Key) -> Answer {
    let json = key_json(ctx, &key);
    ctx.store.put_key(key);
    Ok(Reply::json(200, json))
}

fn check_label(ctx: &mut Ctx<'_>, label: &str) -> Result<(), Reply> {
    ctx.check(&LABEL, !label.trim().is_empty(), || invalid("label", "required"))
}

fn list_keys(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let keys = ctx.store.keys("itellico", &ctx.caller.account);
    let shown: Vec<Value> = keys.iter().map(|key| key_json(ctx, key)).collect();
    page(ctx, req, &shown, Value::clone)
}

fn create_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("label").required(), Field::time("expires_at").nullable()])?;
    let label = body.text("label").unwrap_or_default();
    check_label(ctx, label)?;
    let (account, role) = (ctx.caller.account.clone(), role(ctx));
    let (mut key, secret) = new_key(ctx, &account, &role, label);
    key.expires = body.time("expires_at");
    let mut json = key_json(ctx, &key);
    ctx.store.put_key(key);
    json["key"] = json!(secret);
    Ok(Reply::json(201, json))
}

fn get_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    Ok(Reply::json(200, key_json(ctx, &key)))
}

fn update_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let fixed = [Field::any("key"), Field::any("account_id")];
    let body = ctx.body(req, &[Field::text("label"), Field::time("expires_at").nullable(), fixed[0], fixed[1]])?;
    // Refused in a lenient world too: to let it pass would be to promise what does not happen.
    for name in ["key", "account_id"] {
        ctx.check(&FIXED, !body.has(name), || invalid(name, "cannot be changed"))?;
    }
    let mut key = find_key(ctx, req)?;
    if let Some(label) = body.text("label") {
        check_label(ctx, label)?;
        key.name = Some(label.to_owned());
    }
    if body.has("expires_at") {
        key.expires = body.time("expires_at");
    }
    put_key(ctx, key)
}

fn revoke_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    ctx.body(req, &[])?;
    let mut key = find_key(ctx, req)?;
    key.revoked = key.revoked.or(Some(ctx.now));
    put_key(ctx, key)
}

fn reactivate_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    ctx.body(req, &[])?;
    let mut key = find_key(ctx, req)?;
    if ctx.holds(&REACTIVATE) {
        key.revoked = None;
    }
    put_key(ctx, key)
}

fn delete_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    if ctx.holds(&DELETE_FINAL) {
        ctx.store.delete_key("itellico", &key.id);
    }
    Ok(Reply::empty(204))
}

// Queries and pages

fn page<R>(ctx: &mut Ctx<'_>, req: &Request, rows: &[R], json: impl Fn(&R) -> Value) -> Answer {
    let size = ctx.query_number(req, "limit", 100, 1..=u64::MAX)?;
    let offset = ctx.query_number(req, "offset", 0, 0..=u64::MAX)?;
    let items: Vec<Value> = slice(rows, size, offset).iter().map(json).collect();
    Ok(Reply::json(200, json!({ "count": rows.len(), "items": items })))
}
