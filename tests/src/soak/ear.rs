//! What the client tells of one caller's calls: their ids, which find their requests again in the
//! sandbox's journal, and the keys that it gave up.

use std::sync::{Mutex, MutexGuard, PoisonError};

use keywright::{Event, EventName, Observer};

/// What was heard since it was last asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    /// Operation and id of each call, in order.
    pub calls: Vec<(String, String)>,
    /// Ids of keys whose secret nobody received.
    pub orphans: Vec<String>,
    /// Whether the fate of a new key was told to be unknown.
    pub unknown: bool,
}

/// Listens to one caller.
#[derive(Debug, Default)]
pub(super) struct Ear(Mutex<Heard>);

impl Ear {
    pub(super) fn take(&self) -> Heard {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Ear {
    fn event(&self, event: &Event) {
        let mut heard = self.lock();
        match event.name {
            EventName::CallStart => heard.calls.push((event.operation.clone(), event.call.clone())),
            EventName::OrphanKey => heard.orphans.extend(event.key_id.clone()),
            EventName::OutcomeUnknown => heard.unknown = true,
            _ => {}
        }
    }
}
