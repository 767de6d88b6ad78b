//! What is known of a key, member by member: `None` alone cannot tell "never" from "not told".

use std::fmt;

use super::{Change, CreateKey, Key, KeyId, KeyStatus, UpdateKey};
use crate::model::time::Timestamp;
use crate::model::wire_enum::wire_enum;

wire_enum! {
    /// A member of a [`Key`] that an answer may leave out.
    KeyMember {
        /// The name.
        Name = "name",
        /// The beginning of the secret.
        Prefix = "prefix",
        /// The status, and its label.
        Status = "status",
        /// What it may do.
        Scopes = "scopes",
        /// The account it belongs to.
        AccountId = "account_id",
        /// When it was made.
        CreatedAt = "created_at",
        /// When it was last used.
        LastUsedAt = "last_used_at",
        /// When it stops working by itself.
        ExpiresAt = "expires_at",
        /// When it was archived.
        ArchivedAt = "archived_at",
        /// When it was revoked.
        RevokedAt = "revoked_at",
    }
}

/// A set of members.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Told(u16);

impl Told {
    pub(crate) fn add(&mut self, member: KeyMember) {
        self.0 |= 1 << member as u16;
    }

    pub(crate) fn remove(&mut self, member: KeyMember) {
        self.0 &= !(1 << member as u16);
    }

    pub(crate) fn holds(self, member: KeyMember) -> bool {
        self.0 & (1 << member as u16) != 0
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(KeyMember::ALL.iter().filter(|member| self.holds(**member))).finish()
    }
}

/// What is known of a key beside what an answer tells: what a request set, or an earlier answer
/// told. `None` is not known; a date that is known may be "never".
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub name: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub expires_at: Option<Option<Timestamp>>,
}

impl Facts {
    /// What a key was made with. What was not said is the service's to choose.
    pub(crate) fn sent(wanted: &CreateKey) -> Self {
        Self {
            name: wanted.name.clone(),
            scopes: wanted.scopes.clone(),
            expires_at: wanted.expires_at.map(|at| Some(as_sent(at))),
        }
    }

    /// What a change set.
    pub(crate) fn changed(change: &UpdateKey) -> Self {
        let name = match &change.name {
            Change::Set(name) => Some(name.clone()),
            Change::Keep | Change::Clear => None,
        };
        let expires_at = match change.expires_at {
            Change::Keep => None,
            Change::Set(at) => Some(Some(as_sent(at))),
            Change::Clear => Some(None),
        };
        Self { name, scopes: None, expires_at }
    }

    /// What a rotation keeps, where every service says so: name and scopes.
    pub(crate) fn kept(key: &Key) -> Self {
        Self {
            name: key.name.clone().filter(|_| key.told(KeyMember::Name)),
            scopes: key.told(KeyMember::Scopes).then(|| key.scopes.clone()),
            expires_at: None,
        }
    }

    /// Names of a megabyte are not worth remembering.
    pub(crate) fn is_small(&self) -> bool {
        let scopes: usize = self.scopes.iter().flatten().map(String::len).sum();
        self.name.as_ref().map_or(0, String::len) + scopes <= 1024
    }
}

/// To the millisecond, as it is sent: so that an answer and what fills its place are the same.
fn as_sent(at: Timestamp) -> Timestamp {
    Timestamp::saturated(at.as_millisecond().saturating_mul(1_000))
}

impl Key {
    /// A key of which only the id and the state are known: for an answer that holds nothing.
    pub(crate) fn known(id: KeyId, status: KeyStatus, status_label: String) -> Self {
        let mut told = Told::default();
        if !status.as_str().is_empty() {
            told.add(KeyMember::Status);
        }
        Self {
            id,
            name: None,
            prefix: None,
            status,
            status_label,
            scopes: Vec::new(),
            account_id: None,
            created_at: None,
            last_used_at: None,
            expires_at: None,
            archived_at: None,
            revoked_at: None,
            allowed_actions: Vec::new(),
            data: serde_json::Value::Object(serde_json::Map::new()).into(),
            told,
        }
    }

    /// Fills what the answer does not tell with what is known otherwise.
    pub(crate) fn fill(&mut self, facts: &Facts) {
        // A null where a name was given is an answer that does not repeat it.
        if let (None, Some(name)) = (&self.name, &facts.name) {
            self.name = Some(name.clone());
            self.told.add(KeyMember::Name);
        }
        if let (false, Some(scopes)) = (self.told(KeyMember::Scopes), &facts.scopes) {
            self.scopes.clone_from(scopes);
            self.told.add(KeyMember::Scopes);
        }
        if let (false, Some(at)) = (self.told(KeyMember::ExpiresAt), facts.expires_at) {
            self.expires_at = at;
            self.told.add(KeyMember::ExpiresAt);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare() -> Key {
        Key::known("k".into(), KeyStatus::ACTIVE, "Active".to_owned())
    }

    #[test]
    fn what_is_not_told_is_filled_and_what_is_told_stays() {
        let at = Timestamp::from_microsecond(1_500_001_999).expect("in range");
        let facts = Facts::sent(&CreateKey::new().name("ci").scopes(["read"]).expires_at(at));
        let mut key = bare();
        key.fill(&facts);
        assert_eq!((key.name.as_deref(), &key.scopes[..]), (Some("ci"), &["read".to_owned()][..]));
        assert_eq!(key.expires_at.map(Timestamp::as_microsecond), Some(1_500_001_000), "as it is sent");
        key.fill(&Facts { name: Some("other".to_owned()), scopes: Some(Vec::new()), expires_at: Some(None) });
        assert_eq!((key.name.as_deref(), key.scopes.len(), key.expires_at.is_some()), (Some("ci"), 1, true));
    }

    #[test]
    fn not_told_and_never_are_told_apart() {
        let mut key = bare();
        assert!(!key.told(KeyMember::ExpiresAt) && key.told(KeyMember::Status));
        key.fill(&Facts::changed(&UpdateKey::new().clear_expiry()));
        assert!(key.told(KeyMember::ExpiresAt) && key.expires_at.is_none());
        assert_eq!((bare().display_name(), bare().display_name_detail()), ("k", "k"), "no name is invented");
    }
}
