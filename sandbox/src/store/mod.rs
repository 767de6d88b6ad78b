//! What a world remembers, as typed rows behind one trait.
//!
//! Secrets are kept only as SHA-256 (S14, SEE-15): no row has a place for a key or a password.
//! A `Store` is always used inside one transaction; who opens and commits it is the engine's matter.

mod memory;
#[cfg(feature = "binary")]
mod sqlite;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::Time;

pub(crate) use memory::MemoryStore;
#[cfg(feature = "binary")]
pub(crate) use sqlite::SqliteStore;

/// A tenant, account, organization or subaccount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) service: String,
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) parent: Option<String>,
    /// The name in URLs and bodies (SegOps `tenant_slug`).
    #[serde(default)]
    pub(crate) slug: Option<String>,
    pub(crate) plan: String,
    pub(crate) active: bool,
    /// What is left to spend; `None`: no end.
    #[serde(default)]
    pub(crate) credits: Option<f64>,
    pub(crate) created: Time,
    pub(crate) modified: Time,
}

/// One API key, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) service: String,
    pub(crate) id: String,
    pub(crate) account: String,
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// SHA-256 of the key text, in hex; unique within a service.
    pub(crate) hash: String,
    /// The first characters, for display only.
    #[serde(default)]
    pub(crate) prefix: String,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    pub(crate) created: Time,
    #[serde(default)]
    pub(crate) expires: Option<Time>,
    #[serde(default)]
    pub(crate) last_used: Option<Time>,
    #[serde(default)]
    pub(crate) archived: Option<Time>,
    #[serde(default)]
    pub(crate) revoked: Option<Time>,
}

/// One answered request of a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) service: String,
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) method: String,
    /// Without the query, which may hold secrets (SEC-33).
    pub(crate) path: String,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) error: Option<String>,
    pub(crate) started: Time,
}

/// Credits that a key has spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Usage {
    pub(crate) service: String,
    pub(crate) key: String,
    /// What it was spent on, so that it can be taken back.
    pub(crate) source: String,
    pub(crate) activity: String,
    pub(crate) credits: f64,
    pub(crate) at: Time,
}

/// Anything else that a service serves: an agent, a run, a monitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Object {
    pub(crate) service: String,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) created: Time,
    pub(crate) json: Value,
}

/// Somebody who logs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) service: String,
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: String,
    /// What [`crate::ctx::Ctx::password_hash`] made of the password.
    pub(crate) password: String,
}

/// A session, refresh token or owner token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) service: String,
    /// SHA-256 of the token, in hex.
    pub(crate) hash: String,
    /// What it is good for, in the service's own word.
    pub(crate) kind: String,
    pub(crate) user: String,
    /// SHA-256 of the CSRF token that belongs to it, in hex.
    #[serde(default)]
    pub(crate) csrf: Option<String>,
    #[serde(default)]
    pub(crate) expires: Option<Time>,
}

/// An answer that is given again to the same idempotency key (behaviour 7.6). The body is sealed
/// with a key derived from that idempotency key, so the row alone shows no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Replay {
    pub(crate) service: String,
    /// SHA-256 over credential and idempotency key, in hex.
    pub(crate) id: String,
    /// SHA-256 over method, path and body, in hex.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) sealed: Vec<u8>,
    pub(crate) at: Time,
}

/// The whole state as one value, for fixtures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Dump {
    pub(crate) accounts: Vec<Account>,
    pub(crate) users: Vec<User>,
    pub(crate) keys: Vec<Key>,
    pub(crate) calls: Vec<Call>,
    pub(crate) usage: Vec<Usage>,
    pub(crate) objects: Vec<Object>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) replays: Vec<Replay>,
    pub(crate) counters: Vec<(String, u64)>,
}

/// Rows of one world. Lists come newest first; rows made in the same millisecond keep the order in
/// which they were put.
pub(crate) trait Store: Send {
    /// Opens a transaction.
    #[cfg(feature = "binary")]
    fn begin(&mut self) {}
    /// Makes durable what was put since [`Store::begin`]; `false` when that failed and all of it is
    /// undone.
    #[cfg(feature = "binary")]
    fn commit(&mut self) -> bool {
        true
    }

    /// Inserts the account, or replaces the one with this id.
    fn put_account(&mut self, account: Account);
    fn account(&self, service: &str, id: &str) -> Option<Account>;
    /// Oldest first: the first is the one that the world was born with.
    fn accounts(&self, service: &str) -> Vec<Account>;

    fn put_user(&mut self, user: User);
    fn user(&self, service: &str, id: &str) -> Option<User>;
    fn user_by_email(&self, service: &str, email: &str) -> Option<User>;

    fn put_key(&mut self, key: Key);
    fn key(&self, service: &str, id: &str) -> Option<Key>;
    fn key_by_hash(&self, service: &str, hash: &str) -> Option<Key>;
    fn keys(&self, service: &str, account: &str) -> Vec<Key>;
    /// Removes the key with its calls and its usage (SEC-53).
    fn delete_key(&mut self, service: &str, id: &str) -> bool;

    fn add_call(&mut self, call: Call);
    fn calls(&self, service: &str, key: &str) -> Vec<Call>;

    fn add_usage(&mut self, usage: Usage);
    /// From `from` (included) to `to` (excluded), oldest first.
    fn usage(&self, service: &str, key: &str, from: Time, to: Time) -> Vec<Usage>;
    fn delete_usage(&mut self, service: &str, source: &str);

    fn put_object(&mut self, object: Object);
    fn object(&self, service: &str, kind: &str, id: &str) -> Option<Object>;
    fn objects(&self, service: &str, kind: &str, account: &str) -> Vec<Object>;
    fn delete_object(&mut self, service: &str, kind: &str, id: &str) -> bool;

    fn put_session(&mut self, session: Session);
    fn session(&self, service: &str, hash: &str) -> Option<Session>;

    fn put_replay(&mut self, replay: Replay);
    fn replay(&self, service: &str, id: &str) -> Option<Replay>;

    /// The next number of a counter, from 1.
    fn next(&mut self, counter: &str) -> u64;

    fn dump(&self) -> Dump;
    /// Replaces everything.
    fn load(&mut self, dump: Dump);
}
