//! The rules of a limiter as a pure state machine: time and chance are handed in.
//!
//! A limiter learns the service's rate from its refusals instead of trying again and again. Each 429
//! of a request sent since the last one ends an *epoch*: what got through since the epoch began,
//! over the time until the service is open again, is what the service allows. After the cool-down one
//! probe goes first, then the learned rate, which grows the faster the longer it holds.
//!
//! What measuring has added (`limiter_sim` in `keywright-tests`):
//! - A probe that is refused says that the cool-down was too short: the count of the epoch before
//!   is spread over the longer pause instead of starting from nothing. A fixed window without a
//!   server delay then takes 1.26 floors instead of 1.42.
//! - A limiter that stood idle for a minute counts anew, because idle minutes would make the estimate
//!   a fraction of the truth even if nobody has to wait first; and its window shrinks to where it
//!   began, so that the burst after a pause asks before it floods.
//! - An urgent call that meets a cool-down is let out when that has lasted five seconds, not at
//!   once: most cool-downs are over by then, and the call goes first anyway.
//! - A call that is turned away by its own `throttle = fail` is so too when it stands in the line
//!   of a slow start and a refusal closes the limiter: it would not have joined that line.
//! - An estimate follows the climb of the rate, or a line of fifty after a first refusal would
//!   seem to take minutes and turn callers away. For the same reason it counts on the answers that
//!   are still on their way when a refusal comes first.
//!
//! # Waves of 503
//!
//! Many servers answer 503 where they mean 429. The rules, settled by `limiter_sim` for limits of 1 to
//! 200 requests a second, bursts of 1 to 50, round trips of 2 ms to 1.5 s, 100 and 1,000 calls:
//!
//! - 503s of two different calls of one epoch within a second end the epoch as a 429 does, without
//!   a server delay or with theirs; one that asks for more than a minute is maintenance.
//! - When the first answer after that pause is a 503 again, the pause was too short, whoever asked:
//!   a second wave. When it is so once more, the service is down: rate and cool-down are taken
//!   back, and until something gets through 503s say nothing more. So an outage costs at most two
//!   pauses (3 s), and its calls end after the same attempts and requests as without a limiter.
//! - A 503 is charged an attempt and budget as ever, but such a server refuses one call in three: a
//!   call whose last 503 was part of a wave may use eleven attempts, as with 429, instead of
//!   `max_attempts` (unless that is 1); and a call that gets through pays back what its retries
//!   after waves took from the budget. Both grow with what the limiter lets through, and in an outage
//!   with nothing. 10/s with a burst of 10 then takes 1.35 requests per success. A one-shot call is
//!   never repeated after a 503.

use std::time::Duration;

use crate::limiter::queue::{Queue, Terms, Waiter};
use crate::limiter::token_bucket::{EPSILON, TokenBucket, seconds};
use crate::limiter::waves::{Sign, Waves};
use crate::limiter::{Answer, Priority, Refused, Throttle, Ticket};
use crate::model::RateLimit;
use crate::model::error::Stop;
use crate::retry::backoff::spread;

/// Requests in flight with which a limiter begins.
const FIRST_WINDOW: u32 = 16;
/// The most requests in flight, and the largest burst, of a limiter with a rate.
const PACED_WINDOW: u32 = 64;
/// Without a refusal for so long, a rate is forgotten; without a call, the count begins anew.
const QUIET: Duration = Duration::from_secs(60);
/// The longest pause that a rate-limit header alone may cause.
const MAX_PROACTIVE: Duration = Duration::from_secs(60);
/// One urgent call may go out per so long of a cool-down.
const URGENT_PROBE: Duration = Duration::from_secs(5);
/// The longest cool-down of our own, in seconds.
const MAX_COOL_DOWN: f64 = 30.0;
/// The slowest rate that is assumed from refusals alone, per second.
const MIN_RATE: f64 = 0.05;
/// What is used of an estimate: the rest is for its error.
const CAUTION: f64 = 0.9;

/// The right to send one request, as the state counts it.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a grant counts as in flight until it is given back"]
pub struct Grant {
    epoch: u64,
    /// The sequence of the call that holds it.
    call: u64,
}

/// What a newcomer gets.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It may send now.
    Granted(Grant),
    /// It waits: [`LimiterState::next`] will name it.
    Waits(Waiter),
    /// It would wait too long.
    Refused(Refused),
}

/// What a limiter can do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// This one may send; ask again for the next.
    Granted(Waiter, Grant),
    /// This one would wait in vain and waits no more; ask again for the next.
    Refused(Waiter, Refused),
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

