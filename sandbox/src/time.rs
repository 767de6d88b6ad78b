//! Instants in milliseconds and their texts: RFC 3339, IMF-fixdate and ISO 8601 durations.
//!
//! Our own date code on purpose (S1): a date library shared with the client would make a shared
//! mistake invisible.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const DAY: i64 = 86_400_000;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Time(pub(crate) i64);

impl Time {
    /// Reads RFC 3339 with any offset and up to nine decimals.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if !text.is_ascii() || bytes.len() < 20 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        if !matches!(bytes[10], b'T' | b't' | b' ') || bytes[13] != b':' || bytes[16] != b':' {
            return None;
        }
        let (year, month, day) = (digits(&text[0..4])?, digits(&text[5..7])?, digits(&text[8..10])?);
        let (hour, minute, second) = (digits(&text[11..13])?, digits(&text[14..16])?, digits(&text[17..19])?);
        let in_range = (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
        if !in_range || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (millis, zone) = fraction(&text[19..])?;
        let clock = (hour * 3600 + minute * 60 + second) * 1000 + millis;
        Some(Self(days_from_civil(year, month, day) * DAY + clock - offset(zone)? * 60_000))
    }

    /// `2026-03-23T10:00:00.000Z`, the one form that every service answers with (SID-8).
    pub(crate) fn rfc3339(self) -> String {
        let (year, month, day) = self.civil();
        let (hour, minute, second) = self.clock();
        let millis = self.0.rem_euclid(1000);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }

    /// `Mon, 23 Mar 2026 10:00:00 GMT`, for `Date` and `Retry-After`.
    pub(crate) fn imf(self) -> String {
        let (year, month, day) = self.civil();
        let (hour, minute, second) = self.clock();
        let weekday = WEEKDAYS[self.day().rem_euclid(7) as usize];
        let month = MONTHS[(month - 1) as usize];
        format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }

    pub(crate) fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    pub(crate) fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Seconds since 1970, rounded down.
    pub(crate) fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Midnight UTC at or before.
    pub(crate) fn start_of_day(self) -> Self {
        Self(self.day() * DAY)
    }

    /// Midnight UTC of the Monday at or before.
    pub(crate) fn start_of_week(self) -> Self {
        // 1970-01-01 was a Thursday, three days after a Monday.
        Self((self.day() - (self.day() + 3).rem_euclid(7)) * DAY)
    }

    /// Midnight UTC of the first of the month at or before.
    pub(crate) fn start_of_month(self) -> Self {
        let (year, month, _) = self.civil();
        Self(days_from_civil(year, month, 1) * DAY)
    }

    /// The first of the following month.
    pub(crate) fn next_month(self) -> Self {
        let (year, month, _) = self.civil();
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        Self(days_from_civil(year, month, 1) * DAY)
    }

    fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    fn clock(self) -> (i64, i64, i64) {
        let seconds = self.0.rem_euclid(DAY) / 1000;
        (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    fn civil(self) -> (i64, i64, i64) {
        // Days are counted in eras of 400 years that begin on the first of March.
        let shifted = self.day() + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(0).plus(after),
            Err(before) => Self(0).minus(before.duration()),
        }
    }
}

impl From<Time> for SystemTime {
    fn from(time: Time) -> Self {
        let distance = Duration::from_millis(time.0.unsigned_abs());
        if time.0 < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a time in RFC 3339"))
    }
}

/// Reads an ISO 8601 duration of days and smaller (`PT61M`, `P2DT0.5S`, `-PT2H`): the duration and
/// whether it is negative.
pub(crate) fn parse_duration(text: &str) -> Option<(Duration, bool)> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (days, clock) = match rest.strip_prefix('P')?.split_once('T') {
        Some((days, clock)) if !clock.is_empty() => (days, clock),
        Some(_) => return None,
        None => (rest.strip_prefix('P')?, ""),
    };
    if days.is_empty() && clock.is_empty() {
        return None;
    }
    let mut seconds = parts(days, &[('W', 604_800.0), ('D', 86_400.0)])?;
    seconds += parts(clock, &[('H', 3600.0), ('M', 60.0), ('S', 1.0)])?;
    Duration::try_from_secs_f64(seconds).ok().map(|duration| (duration, negative))
}

fn parts(text: &str, units: &[(char, f64)]) -> Option<f64> {
    let (mut rest, mut total) = (text, 0.0);
    for (unit, seconds) in units {
        if let Some((number, after)) = rest.split_once(*unit) {
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
                return None;
            }
            total += number.parse::<f64>().ok()? * seconds;
            rest = after;
        }
    }
    rest.is_empty().then_some(total)
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The milliseconds of `.123456` and what follows them.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 || length > 9 {
        return None;
    }
    let padded: String = rest[..length].chars().chain("00".chars()).take(3).collect();
    Some((digits(&padded)?, &rest[length..]))
}

/// The minutes east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    (zone.len() == 6 && hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_is_written_and_read_back() {
        let first = Time::parse("1600-01-01T00:00:00Z").expect("a time");
        for day in 0..292_000 {
            let time = Time(first.0 + day * DAY + 3_723_004);
            assert_eq!(Time::parse(&time.rfc3339()), Some(time));
        }
    }

    #[test]
    fn offsets_and_decimals_are_read() {
        let time = Time::parse("2026-03-23T12:30:00.5+02:30").expect("a time");
        assert_eq!(time.rfc3339(), "2026-03-23T10:00:00.500Z");
        assert_eq!(time.imf(), "Mon, 23 Mar 2026 10:00:00 GMT");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+2:00",
            "2026-01-01T00:00:00Zx",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let time = Time::parse("2026-03-25T12:00:00Z").expect("a time");
        assert_eq!(time.start_of_week().rfc3339(), "2026-03-23T00:00:00.000Z");
        assert_eq!(time.start_of_month().rfc3339(), "2026-03-01T00:00:00.000Z");
        assert_eq!(Time::parse("2026-12-31T23:00:00Z").map(Time::next_month), Time::parse("2027-01-01T00:00:00Z"));
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(parse_duration("PT61M"), Some((Duration::from_secs(3660), false)));
        assert_eq!(parse_duration("-PT2H"), Some((Duration::from_secs(7200), true)));
        assert_eq!(parse_duration("P2DT0.5S"), Some((Duration::from_millis(172_800_500), false)));
        for text in ["", "P", "PT", "2H", "PT2", "PTxS", "PT1e3S", "P1Y"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
