//! What clients of one process share: limiters, retry budgets, logins.
//!
//! A rate limit belongs to a key, not to a client object, so everything that is learned about one
//! stands here, once per clock. Connections are not here: they belong
//! to the runtime that opened them and so to one client and its clones.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::Secret;
use crate::auth::Login;
use crate::model::Facts;
use crate::retry::{BudgetOptions, Budgets, Fingerprint, Limiters};
use crate::runtime::clock::Clock;
use crate::runtime::per_process::PerProcess;
use crate::walk::changes::Changes;

/// Limiters, budgets and logins. One per process and clock unless a client is given its own.
#[derive(Clone)]
pub struct Shared(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    limiters: Limiters,
    budgets: Budgets,
    logins: Mutex<HashMap<Fingerprint, Weak<Login>>>,
    /// Which key a secret is, by the digest of its text.
    keys: Mutex<HashMap<Fingerprint, Whose>>,
    /// What is known of keys that can be rotated, by service, origin and id.
    facts: Mutex<HashMap<Fingerprint, Facts>>,
    changes: Changes,
}

/// Which key a secret is.
#[derive(Debug)]
struct Whose {
    service: Arc<str>,
    id: String,
    known: Known,
}

/// How it is known which key a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It was made or rotated here.
    Made,
    /// One key of a list shows the beginning of the secret.
    Listed,
    /// More than one does, so that it proves nothing.
    Unclear,
}

/// What is shared on each clock, by the clock's number.
type OfClocks = Vec<(usize, Weak<Inner>)>;

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
        let limiters = Limiters::new(Arc::clone(&clock));
        Self(Arc::new(Inner {
            clock,
            limiters,
            budgets: Budgets::new(budget),
            logins: Mutex::default(),
            keys: Mutex::default(),
            facts: Mutex::default(),
            changes: Changes::default(),
        }))
    }

    /// The state of this process for that clock, made when first asked for and dropped with its
    /// last client.
    pub(crate) fn of_process(clock: &Arc<dyn Clock>) -> Self {
        static KNOWN: PerProcess<Mutex<OfClocks>> = PerProcess::new();
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

    pub(crate) fn limiters(&self) -> &Limiters {
        &self.0.limiters
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
        let whose = Whose { service: Arc::clone(service), id: id.to_owned(), known: Known::Made };
        self.with_keys(|keys| drop(keys.insert(fingerprint(secret), whose)));
    }

    /// Remembers that a listed key shows the beginning of a secret.
    pub(crate) fn note_listed(&self, secret: &Secret, service: &Arc<str>, id: &str) {
        self.with_keys(|keys| match keys.get_mut(&fingerprint(secret)) {
            Some(whose) if whose.known == Known::Made || whose.id == id => {}
            Some(whose) => whose.known = Known::Unclear,
            None => {
                let whose = Whose { service: Arc::clone(service), id: id.to_owned(), known: Known::Listed };
                keys.insert(fingerprint(secret), whose);
            }
        });
    }

    fn with_keys(&self, change: impl FnOnce(&mut HashMap<Fingerprint, Whose>)) {
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MOST_KEYS {
            keys.clear();
        }
        change(&mut keys);
    }

    /// Whether a secret is known to be that key's.
    pub(crate) fn is_key(&self, secret: &Secret, service: &str, id: &str) -> bool {
        let keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(&fingerprint(secret)).is_some_and(|whose| {
            let is_known = matches!(whose.known, Known::Made | Known::Listed);
            is_known && &*whose.service == service && whose.id == id
        })
    }

    /// Remembers what is known of a key.
    pub(crate) fn note_facts(&self, key: Fingerprint, facts: Facts) {
        let mut known = self.0.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KEYS {
            known.clear();
        }
        known.insert(key, facts);
    }

    /// What is known of a key.
    pub(crate) fn facts(&self, key: Fingerprint) -> Facts {
        let known = self.0.facts.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&key).cloned().unwrap_or_default()
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

fn fingerprint(secret: &Secret) -> Fingerprint {
    Fingerprint::of(&["key", secret.expose()])
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}
