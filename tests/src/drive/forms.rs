//! The JSON form of every result and of every error (`scenarios/README.md`).
//!
//! The secret of a new key is exposed here and nowhere else: later steps use it.

use std::time::Duration;

use keywright::Timestamp;
use keywright::{CallRecord, CreatedKey, Description, Error, Item, Key, Meta, Reply, Response, UsageReport};
use serde_json::{Map, Value, json};

fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(format!("{at:.3}")))
}

fn seconds(duration: Duration) -> Value {
    json!(duration.as_secs_f64())
}

pub(super) fn meta(meta: &Meta) -> Value {
    let rate_limit = meta
        .rate_limit
        .as_ref()
        .map(|rate| json!({ "limit": rate.limit, "remaining": rate.remaining, "reset_in": seconds(rate.reset_in) }));
    json!({
        "request_id": meta.request_id,
        "status": meta.status,
        "attempts": meta.attempts,
        "elapsed": seconds(meta.elapsed),
        "queued": seconds(meta.queued),
        "rate_limit": rate_limit,
        "ambiguous": meta.ambiguous,
        "partial": meta.partial,
    })
}

/// A form with its `meta`.
pub(super) fn with_meta(mut form: Value, of: &Meta) -> Value {
    if let Value::Object(members) = &mut form {
        members.insert("meta".to_owned(), meta(of));
    }
    form
}

pub(super) fn key(key: &Key, now: Timestamp) -> Value {
    let told = keywright::KeyMember::ALL.iter().filter(|member| key.told(**member)).map(|member| member.as_str());
    let actions: Vec<&str> = key.allowed_actions.iter().map(|action| action.as_str()).collect();
    json!({
        "id": key.id.as_str(),
        "name": key.name,
        "display_name": key.display_name(),
        "status": key.status.as_str(),
        "status_label": key.status_label,
        "is_effective": key.is_effective(now),
        "prefix": key.prefix,
        "scopes": key.scopes,
        "account_id": key.account_id,
        "created_at": time(key.created_at),
        "last_used_at": time(key.last_used_at),
        "expires_at": time(key.expires_at),
        "archived_at": time(key.archived_at),
        "revoked_at": time(key.revoked_at),
        "allowed_actions": actions,
        "told_members": told.collect::<Vec<_>>(),
        "data": key.data,
    })
}

/// The key that an operation leaves, or only how it came to be.
pub(super) fn maybe_key(left: Option<&Key>, of: &Meta, now: Timestamp) -> Value {
    left.map_or_else(|| meta(of), |left| with_meta(key(left, now), of))
}

pub(super) fn created(made: &Reply<CreatedKey>, now: Timestamp) -> Value {
    with_meta(json!({ "key": key(&made.key, now), "secret": made.secret.expose() }), &made.meta)
}

pub(super) fn page(items: Vec<Value>, has_next: bool) -> Value {
    json!({ "items": items, "has_next": has_next })
}

pub(super) fn item(item: &Item) -> Value {
    json!({ "id": item.id, "name": item.name, "status": item.status, "created_at": time(item.created_at), "data": item.data })
}

pub(super) fn item_reply(reply: &Reply<Item>) -> Value {
    with_meta(item(reply), &reply.meta)
}

pub(super) fn json(reply: &Reply<keywright::Json>) -> Value {
    let data: &Value = reply;
    with_meta(json!({ "data": data }), &reply.meta)
}

pub(super) fn call_record(record: &CallRecord) -> Value {
    json!({
        "id": record.id,
        "method": record.method,
        "endpoint": record.endpoint,
        "status": record.status,
        "error": record.error,
        "started_at": time(record.started_at),
    })
}

pub(super) fn usage(report: &UsageReport) -> Value {
    let slices = report.slices.iter().map(|slice| {
        let activities =
            slice.activities.iter().map(|one| json!({ "activity": one.activity, "credits": one.credits, "origin": one.origin }));
        json!({ "start": time(slice.start), "credits": slice.credits, "activities": activities.collect::<Vec<_>>() })
    });
    json!({ "granularity": report.granularity, "total": report.total, "slices": slices.collect::<Vec<_>>() })
}

pub(super) fn response(response: &Response) -> Value {
    let headers: Map<String, Value> = response
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), json!(String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    let body = response.json::<Value>().unwrap_or_else(|_| json!(String::from_utf8_lossy(&response.body)));
    with_meta(json!({ "status": response.status, "headers": headers, "body": body }), &response.meta)
}

pub(super) fn description(description: &Description) -> Value {
    let credentials = description
        .credentials
        .iter()
        .map(|(name, origin, digest)| json!({ "name": name, "origin": origin.to_string(), "digest": digest }));
    json!({
        "service": description.service,
        "variant": description.variant,
        "base_url": description.base_url,
        "base_url_origin": description.base_url_origin.to_string(),
        "account": description.account.as_ref().map(ToString::to_string),
        "credentials": credentials.collect::<Vec<_>>(),
    })
}

/// The form of an error; `text` is the whole sentence.
#[must_use]
pub fn error(error: &Error) -> Value {
    let attempts = error.attempts().iter().map(|one| {
        let phase = one.phase.map(ToString::to_string);
        json!({ "n": one.n, "status": one.status, "phase": phase, "delay_before": seconds(one.delay_before), "duration": seconds(one.duration) })
    });
    let fields = error.fields().iter().map(|one| json!({ "field": one.field, "messages": one.messages }));
    json!({
        "kind": error.kind().as_str(),
        "reason": error.reason(),
        "service": error.service(),
        "operation": error.operation(),
        "status": error.status(),
        "code": error.code(),
        "message": error.message(),
        "request_id": error.request_id(),
        "retry_after": error.retry_after().map(seconds),
        "outcome": error.outcome().as_str(),
        "stop": error.stop().map(|stop| stop.as_str()),
        "timeout_scope": error.timeout_scope().map(|scope| scope.as_str()),
        "attempts": attempts.collect::<Vec<_>>(),
        "candidates": error.candidates(),
        "remedy": error.remedy(),
        "field": error.field(),
        "fields": fields.collect::<Vec<_>>(),
        "excerpt": error.excerpt(),
        "text": error.to_string(),
    })
}
