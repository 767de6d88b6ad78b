//! What clients of one process share: throttle lanes, retry budgets, logins.
//!
//! A rate limit belongs to a key, not to a client object, so everything that is learned about one
//! stands here, once per clock (`behaviour.md` section 5). Connections are not here: they belong
//! to the runtime that opened them and so to one client and its clones.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::Secret;
use crate::auth::Login;
use crate::changes::Changes;
use crate::clock::Clock;
use crate::per_process::PerProcess;
use crate::retry::{BudgetOptions, Budgets, Fingerprint, Lanes};

/// Lanes, budgets and logins. One per process and clock unless a client is given its own.
#[derive(Clone)]
pub struct Shared(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    lanes: Lanes,
    budgets: Budgets,
    logins: Mutex<HashMap<Fingerprint, Weak<Login>>>,
    /// Which id belongs to a key that was made or rotated here, by the digest of its text.
    keys: Mutex<HashMap<Fingerprint, (Arc<str>, String)>>,
    changes: Changes,
}

/// What is shared on each clock, by the clock's number.
type Known = Vec<(usize, Weak<Inner>)>;

/// From here on the ids of keys made long ago are forgotten.
const MOST_KEYS: usize = 4096;

impl Shared {
    /// State of its own, shared with nobody else.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_budget(clock, BudgetOptions::default())
    }

    /// State of its own with another retry budget.
    pub(crate) fn with_budget(clock: Arc<dyn Clock>, budget: BudgetOptions) -> Self {
        let lanes = Lanes::new(Arc::clone(&clock));
        let budgets = Budgets::new(budget);
        let (logins, keys, changes) = (Mutex::default(), Mutex::default(), Changes::default());
        Self(Arc::new(Inner { clock, lanes, budgets, logins, keys, changes }))
    }

    /// The state of this process for that clock, made when first asked for and dropped with its
    /// last client.
    pub(crate) fn of_process(clock: &Arc<dyn Clock>) -> Self {
        static KNOWN: PerProcess<Mutex<Known>> = PerProcess::new();
        let mut known = KNOWN.get(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(_, shared)| shared.strong_count() > 0);
        // The state holds its clock, so the number of a living one is never used twice.
        if let Some(shared) = known.iter().find(|(id, _)| *id == clock.id()).and_then(|(_, shared)| shared.upgrade()) {
            return Self(shared);
        }
        let shared = Self::new(Arc::clone(clock));
        known.push((clock.id(), Arc::downgrade(&shared.0)));
        shared
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.0.lanes
    }

    pub(crate) fn budgets(&self) -> &Budgets {
        &self.0.budgets
    }

    /// Which lists were changed, for those who walk over them.
    pub(crate) fn changes(&self) -> &Changes {
        &self.0.changes
    }

    /// Remembers whose secret a new one is.
    pub(crate) fn note_key(&self, secret: &Secret, service: &Arc<str>, id: &str) {
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MOST_KEYS {
            keys.clear();
        }
        keys.insert(Fingerprint::of(&["key", secret.expose()]), (Arc::clone(service), id.to_owned()));
    }

    /// Whether a secret is known to be that key's.
    pub(crate) fn is_key(&self, secret: &Secret, service: &str, id: &str) -> bool {
        let keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let found = keys.get(&Fingerprint::of(&["key", secret.expose()]));
        found.is_some_and(|(of, known)| &**of == service && known == id)
    }

    /// The login of that identity: the living one, else the given.
    pub(crate) fn login(&self, identity: Fingerprint, made: Login) -> Arc<Login> {
        let mut logins: MutexGuard<'_, HashMap<_, Weak<Login>>> = self.0.logins.lock().unwrap_or_else(PoisonError::into_inner);
        logins.retain(|_, login| login.strong_count() > 0);
        if let Some(login) = logins.get(&identity).and_then(Weak::upgrade) {
            return login;
        }
        let login = Arc::new(made);
        logins.insert(identity, Arc::downgrade(&login));
        login
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}
