//! Who waits in a lane, and who is next.
//!
//! First come, first served within a priority; urgent before normal before background, but after
//! eight urgent calls in a row one of the others goes, so that nobody starves.

use std::collections::BTreeSet;

use crate::retry::lane::{Priority, Ticket};

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

    /// A number of its own, never used twice in one lane.
    pub(crate) fn arrival(self) -> u64 {
        self.arrival
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    waiting: [BTreeSet<Waiter>; 3],
    arrivals: u64,
    urgent_run: u32,
}

impl Queue {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.iter().all(BTreeSet::is_empty)
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.iter().map(BTreeSet::len).sum()
    }

    pub(crate) fn push(&mut self, ticket: &Ticket) -> Waiter {
        self.arrivals += 1;
        let waiter = Waiter { priority: ticket.priority, sequence: ticket.sequence, arrival: self.arrivals };
        self.of_mut(ticket.priority).insert(waiter);
        waiter
    }

    /// Whether it still waited.
    pub(crate) fn remove(&mut self, waiter: Waiter) -> bool {
        self.of_mut(waiter.priority).remove(&waiter)
    }

    /// How many go before a call with this ticket.
    pub(crate) fn ahead_of(&self, ticket: &Ticket) -> usize {
        let higher: usize = self.waiting[..ticket.priority as usize].iter().map(BTreeSet::len).sum();
        higher + self.ahead_among_equals(ticket)
    }

    pub(crate) fn ahead_among_equals(&self, ticket: &Ticket) -> usize {
        let equals = &self.waiting[ticket.priority as usize];
        let place = Waiter { priority: ticket.priority, sequence: ticket.sequence, arrival: u64::MAX };
        // The usual newcomer is the last; counting is for those who come back.
        let last = equals.last().is_none_or(|last| *last < place);
        if last { equals.len() } else { equals.range(..place).count() }
    }

    /// Who goes next.
    pub(crate) fn front(&self) -> Option<Waiter> {
        let [urgent, normal, background] = &self.waiting;
        let others = || normal.first().or_else(|| background.first());
        let patient = if self.urgent_run >= MAX_URGENT_RUN { others() } else { None };
        patient.or_else(|| urgent.first()).or_else(others).copied()
    }

    pub(crate) fn front_urgent(&self) -> Option<Waiter> {
        self.of(Priority::Urgent).first().copied()
    }

    /// Takes out the one who goes now.
    pub(crate) fn pop(&mut self, waiter: Waiter) {
        self.remove(waiter);
        let overtakes = waiter.priority == Priority::Urgent && !self.is_empty();
        self.urgent_run = if overtakes { self.urgent_run + 1 } else { 0 };
    }

    fn of(&self, priority: Priority) -> &BTreeSet<Waiter> {
        &self.waiting[priority as usize]
    }

    fn of_mut(&mut self, priority: Priority) -> &mut BTreeSet<Waiter> {
        &mut self.waiting[priority as usize]
    }
}
