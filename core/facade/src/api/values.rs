//! What calls give back.

use std::time::Duration;

use keywright::{Receipt, Reply, Timestamp, Untaken};

use super::error::mirrored;
use super::scalars::{Json, Secret};

/// A name and a value, where order matters or names repeat: query parameters, headers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// What the service said about its rate limit.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RateLimit {
    /// Requests allowed per window, when it was said.
    pub limit: Option<u64>,
    /// Requests left in the current window.
    pub remaining: u64,
    /// Time until the window is full again.
    pub reset_in: Duration,
}

/// How a result came to be.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Meta {
    /// The service's id of the request that brought the result.
    pub request_id: Option<String>,
    /// Its status.
    pub status: u16,
    /// How many requests were sent.
    pub attempts: u32,
    /// From the call to its result, waits included.
    pub elapsed: Duration,
    /// How much of that the call waited for its turn in the limiter.
    pub queued: Duration,
    /// What the service said about its rate limit.
    pub rate_limit: Option<RateLimit>,
    /// Whether an earlier attempt of the same call may have been the one that did it.
    pub ambiguous: bool,
    /// Whether the answer was cut and the rest was filled in.
    pub partial: bool,
}

impl From<keywright::Meta> for Meta {
    fn from(meta: keywright::Meta) -> Self {
        let rate_limit =
            meta.rate_limit.map(|rate| RateLimit { limit: rate.limit, remaining: rate.remaining, reset_in: rate.reset_in });
        Self {
            request_id: meta.request_id,
            status: meta.status,
            attempts: meta.attempts,
            elapsed: meta.elapsed,
            queued: meta.queued,
            rate_limit,
            ambiguous: meta.ambiguous,
            partial: meta.partial,
        }
    }
}

mirrored! {
    /// A member of a key that an answer may leave out.
    KeyMember {
        /// The name.
        Name,
        /// The beginning of the secret.
        Prefix,
        /// The status, and its label.
        Status,
        /// What it may do.
        Scopes,
        /// The account it belongs to.
        AccountId,
        /// When it was made.
        CreatedAt,
        /// When it was last used.
        LastUsedAt,
        /// When it stops working by itself.
        ExpiresAt,
        /// When it was archived.
        ArchivedAt,
        /// When it was revoked.
        RevokedAt,
    }
}

/// A key as its service shows it: everything but the secret.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Key {
    /// The id, as text: some services count, others use words.
    pub id: String,
    /// The name or label, where one was given.
    pub name: Option<String>,
    /// The name to show: `Untitled` when there is none, the id when it was not told.
    pub display_name: String,
    /// The name to show on the key's own page: `(unnamed)` when there is none, the id
    /// when it was not told.
    pub display_name_detail: String,
    /// The beginning of the secret, for people to recognise it by. Never usable as a key.
    pub prefix: Option<String>,
    /// The status: `active`, `revoked`, `archived`, `expired`, or the service's own word.
    pub status: String,
    /// The status in the service's own words, as `Live`.
    pub status_label: String,
    /// Whether the key worked when this was read: it is active and not past its date.
    pub is_effective: bool,
    /// What the key may do; empty where the service knows no scopes.
    pub scopes: Vec<String>,
    /// The account, tenant or organization it belongs to, where the service says.
    pub account_id: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last used, as coarse as the service keeps it; absent when never.
    pub last_used_at: Option<Timestamp>,
    /// When it stops working by itself; absent when never.
    pub expires_at: Option<Timestamp>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// When it was revoked, where the service says.
    pub revoked_at: Option<Timestamp>,
    /// The operations that its state allows, as far as the service's rules are known.
    pub allowed_actions: Vec<String>,
    /// The members that are known: told by the answer, as "none" too, or set by the request. What
    /// is not among them may be anything; what is among them and absent is "never" or "none".
    pub told_members: Vec<KeyMember>,
    /// The object as the service sent it, without the secret.
    pub data: Json,
    /// How it came to be; absent for one of a list.
    pub meta: Option<Meta>,
}

