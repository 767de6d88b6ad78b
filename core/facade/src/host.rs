//! What the core asks of the language it runs under: a key, a place for a secret, an ear.
//!
//! Nothing calls into the host. A request waits in its client's queue, and whoever waits for that
//! client anyway takes it: a blocked caller, an event loop, a pump. One that is dropped unanswered
//! is offered to the next. Each says which call it is asked for, so that a host can answer one caller
//! with nothing that belongs to another. Whoever waits for a call that still runs is woken first; of
//! calls that were left behind, everybody; and where nobody is there, whoever the host named for that.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;

use keywright::{Observer, PerProcess, Receipt};
use tokio::sync::oneshot;

use crate::api::{Event, Secret};
use crate::caller::Caller;

mod request;

pub use request::{HostRequest, HostRequests};

/// Events that nobody has taken: beyond these the oldest are forgotten.
const MOST_EVENTS: usize = 10_000;

/// The requests of one client and of all handles made from it. A forked child has its own: the
/// lock of its parent's may be held by a thread that the child does not have.
#[derive(Debug, Default)]
pub struct HostQueue(PerProcess<Mutex<State>>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Request>,
    events: usize,
    listeners: Vec<Listener>,
    next: u64,
    /// Called where nobody listens.
    otherwise: Option<Announce>,
    /// Receipts for results that their callers have not taken yet, by the number of the call.
    receipts: HashMap<u64, Receipt>,
    /// Calls of hosts that sign by number, with which the core has done.
    over: VecDeque<u64>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

/// Announces that a request waits; whether anybody is there to hear it.
type Announce = Arc<dyn Fn() -> bool + Send + Sync>;

struct Listener {
    number: u64,
    announce: Announce,
    /// Its call still runs.
    is_waited_for: bool,
}

/// What is asked, and for which call.
#[derive(Debug)]
struct Request {
    asked: Asked,
    caller: Option<Arc<Caller>>,
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
        self.put(Request { asked: asked(reply), caller: Caller::current() });
        told.await.unwrap_or_else(|_| Err(gone("nobody answered")))
    }

    fn put(&self, request: Request) {
        let forgotten = {
            let mut state = self.lock();
            if matches!(request.asked, Asked::Event(_)) {
                state.events += 1;
            }
            state.waiting.push_back(request);
            if state.events > MOST_EVENTS { state.forget_event() } else { None }
        };
        // Not under the lock: the last of a call may go with it, and its caller listens here.
        drop(forgotten);
        self.announce();
    }

    /// Wakes whoever is to take what waits. One that waits for a call is enough: when it leaves
    /// without having taken it, the next is woken.
    fn announce(&self) {
        let first = self.lock().listeners.iter().find(|listener| listener.is_waited_for).map(|one| Arc::clone(&one.announce));
        if first.is_some_and(|announce| announce()) {
            return;
        }
        let (all, otherwise) = {
            let state = self.lock();
            let all: Vec<Announce> = state.listeners.iter().map(|listener| Arc::clone(&listener.announce)).collect();
            (all, state.otherwise.clone())
        };
        let mut is_heard = false;
        for announce in &all {
            is_heard |= announce();
        }
        if let (false, Some(otherwise)) = (is_heard, otherwise) {
            otherwise();
        }
    }

    /// Announces what still waits, where who heard of it has gone.
    pub(crate) fn announce_again(&self) {
        if !self.lock().waiting.is_empty() {
            self.announce();
        }
    }

    /// Has a request wait.
    #[cfg(test)]
    pub(crate) fn tell_for_tests(&self) {
        self.put(Request { asked: Asked::Key(oneshot::channel().0), caller: None });
    }

    /// The next request, if one waits. Those whose asker has gone are passed over; a secret of a
    /// caller who has left is stored nowhere.
    pub fn take(self: &Arc<Self>) -> Option<HostRequest> {
        loop {
            let request = {
                let mut state = self.lock();
                let request = state.waiting.pop_front()?;
                state.events -= usize::from(matches!(request.asked, Asked::Event(_)));
                request
            };
            let has_left = request.caller.as_ref().is_some_and(|caller| caller.has_left());
            let asked = match request.asked {
                Asked::Key(reply) | Asked::Deliver(_, _, reply) if reply.is_closed() => continue,
                Asked::Deliver(_, _, reply) if has_left => {
                    let _ = reply.send(Err(gone("its caller has left")));
                    continue;
                }
                asked @ (Asked::Key(_) | Asked::Deliver(..) | Asked::Event(_)) => asked,
            };
            let request = Mutex::new(Some(Request { asked, caller: request.caller }));
            return Some(HostRequest { queue: Arc::downgrade(self), request });
        }
    }

    /// Waits until a request waits, or a call is over.
    async fn wait(self: &Arc<Self>) {
        let mut listening = None;
        let waiting = poll_fn(|cx| {
            // Listens before it looks: a request between the two would be missed.
            let waker = cx.waker().clone();
            let announce = move || {
                waker.wake_by_ref();
                true
            };
            drop(listening.replace(self.listen(announce)));
            let state = self.lock();
            if state.waiting.is_empty() && state.over.is_empty() { Poll::Pending } else { Poll::Ready(()) }
        });
        waiting.await;
    }

    /// Calls `announce` whenever a request comes, until the ticket is dropped; at once when one
    /// waits. It says whether anybody is there to take it.
    pub fn listen(self: &Arc<Self>, announce: impl Fn() -> bool + Send + Sync + 'static) -> Listening {
        let announce: Announce = Arc::new(announce);
        let (number, waits) = {
            let mut state = self.lock();
            state.next += 1;
            let number = state.next;
            state.listeners.push(Listener { number, announce: Arc::clone(&announce), is_waited_for: true });
            (number, !state.waiting.is_empty())
        };
        if waits {
            announce();
        }
        Listening { queue: Arc::downgrade(self), number }
    }

    /// Names what is called where nobody listens.
    pub fn otherwise(&self, announce: impl Fn() + Send + Sync + 'static) {
        let announce: Announce = Arc::new(move || {
            announce();
            true
        });
        self.lock().otherwise = Some(announce);
    }

    /// Keeps a receipt until the host signs it by the number of its call.
    pub(crate) fn keep(&self, number: u64, receipt: Receipt) {
        let before = self.lock().receipts.insert(number, receipt);
        drop(before);
    }

    fn call_is_over(&self, number: u64) {
        self.lock().over.push_back(number);
        self.announce();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget_event(&mut self) -> Option<Request> {
        let oldest = self.waiting.iter().position(|request| matches!(request.asked, Asked::Event(_)))?;
        self.events -= 1;
        self.waiting.remove(oldest)
    }
}

fn gone(words: &str) -> HostFailure {
    HostFailure { id: 0, words: words.to_owned() }
}

/// While it lives, requests are announced to its maker.
#[derive(Debug)]
pub struct Listening {
    /// Weak: a request that waits may hold the call that listens.
    queue: Weak<HostQueue>,
    number: u64,
}

impl Listening {
    /// Its call has been left: others come first from now on.
    pub(crate) fn leave(&self) {
        self.change(|state, number| {
            state.listeners.iter_mut().filter(|listener| listener.number == number).for_each(|one| one.is_waited_for = false);
        });
    }

    fn change(&self, change: impl FnOnce(&mut State, u64)) {
        let Some(queue) = self.queue.upgrade() else { return };
        let waits = {
            let mut state = queue.lock();
            change(&mut state, self.number);
            !state.waiting.is_empty()
        };
        if waits {
            queue.announce();
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut gone = None;
        self.change(|state, number| {
            let place = state.listeners.iter().position(|listener| listener.number == number);
            gone = place.map(|place| state.listeners.remove(place));
        });
        // What it announced to may go with it, and must not go under the lock.
        drop(gone);
    }
}

/// Puts the events of a client into its queue.
#[derive(Debug)]
pub(crate) struct QueueObserver(pub Arc<HostQueue>);

impl Observer for QueueObserver {
    fn event(&self, event: &keywright::Event) {
        self.0.put(Request { asked: Asked::Event(Box::new(event.into())), caller: Caller::current() });
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
    use crate::api::HostAsk;

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

    type Counts = [Arc<AtomicU64>; 3];

    fn listening(queue: &Arc<HostQueue>, count: &Arc<AtomicU64>, is_there: bool) -> Listening {
        let count = Arc::clone(count);
        queue.listen(move || {
            count.fetch_add(1, Ordering::Relaxed);
            is_there
        })
    }

    fn ask(queue: &HostQueue) -> oneshot::Receiver<Result<Option<Secret>, HostFailure>> {
        let (reply, told) = oneshot::channel();
        queue.put(Request { asked: Asked::Key(reply), caller: None });
        told
    }

    #[test]
    fn a_request_wakes_one_that_waits_and_when_that_leaves_the_next() {
        let (queue, woken) = (Arc::new(HostQueue::default()), Counts::default());
        let mut listeners: Vec<Listening> = woken[..2].iter().map(|count| listening(&queue, count, true)).collect();
        let counts = || woken.each_ref().map(|count| count.load(Ordering::Relaxed));
        let _told = ask(&queue);
        assert_eq!(counts(), [1, 0, 0]);
        drop(listeners.remove(0));
        assert_eq!(counts(), [1, 1, 0]);
    }

    #[test]
    fn calls_that_were_left_come_last_and_where_nobody_is_there_the_host_is_told() {
        let (queue, woken) = (Arc::new(HostQueue::default()), Counts::default());
        let counts = || woken.each_ref().map(|count| count.load(Ordering::Relaxed));
        let left = listening(&queue, &woken[0], true);
        left.leave();
        let waits = listening(&queue, &woken[1], true);
        let otherwise = Arc::clone(&woken[2]);
        queue.otherwise(move || {
            otherwise.fetch_add(1, Ordering::Relaxed);
        });
        let _first = ask(&queue);
        assert_eq!(counts(), [0, 1, 0]);
        drop(queue.take());
        drop(queue.take());
        drop(waits);
        let before = counts();
        let _second = ask(&queue);
        assert_eq!(counts(), [before[0] + 1, before[1], before[2]]);
        drop(left);
        assert_eq!(counts()[2], before[2] + 1);
        // One whose place is given up does not count as there.
        let given_up = listening(&queue, &woken[0], false);
        let _third = ask(&queue);
        assert_eq!(counts()[2], before[2] + 2);
        drop(given_up);
    }

    #[tokio::test]
    async fn a_request_names_the_call_that_asks_and_a_left_one_stores_nothing() {
        let queue = Arc::new(HostQueue::default());
        let caller = Arc::new(Caller::new(7, Box::new("what is remembered")));
        let asker = Arc::clone(&queue);
        let asking = async move { asker.deliver(1, "sk-1".into()).await };
        let mut asking = Box::pin(keywright::caller::run_for(caller.clone(), asking));
        begun(&mut asking).await;
        let request = queue.take().unwrap();
        let asker = request.asker().unwrap();
        assert_eq!((request.caller(), asker.remembered::<&str>()), (7, Some(&"what is remembered")));
        caller.leave();
        drop(request);
        assert!(queue.take().is_none());
        assert_eq!(asking.await.unwrap_err().words, "its caller has left");
    }

    #[test]
    fn a_host_that_signs_by_number_is_told_when_a_call_is_over() {
        let requests = HostRequests(Arc::new(HostQueue::default()));
        requests.begin(3);
        requests.begin(4);
        assert_eq!((requests.over(), requests.over()), (3, 0), "the thread has begun another one");
        requests.begun();
        assert_eq!((requests.over(), crate::caller::entered().is_none()), (4, true));
    }
}
