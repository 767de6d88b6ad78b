//! When the service wants to see us again, read from an answer's headers.
//!
//! Strict on purpose: a value with a sign, an exponent or any other surprise is absent, so that no
//! service can make a client hammer or sleep for weeks by accident. [`server_delay`] names the order in
//! which they count.

use std::time::Duration;

use crate::model::RateLimit;
use crate::model::time::Timestamp;
use http::HeaderName;

use crate::retry::date;
use crate::transport::wire::WireHead;

const DATE: HeaderName = http::header::DATE;
const RETRY_AFTER: HeaderName = http::header::RETRY_AFTER;
const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// The limit, remaining and reset headers of the draft, then of everybody's habit.
const FAMILIES: [[HeaderName; 3]; 2] = [
    [
        HeaderName::from_static("ratelimit-limit"),
        HeaderName::from_static("ratelimit-remaining"),
        HeaderName::from_static("ratelimit-reset"),
    ],
    [
        HeaderName::from_static("x-ratelimit-limit"),
        HeaderName::from_static("x-ratelimit-remaining"),
        HeaderName::from_static("x-ratelimit-reset"),
    ],
];
/// The longest delay that is told apart from for ever.
const MAX_SERVER_DELAY: Duration = Duration::from_secs(24 * 60 * 60);
/// From here on a reset is a point in time: seconds, then milliseconds since 1970.
const EPOCH_SECONDS: f64 = 1e9;
const EPOCH_MILLIS: f64 = 1e12;

/// The delay that an answer asks for: `Retry-After-Ms`, else `Retry-After`, else what stands in the
/// body, else the reset time of its rate limit. `server_delay_in_body` is what the dialect read from the body, `now`
/// the local time corrected by the limiter's skew, used where the answer has no `Date`.
#[must_use]
pub fn server_delay(head: &WireHead, server_delay_in_body: Option<Duration>, now: Timestamp) -> Option<Duration> {
    largest(head, &RETRY_AFTER_MS, |text| decimal(text).map(|millis| seconds(millis / 1_000.0)))
        .or_else(|| largest(head, &RETRY_AFTER, |text| retry_after(head, text, now)))
        .or(server_delay_in_body)
        .or_else(|| reset_delay(head, now))
        .map(|delay| delay.min(MAX_SERVER_DELAY))
}

/// The rate limit that an answer reports; of several, the one with the least left.
#[must_use]
pub fn rate_limit(head: &WireHead, now: Timestamp) -> Option<RateLimit> {
    let tightest = policies(head).min_by_key(|policy| (policy.remaining, std::cmp::Reverse(policy.reset_in)));
    tightest.or_else(|| {
        FAMILIES.iter().find_map(|[limit, remaining, reset]| {
            let reset_in = largest(head, reset, |text| moment(head, text, now))?;
            Some(RateLimit {
                limit: first(head, limit).and_then(count),
                remaining: first(head, remaining).and_then(count)?,
                reset_in,
            })
        })
    })
}

/// The answer's own time.
pub(crate) fn server_time(head: &WireHead, now: Timestamp) -> Option<Timestamp> {
    date::parse(first(head, &DATE)?, now)
}

fn retry_after(head: &WireHead, text: &str, now: Timestamp) -> Option<Duration> {
    decimal(text).map(seconds).or_else(|| date::parse(text, now).map(|at| until(head, at, now)))
}

/// The reset of a rate limit says when to return only once nothing is left.
fn reset_delay(head: &WireHead, now: Timestamp) -> Option<Duration> {
    let refused = head.status == 429;
    let spent = FAMILIES.iter().any(|[_, remaining, _]| first(head, remaining).and_then(count) == Some(0));
    let empty = policies(head).filter(|policy| policy.remaining == 0).map(|policy| policy.reset_in).max();
    let any = policies(head).map(|policy| policy.reset_in).max().filter(|_| refused || spent);
    let [[_, _, draft], [_, _, habit]] = &FAMILIES;
    empty.or(any).or_else(|| {
        let allowed = refused || spent;
        let draft = allowed.then(|| largest(head, draft, |text| decimal(text).map(seconds))).flatten();
        draft.or_else(|| allowed.then(|| largest(head, habit, |text| moment(head, text, now))).flatten())
    })
}

