//! What a service may touch while it answers one request: a store transaction, the world's time,
//! chance and settings.
//!
//! Everything is taken from the world, nothing from the machine, so that the same seed and the
//! same requests give the same answers (S8).

mod check;
mod limits;
mod secrets;

use crate::rules::{self, Rule};
use crate::service::{Credentials, Reply, Request, Service, Variant};
use crate::store::{Call, Key, Store};
use crate::time::Time;

pub(crate) use check::{Field, Fields};
pub(crate) use limits::{Limits, Rate, Window, Windows};
pub(crate) use secrets::{digest, hex, hmac, masked, same_text};

/// What a world was told to be; changed only through the control API.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) seed: [u8; 32],
    pub(crate) strict: bool,
    /// Whether `Idempotency-Key` is honoured (behaviour 7.6).
    pub(crate) idempotency: bool,
    pub(crate) variants: Vec<(&'static str, Variant)>,
    /// Plans to be born with, where not the largest.
    pub(crate) plans: Vec<(&'static str, String)>,
    pub(crate) broken: Vec<&'static str>,
    /// Whether the rows are written down, so that passwords are worth their cost.
    pub(crate) durable: bool,
    pub(crate) limits: Limits,
}

/// Who is asking, as far as the guard found out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) key: Option<Key>,
    pub(crate) user: Option<String>,
}

/// One request's view of its world.
pub(crate) struct Ctx<'a> {
    pub(crate) store: &'a mut dyn Store,
    pub(crate) now: Time,
    /// Set by [`Service::guard`], read by the handlers.
    pub(crate) caller: Caller,
    service: &'static dyn Service,
    settings: &'a Settings,
    windows: &'a mut Windows,
    in_flight: u32,
    window: Option<Window>,
    known: Option<Key>,
    refused_by: Option<&'static str>,
}

impl std::fmt::Debug for Ctx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ctx").field("service", &self.service.name()).field("now", &self.now).finish_non_exhaustive()
    }
}

impl<'a> Ctx<'a> {
    pub(crate) fn new(
        service: &'static dyn Service,
        store: &'a mut dyn Store,
        settings: &'a Settings,
        windows: &'a mut Windows,
        (now, in_flight): (Time, u32),
    ) -> Self {
        let caller = Caller::default();
        Self { store, now, caller, service, settings, windows, in_flight, window: None, known: None, refused_by: None }
    }

    /// The name of the service that answers, for store calls.
    pub(crate) fn service(&self) -> &'static str {
        self.service.name()
    }

    pub(crate) fn live(&self) -> bool {
        let name = self.service();
        self.settings.variants.iter().any(|(service, variant)| *service == name && *variant == Variant::Live)
    }

    /// The plan that this service's first tenant is born with.
    pub(crate) fn born_plan(&self) -> String {
        let name = self.service();
        let given = self.settings.plans.iter().find(|(service, _)| *service == name);
        let largest = || self.service.plans().last().copied().unwrap_or_default().to_owned();
        given.map_or_else(largest, |(_, plan)| plan.clone())
    }

    /// Whether the rule is in force, that is, not broken by `--break`.
    pub(crate) fn holds(&self, rule: &Rule) -> bool {
        !self.settings.broken.contains(&rule.id)
    }

    /// Refuses unless `ok`, and notes for the journal which rule refused (S8).
    ///
    /// # Errors
    /// The refusal, when the rule is in force and not met.
    pub(crate) fn check(&mut self, rule: &Rule, ok: bool, refusal: impl FnOnce() -> Reply) -> Result<(), Reply> {
        if ok || !self.holds(rule) {
            return Ok(());
        }
        self.refused_by = Some(rule.id);
        Err(refusal())
    }

    /// Remembers whose request this is, admitted or not: it becomes a call row of this key, and
    /// the key's last use (SEC-9, SEC-41).
    pub(crate) fn identify(&mut self, key: &Key) {
        self.known = Some(key.clone());
    }

    pub(crate) fn refused_by(&self) -> Option<&'static str> {
        self.refused_by
    }

    /// Writes the call row and the last use of the key that asked.
    pub(crate) fn record(&mut self, req: &Request, status: u16, error: Option<String>) {
        let Some(known) = self.known.take() else { return };
        // A key that this very request deleted or rotated has no use to record.
        let current = self.store.key(self.service(), &known.id).filter(|key| key.hash == known.hash);
        let Some(mut key) = current else { return };
        let every = self.service.last_used_every(self);
        let due = key.last_used.is_none_or(|last| self.now >= last.plus(every) || self.now < last);
        if self.holds(&rules::LAST_USED) && due {
            key.last_used = Some(self.now);
            self.store.put_key(key);
        }
        if self.holds(&rules::CALL_ROW) {
            let (method, path) = (req.method.clone(), req.path.clone());
            let (service, id, started) = (self.service().to_owned(), self.id("call_", 20), self.now);
            self.store.add_call(Call { service, key: known.id, id, method, path, status, error, started });
        }
    }

    /// Lets the service make what a world is born with.
    pub(crate) fn seed(&mut self) -> Credentials {
        self.service.seed(self)
    }
}
