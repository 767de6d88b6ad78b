//! Keys: listed whole, created with scopes, rotated in place, deleted for good.
//!
//! An expired key still uses a slot of the plan, so every key of the tenant counts (SID-34).

use serde_json::{Value, json};

use super::{
    ADMIN, ALL_BUT_ADMIN, EXPIRY_FORM, KEY_LIMIT, LIVE_SCOPES, NAME, NOT_FOUND, OLD_VALUE_DEAD, ONE_TENANT, ROTATE_KEEPS,
    ROTATE_RESETS, SCOPES, SCOPES_KNOWN, SCOPES_NEEDED, invalid, not_found, plan, plan_limit,
};
use crate::ctx::{Ctx, Field, Fields, digest};
use crate::service::{Answer, Reply, Request};
use crate::services::shared::{key_row, present};
use crate::store::Key;
use crate::time::Time;

/// The scopes that the variant knows.
fn known_scopes(ctx: &Ctx<'_>) -> &'static [&'static str] {
    if ctx.live() { &LIVE_SCOPES } else { &SCOPES }
}

/// What a key without scopes gets: all but `admin` (A).
pub(super) fn all_but_admin(ctx: &Ctx<'_>) -> Vec<String> {
    let leave_out = ctx.holds(&ALL_BUT_ADMIN);
    known_scopes(ctx).iter().filter(|scope| **scope != ADMIN || !leave_out).map(|scope| (*scope).to_owned()).collect()
}

fn new_secret(ctx: &mut Ctx<'_>) -> String {
    format!("ai_{}", ctx.hex(32))
}

pub(super) fn new(ctx: &mut Ctx<'_>, tenant: &str, name: &str, scopes: Vec<String>, expires: Option<Time>) -> (Key, String) {
    let secret = new_secret(ctx);
    let id = if ctx.live() { ctx.uuid() } else { ctx.id("key_", 16) };
    let prefix = secret[..12].to_owned();
    let key = Key { scopes, expires, prefix, ..key_row(ctx, id, tenant, name, &secret) };
    ctx.store.put_key(key.clone());
    (key, secret)
}

/// The first characters of the key: seven on the page, twelve live, under another name.
fn put_prefix(ctx: &Ctx<'_>, json: &mut Value, key: &Key) {
    let (name, length) = if ctx.live() { ("key_prefix", 12) } else { ("prefix", 7) };
    json[name] = json!(key.prefix.get(..length));
}

fn key_json(ctx: &Ctx<'_>, key: &Key) -> Value {
    let mut json = json!({ "id": key.id, "name": key.name });
    put_prefix(ctx, &mut json, key);
    json["scopes"] = json!(key.scopes);
    json["last_used_at"] = json!(key.last_used);
    json["created_at"] = json!(key.created);
    json["expires_at"] = json!(key.expires);
    json
}

fn find(ctx: &mut Ctx<'_>, req: &Request) -> Result<Key, Reply> {
    let id = req.param("id");
    let key = ctx.store.key("sidclaw", id);
    let key = present(ctx, &NOT_FOUND, key, || not_found("ApiKey", id))?;
    let mine = key.account == ctx.caller.account;
    ctx.check(&ONE_TENANT, mine, || not_found("ApiKey", id))?;
    Ok(key)
}

pub(super) fn list(ctx: &mut Ctx<'_>, _req: &Request) -> Answer {
    let keys = ctx.store.keys("sidclaw", &ctx.caller.account);
    let data: Vec<Value> = keys.iter().map(|key| key_json(ctx, key)).collect();
    Ok(Reply::json(200, json!({ "data": data })))
}

pub(super) fn create(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let end = Field::time("expires_at");
    let end = if ctx.live() { end } else { end.nullable() };
    let body = ctx.body(req, &[Field::text("name").required(), Field::list("scopes"), end])?;
    let name = body.text("name").unwrap_or_default();
    let fits = (1..=100).contains(&name.chars().count());
    ctx.check(&NAME, fits, || invalid("name", "Must have 1 to 100 characters"))?;
    let utc = body.text("expires_at").is_none_or(|end| end.ends_with('Z'));
    let utc_needed = ctx.live();
    ctx.check(&EXPIRY_FORM, utc || !utc_needed, || invalid("expires_at", "Invalid datetime"))?;
    let scopes = scopes(ctx, &body)?;
    let tenant = ctx.caller.account.clone();
    check_limit(ctx, &tenant)?;
    let (key, secret) = new(ctx, &tenant, name, scopes, body.time("expires_at"));
    let mut json = json!({ "id": key.id, "name": key.name, "key": secret });
    put_prefix(ctx, &mut json, &key);
    json["scopes"] = json!(key.scopes);
    if ctx.live() {
        json["expires_at"] = json!(key.expires);
    }
    json["created_at"] = json!(key.created);
    Ok(Reply::json(201, json!({ "data": json })))
}

fn scopes(ctx: &mut Ctx<'_>, body: &Fields) -> Result<Vec<String>, Reply> {
    let given = body.get("scopes").and_then(Value::as_array);
    let named = given.is_some_and(|scopes| !scopes.is_empty());
    let needed = ctx.live();
    ctx.check(&SCOPES_NEEDED, named || !needed, || invalid("scopes", "At least one scope is required"))?;
    let Some(given) = given else { return Ok(all_but_admin(ctx)) };
    let known = known_scopes(ctx);
    let all_known = given.iter().all(|scope| scope.as_str().is_some_and(|scope| known.contains(&scope)));
    ctx.check(&SCOPES_KNOWN, all_known, || invalid("scopes", "Unknown scope"))?;
    Ok(given.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn check_limit(ctx: &mut Ctx<'_>, tenant: &str) -> Result<(), Reply> {
    let Some(most) = plan(ctx, tenant).keys else { return Ok(()) };
    let current = ctx.store.keys("sidclaw", tenant).len();
    ctx.check(&KEY_LIMIT, current < most, || plan_limit("max_api_keys", current, most))
}

pub(super) fn delete(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find(ctx, req)?;
    ctx.store.delete_key("sidclaw", &key.id);
    Ok(Reply::empty(204))
}

/// A body is ignored here (C).
pub(super) fn rotate(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut key = find(ctx, req)?;
    let secret = new_secret(ctx);
    if ctx.holds(&OLD_VALUE_DEAD) {
        key.hash = digest(&secret);
        key.prefix = secret[..12].to_owned();
    }
    if ctx.holds(&ROTATE_RESETS) {
        key.last_used = None;
    }
    if !ctx.holds(&ROTATE_KEEPS) {
        (key.scopes, key.expires) = (Vec::new(), None);
    }
    ctx.store.put_key(key.clone());
    let mut json = json!({ "id": key.id, "key": secret });
    put_prefix(ctx, &mut json, &key);
    if ctx.live() {
        json["name"] = json!(key.name);
        json["scopes"] = json!(key.scopes);
    }
    Ok(Reply::json(200, json!({ "data": json })))
}
