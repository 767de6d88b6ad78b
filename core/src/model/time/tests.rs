use jiff::civil::DateTime;
use jiff::tz::Offset;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_whole_range_is_read_and_written() {
    for (text, micros) in [
        ("0001-01-01T00:00:00Z", Timestamp::MIN.as_microsecond()),
        ("0001-01-01T00:00:00.000001Z", Timestamp::MIN.as_microsecond() + 1),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-01T00:00:00Z", 0),
        ("9999-12-31T23:59:59.999999Z", Timestamp::MAX.as_microsecond()),
    ] {
        assert_eq!(at(text).as_microsecond(), micros, "{text}");
        assert_eq!(Timestamp::from_microsecond(micros).map(|at| at.to_string()).ok().as_deref(), Some(text));
    }
}

#[test]
fn every_spelling_of_a_moment_is_that_moment() {
    for text in [
        "2026-03-23T10:00:00Z",
        "2026-03-23t10:00:00z",
        "2026-03-23 10:00:00+00:00",
        "2026-03-23 10:00:00+00",
        "2026-03-23T12:30:00+0230",
        "2026-03-23T12:30:00+02:30",
        "2026-03-22T22:00:00-12:00",
        "2026-03-23T10:19:32+00:19:32",
        "2026-03-23T10:00:00-00:00",
        "2026-03-23T10:00Z",
        "2026-03-23T10:00:00.0Z",
        "2026-03-23T10:00:00.0000009Z",
        "2026-03-23T10:00:00,000000000000000000000000Z",
        "+002026-03-23T10:00:00Z",
    ] {
        assert_eq!(at(text).to_string(), "2026-03-23T10:00:00Z", "{text}");
    }
    assert_eq!(at("2026-03-23T10:00:00.1234567Z").to_string(), "2026-03-23T10:00:00.123456Z");
    assert_eq!(at("2016-12-31T23:59:60Z").to_string(), "2016-12-31T23:59:59Z");
}

#[test]
fn what_lies_beyond_the_range_is_its_nearest_end() {
    for text in [
        "9999-12-31T23:59:59.999999999-05:00",
        "+10000-01-01T00:00:00Z",
        "+275760-09-13T00:00:00.000Z",
        "+1000000000-12-31T23:59:59.999999999Z",
    ] {
        assert_eq!(at(text), Timestamp::MAX, "{text}");
    }
    for text in
        ["0001-01-01T00:00:00+01:00", "0000-12-31T00:00:00Z", "-271821-04-20T00:00:00.000Z", "-1000000000-01-01T00:00:00Z"]
    {
        assert_eq!(at(text), Timestamp::MIN, "{text}");
    }
}

#[test]
fn the_zero_time_is_no_moment_with_a_zone_or_without() {
    for text in [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00",
        "0001-01-01 00:00:00.0000000",
        "0001-01-01T00:00:00.000+00:00",
        "0001-01-01T00:00:00+01:00",
    ] {
        assert_eq!(Timestamp::read_moment(text), Some(None), "{text}");
    }
    for text in ["0001-01-01T00:00:00.000001Z", "0001-01-01T00:00:00-01:00", "0001-01-02T00:00:00Z", "1969-12-31T00:00:00Z"] {
        assert_eq!(Timestamp::read_moment(text), Some(text.parse().ok()), "{text}");
    }
    for text in ["", "never", "0001-01-01", "0001-01-01T00:00:01", "2026-03-23T10:00:00"] {
        assert_eq!(Timestamp::read_moment(text), None, "{text}");
    }
}