/// A limiter without locks, waiting or chance of its own.
#[derive(Debug, Clone)]
pub struct LimiterState {
    epoch: u64,
    /// 429s in a row that each ended an epoch.
    streak: u32,
    cool_until: Duration,
    bucket: Option<TokenBucket>,
    /// The rate up to which the rate climbs fast; beyond it carefully. Infinite until learned.
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
    waves: Waves,
    /// The window before a wave of 503 has narrowed it.
    wide: u32,
    queue: Queue,
    /// Who was turned away since the last look.
    expelled: Vec<(Waiter, Refused)>,
}

impl LimiterState {
    /// A limiter that begins, unthrottled, at `now`.
    #[must_use]
    pub fn new(now: Duration) -> Self {
        Self {
            epoch: 0,
            streak: 0,
            cool_until: now,
            bucket: None,
            ceiling: f64::INFINITY,
            window: FIRST_WINDOW,
            in_flight: 0,
            successes: 0,
            cycle_start: now,
            ended: None,
            last_throttle: now,
            last_seen: now,
            last_probe: now,
            waves: Waves::default(),
            wide: FIRST_WINDOW,
            queue: Queue::default(),
            expelled: Vec::new(),
        }
    }

    /// A call wants to send; `deadline` is on the same clock as `now`.
    pub fn arrive(&mut self, ticket: &Ticket, deadline: Option<Duration>, now: Duration) -> Arrival {
        self.forget(now);
        self.last_seen = now;
        if self.queue.is_empty() && self.has_room(now) {
            ticket.note_admitted();
            return Arrival::Granted(self.grant(ticket.sequence));
        }
        let terms = Terms::of(ticket, deadline);
        let wait = self.estimate(ticket, now);
        if let Some(stop) = self.turns_away(ticket, terms, wait, now) {
            return Arrival::Refused(Refused { retry_after: wait, stop });
        }
        if self.queue.is_empty() {
            self.count_anew(now);
        }
        ticket.note_admitted();
        Arrival::Waits(self.queue.push(ticket, terms))
    }

    /// Why a newcomer who would wait so long is not let into the line, if so.
    fn turns_away(&self, ticket: &Ticket, terms: Terms, wait: Duration, now: Duration) -> Option<Stop> {
        // The slow start of a limiter that nobody throttled is no reason to fail.
        if ticket.throttle == Throttle::Fail && wait > Duration::ZERO {
            return Some(Stop::ThrottleFail);
        }
        let full = !ticket.was_admitted() && self.queue.crowd(ticket.priority) >= ticket.queue_limit;
        let late = terms.stop(self.cool_until.saturating_sub(now), now.saturating_add(wait));
        late.or(full.then_some(Stop::QueueFull))
    }

    /// Who may send next, or when to ask again.
    pub fn next(&mut self, now: Duration) -> Next {
        if let Some((waiter, refused)) = self.expelled.pop() {
            return Next::Refused(waiter, refused);
        }
        let Some(front) = self.queue.front() else { return Next::Idle };
        if self.has_room(now) {
            self.queue.pop(front);
            return Next::Granted(front, self.grant(front.sequence()));
        }
        let regular = (self.in_flight < self.window).then(|| (self.open_at(), front));
        let probe = self.queue.front_urgent().filter(|_| now < self.cool_until).map(|urgent| (self.urgent_probe_at(), urgent));
        if let Some((_, urgent)) = probe.filter(|(at, _)| *at <= now) {
            self.queue.pop(urgent);
            self.last_probe = now;
            self.in_flight += 1;
            return Next::Granted(urgent, Grant { epoch: self.epoch, call: urgent.sequence() });
        }
        regular.into_iter().chain(probe).min().map_or(Next::Idle, |(at, waiter)| Next::At(at, waiter))
    }

    /// A waiter gave up; `false` when it waited no more.
    pub fn withdraw(&mut self, waiter: Waiter) -> bool {
        let expelled = self.expelled.len();
        self.expelled.retain(|(of, _)| *of != waiter);
        self.queue.remove(waiter) || self.expelled.len() < expelled
    }

    /// A grant ends without an answer: cancelled, or the connection failed.
    pub fn release(&mut self, grant: Grant, now: Duration) {
        drop(grant);
        self.in_flight = self.in_flight.saturating_sub(1);
        self.last_seen = now;
    }

