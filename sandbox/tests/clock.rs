//! The virtual clock, alone and with a sandbox behind it (S7, S7b).
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use keywright_sandbox::{Clock, ClockMode, Options, Sandbox};
use support::{Connection, call};

const HOUR: Duration = Duration::from_secs(3600);

fn frozen() -> Clock {
    Clock::new(ClockMode::Frozen, SystemTime::UNIX_EPOCH)
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn seclai_key(sandbox: &Sandbox) -> String {
    format!("X-API-Key: {}", sandbox.seclai().api_key)
}

#[test]
fn it_moves_only_when_told_and_wakes_what_is_due() {
    let clock = frozen();
    let (mut early, mut late) = (pin!(clock.sleep(HOUR)), pin!(clock.sleep(2 * HOUR)));
    assert!(poll(early.as_mut()).is_pending() && poll(late.as_mut()).is_pending());
    clock.advance(HOUR);
    assert!(poll(early).is_ready() && poll(late.as_mut()).is_pending());
    clock.set(SystemTime::UNIX_EPOCH + 2 * HOUR);
    assert!(poll(late).is_ready());
    assert_eq!((clock.now(), clock.monotonic()), (SystemTime::UNIX_EPOCH + 2 * HOUR, 2 * HOUR));
}

#[test]
fn a_dropped_sleeper_leaves_nothing_behind() {
    let clock = frozen();
    for _ in 0..1000 {
        assert!(poll(pin!(clock.sleep(HOUR))).is_pending());
    }
    assert_eq!(clock.sleepers(), 0);
}

#[test]
fn a_jump_moves_the_wall_time_alone() {
    let clock = frozen();
    clock.advance(10 * HOUR);
    let mut sleep = pin!(clock.sleep(HOUR));
    assert!(poll(sleep.as_mut()).is_pending());
    clock.jump(2 * HOUR, true);
    assert_eq!((clock.now(), clock.monotonic()), (SystemTime::UNIX_EPOCH + 8 * HOUR, 10 * HOUR));
    clock.jump(5 * HOUR, false);
    assert!(poll(sleep.as_mut()).is_pending(), "a jump ahead wakes nobody");
    clock.advance(HOUR);
    assert!(poll(sleep).is_ready(), "a jump back makes nobody wait longer");
}

#[test]
fn a_sleep_without_end_overflows_nothing() {
    let clock = frozen();
    clock.advance(HOUR);
    assert!(poll(pin!(clock.sleep(Duration::MAX))).is_pending());
    clock.jump(Duration::MAX, true);
    assert!(poll(pin!(clock.sleep(Duration::ZERO))).is_ready());
}

#[tokio::test]
async fn ten_thousand_sleepers_wake_in_the_order_of_their_deadlines() {
    let clock = frozen();
    let woken: Arc<Mutex<Vec<u64>>> = Arc::default();
    let sleepers: Vec<_> = (0..10_000_u64)
        .map(|n| {
            // Not in the order in which they are made.
            let seconds = n * 7919 % 10_000;
            let (sleep, woken) = (clock.sleep(Duration::from_secs(seconds)), Arc::clone(&woken));
            tokio::spawn(async move {
                sleep.await;
                woken.lock().unwrap().push(seconds);
            })
        })
        .collect();
    while clock.sleepers() < 9_999 {
        tokio::task::yield_now().await;
    }
    clock.advance(3 * HOUR);
    for sleeper in sleepers {
        sleeper.await.unwrap();
    }
    let woken = woken.lock().unwrap();
    assert!(woken.is_sorted(), "out of order");
    assert_eq!((woken.len(), clock.sleepers()), (10_000, 0));
}

#[tokio::test]
async fn an_automatic_clock_goes_from_sleeper_to_sleeper() {
    let sandbox = Sandbox::start().unwrap();
    let clock = sandbox.clock();
    let sleepers: Vec<_> = (1..=10_000_u64)
        .map(|n| {
            let (clock, sleep) = (clock.clone(), clock.sleep(Duration::from_secs(n % 20 + 1)));
            tokio::spawn(async move {
                sleep.await;
                clock.monotonic().as_secs() == n % 20 + 1
            })
        })
        .collect();
    for sleeper in sleepers {
        assert!(sleeper.await.unwrap(), "a sleeper woke late");
    }
    assert_eq!(clock.monotonic(), Duration::from_secs(20));
}

#[tokio::test]
async fn a_busy_call_holds_the_clock() {
    let sandbox = Sandbox::start().unwrap();
    let (clock, key, url) = (sandbox.clock(), seclai_key(&sandbox), sandbox.url("seclai"));
    clock.enter();
    let sleeper = tokio::spawn(clock.sleep(HOUR));
    while clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..200 {
        assert_eq!(call(&url, "GET", "/me", &[&key], "").status, 200);
    }
    assert_eq!(clock.monotonic(), Duration::ZERO);
    clock.leave();
    sleeper.await.unwrap();
    assert_eq!(clock.monotonic(), HOUR);
}

#[tokio::test]
async fn a_function_of_the_program_holds_the_clock_for_a_while_only() {
    let sandbox = Sandbox::start().unwrap();
    let clock = sandbox.clock();
    clock.enter();
    clock.ask();
    clock.sleep(HOUR).await;
    clock.answered();
    let sleeper = tokio::spawn(clock.sleep(HOUR));
    for _ in 0..200 {
        assert_eq!(call(&sandbox.url("seclai"), "GET", "/me", &[&seclai_key(&sandbox)], "").status, 200);
    }
    assert_eq!(clock.monotonic(), HOUR, "the call runs again");
    clock.leave();
    sleeper.await.unwrap();
}

#[tokio::test]
async fn an_attempt_timeout_fires_exactly_when_the_sandbox_stalls() {
    let sandbox = Sandbox::start().unwrap();
    let clock = sandbox.clock();
    sandbox.fault_json(r#"{"phase":"before_handler","action":{"kind":"stall"}}"#).unwrap();
    let mut connection = Connection::to(&sandbox.url("seclai")).unwrap();
    clock.enter();
    connection.send("GET", "/me", &[&seclai_key(&sandbox)], "").unwrap();
    clock.sleep(Duration::from_secs(30)).await;
    assert_eq!(clock.monotonic(), Duration::from_secs(30));
    drop(connection);
    while sandbox.connections().open > 0 {
        tokio::task::yield_now().await;
    }
    clock.leave();
    assert!(format!("{clock:?}").contains("busy: 0"), "{clock:?}");
    sandbox.finish().unwrap();
}

#[test]
fn hundreds_of_abandoned_waits_leave_the_clock_balanced() {
    let sandbox = Sandbox::start_with(Options::new().clock("frozen")).unwrap();
    let key = seclai_key(&sandbox);
    let rule = r#"{"phase":"before_handler","times":0,"action":{"kind":"delay","by":"PT1H"}}"#;
    sandbox.fault_json(rule).unwrap();
    let connections: Vec<Connection> = (0..300)
        .map(|_| {
            let mut connection = Connection::to(&sandbox.url("seclai")).unwrap();
            connection.send("GET", "/me", &[&key], "").unwrap();
            connection
        })
        .collect();
    while sandbox.clock().sleepers() < 300 {
        std::thread::yield_now();
    }
    assert!(format!("{:?}", sandbox.clock()).contains("busy: -300"));
    drop(connections);
    while sandbox.clock().sleepers() > 0 {
        std::thread::yield_now();
    }
    while sandbox.connections().open > 0 {
        std::thread::yield_now();
    }
    assert!(format!("{:?}", sandbox.clock()).contains("busy: 0"), "{:?}", sandbox.clock());
}

#[test]
fn the_date_of_an_answer_is_the_clocks() {
    let sandbox = Sandbox::start_with(Options::new().clock("2026-03-23T10:00:00Z")).unwrap();
    let get = || call(&sandbox.url("seclai"), "GET", "/me", &[&seclai_key(&sandbox)], "");
    assert_eq!(get().header("date"), Some("Mon, 23 Mar 2026 10:00:00 GMT"));
    sandbox.clock().advance(HOUR);
    assert_eq!(get().header("date"), Some("Mon, 23 Mar 2026 11:00:00 GMT"));
    sandbox.clock().jump(2 * HOUR, true);
    assert_eq!(get().header("date"), Some("Mon, 23 Mar 2026 09:00:00 GMT"));
}

#[tokio::test]
async fn a_real_clock_follows_the_machine_from_where_it_was_advanced_to() {
    let sandbox = Sandbox::start_with(Options::new().clock("real")).unwrap();
    let clock = sandbox.clock();
    clock.advance(HOUR);
    assert!(clock.monotonic() >= HOUR);
    clock.sleep(Duration::from_millis(1)).await;
    assert!(clock.monotonic() >= HOUR + Duration::from_millis(1));
    clock.set_mode(ClockMode::Frozen);
    let stood = clock.monotonic();
    call(&sandbox.url("seclai"), "GET", "/me", &[&seclai_key(&sandbox)], "");
    assert_eq!(clock.monotonic(), stood);
}

/// Whoever still holds a clock of a closed sandbox waits on it, one after the other and together.
#[tokio::test]
async fn waits_end_though_the_sandbox_has_closed() {
    let sandbox = Sandbox::start().unwrap();
    let clock = sandbox.clock();
    let (busy, before) = (clock.clone(), clock.sleep(HOUR));
    busy.enter();
    let waits = tokio::spawn(before);
    drop(sandbox);
    tokio::spawn({
        let clock = clock.clone();
        async move {
            clock.sleep(2 * HOUR).await;
            clock.sleep(2 * HOUR).await;
        }
    });
    assert_eq!(clock.monotonic(), Duration::ZERO, "a call that runs holds it, as before");
    busy.leave();
    waits.await.unwrap();
    clock.sleep(5 * HOUR).await;
    assert!(clock.monotonic() >= 5 * HOUR);
    clock.set_mode(ClockMode::Frozen);
    let mut held = pin!(clock.sleep(HOUR));
    assert!(poll(held.as_mut()).is_pending());
    clock.set_mode(ClockMode::Real);
    clock.advance(HOUR);
    held.await;
    clock.set_mode(ClockMode::Auto);
    clock.sleep(HOUR).await;
}

#[tokio::test]
async fn a_clock_that_no_sandbox_made_moves_by_hand_only() {
    let clock = Clock::new(ClockMode::Auto, SystemTime::UNIX_EPOCH);
    let mut sleep = pin!(clock.sleep(HOUR));
    assert!(poll(sleep.as_mut()).is_pending());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(poll(sleep.as_mut()).is_pending());
    clock.advance(HOUR);
    assert!(poll(sleep).is_ready());
}
