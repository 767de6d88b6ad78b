//! The shared throttle of one (origin, credential, bucket): one learned rate for all its callers.
//!
//! A hundred tasks that each retry on their own ask a throttled service five times per success;
//! here they stand in one line, so that a refusal of one is known to all.
//! The rules are in [`state`], pure; this module adds the lock, the waiting and the clock.
//!
//! ```
//! use std::sync::Arc;
//! use keywright::{Clock, ManualClock, Priority, Throttle};
//! use keywright::retry::{Answer, Limiter};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
//! # runtime.block_on(async {
//! let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2026-01-01T00:00:00Z".parse().expect("a time")));
//! let limiter = Limiter::new(clock);
//! let ticket = limiter.ticket(Priority::Normal, Throttle::Wait);
//! let permit = limiter.admit(&ticket, None).await.expect("nobody throttled this limiter");
//! limiter.answered(permit, Answer::Ok, None);
//! # });
//! ```

mod queue;
mod registry;
pub(crate) mod skew;
pub mod state;
mod token_bucket;
mod waiting;
mod waves;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::Waker;
use std::time::Duration;

use crate::model::time::{SignedDuration, Timestamp};

use crate::limiter::skew::Skew;
use crate::model::RateLimit;
use crate::model::error::Stop;
use crate::model::wire_enum::wire_enum;
use crate::retry::server_delay;
use crate::retry::sync::{Mutex, MutexGuard};
use crate::runtime::clock::Clock;
use crate::transport::wire::WireHead;
use state::{Arrival, Grant, LimiterState, Next};
use waiting::{Slot, Verdict};

pub use queue::Waiter;
pub use registry::{Fingerprint, LimiterKey, Limiters};
pub(crate) use waiting::Waiting;

wire_enum! {
    /// Which calls go first.
    #[derive(PartialOrd, Ord, Default)]
    Priority {
        /// Before all others, and as a probe in a cool-down: a leaked key must not wait behind bulk
        /// traffic. Revoke, delete and archive are urgent by themselves.
        Urgent = "urgent",
        /// In the order of the calls.
        #[default]
        Normal = "normal",
        /// When nobody else waits.
        Background = "background",
    }
}

wire_enum! {
    /// What a call does when its limiter is closed.
    #[derive(Default)]
    Throttle {
        /// It waits in line.
        #[default]
        Wait = "wait",
        /// It fails at once and says when to come back.
        Fail = "fail",
    }
}

/// A call's place in line, kept over all its attempts: who was refused is not last again.
#[derive(Debug)]
pub struct Ticket {
    sequence: u64,
    priority: Priority,
    throttle: Throttle,
    /// The longest cool-down that the call waits out.
    patience: Duration,
    /// How many may wait for it to join them.
    queue_limit: usize,
    /// It has been let in before.
    admitted: AtomicBool,
}

impl Ticket {
    /// A place in line for a limiter that is driven by hand; others come from [`Limiter::ticket`].
    #[must_use]
    pub fn new(sequence: u64, priority: Priority, throttle: Throttle) -> Self {
        let (patience, queue_limit) = (Duration::MAX, usize::MAX);
        Self { sequence, priority, throttle, patience, queue_limit, admitted: AtomicBool::new(false) }
    }

    /// Does not wait when the limiter is closed for longer than this; urgent calls do.
    #[must_use]
    pub fn max_retry_after(mut self, longest: Duration) -> Self {
        self.patience = longest;
        self
    }

    /// Does not join a line of so many.
    #[must_use]
    pub fn queue_limit(mut self, most: usize) -> Self {
        self.queue_limit = most;
        self
    }

    /// Whether the call was let into the line, or through, before: it comes back to its own place.
    fn was_admitted(&self) -> bool {
        self.admitted.load(Ordering::Relaxed)
    }

    fn note_admitted(&self) {
        self.admitted.store(true, Ordering::Relaxed);
    }
}

/// What came back for an admitted request. When nothing came back, drop the permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A success.
    Ok,
    /// A refusal because of too many requests.
    Throttled {
        /// The service's own delay.
        server_delay: Option<Duration>,
    },
    /// A 503: the service is out of order, or this is how it limits.
    Unavailable {
        /// The service's own delay.
        server_delay: Option<Duration>,
    },
    /// An answer that is none of these: it passed the rate limit all the same, and counts as passed.
    Other,
}

