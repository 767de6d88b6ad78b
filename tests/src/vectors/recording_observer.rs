//! Hears the events of the client, each with its time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keywright::sandbox::WorldClock;
use keywright::{Clock, Event, EventName, Observer};

use crate::drive::OutputRecorder;

/// One event.
#[derive(Debug, Clone)]
pub(super) struct RecordedEvent {
    pub at: Duration,
    pub event: Event,
}

/// Keeps the events since it was last cleared; all of them also go to the search for secrets.
#[derive(Debug)]
pub(super) struct RecordingObserver {
    clock: WorldClock,
    output_recorder: Arc<OutputRecorder>,
    heard: Mutex<Vec<RecordedEvent>>,
}

impl RecordingObserver {
    pub(super) fn new(clock: WorldClock, output_recorder: &Arc<OutputRecorder>) -> Self {
        Self { clock, output_recorder: Arc::clone(output_recorder), heard: Mutex::default() }
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    pub(super) fn heard(&self) -> Vec<RecordedEvent> {
        self.lock().clone()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.lock().iter().any(|heard| heard.event.name.as_str() == name)
    }

    /// How many attempts of an operation began, and the pauses between the end of one and the
    /// beginning of the next.
    pub(super) fn attempts(&self, operation: &str) -> (u32, Vec<f64>) {
        let (mut count, mut delays, mut ended) = (0, Vec::new(), None);
        for RecordedEvent { at, event } in self.lock().iter().filter(|heard| heard.event.operation == operation) {
            match event.name {
                EventName::AttemptStart => {
                    count += 1;
                    delays.extend(ended.take().map(|ended: Duration| at.saturating_sub(ended).as_secs_f64()));
                }
                EventName::AttemptEnd => ended = Some(*at),
                _ => {}
            }
        }
        (count, delays)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<RecordedEvent>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for RecordingObserver {
    fn event(&self, event: &Event) {
        self.output_recorder.event(event);
        self.lock().push(RecordedEvent { at: self.clock.monotonic(), event: event.clone() });
    }
}
