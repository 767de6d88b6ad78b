//! Calls: a blocked thread waits for one, an event loop for many.
//!
//! The io thread never takes the interpreter's lock. What has ended is turned into Python values on
//! the thread that gets it. A new secret is signed for at the last moment before Python has it: when
//! the blocked call returns, or when the coroutine that awaits it goes on.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use keywright_facade as facade;
use keywright_facade::KeywrightError;
use keywright_facade::bridge::{BoxFuture, Ended, Mailbox, Parker, Receipt, Started, start};
use keywright_facade::host::HostRequest;
use keywright_facade::process::Result;
use pyo3::prelude::*;

use crate::convert::ToPy;
use crate::error::raise;
use crate::exit::InterpreterGuard;
use crate::guard::entry_points;
use crate::host::{Delivering, Functions, Link};
use crate::idle;

/// How often a blocked caller looks for Ctrl-C.
const SIGNALS: Duration = Duration::from_millis(50);

/// One call on its way from Python.
pub struct Call<'a, 'py> {
    client: Option<&'a Arc<facade::Client>>,
    queue: Option<&'a Bound<'py, Queue>>,
    functions: Option<&'a Arc<Functions>>,
    delivering: Option<Delivering>,
}

impl<'a, 'py> Call<'a, 'py> {
    /// A call that asks nothing of Python.
    pub fn plain(queue: Option<&'a Bound<'py, Queue>>) -> Self {
        Self { client: None, queue, functions: None, delivering: None }
    }

    /// A call of a client, whose functions may be asked for.
    pub fn of(client: &'a Native, queue: Option<&'a Bound<'py, Queue>>) -> Self {
        let functions = client.inner.needs_host().then_some(&client.functions);
        Self { client: Some(&client.inner), queue, functions, delivering: None }
    }

    /// Takes a function that stores the new secret.
    pub fn deliver(&mut self, client: &'a Native, function: &Bound<'_, PyAny>) -> PyResult<facade::DeliverFunction> {
        if function.is_none() {
            return Ok(facade::DeliverFunction(0));
        }
        callable(function, "deliver")?;
        self.functions = Some(&client.functions);
        let delivering = client.functions.delivering(function.clone().unbind());
        let number = delivering.number();
        self.delivering = Some(delivering);
        Ok(facade::DeliverFunction(number))
    }

    /// Makes the call: its result for a caller that blocks, its number for an event loop.
    pub fn run<T: ToPy + Send + 'static>(
        self,
        py: Python<'py>,
        call: impl Future<Output = Result<T>> + Send + 'static,
    ) -> PyResult<Bound<'py, PyAny>> {
        let call: BoxFuture<'static, _> = Box::pin(call);
        let client = self.client.map(Arc::as_ref);
        match self.queue {
            Some(queue) => queue.get().begin(py, client, self.functions, self.delivering, call)?.to_py(py),
            None => {
                let value = blocked(py, client, self.functions, call);
                drop(self.delivering);
                value
            }
        }
    }
}

/// That an argument is a function, or nothing.
pub fn callable(function: &Bound<'_, PyAny>, field: &str) -> PyResult<bool> {
    if function.is_none() {
        return Ok(false);
    }
    if function.is_callable() { Ok(true) } else { Err(crate::convert::wrong(function, field, "a function")) }
}

/// Whether there is a function that gives the key.
pub fn provider(function: &Bound<'_, PyAny>, field: &str) -> PyResult<bool> {
    if crate::convert::is_left_out(function, field)? { Ok(false) } else { callable(function, field) }
}

