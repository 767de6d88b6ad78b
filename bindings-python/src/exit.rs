//! The end of the interpreter: calls are ended first, and no thread comes back into it afterwards.
//!
//! A daemon thread that re-attached while the interpreter is being taken down would abort the
//! process, so from that moment on it waits for ever instead.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use keywright_facade::process::Process;
use pyo3::prelude::*;

static ENDING: AtomicBool = AtomicBool::new(false);
/// Threads between the end of a wait and their return to the interpreter.
static RETURNING: AtomicUsize = AtomicUsize::new(0);

/// Has the interpreter tell of its end.
pub fn register(py: Python<'_>) -> PyResult<()> {
    let stop = wrap_pyfunction!(stop, py)?;
    py.import("atexit")?.call_method1("register", (stop,)).map(drop)
}

#[pyfunction]
fn stop(py: Python<'_>) {
    ENDING.store(true, Ordering::SeqCst);
    py.detach(|| {
        Process::stop_current();
        while RETURNING.load(Ordering::SeqCst) > 0 {
            std::thread::yield_now();
        }
    });
}

/// Waits without the interpreter's lock.
pub fn wait(py: Python<'_>, wait: impl FnOnce() + Send) {
    py.detach(|| {
        wait();
        RETURNING.fetch_add(1, Ordering::SeqCst);
        if ENDING.load(Ordering::SeqCst) {
            RETURNING.fetch_sub(1, Ordering::SeqCst);
            loop {
                std::thread::park_timeout(Duration::MAX);
            }
        }
    });
    RETURNING.fetch_sub(1, Ordering::SeqCst);
}
