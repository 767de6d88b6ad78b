//! What holds for every limiter, whatever its calls and its service do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::prelude::*;

use super::limiter_cases::WatchedClock;
use crate::limiter::Waiter;
use crate::limiter::state::{Arrival, Grant, LimiterState, Next};
use crate::model::error::Stop;
use crate::retry::{Answer, Limiter, Permit, Priority, RateLimit, Refused, Throttle, Ticket};
use crate::runtime::clock::Clock;

#[derive(Debug, Clone)]
enum Step {
    /// With a deadline so far from now, and the longest cool-down that it waits out.
    Arrive(Priority, Option<Duration>, Duration),
    /// An answer to one of those in flight.
    Answer(usize, Answer, Option<RateLimit>),
    /// The connection of one of those in flight dies.
    Lose(usize),
    /// One of the waiting gives up.
    GiveUp(usize),
    Pass(Duration),
    /// Until the limiter itself asked to be looked at.
    PassToNext,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let priority = prop_oneof![Just(Priority::Urgent), Just(Priority::Normal), Just(Priority::Background)];
    let server_delay = proptest::option::of((0_u64..100_000).prop_map(Duration::from_millis));
    let answer = prop_oneof![
        3 => Just(Answer::Ok),
        1 => Just(Answer::Other),
        2 => server_delay.clone().prop_map(|server_delay| Answer::Throttled { server_delay }),
        2 => server_delay.prop_map(|server_delay| Answer::Unavailable { server_delay }),
    ];
    let deadline = proptest::option::of((0_u64..200_000).prop_map(Duration::from_millis));
    let longest = (0_u64..100).prop_map(Duration::from_secs);
    let limit = proptest::option::weighted(
        0.2,
        (0_u64..4, 0_u64..100).prop_map(|(remaining, reset)| RateLimit::new(None, remaining, Duration::from_secs(reset))),
    );
    let step = prop_oneof![
        4 => (priority, deadline, longest).prop_map(|(priority, deadline, longest)| Step::Arrive(priority, deadline, longest)),
        4 => (any::<usize>(), answer, limit).prop_map(|(which, answer, limit)| Step::Answer(which, answer, limit)),
        1 => any::<usize>().prop_map(Step::Lose),
        1 => any::<usize>().prop_map(Step::GiveUp),
        2 => (0_u64..90_000).prop_map(|millis| Step::Pass(Duration::from_millis(millis))),
        2 => Just(Step::PassToNext),
    ];
    proptest::collection::vec(step, 1..400)
}

/// A call in line, and what it puts up with.
struct Waiting {
    waiter: Waiter,
    priority: Priority,
    deadline: Option<Duration>,
    longest: Duration,
}

/// A limiter with the world around it, and the rules it must keep.
struct Model {
    limiter: LimiterState,
    now: Duration,
    flying: Vec<Grant>,
    waiting: Vec<Waiting>,
    probes: Vec<Duration>,
    next: Option<Duration>,
    sequence: u64,
    chance: f64,
}

impl Model {
    fn new(chance: f64) -> Self {
        let (limiter, now) = (LimiterState::new(Duration::ZERO), Duration::ZERO);
        Self { limiter, now, flying: vec![], waiting: vec![], probes: vec![], next: None, sequence: 0, chance }
    }

    fn play(&mut self, step: Step) {
        match step {
            Step::Arrive(priority, deadline, longest) => self.arrive(priority, deadline, longest),
            Step::Answer(which, answer, limit) => {
                if let Some(grant) = pick(&mut self.flying, which) {
                    self.limiter.answered(grant, answer, limit, self.now, self.chance);
                }
            }
            Step::Lose(which) => {
                if let Some(grant) = pick(&mut self.flying, which) {
                    self.limiter.release(grant, self.now);
                }
            }
            Step::GiveUp(which) => {
                if let Some(waiting) = pick(&mut self.waiting, which) {
                    assert!(self.limiter.withdraw(waiting.waiter), "a waiting call was not in line");
                }
            }
            Step::Pass(time) => self.now += time,
            Step::PassToNext => self.now = self.now.max(self.next.unwrap_or_default()),
        }
        self.look();
    }

