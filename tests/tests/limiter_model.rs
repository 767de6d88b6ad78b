//! A model of a limiter's admission: every interleaving of a few calls, with a checked lock.
//!
//! The limiter's own sources are compiled here a second time, with `loom`'s mutex as their lock, so
//! that no special build of everything below them is needed. A lost wake-up shows as a deadlock,
//! a lost permit as a count that is not zero.

#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, clippy::panic)]

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use keywright::Timestamp;

use limiter::{Answer, Limiter, Priority, Throttle};
use runtime::clock::Clock;

#[path = "../../core/src/limiter/mod.rs"]
pub mod limiter;
#[path = "../../core/src/model/wire_enum.rs"]
mod wire_enum;

mod runtime {
    use std::pin::Pin;

    pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

    pub mod clock {
        pub use keywright::Clock;
    }
}

mod model {
    pub use keywright::RateLimit;

    pub(crate) use super::wire_enum;

    pub mod time {
        pub use keywright::{SignedDuration, Timestamp};
    }

    pub mod error {
        pub use keywright::Stop;
    }
}

mod transport {
    pub mod wire {
        #[derive(Debug)]
        pub struct WireHead;
    }
}

mod retry {

    pub mod sync {
        pub use loom::sync::{Mutex, MutexGuard};
    }

    pub mod server_delay {
        use keywright::Timestamp;

        /// No answer of the model has a date.
        pub fn server_time(_: &crate::transport::wire::WireHead, _: Timestamp) -> Option<Timestamp> {
            None
        }
    }

    pub mod backoff {
        use std::time::Duration;

        pub fn spread(server_delay: Duration, _: f64) -> Duration {
            server_delay
        }
    }
}

/// Every look at it is a minute later, and no sleep lasts: time never holds a call up, only the
/// other calls do.
#[derive(Debug, Default)]
struct Hasty {
    looks: AtomicU64,
    running: AtomicI64,
}

impl Clock for Hasty {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(60 * self.looks.fetch_add(1, Ordering::Relaxed))
    }

    fn sleep(&self, _: Duration) -> runtime::BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.0
    }

    fn id(&self) -> usize {
        1
    }

    fn enter(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    fn leave(&self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A limiter with room for one request.
fn narrow_limiter(clock: &Arc<Hasty>) -> Arc<Limiter> {
    let limiter = Limiter::new(Arc::clone(clock) as Arc<dyn Clock>);
    let ticket = limiter.ticket(Priority::Normal, Throttle::Wait);
    let permit = loom::future::block_on(limiter.admit(&ticket, None)).expect("a new limiter is open");
    limiter.answered(permit, Answer::Throttled { server_delay: Some(Duration::from_secs(1)) }, None);
    limiter
}

fn check(limiter: &Limiter, clock: &Hasty) {
    let view = limiter.view();
    assert_eq!((view.in_flight, view.waiting), (0, 0), "a permit or a place was lost");
    assert_eq!(clock.running.load(Ordering::Relaxed), 0, "enter and leave are not balanced");
}

fn model(run: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(run);
}

/// A call that is answered, or whose connection dies.
fn call(limiter: &Arc<Limiter>, answered: bool) {
    let ticket = limiter.ticket(Priority::Normal, Throttle::Wait);
    let permit = loom::future::block_on(limiter.admit(&ticket, None)).expect("it waits without a deadline");
    if answered {
        limiter.answered(permit, Answer::Ok, None);
    } else {
        permit.release();
    }
}

/// A call that looks once and then gives up.
fn impatient(limiter: &Arc<Limiter>) {
    struct Once<F>(F);
    impl<F: Future + Unpin> Future for Once<F> {
        type Output = Option<F::Output>;

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            match Pin::new(&mut self.0).poll(cx) {
                Poll::Ready(output) => Poll::Ready(Some(output)),
                Poll::Pending => Poll::Ready(None),
            }
        }
    }
    let ticket = limiter.ticket(Priority::Urgent, Throttle::Wait);
    drop(loom::future::block_on(Once(pin!(limiter.admit(&ticket, None)))));
}

#[test]
fn whoever_waits_is_woken_when_the_one_before_is_done() {
    for answered in [true, false] {
        model(move || {
            let clock = Arc::new(Hasty::default());
            let limiter = narrow_limiter(&clock);
            let other = {
                let limiter = Arc::clone(&limiter);
                loom::thread::spawn(move || call(&limiter, answered))
            };
            call(&limiter, answered);
            other.join().expect("no panic");
            check(&limiter, &clock);
        });
    }
}

#[test]
fn a_call_that_gives_up_while_it_is_being_woken_passes_its_place_on() {
    model(|| {
        let clock = Arc::new(Hasty::default());
        let limiter = narrow_limiter(&clock);
        let others = [true, false].map(|patient| {
            let limiter = Arc::clone(&limiter);
            loom::thread::spawn(move || if patient { call(&limiter, false) } else { impatient(&limiter) })
        });
        // Without an answer the window stays at one: the place must be passed on to be used at all.
        call(&limiter, false);
        others.into_iter().for_each(|other| other.join().expect("no panic"));
        check(&limiter, &clock);
    });
}
