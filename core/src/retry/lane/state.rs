//! The rules of a lane as a pure state machine: time and chance are handed in.
//!
//! A lane learns the service's rate from its refusals instead of trying again and again. Each 429
//! of a request sent since the last one ends an *epoch*: what got through since the epoch began,
//! over the time until the service is open again, is what the service allows. After the cool-down one
//! probe goes first, then the learned pace, which grows the faster the longer it holds
//! (`behaviour.md` section 5).
//!
//! Where it goes beyond the written rules, measured by `keywright-tests`' `lane_sim`:
//! - A probe that is refused says that the cool-down was too short: the count of the epoch before
//!   is spread over the longer pause instead of starting from nothing. A fixed window without a
//!   hint then takes 1.26 floors instead of 1.42.
//! - A lane that stood idle for a minute counts anew, because idle minutes would make the estimate
//!   a fraction of the truth even if nobody has to wait first; and its window shrinks to where it
//!   began, so that the burst after a pause asks before it floods.
//! - An urgent call that meets a cool-down is let out when that has lasted five seconds, not at
//!   once: most cool-downs are over by then, and the call goes first anyway.
//! - An estimate follows the climb of the pace, or a line of fifty after a first refusal would
//!   seem to take minutes and turn callers away. For the same reason it counts on the answers that
//!   are still on their way when a refusal comes first.

use std::time::Duration;

use crate::error::Stop;
use crate::retry::RateLimit;
use crate::retry::backoff::spread;
use crate::retry::lane::queue::{Queue, Waiter};
use crate::retry::lane::{Answer, Priority, Refused, Throttle, Ticket};

/// Requests in flight with which a lane begins.
const FIRST_WINDOW: u32 = 16;
/// The most requests in flight, and the largest burst, of a lane with a rate.
const PACED_WINDOW: u32 = 64;
/// Without a refusal for so long, a rate is forgotten; without a call, the count begins anew.
const QUIET: Duration = Duration::from_secs(60);
/// The longest pause that a rate-limit header alone may cause.
const MAX_PROACTIVE: Duration = Duration::from_secs(60);
/// One urgent call may go out per so long of a cool-down.
const URGENT_PROBE: Duration = Duration::from_secs(5);
/// The longest cool-down of our own, in seconds.
const MAX_COOL_DOWN: f64 = 30.0;
/// The slowest pace that is assumed from refusals alone, per second.
const MIN_RATE: f64 = 0.05;
/// What is used of an estimate: the rest is for its error.
const CAUTION: f64 = 0.9;
/// Float time adds up to a hair less than whole tokens.
const HAIR: f64 = 1e-6;

/// The right to send one request, as the state counts it.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a grant counts as in flight until it is given back"]
pub struct Grant {
    epoch: u64,
}

/// What a newcomer gets.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It may send now.
    Granted(Grant),
    /// It waits: [`LaneState::next`] will name it.
    Waits(Waiter),
    /// It would wait too long.
    Refused(Refused),
}

/// What a lane can do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// This one may send; ask again for the next.
    Granted(Waiter, Grant),
    /// Nothing before this time; `Waiter` is the one who goes then.
    At(Duration, Waiter),
    /// Nothing before an answer or a newcomer.
    Idle,
}

/// What an epoch that a 429 ended had learned, kept while late answers may still add to it.
#[derive(Debug, Clone, Copy)]
struct Ended {
    successes: u64,
    /// Its count began here and the service was open again there.
    cycle: (Duration, Duration),
    ceiling: f64,
    rate: f64,
}

/// The learned pace of a lane.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Requests per second.
    rate: f64,
    /// The largest burst.
    cap: f64,
    tokens: f64,
    filled_at: Duration,
}

impl Pace {
    fn refill(&mut self, now: Duration) {
        self.tokens = self.tokens_at(now);
        self.filled_at = self.filled_at.max(now);
    }

    fn tokens_at(&self, now: Duration) -> f64 {
        let passed = now.saturating_sub(self.filled_at).as_secs_f64();
        (self.tokens + passed * self.rate).min(self.cap)
    }

    /// Seconds until so many more may go, if all succeed: below the ceiling the rate climbs by one
    /// with each, and a line that is judged by its first pace alone would turn callers away who
    /// would be served in time.
    fn time_for(&self, requests: f64, ceiling: f64) -> f64 {
        let requests = requests.max(0.0);
        let climbing = (ceiling - self.rate).clamp(0.0, requests);
        (climbing / self.rate).ln_1p() + (requests - climbing) / self.rate.max(ceiling.min(self.rate + climbing))
    }