impl Key {
    pub(super) fn of(key: keywright::Key, now: Timestamp) -> Self {
        let told = KeyMember::ALL.iter().copied().filter(|member| key.told((*member).into()));
        Self {
            told_members: told.collect(),
            display_name: key.display_name().to_owned(),
            display_name_detail: key.display_name_detail().to_owned(),
            is_effective: key.is_effective(now),
            id: key.id.as_str().to_owned(),
            name: key.name,
            prefix: key.prefix,
            status: key.status.as_str().to_owned(),
            status_label: key.status_label,
            scopes: key.scopes,
            account_id: key.account_id,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
            archived_at: key.archived_at,
            revoked_at: key.revoked_at,
            allowed_actions: key.allowed_actions.iter().map(|action| action.as_str().to_owned()).collect(),
            data: key.data.into(),
            meta: None,
        }
    }

    pub(super) fn reply(reply: Reply<keywright::Key>, now: Timestamp) -> Self {
        let meta = reply.meta.clone().into();
        Self { meta: Some(meta), ..Self::of(reply.into_inner(), now) }
    }
}

/// A new key, or a rotated one.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CreatedKey {
    /// The key. Right after a rotation it holds only what the service answered.
    pub key: Key,
    /// Its secret. Every service shows it once: store it before anything else.
    pub secret: Secret,
    /// How it came to be.
    pub meta: Meta,
}

impl CreatedKey {
    /// Out of nothing but a result that was not taken, so that none is taken on the way.
    pub(super) fn untaken(untaken: Untaken<Reply<keywright::CreatedKey>>, now: Timestamp) -> (Self, Receipt) {
        let (reply, receipt) = untaken.into_parts();
        let meta = reply.meta.clone().into();
        let made = reply.into_inner();
        (Self { key: Key::of(made.key, now), secret: made.secret.into(), meta }, receipt)
    }
}

/// One page of keys.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct KeyPage {
    /// The keys of this page, in the service's order.
    pub items: Vec<Key>,
    /// Where the next page begins; absent on the last.
    pub next_token: Option<String>,
    /// How this page came to be.
    pub meta: Meta,
}

impl KeyPage {
    pub(super) fn of(page: keywright::Page<keywright::Key>, now: Timestamp) -> Self {
        let next_token = page.next_token().map(str::to_owned);
        let items = page.items.into_iter().map(|key| Key::of(key, now)).collect();
        Self { items, next_token, meta: page.meta.into() }
    }
}

/// How a key was taken out of service.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Retired {
    /// What was done: `delete`, `archive` or `revoke`.
    pub action: String,
    /// The key afterwards; absent when it is gone.
    pub key: Option<Key>,
    /// How it came to be.
    pub meta: Meta,
}

/// That something was done which gives nothing back.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Done {
    /// How it came to be.
    pub meta: Meta,
}

impl From<Reply<()>> for Done {
    fn from(reply: Reply<()>) -> Self {
        Self { meta: reply.meta.into() }
    }
}

/// One call made with a key.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CallRecord {
    /// The id of the record, where it has one.
    pub id: Option<String>,
    /// The method: `GET`, `POST`, or any other word the service used.
    pub method: String,
    /// The path, without host and query.
    pub endpoint: String,
    /// The HTTP status it was answered with; 0, which is none, where it could not be read: see `data`.
    pub status: u16,
    /// What went wrong, in the service's words; absent when nothing did.
    pub error: Option<String>,
    /// When it was made.
    pub started_at: Option<Timestamp>,
    /// The record as the service sent it.
    pub data: Json,
}

impl From<keywright::CallRecord> for CallRecord {
    fn from(record: keywright::CallRecord) -> Self {
        Self {
            id: record.id,
            method: record.method,
            endpoint: record.endpoint,
            status: record.status,
            error: record.error,
            started_at: record.started_at,
            data: record.data.into(),
        }
    }
}

