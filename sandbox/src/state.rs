//! What the control API may do to a world's state, beside what its services do.

use std::time::Duration;

use serde_json::{Value, json};

use crate::ctx::{Rate, Windows, digest};
use crate::faults::{FaultRule, FaultStatus};
use crate::options::Options;
use crate::reading;
use crate::service::Variant;
use crate::store::{Account, Dump, MemoryStore};
use crate::world::{Inner, World, born_into, lock};

impl World {
    /// Fills a new store with what every world is born with. For one that holds a world already,
    /// the secrets are known only if the seed was given: they follow from it.
    pub(crate) async fn give_birth(&self, new: bool, options: &Options) -> Result<(), String> {
        if new {
            self.seed().await;
            return Ok(());
        }
        let settings = options.settings()?;
        let mut scratch = Inner { store: Box::<MemoryStore>::default(), settings, windows: Windows::default() };
        let mut born = born_into(&mut scratch, self.now());
        if options.seed.is_none() {
            born.values_mut().flat_map(|credentials| credentials.values_mut()).for_each(|value| *value = None);
        }
        self.set_born(born);
        Ok(())
    }

    /// Back to the day of birth, with the same ids and keys, the same variants, and a clock of the
    /// same kind.
    pub(crate) async fn reset(&self) {
        let variants = self.birth.variants.clone();
        self.apply(move |inner| {
            inner.store.load(Dump::default());
            inner.windows.clear();
            inner.settings.limits = Default::default();
            inner.settings.variants = variants;
        })
        .await;
        lock(&self.journal).clear();
        lock(&self.faults).clear();
        self.birth.clock.again(&self.clock);
        self.seed().await;
    }

    /// Adds a fault rule; one that refuses connections is in force when this completes.
    pub(crate) async fn add_fault(&self, rule: FaultRule) -> Result<String, String> {
        let refusal = rule.refusal();
        let id = lock(&self.faults).add(rule)?;
        if let Some((service, lasts)) = refusal {
            if !self.refuse_connections(&service, lasts).await {
                lock(&self.faults).remove(&id);
                return Err(format!("this world has no listener of its own for {service}"));
            }
            lock(&self.faults).spend(&id);
        }
        Ok(id)
    }

    async fn refuse_connections(&self, service: &str, lasts: Duration) -> bool {
        let listener = lock(&self.listeners).get(service).cloned();
        let (tell, told) = tokio::sync::oneshot::channel();
        listener.is_some_and(|listener| listener.send((lasts, tell)).is_ok()) && told.await.is_ok()
    }

    /// Changes a tenant, by id or slug; `None`: the one that the world was born with.
    pub(crate) async fn change_account(
        &self,
        service: &'static str,
        id: Option<String>,
        change: impl FnOnce(&mut Account) + Send + 'static,
    ) -> bool {
        let now = self.now();
        let changed = self.apply(move |inner| {
            let wanted = |account: &Account| {
                let named = |id: &String| account.id == *id || account.slug.as_ref() == Some(id);
                id.as_ref().is_none_or(named)
            };
            let found = inner.store.accounts(service).into_iter().find(wanted);
            let Some(mut account) = found else { return false };
            change(&mut account);
            account.modified = now;
            inner.store.put_account(account);
            true
        });
        changed.await.unwrap_or(false)
    }

    /// Adds a rate limit, or takes all limits back.
    pub(crate) async fn set_rate(&self, rate: Option<Rate>) {
        self.apply(move |inner| {
            inner.windows.clear();
            match rate {
                Some(rate) => inner.settings.limits.rates.push(rate),
                None => inner.settings.limits = Default::default(),
            }
        })
        .await;
    }

    pub(crate) async fn set_concurrency(&self, service: Option<&'static str>, limit: u32) {
        self.apply(move |inner| inner.settings.limits.concurrency.push((service, limit))).await;
    }

    pub(crate) async fn set_variant(&self, service: &'static str, variant: Variant) {
        self.apply(move |inner| {
            inner.settings.variants.retain(|(of, _)| *of != service);
            inner.settings.variants.push((service, variant));
        })
        .await;
    }

    pub(crate) async fn fixtures(&self) -> Result<Value, String> {
        let dump = self.apply(|inner| inner.store.dump()).await;
        serde_json::to_value(dump).map_err(|error| error.to_string())
    }

    pub(crate) async fn load_fixtures(&self, mut fixtures: Value) -> Result<(), String> {
        let now = self.now();
        for key in fixtures.get_mut("keys").and_then(Value::as_array_mut).into_iter().flatten() {
            hash_clear_key(key);
            let key = key
                .as_object_mut()
                .ok_or("`keys` holds something that is no object: give each key as `GET /fixtures` shows it")?;
            key.entry("created").or_insert_with(|| json!(now));
        }
        let dump: Dump = reading::read_value(fixtures)?;
        self.apply(move |inner| {
            // Chance goes on where it was, or it would give out ids a second time.
            let drawn = inner.store.next("chance");
            inner.store.load(dump);
            while inner.store.next("chance") < drawn {}
            inner.windows.clear();
        })
        .await
        .ok_or_else(|| "the store is gone".to_owned())
    }
}

/// A key text given in clear becomes its hash and its first characters.
fn hash_clear_key(key: &mut Value) {
    let Some(secret) = key.as_object_mut().and_then(|key| key.remove("key")) else { return };
    if let Some(secret) = secret.as_str() {
        key["hash"] = json!(digest(secret));
        if key.get("prefix").is_none() {
            key["prefix"] = json!(secret.chars().take(7).collect::<String>());
        }
    }
}

/// The fault rules that have not fired as often as they were to.
pub(crate) fn unfinished(world: &World) -> Vec<FaultStatus> {
    let all = lock(&world.faults).all();
    all.into_iter().filter(|rule| !rule.completed && rule.rule.times > 0).collect()
}