    fn next_token(&self) -> Duration {
        let missing = 1.0 - self.tokens;
        if missing <= 0.0 {
            return self.filled_at;
        }
        // Rounded up: a timer that fires a hair too early would fire for ever on a clock that stands.
        self.filled_at.saturating_add(seconds(missing / self.rate)).saturating_add(Duration::from_nanos(1))
    }
}

/// A lane without locks, waiting or chance of its own.
#[derive(Debug, Clone)]
pub struct LaneState {
    epoch: u64,
    /// 429s in a row that each ended an epoch.
    streak: u32,
    cool_until: Duration,
    pace: Option<Pace>,
    /// The rate up to which the pace climbs fast; beyond it carefully. Infinite until learned.
    ceiling: f64,
    window: u32,
    in_flight: u32,
    successes: u64,
    cycle_start: Duration,
    ended: Option<Ended>,
    last_throttle: Duration,
    last_seen: Duration,
    /// When the cool-down began, or last let an urgent probe out.
    last_probe: Duration,
    queue: Queue,
}

impl LaneState {
    /// A lane that begins, unthrottled, at `now`.
    #[must_use]
    pub fn new(now: Duration) -> Self {
        Self {
            epoch: 0,
            streak: 0,
            cool_until: now,
            pace: None,
            ceiling: f64::INFINITY,
            window: FIRST_WINDOW,
            in_flight: 0,
            successes: 0,
            cycle_start: now,
            ended: None,
            last_throttle: now,
            last_seen: now,
            last_probe: now,
            queue: Queue::default(),
        }
    }

    /// A call wants to send; `deadline` is on the same clock as `now`.
    pub fn arrive(&mut self, ticket: &Ticket, deadline: Option<Duration>, now: Duration) -> Arrival {
        self.forget(now);
        self.last_seen = now;
        if self.queue.is_empty() && self.has_room(now) {
            return Arrival::Granted(self.grant());
        }
        let wait = self.estimate(ticket, now);
        let late = deadline.is_some_and(|deadline| now.saturating_add(wait) > deadline);
        // The slow start of a lane that nobody throttled is no reason to fail.
        let closed = ticket.throttle == Throttle::Fail && wait > Duration::ZERO;
        if late || closed {
            let stop = if closed { Stop::ThrottleFail } else { Stop::Deadline };
            return Arrival::Refused(Refused { retry_after: wait, stop });
        }
        if self.queue.is_empty() {
            self.count_anew(now);
        }
        Arrival::Waits(self.queue.push(ticket))
    }

    /// Who may send next, or when to ask again.
    pub fn next(&mut self, now: Duration) -> Next {
        let Some(front) = self.queue.front() else { return Next::Idle };
        if self.has_room(now) {
            self.queue.pop(front);
            return Next::Granted(front, self.grant());
        }
        let regular = (self.in_flight < self.window).then(|| (self.open_at(), front));
        let probe = self.queue.front_urgent().filter(|_| now < self.cool_until).map(|urgent| (self.urgent_probe_at(), urgent));
        if let Some((_, urgent)) = probe.filter(|(at, _)| *at <= now) {
            self.queue.pop(urgent);
            self.last_probe = now;
            self.in_flight += 1;
            return Next::Granted(urgent, Grant { epoch: self.epoch });
        }
        regular.into_iter().chain(probe).min().map_or(Next::Idle, |(at, waiter)| Next::At(at, waiter))
    }

    /// A waiter gave up; `false` when it waited no more.
    pub fn withdraw(&mut self, waiter: Waiter) -> bool {
        self.queue.remove(waiter)
    }

    /// A grant ends without an answer: cancelled, or the connection failed.
    pub fn release(&mut self, grant: Grant, now: Duration) {
        drop(grant);
        self.in_flight = self.in_flight.saturating_sub(1);
        self.last_seen = now;
    }

