//! What a client knows of keys beside the answer at hand: what it has seen of them, and whether a
//! date can still come.

use std::time::Duration;

use crate::client::Client;
use crate::client::throttle::ThrottleView;
use crate::dialect::read::{self, Members};
use crate::dialect::{OpSpec, Support};
use crate::json::Node;
use crate::model::error::{Error, Result};
use crate::model::op::KeyOp;
use crate::model::time::Timestamp;
use crate::model::{Facts, Key, KeyId};
use crate::retry::Fingerprint;

/// How wrong a clock may be before a date that seems past is one.
const ROOM: Duration = Duration::from_secs(5 * 60);

impl Client {
    /// Reads a key without its secret, and remembers of it what a rotation keeps.
    pub(crate) fn read_key(&self, value: Node<'_>, members: &mut Members) -> Result<Key> {
        let (key, _) = read::key(self.spec(), value, members)?;
        self.note_facts(&key);
        self.note_own(&key);
        Ok(key)
    }

    /// Remembers that a key is the one that makes the calls, when it shows the beginning of that one.
    fn note_own(&self, key: &Key) {
        /// What a prefix must show beyond the beginning that all keys of a service share.
        const TELLING: usize = 4;
        let shared_by_all = self.spec().auth.key.iter().filter_map(|mode| mode.prefix.as_ref().or(mode.looks_like.as_ref()));
        let shown = key.prefix.as_deref().unwrap_or_default().trim_end_matches(['.', '*', '\u{2026}']);
        if let Some(own) = self.auth.managing_key()
            && shown.len() >= shared_by_all.map(String::len).max().unwrap_or_default() + TELLING
            && own.expose().starts_with(shown)
        {
            self.pipeline.shared.note_listed(own, &self.spec().id, key.id.as_str());
        }
    }

    /// Remembers what a rotation keeps, where the answer to one may not tell it.
    pub(crate) fn note_facts(&self, key: &Key) {
        if matches!(self.spec().keys.get(&KeyOp::Rotate), Some(Support::Yes(_))) {
            let facts = Facts::kept(key);
            if facts.is_small() {
                self.pipeline.shared.note_facts(self.fact_of(&key.id), facts);
            }
        }
    }

    /// What this process has seen of a key.
    pub(crate) fn facts_of(&self, id: &KeyId) -> Facts {
        self.pipeline.shared.facts(self.fact_of(id))
    }

    /// That a key's last day is still to come. By the service's clock where its answers told it,
    /// with room for ours: a date in the past is another unit or another century, and its key would
    /// be dead on arrival.
    pub(crate) fn checked_expiry(&self, expires_at: Option<Timestamp>, op: &OpSpec) -> Result<()> {
        let pipeline = &self.pipeline;
        let ahead = ThrottleView::of(&pipeline.shared, &self.spec().id, &pipeline.origin).clock_skew();
        let now = pipeline.now() + ahead;
        let Some(at) = expires_at.filter(|at| *at + ROOM < now) else { return Ok(()) };
        let reason = format!("lies in the past: {at} is before {now:.0}, the time at the service");
        Err(self.named_op(Error::config("expires_at", reason, "give a time to come, or none"), op))
    }

    fn fact_of(&self, id: &KeyId) -> Fingerprint {
        Fingerprint::of(&["key facts", &self.spec().id, &self.pipeline.origin, id.as_str()])
    }
}
