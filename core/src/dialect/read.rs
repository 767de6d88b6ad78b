//! From an answer to a typed value: pure, and tolerant of what a service adds.
//!
//! A member that is missing where one is due, or of another type, is kind `decode`, reason
//! `shape`, with the member's name and never its content.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::time::Timestamp;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::{ItemMap, KeyMap, Need, OpSpec, PageSpec, PageStyle, Spec, StatusRule, Support, plan};
use crate::Secret;
use crate::auth::LONGEST_KEY;
use crate::checks::mask::hide_in;
use crate::json::{Document, Node, NotJson, holds_too_many_values};
use crate::model::error::{Error, ErrorKind, Result};
use crate::model::op::KeyOp;
use crate::model::{Activity, CallRecord, Item, Key, KeyId, KeyMember, KeyStatus, Told, UsageReport, UsageSlice};
use crate::transport::wire::WireResponse;

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
    Document::read(body).map_err(|NotJson| unread(body, words))
}

/// The body of a success as JSON. An answer that calls itself something else, as a login page does,
/// is none, whatever it holds; one that says nothing is judged by its content (security B68).
///
/// # Errors
/// `decode`, reason `json`.
pub(crate) fn answer(answer: &WireResponse) -> Result<Document<'_>> {
    check_media(answer)?;
    json(&answer.body)
}

/// The body of a list as JSON. A text in it that is not whole Unicode costs that text and not the
/// list: a list that cannot be read is a key that cannot be revoked.
///
/// # Errors
/// `decode`, reason `json`.
pub(crate) fn list_answer(answer: &WireResponse) -> Result<Document<'_>> {
    check_media(answer)?;
    json(&answer.body).or_else(|error| Document::read_list(&answer.body).map_err(|NotJson| error))
}

fn check_media(answer: &WireResponse) -> Result<()> {
    let stated = answer.head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = stated.and_then(|stated| stated.split(';').next()).map(|media| media.trim().to_ascii_lowercase());
    let is_json = media.as_deref().is_none_or(|media| media.is_empty() || media.ends_with("/json") || media.ends_with("+json"));
    if is_json { Ok(()) } else { Err(no_json("the answer is not JSON")) }
}

/// Why a body could not be read.
fn unread(body: &[u8], words: &str) -> Error {
    if holds_too_many_values(body) { too_large("the answer holds more values than are read") } else { no_json(words) }
}

pub(super) fn no_json(words: &str) -> Error {
    Error::new(ErrorKind::Decode).with(|data| {
        data.reason = Some("json".into());
        data.summary = Some(words.to_owned());
        data.remedy = Some("check that the base URL is the API itself and no proxy or login page answers for it".to_owned());
    })
}

/// What is wrong with an answer that should have been a stream.
pub(crate) fn no_events(words: &str) -> Error {
    no_json(words).with(|data| data.reason = Some("stream".into()))
}

/// The object of an answer: what stands at the operation's pointer.
pub(crate) fn object<'a>(op: &OpSpec, body: Node<'a>) -> Result<Node<'a>> {
    let found = body.pointer(&op.answer).filter(|found| found.is_object());
    found.ok_or_else(|| shape(if op.answer.is_empty() { "/" } else { &op.answer }, "object"))
}

/// So many items are read from one page: an item takes many times the memory of the shortest text
/// that it may be sent as, and no service sends pages anywhere near as long.
const MOST_ITEMS: usize = 100_000;

fn too_large(words: &str) -> Error {
    Error::new(ErrorKind::Decode).with(|data| {
        data.reason = Some("too_large".into());
        data.summary = Some(words.to_owned());
        data.remedy = Some("ask for less with `page_size`, or send the request yourself and read its body".to_owned());
    })
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
    let length = found.clone().count();
    if length > MOST_ITEMS {
        return Err(too_large(&format!("the page has more than {MOST_ITEMS} items")));
    }
    let mut items = Vec::with_capacity(length);
    for item in found {
        items.push(read_item(item)?);
    }
    let at = plan::position(page, token).unwrap_or(0);
    let count = items.len() as u64;
    let more = page.more.as_deref().and_then(|pointer| body.pointer(pointer));
    let total = page.total.as_deref().and_then(|pointer| body.pointer(pointer)).filter(|total| !total.is_null());
    let follows = match (more, total) {
        (Some(more), _) => is_true(more),
        // An empty page is the end, whatever the total counts. A position by number counts pages: all
        // before this one were as full as it is, or fuller. So the end may cost one request for an
        // empty page, and no item is ever left out.
        (None, Some(total)) => {
            let seen = if page.style == PageStyle::Page { at.saturating_mul(count) } else { at.saturating_add(count) };
            count > 0 && total.count().is_none_or(|total| seen < total)
        }
        (None, None) => false,
    };
    let next = match page.style {
        PageStyle::Single => None,
        PageStyle::Cursor => next_cursor(page, token, more)?,
        PageStyle::Page => follows.then(|| at.saturating_add(1).to_string()),
        PageStyle::Offset => follows.then(|| at.saturating_add(count).to_string()),
    };
    Ok(RawPage { items, next })
}