    /// A grant ends with an answer; `chance` is a number in `[0, 1]`, used by a 429.
    pub fn answered(&mut self, grant: Grant, answer: Answer, limit: Option<RateLimit>, now: Duration, chance: f64) {
        let epoch = grant.epoch;
        self.release(grant, now);
        match answer {
            Answer::Ok | Answer::Other => {
                self.passed(epoch, now);
                if let Some(limit) = limit {
                    self.reported(limit, now);
                }
            }
            Answer::Throttled { hint } if epoch == self.epoch => self.refused(hint, now, chance),
            Answer::Throttled { hint } => {
                self.cool(now.saturating_add(hint.unwrap_or_default()), now);
            }
        }
    }

    /// How long a newcomer with this ticket would wait, as far as the lane can tell.
    #[must_use]
    pub fn estimate(&self, ticket: &Ticket, now: Duration) -> Duration {
        let cool_down = self.cool_until.saturating_sub(now);
        let places = self.queue.ahead_of(ticket) as f64 + 1.0;
        let line = self.hoped(now).or(self.pace.map(|pace| (pace, self.ceiling))).map_or(Duration::ZERO, |(pace, ceiling)| {
            let opened = now.max(self.cool_until);
            seconds(pace.time_for(places - pace.tokens_at(opened), ceiling))
        });
        let regular = cool_down.saturating_add(line);
        if ticket.priority != Priority::Urgent || cool_down.is_zero() {
            return regular;
        }
        let probes = u32::try_from(self.queue.ahead_among_equals(ticket)).unwrap_or(u32::MAX);
        let probe = self.urgent_probe_at().saturating_sub(now);
        regular.min(probe.saturating_add(URGENT_PROBE.saturating_mul(probes)))
    }

    /// The pace and ceiling if every request that is still unanswered gets through: a refusal that
    /// came first among many answers says little about the others.
    fn hoped(&self, now: Duration) -> Option<(Pace, f64)> {
        let ended = self.ended.filter(|_| self.in_flight > 0 && now < self.cool_until)?;
        Some(self.taught(Ended { successes: ended.successes + u64::from(self.in_flight), ..ended }))
    }

