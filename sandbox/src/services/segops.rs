//! SegOps: keys for the data plane, a login for everything that manages them.
//!
//! The page promises two modes that never mix: a key is long-lived, bound to one tenant and manages
//! nothing; a JWT lives an hour. A deleted key answers 401 on its next use. Where a request with a
//! JWT names no tenant, the first one of the login is meant (assumed).

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::ctx::{Caller, Ctx, Field};
use crate::rules::Rule;
use crate::service::Mark::{Assumed, Code, Page};
use crate::service::{Answer, Credentials, PUBLIC, Problem, Refusal, Reply, Request, Route, Service};
use crate::services::shared::{
    NONE, account_row, behind, first_account, key_row, limit, no_body, plan_of, present, put_object, put_user, route, slice,
};
use crate::store::{Key, Object, User};

const OFFSET: &[&str] = &["limit", "offset"];
const CURSOR: &[&str] = &["limit", "cursor"];
/// Only a JWT will do.
const LOGIN: &str = "login";
/// A key or a JWT.
const ANY: &str = "any";

const ROUTES: &[Route] = &[
    route("POST", "/api/auth/token/", Code, PUBLIC, NONE, log_in),
    route("POST", "/api/auth/token/refresh/", Code, PUBLIC, NONE, refresh),
    route("POST", "/api/auth/api-keys/", Page, LOGIN, NONE, create_key),
    route("GET", "/api/auth/api-keys/", Assumed, LOGIN, OFFSET, list_keys),
    route("DELETE", "/api/auth/api-keys/{id}/", Page, LOGIN, NONE, delete_key),
    route("POST", "/api/ingestion/track/", Code, ANY, NONE, track),
    route("POST", "/api/ingestion/track/batch/", Code, ANY, NONE, track_batch),
    route("GET", "/api/segments/membership/", Code, ANY, &["user_id"], membership),
    route("GET", "/api/segments/", Code, ANY, OFFSET, list_segments),
    route("GET", "/api/segments/{id}/members/", Code, ANY, CURSOR, list_members),
];

const CREDENTIALS: Rule = Rule::new("segops.credentials", "SEG-4", "a request needs a key or a login");
const KEY_KNOWN: Rule = Rule::new("segops.key_known", "SEG-17", "an unknown key is refused");
const KEY_REVOKED: Rule = Rule::new("segops.key_revoked", "SEG-19", "a deleted key is refused on its next use");
const TOKEN_SIGNED: Rule = Rule::new("segops.token_signed", "SEG-5", "a token must be one that was signed here");
const TOKEN_ENDS: Rule = Rule::new("segops.token_ends", "SEG-5", "access ends after an hour, refreshing after seven days");
const TOKEN_KIND: Rule = Rule::new("segops.token_kind", "SEG-7", "a refresh token gives no access, nor the other way round");
const PASSWORD: Rule = Rule::new("segops.password", "SEG-6", "a login needs its password");
const LOGIN_MANAGES: Rule = Rule::new("segops.login_manages", "SEG-13", "keys are managed with a JWT, not with a key");
const ROLE: Rule = Rule::new("segops.role", "SEG-36", "only owners and admins of a tenant make and delete its keys");
const TENANT_KNOWN: Rule = Rule::new("segops.tenant_known", "SEG-13", "a key is made for a tenant of the login");
const ONE_TENANT: Rule = Rule::new("segops.one_tenant", "SEG-10", "what belongs to another tenant is not found");
const NOT_FOUND: Rule = Rule::new("segops.not_found", "SEG-20", "what is not there is not found");
const LIVE_LIST: Rule = Rule::new("segops.live_list", "SEG-21", "only the live service lists keys");
const NAMED: Rule = Rule::new("segops.named", "SEG-13", "a name is not blank");
const EVENT: Rule = Rule::new("segops.event", "SEG-33", "an event has a name and a user");
const BATCH_SIZE: Rule = Rule::new("segops.batch_size", "SEG-1", "a batch holds at most 500 events");

const RULES: &[Rule] = &[
    CREDENTIALS,
    KEY_KNOWN,
    KEY_REVOKED,
    TOKEN_SIGNED,
    TOKEN_ENDS,
    TOKEN_KIND,
    PASSWORD,
    LOGIN_MANAGES,
    ROLE,
    TENANT_KNOWN,
    ONE_TENANT,
    NOT_FOUND,
    LIVE_LIST,
    NAMED,
    EVENT,
    BATCH_SIZE,
];

