//! Notices that resting connections may have died where nobody could see it.
//!
//! A connection that the server has closed meanwhile must not carry a request that may be sent
//! only once: nobody could say what became of it. Two rules guard that.
//!
//! - Before a request that may take a connection which has rested, the runtime gets a turn to
//!   hear of what has arrived on its socket. A close that is already there is then seen.
//! - While anything may rest, the time is noted every second. When the last note is older than
//!   [`STANDSTILL`] by the wall clock, the process was stopped or the machine asleep, and what
//!   happened to the connections cannot be seen on their sockets: none of them is used again.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::{JoinHandle, yield_now};

use crate::model::time::Timestamp;
use crate::runtime::clock::Clock;

/// How long an unused connection is kept: less than the usual idle limits of servers, so that
/// it is mostly ours to close.
pub(super) const IDLE: Duration = Duration::from_secs(30);
/// From here on a connection has rested.
const MOMENT: Duration = Duration::from_millis(1);
/// How often the time is noted.
const TICK: Duration = Duration::from_secs(1);
/// How far the wall clock may run ahead of the last note.
const STANDSTILL: Duration = Duration::from_secs(5);
/// How many turns the runtime gets to hear of a close.
const TURNS: usize = 2;

/// The watch over the resting connections of one transport.
pub(super) struct Watch {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    /// When a connection was last in use.
    used: Option<Duration>,
    noted: Option<Timestamp>,
    ticking: Option<JoinHandle<()>>,
    /// How many times everything stood still.
    standstills: u64,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Watch {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Arc::default(), clock }
    }

    /// Lets the runtime hear of what has happened to connections that have rested. Returns how
    /// many times everything stood still so far: no connection of before the last may be used.
    pub(super) async fn look(&self) -> u64 {
        let (rested, standstills) = {
            let mut state = lock(&self.state);
            state.notice(self.clock.now());
            let rested = state.used.is_some_and(|used| self.clock.monotonic().saturating_sub(used) >= MOMENT);
            (rested, state.standstills)
        };
        if rested {
            for _ in 0..TURNS {
                yield_now().await;
            }
        }
        standstills
    }

    /// A connection may rest from here on.
    pub(super) fn rests(&self) {
        // Outside a runtime nobody could note the time.
        let Ok(runtime) = Handle::try_current() else { return };
        let mut state = lock(&self.state);
        state.used = Some(self.clock.monotonic());
        let now = self.clock.now();
        state.notice(now);
        state.noted = Some(now);
        if state.ticking.as_ref().is_none_or(JoinHandle::is_finished) {
            state.ticking = Some(runtime.spawn(tick(Arc::downgrade(&self.state), Arc::clone(&self.clock))));
        }
    }
}

impl State {
    fn notice(&mut self, now: Timestamp) {
        if self.noted.is_some_and(|noted| now > noted + STANDSTILL) {
            self.standstills += 1;
            self.noted = None;
        }
    }
}

/// Notes the time while anything may rest.
async fn tick(state: Weak<Mutex<State>>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep(TICK).await;
        let Some(state) = state.upgrade() else { return };
        let mut state = lock(&state);
        let now = clock.now();
        state.notice(now);
        state.noted = Some(now);
        if state.used.is_none_or(|used| clock.monotonic().saturating_sub(used) > IDLE + TICK) {
            state.noted = None;
            return;
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
