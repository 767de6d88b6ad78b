//! Holds every call of a round to what the sandbox has seen of it and to what lives there.

use std::collections::{BTreeMap, BTreeSet};

use keywright::{Error, Outcome, Safety};
use keywright_sandbox::{JournalEntry, Sandbox};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Report;
use super::calls::Act;
use super::seen::{Requests, Seen};
use super::worker::{End, Record, Worker};

/// What is carried from round to round.
#[derive(Debug)]
pub(super) struct Ledger {
    /// Ids of the keys of the world's birth.
    born: BTreeSet<String>,
    /// The number of the last request that was judged.
    since: u64,
}

impl Ledger {
    pub(super) fn of(sandbox: &Sandbox) -> Result<Self, String> {
        let state = sandbox.fixtures().map_err(|error| error.to_string())?;
        Ok(Self { born: rows(&state, "keys").map(id).collect(), since: 0 })
    }

    pub(super) fn verify(&mut self, sandbox: &Sandbox, workers: &mut [Worker], report: &mut Report) -> Result<(), String> {
        let journal: Vec<JournalEntry> = sandbox.journal().into_iter().filter(|entry| entry.n > self.since).collect();
        let first = journal.first().map_or(self.since + 1, |entry| entry.n);
        if first != self.since + 1 {
            return Err("a round is too long for the journal".to_owned());
        }
        self.since += journal.len() as u64;
        report.requests += journal.len();
        let requests = Requests::of(&journal);
        let mut state = sandbox.fixtures().map_err(|error| error.to_string())?;
        let mut excused = Excused::default();
        let records: Vec<Record> = workers.iter_mut().flat_map(|worker| std::mem::take(&mut worker.books)).collect();
        let story = |record: &Record| format!("{record:#?}\nseen: {:?}", requests.of_call(record));
        for record in &records {
            told_rightly(record, &requests.of_call(record)).map_err(|what| format!("{what}: {}", story(record)))?;
            excused.add(record, &state, &requests)?;
            *report.ends.entry(end(record)).or_default() += 1;
        }
        let about = |key: &Value| {
            let concerned = records.iter().filter(|record| match &record.act {
                Act::Create { name, .. } => is_named(key, name),
                Act::Retire { id: of } | Act::Rotate { id: of } => *of == id(key),
                Act::List | Act::Keys | Act::Run => false,
            });
            concerned.map(story).collect::<Vec<_>>().join("\n")
        };
        report.orphans +=
            self.keys(&state, workers, &excused).map_err(|(what, key)| format!("{what}: {key}\n{}", about(&key)))?;
        self.forget(&mut state, workers);
        if let Some(agent) = rows(&state, "objects").find(|object| object["kind"] == "agent" && object["service"] == "seclai") {
            workers.iter_mut().for_each(|worker| worker.knows_agent(agent["id"].as_str().unwrap_or_default()));
        }
        sandbox.load_fixtures(state).map_err(|error| error.to_string())
    }

    /// Every key that lives is held by a caller, with the secret that opens it, or excused; gives
    /// the number of the latter.
    fn keys(&self, state: &Value, workers: &[Worker], excused: &Excused) -> Result<usize, (&'static str, Value)> {
        let mut hashes = BTreeMap::new();
        for held in workers.iter().flat_map(|worker| worker.held.iter().flatten()) {
            let digest: String = Sha256::digest(held.secret.expose()).iter().map(|byte| format!("{byte:02x}")).collect();
            hashes.insert(held.id.clone(), digest);
        }
        let mut orphans = 0;
        for key in self.living(state) {
            match hashes.remove(&id(key)) {
                Some(hash) if key["hash"] == hash.as_str() => {}
                Some(_) => return Err(("the secret that is held does not open its key", key.clone())),
                None if excused.holds(key) => orphans += 1,
                None => return Err(("nobody holds a key that no error and no event has named", key.clone())),
            }
        }
        match hashes.keys().next() {
            None => Ok(orphans),
            Some(id) => Err(("a key is held and does not live", json!({ "id": id }))),
        }
    }

    fn living<'a>(&'a self, state: &'a Value) -> impl Iterator<Item = &'a Value> {
        let lives = |key: &&Value| key["archived"].is_null() && key["revoked"].is_null();
        rows(state, "keys").filter(lives).filter(|key| !self.born.contains(&id(key)))
    }

    /// Throws away what the sandbox remembers of the round, orphans included.
    fn forget(&self, state: &mut Value, workers: &[Worker]) {
        let held: BTreeSet<&str> =
            workers.iter().flat_map(|worker| worker.held.iter().flatten()).map(|held| held.id.as_str()).collect();
        let kept = |key: &Value| self.born.contains(&id(key)) || held.contains(id(key).as_str());
        retain(state, "keys", kept);
        retain(state, "objects", |object| object["kind"] != "run");
        for table in ["calls", "usage", "replays"] {
            state[table] = json!([]);
        }
    }
}