/// `has_next` is a boolean; `next` is a link or null, of which only its presence is used. Some
/// services write a boolean as text or as a number.
fn is_true(more: Node<'_>) -> bool {
    match more.text_or_number() {
        Some(word) => !matches!(word.to_ascii_lowercase().as_str(), "" | "false" | "no" | "0"),
        None => more.as_bool().unwrap_or(!more.is_null()),
    }
}

fn next_cursor(page: &PageSpec, token: Option<&str>, more: Option<Node<'_>>) -> Result<Option<String>> {
    let more = more.filter(|more| !more.is_null() && more.as_bool() != Some(false));
    let next = more.map(|more| more.text_or_number().ok_or_else(|| shape(page.more.as_deref().unwrap_or_default(), "cursor")));
    let next = next.transpose()?.filter(|cursor| !cursor.is_empty());
    if next.is_some() && next.as_deref() == token {
        return Err(shape(page.more.as_deref().unwrap_or_default(), "new cursor"));
    }
    Ok(next)
}

/// What is to be done about members that cannot be read.
#[derive(Debug)]
pub(crate) struct Members {
    is_listed: bool,
    unread: BTreeMap<String, u32>,
}

impl Members {
    /// Of an object that was asked for alone: an error.
    pub(crate) fn alone() -> Self {
        Self { is_listed: false, unread: BTreeMap::new() }
    }

    /// Of one among others: the member is left out and noted, and stays in `data`.
    pub(crate) fn listed() -> Self {
        Self { is_listed: true, unread: BTreeMap::new() }
    }

    fn or_absent<T: Default>(&mut self, names: &[impl AsRef<str>], read: Result<T>) -> Result<T> {
        match read {
            Err(_) if self.is_listed => {
                *self.unread.entry(place(names)).or_default() += 1;
                Ok(T::default())
            }
            read => read,
        }
    }

    /// Text or a number that nobody insists on, alone or among others.
    fn noted(&mut self, value: Node<'_>, names: &[impl AsRef<str>]) -> Option<String> {
        let found = value.member(names)?;
        let text = found.text_or_number();
        if text.is_none() {
            *self.unread.entry(place(names)).or_default() += 1;
        }
        text
    }

    /// What was left out, as a sentence.
    pub(crate) fn unread(&self) -> Option<String> {
        let members: Vec<String> = self.unread.iter().map(|(name, count)| format!("`{name}` ({count})")).collect();
        (!members.is_empty())
            .then(|| format!("members of listed objects could not be read and were left out: {}; see `data`", members.join(", ")))
    }
}

/// Reads the members of one key: one that cannot be read is not told either.
struct Reading<'a> {
    members: &'a mut Members,
    told: &'a mut Told,
}

impl Reading<'_> {
    fn or_untold<T: Default>(&mut self, member: KeyMember, names: &[String], read: Result<T>) -> Result<T> {
        if read.is_err() {
            self.told.remove(member);
        }
        self.members.or_absent(names, read)
    }
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
pub(crate) fn key(spec: &Spec, value: Node<'_>, members: &mut Members) -> Result<(Key, Option<Secret>)> {
    if !value.is_object() {
        members.or_absent(&["/"], Err::<(), _>(shape("/", "object")))?;
    }
    if !spec.key.secret.iter().any(|name| value.get(name).is_some()) {
        return Ok((shown(spec, value, members)?, None));
    }
    let mut rest = value.value();
    let secret = members.or_absent(&spec.key.secret, take_secret(&spec.key, &mut rest))?;
    let rest = rest.to_string();
    Ok((shown(spec, json(rest.as_bytes())?.root(), members)?, secret))
}