/// One page of calls.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CallPage {
    /// The calls of this page, in the service's order.
    pub items: Vec<CallRecord>,
    /// Where the next page begins; absent on the last.
    pub next_token: Option<String>,
    /// How this page came to be.
    pub meta: Meta,
}

impl From<keywright::Page<keywright::CallRecord>> for CallPage {
    fn from(page: keywright::Page<keywright::CallRecord>) -> Self {
        let next_token = page.next_token().map(str::to_owned);
        Self { items: page.items.into_iter().map(Into::into).collect(), next_token, meta: page.meta.into() }
    }
}

/// The credits that one key has used.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct UsageReport {
    /// The slices' length, in the service's words: `day`, `week`, `month`.
    pub granularity: String,
    /// All credits of the range.
    pub total: f64,
    /// Slice by slice, in order of time.
    pub slices: Vec<UsageSlice>,
    /// How it came to be.
    pub meta: Meta,
}

/// The credits of one slice.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct UsageSlice {
    /// When it begins.
    pub start: Option<Timestamp>,
    /// Its credits.
    pub credits: f64,
    /// What they were used for.
    pub activities: Vec<Activity>,
}

/// The credits of one activity.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Activity {
    /// Which: `agent_run`.
    pub activity: String,
    /// Its credits.
    pub credits: f64,
    /// Where it came from: `api`, `ui`.
    pub origin: Option<String>,
}

impl From<Reply<keywright::UsageReport>> for UsageReport {
    fn from(reply: Reply<keywright::UsageReport>) -> Self {
        let meta = reply.meta.clone().into();
        let report = reply.into_inner();
        let activity = |one: keywright::Activity| Activity { activity: one.activity, credits: one.credits, origin: one.origin };
        let slice = |slice: keywright::UsageSlice| UsageSlice {
            start: slice.start,
            credits: slice.credits,
            activities: slice.activities.into_iter().map(activity).collect(),
        };
        Self {
            granularity: report.granularity,
            total: report.total,
            slices: report.slices.into_iter().map(slice).collect(),
            meta,
        }
    }
}

/// An object of a service: an agent, a run, a monitor.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Item {
    /// The id, as text.
    pub id: String,
    /// The name, where it has one.
    pub name: Option<String>,
    /// The status, in the service's words.
    pub status: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The object as the service sent it. Integers beyond 2^53 - 1 are text there.
    pub data: Json,
    /// How it came to be; absent for one of a list.
    pub meta: Option<Meta>,
}

impl From<keywright::Item> for Item {
    fn from(item: keywright::Item) -> Self {
        Self {
            id: item.id,
            name: item.name,
            status: item.status,
            created_at: item.created_at,
            data: item.data.into(),
            meta: None,
        }
    }
}

impl From<Reply<keywright::Item>> for Item {
    fn from(reply: Reply<keywright::Item>) -> Self {
        let meta = reply.meta.clone().into();
        Self { meta: Some(meta), ..reply.into_inner().into() }
    }
}

/// One page of objects.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ItemPage {
    /// The objects of this page, in the service's order.
    pub items: Vec<Item>,
    /// Where the next page begins; absent on the last.
    pub next_token: Option<String>,
    /// How this page came to be.
    pub meta: Meta,
}

impl From<keywright::Page<keywright::Item>> for ItemPage {
    fn from(page: keywright::Page<keywright::Item>) -> Self {
        let next_token = page.next_token().map(str::to_owned);
        Self { items: page.items.into_iter().map(Into::into).collect(), next_token, meta: page.meta.into() }
    }
}

/// An answer that is JSON of its own.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct JsonReply {
    /// What the service answered.
    pub data: Json,
    /// How it came to be.
    pub meta: Meta,
}

impl From<Reply<keywright::Json>> for JsonReply {
    fn from(reply: Reply<keywright::Json>) -> Self {
        let meta = reply.meta.clone().into();
        Self { data: reply.into_inner().into(), meta }
    }
}
