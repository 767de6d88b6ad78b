//! Who shares a lane, and for how long it is remembered.

use std::sync::Arc;

use jiff::Timestamp;

use crate::clock::ManualClock;
use crate::retry::{Fingerprint, LaneKey, Lanes};

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
