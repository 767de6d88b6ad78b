//! When answers with 503 are a rate limit.
//!
//! Many limiters answer 503 by default, and so does a service that is down. One call alone cannot
//! tell; two calls that are refused within a second can, and what follows the pause tells the two
//! cases apart: a limiter lets somebody through again, a service that is down does not.

use std::time::Duration;

/// Two calls that are refused within this time are a wave.
const WITHIN: Duration = Duration::from_secs(1);
/// After so many waves with nothing let through, the service is down, and pausing helps nobody.
const MAX_FRUITLESS: u32 = 2;
/// A service that asks for a longer pause with a 503 is being maintained: that is no rate limit.
const MAX_HINT: Duration = Duration::from_secs(60);

/// What a 503 says about the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Nothing. `limited`: the lane keeps to a pace that an earlier wave has taught, so that this
    /// is most likely the limit again.
    Nothing { limited: bool },
    /// The epoch ends as with a 429.
    Wave,
    /// The service is down.
    Down,
}

/// The 503s of a lane.
#[derive(Debug, Clone, Default)]
pub(super) struct Waves {
    /// The last of this epoch, and the call that it answered.
    last: Option<(u64, Duration)>,
    /// Waves in a row with nothing let through between.
    fruitless: u32,
    /// A wave has taught the lane's pace.
    taught: bool,
}

impl Waves {
    /// A request of the current epoch was answered 503; `passed`: another one of it got through.
    pub(super) fn unavailable(&mut self, call: u64, hint: Option<Duration>, now: Duration, passed: bool) -> Sign {
        if hint.is_some_and(|hint| hint > MAX_HINT) {
            return Sign::Nothing { limited: false };
        }
        let other = self.last.replace((call, now));
        // Who asks first after the pause of a wave asks for all: the pause was too short.
        let again = self.fruitless > 0 && !passed;
        let wave = again || other.is_some_and(|(of, at)| of != call && now.saturating_sub(at) <= WITHIN);
        match wave {
            true if self.fruitless < MAX_FRUITLESS => {
                self.fruitless += 1;
                self.taught = true;
                Sign::Wave
            }
            true => {
                self.taught = false;
                Sign::Down
            }
            false => Sign::Nothing { limited: self.taught && passed },
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

    /// The lane has forgotten its pace.
    pub(super) fn forget(&mut self) {
        self.taught = false;
    }
}
