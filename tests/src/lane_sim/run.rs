//! One run: calls, lanes, network and service, moved from event to event.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use keywright::retry::Answer;
use keywright::retry::lane::state::{Arrival, Grant, LaneState, Next};
use keywright::retry::lane::{Ticket, Waiter};
use keywright::{Priority, Throttle};

use super::Scenario;
use super::server::Server;

/// Refusals after which a call gives up: the lane's own limit, and the plain policy's.
const MAX_REFUSALS: u32 = 11;

/// Who decides when a call is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The lane of its process.
    Lane,
    /// The call itself: ten retries, half a second doubling to eight, or as the service says.
    Plain,
}

/// What a run cost.
#[derive(Debug, Clone, Copy)]
pub struct Finished {
    /// Calls that succeeded.
    pub successes: usize,
    /// Requests sent.
    pub requests: usize,
    /// Seconds from the first call to the last answer.
    pub elapsed: f64,
    /// What an oracle would have needed.
    pub floor: f64,
    /// The largest distance between a call's places in the orders of arrival and completion.
    pub displacement: usize,
}

impl Finished {
    /// Requests per success.
    #[must_use]
    pub fn requests_per_success(&self) -> f64 {
        self.requests as f64 / self.successes as f64
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The call wants to be sent.
    Ready(usize),
    /// The request arrives at the service.
    AtServer(usize),
    /// The answer arrives at the client.
    Answered(usize),
    /// Time for the lane of this process to look.
    Look(usize),
}

#[derive(Debug)]
struct Call {
    ticket: Ticket,
    grant: Option<Grant>,
    answer: Result<(), Option<f64>>,
    refusals: u32,
}

/// A run that goes on.
#[derive(Debug)]
pub struct Run {
    scenario: Scenario,
    round_trip: f64,
    policy: Policy,
    random: fastrand::Rng,
    server: Server,
    phase: f64,
    origin: f64,
    lanes: Vec<LaneState>,
    waiting: HashMap<(usize, Waiter), usize>,
    calls: Vec<Call>,
    events: BinaryHeap<Reverse<(Duration, u64, Event)>>,
    scheduled: u64,
    now: Duration,
    requests: usize,
    completed: Vec<usize>,
}

impl Run {
    /// A run that begins; the same seed gives the same run.
    #[must_use]
    pub fn new(scenario: Scenario, round_trip: f64, policy: Policy, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let phase = random.f64();
        Self {
            scenario,
            round_trip,
            policy,
            server: Server::new(scenario.limit, phase, 0.0),
            phase,
            origin: 0.0,
            lanes: (0..scenario.processes).map(|_| LaneState::new(Duration::ZERO)).collect(),
            waiting: HashMap::new(),
            calls: Vec::new(),
            events: BinaryHeap::new(),
            scheduled: 0,
            now: Duration::ZERO,
            requests: 0,
            completed: Vec::new(),
            random,
        }
    }

    /// Runs to the end.
    #[must_use]
    pub fn finish(mut self) -> Finished {
        if self.scenario.warm {
            self.burst();
        }
        self.now += seconds(self.scenario.idle);
        self.origin = self.now.as_secs_f64();
        self.server = Server::new(self.scenario.limit, self.phase, self.origin);
        self.burst();
        let Scenario { limit, calls, .. } = self.scenario;
        let displaced = |(place, call): (usize, &usize)| place.abs_diff(*call);
        Finished {
            successes: self.completed.len(),
            requests: self.requests,
            elapsed: self.now.as_secs_f64() - self.origin,
            floor: Server::floor(limit, self.phase, self.origin, calls, self.round_trip),
            displacement: self.completed.iter().enumerate().map(displaced).max().unwrap_or(0),
        }
    }

    /// All calls at once, until none is left.
    fn burst(&mut self) {
        self.requests = 0;
        self.completed.clear();
        self.calls = (0..self.scenario.calls)
            .map(|call| Call {
                ticket: Ticket::new(call as u64, Priority::Normal, Throttle::Wait),
                grant: None,
                answer: Ok(()),
                refusals: 0,
            })
            .collect();
        for call in 0..self.scenario.calls {
            self.schedule(0.0, Event::Ready(call));
        }
        while let Some(Reverse((at, _, event))) = self.events.pop() {
            if let (Event::Look(_), true) = (event, self.waiting.is_empty()) {
                continue;
            }
            self.now = at;
            match event {
                Event::Ready(call) => self.ready(call),
                Event::AtServer(call) => {
                    self.calls[call].answer = self.server.take(self.now.as_secs_f64());
                    self.travel(Event::Answered(call));
                }
                Event::Answered(call) => self.answered(call),
                Event::Look(process) => self.look(process),
            }
        }
    }

    fn ready(&mut self, call: usize) {
        if self.policy == Policy::Plain {
            return self.send(call, None);
        }
        let process = call % self.scenario.processes;
        match self.lanes[process].arrive(&self.calls[call].ticket, None, self.now) {
            Arrival::Granted(grant) => self.send(call, Some(grant)),
            Arrival::Waits(waiter) => {
                self.waiting.insert((process, waiter), call);
                self.look(process);
            }
            Arrival::Refused(refused) => unreachable!("a call without a deadline waits: {refused:?}"),
        }
    }

    fn look(&mut self, process: usize) {
        loop {
            match self.lanes[process].next(self.now) {
                Next::Granted(waiter, grant) => {
                    let call = self.waiting.remove(&(process, waiter)).expect("who is granted has waited");
                    self.send(call, Some(grant));
                }
                Next::At(at, _) => {
                    let wait = at.saturating_sub(self.now).as_secs_f64();
                    return self.schedule(wait, Event::Look(process));
                }
                Next::Idle => return,
            }
        }
    }

    fn send(&mut self, call: usize, grant: Option<Grant>) {
        self.requests += 1;
        self.calls[call].grant = grant;
        self.travel(Event::AtServer(call));
    }

    fn answered(&mut self, call: usize) {
        let answer = self.calls[call].answer;
        if answer.is_ok() {
            self.completed.push(call);
        } else {
            self.calls[call].refusals += 1;
        }
        let goes_on = answer.is_err() && self.calls[call].refusals < MAX_REFUSALS;
        match self.calls[call].grant.take() {
            Some(grant) => {
                let process = call % self.scenario.processes;
                let told = answer.map_or_else(|hint| Answer::Throttled { hint: hint.map(seconds) }, |()| Answer::Ok);
                let chance = self.random.f64();
                self.lanes[process].answered(grant, told, None, self.now, chance);
                if goes_on {
                    self.ready(call);
                }
                self.look(process);
            }
            None if goes_on => {
                let own = (0.5 * 2_f64.powi(self.calls[call].refusals as i32 - 1)).min(8.0) * (1.0 - 0.25 * self.random.f64());
                self.schedule(answer.err().flatten().unwrap_or(own), Event::Ready(call));
            }
            None => {}
        }
    }

    /// Half a round trip, give or take a tenth: answers overtake each other.
    fn travel(&mut self, event: Event) {
        let jitter = 1.0 + 0.1 * (2.0 * self.random.f64() - 1.0);
        self.schedule(self.round_trip / 2.0 * jitter, event);
    }

    fn schedule(&mut self, after: f64, event: Event) {
        self.scheduled += 1;
        self.events.push(Reverse((self.now + seconds(after), self.scheduled, event)));
    }
}

fn seconds(number: f64) -> Duration {
    Duration::from_secs_f64(number)
}