    fn arrive(&mut self, priority: Priority, deadline: Option<Duration>, longest: Duration) {
        self.sequence += 1;
        let deadline = deadline.map(|left| self.now + left);
        let ticket = Ticket::new(self.sequence, priority, Throttle::Wait).max_retry_after(longest);
        let before = self.limiter.clone();
        match self.limiter.arrive(&ticket, deadline, self.now) {
            Arrival::Granted(grant) => self.granted(grant, &before, priority),
            Arrival::Waits(waiter) => self.waiting.push(Waiting { waiter, priority, deadline, longest }),
            Arrival::Refused(Refused { stop: Stop::RetryAfterTooLong, .. }) => {
                assert!(priority != Priority::Urgent && self.closed() > longest, "turned away without need");
            }
            Arrival::Refused(Refused { stop, retry_after }) => {
                assert_eq!(stop, Stop::Deadline);
                assert!(deadline.is_some_and(|deadline| self.now + retry_after > deadline), "turned away without need");
            }
        }
    }

    fn closed(&self) -> Duration {
        self.limiter.cool_until().saturating_sub(self.now)
    }

    /// Nobody waits in order to fail, and nobody else is turned away.
    fn turned_away(&mut self, waiter: Waiter, refused: Refused) {
        let place = self.waiting.iter().position(|waiting| waiting.waiter == waiter).expect("it waits");
        let Waiting { priority, deadline, longest, .. } = self.waiting.remove(place);
        let late = deadline.is_some_and(|deadline| self.limiter.cool_until() > deadline);
        match refused.stop {
            Stop::Deadline => assert!(late),
            Stop::RetryAfterTooLong => assert!(priority != Priority::Urgent && self.closed() > longest),
            other => panic!("turned away by {other}"),
        }
    }

    fn look(&mut self) {
        loop {
            let before = self.limiter.clone();
            match self.limiter.next(self.now) {
                Next::Granted(waiter, grant) => {
                    let place = self.waiting.iter().position(|waiting| waiting.waiter == waiter).expect("it waits");
                    let priority = self.waiting.remove(place).priority;
                    self.granted(grant, &before, priority);
                }
                Next::Refused(waiter, refused) => self.turned_away(waiter, refused),
                Next::At(at, waiter) => {
                    assert!(at > self.now, "a time that is past would be asked for again and again");
                    assert!(self.waiting.iter().any(|waiting| waiting.waiter == waiter));
                    self.next = Some(at);
                    break;
                }
                Next::Idle => {
                    self.next = None;
                    assert!(self.waiting.is_empty() || !self.flying.is_empty(), "a call waits for nothing");
                    break;
                }
            }
        }
        assert_eq!(self.limiter.in_flight().0 as usize, self.flying.len(), "a permit was lost");
        assert_eq!(self.limiter.waiting(), self.waiting.len(), "a place was lost");
        for Waiting { priority, deadline, longest, .. } in self.waiting.iter().filter(|of| of.priority != Priority::Urgent) {
            let room = longest.saturating_add(Duration::from_millis(250));
            assert!(self.closed() <= room, "{priority} sleeps longer than it would");
            assert!(deadline.is_none_or(|deadline| self.limiter.cool_until() <= deadline), "{priority} sleeps in order to fail");
        }
    }

    fn granted(&mut self, grant: Grant, before: &LimiterState, priority: Priority) {
        let (in_flight, window) = before.in_flight();
        if self.now < before.cool_until() {
            assert_eq!(priority, Priority::Urgent, "sent in a cool-down");
            assert!(self.probes.last().is_none_or(|last| self.now - *last >= Duration::from_secs(5)), "probes too close");
            self.probes.push(self.now);
        } else {
            assert!(in_flight < window, "{in_flight} in flight, {window} allowed");
        }
        assert!(self.limiter.rate().is_none_or(|rate| rate.is_finite() && rate > 0.0));
        self.flying.push(grant);
    }

    /// With a service that has room, everybody is served, after at most this many looks.
    fn drain(&mut self) {
        for _ in 0..20_000 {
            for grant in std::mem::take(&mut self.flying) {
                self.limiter.answered(grant, Answer::Ok, None, self.now, self.chance);
            }
            self.look();
            if self.flying.is_empty() && self.waiting.is_empty() {
                return;
            }
            self.now = self.now.max(self.next.unwrap_or_default());
            self.look();
        }
        panic!("{} calls wait for ever", self.waiting.len());
    }
}

