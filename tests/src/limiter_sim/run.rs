//! One run: calls, limiters, network and service, moved from event to event.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use keywright::limiter::state::{Arrival, Grant, LimiterState, Next};
use keywright::limiter::{Ticket, Waiter};
use keywright::retry::attempts::Failure;
use keywright::retry::{Answer, Budget, BudgetOptions, Class, Decision, RetryOptions, RetryState, Safety, Verdict};
use keywright::{Outcome, Priority, Stop, Throttle};

use super::Scenario;
use super::server::{Reply, Server};

/// Refusals after which a call of the plain policy gives up.
const MAX_REFUSALS: u32 = 11;

/// Who decides when a call is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The limiter of its process.
    Limiter,
    /// The call itself: ten retries, half a second doubling to eight, or as the service says.
    Plain,
}

/// What a run cost.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Calls that succeeded.
    pub successes: usize,
    /// Requests sent.
    pub requests: usize,
    /// Why the other calls ended.
    pub stopped: Vec<Stop>,
    /// The most requests of one call.
    pub most_attempts: u32,
    /// Seconds that calls waited in line after the first refusal and were then turned away.
    pub slept: f64,
    /// Seconds from the first call to the last answer.
    pub elapsed: f64,
    /// What an oracle would have needed.
    pub floor: f64,
    /// The largest distance between a call's places in the orders of arrival and completion.
    pub displacement: usize,
}

impl Finished {
    /// How many calls ended for this reason.
    #[must_use]
    pub fn ended_by(&self, stop: Stop) -> usize {
        self.stopped.iter().filter(|of| **of == stop).count()
    }

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
    /// Time for the limiter of this process to look.
    Look(usize),
}

