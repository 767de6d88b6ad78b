//! How much processor time one input may take.

use std::fs;

/// For what does not depend on the length: a client, a call, a runtime.
pub const FIXED: u64 = 200_000_000;
/// For each byte, under the sanitizer, in nanoseconds: some fifty times what it takes.
const PER_BYTE: u64 = 20_000;

/// Does the work and fails when it took more than its length allows.
pub fn bounded(bytes: usize, work: impl FnOnce()) {
    let before = used();
    work();
    if let (Some(before), Some(after)) = (before, used()) {
        let allowed = FIXED + PER_BYTE * bytes as u64;
        assert!(after - before < allowed, "{bytes} bytes took {} ms", (after - before) / 1_000_000);
    }
}

/// The time that this thread has run, in nanoseconds, where the system tells it.
pub fn used() -> Option<u64> {
    fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}
