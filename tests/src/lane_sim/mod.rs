//! A simulation of many calls that share one rate limit, by events and without waiting.
//!
//! The lane under test is the one that the client uses, its pure state machine; servers, network
//! and the clock are simulated, so 200 runs of a minute take a second. What a controller costs is
//! measured against the floor, the time that an oracle with the same limit would need.

mod run;
mod server;

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use keywright::retry::{Answer, Lane};
use keywright::{Clock, Priority, SystemClock, Throttle};

pub use run::{Policy, Run};
pub use server::{Hint, Limit};

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
    /// Calls, all at once.
    pub calls: usize,
    /// Processes that share the limit and know nothing of each other.
    pub processes: usize,
    /// Seconds that the lane stood unused before.
    pub idle: f64,
    /// Whether the same calls went through the lane once before the idle time.
    pub warm: bool,
    /// The most requests per success.
    pub max_requests: f64,
    /// The longest time, in floors.
    pub max_time: f64,
}

const BUCKET: Limit = Limit::Bucket { rate: 10.0, burst: 10.0, then: None };

const BASE: Scenario = Scenario {
    name: "bucket 10/s, burst 10",
    limit: BUCKET,
    calls: 100,
    processes: 1,
    idle: 0.0,
    warm: false,
    max_requests: 1.4,
    max_time: 1.15,
};

/// All situations of the table.
pub const SCENARIOS: [Scenario; 8] = [
    BASE,
    Scenario { name: "  after ten idle minutes", idle: 600.0, ..BASE },
    Scenario { name: "  the same twice, ten idle minutes between", idle: 600.0, warm: true, ..BASE },
    Scenario {
        name: "window 10/s, exact hint",
        limit: Limit::Window { per_second: 10, hint: Hint::Exact },
        max_time: 1.4,
        ..BASE
    },
    Scenario {
        name: "window 10/s, hint in whole seconds",
        limit: Limit::Window { per_second: 10, hint: Hint::WholeSeconds },
        max_time: 1.4,
        ..BASE
    },
    Scenario {
        name: "window 10/s, no hint",
        limit: Limit::Window { per_second: 10, hint: Hint::None },
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
];

/// The most places between order of arrival and order of completion, in one process.
pub const MAX_DISPLACEMENT: usize = 12;

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
    /// Whether the lane keeps to the limits of the situation.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let fair = self.scenario.processes > 1 || self.displacement <= MAX_DISPLACEMENT;
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
    let runs = |policy| (0..SEEDS).map(|seed| Run::new(scenario, round_trip, policy, seed).finish()).collect::<Vec<_>>();
    let (lane, plain) = (runs(Policy::Lane), runs(Policy::Plain));
    Row {
        scenario,
        round_trip,
        all_succeed: lane.iter().all(|run| run.successes == scenario.calls),
        requests: median(lane.iter().map(run::Finished::requests_per_success)),
        time: median(lane.iter().map(|run| run.elapsed / run.floor)),
        displacement: median(lane.iter().map(|run| run.displacement as f64)) as usize,
        plain_requests: median(plain.iter().map(run::Finished::requests_per_success)),
    }
}

/// The whole table.
pub fn table() -> impl Iterator<Item = Row> {
    SCENARIOS.into_iter().flat_map(|scenario| ROUND_TRIPS.into_iter().map(move |round_trip| measure(scenario, round_trip)))
}

/// What the lane adds to one unthrottled call, on the clock of the machine.
#[must_use]
pub fn hot_path() -> Duration {
    const CALLS: u32 = 1_000_000;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let lane = Lane::new(Arc::clone(&clock));
    let mut context = Context::from_waker(Waker::noop());
    let started = clock.monotonic();
    for _ in 0..CALLS {
        let ticket = lane.ticket(Priority::Normal, Throttle::Wait);
        let Poll::Ready(Ok(permit)) = pin!(lane.admit(&ticket, None)).poll(&mut context) else {
            unreachable!("a lane that nobody throttles is open")
        };
        lane.answered(permit, Answer::Ok, None);
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
    use super::*;

    #[test]
    fn the_lane_keeps_to_every_limit_of_the_table() {
        let bad: Vec<String> = table().filter(|row| !row.is_good()).map(|row| row.to_string()).collect();
        assert!(bad.is_empty(), "{}", bad.join("\n"));
    }

    #[test]
    fn a_plain_policy_needs_over_four_requests_per_success() {
        for round_trip in ROUND_TRIPS {
            let row = measure(BASE, round_trip);
            assert!(row.plain_requests > 4.0, "{row}");
        }
    }
}
