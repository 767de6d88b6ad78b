//! Who waits in a limiter, who is turned away, and what 503s make of it.

use std::time::Duration;

use crate::limiter::state::{Arrival, Grant, LimiterState, Next};
use crate::model::error::Stop;
use crate::retry::{Answer, Priority, Refused, Throttle, Ticket};

const START: Duration = Duration::ZERO;
const HOUR: Duration = Duration::from_secs(3_600);
const UNAVAILABLE: Answer = Answer::Unavailable { server_delay: None };

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

fn ticket(sequence: u64) -> Ticket {
    Ticket::new(sequence, Priority::Normal, Throttle::Wait).max_retry_after(seconds(60))
}

/// Calls that are sent at once by a new limiter.
fn sent(limiter: &mut LimiterState, calls: std::ops::Range<u64>) -> Vec<Grant> {
    let granted = calls.map(|call| match limiter.arrive(&ticket(call), None, START) {
        Arrival::Granted(grant) => grant,
        other => panic!("{other:?}"),
    });
    granted.collect()
}

fn waits(limiter: &mut LimiterState, ticket: &Ticket, deadline: Option<Duration>) {
    assert!(matches!(limiter.arrive(ticket, deadline, START), Arrival::Waits(_)));
}

/// Who is turned away now, in order.
fn turned_away(limiter: &mut LimiterState, now: Duration) -> Vec<(u64, Stop, Duration)> {
    std::iter::from_fn(|| match limiter.next(now) {
        Next::Refused(waiter, Refused { retry_after, stop }) => Some((waiter.sequence(), stop, retry_after)),
        Next::Granted(..) | Next::At(..) | Next::Idle => None,
    })
    .collect()
}

#[test]
fn a_cool_down_turns_away_at_once_those_who_would_wait_in_vain_and_nobody_else() {
    let mut limiter = LimiterState::new(START);
    let mut flying = sent(&mut limiter, 0..16);
    let normal = |sequence| Ticket::new(sequence, Priority::Normal, Throttle::Wait);
    waits(&mut limiter, &normal(20).max_retry_after(seconds(60)), None);
    waits(&mut limiter, &normal(21), Some(seconds(120)));
    waits(&mut limiter, &normal(22), Some(seconds(4_000)));
    waits(&mut limiter, &normal(23), None);
    waits(&mut limiter, &Ticket::new(24, Priority::Urgent, Throttle::Wait).max_retry_after(seconds(60)), Some(seconds(10)));
    waits(&mut limiter, &Ticket::new(25, Priority::Urgent, Throttle::Wait), Some(seconds(4)));
    waits(&mut limiter, &Ticket::new(26, Priority::Background, Throttle::Fail), None);
    limiter.answered(flying.remove(0), Answer::Throttled { server_delay: Some(HOUR) }, None, START, 0.0);
    let away = turned_away(&mut limiter, START);
    let expected = [
        (25, Stop::Deadline, HOUR),
        (20, Stop::RetryAfterTooLong, HOUR),
        (21, Stop::Deadline, HOUR),
        (26, Stop::ThrottleFail, HOUR),
    ];
    assert_eq!(away, expected);
    assert_eq!(limiter.waiting(), 3);
    let late = Answer::Throttled { server_delay: Some(seconds(5_000)) };
    limiter.answered(flying.remove(0), late, None, START, 0.0);
    assert_eq!(turned_away(&mut limiter, START), [(22, Stop::Deadline, seconds(5_000))], "it grew");
}

#[test]
fn what_chance_adds_to_a_server_delay_turns_nobody_away() {
    let mut limiter = LimiterState::new(START);
    let mut flying = sent(&mut limiter, 0..16);
    waits(&mut limiter, &ticket(20), None);
    limiter.answered(flying.remove(0), Answer::Throttled { server_delay: Some(seconds(60)) }, None, START, 1.0);
    assert!(limiter.cool_until() > seconds(60));
    assert_eq!(turned_away(&mut limiter, START), []);
    waits(&mut limiter, &ticket(21), None);
}

#[test]
fn a_newcomer_is_judged_by_the_cool_down_as_the_waiting_are() {
    let mut limiter = LimiterState::new(START);
    let mut flying = sent(&mut limiter, 0..1);
    limiter.answered(flying.remove(0), Answer::Throttled { server_delay: Some(HOUR) }, None, START, 0.0);
    let Arrival::Refused(refused) = limiter.arrive(&ticket(1), None, START) else { panic!("it would sleep for an hour") };
    assert_eq!(refused.stop, Stop::RetryAfterTooLong);
    assert!(matches!(limiter.arrive(&ticket(2), None, HOUR - seconds(50)), Arrival::Waits(_)));
}

