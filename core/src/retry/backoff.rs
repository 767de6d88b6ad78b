//! How long to wait before repeating a failed attempt.
//!
//! The delay doubles up to a cap, half of it left to chance so that many callers spread out; a
//! delay asked for by the service is a floor that is never broken, widened by at most a quarter
//! of a second.

use std::time::Duration;

/// The most that chance adds to a service's own delay.
const HINT_SPREAD: f64 = 0.25;

/// The growing delay between attempts.
///
/// ```
/// use std::time::Duration;
/// use keywright::retry::Backoff;
///
/// let backoff = Backoff { base: Duration::from_millis(250), cap: Duration::from_secs(8) };
/// assert_eq!(backoff.delay(2, None, 1.0, 0.0), Duration::from_millis(500));
/// assert_eq!(backoff.delay(1, Some(Duration::from_secs(3)), 1.0, 0.0), Duration::from_secs(3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The delay before the first repetition.
    pub base: Duration,
    /// The longest delay of our own.
    pub cap: Duration,
}

impl Backoff {
    /// The delay before repetition `n`, counted from 1; `u` and `u_server_delay` are chance in `[0, 1]`.
    #[must_use]
    pub fn delay(&self, n: u32, server_delay: Option<Duration>, u: f64, u_server_delay: f64) -> Duration {
        let factor = 1_u32.checked_shl(n.saturating_sub(1)).unwrap_or(u32::MAX);
        let full = self.base.saturating_mul(factor).min(self.cap);
        let half = full / 2;
        let own = half + half.mul_f64(u.clamp(0.0, 1.0));
        server_delay.map_or(own, |server_delay| own.max(spread(server_delay, u_server_delay)))
    }
}

/// A service's own delay with a little chance on top, so that its waiters do not return as one.
pub(crate) fn spread(server_delay: Duration, u: f64) -> Duration {
    let room = (server_delay.as_secs_f64() * 0.1).min(HINT_SPREAD);
    server_delay.saturating_add(Duration::from_secs_f64(room * u.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_delay_stays_between_half_and_the_whole_and_never_below_the_server_delay(
            base in 0_u64..10_000, cap in 0_u64..100_000, n in 0_u32..=u32::MAX,
            server_delay in proptest::option::of(0_u64..100_000_000), u in 0.0..=1.0_f64, u_server_delay in 0.0..=1.0_f64,
        ) {
            let backoff = Backoff { base: Duration::from_millis(base), cap: Duration::from_millis(cap) };
            let server_delay = server_delay.map(Duration::from_millis);
            let delay = backoff.delay(n, server_delay, u, u_server_delay);
            let floor = server_delay.unwrap_or_default();
            prop_assert!(delay >= floor);
            prop_assert!(delay <= backoff.cap.max(floor + floor.mul_f64(0.1).min(Duration::from_millis(250)) + Duration::from_nanos(1)));
            let full = backoff.base.saturating_mul(2_u32.saturating_pow(n.saturating_sub(1))).min(backoff.cap);
            prop_assert!(delay >= full / 2);
        }

        #[test]
        fn a_later_repetition_never_waits_less(n in 1_u32..80, u in 0.0..=1.0_f64) {
            let backoff = Backoff { base: Duration::from_millis(250), cap: Duration::from_secs(8) };
            prop_assert!(backoff.delay(n + 1, None, u, 0.0) >= backoff.delay(n, None, u, 0.0));
        }
    }
}
