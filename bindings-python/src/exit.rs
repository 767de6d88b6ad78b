//! The end of the interpreter: calls are ended first, and no thread comes back into it afterwards.
//!
//! The interpreter ends a daemon thread wherever it next wants the lock. Between frames of ours that
//! aborts the process, so the end waits until no thread is there, and one that would come in
//! afterwards waits for ever instead. The thread that takes the interpreter down may go on calling:
//! hooks that were registered before this package was imported run after its end.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::ThreadId;
use std::time::Duration;

use keywright_facade::process::Process;
use pyo3::prelude::*;
use pyo3::types::IntoPyDict;

use crate::guard::entry_points;

/// How many moments the end waits for functions of the user that do not return.
const PATIENCE: usize = 2000;
const MOMENT: Duration = Duration::from_micros(500);

/// The thread that takes the interpreter down, from then on.
static ENDER: OnceLock<ThreadId> = OnceLock::new();
/// Threads that are in the interpreter with a call of ours below them.
static INSIDE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Calls of this thread inside each other: a function of the user may make one.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Has the interpreter tell of its end, and of forks.
pub fn register(py: Python<'_>) -> PyResult<()> {
    let stop = wrap_pyfunction!(stop, py)?;
    py.import("atexit")?.call_method1("register", (stop,))?;
    let os = py.import("os")?;
    if !os.hasattr("register_at_fork")? {
        return Ok(());
    }
    let forked = [("after_in_child", wrap_pyfunction!(forked, py)?)].into_py_dict(py)?;
    os.call_method("register_at_fork", (), Some(&forked)).map(drop)
}

entry_points! {
    fn stop(py: Python<'_>) -> PyResult<()> {
        // Set once per process image: a second end there is not.
        let _ = ENDER.set(std::thread::current().id());
        py.detach(|| {
            Process::stop_current();
            for _ in 0..PATIENCE {
                if INSIDE.load(Ordering::SeqCst) == 0 {
                    break;
                }
                std::thread::park_timeout(MOMENT);
            }
        });
        Ok(())
    }

    /// The threads of the parent are not in the child.
    fn forked() -> PyResult<()> {
        INSIDE.store(usize::from(DEPTH.get() > 0), Ordering::SeqCst);
        Ok(())
    }
}

/// Does something in the interpreter on a thread that does not come from it; nothing where it ends.
pub fn from_outside(work: impl FnOnce(Python<'_>)) {
    // In this order: the end either sees this thread and waits, or is seen by it.
    INSIDE.fetch_add(1, Ordering::SeqCst);
    DEPTH.set(1);
    if ENDER.get().is_none() {
        let _ = Python::try_attach(work);
    }
    DEPTH.set(0);
    INSIDE.fetch_sub(1, Ordering::SeqCst);
}

/// While it lives, this thread is in the interpreter with a call of ours below it.
pub struct InterpreterGuard(PhantomData<*const ()>);

impl InterpreterGuard {
    /// Begins; waits for ever where the interpreter has ended, but on the thread that ends it.
    pub fn enter(py: Python<'_>) -> Self {
        if DEPTH.get() == 0 {
            INSIDE.fetch_add(1, Ordering::SeqCst);
            if has_ended() {
                py.detach(wait_for_ever);
            }
        }
        DEPTH.set(DEPTH.get() + 1);
        Self(PhantomData)
    }

    /// Waits without the interpreter's lock.
    pub fn wait(&self, py: Python<'_>, wait: impl FnOnce() + Send) {
        py.detach(|| {
            INSIDE.fetch_sub(1, Ordering::SeqCst);
            wait();
            INSIDE.fetch_add(1, Ordering::SeqCst);
            if has_ended() {
                wait_for_ever();
            }
        });
    }
}

impl Drop for InterpreterGuard {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        if DEPTH.get() == 0 {
            INSIDE.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Whether another thread takes the interpreter down.
fn has_ended() -> bool {
    ENDER.get().is_some_and(|ender| *ender != std::thread::current().id())
}

fn wait_for_ever() {
    INSIDE.fetch_sub(1, Ordering::SeqCst);
    loop {
        std::thread::park_timeout(Duration::MAX);
    }
}
