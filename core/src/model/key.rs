//! A key, without its secret; and a new key, with it.

use std::borrow::Cow;
use std::fmt;

use crate::model::time::Timestamp;

use super::told::{KeyMember, Told};
use crate::Secret;
use crate::json::Json;
use crate::model::op::KeyOp;

/// The id of a key, as text: some services count, others use words.
///
/// ```
/// use keywright::KeyId;
///
/// assert_eq!(KeyId::from(5).as_str(), "5");
/// assert_eq!(KeyId::from("key_abc123").as_str(), "key_abc123");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

impl KeyId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for KeyId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<String> for KeyId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl From<i64> for KeyId {
    fn from(id: i64) -> Self {
        Self(id.to_string())
    }
}

impl From<&KeyId> for KeyId {
    fn from(id: &KeyId) -> Self {
        id.clone()
    }
}

impl From<&Key> for KeyId {
    fn from(key: &Key) -> Self {
        key.id.clone()
    }
}

impl PartialEq<str> for KeyId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for KeyId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// The status of a key: one of ours, or the service's own word.
///
/// ```
/// use keywright::KeyStatus;
///
/// assert_eq!(KeyStatus::from("active"), KeyStatus::ACTIVE);
/// assert_eq!(KeyStatus::from("frozen").as_str(), "frozen");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyStatus(Cow<'static, str>);

impl KeyStatus {
    /// Works.
    pub const ACTIVE: Self = Self(Cow::Borrowed("active"));
    /// Disabled by hand.
    pub const REVOKED: Self = Self(Cow::Borrowed("revoked"));
    /// Deactivated for good, history kept.
    pub const ARCHIVED: Self = Self(Cow::Borrowed("archived"));
    /// Past its date.
    pub const EXPIRED: Self = Self(Cow::Borrowed("expired"));

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for KeyStatus {
    fn from(text: &str) -> Self {
        Self(text.to_owned().into())
    }
}

impl fmt::Debug for KeyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for KeyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key as its service shows it: everything but the secret.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Key {
    /// The id.
    pub id: KeyId,
    /// The name or label, where one was given.
    pub name: Option<String>,
    /// The beginning of the secret, for people to recognise it by. Never usable as a key.
    pub prefix: Option<String>,
    /// The status. Some services show `active` past the date: ask [`Key::is_effective`].
    pub status: KeyStatus,
    /// The status in the service's own words, as `Live`.
    pub status_label: String,
    /// What the key may do; empty where the service knows no scopes.
    pub scopes: Vec<String>,
    /// The account, tenant or organization it belongs to, where the service says.
    pub account_id: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last used, as coarse as the service keeps it; `None` when never.
    pub last_used_at: Option<Timestamp>,
    /// When it stops working by itself; `None` when never.
    pub expires_at: Option<Timestamp>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// When it was revoked, where the service says.
    pub revoked_at: Option<Timestamp>,
    /// The operations that its state allows, as far as the service's rules are known.
    pub allowed_actions: Vec<KeyOp>,
    /// The object as the service sent it, without the secret.
    pub data: Json,
    /// What is known, also where it is "none".
    pub(crate) told: Told,
}

impl Key {
    /// The name to show: `Untitled` when there is none, the id when it was not told.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name_or("Untitled")
    }

    /// The name to show on a page of its own: `(unnamed)` when there is none, the id when
    /// it was not told.
    #[must_use]
    pub fn display_name_detail(&self) -> &str {
        self.name_or("(unnamed)")
    }

    fn name_or<'a>(&'a self, none: &'a str) -> &'a str {
        let otherwise = if self.told(KeyMember::Name) { none } else { self.id.as_str() };
        self.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(otherwise)
    }

    /// Whether a member is known: the answer told it, as "none" too, or the request set it. What was
    /// not told is `None` or empty and may be anything; what was told and is `None` is "never" or
    /// "none".
    ///
    /// ```no_run
    /// # async fn f(client: keywright::Client) -> keywright::Result<()> {
    /// use keywright::KeyMember;
    ///
    /// let key = client.keys().get("key_1").await?;
    /// match (key.expires_at, key.told(KeyMember::ExpiresAt)) {
    ///     (Some(at), _) => println!("until {at}"),
    ///     (None, true) => println!("for ever"),
    ///     (None, false) => println!("the service does not say"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn told(&self, member: KeyMember) -> bool {
        self.told.holds(member)
    }

    /// Whether the key works at that time: it is active and not past its date.
    #[must_use]
    pub fn is_effective(&self, now: Timestamp) -> bool {
        self.status == KeyStatus::ACTIVE && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A new key, or a rotated one: the only place where a secret comes from a service. Its `Debug`
/// does not show the secret, and neither does its `key`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CreatedKey {
    /// The key. Right after a rotation it holds only what the service answered.
    pub key: Key,
    /// Its secret. It is shown once, by every service: store it before anything else.
    pub secret: Secret,
}

/// How a key was retired.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Retired {
    /// What was done: `delete`, `archive` or `revoke`.
    pub action: KeyOp,
    /// The key afterwards; `None` when it is gone.
    pub key: Option<Key>,
}
