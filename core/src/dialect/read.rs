//! From an answer to a typed value: pure, and tolerant of what a service adds.
//!
//! A member that is missing where one is due, or of another type, is kind `decode`, reason
//! `shape`, with the member's name and never its content.

use std::borrow::Cow;

use crate::time::Timestamp;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::{ItemMap, KeyMap, Need, OpSpec, PageSpec, PageStyle, Spec, StatusRule, Support, plan};
use crate::Secret;
use crate::auth::LONGEST_KEY;
use crate::error::{Error, ErrorKind, Result};
use crate::json::{Document, Node, NotJson};
use crate::mask::hide_in;
use crate::model::{Activity, CallRecord, Item, Key, KeyId, KeyMember, KeyStatus, Told, UsageReport, UsageSlice};
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
pub(crate) fn json(body: &[u8]) -> Result<Document<'_>> {
    let words = if body.is_empty() { "the answer is empty where JSON is due" } else { "the answer is not valid JSON" };
    Document::read(body).map_err(|NotJson| no_json(words))
}

/// The body of a success as JSON. An answer that calls itself something else, as a login page does,
/// is none, whatever it holds; one that says nothing is judged by its content (security B68).
///
/// # Errors
/// `decode`, reason `json`.
pub(crate) fn answer(answer: &WireResponse) -> Result<Document<'_>> {
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
pub(crate) fn object<'a>(op: &OpSpec, body: Node<'a>) -> Result<Node<'a>> {
    let found = body.pointer(&op.answer).filter(|found| found.is_object());
    found.ok_or_else(|| shape(if op.answer.is_empty() { "/" } else { &op.answer }, "object"))
}

