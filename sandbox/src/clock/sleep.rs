//! Waiting on the clock: the future of a sleeper, and the guard of a parked request.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::Clock;

/// A wait on a [`Clock`].
#[derive(Debug)]
#[must_use = "a sleep does nothing unless awaited"]
pub struct Sleep {
    clock: Clock,
    due: Duration,
    /// Its number among the sleepers, from its first poll on.
    id: Option<u64>,
}

impl Sleep {
    pub(super) fn new(clock: Clock, due: Duration) -> Self {
        Self { clock, due, id: None }
    }

    fn forget(&mut self) {
        let Some(id) = self.id.take() else { return };
        let (clock, due) = (&self.clock, self.due);
        clock.change(|state| {
            state.sleepers.remove(&(due, id));
            state.woken.remove(&id);
        });
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = &mut *self;
        let (due, waker) = (sleep.due, cx.waker().clone());
        let mut known = sleep.id;
        let mut ready = false;
        // Judged and registered under one lock, so that no wake-up can fall between.
        sleep.clock.change(|state| {
            ready = state.monotonic() >= due;
            if ready {
                return;
            }
            let id = known.unwrap_or_else(|| {
                state.next_sleeper += 1;
                state.next_sleeper
            });
            state.sleepers.insert((due, id), waker);
            known = Some(id);
        });
        sleep.id = known;
        if !ready {
            return Poll::Pending;
        }
        sleep.forget();
        Poll::Ready(())
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.forget();
    }
}

/// While it lives, a request waits in the sandbox for nothing but the clock. Dropped with the
/// request when the client hangs up, so the count is always balanced.
#[derive(Debug)]
pub(crate) struct Parked(Clock);

impl Parked {
    pub(super) fn new(clock: Clock) -> Self {
        clock.leave();
        Self(clock)
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        self.0.enter();
    }
}