/// Why a call was not admitted; nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// When the limiter expects to have room.
    pub retry_after: Duration,
    /// [`Stop::Deadline`], [`Stop::RetryAfterTooLong`], [`Stop::ThrottleFail`] or [`Stop::QueueFull`].
    pub stop: Stop,
}

/// The right to send one request; dropping it gives it back.
#[must_use = "dropping a permit gives it back"]
pub struct Permit {
    limiter: Arc<Limiter>,
    grant: Option<Grant>,
}

impl Permit {
    /// Gives it back without an answer.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(grant) = self.grant.take() {
            let now = self.limiter.clock.monotonic();
            self.limiter.change(now, |state| state.release(grant, now));
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("grant", &self.grant).finish_non_exhaustive()
    }
}

/// What a call gets that comes to a limiter.
#[derive(Debug)]
pub(crate) enum Entry {
    /// It may send now, or does not wait; none once it has been told.
    Through(Option<Result<Permit, Refused>>),
    /// It is in line: [`Waiting`] is how it gets on.
    InLine(Waiter),
}

/// How a limiter stands, for events and metrics.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LimiterView {
    /// Requests per second, once learned from a refusal.
    pub rate: Option<f64>,
    /// What is left of the cool-down.
    pub cool_down: Duration,
    /// Requests in flight.
    pub in_flight: u32,
    /// Calls that wait.
    pub waiting: usize,
    /// How far the service's clock is ahead of ours.
    pub skew: SignedDuration,
}

impl LimiterView {
    /// Both limiters seen as one: the slower rate, the longer cool-down, the farther clock, and all
    /// of their calls.
    pub(crate) fn worst(self, other: Self) -> Self {
        let slower = |one: f64| other.rate.map_or(one, |rate| rate.min(one));
        Self {
            rate: self.rate.map(slower).or(other.rate),
            cool_down: self.cool_down.max(other.cool_down),
            in_flight: self.in_flight.saturating_add(other.in_flight),
            waiting: self.waiting + other.waiting,
            skew: if other.skew.unsigned_abs() > self.skew.unsigned_abs() { other.skew } else { self.skew },
        }
    }
}

/// The shared throttle of one (origin, credential, bucket).
#[derive(Debug)]
pub struct Limiter {
    clock: Arc<dyn Clock>,
    tickets: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: LimiterState,
    /// The waiting calls, by arrival.
    slots: HashMap<u64, Slot>,
    /// Who holds the timer of the line, and for when.
    armed: Option<(Duration, Waiter)>,
    skew: Skew,
}

