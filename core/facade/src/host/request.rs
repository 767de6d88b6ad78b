//! A request of the core in the hands of its host, and what a language takes by uniffi for that.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::{Asked, HostFailure, HostQueue, Request};
use crate::api::{Event, HostAsk, Secret};
use crate::caller::{Caller, enter};

/// A call of a host that signs by number; when it goes, the host may forget the call.
struct ByNumber {
    queue: Weak<HostQueue>,
    number: u64,
}

impl Drop for ByNumber {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.upgrade() {
            queue.call_is_over(self.number);
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

    /// Waits until a request waits or a call is over, and leaves it there.
    pub async fn wait(&self) {
        self.0.wait().await;
    }

    /// The call that this thread begins next, with its first poll, is that of the caller with this
    /// number. To be followed by `begun`.
    pub fn begin(&self, number: u64) {
        let remembered = Box::new(ByNumber { queue: Arc::downgrade(&self.0), number });
        enter(Some(Caller::new(number, remembered).signing_at(&self.0)));
    }

    /// The call has begun.
    pub fn begun(&self) {
        enter(None);
    }

    /// The program has the result of this call.
    pub fn taken(&self, number: u64) {
        let receipt = self.0.lock().receipts.remove(&number);
        if let Some(receipt) = receipt {
            receipt.sign();
        }
    }

    /// The result of this call has not reached the program: it goes back.
    pub fn not_taken(&self, number: u64) {
        let receipt = self.0.lock().receipts.remove(&number);
        drop(receipt);
    }

    /// The next call with which the core has done: its caller may be forgotten. 0 when there is none.
    pub fn over(&self) -> u64 {
        self.0.lock().over.pop_front().unwrap_or_default()
    }
}

/// One request of the core to its host. Dropped unanswered, it is offered again.
#[derive(Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct HostRequest {
    pub(super) queue: Weak<HostQueue>,
    /// Gone when it is answered: a host may keep this for long, and the core has done with the call.
    pub(super) request: Mutex<Option<Request>>,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl HostRequest {
    /// What is asked for.
    pub fn ask(&self) -> HostAsk {
        match self.lock().as_ref().map(|request| &request.asked) {
            Some(Asked::Key(_)) => HostAsk::Key,
            Some(Asked::Deliver(..)) => HostAsk::Deliver,
            Some(Asked::Event(_)) | None => HostAsk::Event,
        }
    }

    /// The secret to store, where one is to be stored.
    pub fn secret(&self) -> Option<Secret> {
        match self.lock().as_ref().map(|request| &request.asked) {
            Some(Asked::Deliver(_, secret, _)) => Some(secret.clone()),
            Some(Asked::Key(_) | Asked::Event(_)) | None => None,
        }
    }

    /// The host's number of the function that is to store it; 0 where nothing is to be stored.
    pub fn function(&self) -> u64 {
        match self.lock().as_ref().map(|request| &request.asked) {
            Some(Asked::Deliver(function, ..)) => *function,
            Some(Asked::Key(_) | Asked::Event(_)) | None => 0,
        }
    }

    /// The event, where one is told.
    pub fn event(&self) -> Option<Event> {
        match self.lock().as_ref().map(|request| &request.asked) {
            Some(Asked::Event(event)) => Some((**event).clone()),
            Some(Asked::Key(_) | Asked::Deliver(..)) | None => None,
        }
    }

    /// The host's number of the call that asks; 0 where it has none.
    pub fn caller(&self) -> u64 {
        self.asker().map_or(0, |caller| caller.number())
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
    /// The call that asks, until this is answered.
    #[must_use]
    pub fn asker(&self) -> Option<Arc<Caller>> {
        self.lock().as_ref()?.caller.clone()
    }

    /// Whether it waits for an answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.lock().as_ref().is_some_and(|request| !matches!(request.asked, Asked::Event(_)))
    }

    /// Offers it again: whoever has taken it will not answer.
    pub fn give_back(&self) {
        let request = self.lock().take();
        if let (Some(request), Some(queue)) = (request, self.queue.upgrade())
            && !matches!(request.asked, Asked::Event(_))
        {
            queue.put(request);
        }
    }

    fn reply(&self, answer: Result<Option<Secret>, HostFailure>) {
        let request = self.lock().take();
        if let Some(Request { asked: Asked::Key(reply) | Asked::Deliver(_, _, reply), .. }) = request {
            // An asker that has gone needs no answer.
            let _ = reply.send(answer);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Request>> {
        self.request.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HostRequest {
    fn drop(&mut self) {
        self.give_back();
    }
}
