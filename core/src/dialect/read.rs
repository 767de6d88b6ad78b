//! From an answer to a typed value: pure, and tolerant of what a service adds.
//!
//! A member that is missing where one is due, or of another type, is kind `decode`, reason
//! `shape`, with the member's name and never its content.

use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use serde_json::Value;

use super::{ItemMap, KeyMap, Need, OpSpec, PageSpec, PageStyle, Spec, StatusRule, Support, plan};
use crate::Secret;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::mask::hide_in;
use crate::model::{Activity, CallRecord, Item, Key, KeyStatus, UsageReport, UsageSlice};
use crate::op::KeyOp;
use crate::wire::WireResponse;

/// What is wrong with the shape of an answer: the place, and what was expected there.
pub(crate) fn shape(place: &str, expected: &str) -> Error {
    Error::new(ErrorKind::Decode).with(|data| {
        data.reason = Some("shape".into());
        data.summary = Some(format!("the answer has no {expected} at `{place}`"));
        data.remedy = Some("the service may have changed: see whether a newer version of this library knows it".to_owned());
    })
}

/// The body as JSON.
///
/// # Errors
/// `decode`, reason `json`.
pub(crate) fn json(body: &[u8]) -> Result<Value> {
    let words = if body.is_empty() { "the answer is empty where JSON is due" } else { "the answer is not valid JSON" };
    json::decode(body).map_err(|json::NotJson| no_json(words))
}

/// The body of a success as JSON. An answer that calls itself something else, as a login page does,
/// is none, whatever it holds; one that says nothing is judged by its content (security B68).
///
/// # Errors
/// `decode`, reason `json`.
pub(crate) fn answer(answer: &WireResponse) -> Result<Value> {
    let stated = answer.head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = stated.and_then(|stated| stated.split(';').next()).map(|media| media.trim().to_ascii_lowercase());
    let is_json = media.as_deref().is_none_or(|media| media.is_empty() || media.ends_with("/json") || media.ends_with("+json"));
    if !is_json {
        return Err(no_json("the answer is not JSON"));
    }
    json(&answer.body)
}

fn no_json(words: &str) -> Error {
    Error::new(ErrorKind::Decode).with(|data| {
        data.reason = Some("json".into());
        data.summary = Some(words.to_owned());
        data.remedy = Some("check that the base URL is the API itself and no proxy or login page answers for it".to_owned());
    })
}

/// The object of an answer: what stands at the operation's pointer.
pub(crate) fn object(op: &OpSpec, mut body: Value) -> Result<Value> {
    match body.pointer_mut(&op.answer) {
        Some(found) if found.is_object() => Ok(found.take()),
        Some(_) | None => Err(shape(if op.answer.is_empty() { "/" } else { &op.answer }, "object")),
    }
}

/// One page of a list, before its items are read.
pub(crate) struct RawPage {
    pub items: Vec<Value>,
    pub next: Option<String>,
}

/// Cuts a list answer into its items, and finds where the next page begins.
pub(crate) fn page(page: &PageSpec, token: Option<&str>, mut body: Value) -> Result<RawPage> {
    let found = body.pointer_mut(&page.items).map(Value::take);
    let Some(Value::Array(items)) = found else { return Err(shape(&page.items, "list")) };
    let at = plan::position(page, token).unwrap_or(0);
    let count = items.len() as u64;
    let more = page.more.as_deref().and_then(|pointer| body.pointer(pointer));
    let total = page.total.as_deref().and_then(|pointer| body.pointer(pointer)).and_then(Value::as_u64);
    let follows = match (more, total) {
        // `has_next` is a boolean; `next` is a link or null, of which only its presence is used.
        (Some(Value::Bool(more)), _) => *more,
        (Some(more), _) => !more.is_null(),
        (None, Some(total)) => at + count < total,
        (None, None) => false,
    };
    let next = match page.style {
        PageStyle::Single => None,
        PageStyle::Cursor => next_cursor(page, token, more)?,
        // An empty page that claims a successor would be asked for ever.
        PageStyle::Page => (follows && count > 0).then(|| (at + 1).to_string()),
        PageStyle::Offset => (follows && count > 0).then(|| (at + count).to_string()),
    };
    Ok(RawPage { items, next })
}