/// `"default";r=50;t=30, "burst";r=0;t=1`
fn policies(head: &WireHead) -> impl Iterator<Item = RateLimit> {
    let lines = head.headers.get_all(RATE_LIMIT).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| split(line, ',')).filter_map(|item| {
        let mut parameters = split(item, ';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
        let (mut remaining, mut reset_in) = (None, None);
        parameters.by_ref().for_each(|(name, value)| match name {
            "r" => remaining = count(value),
            "t" => reset_in = decimal(value).map(seconds),
            _ => {}
        });
        Some(RateLimit { limit: None, remaining: remaining?, reset_in: reset_in? })
    })
}

/// Splits where `separator` stands outside quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |letter| {
        let literal = escaped;
        escaped = quoted && letter == '\\' && !literal;
        quoted ^= letter == '"' && !literal;
        letter == separator && !quoted
    })
}

/// A reset: a point in time when it is too large for a delay.
fn moment(head: &WireHead, text: &str, now: Timestamp) -> Option<Duration> {
    let number = decimal(text)?;
    if number < EPOCH_SECONDS {
        return Some(seconds(number));
    }
    let epoch = if number < EPOCH_MILLIS { number } else { number / 1_000.0 };
    let reference = server_time(head, now).unwrap_or(now);
    Some(seconds(epoch - reference.as_microsecond() as f64 / 1e6))
}

/// Both dates of one answer come from one clock, so ours does not matter.
fn until(head: &WireHead, at: Timestamp, now: Timestamp) -> Duration {
    let reference = server_time(head, now).unwrap_or(now);
    let ahead = at.duration_since(reference);
    if ahead.is_negative() { Duration::ZERO } else { ahead.unsigned_abs() }
}

fn largest(head: &WireHead, name: &HeaderName, read: impl Fn(&str) -> Option<Duration>) -> Option<Duration> {
    head.headers.get_all(name).iter().filter_map(|value| read(trimmed(value.to_str().ok()?))).max()
}

fn first<'a>(head: &'a WireHead, name: &HeaderName) -> Option<&'a str> {
    head.headers.get(name)?.to_str().ok().map(trimmed)
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// `DIGIT+ [. DIGIT+]`
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (plain(whole) && plain(fraction)).then(|| text.parse().ok()).flatten()
}

fn count(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().unwrap_or(u64::MAX))
}