fn blocked<'py, T: ToPy + Send + 'static>(
    py: Python<'py>,
    client: Option<&facade::Client>,
    functions: Option<&Arc<Functions>>,
    call: BoxFuture<'static, Result<T>>,
) -> PyResult<Bound<'py, PyAny>> {
    let guard = InterpreterGuard::enter(py);
    let parker = Parker::default();
    let woken = parker.clone();
    let mailbox = Arc::new(Mailbox::new(move || woken.wake()));
    let asking = functions.map(|functions| functions.asking(py, next_number())).transpose()?;
    let started = start(&mailbox, client, asking, call, Some, || None).map_err(|error| raise(py, error))?;
    loop {
        guard.wait(py, || parker.wait(SIGNALS));
        let ended = mailbox.take().into_iter().flatten().next();
        if let Some(functions) = functions {
            functions.serve_all(py)?;
        }
        if let Some(Ended { result, receipt }) = ended {
            drop(started);
            let value = finish(py, functions, result)?;
            if let Some(receipt) = receipt {
                // Ctrl-C up to here means that the result was not taken.
                py.check_signals()?;
                owe(Some(receipt));
            }
            return Ok(value);
        }
        py.check_signals()?;
    }
}

/// The receipt for what this thread's last call has given out. A signal may still raise something
/// between the native call and its caller, which is seen one frame above: until the next call, or
/// the end of the thread, it can be taken back.
#[derive(Default)]
struct Owed(Option<Receipt>);

impl Drop for Owed {
    fn drop(&mut self) {
        if let Some(receipt) = self.0.take() {
            receipt.sign();
        }
    }
}

thread_local! {
    static OWED: RefCell<Owed> = RefCell::default();
}

/// Signs for what was given out before.
fn owe(receipt: Option<Receipt>) {
    // Where the thread is about to end, what it gave out was taken.
    drop(OWED.try_with(|owed| owed.replace(Owed(receipt))));
}

entry_points! {
    /// What this thread was given is its own.
    fn taken() -> PyResult<()> {
        owe(None);
        Ok(())
    }

    /// What this thread's last call has given out has not reached its caller: it goes back.
    fn not_taken() -> PyResult<()> {
        let receipt = OWED.try_with(|owed| owed.borrow_mut().0.take());
        drop(receipt);
        Ok(())
    }
}

/// A number that no other call of this process has.
fn next_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

fn finish<'py, T: ToPy>(py: Python<'py>, functions: Option<&Arc<Functions>>, ended: Result<T>) -> PyResult<Bound<'py, PyAny>> {
    ended.map_err(|error| caused(py, functions, error))?.to_py(py)
}

/// The exception of an error, with what a function of the caller raised as its cause.
fn caused(py: Python<'_>, functions: Option<&Arc<Functions>>, error: KeywrightError) -> PyErr {
    let number = error.info().host_failure;
    let raised = raise(py, error);
    if let Some(cause) = number.zip(functions).and_then(|(number, functions)| functions.cause(number)) {
        raised.set_cause(py, Some(cause));
    }
    raised
}

/// What ended calls and requests of the core come through to one event loop.
#[pyclass(frozen, module = "keywright._native")]
pub struct Queue {
    of: Arc<Loop>,
    reader: UnixStream,
}

/// What is on its way to one event loop.
pub struct Loop {
    mailbox: Arc<Mailbox<Arrival>>,
    calls: Mutex<HashMap<u64, Started>>,
    /// Receipts for results that were given out and that no coroutine has taken yet.
    untaken: Mutex<HashMap<u64, Receipt>>,
    /// Requests of the core that tasks of the loop have yet to answer.
    asked: Mutex<Vec<Weak<HostRequest>>>,
    /// A function that says whether the loop was closed; nothing for one that cannot be while it has
    /// calls.
    is_closed: Option<Py<PyAny>>,
    /// It is to be looked at: who has something for it need not say so again.
    is_announced: AtomicBool,
}

impl Loop {
    /// Whether something lies here, or is on its way, that the loop has yet to take.
    pub fn owes_something(&self) -> bool {
        self.is_announced.store(false, Ordering::SeqCst);
        self.mailbox.is_filled() || !lock(&self.calls).is_empty() || !lock(&self.untaken).is_empty() || !self.asked().is_empty()
    }

