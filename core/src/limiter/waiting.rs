//! One call that waits in a limiter.
//!
//! The first in line holds the line's timer, everybody at most one for the own deadline; whoever
//! makes room wakes exactly those who may go. A call that waits is *away*: it has told the clock
//! that it waits for nothing else, and whoever wakes it takes that back on its behalf, before the
//! waker runs, so that a virtual clock never jumps over a call that is about to run.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::limiter::queue::Waiter;
use crate::limiter::state::Grant;
use crate::limiter::{Entry, Inner, Limiter, Permit, Refused, Ticket, wake};
use crate::model::error::Stop;
use crate::runtime::BoxFuture;
use crate::runtime::clock::Clock;

/// What a waiting call and those who wake it share, under the limiter's lock.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// Boxed, as the timer below: while a call waits it has neither.
    pub(super) verdict: Option<Box<Verdict>>,
    waker: Option<Waker>,
    /// Roused since its last poll: it will be polled again.
    roused: bool,
    away: bool,
}

/// What a waiting call is to be told.
#[derive(Debug)]
pub(super) enum Verdict {
    Granted(Grant),
    Refused(Refused),
}

impl Slot {
    /// Makes the call run again; the waker is called after the lock.
    pub(super) fn rouse(&mut self, clock: &dyn Clock) -> Option<Waker> {
        self.roused = true;
        self.come_back(clock);
        self.waker.take()
    }

    fn come_back(&mut self, clock: &dyn Clock) {
        if std::mem::take(&mut self.away) {
            clock.enter();
        }
    }

    fn go_away(&mut self, clock: &dyn Clock) {
        if !self.roused && !std::mem::replace(&mut self.away, true) {
            clock.leave();
        }
    }
}

/// The future behind [`Limiter::admit`] for a call that cannot go at once.
pub(crate) struct Waiting<'a> {
    limiter: &'a Arc<Limiter>,
    ticket: &'a Ticket,
    entry: Entry,
    deadline: Option<Duration>,
    timer: Option<Box<(Duration, BoxFuture<'static, ()>)>>,
}

/// What a look at the limiter gave.
enum Look {
    Done(Result<Permit, Refused>),
    /// Wait until this time, or to be roused.
    Sleep(Option<Duration>),
}

impl<'a> Waiting<'a> {
    pub(crate) fn new(limiter: &'a Arc<Limiter>, ticket: &'a Ticket, entry: Entry, deadline: Option<Duration>) -> Self {
        Self { limiter, ticket, entry, deadline, timer: None }
    }

    fn look(&mut self, waiter: Waiter, now: Duration, waker: &Waker) -> Look {
        let clock = &*self.limiter.clock;
        let mut inner = self.limiter.lock();
        if let Some(slot) = inner.slots.get_mut(&waiter.arrival()) {
            slot.come_back(clock);
            slot.waker = None;
        }
        let mut due = inner.drive(now, clock);
        let look = self.judge(&mut inner, waiter, now, waker, &mut due);
        drop(inner);
        wake(due);
        look
    }

    fn judge(&mut self, inner: &mut Inner, waiter: Waiter, now: Duration, waker: &Waker, due: &mut Vec<Waker>) -> Look {
        let arrival = waiter.arrival();
        let verdict = inner.slots.get_mut(&arrival).and_then(|slot| slot.verdict.take());
        if let Some(verdict) = verdict {
            self.finish(inner, waiter);
            return Look::Done(match *verdict {
                Verdict::Granted(grant) => Ok(self.limiter.permit(grant)),
                Verdict::Refused(refused) => Err(refused),
            });
        }
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.finish(inner, waiter);
            inner.state.withdraw(waiter);
            due.extend(inner.drive(now, &*self.limiter.clock));
            let retry_after = inner.state.estimate(self.ticket, now);
            return Look::Done(Err(Refused { retry_after, stop: Stop::Deadline }));
        }
        if let Some(slot) = inner.slots.get_mut(&arrival) {
            slot.roused = false;
            slot.waker = Some(waker.clone());
        }
        let turn = inner.armed.filter(|(_, holder)| *holder == waiter).map(|(at, _)| at);
        Look::Sleep(turn.into_iter().chain(self.deadline).min())
    }

    fn finish(&mut self, inner: &mut Inner, waiter: Waiter) {
        self.entry = Entry::Through(None);
        inner.slots.remove(&waiter.arrival());
    }

    /// Whether the time has come.
    fn is_due(&mut self, at: Option<Duration>, now: Duration, cx: &mut Context<'_>) -> bool {
        let Some(at) = at else {
            self.timer = None;
            return false;
        };
        let known = self.timer.take().filter(|timer| timer.0 == at);
        let timer = known.unwrap_or_else(|| Box::new((at, self.limiter.clock.sleep(at.saturating_sub(now)))));
        let due = self.timer.insert(timer).1.as_mut().poll(cx).is_ready();
        if due {
            self.timer = None;
        }
        due
    }
}

impl Future for Waiting<'_> {
    type Output = Result<Permit, Refused>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let waiter = match &mut self.entry {
            // Polled after its end it never wakes, as any future may.
            Entry::Through(told) => return told.take().map_or(Poll::Pending, Poll::Ready),
            Entry::InLine(waiter) => *waiter,
        };
        loop {
            let now = self.limiter.clock.monotonic();
            let at = match self.look(waiter, now, cx.waker()) {
                Look::Done(result) => return Poll::Ready(result),
                Look::Sleep(at) => at,
            };
            if !self.is_due(at, now, cx) {
                break;
            }
        }
        let mut inner = self.limiter.lock();
        if let Some(slot) = inner.slots.get_mut(&waiter.arrival()) {
            slot.go_away(&*self.limiter.clock);
        }
        Poll::Pending
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let Entry::InLine(waiter) = self.entry else { return };
        let clock = &*self.limiter.clock;
        let now = clock.monotonic();
        let mut inner = self.limiter.lock();
        let slot = inner.slots.remove(&waiter.arrival());
        let verdict = slot.and_then(|mut slot| {
            slot.come_back(clock);
            slot.verdict
        });
        match verdict.map(|verdict| *verdict) {
            Some(Verdict::Granted(grant)) => inner.state.release(grant, now),
            Some(Verdict::Refused(_)) => {}
            None => {
                inner.state.withdraw(waiter);
            }
        }
        let due = inner.drive(now, clock);
        drop(inner);
        wake(due);
    }
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("entry", &self.entry).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
