//! SidClaw: scoped keys with an end, rotated in place, managed by an admin's session or admin key.
//!
//! The page promises that a rotated key keeps id, name and scopes while its old value dies at once.
//! Every answer tells the state of the rate limit and the id of the request; every route has one
//! scope, and only `admin` goes where no other leads.

mod keys;
mod resources;
mod traces;

use std::time::Duration;

use serde_json::{Value, json};

use crate::ctx::{Caller, Ctx, Field, digest, same_text};
use crate::rules::{CONCURRENCY_LIMIT, RATE_LIMIT, Rule};
use crate::service::Mark::{Assumed, Code, Page};
use crate::service::{Answer, Body, Credentials, PUBLIC, Problem, Refusal, Reply, Request, Route, Service};
use crate::services::shared::{NONE, account_row, first_account, no_body, plan_of, present, put_user, route};
use crate::store::{Session, User};

const PAGED: &[&str] = &["limit", "offset"];

/// `needs` is the scope of the live service; behind the colon stands that of the page.
const ROUTES: &[Route] = &[
    route("POST", "/api/v1/auth/login/email", Code, PUBLIC, NONE, log_in),
    route("GET", "/api/v1/api-keys", Page, ADMIN, NONE, keys::list),
    route("POST", "/api/v1/api-keys", Page, ADMIN, NONE, keys::create),
    route("DELETE", "/api/v1/api-keys/{id}", Page, ADMIN, NONE, keys::delete),
    route("POST", "/api/v1/api-keys/{id}/rotate", Page, ADMIN, NONE, keys::rotate),
    route("GET", "/api/v1/agents", Page, "agents:read", PAGED, resources::list),
    route("POST", "/api/v1/agents", Page, "agents:write", NONE, resources::create_agent),
    route("GET", "/api/v1/agents/{id}", Code, "agents:read", NONE, resources::get),
    route("PATCH", "/api/v1/agents/{id}", Code, "agents:write", NONE, resources::update_agent),
    route("GET", "/api/v1/policies", Page, "policies:read", PAGED, resources::list),
    route("POST", "/api/v1/policies", Page, "policies:write", NONE, resources::create_policy),
    route("GET", "/api/v1/policies/{id}", Code, "policies:read", NONE, resources::get),
    route("PATCH", "/api/v1/policies/{id}", Code, "policies:write", NONE, resources::update_policy),
    route("GET", "/api/v1/approvals", Page, "approvals:read", PAGED, resources::list),
    route("GET", "/api/v1/approvals/{id}", Code, "approvals:read", NONE, traces::get),
    route("GET", "/api/v1/approvals/{id}/status", Code, "approvals:read", NONE, traces::approval_status),
    route("POST", "/api/v1/approvals/{id}/approve", Code, DECIDE, NONE, traces::approve),
    route("POST", "/api/v1/approvals/{id}/deny", Code, DECIDE, NONE, traces::deny),
    route("GET", "/api/v1/traces", Page, "traces:read", PAGED, resources::list),
    route("GET", "/api/v1/traces/{id}", Code, "traces:read", NONE, traces::get),
    route("POST", "/api/v1/traces/{id}/outcome", Code, "traces:write", NONE, traces::record_outcome),
    route("PATCH", "/api/v1/traces/{id}/telemetry", Code, "traces:write", NONE, traces::record_telemetry),
    route("POST", "/api/v1/evaluate", Page, "evaluate", NONE, resources::evaluate),
    route("GET", "/api/v1/billing/status", Assumed, ADMIN, NONE, resources::billing),
];

const ADMIN: &str = "admin";
/// Deciding on approvals, which reviewers may do too.
const DECIDE: &str = "approvals:write";
/// The scopes of the page; a key made without any gets all but the last.
const SCOPES: [&str; 4] = ["evaluate", "read", "write", ADMIN];
/// Those of the live service.
const LIVE_SCOPES: [&str; 11] = [
    "evaluate",
    "traces:read",
    "traces:write",
    "agents:read",
    "agents:write",
    "agents:lifecycle",
    "policies:read",
    "policies:write",
    "approvals:read",
    "approvals:write",
    ADMIN,
];

const CREDENTIAL: Rule = Rule::new("sidclaw.credential", "SID-4", "a request without a credential is refused");
const KEY_KNOWN: Rule = Rule::new("sidclaw.key_known", "SID-32", "an unknown key is refused");
const KEY_EXPIRED: Rule = Rule::new("sidclaw.key_expired", "SID-32", "an expired key is refused");
const EXPIRED_TOLD: Rule =
    Rule::new("sidclaw.expired_told", "SID-32", "only the live service tells an expired key from an unknown one");
