//! Holds every call of a round to what the sandbox has seen of it and to what lives there.

use std::collections::{BTreeMap, BTreeSet};

use keywright::{Error, Outcome, Safety};
use keywright_sandbox::{JournalEntry, Sandbox};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Report;
use super::calls::Act;
use super::worker::{End, Record, Worker};

/// What a request meant at the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// Nothing was done, and the caller was told so or told nothing.
    Nothing,
    /// It was refused by the service itself.
    Refused,
    /// It was done.
    Done,
    /// It was handled, and its own status was replaced.
    Handled,
}

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

    pub(super) fn judge(&mut self, sandbox: &Sandbox, workers: &mut [Worker], report: &mut Report) -> Result<(), String> {
        let journal: Vec<JournalEntry> = sandbox.journal().into_iter().filter(|entry| entry.n > self.since).collect();
        let first = journal.first().map_or(self.since + 1, |entry| entry.n);
        if first != self.since + 1 {
            return Err("a round is too long for the journal".to_owned());
        }
        self.since += journal.len() as u64;
        report.requests += journal.len();
        let requests = by_call(&journal);
        let mut state = sandbox.fixtures().map_err(|error| error.to_string())?;
        let mut excused = Excused::default();
        for worker in workers.iter_mut() {
            for record in std::mem::take(&mut worker.books) {
                let wrong = |what: String| {
                    format!("{} {:?}: {what}\n{:?}\n{:#?}", record.service.name, record.act, record.end, of(&record, &requests))
                };
                told_rightly(&record, &of(&record, &requests)).map_err(wrong)?;
                excused.add(&record, &state)?;
                *report.ends.entry(end(&record)).or_default() += 1;
            }
        }
        report.orphans += self.keys(&state, workers, &excused)?;
        self.forget(&mut state, workers);
        if let Some(agent) = rows(&state, "objects").find(|object| object["kind"] == "agent" && object["service"] == "seclai") {
            workers.iter_mut().for_each(|worker| worker.knows_agent(agent["id"].as_str().unwrap_or_default()));
        }
        sandbox.load_fixtures(state).map_err(|error| error.to_string())
    }

    /// Every key that lives is held by a caller, with the secret that opens it, or excused; gives
    /// the number of the latter.
    fn keys(&self, state: &Value, workers: &[Worker], excused: &Excused) -> Result<usize, String> {
        let mut hashes = BTreeMap::new();
        for held in workers.iter().flat_map(|worker| worker.held.iter().flatten()) {
            let digest: String = Sha256::digest(held.secret.expose()).iter().map(|byte| format!("{byte:02x}")).collect();
            hashes.insert(held.id.clone(), digest);
        }
        let mut orphans = 0;
        for key in self.living(state) {
            match hashes.remove(&id(key)) {
                Some(hash) if key["hash"] == hash.as_str() => {}
                Some(_) => return Err(format!("the secret that is held does not open {key}")),
                None if excused.holds(key) => orphans += 1,
                None => return Err(format!("nobody holds {key}, and no error and no event has named it")),
            }
        }
        match hashes.keys().next() {
            None => Ok(orphans),
            Some(id) => Err(format!("key {id} is held and does not live")),
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
    fn add(&mut self, record: &Record, state: &Value) -> Result<(), String> {
        let later = record.later.as_ref().map(|ear| ear.take()).unwrap_or_default();
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
                if record.service.name == "segops" || record.heard.blind {
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
fn told_rightly(record: &Record, seen: &[(u16, Meant)]) -> Result<(), String> {
    let effects = seen.iter().filter(|(_, meant)| matches!(meant, Meant::Done | Meant::Handled)).count();
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
    let harmless = record.act.safety() == Safety::Safe;
    let right = match error.outcome() {
        Outcome::NotSent => seen.is_empty(),
        Outcome::Rejected => harmless || effects == 0,
        Outcome::Unknown => lost(error, seen),
        Outcome::Applied => effects > 0,
    };
    if right { Ok(()) } else { Err(format!("the outcome is not {}", error.outcome())) }
}

/// Whether some request of the call came to no clear end.
fn lost(error: &Error, seen: &[(u16, Meant)]) -> bool {
    let unclear = |status: u16| status >= 500 || status == 408 || status < 300;
    seen.iter().any(|(status, _)| unclear(*status)) || error.attempts().iter().any(|one| one.status.is_none_or(unclear))
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

/// The requests of each call, by the middle of their ids.
fn by_call(journal: &[JournalEntry]) -> BTreeMap<String, Vec<(u16, Meant)>> {
    let mut calls: BTreeMap<String, Vec<(u16, Meant)>> = BTreeMap::new();
    for entry in journal {
        let given = entry.headers.iter().find(|(name, _)| name == "x-request-id").map(|(_, value)| value.as_str());
        let call = given.and_then(|id| id.strip_prefix("kw-")?.rsplit_once('-')).map(|(call, _)| call);
        calls.entry(call.unwrap_or_default().to_owned()).or_default().push((entry.status.unwrap_or_default(), meant(entry)));
    }
    calls
}

fn of(record: &Record, requests: &BTreeMap<String, Vec<(u16, Meant)>>) -> Vec<(u16, Meant)> {
    let operation = record.act.operation(record.service);
    let own = record.heard.calls.iter().filter(|(name, _)| *name == operation);
    own.flat_map(|(_, call)| requests.get(call).into_iter().flatten().copied()).collect()
}

fn meant(entry: &JournalEntry) -> Meant {
    let fault = entry.fault.as_deref().unwrap_or_default();
    match entry.status {
        _ if fault.starts_with("before_") => Meant::Nothing,
        _ if fault == "after_503" => Meant::Handled,
        Some(200..=299) => Meant::Done,
        Some(_) => Meant::Refused,
        // Its caller hung up while it was handled, or before.
        None => Meant::Handled,
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
