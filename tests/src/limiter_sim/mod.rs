//! A simulation of many calls that share one rate limit, by events and without waiting.
//!
//! The limiter under test is the one that the client uses, its pure state machine; servers, network
//! and the clock are simulated, so 200 runs of a minute take a second. What a controller costs is
//! measured against the floor, the time that an oracle with the same limit would need.

mod run;
mod server;

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use keywright::retry::{Answer, Limiter};
use keywright::{Clock, Priority, SystemClock, Throttle};

pub use run::{Finished, Policy, Run};
pub use server::{Limit, Refusal, ServerDelay};

/// The seeds of one measurement.
pub const SEEDS: u64 = 200;
/// The round trips that are measured, in seconds.
pub const ROUND_TRIPS: [f64; 2] = [0.002, 0.050];

/// One situation, and the most that it may cost.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// What it is called in the table.
    pub name: &'static str,
    /// The service's limit.
    pub limit: Limit,
    /// How it refuses what is beyond it.
    pub refusal: Refusal,
    /// Calls, all at once.
    pub calls: usize,
    /// Seconds that each call may take, waits included.
    pub total: Option<f64>,
    /// Processes that share the limit and know nothing of each other.
    pub processes: usize,
    /// Seconds that the limiter stood unused before.
    pub idle: f64,
    /// Whether the same calls went through the limiter once before the idle time.
    pub warm: bool,
    /// The most requests per success.
    pub max_requests: f64,
    /// The longest time, in floors.
    pub max_time: f64,
    /// The most places between order of arrival and order of completion, in one process.
    pub max_places: usize,
    /// Runs, each with chance of its own.
    pub seeds: u64,
}

const BASE: Scenario = Scenario {
    name: "bucket 10/s, burst 10",
    limit: bucket(10.0, 10.0),
    refusal: Refusal::TooMany,
    calls: 100,
    total: None,
    processes: 1,
    idle: 0.0,
    warm: false,
    max_requests: 1.4,
    max_time: 1.15,
    max_places: 12,
    seeds: SEEDS,
};

/// All situations of the table.
pub const SCENARIOS: [Scenario; 14] = [
    BASE,
    Scenario { name: "  after ten idle minutes", idle: 600.0, ..BASE },
    Scenario { name: "  the same twice, ten idle minutes between", idle: 600.0, warm: true, ..BASE },
    Scenario {
        name: "window 10/s, exact server_delay",
        limit: Limit::Window { per_second: 10, server_delay: ServerDelay::Exact },
        max_time: 1.4,
        ..BASE
    },
    Scenario {
        name: "window 10/s, server_delay in whole seconds",
        limit: Limit::Window { per_second: 10, server_delay: ServerDelay::WholeSeconds },
        max_time: 1.4,
        ..BASE
    },
    Scenario {
        name: "window 10/s, no server_delay",
        limit: Limit::Window { per_second: 10, server_delay: ServerDelay::None },
        max_requests: 1.5,
        max_time: 1.5,
        ..BASE
    },
    Scenario { name: "four processes, bucket 10/s", processes: 4, max_requests: 1.9, max_time: 1.5, ..BASE },
    Scenario {
        name: "falls from 50/s to 5/s",
        limit: Limit::Bucket { rate: 50.0, burst: 10.0, then: Some((1.0, 5.0)) },
        calls: 200,
        max_time: 1.4,
        ..BASE
    },
    Scenario { name: "503 instead of 429, bucket 10/s, burst 10", ..LIMIT_503 },
    Scenario { name: "  a thousand calls", calls: 1_000, seeds: 20, ..LIMIT_503 },
    Scenario { name: "  bucket 5/s, burst 1", limit: bucket(5.0, 1.0), max_time: 2.5, ..LIMIT_503 },
    Scenario { name: "  bucket 50/s, burst 20", limit: bucket(50.0, 20.0), calls: 1_000, seeds: 20, max_time: 1.6, ..LIMIT_503 },
    Scenario { name: "  with Retry-After", refusal: Refusal::UnavailableUntil, ..LIMIT_503 },
    Scenario { name: "  by turns with 429", refusal: Refusal::Either, ..LIMIT_503 },
];

/// A limiter that answers 503, as many do by default. Who is refused waits for a time of its own
/// besides, so that more is done out of order.
const LIMIT_503: Scenario = Scenario { refusal: Refusal::Unavailable, max_requests: 1.6, max_time: 1.25, max_places: 32, ..BASE };

const fn bucket(rate: f64, burst: f64) -> Limit {
    Limit::Bucket { rate, burst, then: None }
}

/// The medians of one situation.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The situation.
    pub scenario: Scenario,
    /// The round trip, in seconds.
    pub round_trip: f64,
    /// Whether every call of every run succeeded.
    pub all_succeed: bool,
    /// Requests per success.
    pub requests: f64,
    /// Time in floors.
    pub time: f64,
    /// The largest distance between a call's places in the orders of arrival and completion.
    pub displacement: usize,
    /// Requests per success with a plain policy per request.
    pub plain_requests: f64,
}

impl Row {
    /// Whether the limiter keeps to the limits of the situation.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let fair = self.scenario.processes > 1 || self.displacement <= self.scenario.max_places;
        self.all_succeed && fair && self.requests <= self.scenario.max_requests && self.time <= self.scenario.max_time
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, round_trip, requests, time, displacement, plain_requests, .. } = self;
        let Scenario { name, max_requests, max_time, .. } = scenario;
        let verdict = if self.is_good() { "ok" } else { "TOO MUCH" };
        let millis = round_trip * 1_000.0;
        write!(f, "{name:<42} {millis:>4.0} ms  {requests:>5.2} (<= {max_requests:.2})  {time:>5.2} (<= {max_time:.2})  ")?;
        write!(f, "{displacement:>3} places  plain {plain_requests:>5.2}  {verdict}")
    }
}

