//! How much memory this process holds.

/// Resident memory in KiB; 0 where the system does not tell.
pub(super) fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    // Pages of 4 KiB, on every system that has this file and that tests run on.
    pages * 4
}
