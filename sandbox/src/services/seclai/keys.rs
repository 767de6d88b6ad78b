//! Seclai's keys: shown once, archived once used, with every call and credit on record.

use serde_json::{Value, json};

use super::{
    ARCHIVE_FINAL, ARCHIVE_USED, DAY, DELETE_UNUSED, NAME_FIXED, NEWEST_FIRST, PAGE_SIZES, SHOWN_ONCE, detail, owned_by_caller,
    page,
};
use crate::ctx::{Ctx, Field, digest};
use crate::service::{Answer, Problem, Refusal, Reply, Request};
use crate::store::{Call, Key};
use crate::time::Time;

pub(super) fn list_keys(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let sizes = [10, 25, 50, 100];
    let size = ctx.query_number(req, "limit", 25, 1..=u64::MAX)?;
    let ok = if ctx.live() { size <= 100 } else { sizes.contains(&size) };
    let problem = Problem::Value("Input should be 10, 25, 50 or 100");
    let refusal = ctx.refuse(Refusal::Query { name: "limit", problem });
    ctx.check(&PAGE_SIZES, ok, || refusal)?;
    let keys = ctx.store.keys("seclai", &ctx.caller.account);
    let keys = keys.iter().map(|key| key_json(ctx, key)).collect();
    page(ctx, req, keys, (25, u64::MAX))
}

pub(super) fn create_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let body = ctx.body(req, &[Field::text("name").nullable()])?;
    let account = ctx.caller.account.clone();
    let (key, secret) = new_key(ctx, &account, body.text("name").map(str::to_owned));
    let json = json!({ "id": key.id, "name": key.name, "key": secret, "created_at": key.created });
    Ok(Reply::json(201, json))
}

pub(super) fn get_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    Ok(Reply::json(200, key_json(ctx, &key)))
}

pub(super) fn rename_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let refusal = ctx.refuse(Refusal::Method);
    ctx.check(&NAME_FIXED, false, || refusal)?;
    let body = ctx.body(req, &[Field::text("name").required()])?;
    let key = Key { name: body.text("name").map(str::to_owned), ..find_key(ctx, req)? };
    ctx.store.put_key(key.clone());
    Ok(Reply::json(200, key_json(ctx, &key)))
}

pub(super) fn delete_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let key = find_key(ctx, req)?;
    let text = "This API key has call history and cannot be deleted. Archive it instead.";
    let unused = ctx.store.calls("seclai", &key.id).is_empty();
    ctx.check(&DELETE_UNUSED, unused, || detail(409, text))?;
    ctx.store.delete_key("seclai", &key.id);
    Ok(Reply::empty(204))
}

pub(super) fn archive_key(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
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

pub(super) fn list_calls(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
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
    page(ctx, req, calls.into_iter().map(json).collect(), (25, 100))
}

fn find_key(ctx: &mut Ctx<'_>, req: &Request) -> Result<Key, Reply> {
    let key = ctx.store.key("seclai", req.param("id")).ok_or_else(|| detail(404, "API key not found"))?;
    owned_by_caller(ctx, &key.account)?;
    Ok(key)
}

pub(super) fn new_key(ctx: &mut Ctx<'_>, account: &str, name: Option<String>) -> (Key, String) {
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

pub(super) fn usage(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
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
