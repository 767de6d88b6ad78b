//! What to create and what to change.

use crate::model::time::Timestamp;

/// What a new key shall be. What a service does not know is refused before anything is sent.
///
/// ```
/// use keywright::CreateKey;
///
/// let wanted = CreateKey::new().name("ci").scopes(["evaluate", "read"]);
/// assert_eq!(wanted.name.as_deref(), Some("ci"));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct CreateKey {
    /// The name or label. Optional at Seclai, required elsewhere.
    pub name: Option<String>,
    /// What the key may do (SidClaw).
    pub scopes: Option<Vec<String>>,
    /// When it stops working by itself (SidClaw, Seenty, itellicoAI).
    pub expires_at: Option<Timestamp>,
}

impl CreateKey {
    /// A key of which nothing is said.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the scopes.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the expiry.
    #[must_use]
    pub fn expires_at(mut self, time: Timestamp) -> Self {
        self.expires_at = Some(time);
        self
    }
}

/// Whether a value stays, changes or goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes this.
    Set(T),
    /// It is removed.
    Clear,
}

impl<T> Change<T> {
    /// What it will be; `None` when it stays.
    pub(crate) fn known(self) -> Option<Option<T>> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(Some(value)),
            Self::Clear => Some(None),
        }
    }
}

/// What to change about a key.
///
/// ```
/// use keywright::UpdateKey;
///
/// let change = UpdateKey::new().name("Production v2").clear_expiry();
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct UpdateKey {
    /// The name or label.
    pub name: Change<String>,
    /// The expiry.
    pub expires_at: Change<Timestamp>,
}

impl UpdateKey {
    /// No change yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the key another name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Change::Set(name.into());
        self
    }

    /// Moves the expiry.
    #[must_use]
    pub fn expires_at(mut self, time: Timestamp) -> Self {
        self.expires_at = Change::Set(time);
        self
    }

    /// Removes the expiry: the key works until it is revoked or deleted.
    #[must_use]
    pub fn clear_expiry(mut self) -> Self {
        self.expires_at = Change::Clear;
        self
    }
}
