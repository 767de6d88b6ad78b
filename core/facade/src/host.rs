//! What the core asks of the language it runs under: a key, a place for a secret, an ear.
//!
//! Nothing calls into the host. A request waits in its client's queue, and whoever waits for that
//! client anyway takes it: a blocked caller, an event loop, a pump. One that is dropped unanswered
//! is offered to the next.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};

use keywright::{Observer, PerProcess};
use tokio::sync::oneshot;

use crate::api::{Event, HostAsk, Secret};

/// Events that nobody has taken: beyond these the oldest are forgotten.
const MOST_EVENTS: usize = 10_000;

/// The requests of one client and of all handles made from it. A forked child has its own: the
/// lock of its parent's may be held by a thread that the child does not have.
#[derive(Debug, Default)]
pub struct HostQueue(PerProcess<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Asked>,
    events: usize,
    wakers: Vec<(u64, Waker)>,
    next: u64,
}

#[derive(Debug)]
enum Asked {
    Key(Reply),
    Deliver(u64, Secret, Reply),
    Event(Box<Event>),
}

type Reply = oneshot::Sender<Result<Option<Secret>, HostFailure>>;

/// What a function of the host failed with. The host keeps what it knows under `id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFailure {
    /// The host's own number for it.
    pub id: u64,
    /// The host's words: the name of what was raised.
    pub words: String,
}

impl fmt::Display for HostFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for HostFailure {}

impl HostQueue {
    /// Asks for a key.
    pub(crate) async fn key(&self) -> Result<keywright::Secret, HostFailure> {
        let given = self.ask(Asked::Key).await?;
        given.map(keywright::Secret::from).ok_or_else(|| gone("no key was given"))
    }

    /// Hands a secret over to the host's function of that number.
    pub(crate) async fn deliver(&self, function: u64, secret: keywright::Secret) -> Result<(), HostFailure> {
        self.ask(|reply| Asked::Deliver(function, secret.into(), reply)).await.map(drop)
    }

    async fn ask(&self, asked: impl FnOnce(Reply) -> Asked) -> Result<Option<Secret>, HostFailure> {
        let (reply, told) = oneshot::channel();
        self.put(asked(reply));
        told.await.unwrap_or_else(|_| Err(gone("nobody answered")))
    }

