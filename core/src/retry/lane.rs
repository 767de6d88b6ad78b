//! The shared throttle of one (origin, credential, bucket).
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Stop;
use crate::retry::RateLimit;

/// Which calls go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// Before everything else: revoke, delete, archive.
    Urgent,
    /// The order of arrival.
    #[default]
    Normal,
    /// When nobody else waits.
    Background,
}

/// What to do when the lane is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Throttle {
    /// Wait in line.
    #[default]
    Wait,
    /// Fail at once and say when to come back.
    Fail,
}

/// A call's place in line, kept over all its attempts.
#[derive(Debug)]
pub struct Ticket {
    sequence: u64,
    priority: Priority,
    throttle: Throttle,
}

/// What came back for an admitted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A success.
    Ok,
    /// A refusal for too many requests.
    Throttled {
        /// The service's own delay.
        hint: Option<Duration>,
    },
    /// Any other answer. (No answer at all: drop the permit.)
    Other,
}

/// Why a call was not admitted; nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// When the lane expects to have room.
    pub retry_after: Duration,
    /// [`Stop::Deadline`] or [`Stop::ThrottleFail`].
    pub stop: Stop,
}

/// The right to send one request; dropping it gives it back.
#[derive(Debug)]
pub struct Permit {
    lane: Arc<Lane>,
}

impl Permit {
    /// Gives the permit back without an answer.
    pub fn release(self) {
        drop(self);
    }
}

/// The lane.
#[derive(Debug)]
pub struct Lane {
    clock: Arc<dyn Clock>,
}

impl Lane {
    /// An unthrottled lane.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock })
    }

    /// The next place in line: one per call.
    #[must_use]
    pub fn ticket(&self, priority: Priority, throttle: Throttle) -> Ticket {
        Ticket { sequence: 0, priority, throttle }
    }

    /// Waits for the right to send; `deadline` is on the monotonic clock. Dropping the future
    /// frees the place.
    ///
    /// # Errors
    /// [`Refused`] when the wait would outlast the deadline or the ticket says not to wait.
    pub async fn admit(self: &Arc<Self>, ticket: &Ticket, deadline: Option<Duration>) -> Result<Permit, Refused> {
        todo!("{ticket:?} {deadline:?} {:?}", self.clock)
    }

    /// Gives a permit back with what came of it.
    pub fn answered(&self, permit: Permit, answer: Answer, rate_limit: Option<RateLimit>) {
        todo!("{:?} {answer:?} {rate_limit:?}", permit.lane)
    }
}

/// Who a lane belongs to: a key's text or a login's identity, never a token, as a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of anything that names the credential: `["key", text]`, `["login", service, email, account]`.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        todo!("{parts:?}")
    }
}

/// What shares one lane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LaneKey {
    /// Scheme, host and port.
    pub origin: Arc<str>,
    /// Whose credential.
    pub credential: Fingerprint,
    /// The dialect's bucket.
    pub bucket: Arc<str>,
}

/// The lanes of a process.
#[derive(Debug)]
pub struct Lanes {
    clock: Arc<dyn Clock>,
}

impl Lanes {
    /// No lane yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }

    /// The lane of `key`, the same for all who ask.
    #[must_use]
    pub fn of(&self, key: &LaneKey) -> Arc<Lane> {
        todo!("{key:?} {:?}", self.clock)
    }
}