    /// The requests that still wait for an answer.
    fn asked(&self) -> Vec<Arc<HostRequest>> {
        let mut asked = lock(&self.asked);
        asked.retain(|request| request.upgrade().is_some_and(|request| request.is_open()));
        asked.iter().filter_map(Weak::upgrade).collect()
    }

    /// Ends it where it is closed, and says whether it is: its callers have left, and what it has not
    /// taken goes back.
    pub fn give_up_if_closed(&self, py: Python<'_>) -> bool {
        let is_closed = self.is_closed.as_ref().is_some_and(|ask| ask.call0(py).and_then(|is| is.is_truthy(py)).unwrap_or(false));
        if is_closed {
            let calls = std::mem::take(&mut *lock(&self.calls));
            let untaken = std::mem::take(&mut *lock(&self.untaken));
            drop((calls, untaken));
            self.mailbox.give_up();
            // A secret whose caller has left is stored by nobody.
            self.asked().iter().for_each(|request| request.give_back());
        }
        is_closed
    }

    /// Has it looked after until it has taken what comes, where it may be closed.
    fn look_after(self: Arc<Self>) {
        if self.is_closed.is_some() && !self.is_announced.swap(true, Ordering::SeqCst) {
            idle::look_after(self);
        }
    }
}

enum Arrival {
    Ended(u64, Option<Arc<Functions>>, Finish),
    Asked(Arc<Functions>),
    Nothing,
}

/// Makes the Python value of what a call has ended with. Dropped uncalled, a new secret goes back.
type Finish = Box<dyn FnOnce(Python<'_>) -> PyResult<(Py<PyAny>, Option<Receipt>)> + Send>;

/// Number, value, exception, and whether the value is to be signed for.
type Come = (u64, Py<PyAny>, Py<PyAny>, bool);

impl Queue {
    fn begin<T: ToPy + Send + 'static>(
        &self,
        py: Python<'_>,
        client: Option<&facade::Client>,
        functions: Option<&Arc<Functions>>,
        delivering: Option<Delivering>,
        call: BoxFuture<'static, Result<T>>,
    ) -> PyResult<u64> {
        let _guard = InterpreterGuard::enter(py);
        let number = next_number();
        let owned = functions.map(Arc::clone);
        // Weak: a call holds what it does when it ends.
        let of = Arc::downgrade(&self.of);
        let look_after = move || of.upgrade().into_iter().for_each(Loop::look_after);
        let asked = look_after.clone();
        let ended = move |ended: Ended<T>| {
            if ended.receipt.is_some() {
                look_after();
            }
            let of = owned.clone();
            let finish: Finish = Box::new(move |py| {
                let _delivering = delivering;
                let Ended { result, receipt } = ended;
                finish(py, owned.as_ref(), result).map(|value| (value.unbind(), receipt))
            });
            Arrival::Ended(number, of, finish)
        };
        let asking = functions.map(|functions| functions.asking(py, number)).transpose()?;
        // Held until it stands there: its end may be here before.
        let mut calls = lock(&self.of.calls);
        let started = match functions.map(Arc::clone) {
            Some(functions) => start(&self.of.mailbox, client, asking, call, ended, move || {
                asked();
                Arrival::Asked(Arc::clone(&functions))
            }),
            None => start(&self.of.mailbox, client, None, call, ended, || Arrival::Nothing),
        };
        let started = started.map_err(|error| raise(py, error))?;
        calls.insert(number, started);
        Ok(number)
    }
}

