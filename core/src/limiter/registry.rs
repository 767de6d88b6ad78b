//! The limiters of a process, one per (origin, credential, bucket).
//!
//! A limiter lives as long as somebody holds it or it has something to remember: memory stays flat
//! for a process that sees a new credential with every call.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::limiter::{Limiter, LimiterView};
use crate::runtime::clock::Clock;

/// From this many limiters on, those with nothing to remember are dropped.
const MAX_IDLE: usize = 64;
/// Beyond this many, those that nobody holds are dropped even if they are throttled.
const MAX_UNHELD: usize = 4_096;

/// Whose requests are throttled together: the text of a key or the identity of a login, as a
/// digest, never a token, because a refresh must not forget the limiter.
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

/// What shares one limiter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LimiterKey {
    /// Scheme, host and port.
    pub origin: Arc<str>,
    /// Whose credential.
    pub credential: Fingerprint,
    /// The dialect's bucket: `all`, `read`, `write`, `login`, ...
    pub bucket: Arc<str>,
}

/// The limiters of a process.
#[derive(Debug)]
pub struct Limiters {
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    limiters: HashMap<LimiterKey, Arc<Limiter>>,
    /// The size at which to look for limiters to drop; it grows so that looking stays cheap.
    sweep_at: usize,
}

impl Limiters {
    /// No limiter yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, known: Mutex::new(Known { limiters: HashMap::new(), sweep_at: MAX_IDLE }) }
    }

    /// The limiter of `key`, the same for all who ask.
    #[must_use]
    pub fn of(&self, key: &LimiterKey) -> Arc<Limiter> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = known.limiters.get(key) {
            return Arc::clone(limiter);
        }
        if known.limiters.len() >= known.sweep_at {
            known.sweep();
        }
        let limiter = Limiter::new(Arc::clone(&self.clock));
        known.limiters.insert(key.clone(), Arc::clone(&limiter));
        limiter
    }

    /// How many limiters are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).limiters.len()
    }

    /// How every remembered limiter stands.
    #[must_use]
    pub fn views(&self) -> Vec<LimiterView> {
        let limiters: Vec<_> =
            self.known.lock().unwrap_or_else(PoisonError::into_inner).limiters.values().map(Arc::clone).collect();
        limiters.iter().map(|limiter| limiter.view()).collect()
    }

    /// How every remembered limiter of an origin stands, with its bucket.
    #[must_use]
    pub fn views_of(&self, origin: &str) -> Vec<(Arc<str>, LimiterView)> {
        let limiters: Vec<_> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let found = known.limiters.iter().filter(|(key, _)| *key.origin == *origin);
            found.map(|(key, limiter)| (Arc::clone(&key.bucket), Arc::clone(limiter))).collect()
        };
        limiters.into_iter().map(|(bucket, limiter)| (bucket, limiter.view())).collect()
    }

    /// Whether no limiter is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Known {
    fn sweep(&mut self) {
        self.limiters.retain(|_, limiter| Arc::strong_count(limiter) > 1 || !limiter.is_forgettable());
        if self.limiters.len() >= MAX_UNHELD {
            self.limiters.retain(|_, limiter| Arc::strong_count(limiter) > 1);
        }
        self.sweep_at = (self.limiters.len() * 2).clamp(MAX_IDLE, self.limiters.len() + MAX_UNHELD);
    }
}
