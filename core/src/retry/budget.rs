//! The retries that all calls of one origin may add together.
//!
//! Each call pays in a fifth of a retry and a reserve refills with time, so that a failing service
//! sees at most a fifth more traffic and a quiet client may still retry; what is older than the
//! window counts no more, neither as credit nor as debt.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A retry, in the unit of account: fractions of it must add up exactly.
const RETRY: i64 = 1_000;
/// The pieces into which the window is cut; the oldest is dropped as a whole.
const SLOTS: usize = 10;
/// From this many origins on, budgets that nobody holds are dropped.
const MAX_IDLE: usize = 64;

/// The size of a [`Budget`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct BudgetOptions {
    /// How long a payment or withdrawal counts.
    pub window: Duration,
    /// Retries per second that need no payment.
    pub reserve: f64,
    /// What one call pays in, in retries.
    pub ratio: f64,
}

impl Default for BudgetOptions {
    fn default() -> Self {
        Self { window: Duration::from_secs(10), reserve: 10.0, ratio: 0.2 }
    }
}

impl BudgetOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how long a payment or withdrawal counts.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Sets the retries per second that need no payment.
    #[must_use]
    pub fn reserve(mut self, per_second: f64) -> Self {
        self.reserve = per_second;
        self
    }

    /// Sets what one call pays in, in retries.
    #[must_use]
    pub fn ratio(mut self, retries: f64) -> Self {
        self.ratio = retries;
        self
    }
}

/// The shared allowance of transient retries of one origin.
#[derive(Debug)]
pub struct Budget {
    slot: Duration,
    reserve: i64,
    payment: i64,
    ledger: Mutex<Ledger>,
}

#[derive(Debug, Default)]
struct Ledger {
    slots: [i64; SLOTS],
    /// The newest slot, counted from the clock's origin.
    newest: u64,
}

impl Budget {
    /// A full budget.
    #[must_use]
    pub fn new(options: BudgetOptions) -> Self {
        let slots = u32::try_from(SLOTS).unwrap_or(u32::MAX);
        Self {
            slot: (options.window / slots).max(Duration::from_nanos(1)),
            reserve: to_units(options.reserve * options.window.as_secs_f64()),
            payment: to_units(options.ratio),
            ledger: Mutex::default(),
        }
    }

    /// Pays in for one call at monotonic time `now`.
    pub fn deposit(&self, now: Duration) {
        let mut ledger = self.at(now);
        *ledger.current() += self.payment;
    }

    /// Takes out one retry; `false` when the budget is empty.
    pub fn withdraw(&self, now: Duration) -> bool {
        let mut ledger = self.at(now);
        let enough = self.reserve + ledger.sum() >= RETRY;
        if enough {
            *ledger.current() -= RETRY;
        }
        enough
    }

    /// Puts retries back that have led to a success.
    pub fn give_back(&self, retries: u32, now: Duration) {
        if retries > 0 {
            *self.at(now).current() += i64::from(retries) * RETRY;
        }
    }

    /// How many whole retries are left.
    #[must_use]
    pub fn remaining(&self, now: Duration) -> u64 {
        let balance = self.reserve + self.at(now).sum();
        u64::try_from(balance / RETRY).unwrap_or(0)
    }

    fn at(&self, now: Duration) -> MutexGuard<'_, Ledger> {
        let slot = u64::try_from(now.as_nanos() / self.slot.as_nanos()).unwrap_or(u64::MAX);
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.forget_before(slot);
        ledger
    }
}

impl Ledger {
    fn forget_before(&mut self, slot: u64) {
        let passed = slot.saturating_sub(self.newest);
        for step in 1..=passed.min(SLOTS as u64) {
            self.slots[Self::index(self.newest + step)] = 0;
        }
        self.newest = self.newest.max(slot);
    }

    fn current(&mut self) -> &mut i64 {
        &mut self.slots[Self::index(self.newest)]
    }

    fn sum(&self) -> i64 {
        self.slots.iter().sum()
    }

    fn index(slot: u64) -> usize {
        usize::try_from(slot % SLOTS as u64).unwrap_or(0)
    }
}

/// Saturating, as every float conversion in Rust is; a NaN becomes nothing.
#[expect(clippy::cast_possible_truncation, reason = "saturation is meant")]
fn to_units(retries: f64) -> i64 {
    (retries * 1_000.0).round().clamp(0.0, 1e15) as i64
}

/// The budgets of a process, one per origin.
#[derive(Debug, Default)]
pub struct Budgets {
    options: BudgetOptions,
    known: Mutex<HashMap<Arc<str>, Arc<Budget>>>,
}

impl Budgets {
    /// No budget yet; each is made with `options` when first asked for.
    #[must_use]
    pub fn new(options: BudgetOptions) -> Self {
        Self { options, known: Mutex::default() }
    }

    /// The budget of `origin`.
    #[must_use]
    pub fn of(&self, origin: &str, now: Duration) -> Arc<Budget> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(budget) = known.get(origin) {
            return Arc::clone(budget);
        }
        if known.len() >= MAX_IDLE {
            known.retain(|_, budget| Arc::strong_count(budget) > 1 || !budget.is_untouched(now));
        }
        let budget = Arc::new(Budget::new(self.options));
        known.insert(origin.into(), Arc::clone(&budget));
        budget
    }

    /// How many whole retries `origin` has left; all of them when nobody asked for its budget yet.
    #[must_use]
    pub fn remaining(&self, origin: &str, now: Duration) -> u64 {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(origin).cloned();
        known.map_or_else(|| Budget::new(self.options).remaining(now), |budget| budget.remaining(now))
    }
}

impl Budget {
    /// Whether a new budget would say the same.
    fn is_untouched(&self, now: Duration) -> bool {
        self.at(now).slots.iter().all(|slot| *slot == 0)
    }
}