    fn put(&self, asked: Asked) {
        // One is enough: whoever leaves without taking it wakes the next.
        let waker = {
            let mut state = self.lock();
            if matches!(asked, Asked::Event(_)) {
                state.events += 1;
            }
            state.waiting.push_back(asked);
            if state.events > MOST_EVENTS {
                state.forget_event();
            }
            state.wakers.first().map(|(_, waker)| waker.clone())
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The next request, if one waits. Those whose asker has gone are passed over.
    pub fn take(self: &Arc<Self>) -> Option<HostRequest> {
        let mut state = self.lock();
        loop {
            let asked = state.waiting.pop_front()?;
            let is_gone = match &asked {
                Asked::Key(reply) | Asked::Deliver(_, _, reply) => reply.is_closed(),
                Asked::Event(_) => {
                    state.events -= 1;
                    false
                }
            };
            if !is_gone {
                return Some(HostRequest { queue: Arc::downgrade(self), asked: Mutex::new(Some(asked)) });
            }
        }
    }

    /// Waits until a request waits.
    async fn wait(self: &Arc<Self>) {
        let mut listening = None;
        let waiting = poll_fn(|cx| {
            // Listens before it looks: a request between the two would be missed.
            drop(listening.replace(self.listen(cx.waker().clone())));
            if self.lock().waiting.is_empty() { Poll::Pending } else { Poll::Ready(()) }
        });
        waiting.await;
    }

    /// Wakes `waker` whenever a request comes, until the ticket is dropped; at once when one waits.
    pub fn listen(self: &Arc<Self>, waker: Waker) -> Listening {
        let mut state = self.lock();
        state.next += 1;
        let number = state.next;
        if !state.waiting.is_empty() {
            waker.wake_by_ref();
        }
        state.wakers.push((number, waker));
        Listening { queue: Arc::clone(self), number }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget_event(&mut self) {
        if let Some(oldest) = self.waiting.iter().position(|asked| matches!(asked, Asked::Event(_))) {
            self.waiting.remove(oldest);
            self.events -= 1;
        }
    }
}

fn gone(words: &str) -> HostFailure {
    HostFailure { id: 0, words: words.to_owned() }
}

/// While it lives, a waker is told of requests.
#[derive(Debug)]
pub struct Listening {
    queue: Arc<HostQueue>,
    number: u64,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let next = {
            let mut state = self.queue.lock();
            state.wakers.retain(|(number, _)| *number != self.number);
            state.wakers.first().filter(|_| !state.waiting.is_empty()).map(|(_, waker)| waker.clone())
        };
        if let Some(waker) = next {
            waker.wake();
        }
    }
}

/// What the core asks of the host of one client, for a language that takes it by uniffi.
#[derive(Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct HostRequests(pub(crate) Arc<HostQueue>);

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl HostRequests {
    /// The next request, if one waits.
    pub fn take(&self) -> Option<Arc<HostRequest>> {
        self.0.take().map(Arc::new)
    }

    /// Waits until a request waits, and leaves it there.
    pub async fn wait(&self) {
        self.0.wait().await;
    }
}

/// One request of the core to its host. Dropped unanswered, it is offered again.
#[derive(Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct HostRequest {
    queue: Weak<HostQueue>,
    asked: Mutex<Option<Asked>>,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl HostRequest {
    /// What is asked for.
    pub fn ask(&self) -> HostAsk {
        match &*self.lock() {
            Some(Asked::Key(_)) => HostAsk::Key,
            Some(Asked::Deliver(..)) => HostAsk::Deliver,
            Some(Asked::Event(_)) | None => HostAsk::Event,
        }
    }

    /// The secret to store, where one is to be stored.
    pub fn secret(&self) -> Option<Secret> {
        match &*self.lock() {
            Some(Asked::Deliver(_, secret, _)) => Some(secret.clone()),
            Some(Asked::Key(_) | Asked::Event(_)) | None => None,
        }
    }

    /// The host's number of the function that is to store it; 0 where nothing is to be stored.
    pub fn function(&self) -> u64 {
        match &*self.lock() {
            Some(Asked::Deliver(function, ..)) => *function,
            Some(Asked::Key(_) | Asked::Event(_)) | None => 0,
        }
    }

    /// The event, where one is told.
    pub fn event(&self) -> Option<Event> {
        match &*self.lock() {
            Some(Asked::Event(event)) => Some((**event).clone()),
            Some(Asked::Key(_) | Asked::Deliver(..)) | None => None,
        }
    }

    /// Gives the key, or says that the secret is stored.
    pub fn answer(&self, key: Option<Secret>) {
        self.reply(Ok(key));
    }

    /// Says that the host's function failed: with which of its failures, and in which words.
    pub fn fail(&self, id: u64, words: String) {
        self.reply(Err(HostFailure { id, words }));
    }
}

impl HostRequest {
    fn reply(&self, answer: Result<Option<Secret>, HostFailure>) {
        if let Some(Asked::Key(reply) | Asked::Deliver(_, _, reply)) = self.lock().take() {
            // An asker that has gone needs no answer.
            let _ = reply.send(answer);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HostRequest {
    fn drop(&mut self) {
        if let (Some(asked @ (Asked::Key(_) | Asked::Deliver(..))), Some(queue)) = (self.lock().take(), self.queue.upgrade()) {
            queue.put(asked);
        }
    }
}

/// Puts the events of a client into its queue.
#[derive(Debug)]
pub(crate) struct Ear(pub Arc<HostQueue>);

impl Observer for Ear {
    fn event(&self, event: &keywright::Event) {
        self.0.put(Asked::Event(Box::new(event.into())));
    }
}

/// A number for a failure of the host.
#[must_use]
pub fn failure_id() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    async fn begun<T>(asking: &mut (impl Future<Output = T> + Unpin)) {
        let is_pending = poll_fn(|cx| Poll::Ready(std::pin::Pin::new(&mut *asking).poll(cx).is_pending())).await;
        assert!(is_pending);
    }

    #[tokio::test]
    async fn a_request_that_is_dropped_is_offered_to_the_next() {
        let queue = Arc::new(HostQueue::default());
        let mut asking = pin!(queue.key());
        begun(&mut asking).await;
        drop(queue.take().unwrap());
        let again = queue.take().unwrap();
        assert_eq!(again.ask(), HostAsk::Key);
        again.answer(Some(Secret::new("sk-1")));
        assert_eq!(asking.await.unwrap().expose(), "sk-1");
        assert!(queue.take().is_none());
    }

    #[tokio::test]
    async fn a_failure_of_the_host_is_told_and_a_gone_asker_is_passed_over() {
        let queue = Arc::new(HostQueue::default());
        {
            let mut asking = pin!(queue.deliver(1, "sk-1".into()));
            begun(&mut asking).await;
        }
        let mut asking = pin!(queue.deliver(2, "sk-2".into()));
        begun(&mut asking).await;
        let request = queue.take().unwrap();
        assert_eq!((request.function(), request.secret().unwrap().expose()), (2, "sk-2"));
        request.fail(7, "OSError".to_owned());
        assert_eq!(asking.await, Err(HostFailure { id: 7, words: "OSError".to_owned() }));
    }

    #[test]
    fn a_request_wakes_one_waiter_and_when_that_leaves_the_next() {
        let queue = Arc::new(HostQueue::default());
        let woken: [Arc<AtomicU64>; 2] = Default::default();
        let mut listening: Vec<Listening> = woken
            .iter()
            .map(|count| {
                let count = Arc::clone(count);
                queue.listen(crate::bridge::waker(move || {
                    count.fetch_add(1, Ordering::Relaxed);
                }))
            })
            .collect();
        let counts = || woken.each_ref().map(|count| count.load(Ordering::Relaxed));
        let (reply, _told) = oneshot::channel();
        queue.put(Asked::Key(reply));
        assert_eq!(counts(), [1, 0]);
        drop(listening.remove(0));
        assert_eq!(counts(), [1, 1]);
    }
}
