//! What the client takes and gives: plain owned values, the same for every service.
//!
//! Times are UTC. Members that a service sends and we do not know are kept in `data`.

pub(crate) mod error;
pub(crate) mod op;
pub(crate) mod secret;
pub(crate) mod time;
pub(crate) mod wire_enum;

mod key;
mod page;
mod rate_limit;
mod requests;
mod told;
mod usage;

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use crate::model::time::Timestamp;

use crate::json::Json;

pub use key::{CreatedKey, Key, KeyId, KeyStatus, Retired};
pub(crate) use page::Fetch;
pub use page::{Page, PageRequest, PageStream};
pub use rate_limit::RateLimit;
pub use requests::{Change, CreateKey, UpdateKey};
pub use told::KeyMember;
pub(crate) use told::{Facts, Told};
pub use usage::{Activity, CallRecord, CallsQuery, Granularity, UsageQuery, UsageRange, UsageReport, UsageSlice};

/// What is known about how a result came to be.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
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

/// A result and how it came to be. Reads like the result itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply<T> {
    value: T,
    /// How it came to be.
    pub meta: Meta,
}

impl<T> Reply<T> {
    pub(crate) fn new(value: T, meta: Meta) -> Self {
        Self { value, meta }
    }

    /// The result alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { value: change(self.value), meta: self.meta }
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// An object of a service: an agent, a run, a monitor.
///
/// The common fields stand under one name whatever the service calls them; everything the
/// service sent is in `data`. Integers beyond 2^53 - 1 are text there.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Item {
    /// The id, as text.
    pub id: String,
    /// The name, where it has one.
    pub name: Option<String>,
    /// The status, in the service's words.
    pub status: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The object as the service sent it.
    pub data: Json,
}

impl Item {
    /// One of which only the id is known.
    pub(crate) fn untold(id: String) -> Self {
        let data = serde_json::Value::Object(serde_json::Map::new()).into();
        Self { id, name: None, status: None, created_at: None, data }
    }
}

/// Which account a call is for.
///
/// ```
/// use keywright::Account;
///
/// assert_eq!(Account::id("acc_9").to_string(), "acc_9");
/// assert_eq!(Account::Me.to_string(), "me");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Account {
    /// The account that the credential belongs to.
    Me,
    /// Another one, by id (or slug, where the service has slugs).
    Id(String),
}

impl Account {
    /// The account with that id.
    pub fn id(id: impl Into<String>) -> Self {
        Self::Id(id.into())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Id(id) => f.write_str(id),
        }
    }
}
