//! What moves a clock when nobody does it by hand: a task on the sandbox's own runtime.
//!
//! On that runtime on purpose: it handles sockets before timers, so by the time two ticks have
//! passed quietly, a request or a hang-up that was already under way has been seen.
//!
//! A client may be used after its sandbox has closed, or in a forked process, which has no thread of
//! its parent. Its calls then find nobody, but their waits must end all the same: a thread of its own
//! drives the clock for as long as somebody waits on it.

use std::time::Duration;

use super::{Clock, ClockMode, machine_time};

/// Who drives a clock. A process that was forked since has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// Nobody: it is moved by hand only.
    Hand,
    /// The sandbox, in the process with this id.
    Sandbox(u32),
    /// The sandbox has closed, or its process was forked: a thread will, when somebody waits.
    Gone,
    /// That thread, in the process with this id.
    Thread(u32),
}

impl Driver {
    /// Whether a thread has to be begun before anything that waits can end.
    pub(super) fn is_missing(self) -> bool {
        match self {
            Self::Hand => false,
            Self::Gone => true,
            Self::Sandbox(process) | Self::Thread(process) => process != std::process::id(),
        }
    }
}

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

/// Moves the clock for as long as the task runs, which belongs to a sandbox.
pub(crate) fn drive(clock: &Clock) -> impl Future<Output = ()> + Send + use<> {
    clock.lock().driver = Driver::Sandbox(std::process::id());
    let driving = Driving(clock.clone());
    async move { driving.0.run(false).await }
}

/// While it lives, a sandbox drives its clock.
struct Driving(Clock);

impl Drop for Driving {
    fn drop(&mut self) {
        self.0.change(|state| state.driver = Driver::Gone);
    }
}

/// Begins a thread that moves the clock until nobody waits on it.
pub(super) fn drive_on_thread(clock: &Clock) {
    let driven = clock.clone();
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        match runtime {
            Ok(runtime) => runtime.block_on(driven.run(true)),
            Err(_) => driven.lock().driver = Driver::Gone,
        }
    };
    if std::thread::Builder::new().name("keywright-clock".to_owned()).spawn(run).is_err() {
        // The next that waits tries again.
        clock.lock().driver = Driver::Gone;
    }
}
impl Clock {
    /// Moves it, for ever or for as long as somebody waits.
    async fn run(&self, while_waited_for: bool) {
        let mut seen = None;
        loop {
            match self.next_step() {
                Next::Rest if while_waited_for && self.is_let_go() => return,
                Next::Rest => {
                    seen = None;
                    self.0.changed.notified().await;
                }
                Next::Wait(wait) => {
                    seen = None;
                    tokio::select! {
                        () = real_sleep(wait) => self.forward(Duration::ZERO, |_| true),
                        () = self.0.changed.notified() => {}
                    }
                }
                Next::Quiet { changes, ahead } if seen == Some(changes) => {
                    seen = None;
                    self.forward(ahead, |state| state.changes == changes);
                }
                Next::Quiet { changes, .. } => {
                    real_sleep(TICK).await;
                    // Quiet for one whole tick counts from here; the second tick confirms it.
                    seen = (self.lock().changes == changes).then_some(changes);
                    real_sleep(TICK).await;
                }
            }
        }
    }

    /// Whether the thread may end: nobody waits, or the clock stands until it is moved by hand. Who
    /// waits from now on begins another.
    fn is_let_go(&self) -> bool {
        let mut state = self.lock();
        let ends = state.sleepers.is_empty() || state.mode == ClockMode::Frozen;
        if ends {
            state.driver = Driver::Gone;
        }
        ends
    }

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