    /// Requests per second, once a refusal has taught one.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        self.pace.map(|pace| pace.rate)
    }

    /// Until when nobody but an urgent probe may send.
    #[must_use]
    pub fn cool_until(&self) -> Duration {
        self.cool_until
    }

    /// Requests in flight, and how many there may be.
    #[must_use]
    pub fn in_flight(&self) -> (u32, u32) {
        (self.in_flight, self.window)
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Whether a new lane would behave the same, but for the size of its window.
    #[must_use]
    pub fn is_forgettable(&self, now: Duration) -> bool {
        let calm = self.pace.is_none() || self.forgets_rate(now);
        calm && self.in_flight == 0 && self.queue.is_empty() && now >= self.cool_until
    }

    /// Whether the next call finds the rate forgotten.
    #[must_use]
    pub fn forgets_rate(&self, now: Duration) -> bool {
        self.queue.is_empty() && now.saturating_sub(self.last_throttle) >= QUIET
    }

    fn has_room(&mut self, now: Duration) -> bool {
        if now < self.cool_until || self.in_flight >= self.window {
            return false;
        }
        self.pace.as_mut().is_none_or(|pace| {
            pace.refill(now);
            pace.tokens >= 1.0 - HAIR
        })
    }

    fn grant(&mut self) -> Grant {
        self.in_flight += 1;
        if let Some(pace) = &mut self.pace {
            pace.tokens = (pace.tokens - 1.0).max(0.0);
        }
        Grant { epoch: self.epoch }
    }

    fn open_at(&self) -> Duration {
        self.pace.map_or(self.cool_until, |pace| pace.next_token().max(self.cool_until))
    }

    fn urgent_probe_at(&self) -> Duration {
        self.last_probe.saturating_add(URGENT_PROBE)
    }

    fn cool(&mut self, until: Duration, now: Duration) {
        if self.cool_until <= now && until > now {
            self.last_probe = now;
        }
        self.cool_until = self.cool_until.max(until);
    }

    /// Drops what a quiet minute has made worthless.
    fn forget(&mut self, now: Duration) {
        if !self.queue.is_empty() {
            return;
        }
        if self.forgets_rate(now) {
            self.pace = None;
        }
        if self.in_flight == 0 && now.saturating_sub(self.last_seen) >= QUIET {
            self.count_anew(now);
            self.window = self.window.min(FIRST_WINDOW);
        }
    }

    fn count_anew(&mut self, now: Duration) {
        self.cycle_start = self.cycle_start.max(now).max(self.cool_until);
        self.successes = 0;
    }

    /// Any answer but a refusal by the rate limit.
    fn passed(&mut self, epoch: u64, now: Duration) {
        if epoch == self.epoch {
            self.successes += 1;
            self.streak = 0;
            self.window = self.window.saturating_add(1);
            self.grow(now);
        } else if epoch + 1 == self.epoch && now < self.cool_until {
            self.ended = self.ended.map(|ended| Ended { successes: ended.successes + 1, ..ended });
            self.learn();
        }
    }

    fn grow(&mut self, now: Duration) {
        let held = now.saturating_sub(self.cycle_start).as_secs_f64();
        let Some(pace) = &mut self.pace else { return };
        pace.refill(now);
        self.window = self.window.min(PACED_WINDOW);
        pace.rate = if pace.rate < self.ceiling {
            (pace.rate + 1.0).min(self.ceiling)
        } else {
            pace.rate + 0.05 * self.ceiling * (1.0 + (held / 2.0).powi(2)) / pace.rate.max(1.0)
        };
        pace.cap = pace.cap.max((pace.rate / 2.0).min(f64::from(PACED_WINDOW)));
    }

    /// What a rate-limit header says about the time to come.
    fn reported(&mut self, limit: RateLimit, now: Duration) {
        if limit.remaining == 0 {
            self.cool(now.saturating_add(limit.reset_in.min(MAX_PROACTIVE)), now);
        } else if self.pace.is_some() && !limit.reset_in.is_zero() {
            self.ceiling = limit.remaining as f64 / limit.reset_in.as_secs_f64();
        }
    }

    /// The first 429 of an epoch ends it.
    fn refused(&mut self, hint: Option<Duration>, now: Duration, chance: f64) {
        self.epoch += 1;
        self.streak = self.streak.saturating_add(1);
        let open = now.saturating_add(self.pause(hint, chance));
        let rate = self.rate().unwrap_or(f64::INFINITY);
        let too_short = self.ended.filter(|ended| self.successes == 0 && ended.cycle.1 == self.cycle_start);
        self.ended = Some(match too_short {
            Some(ended) => Ended { cycle: (ended.cycle.0, open), ..ended },
            None => Ended { successes: self.successes, cycle: (self.cycle_start, open), ceiling: self.ceiling, rate },
        });
        self.cool(open, now);
        self.window = 1;
        self.cycle_start = self.cool_until;
        self.successes = 0;
        self.last_throttle = now;
        self.learn();
    }

    /// The service's own delay, or one of ours that doubles; no delay at all is none of its own.
    fn pause(&self, hint: Option<Duration>, chance: f64) -> Duration {
        if let Some(hint) = hint.filter(|hint| !hint.is_zero()) {
            return spread(hint, chance);
        }
        let doubled = f64::from(1_u32.checked_shl(self.streak.saturating_sub(1)).unwrap_or(u32::MAX));
        seconds(doubled.min(MAX_COOL_DOWN) * (0.5 + 0.5 * chance.clamp(0.0, 1.0)))
    }

    /// Sets the pace from the epoch that just ended, also again when a late answer adds to it.
    fn learn(&mut self) {
        let Some(ended) = self.ended else { return };
        let (pace, ceiling) = self.taught(ended);
        self.pace = Some(pace);
        self.ceiling = ceiling;
    }

    /// The pace and ceiling that follow from an epoch.
    fn taught(&self, Ended { successes, cycle, ceiling, rate }: Ended) -> (Pace, f64) {
        let cycle = cycle.1.saturating_sub(cycle.0).as_secs_f64().max(HAIR);
        let (rate, cap, ceiling) = if successes >= 2 {
            let estimate = successes as f64 / cycle;
            let bounded = if ceiling.is_finite() { estimate.max(ceiling / 2.0).min(ceiling.max(rate)) } else { estimate };
            let careful = CAUTION * bounded;
            (careful, (CAUTION * successes as f64).clamp(1.0, f64::from(PACED_WINDOW)), careful)
        } else {
            ((rate / 2.0).min(1.0 / cycle).max(MIN_RATE), 1.0, ceiling * 0.7)
        };
        (Pace { rate, cap, tokens: cap, filled_at: self.cool_until }, ceiling)
    }
}

fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number.max(0.0)).unwrap_or(Duration::MAX)
}