fn pick<T>(from: &mut Vec<T>, which: usize) -> Option<T> {
    (!from.is_empty()).then(|| from.remove(which % from.len()))
}

proptest! {
    #[test]
    fn no_permit_is_lost_no_call_starves_and_nothing_is_sent_that_may_not_be(steps in steps(), chance in 0.0..=1.0_f64) {
        let mut model = Model::new(chance);
        for step in steps {
            model.play(step);
        }
        model.drain();
    }

    #[test]
    fn calls_of_one_priority_go_in_their_order(arrivals in proptest::collection::vec((any::<u16>(), 0_u8..3), 1..80)) {
        let mut limiter = throttled(Duration::from_secs(1));
        let mut sequences: Vec<(u64, Priority)> = vec![];
        for (sequence, priority) in arrivals {
            let priority = [Priority::Urgent, Priority::Normal, Priority::Background][usize::from(priority)];
            let ticket = Ticket::new(u64::from(sequence), priority, Throttle::Wait);
            prop_assert!(matches!(limiter.arrive(&ticket, None, Duration::ZERO), Arrival::Waits(_)));
            sequences.push((u64::from(sequence), priority));
        }
        for priority in [Priority::Urgent, Priority::Normal, Priority::Background] {
            let mut mine: Vec<u64> = sequences.iter().filter(|(_, of)| *of == priority).map(|(sequence, _)| *sequence).collect();
            mine.sort_unstable();
            let mut served = limiter.clone();
            let found: Vec<u64> = serve(&mut served).into_iter().filter(|(of, _)| *of == priority).map(|(_, sequence)| sequence).collect();
            prop_assert_eq!(found, mine);
        }
    }
}

/// A limiter whose only request was refused for this long.
fn throttled(server_delay: Duration) -> LimiterState {
    let mut limiter = LimiterState::new(Duration::ZERO);
    let ticket = Ticket::new(0, Priority::Normal, Throttle::Wait);
    let Arrival::Granted(grant) = limiter.arrive(&ticket, None, Duration::ZERO) else { panic!("a new limiter is open") };
    limiter.answered(grant, Answer::Throttled { server_delay: Some(server_delay) }, None, Duration::ZERO, 0.0);
    limiter
}

/// Serves all who wait, one at a time.
fn serve(limiter: &mut LimiterState) -> Vec<(Priority, u64)> {
    let (mut now, mut served) = (Duration::ZERO, vec![]);
    loop {
        match limiter.next(now) {
            Next::Granted(waiter, grant) => {
                served.push((waiter.priority(), waiter.sequence()));
                limiter.answered(grant, Answer::Ok, None, now, 0.0);
            }
            Next::At(at, _) => now = at,
            Next::Refused(..) => panic!("nobody is in a hurry"),
            Next::Idle => return served,
        }
    }
}

#[test]
fn after_eight_urgent_calls_in_a_row_another_one_goes() {
    let mut limiter = throttled(Duration::from_secs(1));
    for sequence in 1..=20 {
        let priority = if sequence <= 2 { Priority::Normal } else { Priority::Urgent };
        assert!(matches!(
            limiter.arrive(&Ticket::new(sequence, priority, Throttle::Wait), None, Duration::ZERO),
            Arrival::Waits(_)
        ));
    }
    let places: Vec<usize> =
        serve(&mut limiter).iter().enumerate().filter(|(_, (of, _))| *of == Priority::Normal).map(|(place, _)| place).collect();
    assert_eq!(places, [8, 17]);
}

#[test]
fn a_limiter_that_slept_for_a_minute_counts_anew() {
    let mut limiter = LimiterState::new(Duration::ZERO);
    let ticket = Ticket::new(0, Priority::Normal, Throttle::Wait);
    let burst = |limiter: &mut LimiterState, now: Duration, answer: Answer| {
        let Arrival::Granted(grant) = limiter.arrive(&ticket, None, now) else { panic!("open") };
        limiter.answered(grant, answer, None, now, 0.0);
    };
    (0..50).for_each(|_| burst(&mut limiter, Duration::ZERO, Answer::Ok));
    let later = Duration::from_secs(600);
    (0..10).for_each(|_| burst(&mut limiter, later, Answer::Ok));
    burst(&mut limiter, later, Answer::Throttled { server_delay: Some(Duration::from_secs(1)) });
    let rate = limiter.rate().expect("a refusal teaches a rate");
    assert!((rate - 9.0).abs() < 1e-9, "{rate}: ten in a second, with caution");
}

