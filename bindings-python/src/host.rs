//! Serves what the core asks of Python: a key, a place for a secret, an ear for an event.
//!
//! A function runs in the context (`contextvars`) of the call that it is asked for, as it was when
//! that call began: whoever serves it may be another caller.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use keywright_facade as facade;
use keywright_facade::HostAsk;
use keywright_facade::bridge::Asking;
use keywright_facade::host::{HostQueue, HostRequest, failure_id};
use keywright_facade::process::process_id;
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PySystemExit, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

use crate::convert::{ToPy, from_py};
use crate::exit::InterpreterGuard;
use crate::guard::entry_points;
use crate::idle;

/// The functions of one client, and what they failed with.
#[pyclass(frozen, module = "keywright._native")]
#[derive(Clone)]
pub struct Link(pub Arc<Functions>);

/// What is remembered of a caller while the core works for its call.
struct Asker {
    context: Py<PyAny>,
    /// They must be there for what is told after the caller and its client have gone.
    _functions: Arc<Functions>,
}

/// See [`Link`].
pub struct Functions {
    queue: Arc<HostQueue>,
    /// The process in which requests that nobody waits for are served.
    served_in: AtomicU32,
    key_provider: Option<Py<PyAny>>,
    on_event: Option<Py<PyAny>>,
    deliver: Mutex<HashMap<u64, Py<PyAny>>>,
    failures: Mutex<BTreeMap<u64, PyErr>>,
}

/// Failures that are kept for the callers that they belong to. One who has left never asks for his.
const MOST_FAILURES: usize = 1000;

/// One request of the core.
#[pyclass(frozen, module = "keywright._native")]
pub struct Request(Arc<HostRequest>);

impl Request {
    /// Whether it waits for an answer.
    pub fn is_open(&self) -> bool {
        self.0.is_open()
    }

    /// The request itself, for whoever looks after those that were taken.
    pub fn watched(&self) -> Weak<HostRequest> {
        Arc::downgrade(&self.0)
    }
}

/// While it lives, a function that stores a secret can be found by its number.
pub struct Delivering(Arc<Functions>, u64);

impl Delivering {
    /// Its number.
    pub fn number(&self) -> u64 {
        self.1
    }
}

impl Drop for Delivering {
    fn drop(&mut self) {
        lock(&self.0.deliver).remove(&self.1);
    }
}

impl Functions {
    pub fn of(queue: &Arc<HostQueue>, key_provider: Option<Py<PyAny>>, on_event: Option<Py<PyAny>>) -> Arc<Self> {
        let queue = Arc::clone(queue);
        Arc::new(Self {
            queue,
            served_in: AtomicU32::new(0),
            key_provider,
            on_event,
            deliver: Mutex::default(),
            failures: Mutex::default(),
        })
    }

