//! A create or rotate that outlives its caller: what the two sides tell each other.
//!
//! A request that is on the wire when its caller leaves is brought to its end, because it may
//! make a key that nobody knows of.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::transport::wire::WireHead;

/// The success whose body broke off.
pub(crate) struct Cut {
    pub head: WireHead,
    pub read: Bytes,
}

/// Where a call is, seen from outside.
#[derive(Default)]
pub(crate) struct InFlight {
    on_the_wire: AtomicBool,
    abandoned: AtomicBool,
    cut: Mutex<Option<Cut>>,
}

impl InFlight {
    pub(super) fn mark_sent(&self) {
        self.on_the_wire.store(true, Ordering::SeqCst);
    }

    pub(super) fn mark_answered(&self) {
        self.on_the_wire.store(false, Ordering::SeqCst);
    }

    /// Whether a request may have been written that has not come to its end: its answer is not
    /// there, or has made a key that is not handed over.
    pub(crate) fn is_on_the_wire(&self) -> bool {
        self.on_the_wire.load(Ordering::SeqCst)
    }

    /// Nobody waits any more: no further attempt is made.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::SeqCst)
    }

    pub(super) fn keep(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }

    /// What arrived of the last answer, when it was a success that broke off.
    pub(crate) fn take_cut(&self) -> Option<Cut> {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight")
            .field("on_the_wire", &self.on_the_wire)
            .field("abandoned", &self.abandoned)
            .finish_non_exhaustive()
    }
}