#[test]
fn a_late_success_of_the_ended_epoch_still_counts() {
    let mut limiter = LimiterState::new(Duration::ZERO);
    let mut grants: Vec<Grant> = (0..12)
        .map(|sequence| match limiter.arrive(&Ticket::new(sequence, Priority::Normal, Throttle::Wait), None, Duration::ZERO) {
            Arrival::Granted(grant) => grant,
            other => panic!("{other:?}"),
        })
        .collect();
    let refused = Answer::Throttled { server_delay: Some(Duration::from_secs(1)) };
    let late = grants.split_off(7);
    let mut early = grants.into_iter();
    limiter.answered(early.next().expect("seven"), refused, None, Duration::ZERO, 0.0);
    for grant in early {
        limiter.answered(grant, refused, None, Duration::ZERO, 0.0);
    }
    assert_eq!(limiter.rate().map(|rate| rate <= 1.0), Some(true), "nothing passed yet");
    for grant in late {
        limiter.answered(grant, Answer::Ok, None, Duration::ZERO, 0.0);
    }
    let rate = limiter.rate().expect("a rate");
    assert!((rate - 4.5).abs() < 1e-9, "{rate}: five in a second, with caution");
    assert_eq!(limiter.in_flight(), (0, 1), "one probe");
}

#[test]
fn a_refusal_that_comes_before_the_other_answers_turns_nobody_away() {
    let mut limiter = LimiterState::new(Duration::ZERO);
    let arrive = |limiter: &mut LimiterState, sequence| {
        let deadline = Some(Duration::from_secs(120));
        limiter.arrive(&Ticket::new(sequence, Priority::Normal, Throttle::Wait), deadline, Duration::ZERO)
    };
    let mut flying: Vec<Grant> = (0..12)
        .map(|sequence| match arrive(&mut limiter, sequence) {
            Arrival::Granted(grant) => grant,
            other => panic!("{other:?}"),
        })
        .collect();
    let mut answered = |limiter: &mut LimiterState, answer| {
        limiter.answered(flying.pop().expect("one in flight"), answer, None, Duration::ZERO, 0.0);
    };
    (0..2).for_each(|_| answered(&mut limiter, Answer::Ok));
    let refused = Answer::Throttled { server_delay: Some(Duration::from_secs(1)) };
    answered(&mut limiter, refused);
    // By two in a second alone the line would seem to take five minutes; nine answers are on their way.
    for sequence in 20..520 {
        assert!(matches!(arrive(&mut limiter, sequence), Arrival::Waits(_)), "{sequence}");
    }
    (0..9).for_each(|_| answered(&mut limiter, refused));
    assert!(matches!(arrive(&mut limiter, 520), Arrival::Refused(_)), "now it is known");
}

#[test]
fn a_quiet_minute_forgets_the_rate_but_a_waiting_call_keeps_it() {
    let mut limiter = throttled(Duration::from_secs(1));
    let minute = Duration::from_secs(60);
    let ticket = Ticket::new(1, Priority::Normal, Throttle::Wait);
    assert!(
        limiter.rate().is_some() && !limiter.is_forgettable(minute - Duration::from_secs(1)) && limiter.is_forgettable(minute)
    );
    assert!(matches!(limiter.arrive(&ticket, None, minute), Arrival::Granted(_)));
    assert_eq!(limiter.rate(), None);
    let mut busy = throttled(Duration::from_secs(90));
    assert!(matches!(busy.arrive(&ticket, None, Duration::ZERO), Arrival::Waits(_)));
    assert!(matches!(busy.arrive(&ticket, None, minute), Arrival::Waits(_)));
    assert!(busy.rate().is_some());
}

fn limiter(clock: &Arc<WatchedClock>) -> Arc<Limiter> {
    Limiter::new(Arc::clone(clock) as Arc<dyn Clock>)
}

