//! The virtual clock that a world shares with the clients made from it (S7, S7b).
//!
//! It jumps only when nothing moves: every call that is bound to it waits on it, and every sleeper
//! it has just woken has run. So a `Retry-After: 60` takes no real time, and an attempt timeout
//! fires exactly when the sandbox stalls.

mod driver;
mod sleep;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use driver::{Driver, drive_on_thread};

pub(crate) use driver::drive;
pub(crate) use sleep::Parked;
pub use sleep::Sleep;

/// How a clock moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ClockMode {
    /// With the machine's time, plus what it was advanced by.
    #[serde(alias = "offset")]
    Real,
    /// Only when it is told to.
    Frozen,
    /// Only when it is told to, and to the earliest sleeper as soon as nothing moves.
    #[default]
    Auto,
}

/// A handle of one clock; clones are the same clock.
#[derive(Clone)]
pub struct Clock(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// Notified when the driver may have something to do.
    changed: Notify,
}

struct State {
    mode: ClockMode,
    driver: Driver,
    /// The monotonic time: as it stands (frozen, auto), or as it stood at `since` (real).
    elapsed: Duration,
    since: Instant,
    /// The wall time when the monotonic time was zero; moved by [`Clock::jump`].
    epoch: SystemTime,
    busy: i64,
    /// Those of the busy that wait for a function of the program.
    asking: i64,
    /// When anything happened last, in the machine's time.
    changed_at: Instant,
    sleepers: BTreeMap<(Duration, u64), Waker>,
    /// Sleepers that were woken and have not run since.
    woken: BTreeMap<u64, Instant>,
    next_sleeper: u64,
    /// Counts everything that happens, so that the driver can see that nothing does.
    changes: u64,
}

impl Clock {
    /// A clock that stands at `start`. One that a [`crate::Sandbox`] did not make is moved by hand
    /// only.
    #[must_use]
    pub fn new(mode: ClockMode, start: SystemTime) -> Self {
        let state = State {
            mode,
            driver: Driver::Hand,
            elapsed: Duration::ZERO,
            since: machine_time(),
            epoch: start,
            busy: 0,
            asking: 0,
            changed_at: machine_time(),
            sleepers: BTreeMap::new(),
            woken: BTreeMap::new(),
            next_sleeper: 0,
            changes: 0,
        };
        Self(Arc::new(Shared { state: Mutex::new(state), changed: Notify::new() }))
    }

    /// The wall time.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let state = self.lock();
        state.epoch + state.monotonic()
    }

    /// The time since the clock was made; never goes back.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        self.lock().monotonic()
    }

    /// Completes once `duration` has passed on this clock. Runs on any executor; dropping it
    /// leaves nothing behind.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(self.clone(), self.monotonic().saturating_add(duration))
    }

    /// A call bound to this clock begins to run.
    pub fn enter(&self) {
        self.change(|state| state.busy += 1);
    }

    /// A call ended, or waits for nothing but this clock.
    pub fn leave(&self) {
        self.change(|state| state.busy -= 1);
    }

    /// A call that runs waits for a function of the program, which works in the machine's time: a
    /// second long the clock stands still for it.
    pub fn ask(&self) {
        self.change(|state| state.asking += 1);
    }

    /// That function has answered, or is not waited for any more.
    pub fn answered(&self) {
        self.change(|state| state.asking -= 1);
    }

    /// How it moves.
    #[must_use]
    pub fn mode(&self) -> ClockMode {
        self.lock().mode
    }

    /// Makes it move in another way from where it stands.
    pub fn set_mode(&self, mode: ClockMode) {
        self.change(|state| {
            let (elapsed, now) = (state.monotonic(), machine_time());
            // A clock that begins to follow the machine stays where it is and goes on from there.
            (state.mode, state.elapsed, state.since) = (mode, elapsed, now);
        });
    }

    /// Moves it forward and wakes in order of their deadlines all who have become due.
    pub fn advance(&self, by: Duration) {
        self.forward(by, |_| true);
    }

    /// Moves the wall time alone, back too: no sleeper wakes, none waits longer.
    pub fn jump(&self, by: Duration, back: bool) {
        self.change(|state| {
            let moved = if back { state.epoch.checked_sub(by) } else { state.epoch.checked_add(by) };
            state.epoch = moved.unwrap_or(state.epoch);
        });
    }

    /// Sets the wall time: forward as by [`Clock::advance`], back as by [`Clock::jump`].
    pub fn set(&self, to: SystemTime) {
        match to.duration_since(self.now()) {
            Ok(ahead) => self.advance(ahead),
            Err(behind) => self.jump(behind.duration(), true),
        }
    }

    /// Which clock it is: two handles of one clock give the same number.
    #[must_use]
    pub fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// How many sleep on it now.
    #[must_use]
    pub fn sleepers(&self) -> usize {
        self.lock().sleepers.len()
    }

    /// Waits on this clock for the sandbox's side of a call: while parked the call counts as
    /// waiting, and it counts again as running however the wait ends.
    pub(crate) fn parked(&self) -> Parked {
        Parked::new(self.clone())
    }

    /// Moves forward if `still` agrees under the lock.
    fn forward(&self, by: Duration, still: impl FnOnce(&State) -> bool) {
        let due = {
            let mut state = self.lock();
            if !still(&state) {
                return;
            }
            state.elapsed = state.elapsed.saturating_add(by);
            state.take_due()
        };
        // Outside the lock: a waker may run its task at once.
        due.into_iter().for_each(Waker::wake);
        self.0.changed.notify_one();
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        state.changes += 1;
        state.changed_at = machine_time();
        let is_waited_for = !state.sleepers.is_empty();
        let may_move = match state.mode {
            ClockMode::Real => true,
            ClockMode::Auto => state.busy <= state.asking,
            ClockMode::Frozen => false,
        };
        if is_waited_for && may_move && state.driver.is_missing() {
            state.driver = Driver::Thread(std::process::id());
            drop(state);
            drive_on_thread(self);
        } else if is_waited_for && may_move || matches!(state.driver, Driver::Thread(_)) {
            self.0.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn monotonic(&self) -> Duration {
        match self.mode {
            ClockMode::Real => self.elapsed.saturating_add(self.since.elapsed()),
            ClockMode::Frozen | ClockMode::Auto => self.elapsed,
        }
    }

    /// Takes out the sleepers that are due, in the order of their deadlines, and remembers that
    /// they have yet to run.
    fn take_due(&mut self) -> Vec<Waker> {
        let later = self.sleepers.split_off(&(self.monotonic(), u64::MAX));
        let due = std::mem::replace(&mut self.sleepers, later);
        let now = machine_time();
        self.woken.extend(due.keys().map(|(_, id)| (*id, now)));
        self.changes += 1;
        due.into_values().collect()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.lock();
        let (mode, busy, sleepers) = (state.mode, state.busy, state.sleepers.len());
        f.debug_struct("Clock").field("mode", &mode).field("busy", &busy).field("sleepers", &sleepers).finish()
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock of a real world follows the machine's")]
fn machine_time() -> Instant {
    Instant::now()
}
