//! A value for each process: a forked child makes its own.
//!
//! That of its parent is never touched again, not even to drop it: a lock in it may be held by a
//! thread that the child does not have.

use std::cell::Cell;
use std::sync::OnceLock;

thread_local! {
    static SETTLED: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Says that this thread will never fork: which process it is in need not be asked again.
#[doc(hidden)]
pub fn settle_thread() {
    SETTLED.set(Some(std::process::id()));
}

/// The process that this thread is in.
#[doc(hidden)]
#[must_use]
pub fn process_id() -> u32 {
    SETTLED.get().unwrap_or_else(std::process::id)
}

/// A value for each process.
#[doc(hidden)]
#[derive(Debug)]
pub struct PerProcess<T>(OnceLock<Generation<T>>);

#[derive(Debug)]
struct Generation<T> {
    process: u32,
    /// Always there until it is dropped.
    value: Option<T>,
    next: Box<PerProcess<T>>,
}

impl<T> Drop for Generation<T> {
    fn drop(&mut self) {
        if self.process != process_id() {
            std::mem::forget(self.value.take());
        }
    }
}

impl<T> PerProcess<T> {
    /// No value yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// This process's value, made when it is first asked for.
    pub fn get(&self, make: impl Fn() -> T) -> &T {
        self.of(process_id(), make)
    }

    /// This process's value, if it was made.
    pub fn peek(&self) -> Option<&T> {
        let mut place = self;
        loop {
            let found = place.0.get()?;
            if found.process == process_id() {
                return found.value.as_ref();
            }
            place = &found.next;
        }
    }

    fn of(&self, process: u32, make: impl Fn() -> T) -> &T {
        let mut place = self;
        loop {
            let found = place.0.get_or_init(|| Generation { process, value: Some(make()), next: Box::default() });
            match &found.value {
                Some(value) if found.process == process => return value,
                Some(_) | None => place = &found.next,
            }
        }
    }
}

impl<T> Default for PerProcess<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_process_makes_its_own_once() {
        let per = PerProcess::new();
        assert_eq!(*per.of(1, || "parent"), "parent");
        assert_eq!(*per.of(2, || "child"), "child");
        assert_eq!(*per.of(3, || "grandchild"), "grandchild");
        assert_eq!((*per.of(1, || "again"), *per.of(2, || "again")), ("parent", "child"));
    }
}
