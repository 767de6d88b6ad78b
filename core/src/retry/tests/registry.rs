//! Who shares a lane, for how long it is remembered, and how lanes and budgets are seen.

use std::sync::Arc;
use std::time::Duration;

use crate::time::{SignedDuration, Timestamp};

use crate::clock::ManualClock;
use crate::retry::{Answer, BudgetOptions, Budgets, Fingerprint, Lane, LaneKey, LaneView, Lanes, Priority, Throttle};

fn lanes() -> Lanes {
    Lanes::new(Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)))
}

fn key(origin: &str, credential: &str, bucket: &str) -> LaneKey {
    LaneKey { origin: origin.into(), credential: Fingerprint::of(&["key", credential]), bucket: bucket.into() }
}

#[test]
fn only_the_same_origin_key_and_bucket_share_a_lane() {
    let lanes = lanes();
    let first = lanes.of(&key("https://a", "k1", "read"));
    assert!(Arc::ptr_eq(&first, &lanes.of(&key("https://a", "k1", "read"))));
    for other in [key("https://b", "k1", "read"), key("https://a", "k2", "read"), key("https://a", "k1", "write")] {
        assert!(!Arc::ptr_eq(&first, &lanes.of(&other)), "{other:?}");
    }
}

#[test]
fn lanes_are_seen_by_origin_with_their_buckets() {
    let lanes = lanes();
    for key in [key("https://a", "k1", "read"), key("https://a", "k2", "read"), key("https://a", "k1", "write")] {
        drop(lanes.of(&key));
    }
    drop(lanes.of(&key("https://b", "k1", "login")));
    let mut buckets: Vec<_> = lanes.views_of("https://a").into_iter().map(|(bucket, _)| bucket).collect();
    buckets.sort();
    assert_eq!(buckets, ["read".into(), "read".into(), Arc::from("write")]);
    assert_eq!(lanes.views_of("https://c"), []);
}

#[test]
fn of_two_lanes_the_worst_of_each_is_seen() {
    let seconds = SignedDuration::from_secs;
    let calm = LaneView { rate: None, cool_down: Duration::ZERO, in_flight: 1, waiting: 2, skew: seconds(-9) };
    let slow = LaneView { rate: Some(0.5), cool_down: Duration::from_secs(3), in_flight: 0, waiting: 5, skew: seconds(4) };
    let quick = LaneView { rate: Some(8.0), ..calm };
    let worst = LaneView { rate: Some(0.5), cool_down: Duration::from_secs(3), in_flight: 1, waiting: 7, skew: seconds(-9) };
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
    let lane = Lane::new(Arc::new(clock.clone()));
    let permit = lane.admit(&lane.ticket(Priority::Normal, Throttle::Wait), None).await.unwrap();
    lane.answered(permit, Answer::Throttled { hint: Some(Duration::from_secs(1)) }, None);
    assert!(lane.view().rate.is_some() && lane.view().cool_down >= Duration::from_secs(1));
    clock.advance(Duration::from_secs(60));
    assert_eq!((lane.view().rate, lane.view().cool_down), (None, Duration::ZERO));
}

#[test]
fn a_fingerprint_keeps_its_parts_apart() {
    assert_ne!(Fingerprint::of(&["ab", "c"]), Fingerprint::of(&["a", "bc"]));
    assert_eq!(format!("{:?}", Fingerprint::of(&["ab", "c"])).len(), "Fingerprint(01234567)".len());
}

#[test]
fn lanes_that_nobody_holds_do_not_pile_up() {
    let lanes = lanes();
    let held = lanes.of(&key("https://a", "held", "all"));
    for number in 0..10_000 {
        drop(lanes.of(&key("https://a", &number.to_string(), "all")));
    }
    assert!(lanes.len() <= 65, "{}", lanes.len());
    assert!(Arc::ptr_eq(&held, &lanes.of(&key("https://a", "held", "all"))));
}
