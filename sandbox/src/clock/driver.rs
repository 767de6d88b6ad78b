//! What moves a clock when nobody does it by hand: a task on the sandbox's own runtime.
//!
//! On that runtime on purpose: it handles sockets before timers, so by the time two ticks have
//! passed quietly, a request or a hang-up that was already under way has been seen.

use std::time::Duration;

use super::{Clock, ClockMode, machine_time};

/// How long nothing may have happened before the clock jumps: two of these.
const TICK: Duration = Duration::from_millis(1);

/// A woken sleeper that has not run for so long is not waited for any more: its task may be
/// blocked for good.
const PATIENCE: Duration = Duration::from_millis(250);

/// A function of the program that has not answered for so long is not waited for any more: on the
/// machine's clock, too, a call ends by its time limit whatever its functions do.
const ANSWER: Duration = Duration::from_secs(1);

enum Next {
    /// Nothing to do until something changes.
    Rest,
    /// Look again after this time.
    Wait(Duration),
    /// Nothing moves, as of this many changes; the earliest sleeper is so far away.
    Quiet { changes: u64, ahead: Duration },
}

/// Moves the clock for as long as the task runs.
pub(crate) async fn drive(clock: Clock) {
    let mut seen = None;
    loop {
        match clock.next_step() {
            Next::Rest => {
                seen = None;
                clock.0.changed.notified().await;
            }
            Next::Wait(wait) => {
                seen = None;
                tokio::select! {
                    () = real_sleep(wait) => clock.forward(Duration::ZERO, |_| true),
                    () = clock.0.changed.notified() => {}
                }
            }
            Next::Quiet { changes, ahead } if seen == Some(changes) => {
                seen = None;
                clock.forward(ahead, |state| state.changes == changes);
            }
            Next::Quiet { changes, .. } => {
                real_sleep(TICK).await;
                // Quiet for one whole tick counts from here; the second tick confirms it.
                seen = (clock.lock().changes == changes).then_some(changes);
                real_sleep(TICK).await;
            }
        }
    }
}

impl Clock {
    fn next_step(&self) -> Next {
        let mut state = self.lock();
        let now = machine_time();
        state.woken.retain(|_, since| now.saturating_duration_since(*since) < PATIENCE);
        let Some(((due, _), _)) = state.sleepers.first_key_value() else { return Next::Rest };
        let ahead = due.saturating_sub(state.monotonic());
        let quiet = now.saturating_duration_since(state.changed_at);
        match state.mode {
            ClockMode::Frozen => Next::Rest,
            ClockMode::Real => Next::Wait(ahead),
            ClockMode::Auto if state.busy > state.asking => Next::Rest,
            ClockMode::Auto if !state.woken.is_empty() => Next::Wait(TICK),
            ClockMode::Auto if state.asking > 0 && quiet < ANSWER => Next::Wait(ANSWER.saturating_sub(quiet)),
            ClockMode::Auto => Next::Quiet { changes: state.changes, ahead },
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "quiet is measured in the machine's time")]
async fn real_sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}
