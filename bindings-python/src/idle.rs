//! Serves what the core asks where no call waits that could: one thread of the process, begun when it
//! is first needed.
//!
//! A blocked caller serves the requests of its client, and so does an event loop. When both have gone,
//! as after Ctrl-C, the core may still tell what became of a key.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keywright_facade::bridge::Parker;
use keywright_facade::process::PerProcess;

use crate::exit;
use crate::host::Functions;

/// It is woken before, whenever there is something to do.
const LONG: Duration = Duration::from_secs(3600);

#[derive(Default)]
struct Idle {
    waiting: Mutex<Vec<Arc<Functions>>>,
    parker: Parker,
    has_begun: AtomicBool,
}

static IDLE: PerProcess<Idle> = PerProcess::new();

/// Has the requests to these functions served. Called on any thread, and takes no lock of the
/// interpreter there.
pub fn serve(functions: Arc<Functions>) {
    let idle = IDLE.get(Idle::default);
    {
        let mut waiting = idle.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.iter().any(|one| Arc::ptr_eq(one, &functions)) {
            waiting.push(functions);
        }
    }
    if !idle.has_begun.swap(true, Ordering::SeqCst) {
        let begun = std::thread::Builder::new().name("keywright-idle".to_owned()).spawn(move || run(idle));
        // Without a thread, whoever calls next serves them.
        idle.has_begun.store(begun.is_ok(), Ordering::SeqCst);
    }
    idle.parker.wake();
}

fn run(idle: &Idle) {
    loop {
        idle.parker.wait(LONG);
        let waiting = std::mem::take(&mut *idle.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() {
            continue;
        }
        exit::from_outside(|py| {
            for functions in waiting {
                if let Err(raised) = functions.serve_all(py) {
                    // Nobody is there to raise it to.
                    raised.write_unraisable(py, None);
                }
            }
        });
    }
}
