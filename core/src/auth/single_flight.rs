//! One token for all who need one: who fetches it, who waits, who takes what another one got.
//!
//! One caller fetches at a time, and whoever had to wait looks again before it fetches; a caller
//! that leaves gives its turn back. A renewal that fails while the old token still works is not an
//! error; the next try waits five seconds (SEG-7, SID-28).

use std::sync::PoisonError;
use std::time::Duration;

use crate::auth::sync::{Mutex, MutexGuard, Turn};
use crate::runtime::clock::{Clock, Waiting};

/// After a renewal that failed while the old token still works.
const PAUSE: Duration = Duration::from_secs(5);

/// How far a token is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    Fresh,
    /// Still good, worth renewing.
    RefreshSoon,
    /// Not to be sent any more.
    Expired,
}

/// What is kept and handed out. Cheap to clone.
pub(crate) trait Expiring: Clone {
    fn freshness(&self, now: Duration) -> Freshness;
}

/// Where tokens come from.
pub(crate) trait Source<T> {
    type Error;

    /// A younger token for one that still works.
    fn renew(&self, old: &T) -> impl Future<Output = Result<T, Self::Error>> + Send;

    /// A token by all means, from the old one where there is one.
    fn obtain(&self, old: Option<&T>) -> impl Future<Output = Result<T, Self::Error>> + Send;
}

/// The token of one identity, and the turn to fetch it.
#[derive(Debug)]
pub(crate) struct SingleFlight<T> {
    state: Mutex<State<T>>,
    turn: Turn,
}

#[derive(Debug)]
struct State<T> {
    token: Option<T>,
    paused_until: Duration,
}

impl<T: Expiring> SingleFlight<T> {
    /// No token yet.
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State { token: None, paused_until: Duration::ZERO }), turn: Turn::default() }
    }

    /// The token to send, fetched or renewed if need be.
    pub(crate) async fn token<S: Source<T>>(&self, source: &S, clock: &dyn Clock) -> Result<T, S::Error> {
        match self.current(clock.monotonic()) {
            (Some(token), Freshness::Fresh) => Ok(token),
            (Some(token), Freshness::RefreshSoon) => Ok(self.renew_early(token, source, clock).await),
            (_, Freshness::Expired) | (None, _) => self.fetch(|_| false, source, clock).await,
        }
    }

    /// A token other than a refused one, or whatever the source gives: one caller at a time, and
    /// whoever waited takes what the first one got.
    pub(crate) async fn fetch<S: Source<T>>(
        &self,
        is_refused: impl Fn(&T) -> bool,
        source: &S,
        clock: &dyn Clock,
    ) -> Result<T, S::Error> {
        let _turn = {
            let _waiting = Waiting::on(clock);
            self.turn.lock().await
        };
        let held = self.held();
        let now = clock.monotonic();
        if let Some(token) = held.as_ref().filter(|token| !is_refused(token) && token.freshness(now) != Freshness::Expired) {
            return Ok(token.clone());
        }
        let fetched = source.obtain(held.as_ref()).await?;
        Ok(self.keep(fetched))
    }

    /// The last token that was fetched, whatever became of it.
    pub(crate) fn held(&self) -> Option<T> {
        self.lock().token.clone()
    }

    fn current(&self, now: Duration) -> (Option<T>, Freshness) {
        let state = self.lock();
        let freshness = state.token.as_ref().map_or(Freshness::Expired, |token| token.freshness(now));
        let held_back = freshness == Freshness::RefreshSoon && now < state.paused_until;
        (state.token.clone(), if held_back { Freshness::Fresh } else { freshness })
    }

    /// Renews if nobody else does; whatever happens, the old token still works.
    async fn renew_early<S: Source<T>>(&self, expiring: T, source: &S, clock: &dyn Clock) -> T {
        let Ok(_turn) = self.turn.try_lock() else { return expiring };
        // Between the look and the turn another one may have renewed it, or tried to.
        let (held, freshness) = self.current(clock.monotonic());
        let token = held.unwrap_or(expiring);
        if freshness == Freshness::Fresh {
            return token;
        }
        match source.renew(&token).await {
            Ok(renewed) => self.keep(renewed),
            Err(_) => {
                self.lock().paused_until = clock.monotonic() + PAUSE;
                token
            }
        }
    }

    fn keep(&self, token: T) -> T {
        self.lock().token = Some(token.clone());
        token
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
