//! From the io thread to a thread of the host: one wake-up for many arrivals.
//!
//! The io thread never runs code of the host. It lays what has come into a [`Mailbox`], and wakes
//! the host only when the mailbox was empty, and not before it has nothing else to do itself: at 64
//! calls in flight that is one wake-up for dozens.
//!
//! An end that lies there is nobody's yet: with a new secret it carries the receipt ([`Ended`]), and a
//! host signs it at the last moment before the program has the result. A mailbox that is given up
//! gives back what lies in it.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Wake, Waker};
use std::time::Duration;

pub use keywright::{BoxFuture, Receipt};

use crate::api::Client;
use crate::caller::{Caller, Remembered};
use crate::host::HostQueue;
use crate::process::{Process, Result, Running, WakeFn, wake_host};

/// What has arrived for one thread of the host.
pub struct Mailbox<T> {
    arrived: Mutex<Arrived<T>>,
    wake: WakeFn,
    /// Whose requests were announced here: they need somebody else when this is given up.
    hosts: Mutex<Vec<Weak<HostQueue>>>,
}

struct Arrived<T> {
    items: Vec<T>,
    /// Nobody will take anything any more.
    is_given_up: bool,
}

/// So much that the host should begin with it, even if more comes.
const MANY: usize = 32;

impl<T> fmt::Debug for Mailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox")
    }
}

impl<T> Mailbox<T> {
    /// An empty one; `wake` is called on the io thread whenever something comes into it.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let arrived = Arrived { items: Vec::new(), is_given_up: false };
        Self { arrived: Mutex::new(arrived), wake: Arc::new(wake), hosts: Mutex::default() }
    }

    /// Lays something in; `false` where nobody will take it: then it has been dropped.
    pub fn put(&self, item: T) -> bool {
        let count = {
            let mut arrived = self.lock();
            if arrived.is_given_up {
                drop(arrived);
                return false;
            }
            arrived.items.push(item);
            arrived.items.len()
        };
        match count {
            1 => wake_host(&self.wake),
            MANY => (self.wake)(),
            _ => {}
        }
        true
    }

    /// Takes out everything.
    #[must_use]
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.lock().items)
    }

    /// Whether something waits to be taken.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        !self.lock().items.is_empty()
    }

    /// Nobody will take anything any more. What lies here goes back, and what was announced here is
    /// announced to the next.
    pub fn give_up(&self) {
        let arrived = {
            let mut arrived = self.lock();
            arrived.is_given_up = true;
            std::mem::take(&mut arrived.items)
        };
        // First what has arrived: a result that nobody took may be told of too.
        drop(arrived);
        let hosts = std::mem::take(&mut *self.hosts.lock().unwrap_or_else(PoisonError::into_inner));
        hosts.iter().filter_map(Weak::upgrade).for_each(|host| host.announce_again());
    }

    fn lock(&self) -> MutexGuard<'_, Arrived<T>> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Mailbox<T> {
    /// Notes that requests of that client are announced here.
    fn hears(&self, host: &Weak<HostQueue>) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if !hosts.iter().any(|known| known.ptr_eq(host)) {
            hosts.push(Weak::clone(host));
        }
    }
}

impl<T> Drop for Mailbox<T> {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// Where a blocked thread waits for its mailbox.
#[derive(Debug, Clone, Default)]
pub struct Parker(Arc<(Mutex<bool>, Condvar)>);

impl Parker {
    /// Wakes the thread, or lets its next wait end at once.
    pub fn wake(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_one();
    }