entry_points! {
    impl Queue {
        /// `is_closed` says whether the loop was closed, where one can be closed under its calls.
        #[new]
        #[pyo3(signature = (is_closed=None))]
        fn new(py: Python<'_>, is_closed: Option<Py<PyAny>>) -> PyResult<Self> {
            let (reader, writer) = UnixStream::pair().map_err(|_| raise(py, KeywrightError::no_resources("file descriptor")))?;
            reader.set_nonblocking(true)?;
            writer.set_nonblocking(true)?;
            // A pipe that is full wakes the loop already.
            let wake = move || drop((&writer).write(&[1]));
            let mailbox = Arc::new(Mailbox::new(wake));
            let of = Loop { mailbox, calls: Mutex::default(), untaken: Mutex::default(), asked: Mutex::default(), is_closed, is_announced: AtomicBool::new(false) };
            Ok(Self { of: Arc::new(of), reader })
        }

        /// What an event loop watches.
        fn fileno(&self) -> PyResult<i32> {
            Ok(self.reader.as_raw_fd())
        }

        /// Everything that has come: `(number, result, exception, owed)` for a call that has ended,
        /// `(0, link, request, False)` for a request of the core. What is owed is to be `taken`, or
        /// goes back with `abort`.
        fn drain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            let _guard = InterpreterGuard::enter(py);
            let mut read = [0; 64];
            while matches!((&self.reader).read(&mut read), Ok(64)) {}
            let mut come: Vec<Come> = Vec::new();
            for arrival in self.of.mailbox.take() {
                match arrival {
                    Arrival::Asked(functions) => ask(py, &self.of, &functions, &mut come)?,
                    Arrival::Nothing => {}
                    Arrival::Ended(number, functions, finish) => {
                        // Its events come before it.
                        if let Some(functions) = functions {
                            ask(py, &self.of, &functions, &mut come)?;
                        }
                        // One that was left takes nothing.
                        let Some(started) = lock(&self.of.calls).remove(&number) else { continue };
                        drop(started);
                        match finish(py) {
                            Ok((value, receipt)) => {
                                let owed = receipt.is_some();
                                receipt.and_then(|receipt| lock(&self.of.untaken).insert(number, receipt));
                                come.push((number, value, py.None(), owed));
                            }
                            Err(raised) => come.push((number, py.None(), raised.into_value(py).into_any(), false)),
                        }
                    }
                }
            }
            Ok(come.into_pyobject(py)?.into_any())
        }

        /// The coroutine has the result of a call.
        fn taken(&self, number: u64) -> PyResult<()> {
            let receipt = lock(&self.of.untaken).remove(&number);
            if let Some(receipt) = receipt {
                receipt.sign();
            }
            Ok(())
        }

        /// Drops a call, which closes its connection, or its result, which goes back.
        fn abort(&self, number: u64) -> PyResult<()> {
            let started = lock(&self.of.calls).remove(&number);
            let receipt = lock(&self.of.untaken).remove(&number);
            drop((started, receipt));
            Ok(())
        }
    }
}

fn ask(py: Python<'_>, of: &Loop, functions: &Arc<Functions>, come: &mut Vec<Come>) -> PyResult<()> {
    while let Some(request) = functions.take() {
        if of.is_closed.is_some() && request.is_open() {
            lock(&of.asked).push(request.watched());
        }
        let link = Py::new(py, Link(Arc::clone(functions)))?;
        come.push((0, link.into_any(), Py::new(py, request)?.into_any(), false));
    }
    Ok(())
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A client of the facade and the functions that were given with it.
pub struct Native {
    pub inner: Arc<facade::Client>,
    pub functions: Arc<Functions>,
}

impl Drop for Native {
    /// Whoever lets go of a client has what it gave: nothing of it may be held any longer.
    fn drop(&mut self) {
        owe(None);
    }
}

impl Native {
    /// A new client.
    pub fn new(inner: Arc<facade::Client>, key_provider: &Bound<'_, PyAny>, on_event: &Bound<'_, PyAny>) -> Self {
        let given = |function: &Bound<'_, PyAny>| function.is_callable().then(|| function.clone().unbind());
        let functions = Functions::of(inner.host(), given(key_provider), given(on_event));
        Self { inner, functions }
    }

    /// Another handle of the same client.
    pub fn handle(&self, inner: Arc<facade::Client>) -> Self {
        Self { inner, functions: Arc::clone(&self.functions) }
    }
}
