//! Reads the three date forms of HTTP, and nothing that merely looks like one.
//!
//! A date that is wrong in any letter is absent: guessing at it would turn a typo into a wait of
//! hours. All three forms are UTC (RFC 9110 section 5.6.7).

use crate::model::time::{Civil, Timestamp};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// A two-digit year further ahead than this means the century before.
const MAX_YEARS_AHEAD: i64 = 50;

/// The time that `text` names; `now` gives a two-digit year its century.
pub(crate) fn parse(text: &str, now: Timestamp) -> Option<Timestamp> {
    imf_fixdate(text).or_else(|| rfc_850(text, now)).or_else(|| asctime(text))
}

/// `Fri, 29 Sep 2023 16:26:37 GMT`
fn imf_fixdate(text: &str) -> Option<Timestamp> {
    let rest = weekday(text, &DAYS)?.strip_prefix(", ")?.strip_suffix(" GMT")?;
    let [day, month, year, time] = words(rest)?;
    at(digits(year, 4)?, month, digits(day, 2)?, time)
}

/// `Friday, 29-Sep-23 16:26:37 GMT`
fn rfc_850(text: &str, now: Timestamp) -> Option<Timestamp> {
    let rest = weekday(text, &LONG_DAYS)?.strip_prefix(", ")?.strip_suffix(" GMT")?;
    let (date, time) = rest.split_once(' ')?;
    let mut parts = date.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let this_year = Civil::of(now).year;
    let year = this_year - this_year.rem_euclid(100) + digits(year, 2)?;
    let year = if year > this_year + MAX_YEARS_AHEAD { year - 100 } else { year };
    at(year, month, digits(day, 2)?, time)
}

/// `Fri Sep 29 16:26:37 2023`, a day below 10 padded with a space
fn asctime(text: &str) -> Option<Timestamp> {
    let rest = weekday(text, &DAYS)?.strip_prefix(' ')?;
    let (month, rest) = rest.split_at_checked(3)?;
    let (day, rest) = rest.strip_prefix(' ')?.split_at_checked(2)?;
    let (time, year) = rest.strip_prefix(' ')?.split_once(' ')?;
    let day = day.strip_prefix(' ').map_or_else(|| digits(day, 2), |day| digits(day, 1))?;
    at(digits(year, 4)?, month, day, time)
}

fn weekday<'a>(text: &'a str, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| text.strip_prefix(name))
}

fn words(text: &str) -> Option<[&str; 4]> {
    let mut words = text.split(' ');
    let found = [words.next()?, words.next()?, words.next()?, words.next()?];
    words.next().is_none().then_some(found)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn at(year: i64, month: &str, day: i64, time: &str) -> Option<Timestamp> {
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let mut parts = time.split(':').map(|part| digits(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    Civil { year, month: month as i64, day, hour, minute, second, micro: 0 }.instant(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "2023-09-29T16:26:37Z";

    fn read(text: &str) -> Option<String> {
        parse(text, NOW.parse().expect("a valid time")).map(|time| time.to_string())
    }

    #[test]
    fn all_three_forms_name_the_same_second() {
        for text in ["Fri, 29 Sep 2023 16:26:37 GMT", "Friday, 29-Sep-23 16:26:37 GMT", "Fri Sep 29 16:26:37 2023"] {
            assert_eq!(read(text).as_deref(), Some(NOW), "{text}");
        }
        assert_eq!(read("Sun Oct  1 00:00:00 2023").as_deref(), Some("2023-10-01T00:00:00Z"));
    }

    #[test]
    fn a_two_digit_year_is_never_more_than_fifty_years_ahead() {
        assert_eq!(read("Friday, 29-Sep-73 16:26:37 GMT").as_deref(), Some("2073-09-29T16:26:37Z"));
        assert_eq!(read("Saturday, 29-Sep-74 16:26:37 GMT").as_deref(), Some("1974-09-29T16:26:37Z"));
    }

    #[test]
    fn whatever_is_wrong_in_one_letter_is_absent() {
        for text in [
            "Zun, 29 Sep 2023 16:26:37 GMT",
            "29 Sep 2023 16:26:37 GMT",
            "Fri, 29 Sep 20233 16:26:37 GMT",
            "Fri, 29 Sep 2023 16:26:37 UTC",
            "Fri, 29 Sep 2023 16:26:37 +0000",
            "Fri, 29 Sep 2023 16:26:37",
            "fri, 29 Sep 2023 16:26:37 GMT",
            "Fri, 9 Sep 2023 16:26:37 GMT",
            "Fri, 31 Sep 2023 16:26:37 GMT",
            "Fri, 29 Sep 2023 24:26:37 GMT",
            "Fri, 29 Sep 2023 16:26:61 GMT",
            "Fri,  29 Sep 2023 16:26:37 GMT",
            "Fri, 29-Sep-23 16:26:37 GMT",
            "Friday, 29-Sep-2023 16:26:37 GMT",
            "Fri Sep 29 16:26:37 20233",
            "Fri Sep 9 16:26:37 2023",
            "Fri, ٢9 Sep 2023 16:26:37 GMT",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_second_survives_its_imf_form(second in Timestamp::MIN.as_second()..=Timestamp::MAX.as_second()) {
            let time = Timestamp::from_second(second).expect("in range");
            // Another library's calendar knows the day of the week.
            let date: jiff::civil::DateTime = time.to_string().trim_end_matches('Z').parse().expect("a date");
            let text = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            prop_assert_eq!(parse(&text, time), Some(time));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}|[A-Z][a-z]{2},? [0-9]{1,3}[- ][A-Z][a-z]{2}[- ][0-9]{1,5} [0-9:]{5,9}( GMT)?") {
            let _ = read(&text);
        }
    }
}
