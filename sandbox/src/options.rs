//! How a sandbox or a further world begins.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::clock::{Clock, ClockMode};
use crate::ctx::{Limits, Settings};
use crate::rules::rules;
use crate::service::Variant;
use crate::services;
use crate::time::Time;

/// Where a frozen or automatic clock begins: 2026-03-23T10:00:00Z, a moment of the SidClaw page.
/// A fixed one, so that no example output depends on the day.
const BIRTH: Duration = Duration::from_millis(1_774_260_000_000);

/// What a world is born as. Everything has a default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// Fixes ids, keys and chance; without it each world has its own (S8).
    pub seed: Option<u64>,
    /// The plan: one word for every service that knows it, or a word per service. The largest
    /// where nothing is said.
    pub plan: Choice<String>,
    /// The variant, of all services or per service.
    pub variant: Choice<Variant>,
    /// How the clock moves, or the moment at which it begins, or both as `"frozen 2026-..."`.
    pub clock: Option<String>,
    /// Whether unknown names in requests and repeated headers are forgiven.
    pub lenient: bool,
    /// Whether `Idempotency-Key` is honoured.
    pub idempotency: bool,
    /// Ids of rules that do not hold (S12).
    #[serde(rename = "break")]
    pub broken: Vec<String>,
}

/// One value for all services, or one per service.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Choice<T> {
    /// For every service.
    All(T),
    /// By name of the service.
    Each(BTreeMap<String, T>),
}

impl<T> Default for Choice<T> {
    fn default() -> Self {
        Self::Each(BTreeMap::new())
    }
}

impl Options {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`Options::seed`].
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// Sets the plan of every service that knows one of this name.
    #[must_use]
    pub fn plan(self, plan: &str) -> Self {
        Self { plan: Choice::All(plan.to_owned()), ..self }
    }

    /// Sets the variant of every service.
    #[must_use]
    pub fn variant(self, variant: Variant) -> Self {
        Self { variant: Choice::All(variant), ..self }
    }

    /// Sets [`Options::clock`].
    #[must_use]
    pub fn clock(self, clock: &str) -> Self {
        Self { clock: Some(clock.to_owned()), ..self }
    }

    /// Sets [`Options::lenient`].
    #[must_use]
    pub fn lenient(self) -> Self {
        Self { lenient: true, ..self }
    }

    /// Sets [`Options::idempotency`].
    #[must_use]
    pub fn idempotency(self) -> Self {
        Self { idempotency: true, ..self }
    }

    /// Breaks a rule.
    #[must_use]
    pub fn broken(mut self, rule: &str) -> Self {
        self.broken.push(rule.to_owned());
        self
    }

    /// The clock, and how it is to stand again when the world begins anew.
    pub(crate) fn make_clock(&self, default: ClockMode) -> Result<(Clock, Birth), String> {
        let (mut mode, mut start) = (None, None);
        for word in self.clock.as_deref().unwrap_or_default().split_whitespace() {
            match word {
                "real" | "offset" => mode = Some(ClockMode::Real),
                "frozen" => mode = Some(ClockMode::Frozen),
                "auto" => mode = Some(ClockMode::Auto),
                word => {
                    let time = Time::parse(word).ok_or_else(|| unclear_clock(word))?;
                    start = Some(SystemTime::from(time));
                }
            }
        }
        let mode = mode.unwrap_or(default);
        let begins = match mode {
            ClockMode::Real => machine_now(),
            ClockMode::Frozen | ClockMode::Auto => UNIX_EPOCH + BIRTH,
        };
        // A clock that follows the machine begins anew at the machine's time, unless told otherwise.
        let again = start.or((mode != ClockMode::Real).then_some(begins));
        Ok((Clock::new(mode, start.unwrap_or(begins)), Birth { mode, start: again }))
    }

    pub(crate) fn settings(&self) -> Result<Settings, String> {
        let broken = self.broken.iter().map(|id| {
            let rule = rules().find(|rule| rule.id == id);
            rule.map(|rule| rule.id).ok_or_else(|| format!("there is no rule `{id}`: `--rules` and `GET /rules` list them"))
        });
        Ok(Settings {
            seed: self.seed_bytes()?,
            strict: !self.lenient,
            idempotency: self.idempotency,
            variants: per_service(&self.variant, |_, _| Ok(()))?,
            plans: per_service(&self.plan, |service, plan| services::check_plan(service, plan))?,
            broken: broken.collect::<Result<_, _>>()?,
            durable: false,
            limits: Limits::default(),
        })
    }

    fn seed_bytes(&self) -> Result<[u8; 32], String> {
        let mut bytes = [0; 32];
        match self.seed {
            Some(seed) => bytes = Sha256::digest(seed.to_be_bytes()).into(),
            None => getrandom::fill(&mut bytes).map_err(|error| format!("no randomness: {error}"))?,
        }
        Ok(bytes)
    }
}

fn unclear_clock(word: &str) -> String {
    format!(
        "`clock`: `{word}` is no mode and no time: give `real`, `frozen` or `auto`, a time such as 2026-03-23T10:00:00Z, or both"
    )
}

/// How a world's clock began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Birth {
    mode: ClockMode,
    start: Option<SystemTime>,
}

impl Birth {
    /// Lets the clock move as it did, from where it began.
    pub(crate) fn again(self, clock: &Clock) {
        // Set while it stands still, so that no time passes in between.
        clock.set_mode(ClockMode::Frozen);
        clock.set(self.start.unwrap_or_else(machine_now));
        clock.set_mode(self.mode);
    }
}

fn per_service<T: Clone + std::fmt::Debug>(
    choice: &Choice<T>,
    check: fn(&dyn crate::service::Service, &T) -> Result<(), String>,
) -> Result<Vec<(&'static str, T)>, String> {
    match choice {
        Choice::All(value) => {
            let knowing = services::ALL.iter().filter(|service| check(**service, value).is_ok());
            let chosen: Vec<_> = knowing.map(|service| (service.name(), value.clone())).collect();
            let all = || services::ALL.iter().filter_map(|service| check(*service, value).err()).collect::<Vec<_>>().join("; ");
            if chosen.is_empty() { Err(all()) } else { Ok(chosen) }
        }
        Choice::Each(values) => {
            let named = values.iter().map(|(name, value)| {
                let service = services::known(name)?;
                check(service, value).map(|()| (service.name(), value.clone()))
            });
            named.collect()
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a real clock begins at the machine's time")]
fn machine_now() -> SystemTime {
    SystemTime::now()
}
