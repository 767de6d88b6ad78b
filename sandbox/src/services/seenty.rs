//! Seenty: keys of an organization, made and revoked by its owner, numbered by its plan.
//!
//! The page states the rules and the form of a key; base URL, header and every route are assumed.
//! A key can only be revoked: not edited, not reactivated, not deleted. Its status reads active or
//! revoked and nothing else, also past its expiration.

use serde_json::{Value, json};

use crate::ctx::{Caller, Ctx, Field, digest};
use crate::rules::Rule;
use crate::service::Mark::Assumed;
use crate::service::{Answer, Credentials, Problem, Refusal, Reply, Request, Route, Service};
use crate::services::shared::{
    NONE, account_row, behind, first_account, growing_id, key_row, limit, no_body, object_json, plan_of, present, put_object,
    put_user, route,
};
use crate::store::{Key, Object, Session};
use crate::time::Time;

const PAGED: &[&str] = &["limit", "cursor"];
/// Only the token of an owner or admin will do.
const MANAGER: &str = "manager";
const KEY: &str = "key";

const ROUTES: &[Route] = &[
    route("GET", "/v1/api-keys", Assumed, MANAGER, PAGED, list_keys),
    route("POST", "/v1/api-keys", Assumed, MANAGER, NONE, create_key),
    route("GET", "/v1/api-keys/{id}", Assumed, MANAGER, NONE, get_key),
    route("POST", "/v1/api-keys/{id}/revoke", Assumed, MANAGER, NONE, revoke_key),
    route("PATCH", "/v1/api-keys/{id}", Assumed, MANAGER, NONE, edit_key),
    route("POST", "/v1/api-keys/{id}/reactivate", Assumed, MANAGER, NONE, reactivate_key),
    route("DELETE", "/v1/api-keys/{id}", Assumed, MANAGER, NONE, delete_key),
    route("GET", "/v1/monitors", Assumed, KEY, PAGED, list_objects),
    route("POST", "/v1/monitors", Assumed, KEY, NONE, create_object),
    route("GET", "/v1/monitors/{id}", Assumed, KEY, NONE, get_object),
    route("DELETE", "/v1/monitors/{id}", Assumed, KEY, NONE, delete_object),
    route("GET", "/v1/domains", Assumed, KEY, PAGED, list_objects),
    route("POST", "/v1/domains", Assumed, KEY, NONE, create_object),
    route("GET", "/v1/domains/{id}", Assumed, KEY, NONE, get_object),
    route("DELETE", "/v1/domains/{id}", Assumed, KEY, NONE, delete_object),
    route("GET", "/v1/incidents", Assumed, KEY, PAGED, list_objects),
    route("POST", "/v1/incidents", Assumed, KEY, NONE, create_object),
    route("GET", "/v1/incidents/{id}", Assumed, KEY, NONE, get_object),
    route("DELETE", "/v1/incidents/{id}", Assumed, KEY, NONE, delete_object),
    route("GET", "/v1/findings", Assumed, KEY, PAGED, list_objects),
    route("POST", "/v1/findings", Assumed, KEY, NONE, create_object),
    route("GET", "/v1/findings/{id}", Assumed, KEY, NONE, get_object),
    route("DELETE", "/v1/findings/{id}", Assumed, KEY, NONE, delete_object),
];

const CREDENTIAL: Rule = Rule::new("seenty.credential", "SEE-27", "a request without a credential of Seenty is refused");
const KEY_REVOKED: Rule = Rule::new("seenty.key_revoked", "SEE-26", "a revoked key is refused at once");
const KEY_EXPIRED: Rule = Rule::new("seenty.key_expired", "SEE-10", "a key stops by itself after its expiration");
const PLAN_USE: Rule = Rule::new("seenty.plan_use", "SEE-4", "the Hobby plan has no API key access");
const OWNER_MANAGES: Rule = Rule::new("seenty.owner_manages", "SEE-7", "an API key does not manage keys");
const ROLE: Rule = Rule::new("seenty.role", "SEE-39", "only owners and admins manage keys");
const KEYS_USE: Rule = Rule::new("seenty.keys_use", "SEE-1", "an owner's token manages and does not use the API");
const PLAN_REQUIRED: Rule = Rule::new("seenty.plan_required", "SEE-3", "keys need the Starter plan or higher");
const PLAN_LIMIT: Rule = Rule::new("seenty.plan_limit", "SEE-30", "a plan holds 0, 1, 5, 10 or any number of active keys");
const NAMED: Rule = Rule::new("seenty.named", "SEE-8", "a key has a descriptive name");
const ONE_ORGANIZATION: Rule = Rule::new("seenty.one_organization", "SEE-2", "what belongs to another organization is not found");
const NOT_FOUND: Rule = Rule::new("seenty.not_found", "SEE-16", "what is not there is not found");
const ONE_WAY: Rule = Rule::new("seenty.irreversible", "SEE-29", "a key is not edited, reactivated or deleted");
const STATUS: Rule = Rule::new("seenty.status", "SEE-24", "an expired key still reads active");
const REVOKE_AGAIN: Rule = Rule::new("seenty.revoke_again", "SEE-25", "revoking a revoked key changes nothing");