impl Limiter {
    /// An unthrottled limiter.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        let state = LimiterState::new(clock.monotonic());
        let inner = Inner { state, slots: HashMap::new(), armed: None, skew: Skew::default() };
        Arc::new(Self { clock, tickets: AtomicU64::new(0), inner: Mutex::new(inner) })
    }

    /// The next place in line: one per call, kept over its attempts.
    #[must_use]
    pub fn ticket(&self, priority: Priority, throttle: Throttle) -> Ticket {
        Ticket::new(self.tickets.fetch_add(1, Ordering::Relaxed), priority, throttle)
    }

    /// Waits for the right to send one request; `deadline` is on the monotonic clock. Dropping
    /// the future frees the place.
    ///
    /// # Errors
    /// [`Refused`] when the wait would outlast the deadline, or does, or is longer than the ticket
    /// allows, when too many wait, or when the ticket says not to wait.
    pub async fn admit(self: &Arc<Self>, ticket: &Ticket, deadline: Option<Duration>) -> Result<Permit, Refused> {
        Waiting::new(self, ticket, self.enter(ticket, deadline), deadline).await
    }

    /// The first half of [`Limiter::admit`]: the answer, or a place in line, which must be waited for.
    pub(crate) fn enter(self: &Arc<Self>, ticket: &Ticket, deadline: Option<Duration>) -> Entry {
        let now = self.clock.monotonic();
        let mut inner = self.lock();
        match inner.state.arrive(ticket, deadline, now) {
            Arrival::Granted(grant) => Entry::Through(Some(Ok(self.permit(grant)))),
            Arrival::Refused(refused) => Entry::Through(Some(Err(refused))),
            Arrival::Waits(waiter) => {
                inner.slots.insert(waiter.arrival(), Slot::default());
                Entry::InLine(waiter)
            }
        }
    }

    /// Gives a permit back with what came of it. Whether it was a 503 by which the service
    /// limits its requests, as far as the limiter can tell.
    pub fn answered(&self, mut permit: Permit, answer: Answer, rate_limit: Option<RateLimit>) -> bool {
        debug_assert!(std::ptr::eq(self, Arc::as_ptr(&permit.limiter)), "a permit goes back to its own limiter");
        let Some(grant) = permit.grant.take() else { return false };
        let chance = match answer {
            Answer::Throttled { .. } | Answer::Unavailable { .. } => self.clock.random(),
            Answer::Ok | Answer::Other => 0.0,
        };
        let now = self.clock.monotonic();
        self.change(now, |state| state.answered(grant, answer, rate_limit, now, chance))
    }

    /// Learns from an answer's `Date` how far the service's clock is ahead; the exchange began and
    /// ended at these local times.
    pub fn note_date(&self, head: &WireHead, sent: Timestamp, received: Timestamp) {
        if let Some(date) = server_delay::server_time(head, received) {
            self.lock().skew.note(date, sent, received);
        }
    }

    /// The service's time, as far as its answers told.
    #[must_use]
    pub fn server_now(&self) -> Timestamp {
        let skew = self.lock().skew.median();
        self.clock.now() + skew
    }

    /// How the limiter stands.
    #[must_use]
    pub fn view(&self) -> LimiterView {
        let now = self.clock.monotonic();
        let inner = self.lock();
        LimiterView {
            rate: inner.state.rate().filter(|_| !inner.state.forgets_rate(now)),
            cool_down: inner.state.cool_until().saturating_sub(now),
            in_flight: inner.state.in_flight().0,
            waiting: inner.state.waiting(),
            skew: inner.skew.median(),
        }
    }

    fn is_forgettable(&self) -> bool {
        let now = self.clock.monotonic();
        self.lock().state.is_forgettable(now)
    }

    fn permit(self: &Arc<Self>, grant: Grant) -> Permit {
        Permit { limiter: Arc::clone(self), grant: Some(grant) }
    }

    fn change<R>(&self, now: Duration, change: impl FnOnce(&mut LimiterState) -> R) -> R {
        let (changed, due) = {
            let mut inner = self.lock();
            let changed = change(&mut inner.state);
            (changed, inner.drive(now, &*self.clock))
        };
        wake(due);
        changed
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Hands out what can be handed out and sees to it that the first in line holds a timer.
    /// The wakers are for [`wake`], after the lock: a waker may run code of the caller.
    #[must_use]
    fn drive(&mut self, now: Duration, clock: &dyn Clock) -> Vec<Waker> {
        let mut due = Vec::new();
        loop {
            match self.state.next(now) {
                Next::Granted(waiter, grant) => {
                    if let Some(slot) = self.slots.get_mut(&waiter.arrival()) {
                        due.extend(slot.rouse(clock));
                        slot.verdict = Some(Box::new(Verdict::Granted(grant)));
                    }
                }
                Next::Refused(waiter, refused) => {
                    if let Some(slot) = self.slots.get_mut(&waiter.arrival()) {
                        due.extend(slot.rouse(clock));
                        slot.verdict = Some(Box::new(Verdict::Refused(refused)));
                    }
                }
                Next::At(at, waiter) => {
                    let known = self.armed.replace((at, waiter));
                    let holds = known.is_some_and(|(known_at, known)| known == waiter && known_at <= at);
                    if let Some(slot) = self.slots.get_mut(&waiter.arrival()).filter(|_| !holds) {
                        due.extend(slot.rouse(clock));
                    }
                    return due;
                }
                Next::Idle => {
                    self.armed = None;
                    return due;
                }
            }
        }
    }
}

fn wake(due: Vec<Waker>) {
    due.into_iter().for_each(Waker::wake);
}
