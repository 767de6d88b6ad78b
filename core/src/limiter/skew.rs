//! How far the service's clock is ahead of ours, from the `Date` of its answers.
//!
//! The median of the last five: one answer that waited in a cache must not move every wait.

use crate::model::time::{SignedDuration, Timestamp};

const SAMPLES: usize = 5;

/// The difference between the service's clock and ours.
#[derive(Debug, Clone, Default)]
pub struct Skew {
    samples: [SignedDuration; SAMPLES],
    seen: usize,
}

impl Skew {
    /// Notes the `Date` of an answer whose exchange began and ended at these local times.
    pub fn note(&mut self, date: Timestamp, sent: Timestamp, received: Timestamp) {
        let midpoint = sent + received.duration_since(sent) / 2;
        self.samples[self.seen % SAMPLES] = date.duration_since(midpoint);
        self.seen += 1;
    }

    /// What to add to a local time to get the service's; zero before the first answer.
    #[must_use]
    pub fn median(&self) -> SignedDuration {
        let mut samples = self.samples;
        let known = &mut samples[..self.seen.min(SAMPLES)];
        known.sort_unstable();
        known.get(known.len() / 2).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stale_date_does_not_move_the_median() {
        let mut skew = Skew::default();
        assert_eq!(skew.median(), SignedDuration::ZERO);
        for ahead in [30, 31, -3_000, 30, 29, 30] {
            let now = Timestamp::from_second(1_700_000_000).expect("in range");
            let received = now + SignedDuration::from_secs(2);
            let date = now + SignedDuration::from_secs(1 + ahead);
            skew.note(date, now, received);
        }
        assert_eq!(skew.median(), SignedDuration::from_secs(30));
    }
}