const ACCESS: Duration = Duration::from_secs(60 * 60);
const REFRESH: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The service.
#[derive(Debug)]
pub(crate) struct SegOps;

impl Service for SegOps {
    fn name(&self) -> &'static str {
        "segops"
    }

    /// 60, 300, 1000 and any number of requests a minute (C); the names are assumed.
    fn plans(&self) -> &'static [&'static str] {
        &["free", "pro", "business", "enterprise"]
    }

    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn rules(&self) -> &'static [Rule] {
        RULES
    }

    /// The owner of `acme` also administers `globex`; `initech` is a stranger's. All of them, and
    /// an admin, a member and a viewer of `acme`, have the same password.
    fn seed(&self, ctx: &mut Ctx<'_>) -> Credentials {
        let born = ctx.born_plan();
        let [acme, globex, initech] = ["acme", "globex", "initech"].map(|slug| new_tenant(ctx, slug, &born));
        let password = ctx.alphanumeric(20);
        let owner = put_user(ctx, &acme, "owner@acme.example", "owner", &password);
        join(ctx, &owner, &acme, "owner");
        join(ctx, &owner, &globex, "admin");
        for role in ["admin", "member", "viewer"] {
            let user = put_user(ctx, &acme, &format!("{role}@acme.example"), role, &password);
            join(ctx, &user, &acme, role);
        }
        let stranger = put_user(ctx, &initech, "owner@initech.example", "owner", &password);
        join(ctx, &stranger, &initech, "owner");
        for (tenant, name) in [(&initech, "Everyone"), (&acme, "Buyers"), (&acme, "Everyone")] {
            let id = ctx.store.next("segops.segment").to_string();
            put_object(ctx, "segment", id, tenant, json!({ "slug": name.to_lowercase(), "name": name }));
        }
        for user in ["user_1", "user_2", "user_3"] {
            see(ctx, &acme, user);
        }
        let (_, secret) = new_key(ctx, &acme, "Production Ingestor");
        let handed = [("api_key", secret), ("email", owner.email), ("password", password), ("tenant_slug", "acme".to_owned())];
        handed.into_iter().map(|(name, value)| (name, Some(value))).collect()
    }

    fn guard(&self, ctx: &mut Ctx<'_>, req: &Request, needs: Option<&'static str>) -> Result<(), Reply> {
        ctx.caller = match (req.authorization("ApiKey"), req.authorization("Bearer")) {
            (Some(text), _) => key_caller(ctx, text, needs)?,
            (None, Some(token)) => login_caller(ctx, token)?,
            (None, None) => {
                ctx.check(&CREDENTIALS, false, no_credentials)?;
                Caller { account: first_account(ctx), key: None, user: None }
            }
        };
        let plan = match plan_of(ctx, &ctx.caller.account).as_str() {
            "free" => Some(60),
            "pro" => Some(300),
            "business" => Some(1000),
            _ => None,
        };
        limit(ctx, "all", plan, |wait| match wait {
            Some(wait) => detail(429, &format!("Request was throttled. Expected available in {wait} seconds.")),
            None => detail(429, "Request was throttled."),
        })?;
        no_body(ctx, req)
    }

    fn refuse(&self, refusal: Refusal<'_>) -> Reply {
        match refusal {
            Refusal::NoRoute => not_found(),
            Refusal::Method => detail(405, "Method not allowed."),
            Refusal::Query { name, problem } | Refusal::Member { name, problem } => field(name, &words(problem)),
            Refusal::NotJson => detail(400, "JSON parse error."),
            Refusal::ContentType => detail(415, "Unsupported media type in request."),
            Refusal::DuplicateHeader(name) => detail(400, &format!("Header {name} came twice.")),
            Refusal::TooLarge => detail(413, "Request body is too large."),
            Refusal::IdempotencyConflict => detail(409, "Idempotency key in use."),
        }
    }
}

fn words(problem: Problem<'_>) -> String {
    match problem {
        Problem::Unknown => "Unknown field.".to_owned(),
        Problem::Missing => "This field is required.".to_owned(),
        Problem::Type(kind) => format!("Not a valid {kind}."),
        Problem::Value(text) => text.to_owned(),
    }
}

fn detail(status: u16, text: &str) -> Reply {
    Reply::json(status, json!({ "detail": text }))
}