async fn cool_down(limiter: &Arc<Limiter>, server_delay: Duration) {
    let ticket = limiter.ticket(Priority::Normal, Throttle::Wait);
    let permit = limiter.admit(&ticket, None).await.expect("a new limiter is open");
    limiter.answered(permit, Answer::Throttled { server_delay: Some(server_delay) }, None);
}

#[tokio::test]
async fn calls_that_give_up_while_waiting_leave_neither_permit_nor_place() {
    let clock = WatchedClock::new(0.5);
    let limiter = limiter(&clock);
    cool_down(&limiter, Duration::from_secs(2)).await;
    let served = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..60_u64)
        .map(|number| {
            clock.enter();
            let (clock, limiter, served) = (Arc::clone(&clock), Arc::clone(&limiter), Arc::clone(&served));
            tokio::spawn(async move {
                let ticket = limiter.ticket(Priority::Normal, Throttle::Wait);
                // Every third gives up, some of them first in line and holding the timer.
                let patience = clock.sleep(Duration::from_millis(if number % 3 == 0 { 100 * (number + 1) } else { 3_600_000 }));
                let admitted = tokio::select! { permit = limiter.admit(&ticket, None) => permit.ok(), () = patience => None };
                if let Some(permit) = admitted {
                    served.fetch_add(1, Ordering::SeqCst);
                    limiter.answered(permit, Answer::Ok, None);
                }
                clock.leave();
            })
        })
        .collect();
    clock.run_until(|| tasks.iter().all(tokio::task::JoinHandle::is_finished)).await;
    assert!(served.load(Ordering::SeqCst) >= 40);
    let view = limiter.view();
    assert_eq!((view.in_flight, view.waiting), (0, 0));
}

#[tokio::test]
async fn a_permit_that_is_dropped_lets_the_next_one_go() {
    let clock = WatchedClock::new(0.0);
    let limiter = limiter(&clock);
    let tickets: Vec<Ticket> = (0..17).map(|_| limiter.ticket(Priority::Normal, Throttle::Fail)).collect();
    let mut permits: Vec<Permit> = Vec::new();
    for ticket in &tickets[..16] {
        permits.push(limiter.admit(ticket, None).await.expect("room for sixteen"));
    }
    clock.enter();
    let mut last = by_hand(limiter.admit(&tickets[16], None));
    assert!(last.poll().is_none(), "the slow start makes it wait, even though it would rather fail than be throttled");
    permits.pop().expect("sixteen").release();
    assert!(last.poll().is_some_and(|permit| permit.is_ok()));
    drop(last);
    clock.leave();
    drop(permits);
    assert_eq!(limiter.view().in_flight, 0);
}

#[tokio::test]
async fn a_deadline_that_passes_in_line_ends_the_wait() {
    let clock = WatchedClock::new(0.0);
    let limiter = limiter(&clock);
    let tickets: Vec<Ticket> = (0..17).map(|_| limiter.ticket(Priority::Normal, Throttle::Wait)).collect();
    let mut permits = Vec::new();
    for ticket in &tickets[..16] {
        permits.push(limiter.admit(ticket, None).await.expect("room for sixteen"));
    }
    clock.enter();
    let waiting = {
        let (clock, limiter) = (Arc::clone(&clock), Arc::clone(&limiter));
        tokio::spawn(async move {
            let ticket = limiter.ticket(Priority::Normal, Throttle::Wait);
            let refused = limiter.admit(&ticket, Some(Duration::from_secs(7))).await.expect_err("nobody answers");
            clock.leave();
            (refused.stop, clock.monotonic())
        })
    };
    clock.run_until(|| waiting.is_finished()).await;
    assert_eq!(waiting.await.expect("no panic"), (Stop::Deadline, Duration::from_secs(7)));
    assert_eq!(limiter.view().waiting, 0);
}

/// A future that a test polls by hand.
struct ByHand<F>(std::pin::Pin<Box<F>>);

fn by_hand<F: Future>(future: F) -> ByHand<F> {
    ByHand(Box::pin(future))
}

impl<F: Future> ByHand<F> {
    fn poll(&mut self) -> Option<F::Output> {
        match self.0.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}
