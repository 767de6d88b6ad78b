//! Who shares a limiter, for how long it is remembered, and how limiters and budgets are seen.

use std::sync::Arc;
use std::time::Duration;

use crate::model::time::{SignedDuration, Timestamp};

use crate::retry::{Answer, BudgetOptions, Budgets, Fingerprint, Limiter, LimiterKey, LimiterView, Limiters, Priority, Throttle};
use crate::runtime::clock::ManualClock;

fn limiters() -> Limiters {
    Limiters::new(Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)))
}

fn key(origin: &str, credential: &str, bucket: &str) -> LimiterKey {
    LimiterKey { origin: origin.into(), credential: Fingerprint::of(&["key", credential]), bucket: bucket.into() }
}

#[test]
fn only_the_same_origin_key_and_bucket_share_a_limiter() {
    let limiters = limiters();
    let first = limiters.of(&key("https://a", "k1", "read"));
    assert!(Arc::ptr_eq(&first, &limiters.of(&key("https://a", "k1", "read"))));
    for other in [key("https://b", "k1", "read"), key("https://a", "k2", "read"), key("https://a", "k1", "write")] {
        assert!(!Arc::ptr_eq(&first, &limiters.of(&other)), "{other:?}");
    }
}

#[test]
fn limiters_are_seen_by_origin_with_their_buckets() {
    let limiters = limiters();
    for key in [key("https://a", "k1", "read"), key("https://a", "k2", "read"), key("https://a", "k1", "write")] {
        drop(limiters.of(&key));
    }
    drop(limiters.of(&key("https://b", "k1", "login")));
    let mut buckets: Vec<_> = limiters.views_of("https://a").into_iter().map(|(bucket, _)| bucket).collect();
    buckets.sort();
    assert_eq!(buckets, ["read".into(), "read".into(), Arc::from("write")]);
    assert_eq!(limiters.views_of("https://c"), []);
}

#[test]
fn of_two_limiters_the_worst_of_each_is_seen() {
    let seconds = SignedDuration::from_secs;
    let calm = LimiterView { rate: None, cool_down: Duration::ZERO, in_flight: 1, waiting: 2, skew: seconds(-9) };
    let slow = LimiterView { rate: Some(0.5), cool_down: Duration::from_secs(3), in_flight: 0, waiting: 5, skew: seconds(4) };
    let quick = LimiterView { rate: Some(8.0), ..calm };
    let worst = LimiterView { rate: Some(0.5), cool_down: Duration::from_secs(3), in_flight: 1, waiting: 7, skew: seconds(-9) };
    for (one, other) in [(calm, slow), (slow, calm), (quick, slow), (slow, quick)] {
        assert_eq!(one.worst(other), worst);
    }
}

#[test]
fn an_origin_that_nobody_called_has_its_whole_budget() {
    let budgets = Budgets::new(BudgetOptions::new().reserve(0.5));
    assert_eq!(budgets.remaining("https://a", Duration::ZERO), 5);
    assert!(budgets.of("https://a", Duration::ZERO).withdraw(Duration::ZERO));
    assert_eq!((budgets.remaining("https://a", Duration::ZERO), budgets.remaining("https://b", Duration::ZERO)), (4, 5));
}

#[tokio::test]
async fn a_rate_that_a_quiet_minute_made_worthless_is_not_seen() {
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    let limiter = Limiter::new(Arc::new(clock.clone()));
    let permit = limiter.admit(&limiter.ticket(Priority::Normal, Throttle::Wait), None).await.unwrap();
    limiter.answered(permit, Answer::Throttled { server_delay: Some(Duration::from_secs(1)) }, None);
    assert!(limiter.view().rate.is_some() && limiter.view().cool_down >= Duration::from_secs(1));
    clock.advance(Duration::from_secs(60));
    assert_eq!((limiter.view().rate, limiter.view().cool_down), (None, Duration::ZERO));
}

#[test]
fn a_fingerprint_keeps_its_parts_apart() {
    assert_ne!(Fingerprint::of(&["ab", "c"]), Fingerprint::of(&["a", "bc"]));
    assert_eq!(format!("{:?}", Fingerprint::of(&["ab", "c"])).len(), "Fingerprint(01234567)".len());
}

#[test]
fn limiters_that_nobody_holds_do_not_pile_up() {
    let limiters = limiters();
    let held = limiters.of(&key("https://a", "held", "all"));
    for number in 0..10_000 {
        drop(limiters.of(&key("https://a", &number.to_string(), "all")));
    }
    assert!(limiters.len() <= 65, "{}", limiters.len());
    assert!(Arc::ptr_eq(&held, &limiters.of(&key("https://a", "held", "all"))));
}
