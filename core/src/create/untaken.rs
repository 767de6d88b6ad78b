//! Who a new secret belongs to while it is on its way to its caller.
//!
//! The rule: a result belongs to its caller only once the caller has taken it. Between the task that
//! made the key and the caller stand channels, queues and other languages, and each of them can be
//! given up with the result in it. So the result travels with a receipt. Whatever drops the receipt
//! unsigned, on whichever thread, gives the key back to the task that made it, which discards it as
//! the options say and tells of it (`orphan_key`).

use std::fmt;

use tokio::sync::oneshot;

use crate::runtime::per_process::process_id;

/// A result that nobody has taken yet. Dropping it gives it back; see [`Keys::create_untaken`].
///
/// [`Keys::create_untaken`]: crate::Keys::create_untaken
#[must_use = "what is dropped untaken is discarded"]
#[derive(Debug)]
pub struct Untaken<T> {
    value: T,
    receipt: Receipt,
}

impl<T> Untaken<T> {
    pub(super) fn new(value: T, receipt: Receipt) -> Self {
        Self { value, receipt }
    }

    /// Takes it: from now on it is the caller's.
    pub fn take(self) -> T {
        self.receipt.sign();
        self.value
    }

    /// The result and its receipt apart, for those who carry the result further: it is the caller's
    /// only when the receipt is signed.
    pub fn into_parts(self) -> (T, Receipt) {
        (self.value, self.receipt)
    }
}

/// What the caller signs when it has taken a result. Dropped unsigned, the result goes back.
#[must_use = "a receipt that is dropped unsigned gives the result back"]
pub struct Receipt {
    sign: Option<oneshot::Sender<()>>,
    process: u32,
}

impl Receipt {
    /// A receipt, and where its maker waits: for a signature, or for its end without one.
    pub(super) fn new() -> (Self, oneshot::Receiver<()>) {
        let (sign, signed) = oneshot::channel();
        (Self { sign: Some(sign), process: process_id() }, signed)
    }

    /// The caller has taken the result.
    pub fn sign(mut self) {
        if self.process == process_id()
            && let Some(sign) = self.sign.take()
        {
            // Where the maker has ended with its runtime, nobody needs to know.
            let _ = sign.send(());
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        // A forked child has a copy in memory. The result is its parent's, and stays that.
        if self.process != process_id() {
            std::mem::forget(self.sign.take());
        }
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_result_is_taken_or_comes_back_wherever_it_is_dropped() {
        let (receipt, signed) = Receipt::new();
        assert_eq!(Untaken::new(7, receipt).take(), 7);
        assert!(signed.await.is_ok());
        let (receipt, signed) = Receipt::new();
        let (value, receipt) = Untaken::new(7, receipt).into_parts();
        std::thread::spawn(move || drop(receipt)).join().unwrap();
        assert!(signed.await.is_err() && value == 7);
    }

    #[tokio::test]
    async fn a_forked_child_gives_nothing_of_its_parent_back() {
        let (mut receipt, mut signed) = Receipt::new();
        receipt.process += 1;
        drop(receipt);
        assert_eq!(signed.try_recv(), Err(oneshot::error::TryRecvError::Empty));
        let (mut receipt, mut signed) = Receipt::new();
        receipt.process += 1;
        receipt.sign();
        assert_eq!(signed.try_recv(), Err(oneshot::error::TryRecvError::Empty));
    }
}
