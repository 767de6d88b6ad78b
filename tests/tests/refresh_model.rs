//! A model of the single-flight refresh: every interleaving of a few callers, with checked locks.
//!
//! The flight's own source is compiled here a second time, with `loom`'s locks in place of its
//! own. A caller that is never woken shows as a deadlock; the service refuses to be asked by two
//! at once, and to be asked again once it has given all that the callers need.

#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use keywright::ManualClock;
use keywright::Timestamp;
use loom::sync::{Mutex, MutexGuard};

use single_flight::{Expiring, Freshness, SingleFlight, Source};

#[path = "../../core/src/auth/single_flight.rs"]
mod single_flight;

mod auth {
    pub mod sync {
        pub use loom::sync::{Mutex, MutexGuard};

        pub use crate::Turn;
    }
}

mod runtime {
    pub mod clock {
        pub use keywright::Clock;

        /// No clock of the model jumps, so none has to be told.
        pub struct Waiting;

        impl Waiting {
            pub fn on(_: &dyn Clock) -> Self {
                Self
            }
        }
    }
}

/// The turn on `loom`'s mutex. Everybody who waits may get a free turn, not only the first in
/// line: that covers every order of the fair one.
#[derive(Debug, Default)]
pub struct Turn(Mutex<Line>);

#[derive(Debug, Default)]
struct Line {
    is_taken: bool,
    waiting: VecDeque<Waker>,
}

#[derive(Debug)]
pub struct Taken<'a>(&'a Turn);

#[derive(Debug)]
pub struct AnothersTurn;