#[test]
fn a_full_line_turns_away_newcomers_but_neither_urgent_calls_nor_those_who_come_back() {
    let mut limiter = LimiterState::new(START);
    let mut flying = sent(&mut limiter, 0..16);
    let limited = |sequence, priority| Ticket::new(sequence, priority, Throttle::Wait).queue_limit(3);
    let first = limited(20, Priority::Normal);
    waits(&mut limiter, &first, None);
    (21..23).for_each(|call| waits(&mut limiter, &limited(call, Priority::Background), None));
    for priority in [Priority::Normal, Priority::Background] {
        let Arrival::Refused(refused) = limiter.arrive(&limited(30, priority), None, START) else { panic!("the line is full") };
        assert_eq!(refused.stop, Stop::QueueFull);
    }
    (40..43).for_each(|call| waits(&mut limiter, &limited(call, Priority::Urgent), None));
    assert!(matches!(limiter.arrive(&limited(43, Priority::Urgent), None, START), Arrival::Refused(_)));
    (0..4).for_each(|_| {
        limiter.answered(flying.remove(0), Answer::Ok, None, START, 0.0);
        assert!(matches!(limiter.next(START), Next::Granted(..)));
    });
    waits(&mut limiter, &limited(50, Priority::Normal), None);
    waits(&mut limiter, &first, None);
}

#[test]
fn two_calls_with_503_within_a_second_end_the_epoch_and_one_alone_never_does() {
    let mut limiter = LimiterState::new(START);
    let mut flying = sent(&mut limiter, 0..4);
    for at in [0, 1, 2, 3] {
        let Arrival::Granted(grant) = limiter.arrive(&ticket(9), None, seconds(at)) else { panic!("open") };
        assert!(!limiter.answered(grant, UNAVAILABLE, None, seconds(at), 1.0), "its own 503s are no wave");
    }
    assert!(!limiter.answered(flying.remove(0), UNAVAILABLE, None, Duration::from_millis(4_001), 1.0), "too late for a wave");
    assert_eq!((limiter.rate(), limiter.cool_until()), (None, START));
    assert!(limiter.answered(flying.remove(0), UNAVAILABLE, None, seconds(5), 1.0));
    assert_eq!(limiter.cool_until(), seconds(6), "as a 429 without a server_delay");
    assert!(limiter.rate().is_some());
    assert!(limiter.answered(flying.remove(0), UNAVAILABLE, None, seconds(5), 1.0), "a late one of the same wave");
    assert_eq!(limiter.cool_until(), seconds(6), "which does not end another epoch");
}

#[test]
fn a_503_with_a_server_delay_pauses_the_limiter_for_so_long_unless_it_is_maintenance() {
    for (server_delay, until) in [(30, seconds(30)), (61, START)] {
        let mut limiter = LimiterState::new(START);
        let answer = Answer::Unavailable { server_delay: Some(seconds(server_delay)) };
        let limited = sent(&mut limiter, 0..2).into_iter().any(|grant| limiter.answered(grant, answer, None, START, 0.0));
        assert_eq!((limiter.cool_until(), limited), (until, until > START));
    }
}

#[test]
fn two_pauses_in_vain_say_that_the_service_is_down_and_the_limiter_holds_nobody_back() {
    let mut limiter = LimiterState::new(START);
    let mut flying = sent(&mut limiter, 0..16);
    (20..40).for_each(|call| waits(&mut limiter, &ticket(call), None));
    flying.drain(..).for_each(|grant| {
        limiter.answered(grant, UNAVAILABLE, None, START, 1.0);
    });
    let mut now = seconds(1);
    for pause in [2, 0] {
        let Next::Granted(_, probe) = limiter.next(now) else { panic!("one probe") };
        assert!(!matches!(limiter.next(now), Next::Granted(..)), "only one");
        assert_eq!(limiter.answered(probe, UNAVAILABLE, None, now, 1.0), pause > 0);
        now += seconds(pause);
    }
    assert_eq!((limiter.rate(), limiter.cool_until()), (None, now));
    let mut down = Vec::new();
    while let Next::Granted(_, grant) = limiter.next(now) {
        down.push(grant);
    }
    assert_eq!(down.len(), 18, "as many as before, and one for each answer that ended nothing");
    for grant in down {
        assert!(!limiter.answered(grant, UNAVAILABLE, None, now, 1.0));
    }
    assert_eq!(limiter.cool_until(), now);
    now += seconds(2);
    let mut back = sent_at(&mut limiter, now);
    back.drain(..).for_each(|grant| {
        limiter.answered(grant, Answer::Ok, None, now, 0.0);
    });
    let two: Vec<Grant> = sent_at(&mut limiter, now);
    let limited =
        two.into_iter().take(2).map(|grant| limiter.answered(grant, UNAVAILABLE, None, now, 1.0)).filter(|of| *of).count();
    assert_eq!(limited, 1, "the second of them: what gets through makes the next wave count again");
}

fn sent_at(limiter: &mut LimiterState, now: Duration) -> Vec<Grant> {
    let mut sent = Vec::new();
    while let Next::Granted(_, grant) = limiter.next(now) {
        sent.push(grant);
    }
    for call in 100..104 {
        if let Arrival::Granted(grant) = limiter.arrive(&ticket(call), None, now) {
            sent.push(grant);
        }
    }
    sent
}