    /// Waits until it is woken or the time is over.
    pub fn wait(&self, at_most: Duration) {
        let woken = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(woken, at_most, |woken| !*woken);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

/// A call on its way. Dropping it aborts the call; what the core still does for it goes on.
#[derive(Debug)]
pub struct Started {
    _running: Running,
    caller: Option<Arc<Caller>>,
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(caller) = &self.caller {
            caller.leave();
        }
    }
}

/// How a call has ended. Dropped before the receipt is signed, a result that has one goes back.
#[must_use = "what is dropped is given back"]
#[derive(Debug)]
pub struct Ended<T> {
    /// What it has ended with.
    pub result: Result<T>,
    /// What is to be signed when the program has the result, where it brings a new secret.
    pub receipt: Option<Receipt>,
}

/// Who asks for a call, where its client may ask the host for something meanwhile.
pub struct Asking<'a> {
    /// The requests of that client.
    pub host: &'a Arc<HostQueue>,
    /// The host's number for the call; no other call of the client has it.
    pub number: u64,
    /// What the host remembers of the caller.
    pub remembered: Remembered,
}

impl fmt::Debug for Asking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Begins a call, of a client or of none, whose end goes into a mailbox. With `asking`, requests of
/// the core that come meanwhile are announced there as `asked`, also after the caller has left.
///
/// # Errors
/// `internal` when the machine gives no thread.
pub fn start<T, R>(
    mailbox: &Arc<Mailbox<R>>,
    client: Option<&Client>,
    asking: Option<Asking<'_>>,
    call: BoxFuture<'static, Result<T>>,
    ended: impl FnOnce(Ended<T>) -> R + Send + 'static,
    asked: impl Fn() -> R + Send + Sync + 'static,
) -> Result<Started>
where
    T: Send + 'static,
    R: Send + 'static,
{
    // Weak: of a mailbox that nobody empties any more nothing may be expected.
    let mailbox = Arc::downgrade(mailbox);
    let caller = match asking {
        Some(Asking { host, number, remembered }) => {
            let (mailbox, hears) = (Weak::clone(&mailbox), Arc::downgrade(host));
            let listening = host.listen(move || {
                let Some(mailbox) = mailbox.upgrade() else { return false };
                mailbox.hears(&hears);
                mailbox.put(asked())
            });
            Some(Caller::new(number, remembered).listening(listening))
        }
        // It may bring a secret all the same.
        None => client.map(|_| Caller::new(0, Box::new(()))),
    };
    let caller = caller.map(Arc::new);
    let call = match client {
        Some(client) => client.held(call),
        None => call,
    };
    let called = caller.clone();
    let done = move |result| {
        let receipt = called.as_ref().and_then(|caller| caller.receipt());
        let ended = ended(Ended { result, receipt });
        if let Some(mailbox) = mailbox.upgrade() {
            mailbox.put(ended);
        }
    };
    let _running = Process::current()?.begin(caller.clone(), call, done);
    Ok(Started { _running, caller })
}

/// A waker that calls a function.
pub fn waker(call: impl Fn() + Send + Sync + 'static) -> Waker {
    struct Call<F>(F);
    impl<F: Fn() + Send + Sync + 'static> Wake for Call<F> {
        fn wake(self: Arc<Self>) {
            (self.0)();
        }
    }
    Waker::from(Arc::new(Call(call)))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn many_arrivals_are_one_wake_up() {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&wakes);
        let mailbox = Mailbox::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        (0..5).for_each(|number| assert!(mailbox.put(number)));
        assert_eq!((mailbox.take(), wakes.load(Ordering::Relaxed)), (vec![0, 1, 2, 3, 4], 1));
        assert!(mailbox.put(5));
        assert_eq!((mailbox.take(), wakes.load(Ordering::Relaxed)), (vec![5], 2));
    }

    #[test]
    fn the_io_thread_wakes_nobody_before_it_has_nothing_else_to_do() {
        let (wakes, parker) = (Arc::new(AtomicUsize::new(0)), Parker::default());
        let (counted, woken) = (Arc::clone(&wakes), parker.clone());
        let mailbox = Arc::new(Mailbox::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            woken.wake();
        }));
        let (filled, seen) = (Arc::clone(&mailbox), Arc::clone(&wakes));
        let call = Box::pin(async move {
            (0..5).for_each(|number| assert!(filled.put(number)));
            tokio::task::yield_now().await;
            Ok(seen.load(Ordering::Relaxed))
        });
        let (tell, told) = std::sync::mpsc::channel();
        let running = Process::current().unwrap().begin(None, call, move |meanwhile| tell.send(meanwhile).unwrap());
        assert_eq!(told.recv().unwrap(), Ok(0));
        parker.wait(Duration::from_secs(10));
        assert_eq!((mailbox.take().len(), wakes.load(Ordering::Relaxed)), (5, 1));
        drop(running);
    }

    #[test]
    fn a_blocked_thread_gets_the_end_of_its_call() {
        let parker = Parker::default();
        let woken = parker.clone();
        let mailbox = Arc::new(Mailbox::new(move || woken.wake()));
        let started = start(&mailbox, None, None, Box::pin(async { Ok(7) }), Some, || None).unwrap();
        let mut arrived = Vec::new();
        while arrived.is_empty() {
            parker.wait(Duration::from_secs(10));
            arrived = mailbox.take();
        }
        let ended = arrived.pop().flatten().unwrap();
        assert!(ended.result == Ok(7) && ended.receipt.is_none());
        drop(started);
    }

    /// A loop that is closed and collected after an event was announced to it.
    #[test]
    fn what_was_announced_to_a_mailbox_that_is_given_up_is_announced_again() {
        let host = Arc::new(HostQueue::default());
        let told = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&told);
        host.otherwise(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let mailbox = Arc::new(Mailbox::new(|| ()));
        let asking = Asking { host: &host, number: 1, remembered: Box::new(()) };
        let call = Box::pin(std::future::pending::<Result<()>>());
        let started = start(&mailbox, None, Some(asking), call, |_| 0, || 1).unwrap();
        host.tell_for_tests();
        assert_eq!(told.load(Ordering::Relaxed), 0);
        mailbox.give_up();
        assert_eq!(told.load(Ordering::Relaxed), 1);
        // From now on it hears nothing.
        host.tell_for_tests();
        assert_eq!(told.load(Ordering::Relaxed), 2);
        assert!(!mailbox.put(2) && !mailbox.is_filled());
        drop(started);
    }

    #[test]
    fn a_wake_up_before_the_wait_is_not_lost() {
        let parker = Parker::default();
        parker.wake();
        parker.wait(Duration::MAX);
        parker.wait(Duration::ZERO);
    }
}
