//! Limits how many connections the calls of one client use at once.
//!
//! Thousands of calls at once would otherwise open thousands of sockets, and a process that has no
//! descriptor left fails everywhere at the same time. Calls beyond the limit wait in order, within
//! their own time limits.
//!
//! Streams are counted apart from calls. A stream holds its connection for as long as it is read,
//! and whoever reads it may make calls meanwhile: if both drew on one number, streams alone could
//! use it up and wait for ever for the calls of their own readers.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::model::error::{Error, Result};
use crate::runtime::BoxFuture;
use crate::runtime::clock::Clock;

/// The connections that are in use by one client and its clones.
#[derive(Debug)]
pub(crate) struct Connections {
    calls: Arc<Gate>,
    streams: Arc<Gate>,
}

impl Connections {
    /// # Errors
    /// `config` when there would be none.
    pub(crate) fn new(most: usize, clock: &Arc<dyn Clock>) -> Result<Self> {
        if most == 0 {
            return Err(Error::config("max_connections", "is 0: no call could be made", "give at least 1, or leave it out"));
        }
        let gate = || Arc::new(Gate { most, clock: Arc::clone(clock), state: Mutex::default() });
        Ok(Self { calls: gate(), streams: gate() })
    }

    pub(super) fn most(&self) -> usize {
        self.calls.most
    }

    /// Room for one more connection, or `None` when the deadline passes first.
    pub(super) async fn take(&self, streamed: bool, deadline: Option<Duration>) -> Option<Taken> {
        let gate = if streamed { &self.streams } else { &self.calls };
        let id = match gate.enter() {
            Ok(taken) => return Some(taken),
            Err(id) => id,
        };
        let left = deadline.map(|deadline| deadline.saturating_sub(gate.clock.monotonic()));
        Wait { gate, id, timer: left.map(|left| gate.clock.sleep(left)), done: false }.await
    }
}

/// A number of places, given in the order in which they were asked for.
struct Gate {
    most: usize,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    used: usize,
    next: u64,
    waiting: BTreeMap<u64, Slot>,
}

/// One call that waits. While it is *away* the clock knows that it waits for nothing else;
/// whoever gives it a place takes that back on its behalf, so that a virtual clock never jumps
/// over a call that is about to run.
#[derive(Default)]
struct Slot {
    granted: bool,
    away: bool,
    waker: Option<Waker>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("most", &self.most).finish_non_exhaustive()
    }
}

impl Gate {
    /// A place at once, or one in the queue.
    fn enter(self: &Arc<Self>) -> Result<Taken, u64> {
        let mut state = self.lock();
        if state.used < self.most && state.waiting.values().all(|slot| slot.granted) {
            state.used += 1;
            return Ok(Taken(Arc::clone(self)));
        }
        let id = state.next;
        state.next += 1;
        state.waiting.insert(id, Slot::default());
        Err(id)
    }

    /// Gives a place back: to the first who waits, if anybody does.
    fn leave(&self) {
        let mut state = self.lock();
        let waker = match state.waiting.values_mut().find(|slot| !slot.granted) {
            Some(slot) => {
                slot.granted = true;
                if std::mem::take(&mut slot.away) {
                    self.clock.enter();
                }
                slot.waker.take()
            }
            None => {
                state.used -= 1;
                None
            }
        };
        drop(state);
        waker.inspect(Waker::wake_by_ref);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for one connection; given back when dropped.
pub(crate) struct Taken(Arc<Gate>);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.leave();
    }
}

struct Wait<'a> {
    gate: &'a Arc<Gate>,
    id: u64,
    timer: Option<BoxFuture<'static, ()>>,
    done: bool,
}

impl Wait<'_> {
    /// The place, once it was given.
    fn granted(&mut self) -> Option<Taken> {
        let mut state = self.gate.lock();
        state.waiting.get(&self.id).filter(|slot| slot.granted)?;
        state.waiting.remove(&self.id);
        self.done = true;
        Some(Taken(Arc::clone(self.gate)))
    }
}

impl Future for Wait<'_> {
    type Output = Option<Taken>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(taken) = self.granted() {
            return Poll::Ready(Some(taken));
        }
        // The timer is known to the clock before the call is said to wait.
        if self.timer.as_mut().is_some_and(|timer| timer.as_mut().poll(cx).is_ready()) {
            return Poll::Ready(self.granted());
        }
        let gate = Arc::clone(self.gate);
        let mut state = gate.lock();
        let Some(slot) = state.waiting.get_mut(&self.id) else { return Poll::Ready(None) };
        if slot.granted {
            drop(state);
            return Poll::Ready(self.granted());
        }
        slot.waker = Some(cx.waker().clone());
        if !std::mem::replace(&mut slot.away, true) {
            gate.clock.leave();
        }
        Poll::Pending
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        let slot = self.gate.lock().waiting.remove(&self.id);
        match slot {
            Some(Slot { granted: true, .. }) => self.gate.leave(),
            Some(Slot { away: true, .. }) => self.gate.clock.enter(),
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::runtime::clock::ManualClock;

    fn at_once<T>(future: &mut Pin<Box<impl Future<Output = T>>>) -> Option<T> {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    fn connections(most: usize) -> (Connections, ManualClock) {
        let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        (Connections::new(most, &shared).unwrap(), clock)
    }

    #[tokio::test]
    async fn calls_beyond_the_limit_wait_in_order() {
        let (connections, _) = connections(2);
        let (one, two) = (connections.take(false, None).await.unwrap(), connections.take(false, None).await.unwrap());
        let mut third = Box::pin(connections.take(false, None));
        let mut fourth = Box::pin(connections.take(false, None));
        assert!(at_once(&mut third).is_none() && at_once(&mut fourth).is_none());
        drop(one);
        assert!(at_once(&mut fourth).is_none(), "it is not its turn");
        let mut late = Box::pin(connections.take(false, None));
        assert!(at_once(&mut late).is_none(), "nobody overtakes");
        let third = at_once(&mut third).unwrap().unwrap();
        drop((two, third));
        assert!(at_once(&mut late).is_some() && at_once(&mut fourth).is_some());
    }

    #[tokio::test]
    async fn who_leaves_the_queue_passes_its_place_on() {
        let (connections, _) = connections(1);
        let one = connections.take(false, None).await.unwrap();
        let mut second = Box::pin(connections.take(false, None));
        let mut third = Box::pin(connections.take(false, None));
        assert!(at_once(&mut second).is_none() && at_once(&mut third).is_none());
        drop(one);
        drop(second);
        let third = at_once(&mut third).unwrap().unwrap();
        drop(third);
        assert_eq!(connections.calls.lock().used, 0);
        assert!(connections.calls.lock().waiting.is_empty());
    }

    #[tokio::test]
    async fn a_deadline_ends_the_wait() {
        let (connections, clock) = connections(1);
        let _one = connections.take(false, None).await.unwrap();
        let mut second = Box::pin(connections.take(false, Some(Duration::from_secs(2))));
        assert!(at_once(&mut second).is_none());
        clock.advance(Duration::from_secs(2));
        assert!(at_once(&mut second).is_some_and(|taken| taken.is_none()));
        drop(second);
        assert!(connections.calls.lock().waiting.is_empty());
    }

    #[tokio::test]
    async fn streams_never_keep_a_call_waiting() {
        let (connections, _) = connections(1);
        let _stream = connections.take(true, None).await.unwrap();
        assert!(at_once(&mut Box::pin(connections.take(true, None))).is_none());
        assert!(connections.take(false, None).await.is_some());
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(Connections::new(0, &clock).unwrap_err().field(), Some("max_connections"));
    }
}
