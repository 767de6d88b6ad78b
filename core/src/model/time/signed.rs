//! A length of time that may be negative: how far one clock is ahead of another.

use std::fmt;
use std::ops::{Div, Neg};
use std::time::Duration;

/// A length of time that may be negative, to the microsecond. Lengths that cannot be counted are
/// the longest that can.
///
/// ```
/// use keywright::SignedDuration;
///
/// let behind = SignedDuration::from_millis(-1_500);
/// assert_eq!(behind.to_string(), "-1.5s");
/// assert_eq!(behind.unsigned_abs(), std::time::Duration::from_millis(1_500));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SignedDuration {
    micros: i64,
}

impl SignedDuration {
    /// No time at all.
    pub const ZERO: Self = Self { micros: 0 };

    /// So many seconds.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self { micros: seconds.saturating_mul(1_000_000) }
    }

    /// So many milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self { micros: millis.saturating_mul(1_000) }
    }

    /// So many microseconds.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    /// Whole seconds, rounded towards zero.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.micros / 1_000_000
    }

    /// Seconds and their parts.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.micros as f64 / 1e6
    }

    /// Microseconds.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.micros
    }

    /// Whether it is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.micros < 0
    }

    /// Its length, whichever way it goes.
    #[must_use]
    pub const fn unsigned_abs(self) -> Duration {
        Duration::from_micros(self.micros.unsigned_abs())
    }
}

impl Neg for SignedDuration {
    type Output = Self;

    fn neg(self) -> Self {
        Self { micros: self.micros.saturating_neg() }
    }
}

impl Div<u32> for SignedDuration {
    type Output = Self;

    /// A part of it. Nothing divides by zero here: by zero it is what it was.
    fn div(self, by: u32) -> Self {
        Self { micros: self.micros / i64::from(by.max(1)) }
    }
}

impl fmt::Display for SignedDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", if self.is_negative() { "-" } else { "" }, self.unsigned_abs())
    }
}

impl fmt::Debug for SignedDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
