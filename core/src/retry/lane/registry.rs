//! The lanes of a process, one per (origin, credential, bucket).
//!
//! A lane lives as long as somebody holds it or it has something to remember: memory stays flat
//! for a process that sees a new credential with every call.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::retry::lane::{Lane, LaneView};

/// From this many lanes on, those with nothing to remember are dropped.
const MAX_IDLE: usize = 64;
/// Beyond this many, those that nobody holds are dropped even if they are throttled.
const MAX_UNHELD: usize = 4_096;

/// Whose requests are throttled together: the text of a key or the identity of a login, as a
/// digest, never a token, because a refresh must not forget the lane.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of all that names the credential: `["key", text]` or `["login", service, email, account]`.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            // The length keeps ["ab", "c"] and ["a", "bc"] apart.
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
        let mut short = [0; 16];
        short.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
        Self(short)
    }
}

impl fmt::Debug for Fingerprint {
    /// Eight digits, as [`Secret::fingerprint`](crate::Secret::fingerprint) shows: the whole digest
    /// of an e-mail address would give the address away.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "Fingerprint({a:02x}{b:02x}{c:02x}{d:02x})")
    }
}

/// What shares one lane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LaneKey {
    /// Scheme, host and port.
    pub origin: Arc<str>,
    /// Whose credential.
    pub credential: Fingerprint,
    /// The dialect's bucket: `all`, `read`, `write`, `login`, ...
    pub bucket: Arc<str>,
}

/// The lanes of a process.
#[derive(Debug)]
pub struct Lanes {
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    lanes: HashMap<LaneKey, Arc<Lane>>,
    /// The size at which to look for lanes to drop; it grows so that looking stays cheap.
    sweep_at: usize,
}

impl Lanes {
    /// No lane yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, known: Mutex::new(Known { lanes: HashMap::new(), sweep_at: MAX_IDLE }) }
    }

    /// The lane of `key`, the same for all who ask.
    #[must_use]
    pub fn of(&self, key: &LaneKey) -> Arc<Lane> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = known.lanes.get(key) {
            return Arc::clone(lane);
        }
        if known.lanes.len() >= known.sweep_at {
            known.sweep();
        }
        let lane = Lane::new(Arc::clone(&self.clock));
        known.lanes.insert(key.clone(), Arc::clone(&lane));
        lane
    }

    /// How many lanes are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).lanes.len()
    }

    /// How every remembered lane stands.
    #[must_use]
    pub fn views(&self) -> Vec<LaneView> {
        let lanes: Vec<_> = self.known.lock().unwrap_or_else(PoisonError::into_inner).lanes.values().map(Arc::clone).collect();
        lanes.iter().map(|lane| lane.view()).collect()
    }

    /// How every remembered lane of an origin stands, with its bucket.
    #[must_use]
    pub fn views_of(&self, origin: &str) -> Vec<(Arc<str>, LaneView)> {
        let lanes: Vec<_> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let found = known.lanes.iter().filter(|(key, _)| *key.origin == *origin);
            found.map(|(key, lane)| (Arc::clone(&key.bucket), Arc::clone(lane))).collect()
        };
        lanes.into_iter().map(|(bucket, lane)| (bucket, lane.view())).collect()
    }

    /// Whether no lane is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Known {
    fn sweep(&mut self) {
        self.lanes.retain(|_, lane| Arc::strong_count(lane) > 1 || !lane.is_forgettable());
        if self.lanes.len() >= MAX_UNHELD {
            self.lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        self.sweep_at = (self.lanes.len() * 2).clamp(MAX_IDLE, self.lanes.len() + MAX_UNHELD);
    }
}
