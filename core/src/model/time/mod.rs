//! The one type of time in the public surface: an instant in UTC, years 1 to 9999, to the
//! microsecond.
//!
//! Our own, because a calendar library's range is not that of a service: `9999-12-31T23:59:59Z` is
//! what "never" looks like in many of them, and what `datetime.max` is in a caller's language.

mod civil;
mod signed;
mod text;

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::error::{Error, Result};

pub(crate) use civil::Civil;
pub use signed::SignedDuration;

const MICROS: i64 = 1_000_000;

/// An instant in UTC between the years 1 and 9999, to the microsecond.
///
/// Reads and prints RFC 3339. Arithmetic never fails: what would leave the range is its nearest
/// end, so that a wait of any length can be added to any time. The constructors from a number and
/// from text of the caller's refuse what is outside instead, where they say so.
///
/// ```
/// use std::time::Duration;
/// use keywright::Timestamp;
///
/// let at: Timestamp = "2027-03-23T02:00:00.5+02:00".parse()?;
/// assert_eq!(at.to_string(), "2027-03-23T00:00:00.5Z");
/// assert_eq!(format!("{at:.3}"), "2027-03-23T00:00:00.500Z");
/// assert_eq!(at + Duration::MAX, Timestamp::MAX);
/// assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
/// # Ok::<(), keywright::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Microseconds since 1970, within the range.
    micros: i64,
}

impl Timestamp {
    /// The beginning of the year 1. Some languages have no other way to say "no time": where a
    /// service sends it, it is read as that.
    pub const MIN: Self = Self { micros: -62_135_596_800 * MICROS };
    /// The last microsecond of the year 9999.
    pub const MAX: Self = Self { micros: 253_402_300_800 * MICROS - 1 };
    /// The beginning of 1970.
    pub const UNIX_EPOCH: Self = Self { micros: 0 };

    /// So many seconds after 1970 began, or before.
    ///
    /// # Errors
    /// `config` outside the years 1 to 9999.
    pub fn from_second(seconds: i64) -> Result<Self> {
        Self::from_microsecond(seconds.saturating_mul(MICROS))
    }

    /// So many milliseconds after 1970 began, or before.
    ///
    /// # Errors
    /// `config` outside the years 1 to 9999.
    pub fn from_millisecond(millis: i64) -> Result<Self> {
        Self::from_microsecond(millis.saturating_mul(1_000))
    }

    /// So many microseconds after 1970 began, or before.
    ///
    /// # Errors
    /// `config` outside the years 1 to 9999.
    pub fn from_microsecond(micros: i64) -> Result<Self> {
        let at = Self::saturated(micros);
        if at.micros == micros { Ok(at) } else { Err(Self::out_of_range()) }
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn as_second(self) -> i64 {
        self.micros.div_euclid(MICROS)
    }

    /// Whole milliseconds since 1970, rounded down.
    #[must_use]
    pub const fn as_millisecond(self) -> i64 {
        self.micros.div_euclid(1_000)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn as_microsecond(self) -> i64 {
        self.micros
    }

    /// How long it is after another time; negative when it is before.
    ///
    /// ```
    /// use keywright::{SignedDuration, Timestamp};
    ///
    /// let at = Timestamp::from_second(60)?;
    /// assert_eq!(Timestamp::UNIX_EPOCH.duration_since(at), SignedDuration::from_secs(-60));
    /// # Ok::<(), keywright::Error>(())
    /// ```
    #[must_use]
    pub const fn duration_since(self, other: Self) -> SignedDuration {
        SignedDuration::from_micros(self.micros.saturating_sub(other.micros))
    }

    /// The nearest time in range.
    pub(crate) fn saturated(micros: i64) -> Self {
        Self { micros: micros.clamp(Self::MIN.micros, Self::MAX.micros) }
    }

    /// A moment as a service tells it: `Some(None)` is the zero time, which stands for "never" (in
    /// some languages a time cannot be absent), with or without a zone; `None` is no time.
    pub(crate) fn read_moment(text: &str) -> Option<Option<Self>> {
        match text::read(text) {
            Some(Self::MIN) => Some(None),
            Some(at) => Some(Some(at)),
            None => text::is_bare_zero(text).then_some(None),
        }
    }

    fn out_of_range() -> Error {
        Error::config("time", "is too far away", "give a time between the years 1 and 9999")
    }
}

/// As many microseconds as the length has; a longer one than can be counted is the longest.
fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    /// The later time, or [`Timestamp::MAX`].
    fn add(self, length: Duration) -> Self {
        Self::saturated(self.micros.saturating_add(micros(length)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    /// The earlier time, or [`Timestamp::MIN`].
    fn sub(self, length: Duration) -> Self {
        Self::saturated(self.micros.saturating_sub(micros(length)))
    }
}

impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, length: Duration) {
        *self = *self + length;
    }
}

impl SubAssign<Duration> for Timestamp {
    fn sub_assign(&mut self, length: Duration) {
        *self = *self - length;
    }
}

impl Add<SignedDuration> for Timestamp {
    type Output = Self;

    /// The time so much later or earlier, within the range.
    fn add(self, length: SignedDuration) -> Self {
        Self::saturated(self.micros.saturating_add(length.as_micros()))
    }
}

impl From<SystemTime> for Timestamp {
    /// The same time, or the nearest in range.
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self::UNIX_EPOCH + after,
            // Rounded down like every other time, so that one never seems later than it is.
            Err(before) => {
                let before = before.duration();
                let rounded = before.as_nanos() % 1_000 > 0;
                Self::UNIX_EPOCH - before - Duration::from_micros(u64::from(rounded))
            }
        }
    }
}

impl From<Timestamp> for SystemTime {
    /// The same time; where the system counts no years that long ago (Windows, before 1601), the
    /// beginning of its count.
    fn from(at: Timestamp) -> Self {
        const WINDOWS_BEGINS: Duration = Duration::from_secs(11_644_473_600);
        let distance = Duration::from_micros(at.micros.unsigned_abs());
        let time = if at.micros < 0 {
            UNIX_EPOCH.checked_sub(distance).or_else(|| UNIX_EPOCH.checked_sub(WINDOWS_BEGINS))
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        time.unwrap_or(UNIX_EPOCH)
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    /// Reads RFC 3339: any offset, any number of decimals (those beyond microseconds are dropped),
    /// and the variants in use: a blank for the `T`, no seconds, `+00`, `+0000`. What an offset or a
    /// longer year carries beyond the range is its nearest end.
    ///
    /// # Errors
    /// `config` for anything else, a time without a zone included: it would mean another instant on
    /// another machine.
    fn from_str(text: &str) -> Result<Self> {
        text::read(text)
            .ok_or_else(|| Error::config("time", "is no time in RFC 3339", "write it like `2026-03-23T10:00:00Z`, with its zone"))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with the decimals that are needed; a precision (`{:.3}`) sets how many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(*self, f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text::read(&text).ok_or_else(|| serde::de::Error::custom("not a time in RFC 3339"))
    }
}

#[cfg(test)]
mod tests;