fn next_cursor(page: &PageSpec, token: Option<&str>, more: Option<&Value>) -> Result<Option<String>> {
    let next = more.and_then(json::text);
    if next.is_some() && next.as_deref() == token {
        return Err(shape(page.more.as_deref().unwrap_or_default(), "new cursor"));
    }
    Ok(next.filter(|cursor| !cursor.is_empty()))
}

fn required_id(value: &Value, names: &[String]) -> Result<String> {
    let id = json::member(value, names).and_then(json::text).filter(|id| !id.is_empty());
    id.ok_or_else(|| shape(names.first().map_or("id", String::as_str), "id"))
}

fn optional_text(value: &Value, names: &[String]) -> Result<Option<String>> {
    match json::member(value, names) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(shape(&names.join(" or "), "text")),
    }
}

fn optional_time(value: &Value, names: &[String]) -> Result<Option<Timestamp>> {
    match json::member(value, names) {
        None => Ok(None),
        // RFC 3339 only: a date without a zone would mean another instant on another machine.
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| shape(&names.join(" or "), "RFC 3339 time")),
        Some(_) => Err(shape(&names.join(" or "), "RFC 3339 time")),
    }
}

/// Reads a key. Its secret, where the answer holds one, is taken out first and given beside it.
pub(crate) fn key(spec: &Spec, mut value: Value) -> Result<(Key, Option<Secret>)> {
    let map = &spec.key;
    let secret = take_secret(map, &mut value)?;
    let status = status(map, &value);
    let label = map.labels.get(&status).cloned().unwrap_or_else(|| title_case(&status));
    let mut key = Key {
        id: required_id(&value, &map.id)?.into(),
        name: optional_text(&value, &map.name)?,
        prefix: optional_text(&value, &map.prefix)?,
        status: KeyStatus::from(status.as_str()),
        status_label: label,
        scopes: scopes(map, &value)?,
        account_id: json::member(&value, &map.account_id).and_then(json::text),
        created_at: optional_time(&value, &map.created_at)?,
        last_used_at: optional_time(&value, &map.last_used_at)?,
        expires_at: optional_time(&value, &map.expires_at)?,
        archived_at: optional_time(&value, &map.archived_at)?,
        revoked_at: optional_time(&value, &map.revoked_at)?,
        allowed_actions: Vec::new(),
        data: value,
    };
    key.allowed_actions = allowed_actions(spec, &key);
    Ok((key, secret))
}

fn take_secret(map: &KeyMap, value: &mut Value) -> Result<Option<Secret>> {
    let Some(object) = value.as_object_mut() else { return Err(shape("/", "object")) };
    let mut taken = None;
    for name in &map.secret {
        match object.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => taken = taken.or(Some(Secret::new(text))),
            Some(Value::Null) | None => {}
            Some(_) => return Err(shape(name, "secret")),
        }
    }
    // Some answers repeat the secret in an example of its use.
    if let Some(secret) = &taken {
        hide_in(value, secret.expose());
    }
    Ok(taken)
}

fn status(map: &KeyMap, value: &Value) -> String {
    for rule in &map.status {
        match rule {
            StatusRule::From { from, map } => {
                if let Some(Value::String(word)) = value.get(from) {
                    return map.get(word).unwrap_or(word).clone();
                }
            }
            StatusRule::When { is, when } => {
                if value.get(when).is_some_and(|found| !found.is_null()) {
                    return is.clone();
                }
            }
            StatusRule::Else { is } => return is.clone(),
        }
    }
    KeyStatus::ACTIVE.as_str().to_owned()
}

fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn scopes(map: &KeyMap, value: &Value) -> Result<Vec<String>> {
    match json::member(value, &map.scopes) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(|| shape("scopes", "text"))).collect()
        }
        Some(_) => Err(shape("scopes", "list")),
    }
}

/// The operations on this key that its service has and its state allows.
fn allowed_actions(spec: &Spec, key: &Key) -> Vec<KeyOp> {
    let retired = key.status == KeyStatus::ARCHIVED;
    let fits = |need: &Need| match need {
        Need::Active => key.status == KeyStatus::ACTIVE,
        Need::Revoked => key.status == KeyStatus::REVOKED,
        Need::Calls => key.last_used_at.is_some(),
        Need::NoCalls => key.last_used_at.is_none(),
    };
    let on_one_key = |op: &KeyOp| match op {
        KeyOp::Create | KeyOp::List => false,
        KeyOp::Update | KeyOp::Rotate => !retired,
        KeyOp::Get | KeyOp::Archive | KeyOp::Revoke | KeyOp::Reactivate | KeyOp::Delete | KeyOp::Calls | KeyOp::Usage => true,
    };
    spec.keys
        .iter()
        .filter_map(|(op, support)| match support {
            Support::Yes(spec) if on_one_key(op) && spec.needs.iter().all(fits) => Some(*op),
            Support::Yes(_) | Support::No { .. } => None,
        })
        .collect()
}

/// Reads an object of a resource.
pub(crate) fn item(map: &ItemMap, value: Value) -> Result<Item> {
    if !value.is_object() {
        return Err(shape("/", "object"));
    }
    Ok(Item {
        // Some objects have no id of their own (an account's own settings): empty then.
        id: json::member(&value, &map.id).and_then(json::text).unwrap_or_default(),
        name: json::member(&value, &map.name).and_then(json::text),
        status: json::member(&value, &map.status).and_then(json::text),
        created_at: optional_time(&value, &map.created_at)?,
        data: value,
    })
}

/// Reads a row of a key's call log.
pub(crate) fn call(value: Value) -> Result<CallRecord> {
    let names = |name: &str| [name.to_owned()];
    let status = value.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    Ok(CallRecord {
        id: value.get("id").and_then(json::text),
        method: optional_text(&value, &names("method"))?.ok_or_else(|| shape("method", "text"))?,
        endpoint: optional_text(&value, &names("endpoint"))?.ok_or_else(|| shape("endpoint", "text"))?,
        status: status.ok_or_else(|| shape("status", "status"))?,
        error: optional_text(&value, &names("error"))?,
        started_at: optional_time(&value, &names("started_at"))?,
        data: value,
    })
}

/// Reads a usage report.
pub(crate) fn usage(value: &Value) -> Result<UsageReport> {
    let slices = value.get("data").and_then(Value::as_array).ok_or_else(|| shape("data", "list"))?;
    let slices = slices.iter().map(slice).collect::<Result<Vec<_>>>()?;
    let sum = slices.iter().map(|slice| slice.credits).sum();
    Ok(UsageReport {
        granularity: optional_text(value, &["granularity".to_owned()])?.unwrap_or_else(|| "day".to_owned()),
        total: value.get("total").and_then(Value::as_f64).unwrap_or(sum),
        slices,
    })
}

fn slice(value: &Value) -> Result<UsageSlice> {
    let activities = match value.get("activities") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().map(activity).collect::<Result<_>>()?,
        Some(_) => return Err(shape("activities", "list")),
    };
    Ok(UsageSlice { start: optional_time(value, &["start".to_owned()])?, credits: credits(value)?, activities })
}

fn activity(value: &Value) -> Result<Activity> {
    let activity = optional_text(value, &["activity".to_owned()])?.ok_or_else(|| shape("activity", "text"))?;
    Ok(Activity { activity, credits: credits(value)?, origin: optional_text(value, &["origin".to_owned()])? })
}

fn credits(value: &Value) -> Result<f64> {
    value.get("credits").and_then(Value::as_f64).ok_or_else(|| shape("credits", "number"))
}