const SESSION_KNOWN: Rule = Rule::new("sidclaw.session_known", "SID-28", "an unknown session is refused");
const SESSION_ENDS: Rule = Rule::new("sidclaw.session_ends", "SID-28", "a session ends after eight hours");
const CSRF: Rule = Rule::new("sidclaw.csrf", "SID-28", "an unsafe request of a session repeats its CSRF token");
const ROLE: Rule = Rule::new("sidclaw.role", "SID-4", "only admins manage and change; other roles read");
const SCOPE: Rule = Rule::new("sidclaw.scope", "SID-2", "a key needs the scope of the route, or admin");
const PASSWORD: Rule = Rule::new("sidclaw.password", "SID-28", "a login needs its password");
const ONE_TENANT: Rule = Rule::new("sidclaw.one_tenant", "SID-1", "what belongs to another tenant is not found");
const NOT_FOUND: Rule = Rule::new("sidclaw.not_found", "SID-15", "what is not there is not found");
const NAME: Rule = Rule::new("sidclaw.name", "SID-10", "a name has 1 to 100 characters");
const SCOPES_KNOWN: Rule = Rule::new("sidclaw.scopes_known", "SID-11", "an unknown scope is refused");
const SCOPES_NEEDED: Rule = Rule::new("sidclaw.scopes_needed", "SID-35", "the live service makes no key without a scope");
const ALL_BUT_ADMIN: Rule = Rule::new("sidclaw.all_but_admin", "SID-11", "a key made without scopes may do all but administer");
const EXPIRY_FORM: Rule = Rule::new("sidclaw.expiry_form", "SID-12", "the live service takes an end in UTC with Z only");
const KEY_LIMIT: Rule = Rule::new("sidclaw.key_limit", "SID-26", "the plan limits the keys of a tenant, expired ones included");
const AGENT_LIMIT: Rule = Rule::new("sidclaw.agent_limit", "services 1.3", "the plan limits the agents of a tenant");
const OLD_VALUE_DEAD: Rule = Rule::new("sidclaw.old_value_dead", "SID-18", "the old value of a rotated key is refused at once");
const ROTATE_KEEPS: Rule = Rule::new("sidclaw.rotate_keeps", "SID-16", "a rotated key keeps name, scopes and end");
const ROTATE_RESETS: Rule = Rule::new("sidclaw.rotate_resets", "SID-16", "a rotated key was never used");
const LAST_USED_MINUTE: Rule = Rule::new("sidclaw.last_used_minute", "SID-33", "the last use is noted at most once a minute");
const REQUEST_ID: Rule = Rule::new("sidclaw.request_id", "SID-30", "the id of the request comes back, given or made");
const RATE_HEADERS: Rule = Rule::new("sidclaw.rate_headers", "SID-31", "every answer tells the state of the rate limit");
const PAGE_CLAMP: Rule = Rule::new("sidclaw.page_clamp", "SID-39", "a page holds at most 100");
const TRACE_OPEN: Rule =
    Rule::new("sidclaw.trace_open", "SID-23", "an action that was stopped or waits for approval has no outcome");
const APPROVAL_OPEN: Rule = Rule::new("sidclaw.approval_open", "SID-23", "an approval is decided once");
const EFFECT: Rule = Rule::new("sidclaw.effect", "SID-22", "a policy allows, asks for approval or denies");
const POLICY: Rule = Rule::new("sidclaw.policy", "SID-22", "the newest active policy that fits decides");

const RULES: &[Rule] = &[
    CREDENTIAL,
    KEY_KNOWN,
    KEY_EXPIRED,
    EXPIRED_TOLD,
    SESSION_KNOWN,
    SESSION_ENDS,
    CSRF,
    ROLE,
    SCOPE,
    PASSWORD,
    ONE_TENANT,
    NOT_FOUND,
    NAME,
    SCOPES_KNOWN,
    SCOPES_NEEDED,
    ALL_BUT_ADMIN,
    EXPIRY_FORM,
    KEY_LIMIT,
    AGENT_LIMIT,
    OLD_VALUE_DEAD,
    ROTATE_KEEPS,
    ROTATE_RESETS,
    LAST_USED_MINUTE,
    REQUEST_ID,
    RATE_HEADERS,
    PAGE_CLAMP,
    TRACE_OPEN,
    APPROVAL_OPEN,
    EFFECT,
    POLICY,
];

