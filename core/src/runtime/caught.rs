//! A panic in a function of the caller is that function's failure, and ends nothing else.
//!
//! Between a request that has made a key and its caller, an unwinding stack would lose the key
//! without a word. What was panicked with is not looked at: it may hold anything.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Calls a function of the caller; nothing when it panics.
pub(crate) fn called<T>(function: impl FnOnce() -> T) -> Option<T> {
    // What it may have left half done is the caller's own.
    catch_unwind(AssertUnwindSafe(function)).ok()
}

/// Calls an async function of the caller and awaits it; nothing when either panics.
pub(crate) async fn awaited<F: Future>(function: impl FnOnce() -> F) -> Option<F::Output> {
    let mut future = pin!(called(function)?);
    poll_fn(|cx| match called(|| future.as_mut().poll(cx)) {
        Some(Poll::Ready(output)) => Poll::Ready(Some(output)),
        Some(Poll::Pending) => Poll::Pending,
        None => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_before_or_in_a_future_is_a_failure() {
        assert_eq!(called(|| 7), Some(7));
        assert_eq!(called::<u8>(|| panic!("on purpose")), None);
        assert_eq!(awaited(|| async { 7 }).await, Some(7));
        assert_eq!(awaited(|| async { panic!("on purpose") }).await, None::<u8>);
        let panics = || -> std::future::Ready<u8> { panic!("on purpose") };
        assert_eq!(awaited(panics).await, None);
    }
}
