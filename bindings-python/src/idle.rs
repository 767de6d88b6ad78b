//! Does what no caller is left to do: one thread of the process, begun when it is first needed.
//!
//! A blocked caller serves the requests of its client, and so does an event loop. When both have gone,
//! as after Ctrl-C, the core may still tell what became of a key. And a loop may be closed while a new
//! secret is on its way to it: nothing tells of that, so whoever has something for a loop that must not
//! be lost has this thread look whether the loop takes it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keywright_facade::bridge::Parker;
use keywright_facade::process::PerProcess;
use pyo3::Python;

use crate::call::Loop;
use crate::exit;
use crate::host::Functions;

/// It is woken before, whenever there is something to do.
const LONG: Duration = Duration::from_secs(3600);

/// When it looks after a loop for the first time, and how seldom it does after a while.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LAST_LOOK: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Idle {
    waiting: Mutex<Vec<Arc<Functions>>>,
    loops: Mutex<Vec<Arc<Loop>>>,
    parker: Parker,
    has_begun: AtomicBool,
}

static IDLE: PerProcess<Idle> = PerProcess::new();

/// Has the requests to these functions served. Called on any thread, and takes no lock of the
/// interpreter there.
pub fn serve(functions: Arc<Functions>) {
    add(functions, |idle| &idle.waiting);
}

/// Has a look whether a loop takes what has come for it. Called on any thread, as above.
pub fn look_after(of: Arc<Loop>) {
    add(of, |idle| &idle.loops);
}

fn add<T>(new: Arc<T>, place: impl FnOnce(&Idle) -> &Mutex<Vec<Arc<T>>>) {
    let idle = IDLE.get(Idle::default);
    {
        let mut waiting = lock(place(idle));
        if waiting.iter().any(|one| Arc::ptr_eq(one, &new)) {
            return;
        }
        waiting.push(new);
    }
    if !idle.has_begun.swap(true, Ordering::SeqCst) {
        let begun = std::thread::Builder::new().name("keywright-idle".to_owned()).spawn(move || run(idle));
        // Without a thread, the next that comes tries again.
        idle.has_begun.store(begun.is_ok(), Ordering::SeqCst);
    }
    idle.parker.wake();
}

fn run(idle: &Idle) {
    let mut look = FIRST_LOOK;
    let mut watched: Vec<Arc<Loop>> = Vec::new();
    loop {
        idle.parker.wait(if watched.is_empty() { LONG } else { look });
        let waiting = std::mem::take(&mut *lock(&idle.waiting));
        if !waiting.is_empty() {
            exit::from_outside(|py| serve_all(py, &waiting));
        }
        watched.retain(|one| one.owes_something());
        if !watched.is_empty() {
            exit::from_outside(|py| watched.retain(|one| !one.give_up_if_closed(py)));
        }
        // What has come just now is looked at after a moment: a loop that runs has taken it by then.
        let new = std::mem::take(&mut *lock(&idle.loops));
        look = if new.is_empty() { LAST_LOOK.min(look * 2) } else { FIRST_LOOK };
        watched.retain(|one| !new.iter().any(|new| Arc::ptr_eq(new, one)));
        watched.extend(new);
    }
}

fn serve_all(py: Python<'_>, waiting: &[Arc<Functions>]) {
    for functions in waiting {
        // Nobody is there to raise it to, and what else waits is served all the same.
        while let Err(raised) = functions.serve_all(py) {
            raised.write_unraisable(py, None);
        }
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