/// Reads a key that holds no secret.
fn shown(spec: &Spec, value: Node<'_>, members: &mut Members) -> Result<Key> {
    let map = &spec.key;
    let mut told = told(map, value);
    let account_id = members.noted(value, &map.account_id);
    if account_id.is_none() && value.member(&map.account_id).is_some() {
        told.remove(KeyMember::AccountId);
    }
    let mut reading = Reading { members, told: &mut told };
    let status = reading.or_untold(KeyMember::Status, &["status".to_owned()], status(map, value))?;
    let label = map.labels.get(&*status).cloned().unwrap_or_else(|| title_case(&status));
    let mut time = |member, names: &[String]| reading.or_untold(member, names, optional_time(value, names));
    let (created_at, last_used_at) =
        (time(KeyMember::CreatedAt, &map.created_at)?, time(KeyMember::LastUsedAt, &map.last_used_at)?);
    let expires_at = time(KeyMember::ExpiresAt, &map.expires_at)?;
    let (archived_at, revoked_at) =
        (time(KeyMember::ArchivedAt, &map.archived_at)?, time(KeyMember::RevokedAt, &map.revoked_at)?);
    let mut text = |member, names: &[String]| reading.or_untold(member, names, optional_text(value, names));
    let (name, prefix) = (text(KeyMember::Name, &map.name)?, text(KeyMember::Prefix, &map.prefix)?);
    let scopes = reading.or_untold(KeyMember::Scopes, &map.scopes, scopes(map, value))?;
    let mut key = Key {
        id: members.or_absent(&map.id, required_id(value, &map.id))?.into(),
        name,
        prefix,
        status: KeyStatus::from(&*status),
        status_label: label,
        scopes,
        account_id,
        created_at,
        last_used_at,
        expires_at,
        archived_at,
        revoked_at,
        allowed_actions: Vec::new(),
        data: value.json(),
        told,
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

/// A key of which only its id is known and the state that an operation has left it in; that may be
/// unknown too, and is empty then.
pub(crate) fn known(spec: &Spec, id: KeyId, status: KeyStatus) -> Key {
    let word = status.as_str();
    let label = spec.key.labels.get(word).cloned().unwrap_or_else(|| title_case(word));
    let mut key = Key::known(id, status, label);
    key.allowed_actions = allowed_actions(spec, &key);
    key
}

/// Whether a success has nothing to read: no body, or one that holds nothing.
pub(crate) fn tells_nothing(answer: &WireResponse) -> bool {
    let body = answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&answer.body);
    matches!(body.trim_ascii(), b"" | b"null" | b"{}")
}

fn take_secret(map: &KeyMap, value: &mut Value) -> Result<Option<Secret>> {
    let Some(object) = value.as_object_mut() else { return Err(shape("/", "object")) };
    let (mut taken, mut odd) = (None, None);
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
            Some(_) => odd = odd.or(Some(shape(name, "secret"))),
        }
    }
    // Some answers repeat the secret in an example of its use.
    if let Some(secret) = &taken {
        hide_in(value, secret);
    }
    odd.map_or(Ok(taken), Err)
}

fn status(map: &KeyMap, value: Node<'_>) -> Result<String> {
    for rule in &map.status {
        match rule {
            StatusRule::From { from, map } => {
                // A status that cannot be read must not pass for one that works.
                if let Some(found) = value.get(from).filter(|found| !found.is_null()) {
                    let word = found.text_or_number().ok_or_else(|| shape(from, "status"))?;
                    return Ok(map.get(&word).cloned().unwrap_or(word));
                }
            }
            StatusRule::When { is, when } => {
                if value.get(when).is_some_and(is_set) {
                    return Ok(is.clone());
                }
            }
            StatusRule::Else { is } => return Ok(is.clone()),
        }
    }
    Ok(KeyStatus::ACTIVE.as_str().to_owned())
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
pub(crate) fn item(map: &ItemMap, value: Node<'_>, members: &mut Members) -> Result<Item> {
    if !value.is_object() {
        members.or_absent(&["/"], Err::<(), _>(shape("/", "object")))?;
    }
    Ok(Item {
        // Some objects have no id of their own (an account's own settings): empty then.
        id: members.noted(value, &map.id).unwrap_or_default(),
        name: members.noted(value, &map.name),
        status: members.noted(value, &map.status),
        created_at: members.or_absent(&map.created_at, optional_time(value, &map.created_at))?,
        data: value.json(),
    })
}

/// Reads a row of a key's call log.
pub(crate) fn call(value: Node<'_>, members: &mut Members) -> Result<CallRecord> {
    let status = value.get("status").and_then(Node::count).and_then(|status| u16::try_from(status).ok());
    let due = |name: &str| optional_text(value, &[name])?.ok_or_else(|| shape(name, "text"));
    Ok(CallRecord {
        id: members.noted(value, &["id"]),
        method: members.or_absent(&["method"], due("method"))?,
        endpoint: members.or_absent(&["endpoint"], due("endpoint"))?,
        status: members.or_absent(&["status"], status.ok_or_else(|| shape("status", "status")))?,
        error: members.or_absent(&["error"], optional_text(value, &["error"]))?,
        started_at: members.or_absent(&["started_at"], optional_time(value, &["started_at"]))?,
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