fn seconds(number: f64) -> Duration {
    Duration::from_secs_f64(number.clamp(0.0, MAX_SERVER_DELAY.as_secs_f64()))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "2023-09-29T16:26:37Z";

    fn head(status: u16, headers: &[(&str, &str)]) -> WireHead {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a header name");
            map.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a header value"));
        }
        WireHead { status, headers: map }
    }

    fn asked(status: u16, headers: &[(&str, &str)]) -> Option<f64> {
        server_delay(&head(status, headers), None, NOW.parse().expect("a valid time")).map(|delay| delay.as_secs_f64())
    }

    #[test]
    fn the_largest_of_several_lines_wins() {
        assert_eq!(
            asked(503, &[("retry-after", "3"), ("retry-after", "x"), ("retry-after", "7"), ("retry-after", "5")]),
            Some(7.0)
        );
    }

    #[test]
    fn a_date_is_measured_against_the_date_of_the_same_answer() {
        let late = ("retry-after", "Fri, 29 Sep 2023 18:00:20 GMT");
        assert_eq!(asked(503, &[late, ("date", "Fri, 29 Sep 2023 18:00:00 GMT")]), Some(20.0));
        assert_eq!(asked(503, &[late, ("date", "nonsense")]), Some(5_603.0 + 20.0));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "1696010460"), ("date", "Fri, 29 Sep 2023 18:00:00 GMT")]), Some(60.0));
    }

    #[test]
    fn a_reset_counts_only_when_nothing_is_left() {
        assert_eq!(asked(503, &[("x-ratelimit-reset", "9"), ("x-ratelimit-remaining", "1")]), None);
        assert_eq!(asked(503, &[("x-ratelimit-reset", "9"), ("x-ratelimit-remaining", "0")]), Some(9.0));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "9"), ("x-ratelimit-remaining", "1")]), Some(9.0));
        assert_eq!(asked(503, &[("ratelimit", "\"a\";r=3;t=9")]), None);
        assert_eq!(asked(503, &[("ratelimit", "\"a;,\\\"\";r=0;t=4, \"b\";r=1;t=9")]), Some(4.0));
        assert_eq!(asked(429, &[("ratelimit", "\"a\";r=3;t=9"), ("ratelimit-reset", "3")]), Some(9.0));
        assert_eq!(asked(429, &[("ratelimit-reset", "3"), ("x-ratelimit-reset", "8")]), Some(3.0));
    }

    #[test]
    fn the_size_of_a_reset_says_what_it_is() {
        assert_eq!(asked(429, &[("x-ratelimit-reset", "1696004857")]), Some(60.0));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "1696004857500")]), Some(60.5));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "1696000000")]), Some(0.0));
        assert_eq!(asked(429, &[("x-ratelimit-reset", "999999999")]), Some(86_400.0));
    }

    #[test]
    fn nothing_is_longer_than_a_day() {
        for value in ["86401", "4294967296", &"9".repeat(400), "Fri, 31 Dec 9998 00:00:00 GMT"] {
            assert_eq!(asked(429, &[("retry-after", value)]), Some(86_400.0), "{value}");
        }
        let week = Some(Duration::from_secs(604_800));
        assert_eq!(server_delay(&head(429, &[]), week, NOW.parse().expect("a valid time")), Some(MAX_SERVER_DELAY));
    }

    #[test]
    fn the_tightest_limit_is_the_one_reported() {
        let now = NOW.parse().expect("a valid time");
        let both = head(
            200,
            &[("ratelimit", "\"a\";r=3;t=9, \"b\";r=1;t=2"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "5")],
        );
        assert_eq!(rate_limit(&both, now), Some(RateLimit::new(None, 1, Duration::from_secs(2))));
        let sidclaw =
            head(200, &[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "59"), ("x-ratelimit-reset", "1696004857")]);
        assert_eq!(rate_limit(&sidclaw, now), Some(RateLimit::new(Some(60), 59, Duration::from_secs(60))));
        assert_eq!(rate_limit(&head(200, &[("x-ratelimit-remaining", "-1"), ("x-ratelimit-reset", "5")]), now), None);
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic_or_wait_more_than_a_day(
            status in prop_oneof![Just(429_u16), Just(503), any::<u16>()],
            name in prop_oneof![Just("retry-after"), Just("retry-after-ms"), Just("ratelimit"), Just("ratelimit-reset"),
                Just("x-ratelimit-reset"), Just("x-ratelimit-remaining"), Just("date")],
            value in prop_oneof!["[\\t -~]{0,40}", "[0-9.]{0,30}", "\"[a-z]\";r=[0-9]{1,30};t=[0-9]{1,30}"],
            bytes in proptest::collection::vec(0x80_u8..=0xFF, 0..4),
        ) {
            let mut raw = value.into_bytes();
            raw.extend(bytes);
            let mut headers = HeaderMap::new();
            headers.append(name, HeaderValue::from_bytes(&raw).expect("visible or obs-text"));
            headers.append("x-ratelimit-remaining", HeaderValue::from_static("0"));
            let head = WireHead { status, headers };
            let now = NOW.parse().expect("a valid time");
            prop_assert!(server_delay(&head, None, now).unwrap_or_default() <= MAX_SERVER_DELAY);
            prop_assert!(rate_limit(&head, now).is_none_or(|limit| limit.reset_in <= MAX_SERVER_DELAY));
        }

        #[test]
        fn a_plain_number_of_seconds_is_taken_as_it_stands(whole in 0_u32..86_400, millis in 0_u32..1_000) {
            let value = format!("\t{whole}.{millis:03} ");
            let expected = Duration::from_secs(whole.into()) + Duration::from_millis(millis.into());
            let found = server_delay(&head(429, &[("retry-after", &value)]), None, NOW.parse().expect("a valid time"));
            prop_assert!(found.is_some_and(|delay| delay.abs_diff(expected) < Duration::from_micros(1)));
        }
    }
}