/// One page of a list.
pub(crate) struct RawPage<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// Reads the items of a list answer, and finds where the next page begins.
pub(crate) fn page<T>(
    page: &PageSpec,
    token: Option<&str>,
    body: Node<'_>,
    mut read_item: impl FnMut(Node<'_>) -> Result<T>,
) -> Result<RawPage<T>> {
    let found = body.pointer(&page.items).and_then(Node::items).ok_or_else(|| shape(&page.items, "list"))?;
    let mut items = Vec::with_capacity(found.clone().count());
    for item in found {
        items.push(read_item(item)?);
    }
    let at = plan::position(page, token).unwrap_or(0);
    let count = items.len() as u64;
    let more = page.more.as_deref().and_then(|pointer| body.pointer(pointer));
    let total = page.total.as_deref().and_then(|pointer| body.pointer(pointer)).and_then(Node::as_u64);
    let follows = match (more, total) {
        // `has_next` is a boolean; `next` is a link or null, of which only its presence is used.
        (Some(more), _) => more.as_bool().unwrap_or(!more.is_null()),
        // A position by number counts pages: all before this one were as full as it is, or fuller. So the
        // end may cost one request for an empty page, and no item is ever left out.
        (None, Some(total)) if page.style == PageStyle::Page => at.saturating_mul(count) < total,
        (None, Some(total)) => at.saturating_add(count) < total,
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

fn next_cursor(page: &PageSpec, token: Option<&str>, more: Option<Node<'_>>) -> Result<Option<String>> {
    let next = more.and_then(Node::text_or_number);
    if next.is_some() && next.as_deref() == token {
        return Err(shape(page.more.as_deref().unwrap_or_default(), "new cursor"));
    }
    Ok(next.filter(|cursor| !cursor.is_empty()))
}

fn required_id(value: Node<'_>, names: &[String]) -> Result<String> {
    let id = value.member(names).and_then(Node::text_or_number).filter(|id| !id.is_empty());
    id.ok_or_else(|| shape(names.first().map_or("id", String::as_str), "id"))
}

/// Where a member was looked for, in words.
fn place(names: &[impl AsRef<str>]) -> String {
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" or ")
}

fn optional_text(value: Node<'_>, names: &[impl AsRef<str>]) -> Result<Option<String>> {
    let text = |found: Node<'_>| found.text().map(Cow::into_owned).ok_or_else(|| shape(&place(names), "text"));
    value.member(names).map(text).transpose()
}

fn optional_time(value: Node<'_>, names: &[impl AsRef<str>]) -> Result<Option<Timestamp>> {
    // RFC 3339 only: a date without a zone would mean another instant on another machine.
    let time = |found: Node<'_>| Timestamp::read_moment(&found.text()?);
    let found = value.member(names).map(|found| time(found).ok_or_else(|| shape(&place(names), "RFC 3339 time")));
    found.transpose().map(Option::flatten)
}

/// Reads a key. Its secret, where the answer holds one, is taken out first and given beside it.
pub(crate) fn key(spec: &Spec, value: Node<'_>) -> Result<(Key, Option<Secret>)> {
    if !value.is_object() {
        return Err(shape("/", "object"));
    }
    if !spec.key.secret.iter().any(|name| value.get(name).is_some()) {
        return Ok((shown(spec, value)?, None));
    }
    let mut rest = value.value();
    let secret = take_secret(&spec.key, &mut rest)?;
    let rest = rest.to_string();
    Ok((shown(spec, json(rest.as_bytes())?.root())?, secret))
}

/// Reads a key that holds no secret.
fn shown(spec: &Spec, value: Node<'_>) -> Result<Key> {
    let map = &spec.key;
    let status = status(map, value);
    let label = map.labels.get(&*status).cloned().unwrap_or_else(|| title_case(&status));
    let mut key = Key {
        id: required_id(value, &map.id)?.into(),
        name: optional_text(value, &map.name)?,
        prefix: optional_text(value, &map.prefix)?,
        status: KeyStatus::from(&*status),
        status_label: label,
        scopes: scopes(map, value)?,
        account_id: value.member(&map.account_id).and_then(Node::text_or_number),
        created_at: optional_time(value, &map.created_at)?,
        last_used_at: optional_time(value, &map.last_used_at)?,
        expires_at: optional_time(value, &map.expires_at)?,
        archived_at: optional_time(value, &map.archived_at)?,
        revoked_at: optional_time(value, &map.revoked_at)?,
        allowed_actions: Vec::new(),
        data: value.json(),
        told: told(map, value),
    };
    key.allowed_actions = allowed_actions(spec, &key);
    Ok(key)
}

/// Which members an answer tells, as null too.
fn told(map: &KeyMap, value: Node<'_>) -> Told {
    let mut told = Told::default();
    let mut note = |member: KeyMember, names: &[String]| {
        if names.iter().any(|name| value.get(name).is_some()) {
            told.add(member);
        }
    };
    note(KeyMember::Name, &map.name);
    note(KeyMember::Prefix, &map.prefix);
    note(KeyMember::Scopes, &map.scopes);
    note(KeyMember::AccountId, &map.account_id);
    note(KeyMember::CreatedAt, &map.created_at);
    note(KeyMember::LastUsedAt, &map.last_used_at);
    note(KeyMember::ExpiresAt, &map.expires_at);
    note(KeyMember::ArchivedAt, &map.archived_at);
    note(KeyMember::RevokedAt, &map.revoked_at);
    let is_said = |rule: &StatusRule| match rule {
        StatusRule::From { from: name, .. } | StatusRule::When { when: name, .. } => value.get(name).is_some(),
        StatusRule::Else { .. } => false,
    };
    // Where every key that there is has the same status, the service's rule tells it.
    let is_fixed = map.status.iter().all(|rule| matches!(rule, StatusRule::Else { .. }));
    if is_fixed || map.status.iter().any(is_said) {
        told.add(KeyMember::Status);
    }
    told
}

/// A key of which only its id is known and the state that an operation has left it in.
#[allow(dead_code, reason = "for answers without a body")]
pub(crate) fn known(spec: &Spec, id: KeyId, status: KeyStatus) -> Key {
    let word = status.as_str();
    let label = spec.key.labels.get(word).cloned().unwrap_or_else(|| title_case(word));
    let mut key = Key::known(id, status, label);
    key.allowed_actions = allowed_actions(spec, &key);
    key
}

fn take_secret(map: &KeyMap, value: &mut Value) -> Result<Option<Secret>> {
    let Some(object) = value.as_object_mut() else { return Err(shape("/", "object")) };
    let mut taken = None;
    for name in &map.secret {
        match object.remove(name) {
            Some(Value::String(text)) if text.len() > LONGEST_KEY => return Err(shape(name, "secret of a key's length")),
            Some(Value::String(text)) if !text.is_empty() => {
                // Nobody can say which of two works.
                if taken.as_ref().is_some_and(|taken: &Secret| taken.expose() != text) {
                    return Err(shape(name, "secret that is the only one"));
                }
                taken = taken.or(Some(Secret::new(text)));
            }
            Some(Value::Null) | None => {}
            Some(_) => return Err(shape(name, "secret")),
        }
    }
    // Some answers repeat the secret in an example of its use.
    if let Some(secret) = &taken {
        hide_in(value, secret);
    }
    Ok(taken)
}

fn status<'a>(map: &'a KeyMap, value: Node<'a>) -> Cow<'a, str> {
    for rule in &map.status {
        match rule {
            StatusRule::From { from, map } => {
                if let Some(word) = value.get(from).and_then(Node::text) {
                    return map.get(&*word).map_or(word, |own| own.into());
                }
            }
            StatusRule::When { is, when } => {
                if value.get(when).is_some_and(is_set) {
                    return is.into();
                }
            }
            StatusRule::Else { is } => return is.into(),
        }
    }
    KeyStatus::ACTIVE.as_str().to_owned().into()
}

/// Whether a member that marks a state says something: null does not, nor does the zero time that
/// some services send for a moment that never came.
fn is_set(found: Node<'_>) -> bool {
    let is_never = || found.text().is_some_and(|text| Timestamp::read_moment(&text) == Some(None));
    !found.is_null() && !is_never()
}

fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn scopes(map: &KeyMap, value: Node<'_>) -> Result<Vec<String>> {
    let Some(found) = value.member(&map.scopes) else { return Ok(Vec::new()) };
    let items = found.items().ok_or_else(|| shape("scopes", "list"))?;
    items.map(|item| item.text().map(Cow::into_owned).ok_or_else(|| shape("scopes", "text"))).collect()
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
pub(crate) fn item(map: &ItemMap, value: Node<'_>) -> Result<Item> {
    if !value.is_object() {
        return Err(shape("/", "object"));
    }
    Ok(Item {
        // Some objects have no id of their own (an account's own settings): empty then.
        id: value.member(&map.id).and_then(Node::text_or_number).unwrap_or_default(),
        name: value.member(&map.name).and_then(Node::text_or_number),
        status: value.member(&map.status).and_then(Node::text_or_number),
        created_at: optional_time(value, &map.created_at)?,
        data: value.json(),
    })
}

/// Reads a row of a key's call log.
pub(crate) fn call(value: Node<'_>) -> Result<CallRecord> {
    let status = value.get("status").and_then(Node::count).and_then(|status| u16::try_from(status).ok());
    Ok(CallRecord {
        id: value.get("id").and_then(Node::text_or_number),
        method: optional_text(value, &["method"])?.ok_or_else(|| shape("method", "text"))?,
        endpoint: optional_text(value, &["endpoint"])?.ok_or_else(|| shape("endpoint", "text"))?,
        status: status.ok_or_else(|| shape("status", "status"))?,
        error: optional_text(value, &["error"])?,
        started_at: optional_time(value, &["started_at"])?,
        data: value.json(),
    })
}

/// Reads a usage report.
pub(crate) fn usage(value: Node<'_>) -> Result<UsageReport> {
    let slices = value.get("data").and_then(Node::items).ok_or_else(|| shape("data", "list"))?;
    let slices = slices.map(slice).collect::<Result<Vec<_>>>()?;
    // A total that cannot be read is not the sum of what is shown.
    let total = |found: Node<'_>| found.decimal().ok_or_else(|| shape("total", "number"));
    let total = value.member(&["total"]).map(total).transpose()?;
    let sum = slices.iter().map(|slice| slice.credits).sum();
    Ok(UsageReport {
        granularity: optional_text(value, &["granularity"])?.unwrap_or_else(|| "day".to_owned()),
        total: total.unwrap_or(sum),
        slices,
    })
}

fn slice(value: Node<'_>) -> Result<UsageSlice> {
    let activities = match value.member(&["activities"]) {
        None => Vec::new(),
        Some(found) => found.items().ok_or_else(|| shape("activities", "list"))?.map(activity).collect::<Result<_>>()?,
    };
    Ok(UsageSlice { start: optional_time(value, &["start"])?, credits: credits(value)?, activities })
}

fn activity(value: Node<'_>) -> Result<Activity> {
    let activity = optional_text(value, &["activity"])?.ok_or_else(|| shape("activity", "text"))?;
    Ok(Activity { activity, credits: credits(value)?, origin: optional_text(value, &["origin"])? })
}

fn credits(value: Node<'_>) -> Result<f64> {
    value.get("credits").and_then(Node::decimal).ok_or_else(|| shape("credits", "number"))
}