    /// A call of that number, made in the context that is current now.
    pub fn asking(self: &Arc<Self>, py: Python<'_>, number: u64) -> PyResult<Asking<'_>> {
        static COPY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let process = process_id();
        if self.served_in.swap(process, Ordering::Relaxed) != process {
            let functions = Arc::downgrade(self);
            self.queue.otherwise(move || functions.upgrade().into_iter().for_each(idle::serve));
        }
        let copy = COPY.get_or_try_init(py, || Ok::<_, PyErr>(py.import("contextvars")?.getattr("copy_context")?.unbind()))?;
        let remembered = Box::new(Asker { context: copy.call0(py)?, _functions: Arc::clone(self) });
        Ok(Asking { host: &self.queue, number, remembered })
    }

    pub fn queue(&self) -> &Arc<HostQueue> {
        &self.queue
    }

    /// Remembers a function that stores a secret.
    pub fn delivering(self: &Arc<Self>, function: Py<PyAny>) -> Delivering {
        let number = failure_id();
        lock(&self.deliver).insert(number, function);
        Delivering(Arc::clone(self), number)
    }

    pub fn take(&self) -> Option<Request> {
        self.queue.take().map(|request| Request(Arc::new(request)))
    }

    /// What a function raised, where an error says that one did.
    pub fn cause(&self, number: u64) -> Option<PyErr> {
        lock(&self.failures).remove(&number)
    }

    /// Serves everything that waits, for a caller that blocks.
    pub fn serve_all(&self, py: Python<'_>) -> PyResult<()> {
        while let Some(request) = self.take() {
            if let Some(awaitable) = self.begin(py, &request)? {
                // Unawaited, it would be warned about.
                let _ = awaitable.call_method0("close");
                let words = "the function is async, and this client is not: give a plain function, or use the async client";
                self.fail(py, &request, PyTypeError::new_err(words));
            }
        }
        Ok(())
    }

    /// Calls the function that is asked for; gives what has to be awaited, if it has to be.
    fn begin<'py>(&self, py: Python<'py>, request: &Request) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.called(py, request) {
            Ok(given) if given.hasattr("__await__")? => return Ok(Some(given)),
            Ok(given) => self.answer(&given, request),
            Err(raised) if !ends_program(py, &raised) => self.fail(py, request, raised),
            // Ctrl-C and the end of the program go on, but what was asked for has failed: a secret
            // that nobody has stored must not wait for another answer.
            Err(raised) => {
                if request.0.ask() != HostAsk::Event {
                    self.fail(py, request, raised.clone_ref(py));
                }
                return Err(raised);
            }
        }
        Ok(None)
    }

    fn called<'py>(&self, py: Python<'py>, request: &Request) -> PyResult<Bound<'py, PyAny>> {
        let none = || Ok(py.None().into_bound(py));
        let run = |arguments: Bound<'py, PyTuple>| request.context(py)?.call_method1("run", arguments);
        match request.0.ask() {
            HostAsk::Key => match &self.key_provider {
                Some(function) => run((function.bind(py),).into_pyobject(py)?),
                None => none(),
            },
            HostAsk::Event => match (&self.on_event, request.0.event()) {
                (Some(function), Some(event)) => run((function.bind(py), event.to_py(py)?).into_pyobject(py)?),
                _ => none(),
            },
            HostAsk::Deliver => {
                let function = lock(&self.deliver).get(&request.0.function()).map(|function| function.clone_ref(py));
                match (function, request.0.secret()) {
                    (Some(function), Some(secret)) => run((function.bind(py), secret.to_py(py)?).into_pyobject(py)?),
                    // To say that it is stored would keep a key that nobody has.
                    _ => Err(PyRuntimeError::new_err("the call that was to store the secret has ended")),
                }
            }
        }
    }

    fn answer(&self, given: &Bound<'_, PyAny>, request: &Request) {
        let key = match request.0.ask() {
            HostAsk::Key => from_py::<facade::Secret>(given, "key_provider").map(Some),
            HostAsk::Deliver | HostAsk::Event => Ok(None),
        };
        match key {
            Ok(key) => request.0.answer(key),
            Err(wrong) => self.fail(given.py(), request, wrong),
        }
    }

    fn fail(&self, py: Python<'_>, request: &Request, raised: PyErr) {
        if !request.0.is_open() {
            // Nobody waits for it, and a call does not fail because somebody watches it badly. What has
            // been answered or given back needs no second answer.
            if request.0.event().is_some() {
                raised.write_unraisable(py, None);
            }
            return;
        }
        let number = failure_id();
        let words = raised.get_type(py).name().map_or_else(|_| "an exception".to_owned(), |name| name.to_string());
        let forgotten = {
            let mut failures = lock(&self.failures);
            failures.insert(number, raised);
            if failures.len() > MOST_FAILURES { failures.pop_first() } else { None }
        };
        // Not under the lock: what it holds may run anything when it goes.
        drop(forgotten);
        request.0.fail(number, words);
    }
}

/// Whether the program is to end, and not only a function of it.
fn ends_program(py: Python<'_>, raised: &PyErr) -> bool {
    raised.is_instance_of::<PyKeyboardInterrupt>(py) || raised.is_instance_of::<PySystemExit>(py)
}

entry_points! {
    impl Request {
        /// The call that it is asked for; 0 where it has none.
        #[getter]
        fn caller(&self) -> PyResult<u64> {
            Ok(self.0.caller())
        }

        /// Whether a secret is to be stored.
        #[getter]
        fn stores(&self) -> PyResult<bool> {
            Ok(self.0.ask() == HostAsk::Deliver)
        }

        /// A copy of the context of that call: several may be in it at a time. Without a call, an empty
        /// one, and never that of whoever serves it.
        fn context<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            match self.0.asker().as_ref().and_then(|caller| caller.remembered::<Asker>()) {
                Some(asker) => asker.context.bind(py).call_method0("copy"),
                None => py.import("contextvars")?.getattr("Context")?.call0(),
            }
        }
    }
}

entry_points! {
    impl Link {
        /// Calls the function that is asked for; gives what has to be awaited, if it has to be.
        fn begin<'py>(&self, py: Python<'py>, request: &Bound<'py, Request>) -> PyResult<Option<Bound<'py, PyAny>>> {
            let _guard = InterpreterGuard::enter(py);
            self.0.begin(py, request.get())
        }

        /// Answers with what was awaited.
        fn answer(&self, request: &Bound<'_, Request>, given: &Bound<'_, PyAny>) -> PyResult<()> {
            self.0.answer(given, request.get());
            Ok(())
        }

        /// Says what was raised instead.
        fn fail(&self, py: Python<'_>, request: &Bound<'_, Request>, raised: Bound<'_, PyAny>) -> PyResult<()> {
            self.0.fail(py, request.get(), PyErr::from_value(raised));
            Ok(())
        }
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