#[derive(Debug)]
struct Call {
    ticket: Ticket,
    grant: Option<Grant>,
    answer: Reply,
    refusals: u32,
    sent: u32,
    deadline: Option<Duration>,
    state: RetryState,
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
    limiters: Vec<LimiterState>,
    waiting: HashMap<(usize, Waiter), usize>,
    calls: Vec<Call>,
    events: BinaryHeap<Reverse<(Duration, u64, Event)>>,
    scheduled: u64,
    now: Duration,
    requests: usize,
    completed: Vec<usize>,
    stopped: Vec<Stop>,
    slept: f64,
    first_refusal: Option<Duration>,
    budget: Budget,
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
            limiters: (0..scenario.processes).map(|_| LimiterState::new(Duration::ZERO)).collect(),
            waiting: HashMap::new(),
            calls: Vec::new(),
            events: BinaryHeap::new(),
            scheduled: 0,
            now: Duration::ZERO,
            requests: 0,
            completed: Vec::new(),
            stopped: Vec::new(),
            slept: 0.0,
            first_refusal: None,
            budget: Budget::new(BudgetOptions::new()),
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
            most_attempts: self.calls.iter().map(|call| call.sent).max().unwrap_or(0),
            slept: self.slept,
            requests: self.requests,
            elapsed: self.now.as_secs_f64() - self.origin,
            floor: Server::floor(limit, self.phase, self.origin, calls, self.round_trip),
            displacement: self.completed.iter().enumerate().map(displaced).max().unwrap_or(0),
            stopped: self.stopped,
        }
    }

    /// All calls at once, until none is left.
    fn burst(&mut self) {
        self.requests = 0;
        self.completed.clear();
        let deadline = self.scenario.total.map(|total| self.now + seconds(total));
        let longest = RetryOptions::new().max_retry_after;
        self.calls = (0..self.scenario.calls)
            .map(|call| Call {
                ticket: Ticket::new(call as u64, Priority::Normal, Throttle::Wait).max_retry_after(longest),
                grant: None,
                answer: Reply::Passed,
                refusals: 0,
                sent: 0,
                deadline,
                state: RetryState::new(RetryOptions::new(), Safety::Safe, deadline),
            })
            .collect();
        for call in 0..self.scenario.calls {
            self.schedule(0.0, Event::Ready(call));
            self.budget.deposit(self.now);
        }
        while let Some(Reverse((at, _, event))) = self.events.pop() {
            if let (Event::Look(_), true) = (event, self.waiting.is_empty()) {
                continue;
            }
            self.now = at;
            match event {
                Event::Ready(call) => self.ready(call),
                Event::AtServer(call) => {
                    let taken = self.server.take(self.now.as_secs_f64());
                    let coin = self.random.bool();
                    self.calls[call].answer =
                        taken.map_or_else(|server_delay| self.scenario.refusal.reply(server_delay, coin), |()| Reply::Passed);
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
        match self.limiters[process].arrive(&self.calls[call].ticket, self.calls[call].deadline, self.now) {
            Arrival::Granted(grant) => self.send(call, Some(grant)),
            Arrival::Waits(waiter) => {
                self.waiting.insert((process, waiter), call);
                self.look(process);
            }
            Arrival::Refused(refused) => self.stopped.push(refused.stop),
        }
    }

    fn look(&mut self, process: usize) {
        loop {
            match self.limiters[process].next(self.now) {
                Next::Granted(waiter, grant) => {
                    let call = self.waiting.remove(&(process, waiter)).expect("who is granted has waited");
                    self.send(call, Some(grant));
                }
                Next::Refused(waiter, refused) => {
                    self.waiting.remove(&(process, waiter)).expect("who is refused has waited");
                    self.slept += self.now.saturating_sub(self.first_refusal.unwrap_or(self.now)).as_secs_f64();
                    self.stopped.push(refused.stop);
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
        self.calls[call].sent += 1;
        self.travel(Event::AtServer(call));
    }

    fn answered(&mut self, call: usize) {
        let answer = self.calls[call].answer;
        if answer == Reply::Passed {
            self.completed.push(call);
        }
        let Some(grant) = self.calls[call].grant.take() else { return self.again(call, answer) };
        let (told, class, server_delay) = match answer {
            Reply::Passed => (Answer::Ok, Class::Ok, None),
            Reply::TooMany(server_delay) => {
                (Answer::Throttled { server_delay: server_delay.map(seconds) }, Class::Throttled, server_delay)
            }
            Reply::Unavailable(server_delay) => {
                (Answer::Unavailable { server_delay: server_delay.map(seconds) }, Class::Transient, server_delay)
            }
        };
        let process = call % self.scenario.processes;
        let chance = self.random.f64();
        let limited = self.limiters[process].answered(grant, told, None, self.now, chance);
        if class == Class::Ok {
            self.calls[call].state.succeeded(self.now, &self.budget);
        } else {
            self.first_refusal.get_or_insert(self.now);
            let verdict = Verdict { class, outcome: Outcome::Unknown, server_delay: server_delay.map(seconds) };
            let chance = (self.random.f64(), self.random.f64());
            let failure = Failure { verdict: &verdict, connection_died: false, limited };
            match self.calls[call].state.decide(failure, self.now, chance, &self.budget) {
                Decision::Throttled { .. } | Decision::ReplayNow => self.ready(call),
                Decision::Wait(delay) => self.schedule(delay.as_secs_f64(), Event::Ready(call)),
                Decision::Stop(stop) => self.stopped.push(stop),
            }
        }
        self.look(process);
    }

    /// A call of the plain policy decides alone.
    fn again(&mut self, call: usize, answer: Reply) {
        let (Reply::TooMany(server_delay) | Reply::Unavailable(server_delay)) = answer else { return };
        self.calls[call].refusals += 1;
        let refusals = self.calls[call].refusals;
        if refusals < MAX_REFUSALS {
            let own = (0.5 * 2_f64.powi(refusals as i32 - 1)).min(8.0) * (1.0 - 0.25 * self.random.f64());
            self.schedule(server_delay.unwrap_or(own), Event::Ready(call));
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
