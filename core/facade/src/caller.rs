//! One call of the host, for as long as the core works for it.
//!
//! That may be longer than its caller waits: a key that was not taken is still discarded, and may
//! need an answer of the host for that. So what belongs to a call is kept here until the core has
//! done with it: what the host remembers of its caller, where its requests are announced, and the
//! receipt for a new secret that nobody has signed yet.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use keywright::Receipt;

use crate::host::{HostQueue, Listening};

/// What the host remembers of a caller. Dropped when the core has done with the call, on any thread.
pub type Remembered = Box<dyn Any + Send + Sync>;

/// One call.
pub struct Caller {
    number: u64,
    has_left: AtomicBool,
    listening: Option<Listening>,
    receipt: Mutex<Option<Receipt>>,
    /// The queue that keeps the receipt, for a host that signs by number.
    signs_by_number: Option<Weak<HostQueue>>,
    remembered: Remembered,
}

impl Caller {
    /// A call of which the host remembers something.
    #[must_use]
    pub fn new(number: u64, remembered: Remembered) -> Self {
        Self {
            number,
            has_left: AtomicBool::new(false),
            listening: None,
            receipt: Mutex::default(),
            signs_by_number: None,
            remembered,
        }
    }

    /// The same, with the place where its requests are announced.
    pub(crate) fn listening(mut self, listening: Listening) -> Self {
        self.listening = Some(listening);
        self
    }

    /// The same, of a host that signs by number at a queue.
    pub(crate) fn signing_at(mut self, queue: &Arc<HostQueue>) -> Self {
        self.signs_by_number = Some(Arc::downgrade(queue));
        self
    }

    /// The host's number for it.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What the host remembers, where it is of this kind.
    #[must_use]
    pub fn remembered<T: 'static>(&self) -> Option<&T> {
        self.remembered.downcast_ref()
    }

    /// Whether nobody waits for it any more.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.has_left.load(Ordering::SeqCst)
    }

    /// Nobody waits for it any more; whoever waits for another call serves its requests first.
    pub(crate) fn leave(&self) {
        self.has_left.store(true, Ordering::SeqCst);
        if let Some(listening) = &self.listening {
            listening.leave();
        }
    }

    /// Keeps the receipt for a result until the host signs it or drops it.
    pub(crate) fn keep(&self, receipt: Receipt) {
        match &self.signs_by_number {
            None => *self.slot() = Some(receipt),
            // With its queue gone, nobody could sign: dropped, it goes back.
            Some(queue) => {
                if let Some(queue) = queue.upgrade() {
                    queue.keep(self.number, receipt);
                }
            }
        }
    }

    /// The receipt for its result, where it has one.
    pub(crate) fn receipt(&self) -> Option<Receipt> {
        self.slot().take()
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Receipt>> {
        self.receipt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call that this is done for, if it was begun as one.
    pub(crate) fn current() -> Option<Arc<Self>> {
        keywright::caller::current()?.downcast().ok()
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("number", &self.number).field("has_left", &self.has_left).finish_non_exhaustive()
    }
}

thread_local! {
    static ENTERED: RefCell<Option<Arc<Caller>>> = const { RefCell::new(None) };
}

/// The next call that begins on this thread is of this caller. For a host whose calls begin with
/// their first poll; none takes it back.
pub(crate) fn enter(caller: Option<Caller>) {
    // Dropped outside the cell: what the host remembers may do anything when it goes.
    let before = ENTERED.with(|entered| entered.replace(caller.map(Arc::new)));
    drop(before);
}

/// The caller of a call that begins here.
pub(crate) fn entered() -> Option<Arc<Caller>> {
    ENTERED.with(RefCell::take)
}