fn field(name: &str, text: &str) -> Reply {
    Reply::json(400, Value::Object(Map::from_iter([(name.to_owned(), json!([text]))])))
}

fn no_credentials() -> Reply {
    detail(401, "Authentication credentials were not provided.")
}

fn bad_token() -> Reply {
    detail(401, "Invalid or expired token.")
}

fn not_found() -> Reply {
    detail(404, "Not found.")
}

// Who asks

fn key_caller(ctx: &mut Ctx<'_>, text: &str, needs: Option<&'static str>) -> Result<Caller, Reply> {
    let refusal = || detail(401, "Invalid API key.");
    let key = ctx.key_of(text);
    ctx.check(&KEY_KNOWN, key.is_some(), refusal)?;
    if let Some(key) = &key {
        ctx.check(&KEY_REVOKED, key.revoked.is_none(), refusal)?;
        ctx.identify(key);
    }
    // Management does not know the scheme at all, so there a key is no credential.
    ctx.check(&LOGIN_MANAGES, needs != Some(LOGIN), no_credentials)?;
    let account = key.as_ref().map_or_else(|| first_account(ctx), |key| key.account.clone());
    Ok(Caller { account, key, user: None })
}

fn login_caller(ctx: &mut Ctx<'_>, token: &str) -> Result<Caller, Reply> {
    let user = token_user(ctx, token, "access")?;
    Ok(Caller { account: user.account, key: None, user: Some(user.id) })
}

fn token_user(ctx: &mut Ctx<'_>, token: &str, kind: &str) -> Result<User, Reply> {
    let claims = present(ctx, &TOKEN_SIGNED, ctx.read_jwt(token), bad_token)?;
    let alive = claims["exp"].as_i64().is_some_and(|exp| exp > ctx.now.seconds());
    ctx.check(&TOKEN_ENDS, alive, bad_token)?;
    ctx.check(&TOKEN_KIND, claims["token_type"] == kind, bad_token)?;
    let user = claims["user_id"].as_str().and_then(|id| ctx.store.user("segops", id));
    present(ctx, &TOKEN_SIGNED, user, bad_token)
}

fn token(ctx: &mut Ctx<'_>, user: &User, kind: &str, lasts: Duration) -> String {
    let (issued, ends) = (ctx.now.seconds(), ctx.now.plus(lasts).seconds());
    let jti = ctx.hex(16);
    ctx.sign_jwt(&json!({ "token_type": kind, "user_id": user.id, "jti": jti, "iat": issued, "exp": ends }))
}

fn log_in(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("email").required(), Field::text("password").required()])?;
    let refusal = || detail(401, "No active account found with the given credentials");
    let user = body.text("email").and_then(|email| ctx.store.user_by_email("segops", email));
    let user = present(ctx, &PASSWORD, user, refusal)?;
    let fits = ctx.password_fits(body.text("password").unwrap_or_default(), &user.password);
    ctx.check(&PASSWORD, fits, refusal)?;
    let (access, refresh) = (token(ctx, &user, "access", ACCESS), token(ctx, &user, "refresh", REFRESH));
    Ok(Reply::json(200, json!({ "access": access, "refresh": refresh })))
}

fn refresh(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("refresh").required()])?;
    let user = token_user(ctx, body.text("refresh").unwrap_or_default(), "refresh")?;
    Ok(Reply::json(200, json!({ "access": token(ctx, &user, "access", ACCESS) })))
}

// Tenants

fn new_tenant(ctx: &mut Ctx<'_>, slug: &str, plan: &str) -> String {
    let id = ctx.uuid();
    let mut tenant = account_row(ctx, id.clone(), slug, plan);
    tenant.slug = Some(slug.to_owned());
    ctx.store.put_account(tenant);
    id
}

/// One user may belong to many tenants, with a role in each (C).
fn join(ctx: &mut Ctx<'_>, user: &User, tenant: &str, role: &str) {
    put_object(ctx, "membership", format!("{} {tenant}", user.id), &user.id, json!({ "role": role }));
}

/// The role of the caller in a tenant. Nobody in particular, which only a broken rule lets in, and
/// a key that was let in are owners of their one tenant.
fn role_in(ctx: &Ctx<'_>, tenant: &str) -> Option<String> {
    let Some(user) = &ctx.caller.user else {
        return (ctx.caller.account == tenant).then(|| "owner".to_owned());
    };
    let membership = ctx.store.object("segops", "membership", &format!("{user} {tenant}"))?;
    membership.json["role"].as_str().map(str::to_owned)
}

