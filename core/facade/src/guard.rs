//! No panic leaves this library: every entry point of every language goes through here.
//!
//! A panic that crosses ends the process or becomes something that no `except` and no `catch` of
//! the caller is made for. It is a defect of this library, and told as one: kind `internal`.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use keywright::BoxFuture;

use crate::api::{ErrorKind, KeywrightError};
use crate::process::Result;

/// Whether the next entry, or the next call on the io thread, panics.
static NEXT_ENTRY: AtomicBool = AtomicBool::new(false);
static NEXT_CALL: AtomicBool = AtomicBool::new(false);

/// Does the work of an entry point; its panic becomes an error.
///
/// # Errors
/// `internal` when it panics.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T> {
    let done = catch_unwind(AssertUnwindSafe(|| {
        trip(&NEXT_ENTRY);
        work()
    }));
    done.map_err(|_| panicked())
}

/// Makes a call; its panic becomes its error.
pub(crate) async fn guarded_call<T>(call: BoxFuture<'static, Result<T>>) -> Result<T> {
    let tripped = async {
        trip(&NEXT_CALL);
        call.await
    };
    AssertUnwindSafe(tripped).catch_unwind().await.unwrap_or_else(|_| Err(panicked()))
}

/// For work whose end nobody hears of: letting go of something, a hook.
pub fn silenced(work: impl FnOnce()) {
    // It was printed when it happened.
    let _ = catch_unwind(AssertUnwindSafe(work));
}

/// Has the next entry point (`entry`) or the next call on the io thread (`call`) panic. For the
/// tests of the bindings, which have no other way to bring about what must never happen.
#[doc(hidden)]
pub fn panic_next(place: &str) {
    let next = if place == "entry" { &NEXT_ENTRY } else { &NEXT_CALL };
    next.store(true, Ordering::SeqCst);
}

fn trip(next: &AtomicBool) {
    if next.load(Ordering::Relaxed) && next.swap(false, Ordering::SeqCst) {
        resume_unwind(Box::new("a panic for a test"));
    }
}

fn panicked() -> KeywrightError {
    KeywrightError::of(ErrorKind::Internal, "a panic was caught: please report it")
}

/// The same for the entry points that uniffi makes, which have a guard of their own.
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[doc(hidden)]
pub fn provoke_panic(place: String) {
    if place == "now" {
        resume_unwind(Box::new("a panic for a test"));
    }
    panic_next(&place);
}