const RULES: &[Rule] = &[
    CREDENTIAL,
    KEY_REVOKED,
    KEY_EXPIRED,
    PLAN_USE,
    OWNER_MANAGES,
    ROLE,
    KEYS_USE,
    PLAN_REQUIRED,
    PLAN_LIMIT,
    NAMED,
    ONE_ORGANIZATION,
    NOT_FOUND,
    ONE_WAY,
    STATUS,
    REVOKE_AGAIN,
];

/// The service.
#[derive(Debug)]
pub(crate) struct Seenty;

impl Service for Seenty {
    fn name(&self) -> &'static str {
        "seenty"
    }

    fn plans(&self) -> &'static [&'static str] {
        &["hobby", "starter", "pro", "ultra", "enterprise"]
    }

    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn rules(&self) -> &'static [Rule] {
        RULES
    }

    /// On Starter, which holds one key, the world is born without one; on Hobby it has one from
    /// better days, which no longer works (SEE-4).
    fn seed(&self, ctx: &mut Ctx<'_>) -> Credentials {
        let (mine, theirs) = (new_organization(ctx, "Example"), new_organization(ctx, "Somebody else"));
        let password = ctx.alphanumeric(20);
        for role in ["admin", "editor", "viewer"] {
            put_user(ctx, &mine, &format!("{role}@example.com"), role, &password);
        }
        for (organization, name) in [(&theirs, "Theirs"), (&mine, "Status page"), (&mine, "Shop")] {
            let id = growing_id(ctx, "mon_");
            let target = format!("https://{}.example", name.to_lowercase().replace(' ', "-"));
            put_object(ctx, "monitors", id, organization, json!({ "name": name, "target": target, "status": "up" }));
        }
        new_key(ctx, &theirs, "Their CI", None);
        let owner = put_user(ctx, &mine, "owner@example.com", "owner", &password);
        let management = format!("seenty_owner_{}", ctx.alphanumeric(32));
        ctx.store.put_session(Session {
            service: "seenty".to_owned(),
            hash: digest(&management),
            kind: MANAGER.to_owned(),
            user: owner.id,
            csrf: None,
            expires: None,
        });
        let born = ctx.born_plan() != "starter";
        let secret = born.then(|| new_key(ctx, &mine, "Terraform integration", None).1);
        [("api_key", secret), ("management", Some(management))].into()
    }

    fn guard(&self, ctx: &mut Ctx<'_>, req: &Request, needs: Option<&'static str>) -> Result<(), Reply> {
        let text = req.authorization("Bearer").unwrap_or_default();
        let key = ctx.key_of(text);
        let manager = if key.is_none() { ctx.store.session("seenty", &digest(text)) } else { None };
        let known = key.is_some() || manager.is_some();
        ctx.check(&CREDENTIAL, known, unauthorized)?;
        if let Some(key) = &key {
            admit_key(ctx, key, needs)?;
        }
        let user = manager.and_then(|session| ctx.store.user("seenty", &session.user));
        if let Some(user) = &user {
            let may = matches!(user.role.as_str(), "owner" | "admin");
            ctx.check(&ROLE, may, || forbidden("Only owners and admins manage API keys."))?;
            ctx.check(&KEYS_USE, needs != Some(KEY), unauthorized)?;
        }
        let account = key.as_ref().map(|key| &key.account).or(user.as_ref().map(|user| &user.account)).cloned();
        let account = account.unwrap_or_else(|| first_account(ctx));
        ctx.caller = Caller { account, key, user: user.map(|user| user.id) };
        limit(ctx, "all", None, |_| refusal(429, "rate_limited", "Too many requests."))?;
        no_body(ctx, req)
    }

    fn refuse(&self, refused: Refusal<'_>) -> Reply {
        let invalid = |text: &str| refusal(400, "invalid_request", text);
        match refused {
            Refusal::NoRoute => refusal(404, "not_found", "No such route."),
            Refusal::Method => method_not_allowed(),
            Refusal::Query { name, problem } | Refusal::Member { name, problem } => {
                invalid(&format!("{name} {}", words(problem)))
            }
            Refusal::NotJson => invalid("The body must be a JSON object."),
            Refusal::ContentType => refusal(415, "unsupported_media_type", "The body must be application/json."),
            Refusal::DuplicateHeader(name) => invalid(&format!("The header {name} came twice.")),
            Refusal::TooLarge => refusal(413, "too_large", "The body is too large."),
            Refusal::IdempotencyConflict => refusal(409, "conflict", "The idempotency key is in use."),
        }
    }
}