fn check_role(ctx: &mut Ctx<'_>, role: Option<&str>) -> Result<(), Reply> {
    let may = matches!(role, Some("owner" | "admin"));
    ctx.check(&ROLE, may, || detail(403, "You do not have permission to perform this action."))
}

// Keys

fn new_key(ctx: &mut Ctx<'_>, tenant: &str, name: &str) -> (u64, String) {
    let secret = format!("sk_live_{}", ctx.alphanumeric(24));
    let id = ctx.store.next("segops.key");
    let key = key_row(ctx, id.to_string(), tenant, name, &secret);
    ctx.store.put_key(key);
    (id, secret)
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or_default()
}

fn create_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").required(), Field::text("tenant_slug").required()])?;
    let name = body.text("name").unwrap_or_default();
    ctx.check(&NAMED, !name.trim().is_empty(), || field("name", "This field may not be blank."))?;
    // A tenant of others is as unknown as one that does not exist.
    let tenants = ctx.store.accounts("segops");
    let named = tenants.into_iter().find(|tenant| tenant.slug.as_deref() == body.text("tenant_slug"));
    let found = named.and_then(|tenant| role_in(ctx, &tenant.id).map(|role| (tenant.id, role)));
    let (tenant, role) = present(ctx, &TENANT_KNOWN, found, || field("tenant_slug", "Unknown tenant."))?;
    check_role(ctx, Some(&role))?;
    let (id, secret) = new_key(ctx, &tenant, name);
    Ok(Reply::json(201, json!({ "id": id, "name": name, "key": secret })))
}

fn delete_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = ctx.store.key("segops", req.param("id")).filter(|key| key.revoked.is_none());
    let mut key = present(ctx, &NOT_FOUND, key, not_found)?;
    let role = role_in(ctx, &key.account);
    ctx.check(&ONE_TENANT, role.is_some(), not_found)?;
    if role.is_some() {
        check_role(ctx, role.as_deref())?;
    }
    // The row stays, so that the journal tells a deleted key from one that never was.
    key.revoked = Some(ctx.now);
    ctx.store.put_key(key);
    Ok(Reply::empty(204))
}

fn list_keys(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let live = ctx.live();
    ctx.check(&LIVE_LIST, live, || detail(405, "Method \"GET\" not allowed."))?;
    let tenants = ctx.store.accounts("segops").into_iter();
    let mine = tenants.filter(|tenant| role_in(ctx, &tenant.id).is_some() || !ctx.holds(&ONE_TENANT));
    let mut keys: Vec<Key> = mine.flat_map(|tenant| ctx.store.keys("segops", &tenant.id)).collect();
    keys.retain(|key| key.revoked.is_none());
    keys.sort_by_key(|key| number(&key.id));
    page(
        ctx,
        req,
        &keys,
        |key| json!({ "id": number(&key.id), "name": key.name, "created_at": key.created, "last_used_at": key.last_used }),
    )
}

// Events

const EVENT_FIELDS: [Field; 5] = [
    Field::text("event"),
    Field::text("user_id"),
    Field::text("anonymous_id"),
    Field::object("properties"),
    Field::time("timestamp"),
];

/// The words of the service's own Python client 0.2.2.
const LIVE_FIELDS: [Field; 5] = [
    Field::text("event_type"),
    Field::text("user_id"),
    Field::text("anonymous_id"),
    Field::object("payload"),
    Field::time("occurred_at"),
];

