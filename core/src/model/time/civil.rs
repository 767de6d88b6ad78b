//! Dates of the Gregorian calendar, carried back before its time (as RFC 3339 does), and the
//! instants that they name in UTC.

use super::{MICROS, Timestamp};

const DAY: i64 = 24 * 60 * 60;
/// Days of 400 years, after which the calendar repeats itself.
const ERA: i64 = 146_097;
/// From the first of March of the year 0 to 1970.
const SINCE_MARCH: i64 = 719_468;

/// A date and a time of day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub micro: i64,
}

impl Civil {
    /// The instant, moved by so many seconds; `None` when there is no such date or time of day.
    /// Beyond the range it is the nearest end.
    pub(crate) fn instant(self, shift: i64) -> Option<Timestamp> {
        let of_day = (0..24).contains(&self.hour) && (0..60).contains(&self.minute) && (0..=60).contains(&self.second);
        let of_year = (1..=12).contains(&self.month) && self.day >= 1 && self.day <= days_in(self.year, self.month);
        if !of_day || !of_year {
            return None;
        }
        // A leap second is legal on the wire and unknown to every clock here.
        let seconds = self.hour * 3600 + self.minute * 60 + self.second.min(59);
        // No year that is read has more than ten digits: nothing here comes near the limits of 64 bits.
        let since_1970 = days_since_1970(self.year, self.month, self.day) * DAY + seconds + shift;
        Some(Timestamp::saturated(since_1970.saturating_mul(MICROS).saturating_add(self.micro)))
    }

    pub(crate) fn of(at: Timestamp) -> Self {
        let (seconds, micro) = (at.micros.div_euclid(MICROS), at.micros.rem_euclid(MICROS));
        // Years are counted from March, so that the leap day is the last of one.
        let day = seconds.div_euclid(DAY) + SINCE_MARCH;
        let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let of_day = seconds.rem_euclid(DAY);
        Self {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: of_year - (153 * month_from_march + 2) / 5 + 1,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            micro,
        }
    }
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - SINCE_MARCH
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}
