//! Knows of a connection whether it has already served an exchange.
//!
//! The HTTP library does not say whether a connection came from its pool, but it does say which
//! one it was. So the address pairs that have answered are remembered here, without a lock and
//! without growing: one per slot of local ports. Where two live connections share a slot the
//! older one is forgotten and counts as new, which only costs a free replay (`behaviour.md` 3).
//! The one way to be wrong the other way round is a new connection that gets the same local port
//! to the same server as an earlier one which ended unused.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

const SLOTS: usize = 1024;

/// Both ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Ends {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
}

/// The connections that have answered.
pub(super) struct Served(Box<[AtomicU64]>);

impl Served {
    pub(super) fn new() -> Self {
        Self((0..SLOTS).map(|_| AtomicU64::new(0)).collect())
    }

    /// The connection has answered. Returns whether it had before.
    pub(super) fn answered(&self, ends: Ends) -> bool {
        let mark = mark(ends);
        self.slot(ends).swap(mark, Ordering::Relaxed) == mark
    }

    /// The connection has failed and is gone. Returns whether it had answered before.
    pub(super) fn failed(&self, ends: Ends) -> bool {
        self.slot(ends).compare_exchange(mark(ends), 0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn slot(&self, ends: Ends) -> &AtomicU64 {
        &self.0[usize::from(ends.local.port()) % SLOTS]
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Served").finish_non_exhaustive()
    }
}

/// Never zero, which stands for an empty slot.
fn mark(ends: Ends) -> u64 {
    let mut hasher = DefaultHasher::new();
    ends.hash(&mut hasher);
    hasher.finish() | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(local: u16, remote: u16) -> Ends {
        Ends { local: SocketAddr::from(([127, 0, 0, 1], local)), remote: SocketAddr::from(([127, 0, 0, 1], remote)) }
    }

    #[test]
    fn a_connection_is_reused_from_its_second_exchange_until_it_fails() {
        let served = Served::new();
        assert!(!served.failed(ends(5000, 80)), "it never answered");
        assert!(!served.answered(ends(5000, 80)));
        assert!(served.answered(ends(5000, 80)));
        assert!(!served.answered(ends(5001, 80)));
        assert!(served.failed(ends(5000, 80)));
        assert!(!served.failed(ends(5000, 80)), "it is gone");
        assert!(served.failed(ends(5001, 80)));
    }

    #[test]
    fn a_forgotten_connection_counts_as_new() {
        let served = Served::new();
        served.answered(ends(5000, 80));
        served.answered(ends(5000, 81));
        assert!(!served.answered(ends(5000, 80)));
    }
}