const SESSION_LASTS: Duration = Duration::from_secs(8 * 60 * 60);

/// What a plan allows; `None` is no limit.
struct Plan {
    name: &'static str,
    keys: Option<usize>,
    agents: Option<usize>,
    /// Requests a minute: evaluate, read, write.
    rates: [u64; 3],
}

const PLANS: [Plan; 4] = [
    Plan { name: "free", keys: Some(2), agents: Some(5), rates: [100, 300, 60] },
    Plan { name: "starter", keys: Some(5), agents: Some(15), rates: [500, 1500, 300] },
    Plan { name: "business", keys: Some(20), agents: Some(100), rates: [5000, 15_000, 3000] },
    Plan { name: "enterprise", keys: None, agents: None, rates: [50_000, 150_000, 30_000] },
];

/// The plan of a tenant; of nobody in particular, the largest.
fn plan(ctx: &Ctx<'_>, tenant: &str) -> &'static Plan {
    let name = plan_of(ctx, tenant);
    PLANS.iter().find(|plan| plan.name == name).unwrap_or(&PLANS[3])
}

/// The service.
#[derive(Debug)]
pub(crate) struct SidClaw;

impl Service for SidClaw {
    fn name(&self) -> &'static str {
        "sidclaw"
    }

    fn plans(&self) -> &'static [&'static str] {
        &["free", "starter", "business", "enterprise"]
    }

    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn categories(&self) -> &'static [&'static str] {
        &["evaluate", "read", "write"]
    }

    fn rules(&self) -> &'static [Rule] {
        RULES
    }

    /// An admin, a reviewer and a viewer share one password; the key may do all but administer.
    fn seed(&self, ctx: &mut Ctx<'_>) -> Credentials {
        let (mine, theirs) = (new_tenant(ctx, "Example"), new_tenant(ctx, "Somebody else"));
        let password = ctx.alphanumeric(20);
        let admin = put_user(ctx, &mine, "admin@example.com", "admin", &password);
        put_user(ctx, &mine, "reviewer@example.com", "reviewer", &password);
        put_user(ctx, &mine, "viewer@example.com", "viewer", &password);
        let agent = resources::seed(ctx, &mine, &theirs);
        let scopes = keys::all_but_admin(ctx);
        keys::new(ctx, &theirs, "Their key", scopes.clone(), None);
        let (_, secret) = keys::new(ctx, &mine, "Default Key", scopes, None);
        let handed = [("api_key", secret), ("email", admin.email), ("password", password), ("agent_id", agent)];
        handed.into_iter().map(|(name, value)| (name, Some(value))).collect()
    }

    fn guard(&self, ctx: &mut Ctx<'_>, req: &Request, needs: Option<&'static str>) -> Result<(), Reply> {
        match (req.authorization("Bearer"), req.cookie("session")) {
            (Some(text), _) => key_caller(ctx, req, text, needs)?,
            (None, Some(token)) => session_caller(ctx, req, token, needs)?,
            (None, None) => {
                ctx.check(&CREDENTIAL, false, || unauthorized("Authentication required"))?;
                ctx.caller = Caller { account: first_account(ctx), key: None, user: None };
                count(ctx, req)?;
            }
        }
        no_body(ctx, req)
    }

    fn refuse(&self, refused: Refusal<'_>) -> Reply {
        let plain = |text: &str| error(400, "validation_error", text);
        match refused {
            Refusal::NoRoute => error(404, "not_found", "Route not found"),
            Refusal::Method => error(405, "method_not_allowed", "Method not allowed"),
            Refusal::Query { name, problem } | Refusal::Member { name, problem } => invalid(name, &words(problem)),
            Refusal::NotJson => plain("Body must be a JSON object"),
            Refusal::ContentType => error(415, "validation_error", "Unsupported media type"),
            Refusal::DuplicateHeader(name) => plain(&format!("Header {name} sent twice")),
            Refusal::TooLarge => error(413, "validation_error", "Body too large"),
            Refusal::IdempotencyConflict => error(409, "conflict", "Idempotency key in use"),
        }
    }

    fn finish(&self, ctx: &mut Ctx<'_>, req: &Request, mut reply: Reply) -> Reply {
        if ctx.holds(&REQUEST_ID) {
            let given = req.header("x-request-id").map(str::to_owned);
            let id = given.unwrap_or_else(|| ctx.id("req_", 20));
            if let Body::Json(Value::Object(body)) = &mut reply.body
                && body.contains_key("error")
            {
                body.insert("request_id".to_owned(), json!(id));
            }
            reply = reply.header("X-Request-ID", id);
        }
        // Who is not admitted has no window; a look at the largest plan's is not held against anyone.
        let category = category(req);
        let counted = ctx.window().or_else(|| ctx.count(category, Some(rate(&PLANS[3], category))));
        let Some(window) = counted.filter(|_| ctx.holds(&RATE_HEADERS)) else { return reply };
        let reset = window.reset.0.div_euclid(1000) + i64::from(window.reset.0.rem_euclid(1000) > 0);
        reply
            .header("X-RateLimit-Limit", window.limit)
            .header("X-RateLimit-Remaining", window.remaining)
            .header("X-RateLimit-Reset", reset)
    }

    fn last_used_every(&self, ctx: &Ctx<'_>) -> Duration {
        if ctx.holds(&LAST_USED_MINUTE) { Duration::from_secs(60) } else { Duration::ZERO }
    }
}