impl Turn {
    pub fn try_lock(&self) -> Result<Taken<'_>, AnothersTurn> {
        let was_taken = std::mem::replace(&mut self.line().is_taken, true);
        if was_taken { Err(AnothersTurn) } else { Ok(Taken(self)) }
    }

    pub fn lock(&self) -> impl Future<Output = Taken<'_>> + Send {
        poll_fn(|cx| {
            let mut line = self.line();
            if std::mem::replace(&mut line.is_taken, true) {
                line.waiting.push_back(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(Taken(self))
        })
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let waiting = {
            let mut line = self.0.line();
            line.is_taken = false;
            std::mem::take(&mut line.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// The first token is number 1.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    number: usize,
    freshness: Freshness,
}

impl Expiring for Token {
    fn freshness(&self, _: Duration) -> Freshness {
        self.freshness
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Down;

/// Answers as its script says, one after the other; `None` is a failure.
struct Service {
    script: &'static [Option<Freshness>],
    answered: AtomicUsize,
    tokens: AtomicUsize,
    is_asked: AtomicBool,
}

/// One request on its way; it ends with its answer, or when its caller leaves.
struct Asking<'a>(&'a Service);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.is_asked.store(false, Ordering::SeqCst);
    }
}

impl Service {
    async fn ask(&self) -> Result<Token, Down> {
        assert!(!self.is_asked.swap(true, Ordering::SeqCst), "two fetch at once");
        let _asking = Asking(self);
        assert!(self.answered.load(Ordering::SeqCst) < self.script.len(), "fetched though there was a token to take");
        yield_once().await;
        let freshness = self.script[self.answered.fetch_add(1, Ordering::SeqCst)].ok_or(Down)?;
        Ok(Token { number: self.tokens.fetch_add(1, Ordering::SeqCst) + 1, freshness })
    }
}

impl Source<Token> for Service {
    type Error = Down;

    fn renew(&self, _: &Token) -> impl Future<Output = Result<Token, Down>> + Send {
        self.ask()
    }

    fn obtain(&self, _: Option<&Token>) -> impl Future<Output = Result<Token, Down>> + Send {
        self.ask()
    }
}

async fn yield_once() {
    let mut has_yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What one caller wants.
#[derive(Debug, Clone, Copy)]
enum Want {
    Any,
    /// Another than the first, which was refused.
    Second,
    /// As those two, but it leaves after one look.
    AnyOrLeave,
    SecondOrLeave,
}

struct World {
    flight: SingleFlight<Token>,
    service: Service,
    clock: ManualClock,
}

impl World {
    /// With the first token of the script already fetched, when `begun`.
    fn new(script: &'static [Option<Freshness>], begun: bool) -> Arc<Self> {
        let service =
            Service { script, answered: AtomicUsize::new(0), tokens: AtomicUsize::new(0), is_asked: AtomicBool::new(false) };
        let world = Self { flight: SingleFlight::new(), service, clock: ManualClock::at(Timestamp::UNIX_EPOCH) };
        if begun {
            assert_eq!(world.call(Want::Any), Some(Ok(1)));
        }
        Arc::new(world)
    }

    /// The number of the token that the caller got; `None` when it left.
    fn call(&self, want: Want) -> Option<Result<usize, Down>> {
        let any = self.flight.token(&self.service, &self.clock);
        let second = self.flight.fetch(|token| token.number == 1, &self.service, &self.clock);
        let number = |got: Result<Token, Down>| got.map(|token| token.number);
        match want {
            Want::Any => Some(number(loom::future::block_on(any))),
            Want::Second => Some(number(loom::future::block_on(second))),
            Want::AnyOrLeave => loom::future::block_on(look_once(any)).map(number),
            Want::SecondOrLeave => loom::future::block_on(look_once(second)).map(number),
        }
    }

    fn held(&self) -> usize {
        self.flight.held().map_or(0, |token| token.number)
    }
}

async fn look_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

type Outcomes = Vec<Option<Result<usize, Down>>>;

/// Runs the callers side by side, in every order, and checks what they got.
fn model(script: &'static [Option<Freshness>], begun: bool, wants: &'static [Want], check: fn(&World, Outcomes)) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(move || {
        let world = World::new(script, begun);
        let call = |want: &'static Want| {
            let world = Arc::clone(&world);
            move || world.call(*want)
        };
        let (own, others) = wants.split_first().expect("a caller");
        let others: Vec<_> = others.iter().map(|want| loom::thread::spawn(call(want))).collect();
        let mut outcomes = vec![call(own)()];
        outcomes.extend(others.into_iter().map(|other| other.join().expect("no panic")));
        check(&world, outcomes);
    });
}

const FRESH: Option<Freshness> = Some(Freshness::Fresh);
const AGING: Option<Freshness> = Some(Freshness::RefreshSoon);
const STALE: Option<Freshness> = Some(Freshness::Expired);
const FAILS: Option<Freshness> = None;

fn all_got(outcomes: &Outcomes, number: usize) {
    assert!(outcomes.iter().all(|got| *got == Some(Ok(number))), "{outcomes:?}");
}

#[test]
fn callers_without_a_token_share_one_fetch() {
    model(&[FRESH], false, &[Want::Any, Want::Any, Want::Any], |_, outcomes| all_got(&outcomes, 1));
}

#[test]
fn callers_whose_token_is_over_share_one_fetch() {
    model(&[STALE, FRESH], true, &[Want::Any, Want::Any, Want::Any], |_, outcomes| all_got(&outcomes, 2));
}

#[test]
fn a_refused_token_is_replaced_once() {
    model(&[FRESH, FRESH], true, &[Want::Second, Want::Second, Want::Second], |_, outcomes| all_got(&outcomes, 2));
    model(&[AGING, FRESH], true, &[Want::Second, Want::Any, Want::Second], |_, outcomes| {
        assert_eq!((&outcomes[0], &outcomes[2]), (&Some(Ok(2)), &Some(Ok(2))));
        assert!(outcomes[1] == Some(Ok(1)) || outcomes[1] == Some(Ok(2)), "{outcomes:?}");
    });
}

#[test]
fn a_token_is_renewed_early_once_and_nobody_waits_for_it() {
    model(&[AGING, FRESH], true, &[Want::Any, Want::Any, Want::Any], |world, outcomes| {
        assert!(outcomes.iter().all(|got| matches!(got, Some(Ok(1 | 2)))), "{outcomes:?}");
        assert_eq!(world.held(), 2);
    });
}

#[test]
fn a_renewal_that_fails_early_is_tried_once_and_the_old_token_goes_out() {
    model(&[AGING, FAILS], true, &[Want::Any, Want::Any, Want::Any], |_, outcomes| all_got(&outcomes, 1));
}

#[test]
fn a_fetch_that_fails_is_the_error_of_its_caller_alone() {
    model(&[FAILS, FRESH], false, &[Want::Any, Want::Any, Want::Any], |_, outcomes| {
        let failed = outcomes.iter().filter(|got| **got == Some(Err(Down))).count();
        let got = outcomes.iter().filter(|got| **got == Some(Ok(1))).count();
        assert_eq!((failed, got), (1, 2), "{outcomes:?}");
    });
}

#[test]
fn a_caller_that_leaves_passes_the_turn_on() {
    model(&[FRESH], false, &[Want::Any, Want::AnyOrLeave, Want::Any], |world, outcomes| {
        assert_eq!((&outcomes[0], &outcomes[2], world.held()), (&Some(Ok(1)), &Some(Ok(1)), 1));
    });
    model(&[FRESH, FRESH], true, &[Want::Second, Want::SecondOrLeave, Want::Second], |world, outcomes| {
        assert_eq!((&outcomes[0], &outcomes[2], world.held()), (&Some(Ok(2)), &Some(Ok(2)), 2));
    });
    model(&[AGING, FRESH], true, &[Want::Second, Want::AnyOrLeave], |world, outcomes| {
        assert_eq!((&outcomes[0], world.held()), (&Some(Ok(2)), 2));
    });
}

#[test]
#[should_panic(expected = "two fetch at once")]
fn a_service_that_two_ask_at_once_says_so() {
    loom::model(|| {
        let world = World::new(&[FRESH, FRESH], false);
        let other = Arc::clone(&world);
        let thread = loom::thread::spawn(move || loom::future::block_on(other.service.ask()));
        let _ = loom::future::block_on(world.service.ask());
        let _ = thread.join();
    });
}