/// Measures one situation over all seeds.
#[must_use]
pub fn measure(scenario: Scenario, round_trip: f64) -> Row {
    let runs = |policy| (0..scenario.seeds).map(|seed| Run::new(scenario, round_trip, policy, seed).finish()).collect::<Vec<_>>();
    let (limiter, plain) = (runs(Policy::Limiter), runs(Policy::Plain));
    Row {
        scenario,
        round_trip,
        all_succeed: limiter.iter().all(|run| run.successes == scenario.calls),
        requests: median(limiter.iter().map(run::Finished::requests_per_success)),
        time: median(limiter.iter().map(|run| run.elapsed / run.floor)),
        displacement: median(limiter.iter().map(|run| run.displacement as f64)) as usize,
        plain_requests: median(plain.iter().map(run::Finished::requests_per_success)),
    }
}

/// The whole table.
pub fn table() -> impl Iterator<Item = Row> {
    SCENARIOS.into_iter().flat_map(|scenario| ROUND_TRIPS.into_iter().map(move |round_trip| measure(scenario, round_trip)))
}

/// Calls with two minutes of time each at a service that wants them back in an hour.
#[must_use]
pub fn too_long_a_pause(round_trip: f64) -> Finished {
    let scenario = Scenario { limit: Limit::Down { from: 0.0, server_delay: Some(3_600.0) }, total: Some(120.0), ..BASE };
    Run::new(scenario, round_trip, Policy::Limiter, 0).finish()
}

/// Calls at a service that is down: every answer is a 503.
#[must_use]
pub fn outage(calls: usize, from: f64, round_trip: f64, seed: u64) -> Finished {
    let scenario = Scenario { limit: Limit::Down { from, server_delay: None }, calls, ..LIMIT_503 };
    Run::new(scenario, round_trip, Policy::Limiter, seed).finish()
}

/// What the limiter adds to one unthrottled call, on the clock of the machine.
#[must_use]
pub fn hot_path() -> Duration {
    const CALLS: u32 = 1_000_000;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let limiter = Limiter::new(Arc::clone(&clock));
    let mut context = Context::from_waker(Waker::noop());
    let started = clock.monotonic();
    for _ in 0..CALLS {
        let ticket = limiter.ticket(Priority::Normal, Throttle::Wait);
        let Poll::Ready(Ok(permit)) = pin!(limiter.admit(&ticket, None)).poll(&mut context) else {
            unreachable!("a limiter that nobody throttles is open")
        };
        limiter.answered(permit, Answer::Ok, None);
    }
    (clock.monotonic() - started) / CALLS
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[cfg(test)]
mod tests {
    use keywright::Stop;

    use super::*;

    #[test]
    fn the_limiter_keeps_to_every_limit_of_the_table() {
        let bad: Vec<String> = table().filter(|row| !row.is_good()).map(|row| row.to_string()).collect();
        assert!(bad.is_empty(), "{}", bad.join("\n"));
    }

    #[test]
    fn nobody_sleeps_in_order_to_fail() {
        for round_trip in ROUND_TRIPS {
            let run = too_long_a_pause(round_trip);
            assert_eq!((run.successes, run.ended_by(Stop::RetryAfterTooLong)), (0, BASE.calls), "{run:?}");
            assert!(run.requests <= 16, "{run:?}");
            assert!(run.slept.abs() < f64::EPSILON, "{run:?}");
        }
    }

    #[test]
    fn an_outage_ends_calls_after_their_attempts_and_the_budget_and_costs_at_most_two_pauses() {
        for (calls, from, round_trip) in
            [(100, 0.0, 0.002), (100, 0.0, 0.3), (1_000, 0.4, 0.3), (3, 0.0, 0.05), (1_000, 2.0, 1.5)]
        {
            for seed in 0..10 {
                let run = outage(calls, from, round_trip, seed);
                let ended = run.ended_by(Stop::Attempts) + run.ended_by(Stop::Budget);
                assert_eq!(run.successes + ended, calls, "{run:?}");
                assert!(run.most_attempts <= 4, "{run:?}");
                // One each, a reserve of a hundred and a fifth of a retry for each call in ten seconds.
                let allowed = run.successes + (calls - run.successes).min(calls) + 100 + calls / 5;
                assert!(run.requests <= allowed.min(4 * calls), "{allowed}: {run:?}");
                assert!(run.elapsed < from + 3.0 + 2.0 + 12.0 * round_trip, "{run:?}");
            }
        }
    }

    #[test]
    fn a_limiter_that_answers_503_turns_away_none_of_many_callers() {
        for (rate, burst, calls) in [(1.0, 1.0, 30), (2.0, 2.0, 100), (200.0, 50.0, 1_000)] {
            for round_trip in [0.002, 0.3, 1.5] {
                for seed in 0..5 {
                    let run =
                        Run::new(Scenario { limit: bucket(rate, burst), calls, ..LIMIT_503 }, round_trip, Policy::Limiter, seed);
                    let run = run.finish();
                    assert_eq!(run.successes, calls, "{rate}/s, {round_trip} s: {run:?}");
                    assert!(run.requests <= 3 * calls, "{rate}/s, {round_trip} s: {run:?}");
                }
            }
        }
    }

    #[test]
    fn a_plain_policy_needs_over_four_requests_per_success() {
        for round_trip in ROUND_TRIPS {
            let row = measure(BASE, round_trip);
            assert!(row.plain_requests > 4.0, "{row}");
        }
    }
}