#[test]
fn what_is_no_time_or_has_no_zone_is_refused() {
    for text in [
        "",
        "never",
        "2026-03-23",
        "2026-03-23T10:00:00",
        "2026-03-23T10:00:00.Z",
        "2026-03-23T10:00:00.5",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-03-23T24:00:00Z",
        "2026-03-23T10:60:00Z",
        "2026-03-23T10:00:61Z",
        "2026-03-23T10:00:00+24:00",
        "2026-03-23T10:00:00+2:00",
        "2026-03-23T10:00:00+02:00:",
        "2026-03-23T10:00:00+",
        "2026-03-23T10:00:00Zx",
        "2026-03-23T10:00:00 Z",
        "10000-01-01T00:00:00Z",
        "+12345678901-01-01T00:00:00Z",
        "٢026-03-23T10:00:00Z",
        "1764211200",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn numbers_outside_the_years_1_to_9999_are_refused_and_lengths_saturate() {
    for millis in [8_640_000_000_000_000, -8_640_000_000_000_000, i64::MAX, i64::MIN, 253_402_300_800_000, -62_135_596_800_001] {
        assert!(Timestamp::from_millisecond(millis).is_err(), "{millis}");
    }
    assert!(Timestamp::from_second(i64::MIN).is_err());
    for far in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(1 << 40)] {
        assert_eq!(Timestamp::MIN + far, Timestamp::MAX);
        assert_eq!(Timestamp::MAX - far, Timestamp::MIN);
    }
    assert_eq!(Timestamp::MAX + SignedDuration::from_secs(i64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::MAX + SignedDuration::from_secs(i64::MIN), Timestamp::MIN);
    assert_eq!(-SignedDuration::from_micros(i64::MIN), SignedDuration::from_micros(i64::MAX));
    let whole = Timestamp::MAX.duration_since(Timestamp::MIN);
    assert_eq!(Timestamp::MIN + whole, Timestamp::MAX);
}

#[test]
fn the_systems_time_is_the_same_time() {
    for text in
        ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2026-03-23T10:00:00.000001Z", "9999-12-31T23:59:59.999999Z"]
    {
        assert_eq!(Timestamp::from(SystemTime::from(at(text))), at(text));
    }
    let just_before = UNIX_EPOCH - Duration::from_nanos(1);
    assert_eq!(Timestamp::from(just_before).as_microsecond(), -1);
    assert_eq!(Timestamp::from(UNIX_EPOCH + Duration::from_secs(1 << 50)), Timestamp::MAX);
}

#[test]
fn json_holds_its_text() {
    let text = serde_json::to_string(&at("2026-03-23T10:00:00.5Z")).expect("plain text");
    assert_eq!(text, r#""2026-03-23T10:00:00.5Z""#);
    assert_eq!(serde_json::from_str::<Timestamp>(&text).ok(), Some(at("2026-03-23T10:00:00.5Z")));
    assert!(serde_json::from_str::<Timestamp>("5").is_err());
}

proptest! {
    /// A calendar of another library is the witness, all over the range.
    #[test]
    fn the_calendar_agrees_with_another(micros in Timestamp::MIN.as_microsecond()..=Timestamp::MAX.as_microsecond()) {
        let ours = Timestamp::from_microsecond(micros).expect("in range");
        let text = ours.to_string();
        let theirs: DateTime = text.trim_end_matches('Z').parse().expect("a date");
        prop_assert_eq!(theirs.to_string() + "Z", text.clone());
        prop_assert_eq!(text.parse::<Timestamp>().ok(), Some(ours));
        // Their instants end a day before their calendar does.
        if let Ok(instant) = Offset::UTC.to_timestamp(theirs) {
            prop_assert_eq!(instant.as_microsecond(), micros);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}|[+-]?[0-9]{3,11}-[0-9]{2}-[0-9]{2}[T ][0-9:]{4,9}([.,][0-9]{0,30})?(Z|[+-][0-9:]{0,9})") {
        if let Ok(at) = text.parse::<Timestamp>() {
            prop_assert_eq!(at.to_string().parse::<Timestamp>().ok(), Some(at));
        }
    }

    #[test]
    fn every_precision_is_a_prefix(micros in 0_i64..4_000_000_000_000_000, decimals in 0_usize..=9) {
        let at = Timestamp::from_microsecond(micros).expect("in range");
        let (whole, short) = (format!("{at:.6}"), format!("{at:.decimals$}"));
        prop_assert!(whole.starts_with(short.trim_end_matches('Z')), "{} {}", whole, short);
    }
}