// Refusals; `finish` adds the id of the request

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, json!({ "error": code, "message": message, "status": status }))
}

fn error_with(status: u16, code: &str, message: &str, details: Value) -> Reply {
    Reply::json(status, json!({ "error": code, "message": message, "status": status, "details": details }))
}

fn unauthorized(message: &str) -> Reply {
    error(401, "unauthorized", message)
}

fn forbidden(message: &str) -> Reply {
    error(403, "forbidden", message)
}

fn conflict(message: &str) -> Reply {
    error(409, "conflict", message)
}

/// `limit` is the name of what is limited.
fn plan_limit(limit: &str, current: usize, max: usize) -> Reply {
    let message = format!("Plan limit reached: {max} {}. Upgrade for more.", limit.replace('_', " "));
    error_with(402, "plan_limit_reached", &message, json!({ "limit": limit, "current": current, "max": max }))
}

fn not_found(what: &str, id: &str) -> Reply {
    error(404, "not_found", &format!("{what} '{id}' not found"))
}

fn invalid(name: &str, text: &str) -> Reply {
    error_with(400, "validation_error", &format!("{name}: {text}"), json!({ name: [text] }))
}

fn words(problem: Problem<'_>) -> String {
    match problem {
        Problem::Unknown => "Unrecognized key".to_owned(),
        Problem::Missing => "Required".to_owned(),
        Problem::Type(kind) => format!("Expected {kind}"),
        Problem::Value(text) => text.to_owned(),
    }
}

// Who asks

fn key_caller(ctx: &mut Ctx<'_>, req: &Request, text: &str, needs: Option<&'static str>) -> Result<(), Reply> {
    let key = ctx.key_of(text);
    ctx.check(&KEY_KNOWN, key.is_some(), || unauthorized("Invalid API key"))?;
    let Some(key) = key else {
        ctx.caller = Caller { account: first_account(ctx), key: None, user: None };
        return count(ctx, req);
    };
    let alive = key.expires.is_none_or(|end| ctx.now < end);
    let told = ctx.live() == ctx.holds(&EXPIRED_TOLD);
    let message = if told { "API key has expired" } else { "Invalid API key" };
    ctx.check(&KEY_EXPIRED, alive, || unauthorized(message))?;
    ctx.identify(&key);
    ctx.caller = Caller { account: key.account.clone(), key: Some(key.clone()), user: None };
    count(ctx, req)?;
    let Some(needs) = needs else { return Ok(()) };
    let needed = if ctx.live() { needs } else { needs.rsplit(':').next().unwrap_or(needs) };
    // `*` is what old keys have in the place of `admin` (C).
    let may = key.scopes.iter().any(|scope| [needed, ADMIN, "*"].contains(&scope.as_str()));
    ctx.check(&SCOPE, may, || forbidden(&format!("API key does not have the required scope for {} {}", req.method, req.path)))
}

