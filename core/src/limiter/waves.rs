//! When answers with 503 are a rate limit.
//!
//! Many servers limit with 503 by default, and a service that is down answers it too. One call alone
//! cannot tell; two calls that are refused within a second can, and what follows the pause tells the
//! two cases apart: a limit lets somebody through again, a service that is down does not.

use std::time::Duration;

/// Two calls that are refused within this time are a wave.
const WITHIN: Duration = Duration::from_secs(1);
/// After so many waves with nothing let through, the service is down, and pausing helps nobody.
const MAX_FRUITLESS: u32 = 2;
/// A service that asks for a longer pause with a 503 is being maintained: that is no rate limit.
const MAX_SERVER_DELAY: Duration = Duration::from_secs(60);

/// What a 503 says about the limiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Nothing. `limited`: the limiter keeps to a rate that was learned from an earlier wave, so that this
    /// is most likely the limit again.
    Nothing { limited: bool },
    /// The epoch ends as with a 429.
    Wave,
    /// The service is down.
    Down,
}

/// The 503s of a limiter.
#[derive(Debug, Clone, Default)]
pub(super) struct Waves {
    /// The last of this epoch, and the call that it answered.
    last: Option<(u64, Duration)>,
    /// Waves in a row with nothing let through between.
    fruitless: u32,
    /// The limiter's rate was learned from a wave.
    learned: bool,
}

impl Waves {
    /// A request of the current epoch was answered 503; `passed`: another one of it got through.
    pub(super) fn unavailable(&mut self, call: u64, server_delay: Option<Duration>, now: Duration, passed: bool) -> Sign {
        if server_delay.is_some_and(|server_delay| server_delay > MAX_SERVER_DELAY) {
            return Sign::Nothing { limited: false };
        }
        let other = self.last.replace((call, now));
        // Who asks first after the pause of a wave asks for all: the pause was too short.
        let again = self.fruitless > 0 && !passed;
        let wave = again || other.is_some_and(|(of, at)| of != call && now.saturating_sub(at) <= WITHIN);
        match wave {
            true if self.fruitless < MAX_FRUITLESS => {
                self.fruitless += 1;
                self.learned = true;
                Sign::Wave
            }
            true => {
                self.learned = false;
                Sign::Down
            }
            false => Sign::Nothing { limited: self.learned && passed },
        }
    }

    /// Whether the epoch that ended last was ended by a wave.
    pub(super) fn ended_the_epoch(&self) -> bool {
        self.fruitless > 0
    }

    /// Something got through, or was refused in another way.
    pub(super) fn passed(&mut self) {
        self.fruitless = 0;
    }

    pub(super) fn begin_epoch(&mut self) {
        self.last = None;
    }

    /// The limiter has forgotten its rate.
    pub(super) fn forget(&mut self) {
        self.learned = false;
    }
}
