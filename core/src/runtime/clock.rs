//! Time and chance, injected: everything else asks a [`Clock`], so tests never wait.
//!
//! `clippy.toml` bans the standard clocks, sleeps and random numbers outside this file.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use crate::model::time::Timestamp;

use crate::runtime::BoxFuture;

/// Where a client takes its time and its chance from.
///
/// [`SystemClock`] is the default; [`ManualClock`] stands still until a test moves it; the
/// sandbox hands out one that both sides share.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The wall-clock time.
    fn now(&self) -> Timestamp;

    /// Time since an arbitrary origin; never goes back.
    fn monotonic(&self) -> Duration;

    /// Completes once `duration` has passed on this clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// A number in `[0, 1)`.
    fn random(&self) -> f64;

    /// Which clock it is: two handles of one clock give the same number. What clients share (limiters,
    /// budgets, logins) is shared by those on one clock.
    fn id(&self) -> usize;

    /// A call starts to run: a virtual clock must not jump before [`Clock::leave`].
    fn enter(&self) {}

    /// A call ended, or waits for nothing but this clock.
    fn leave(&self) {}

    /// A call that runs waits for a function of the caller. That function works in the machine's
    /// time: a virtual clock gives it a while, and then jumps, or one that hangs would never be ended
    /// by a time limit.
    fn ask(&self) {}

    /// That function has answered, or is not waited for any more.
    fn answered(&self) {}
}

/// While it lives, its call waits for a function of the caller.
pub(crate) struct Asking<'a>(&'a dyn Clock);

impl<'a> Asking<'a> {
    pub(crate) fn on(clock: &'a dyn Clock) -> Self {
        clock.ask();
        Self(clock)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.answered();
    }
}

/// While it lives, its call waits for nothing but the clock or another call, and a virtual clock
/// may jump.
pub(crate) struct Waiting<'a>(&'a dyn Clock);

impl<'a> Waiting<'a> {
    pub(crate) fn on(clock: &'a dyn Clock) -> Self {
        clock.leave();
        Self(clock)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.enter();
    }
}

/// Sleeps for a call: the sleep is known to the clock before the call is said to wait, so that a
/// virtual clock cannot jump past it in between.
pub(crate) async fn pause(clock: &dyn Clock, duration: Duration) {
    let mut sleep = clock.sleep(duration);
    let at_once = poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx).is_ready())).await;
    if !at_once {
        let _waiting = Waiting::on(clock);
        sleep.await;
    }
}

/// While it lives, a call runs.
pub(crate) struct Busy(Arc<dyn Clock>);

impl Busy {
    pub(crate) fn on(clock: &Arc<dyn Clock>) -> Self {
        clock.enter();
        Self(Arc::clone(clock))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[expect(clippy::disallowed_methods, reason = "this is where the process clock is read")]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from(SystemTime::now())
    }

    fn monotonic(&self) -> Duration {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        ORIGIN.get_or_init(Instant::now).elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }

    fn id(&self) -> usize {
        0
    }
}

/// A clock that moves only when it is told to, with a fixed random number. Clones share the time.
///
/// ```
/// use std::time::Duration;
/// use keywright::{Clock, ManualClock};
///
/// let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().expect("a valid time"));
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now().to_string(), "2026-01-01T01:00:00Z");
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    start: Timestamp,
    state: Arc<Mutex<ManualState>>,
}

#[derive(Debug)]
struct ManualState {
    elapsed: Duration,
    random: f64,
    sleepers: BTreeMap<(Duration, u64), Waker>,
    next_sleeper: u64,
}

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        let state = ManualState { elapsed: Duration::ZERO, random: 0.0, sleepers: BTreeMap::new(), next_sleeper: 0 };
        Self { start, state: Arc::new(Mutex::new(state)) }
    }

    /// Moves the clock forward and wakes, in order, what has become due.
    pub fn advance(&self, by: Duration) {
        let due = {
            let mut state = lock(&self.state);
            state.elapsed = state.elapsed.saturating_add(by);
            let limit = (state.elapsed, u64::MAX);
            let later = state.sleepers.split_off(&limit);
            std::mem::replace(&mut state.sleepers, later)
        };
        due.into_values().for_each(Waker::wake);
    }

    /// Moves the clock to its earliest sleeper; `false` when nobody sleeps.
    pub fn advance_to_next(&self) -> bool {
        let wait = {
            let state = lock(&self.state);
            let Some(((due, _), _)) = state.sleepers.first_key_value() else { return false };
            due.saturating_sub(state.elapsed)
        };
        self.advance(wait);
        true
    }

    /// Sets the number that [`Clock::random`] gives from now on.
    pub fn set_random(&self, number: f64) {
        lock(&self.state).random = number;
    }

    /// How far the clock was moved since it was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        lock(&self.state).elapsed
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.start + self.elapsed()
    }

    fn monotonic(&self) -> Duration {
        self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut state = lock(&self.state);
        let due = state.elapsed.saturating_add(duration);
        let id = state.next_sleeper;
        state.next_sleeper += 1;
        Box::pin(ManualSleep { state: Arc::clone(&self.state), key: (due, id) })
    }

    fn random(&self) -> f64 {
        lock(&self.state).random
    }

    fn id(&self) -> usize {
        Arc::as_ptr(&self.state).addr()
    }
}

struct ManualSleep {
    state: Arc<Mutex<ManualState>>,
    key: (Duration, u64),
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        if state.elapsed >= self.key.0 {
            return Poll::Ready(());
        }
        state.sleepers.insert(self.key, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        lock(&self.state).sleepers.remove(&self.key);
    }
}

fn lock(state: &Mutex<ManualState>) -> MutexGuard<'_, ManualState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_dropped_sleep_leaves_nothing_behind() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let mut sleep = clock.sleep(Duration::from_secs(1));
        assert!(std::future::poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx).is_pending())).await);
        assert_eq!(lock(&clock.state).sleepers.len(), 1);
        drop(sleep);
        assert_eq!(lock(&clock.state).sleepers.len(), 0);
    }

    #[tokio::test]
    async fn the_clock_jumps_from_sleeper_to_sleeper() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let other = clock.clone();
        let task = tokio::spawn(async move { other.sleep(Duration::from_secs(90)).await });
        while !clock.advance_to_next() {
            tokio::task::yield_now().await;
        }
        assert!(task.await.is_ok());
        assert_eq!(clock.elapsed(), Duration::from_secs(90));
    }
}