    /// A grant ends with an answer; `chance` is a number in `[0, 1]`, used by a 429
    /// and a 503. Whether the answer was a 503 by which the service limits its requests.
    pub fn answered(&mut self, grant: Grant, answer: Answer, limit: Option<RateLimit>, now: Duration, chance: f64) -> bool {
        let Grant { epoch, call } = grant;
        self.release(grant, now);
        match answer {
            Answer::Ok | Answer::Other => {
                self.passed(epoch, now);
                if let Some(limit) = limit {
                    self.reported(limit, now);
                }
            }
            Answer::Unavailable { server_delay } if epoch == self.epoch => {
                return self.unavailable(call, server_delay, now, chance);
            }
            Answer::Unavailable { .. } => return epoch + 1 == self.epoch && self.waves.ended_the_epoch(),
            Answer::Throttled { server_delay } if epoch == self.epoch => {
                self.waves.passed();
                self.refused(server_delay, now, chance);
            }
            Answer::Throttled { server_delay } => {
                self.cool(now.saturating_add(server_delay.unwrap_or_default()), now);
            }
        }
        false
    }

    /// How long a newcomer with this ticket would wait, as far as the limiter can tell.
    #[must_use]
    pub fn estimate(&self, ticket: &Ticket, now: Duration) -> Duration {
        let cool_down = self.cool_until.saturating_sub(now);
        let places = self.queue.ahead_of(ticket) as f64 + 1.0;
        let line = self.optimistic_rate(now).or(self.bucket.map(|bucket| (bucket, self.ceiling))).map_or(
            Duration::ZERO,
            |(bucket, ceiling)| {
                let opened = now.max(self.cool_until);
                seconds(bucket.time_for(places - bucket.tokens_at(opened), ceiling))
            },
        );
        let regular = cool_down.saturating_add(line);
        if ticket.priority != Priority::Urgent || cool_down.is_zero() {
            return regular;
        }
        let probes = u32::try_from(self.queue.ahead_among_equals(ticket)).unwrap_or(u32::MAX);
        let probe = self.urgent_probe_at().saturating_sub(now);
        regular.min(probe.saturating_add(URGENT_PROBE.saturating_mul(probes)))
    }

    /// The rate and ceiling if every request that is still unanswered gets through: a refusal that
    /// came first among many answers says little about the others.
    fn optimistic_rate(&self, now: Duration) -> Option<(TokenBucket, f64)> {
        let ended = self.ended.filter(|_| self.in_flight > 0 && now < self.cool_until)?;
        Some(self.learn_rate(Ended { successes: ended.successes + u64::from(self.in_flight), ..ended }))
    }

    /// Requests per second, once learned from a refusal.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        self.bucket.map(|bucket| bucket.rate)
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

    /// Whether a new limiter would behave the same, but for the size of its window.
    #[must_use]
    pub fn is_forgettable(&self, now: Duration) -> bool {
        let calm = self.bucket.is_none() || self.forgets_rate(now);
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
        self.bucket.as_mut().is_none_or(|bucket| {
            bucket.refill(now);
            bucket.tokens >= 1.0 - EPSILON
        })
    }

    fn grant(&mut self, call: u64) -> Grant {
        self.in_flight += 1;
        if let Some(bucket) = &mut self.bucket {
            bucket.tokens = (bucket.tokens - 1.0).max(0.0);
        }
        Grant { epoch: self.epoch, call }
    }

    fn open_at(&self) -> Duration {
        self.bucket.map_or(self.cool_until, |bucket| bucket.next_token().max(self.cool_until))
    }

    fn urgent_probe_at(&self) -> Duration {
        self.last_probe.saturating_add(URGENT_PROBE)
    }

    /// Closes the limiter until then. Whoever that makes wait in vain is turned away at once, by the
    /// cool-down alone: a place in line is only a guess.
    fn cool(&mut self, until: Duration, now: Duration) {
        if until <= self.cool_until {
            return;
        }
        if self.cool_until <= now && until > now {
            self.last_probe = now;
        }
        self.cool_until = until;
        let expelled = self.queue.expel(now, self.cool_until, self.urgent_probe_at());
        self.expelled.extend(expelled.into_iter().rev());
    }

    /// Drops what a quiet minute has made worthless.
    fn forget(&mut self, now: Duration) {
        if !self.queue.is_empty() {
            return;
        }
        if self.forgets_rate(now) {
            self.bucket = None;
            self.waves.forget();
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
            self.waves.passed();
            self.window = self.window.saturating_add(1);
            self.grow(now);
        } else if epoch + 1 == self.epoch && now < self.cool_until {
            self.ended = self.ended.map(|ended| Ended { successes: ended.successes + 1, ..ended });
            self.learn();
        }
    }

