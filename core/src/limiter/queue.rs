//! Who waits in a limiter, and who is next.
//!
//! First come, first served within a priority; urgent before normal before background, but after
//! eight urgent calls in a row one of the others goes, so that nobody starves.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::limiter::{Priority, Refused, Throttle, Ticket};
use crate::model::error::Stop;
use crate::retry::backoff::spread;

/// Urgent calls that may overtake the others without a break.
const MAX_URGENT_RUN: u32 = 8;

/// One waiting call. The arrival tells apart two waits on one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Waiter {
    priority: Priority,
    sequence: u64,
    arrival: u64,
}

impl Waiter {
    /// The priority of its ticket.
    #[must_use]
    pub fn priority(self) -> Priority {
        self.priority
    }

    /// The sequence of its ticket.
    #[must_use]
    pub fn sequence(self) -> u64 {
        self.sequence
    }

    /// A number of its own, never used twice in one limiter.
    pub(crate) fn arrival(self) -> u64 {
        self.arrival
    }
}

/// What a waiting call puts up with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// `MAX`: there is none.
    deadline: Duration,
    /// The longest cool-down that it waits out.
    patience: Duration,
    throttle: Throttle,
}

impl Terms {
    pub(crate) fn of(ticket: &Ticket, deadline: Option<Duration>) -> Self {
        let patience = match (ticket.throttle, ticket.priority) {
            (Throttle::Fail, _) => Duration::ZERO,
            (Throttle::Wait, Priority::Urgent) => Duration::MAX,
            // What chance adds to a service's delay is not asked for by the service.
            (Throttle::Wait, Priority::Normal | Priority::Background) => spread(ticket.patience, 1.0),
        };
        Self { deadline: deadline.unwrap_or(Duration::MAX), patience, throttle: ticket.throttle }
    }

    /// Why a limiter that stays closed for `closed` and lets the call go at `opens` makes it fail.
    pub(crate) fn stop(self, closed: Duration, opens: Duration) -> Option<Stop> {
        if closed > self.patience {
            return Some(if self.throttle == Throttle::Fail { Stop::ThrottleFail } else { Stop::RetryAfterTooLong });
        }
        (opens > self.deadline).then_some(Stop::Deadline)
    }
}

/// The waiting calls of one priority.
#[derive(Debug, Clone)]
struct Line {
    waiting: BTreeMap<Waiter, Terms>,
    /// No waiting call has an earlier deadline, none less patience: both may be out of date on the
    /// low side, so that a cool-down that grows often does not look at everybody each time.
    deadline: Duration,
    patience: Duration,
}

impl Default for Line {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), deadline: Duration::MAX, patience: Duration::MAX }
    }
}

impl Line {
    fn push(&mut self, waiter: Waiter, terms: Terms) {
        self.note(terms);
        self.waiting.insert(waiter, terms);
    }

    fn note(&mut self, terms: Terms) {
        self.deadline = self.deadline.min(terms.deadline);
        self.patience = self.patience.min(terms.patience);
    }

    /// Takes out those for whom the limiter opens too late.
    fn expel(&mut self, closed: Duration, opens: Duration, into: &mut Vec<(Waiter, Stop)>) {
        if opens <= self.deadline && closed <= self.patience {
            return;
        }
        let all = std::mem::take(self);
        for (waiter, terms) in all.waiting {
            match terms.stop(closed, opens) {
                Some(stop) => into.push((waiter, stop)),
                None => self.push(waiter, terms),
            }
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    lines: [Line; 3],
    arrivals: u64,
    urgent_run: u32,
}

impl Queue {
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.waiting.is_empty())
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.iter().map(|line| line.waiting.len()).sum()
    }

    /// How many wait that a call of this priority would stand in line with: urgent calls are
    /// counted alone, so that no crowd of others keeps them out.
    pub(crate) fn crowd(&self, priority: Priority) -> usize {
        match priority {
            Priority::Urgent => self.of(priority).len(),
            Priority::Normal | Priority::Background => self.len() - self.of(Priority::Urgent).len(),
        }
    }

    pub(crate) fn push(&mut self, ticket: &Ticket, terms: Terms) -> Waiter {
        self.arrivals += 1;
        let waiter = Waiter { priority: ticket.priority, sequence: ticket.sequence, arrival: self.arrivals };
        self.lines[ticket.priority as usize].push(waiter, terms);
        waiter
    }

    /// Whether it still waited.
    pub(crate) fn remove(&mut self, waiter: Waiter) -> bool {
        self.lines[waiter.priority as usize].waiting.remove(&waiter).is_some()
    }

    /// Takes out all whom a limiter closed until `cool_until` makes wait in vain; urgent ones may go
    /// as a probe before.
    pub(crate) fn expel(&mut self, now: Duration, cool_until: Duration, probe: Duration) -> Vec<(Waiter, Refused)> {
        let (closed, mut out) = (cool_until.saturating_sub(now), Vec::new());
        let [urgent, normal, background] = &mut self.lines;
        urgent.expel(closed, probe.min(cool_until), &mut out);
        normal.expel(closed, cool_until, &mut out);
        background.expel(closed, cool_until, &mut out);
        out.into_iter().map(|(waiter, stop)| (waiter, Refused { retry_after: closed, stop })).collect()
    }

    /// How many go before a call with this ticket.
    pub(crate) fn ahead_of(&self, ticket: &Ticket) -> usize {
        let higher: usize = self.lines[..ticket.priority as usize].iter().map(|line| line.waiting.len()).sum();
        higher + self.ahead_among_equals(ticket)
    }

    pub(crate) fn ahead_among_equals(&self, ticket: &Ticket) -> usize {
        let equals = self.of(ticket.priority);
        let place = Waiter { priority: ticket.priority, sequence: ticket.sequence, arrival: u64::MAX };
        // The usual newcomer is the last; counting is for those who come back.
        let last = equals.last_key_value().is_none_or(|(last, _)| *last < place);
        if last { equals.len() } else { equals.range(..place).count() }
    }

    /// Who goes next.
    pub(crate) fn front(&self) -> Option<Waiter> {
        let first = |priority| self.of(priority).first_key_value().map(|(waiter, _)| *waiter);
        let others = || first(Priority::Normal).or_else(|| first(Priority::Background));
        let patient = if self.urgent_run >= MAX_URGENT_RUN { others() } else { None };
        patient.or_else(|| first(Priority::Urgent)).or_else(others)
    }

    pub(crate) fn front_urgent(&self) -> Option<Waiter> {
        self.of(Priority::Urgent).first_key_value().map(|(waiter, _)| *waiter)
    }

    /// Takes out the one who goes now.
    pub(crate) fn pop(&mut self, waiter: Waiter) {
        self.remove(waiter);
        let overtakes = waiter.priority == Priority::Urgent && !self.is_empty();
        self.urgent_run = if overtakes { self.urgent_run + 1 } else { 0 };
    }

    fn of(&self, priority: Priority) -> &BTreeMap<Waiter, Terms> {
        &self.lines[priority as usize].waiting
    }
}