fn event_fields(ctx: &Ctx<'_>) -> &'static [Field] {
    if ctx.live() { &LIVE_FIELDS } else { &EVENT_FIELDS }
}

/// What an event lacks, or has too much: the member and the words.
fn flaw(live: bool, event: &Value) -> Option<(&'static str, &'static str)> {
    let filled = |name: &str| event[name].as_str().is_some_and(|text| !text.is_empty());
    let name = if live { "event_type" } else { "event" };
    if !filled(name) {
        Some((name, "This field is required."))
    } else if !filled("user_id") && !filled("anonymous_id") {
        Some(("user_id", "This field or anonymous_id is required."))
    } else {
        None
    }
}

/// Whoever is seen belongs to the newest segment of the tenant, "Everyone".
fn see(ctx: &mut Ctx<'_>, tenant: &str, user: &str) {
    let segments = ctx.store.objects("segops", "segment", tenant);
    let Some(segment) = segments.first() else { return };
    let kind = member_kind(segment);
    if ctx.store.object("segops", &kind, user).is_none() {
        put_object(ctx, &kind, user.to_owned(), tenant, json!({}));
    }
}

fn member_kind(segment: &Object) -> String {
    format!("member of {}", segment.id)
}

fn track(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let event = Value::Object(ctx.body(req, event_fields(ctx))?.0);
    let flaw = flaw(ctx.live(), &event);
    let (name, text) = flaw.unwrap_or_default();
    ctx.check(&EVENT, flaw.is_none(), || field(name, text))?;
    if let Some(user) = event["user_id"].as_str() {
        see(ctx, &ctx.caller.account.clone(), user);
    }
    Ok(Reply::json(202, json!({ "queued": true })))
}

/// Events that say too little are skipped and counted; one with an unknown member is a drifting
/// client's and refuses the whole batch.
fn track_batch(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::list("events").required()])?;
    let events = body.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
    let fits = events.len() <= 500;
    ctx.check(&BATCH_SIZE, fits, || field("events", "A batch holds at most 500 events."))?;
    for event in events.iter().filter_map(Value::as_object) {
        ctx.check_members(event, event_fields(ctx))?;
    }
    let live = ctx.live();
    let (good, bad): (Vec<&Value>, Vec<&Value>) = events.iter().partition(|event| flaw(live, event).is_none());
    let tenant = ctx.caller.account.clone();
    for user in good.iter().filter_map(|event| event["user_id"].as_str()) {
        see(ctx, &tenant, user);
    }
    Ok(Reply::json(202, json!({ "queued": good.len(), "skipped": bad.len() })))
}

// Segments

fn segment_json(segment: &Object) -> Value {
    json!({ "id": number(&segment.id), "slug": segment.json["slug"], "name": segment.json["name"] })
}

fn list_segments(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let segments = ctx.store.objects("segops", "segment", &ctx.caller.account);
    page(ctx, req, &segments, segment_json)
}

fn membership(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let user = req.query("user_id").unwrap_or_default();
    ctx.check(&NAMED, !user.is_empty(), || field("user_id", "This field is required."))?;
    let segments = ctx.store.objects("segops", "segment", &ctx.caller.account);
    let holds_user = |segment: &&Object| ctx.store.object("segops", &member_kind(segment), user).is_some();
    let segments: Vec<Value> = segments.iter().filter(holds_user).map(segment_json).collect();
    Ok(Reply::json(200, json!({ "user_id": user, "segments": segments })))
}

fn list_members(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let segment = ctx.store.object("segops", "segment", req.param("id"));
    let segment = present(ctx, &NOT_FOUND, segment, not_found)?;
    let mine = segment.account == ctx.caller.account;
    ctx.check(&ONE_TENANT, mine, not_found)?;
    let size = page_size(ctx, req)?;
    let mut members = ctx.store.objects("segops", &member_kind(&segment), &segment.account);
    members.sort_by(|a, b| a.id.cmp(&b.id));
    let is_behind = |member: &Object| req.query("cursor").is_none_or(|cursor| member.id.as_str() > cursor);
    let (page, cursor) = behind(&members, size, is_behind, |member| member.id.clone());
    let results: Vec<Value> = page.iter().map(|member| json!({ "user_id": member.id })).collect();
    Ok(Reply::json(200, json!({ "results": results, "next_cursor": cursor })))
}

// Pages

fn page_size(ctx: &mut Ctx<'_>, req: &Request) -> Result<u64, Reply> {
    ctx.query_number(req, "limit", 100, 1..=1000)
}

/// `next` and `previous` are relative, so no answer can send a client to another host.
fn page<R>(ctx: &mut Ctx<'_>, req: &Request, rows: &[R], json: impl Fn(&R) -> Value) -> Answer {
    let size = page_size(ctx, req)?;
    let offset = ctx.query_number(req, "offset", 0, 0..=u64::MAX)?;
    let link = |offset: u64| format!("{}?limit={size}&offset={offset}", req.path);
    let next = offset.checked_add(size).filter(|next| *next < rows.len() as u64).map(link);
    let previous = (offset > 0).then(|| link(offset.saturating_sub(size)));
    let results: Vec<Value> = slice(rows, size, offset).iter().map(json).collect();
    Ok(Reply::json(200, json!({ "count": rows.len(), "next": next, "previous": previous, "results": results })))
}