fn words(problem: Problem<'_>) -> String {
    match problem {
        Problem::Unknown => "is not known here.".to_owned(),
        Problem::Missing => "is required.".to_owned(),
        Problem::Type(kind) => format!("must be a {kind}."),
        Problem::Value(text) => format!("{text}."),
    }
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, json!({ "error": { "code": code, "message": message } }))
}

/// Unknown, revoked and expired read alike (S14).
fn unauthorized() -> Reply {
    refusal(401, "unauthorized", "The credential is missing or not valid.")
}

fn forbidden(message: &str) -> Reply {
    refusal(403, "forbidden", message)
}

fn plan_required() -> Reply {
    refusal(403, "plan_required", "API keys require the Starter plan or higher.")
}

fn method_not_allowed() -> Reply {
    refusal(405, "method_not_allowed", "This cannot be done with it.")
}

fn admit_key(ctx: &mut Ctx<'_>, key: &Key, needs: Option<&'static str>) -> Result<(), Reply> {
    ctx.check(&KEY_REVOKED, key.revoked.is_none(), unauthorized)?;
    let alive = key.expires.is_none_or(|end| ctx.now < end);
    ctx.check(&KEY_EXPIRED, alive, unauthorized)?;
    ctx.identify(key);
    let paid = plan_of(ctx, &key.account) != "hobby";
    ctx.check(&PLAN_USE, paid, plan_required)?;
    ctx.check(&OWNER_MANAGES, needs != Some(MANAGER), || forbidden("API keys do not manage API keys."))
}

// Keys

fn new_organization(ctx: &mut Ctx<'_>, name: &str) -> String {
    let id = ctx.id("org_", 12);
    let account = account_row(ctx, id.clone(), name, &ctx.born_plan());
    ctx.store.put_account(account);
    id
}

fn new_key(ctx: &mut Ctx<'_>, organization: &str, name: &str, expires: Option<Time>) -> (Key, String) {
    let secret = format!("sk_live_{}", ctx.alphanumeric(28));
    let id = growing_id(ctx, "key_");
    let key = Key { expires, ..key_row(ctx, id, organization, name, &secret) };
    ctx.store.put_key(key.clone());
    (key, secret)
}

fn key_json(ctx: &Ctx<'_>, key: &Key) -> Value {
    let expired = key.expires.is_some_and(|end| ctx.now >= end);
    let status = match key.revoked {
        Some(_) => "revoked",
        None if expired && !ctx.holds(&STATUS) => "expired",
        None => "active",
    };
    json!({ "id": key.id, "name": key.name, "organization_id": key.account, "created_at": key.created,
        "expires_at": key.expires, "last_used_at": key.last_used, "status": status })
}

fn find_key(ctx: &mut Ctx<'_>, req: &Request) -> Result<Key, Reply> {
    let missing = || refusal(404, "not_found", "There is no such API key.");
    let key = ctx.store.key("seenty", req.param("id"));
    let key = present(ctx, &NOT_FOUND, key, missing)?;
    let mine = key.account == ctx.caller.account;
    ctx.check(&ONE_ORGANIZATION, mine, missing)?;
    Ok(key)
}

fn list_keys(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let keys = ctx.store.keys("seenty", &ctx.caller.account);
    let shown = keys.iter().map(|key| (key.id.clone(), key_json(ctx, key))).collect();
    page(ctx, req, shown)
}

fn create_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").required(), Field::time("expires_at").nullable()])?;
    let name = body.text("name").unwrap_or_default();
    ctx.check(&NAMED, !name.trim().is_empty(), || refusal(400, "invalid_request", "name is required."))?;
    let organization = ctx.caller.account.clone();
    let plan = plan_of(ctx, &organization);
    ctx.check(&PLAN_REQUIRED, plan != "hobby", plan_required)?;
    let active = ctx.store.keys("seenty", &organization).iter().filter(|key| key.revoked.is_none()).count();
    let most = match plan.as_str() {
        "starter" => 1,
        "pro" => 5,
        "ultra" => 10,
        _ => usize::MAX,
    };
    ctx.check(&PLAN_LIMIT, active < most, || {
        let message = format!("The {plan} plan holds {most} active API keys.");
        let error = json!({ "code": "plan_limit_reached", "message": message, "limit": most, "current": active });
        Reply::json(403, json!({ "error": error }))
    })?;
    let (key, secret) = new_key(ctx, &organization, name, body.time("expires_at"));
    let mut json = key_json(ctx, &key);
    json["key"] = json!(secret);
    Ok(Reply::json(201, json))
}