fn session_caller(ctx: &mut Ctx<'_>, req: &Request, token: &str, needs: Option<&'static str>) -> Result<(), Reply> {
    let session = ctx.store.session("sidclaw", &digest(token));
    let session = present(ctx, &SESSION_KNOWN, session, || unauthorized("Session expired"))?;
    let alive = session.expires.is_none_or(|end| ctx.now < end);
    ctx.check(&SESSION_ENDS, alive, || unauthorized("Session expired"))?;
    let user = ctx.store.user("sidclaw", &session.user);
    let user = present(ctx, &SESSION_KNOWN, user, || unauthorized("User not found"))?;
    ctx.caller = Caller { account: user.account.clone(), key: None, user: Some(user.id.clone()) };
    count(ctx, req)?;
    let safe = matches!(req.method.as_str(), "GET" | "HEAD");
    let repeated = safe || csrf_repeated(req, &session);
    ctx.check(&CSRF, repeated, || forbidden("Invalid CSRF token"))?;
    let may = match user.role.as_str() {
        ADMIN => true,
        "reviewer" if needs == Some(DECIDE) => true,
        _ => safe && needs != Some(ADMIN),
    };
    ctx.check(&ROLE, may, || forbidden(&format!("This action requires one of these roles: admin. Your role: {}", user.role)))
}

/// The header must hold the session's token; a cookie beside it must hold the same.
fn csrf_repeated(req: &Request, session: &Session) -> bool {
    let Some(header) = req.header("x-csrf-token") else { return false };
    let fits = session.csrf.as_deref().is_some_and(|csrf| same_text(csrf, &digest(header)));
    fits && req.cookie("csrf_token").is_none_or(|cookie| same_text(cookie, header))
}

fn category(req: &Request) -> &'static str {
    match req.method.as_str() {
        "POST" if req.path.ends_with("/evaluate") => "evaluate",
        "GET" | "HEAD" => "read",
        _ => "write",
    }
}

fn rate(plan: &Plan, category: &str) -> u64 {
    let [evaluate, read, write] = plan.rates;
    match category {
        "evaluate" => evaluate,
        "read" => read,
        _ => write,
    }
}

/// A fixed window of a minute per tenant and category.
fn count(ctx: &mut Ctx<'_>, req: &Request) -> Result<(), Reply> {
    let limited = |details| error_with(429, "rate_limit_exceeded", "Rate limit exceeded", details);
    let category = category(req);
    let within = ctx.within_concurrency();
    ctx.check(&CONCURRENCY_LIMIT, within, || limited(json!({ "category": category })))?;
    let plan = plan(ctx, &ctx.caller.account);
    let Some(window) = ctx.count(category, Some(rate(plan, category))) else { return Ok(()) };
    let wait = window.retry_after;
    ctx.check(&RATE_LIMIT, window.allowed, || {
        let reply = limited(json!({ "category": category, "limit": window.limit, "remaining": 0,
            "reset_at": window.reset, "retry_after_seconds": wait }));
        wait.map_or(reply.clone(), |wait| reply.header("Retry-After", wait))
    })
}

// Tenants and logins

fn new_tenant(ctx: &mut Ctx<'_>, name: &str) -> String {
    let id = ctx.uuid();
    let account = account_row(ctx, id.clone(), name, &ctx.born_plan());
    ctx.store.put_account(account);
    id
}

fn log_in(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("email").required(), Field::text("password").required()])?;
    let refusal = || unauthorized("Invalid email or password");
    let user = body.text("email").and_then(|email| ctx.store.user_by_email("sidclaw", email));
    let user = present(ctx, &PASSWORD, user, refusal)?;
    let fits = ctx.password_fits(body.text("password").unwrap_or_default(), &user.password);
    ctx.check(&PASSWORD, fits, refusal)?;
    let (token, csrf) = (ctx.base64url(32), ctx.base64url(24));
    ctx.store.put_session(Session {
        service: "sidclaw".to_owned(),
        hash: digest(&token),
        kind: "session".to_owned(),
        user: user.id.clone(),
        csrf: Some(digest(&csrf)),
        expires: Some(ctx.now.plus(SESSION_LASTS)),
    });
    let attributes = format!("Path=/; SameSite=Lax; Max-Age={}", SESSION_LASTS.as_secs());
    let reply = Reply::json(200, json!({ "data": identity_json(ctx, &user) }))
        .header("Set-Cookie", format!("session={token}; {attributes}; HttpOnly"))
        .header("Set-Cookie", format!("csrf_token={csrf}; {attributes}"));
    Ok(reply)
}

fn identity_json(ctx: &Ctx<'_>, user: &User) -> Value {
    let tenant = ctx.store.account("sidclaw", &user.account);
    let (name, plan) = tenant.map(|tenant| (tenant.name, tenant.plan)).unwrap_or_default();
    json!({
        "user": { "id": user.id, "email": user.email, "name": user.name, "role": user.role },
        "tenant": { "id": user.account, "name": name, "plan": plan },
    })
}
