//! A value for each process: a forked child makes its own.
//!
//! That of its parent is never touched again, not even to drop it: a lock in it may be held by a
//! thread that the child does not have.

use std::sync::OnceLock;

/// A value for each process.
#[doc(hidden)]
#[derive(Debug)]
pub struct PerProcess<T>(OnceLock<Generation<T>>);

#[derive(Debug)]
struct Generation<T> {
    process: u32,
    value: T,
    next: Box<PerProcess<T>>,
}

impl<T> PerProcess<T> {
    /// No value yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// This process's value, made when it is first asked for.
    pub fn get(&self, make: impl Fn() -> T) -> &T {
        self.of(std::process::id(), make)
    }

    fn of(&self, process: u32, make: impl Fn() -> T) -> &T {
        let mut place = self;
        loop {
            let found = place.0.get_or_init(|| Generation { process, value: make(), next: Box::default() });
            if found.process == process {
                return &found.value;
            }
            place = &found.next;
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