/// Keys that may live although nobody holds them, and why.
#[derive(Debug, Default)]
struct Excused {
    /// Named by an error or an event, or given up by a caller who could not know.
    ids: BTreeSet<String>,
    /// Lost where nobody could look: at a service without a list, or when looking failed.
    names: BTreeSet<String>,
}

impl Excused {
    fn add(&mut self, record: &Record, state: &Value, requests: &Requests) -> Result<(), String> {
        let later = record.later.as_ref().map(|observer| observer.take()).unwrap_or_default();
        self.ids.extend(later.orphans);
        match (&record.act, &record.end) {
            (Act::Retire { id } | Act::Rotate { id }, End::Left) => {
                self.ids.insert(id.clone());
            }
            (Act::Retire { id } | Act::Rotate { id }, End::Failed(error)) if in_doubt(error) => {
                self.ids.insert(id.clone());
            }
            (Act::Create { name, .. }, End::Failed(error)) if in_doubt(error) => {
                self.ids.extend(error.candidates().iter().cloned());
                if record.service.name == "segops" || requests.looked_in_vain(record) {
                    self.names.insert(name.clone());
                }
            }
            (Act::Create { name, .. }, End::Left) if later.unknown || record.heard.unknown => {
                self.names.insert(name.clone());
            }
            (Act::List | Act::Keys | Act::Run | Act::Create { .. } | Act::Retire { .. } | Act::Rotate { .. }, _) => {}
        }
        let Act::Create { name, .. } = &record.act else { return Ok(()) };
        let lives = |key: &&Value| key["archived"].is_null() && key["revoked"].is_null();
        let made = rows(state, "keys").filter(lives).filter(|key| key["service"] == record.service.name && is_named(key, name));
        match made.count() {
            0 | 1 => Ok(()),
            more => Err(format!("{more} keys of one create live: {name}")),
        }
    }

    fn holds(&self, key: &Value) -> bool {
        self.ids.contains(&id(key)) || self.names.iter().any(|name| is_named(key, name))
    }
}

/// Whether a key bears that name, with or without a mark of the client's.
fn is_named(key: &Value, name: &str) -> bool {
    let found = key["name"].as_str().unwrap_or_default();
    found == name || found.strip_prefix(name).is_some_and(|rest| rest.starts_with(" kw-"))
}

/// Whether the outcome that was told fits what the service has seen.
fn told_rightly(record: &Record, seen: &[&Seen]) -> Result<(), String> {
    let effects = seen.iter().filter(|seen| seen.may_have_been_done()).count();
    // A lost create may be replaced once, by one whose orphan was removed before.
    let allowed = if matches!(record.act, Act::Create { recover: true, .. }) { 2 } else { 1 };
    if record.act.safety() == Safety::Never && effects > allowed {
        return Err(format!("it was done {effects} times"));
    }
    let error = match &record.end {
        End::Left => return Ok(()),
        End::Done if effects > 0 => return Ok(()),
        End::Done => return Err("it succeeded, and nothing was done".to_owned()),
        End::Failed(error) => error,
    };
    let omit_outcome = record.act.safety() == Safety::Safe;
    // What was made first is taken back before it is replaced; whether it is, the living keys tell.
    let replaced = allowed == 2 && seen.last().is_some_and(|last| !last.may_have_been_done());
    let right = match error.outcome() {
        Outcome::NotSent => seen.is_empty(),
        Outcome::Rejected => omit_outcome || effects == 0 || replaced,
        Outcome::Unknown => lost(error, seen),
        Outcome::Applied => effects > 0,
    };
    if right { Ok(()) } else { Err(format!("the outcome is not {}", error.outcome())) }
}

/// Whether some request of the call came to no clear end.
fn lost(error: &Error, seen: &[&Seen]) -> bool {
    let unclear = |status: u16| status >= 500 || status == 408 || status < 300;
    seen.iter().any(|seen| seen.status.is_none_or(unclear)) || error.attempts().iter().any(|one| one.status.is_none_or(unclear))
}

fn in_doubt(error: &Error) -> bool {
    matches!(error.outcome(), Outcome::Unknown | Outcome::Applied)
}

fn end(record: &Record) -> String {
    match &record.end {
        End::Done => "ok".to_owned(),
        End::Left => "left".to_owned(),
        End::Failed(error) => error.outcome().to_string(),
    }
}

fn rows<'a>(state: &'a Value, table: &str) -> impl Iterator<Item = &'a Value> {
    state[table].as_array().into_iter().flatten()
}

fn retain(state: &mut Value, table: &str, keep: impl Fn(&Value) -> bool) {
    if let Some(rows) = state[table].as_array_mut() {
        rows.retain(|row| keep(row));
    }
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap_or_default().to_owned()
}
