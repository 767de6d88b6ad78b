//! What the client tells of one caller's calls: their ids, which find their requests again in the
//! sandbox's journal, and the keys that it gave up.

use std::sync::{Mutex, MutexGuard, PoisonError};

use keywright::{Event, EventName, Observer};

/// What was heard since it was last asked.
#[derive(Debug, Clone, Default)]
pub(super) struct RecordedEvents {
    /// Operation and id of each call, in order.
    pub calls: Vec<(String, String)>,
    /// Ids of keys whose secret nobody received.
    pub orphans: Vec<String>,
    /// Whether the fate of a new key was told to be unknown.
    pub unknown: bool,
}

/// Listens to one caller.
#[derive(Debug, Default)]
pub(super) struct RecordingObserver(Mutex<RecordedEvents>);

impl RecordingObserver {
    pub(super) fn take(&self) -> RecordedEvents {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, RecordedEvents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for RecordingObserver {
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