    fn grow(&mut self, now: Duration) {
        let held = now.saturating_sub(self.cycle_start).as_secs_f64();
        let Some(bucket) = &mut self.bucket else { return };
        bucket.refill(now);
        self.window = self.window.min(PACED_WINDOW);
        bucket.rate = if bucket.rate < self.ceiling {
            (bucket.rate + 1.0).min(self.ceiling)
        } else {
            bucket.rate + 0.05 * self.ceiling * (1.0 + (held / 2.0).powi(2)) / bucket.rate.max(1.0)
        };
        bucket.cap = bucket.cap.max((bucket.rate / 2.0).min(f64::from(PACED_WINDOW)));
    }

    /// What a rate-limit header says about the time to come.
    fn reported(&mut self, limit: RateLimit, now: Duration) {
        if limit.remaining == 0 {
            self.cool(now.saturating_add(limit.reset_in.min(MAX_PROACTIVE)), now);
        } else if self.bucket.is_some() && !limit.reset_in.is_zero() {
            self.ceiling = limit.remaining as f64 / limit.reset_in.as_secs_f64();
        }
    }

    /// A 503 in the current epoch; whether it is a rate limit, as far as the limiter can tell.
    fn unavailable(&mut self, call: u64, server_delay: Option<Duration>, now: Duration, chance: f64) -> bool {
        match self.waves.unavailable(call, server_delay, now, self.successes > 0) {
            Sign::Wave => {
                self.wide = if self.bucket.is_none() { self.window.max(FIRST_WINDOW) } else { self.wide };
                self.refused(server_delay, now, chance);
                true
            }
            Sign::Down => self.reopen(now),
            Sign::Nothing { limited: true } => true,
            Sign::Nothing { limited: false } => self.widen(now),
        }
    }

    /// Takes back what was learned from waves of 503: the service is down, and its calls end by
    /// themselves.
    fn reopen(&mut self, now: Duration) -> bool {
        if self.bucket.take().is_some() {
            (self.ceiling, self.ended, self.window) = (f64::INFINITY, None, self.wide);
            self.count_anew(now);
        }
        self.widen(now)
    }

    /// An answer that says nothing about a limit.
    fn widen(&mut self, now: Duration) -> bool {
        self.grow(now);
        if self.bucket.is_none() {
            self.window = self.window.saturating_add(1);
        }
        false
    }

    /// The first 429 of an epoch ends it.
    fn refused(&mut self, server_delay: Option<Duration>, now: Duration, chance: f64) {
        self.epoch += 1;
        self.waves.begin_epoch();
        self.streak = self.streak.saturating_add(1);
        let open = now.saturating_add(self.pause(server_delay, chance));
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
    fn pause(&self, server_delay: Option<Duration>, chance: f64) -> Duration {
        if let Some(server_delay) = server_delay.filter(|server_delay| !server_delay.is_zero()) {
            return spread(server_delay, chance);
        }
        let doubled = f64::from(1_u32.checked_shl(self.streak.saturating_sub(1)).unwrap_or(u32::MAX));
        seconds(doubled.min(MAX_COOL_DOWN) * (0.5 + 0.5 * chance.clamp(0.0, 1.0)))
    }

    /// Sets the rate from the epoch that just ended, also again when a late answer adds to it.
    fn learn(&mut self) {
        let Some(ended) = self.ended else { return };
        let (bucket, ceiling) = self.learn_rate(ended);
        self.bucket = Some(bucket);
        self.ceiling = ceiling;
    }

    /// The rate and ceiling that follow from an epoch.
    fn learn_rate(&self, Ended { successes, cycle, ceiling, rate }: Ended) -> (TokenBucket, f64) {
        let cycle = cycle.1.saturating_sub(cycle.0).as_secs_f64().max(EPSILON);
        let (rate, cap, ceiling) = if successes >= 2 {
            let estimate = successes as f64 / cycle;
            let bounded = if ceiling.is_finite() { estimate.max(ceiling / 2.0).min(ceiling.max(rate)) } else { estimate };
            let careful = CAUTION * bounded;
            (careful, (CAUTION * successes as f64).clamp(1.0, f64::from(PACED_WINDOW)), careful)
        } else {
            ((rate / 2.0).min(1.0 / cycle).max(MIN_RATE), 1.0, ceiling * 0.7)
        };
        (TokenBucket { rate, cap, tokens: cap, filled_at: self.cool_until }, ceiling)
    }
}