fn get_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    Ok(Reply::json(200, key_json(ctx, &key)))
}

fn revoke_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    ctx.body(req, &[])?;
    let mut key = find_key(ctx, req)?;
    let again = key.revoked.is_some() && !ctx.holds(&REVOKE_AGAIN);
    if key.revoked.is_none() || again {
        key.revoked = (!again).then_some(ctx.now);
        ctx.store.put_key(key.clone());
    }
    Ok(Reply::json(200, key_json(ctx, &key)))
}

// The three that the page does not know; what follows the check happens only with the rule broken.

fn edit_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    ctx.check(&ONE_WAY, false, method_not_allowed)?;
    let body = ctx.body(req, &[Field::text("name").required()])?;
    let key = Key { name: body.text("name").map(str::to_owned), ..find_key(ctx, req)? };
    ctx.store.put_key(key.clone());
    Ok(Reply::json(200, key_json(ctx, &key)))
}

fn reactivate_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    ctx.check(&ONE_WAY, false, method_not_allowed)?;
    let key = Key { revoked: None, ..find_key(ctx, req)? };
    ctx.store.put_key(key.clone());
    Ok(Reply::json(200, key_json(ctx, &key)))
}

fn delete_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    ctx.check(&ONE_WAY, false, method_not_allowed)?;
    let key = find_key(ctx, req)?;
    ctx.store.delete_key("seenty", &key.id);
    Ok(Reply::empty(204))
}

// Monitors, domains, incidents, findings: the same four routes

/// The kind of a path, which is also the name of its objects, and how their ids begin.
fn kind(req: &Request) -> (&'static str, &'static str) {
    match req.path.split('/').nth(2) {
        Some("domains") => ("domains", "dom_"),
        Some("incidents") => ("incidents", "inc_"),
        Some("findings") => ("findings", "fnd_"),
        _ => ("monitors", "mon_"),
    }
}

fn find_object(ctx: &mut Ctx<'_>, req: &Request) -> Result<Object, Reply> {
    let missing = || refusal(404, "not_found", "There is no such object.");
    let object = ctx.store.object("seenty", kind(req).0, req.param("id"));
    let object = present(ctx, &NOT_FOUND, object, missing)?;
    let mine = object.account == ctx.caller.account;
    ctx.check(&ONE_ORGANIZATION, mine, missing)?;
    Ok(object)
}

fn list_objects(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let objects = ctx.store.objects("seenty", kind(req).0, &ctx.caller.account);
    page(ctx, req, objects.iter().map(|object| (object.id.clone(), object_json(object))).collect())
}

fn create_object(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").required(), Field::text("target").required()])?;
    let (kind, prefix) = kind(req);
    let (id, account) = (growing_id(ctx, prefix), ctx.caller.account.clone());
    let json = json!({ "name": body.get("name"), "target": body.get("target"), "status": "up" });
    Ok(Reply::json(201, object_json(&put_object(ctx, kind, id, &account, json))))
}

fn get_object(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    Ok(Reply::json(200, object_json(&find_object(ctx, req)?)))
}

fn delete_object(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let object = find_object(ctx, req)?;
    ctx.store.delete_object("seenty", kind(req).0, &object.id);
    Ok(Reply::empty(204))
}

/// Newest first by id, which grows; the cursor is the id that the last page ended with.
fn page(ctx: &mut Ctx<'_>, req: &Request, mut rows: Vec<(String, Value)>) -> Answer {
    let size = ctx.query_number(req, "limit", 50, 1..=100)?;
    rows.sort_by(|(a, _), (b, _)| b.cmp(a));
    let is_behind = |(id, _): &(String, Value)| req.query("cursor").is_none_or(|cursor| id.as_str() < cursor);
    let (page, cursor) = behind(&rows, size, is_behind, |(id, _)| id.clone());
    let data: Vec<&Value> = page.iter().map(|(_, json)| json).collect();
    Ok(Reply::json(200, json!({ "data": data, "next_cursor": cursor })))
}
