//! The calls of a case: those of the scenarios, and create and rotate with all their options.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use keywright::{
    CallOptions, Client, Clock, CreateKey, CreatedKey, Deliver, Delivery, Error, KeyId, OnCancel, Recover, Reply, Secret,
};
use serde_json::{Map, Value, json};

use super::case::{Case, DeliveryCase};
use super::harness::Harness;
use crate::drive::{self, Call, Failure, OutputRecorder};
use crate::scenario::Saved;

/// How one call ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// With a result: its form, and the new key where there is one.
    Done(Value, Option<Made>),
    /// With an error.
    Failed(Box<Error>),
}

/// A key that the caller has received.
#[derive(Debug)]
pub(super) struct Made {
    pub id: String,
    pub name: Option<String>,
    pub secret: Secret,
}

/// Where secrets are stored before a call returns.
#[derive(Debug, Default)]
pub(super) struct Vault {
    delivered: AtomicUsize,
    secrets: std::sync::Mutex<Vec<String>>,
}

impl Vault {
    pub(super) fn delivered(&self) -> usize {
        self.delivered.load(Ordering::SeqCst)
    }

    /// What it was given, so that the search for secrets knows of it.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn door(self: &Arc<Self>, open: bool, wait: Option<Arc<dyn Clock>>) -> Deliver {
        let vault = Arc::clone(self);
        Deliver::new(move |secret| {
            vault.delivered.fetch_add(1, Ordering::SeqCst);
            vault.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(secret.expose().to_owned());
            let wait = wait.clone();
            async move {
                if let Some(clock) = wait {
                    clock.sleep(Duration::from_secs(5)).await;
                }
                if open { Ok(()) } else { Err("the vault is sealed".into()) }
            }
        })
    }
}

/// One call, ready to be made as often as the case wants.
#[derive(Debug, Clone)]
pub(super) struct Act {
    call: Call,
    delivery: Delivery,
    clock: Arc<dyn Clock>,
    heard: Arc<OutputRecorder>,
}

impl Act {
    /// The case's call, or another one of its client.
    pub(super) fn of(
        case: &Case,
        saved: &Saved,
        harness: &Harness,
        vault: &Arc<Vault>,
        heard: &Arc<OutputRecorder>,
    ) -> Result<Self, String> {
        let with = saved.resolve_members(&case.with)?;
        let key = case.key.as_ref().map(|key| saved.resolve(key)).transpose()?;
        let key = key.as_ref().and_then(Value::as_str).map(str::to_owned);
        let call = Call { name: case.op.clone(), with, key, account: None, options: case.config.call.options()? };
        let clock: Arc<dyn Clock> = Arc::new(harness.clock.clone());
        let delivery = delivery(&case.config.delivery, vault, &clock)?;
        Ok(Self { call, delivery, clock, heard: Arc::clone(heard) })
    }

    /// Another call, without arguments and options.
    pub(super) fn beside(&self, name: &str) -> Self {
        let call = Call { name: name.to_owned(), with: Map::new(), key: None, account: None, options: CallOptions::new() };
        Self { call, ..self.clone() }
    }

    pub(super) async fn make(self, client: Client) -> Result<Ended, String> {
        let result = match self.call.name.as_str() {
            "keys.create" => self.create(&client).await.map(made),
            "keys.rotate" => self.rotate(&client).await.map(made),
            _ => drive::call(&client, &self.call, &self.clock, &self.heard).await.map(|form| Ended::Done(form, None)),
        };
        match result {
            Ok(done) => Ok(done),
            Err(Failure::Call(error)) => {
                self.heard.error(&error);
                Ok(Ended::Failed(error))
            }
            Err(Failure::Scenario(what)) => Err(what),
        }
    }

    async fn create(&self, client: &Client) -> Result<Reply<CreatedKey>, Failure> {
        let name = self.call.with.get("name").and_then(Value::as_str);
        let wanted = name.map_or_else(CreateKey::new, |name| CreateKey::new().name(name));
        Ok(drive::handle(client, &self.call)?.keys().delivery(self.delivery.clone()).create(wanted).await?)
    }

    async fn rotate(&self, client: &Client) -> Result<Reply<CreatedKey>, Failure> {
        let id: KeyId = self.call.with.get("id").and_then(Value::as_str).unwrap_or_default().into();
        Ok(drive::handle(client, &self.call)?.keys().delivery(self.delivery.clone()).rotate(id).await?)
    }
}

fn made(reply: Reply<CreatedKey>) -> Ended {
    let meta = &reply.meta;
    let form = json!({ "meta": {
        "status": meta.status,
        "attempts": meta.attempts,
        "ambiguous": meta.ambiguous,
        "partial": meta.partial,
        "queued": meta.queued.as_secs_f64(),
        "elapsed": meta.elapsed.as_secs_f64(),
    } });
    let key = Made { id: reply.key.id.to_string(), name: reply.key.name.clone(), secret: reply.secret.clone() };
    Ended::Done(form, Some(key))
}

fn delivery(given: &DeliveryCase, vault: &Arc<Vault>, clock: &Arc<dyn Clock>) -> Result<Delivery, String> {
    let mut delivery = Delivery::new().snapshot(given.snapshot).allow_self(given.allow_self);
    if let Some(word) = &given.recover {
        let recover = Recover::ALL.iter().find(|recover| recover.as_str() == word);
        delivery = delivery.recover(*recover.ok_or_else(|| format!("`{word}` is no recovery"))?);
    }
    if let Some(word) = &given.on_cancel {
        let on_cancel = OnCancel::ALL.iter().find(|on_cancel| on_cancel.as_str() == word);
        delivery = delivery.on_cancel(*on_cancel.ok_or_else(|| format!("`{word}` is nothing to do with a key"))?);
    }
    match given.deliver.as_deref() {
        None => Ok(delivery),
        Some("ok") => Ok(delivery.deliver(vault.door(true, None))),
        Some("fail") => Ok(delivery.deliver(vault.door(false, None))),
        Some("slow") => Ok(delivery.deliver(vault.door(true, Some(Arc::clone(clock))))),
        Some(other) => Err(format!("`{other}` is no way to deliver")),
    }
}
