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

    /// This process's value, made when it is first asked for; a failure is not kept.
    ///
    /// # Errors
    /// What making it fails with.
    pub fn try_get<E>(&self, make: impl Fn() -> Result<T, E>) -> Result<&T, E> {
        if let Some(value) = self.peek() {
            return Ok(value);
        }
        // Two threads may make one at once: what comes second is dropped.
        let mut made = Some(make()?);
        let mut place = self;
        loop {
            let first = Cell::new(made.take());
            let generation = || Generation { process: process_id(), value: first.take(), next: Box::default() };
            let found = place.0.get_or_init(generation);
            made = first.take();
            match &found.value {
                Some(value) if found.process == process_id() => return Ok(value),
                Some(_) | None => place = &found.next,
            }
        }
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

    #[test]
    fn what_could_not_be_made_is_tried_again() {
        let per = PerProcess::new();
        assert_eq!(per.try_get(|| Err("no descriptors")), Err("no descriptors"));
        assert_eq!(per.try_get(|| Ok::<_, &str>("made")), Ok(&"made"));
        assert_eq!(per.try_get(|| Err("never asked")), Ok(&"made"));
    }

    #[test]
    fn threads_that_make_it_at_once_get_the_same() {
        let per = PerProcess::new();
        let gate = std::sync::Barrier::new(4);
        let number = std::sync::atomic::AtomicU32::new(0);
        let made = || {
            gate.wait();
            Ok::<_, ()>(number.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
        };
        let seen: Vec<u32> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| *per.try_get(made).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    }
}
