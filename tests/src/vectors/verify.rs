//! Holds what has come of a case to what it says.

use std::collections::BTreeSet;
use std::time::Duration;

use keywright::Error;
use keywright::testing::limiters;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::calls::{Ended, Made, Vault};
use super::case::{Case, Expect};
use super::harness::Harness;
use super::runner::keys;
use crate::scenario::{Saved, differs, journal_differs};

/// Times are compared to a millisecond: less is rounding.
const CLOSE: f64 = 1e-3;

/// What has come of a case.
#[derive(Debug)]
pub(super) struct Outcome {
    ended: Vec<Ended>,
    elapsed: Duration,
    /// The number of the last request before the case.
    since: u64,
}

impl Outcome {
    pub(super) fn new(ended: Vec<Ended>, elapsed: Duration) -> Self {
        Self { ended, elapsed, since: 0 }
    }

    pub(super) fn since(self, since: u64) -> Self {
        Self { since, ..self }
    }

    pub(super) fn secrets(&self) -> Vec<String> {
        self.made().map(|made| made.secret.expose().to_owned()).collect()
    }

    fn made(&self) -> impl Iterator<Item = &Made> {
        self.ended.iter().filter_map(|ended| match ended {
            Ended::Done(_, made) => made.as_ref(),
            Ended::Failed(_) => None,
        })
    }

    fn errors(&self) -> impl Iterator<Item = &Error> {
        self.ended.iter().filter_map(|ended| match ended {
            Ended::Failed(error) => Some(error.as_ref()),
            Ended::Done(..) => None,
        })
    }
}

/// Everything that is wrong, a line each.
#[derive(Debug, Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn eq<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, due: T, got: T) {
        if due != got {
            self.0.push(format!("{what}: {got:?}, not {due:?}"));
        }
    }

    fn text(&mut self, what: &str, due: Option<&String>, got: Option<&str>) {
        if let Some(due) = due {
            self.eq(what, Some(due.as_str()), got);
        }
    }

    fn close(&mut self, what: &str, due: f64, got: Option<f64>) {
        if got.is_none_or(|got| (got - due).abs() > CLOSE) {
            self.0.push(format!("{what}: {got:?}, not {due}"));
        }
    }

    fn unless(&mut self, right: bool, what: impl FnOnce() -> String) {
        if !right {
            self.0.push(what());
        }
    }
}

/// # Errors
/// Tells everything that is wrong.
pub(super) fn verify(case: &Case, harness: &Harness, outcome: &Outcome, born: &[Value], vault: &Vault) -> Result<(), String> {
    let mut wrong = Wrong::default();
    attempts(case, harness, outcome, &mut wrong);
    results(case, outcome, &mut wrong)?;
    wire(case, harness, outcome, &mut wrong);
    events(&case.expect, harness, &mut wrong);
    state(case, harness, outcome, born, &mut wrong)?;
    if let Some(due) = case.expect.elapsed {
        wrong.close("elapsed", due, Some(outcome.elapsed.as_secs_f64()));
    }
    if let Some(due) = case.expect.delivered {
        wrong.eq("secrets delivered", due, vault.delivered());
    }
    ends(harness, &mut wrong);
    if wrong.0.is_empty() { Ok(()) } else { Err(wrong.0.join("\n")) }
}

fn attempts(case: &Case, harness: &Harness, outcome: &Outcome, wrong: &mut Wrong) {
    let (count, delays) = harness.observer.attempts(case.operation());
    wrong.eq("attempts", case.expect.attempts, count);
    if case.count > 1 {
        return;
    }
    wrong.unless(delays.len() == case.expect.delays.len(), || format!("delays: {delays:?}, not {:?}", case.expect.delays));
    for (due, got) in case.expect.delays.iter().zip(&delays) {
        wrong.close("delay", *due, Some(*got));
    }
    for error in outcome.errors() {
        let recorded: Vec<u32> = error.attempts().iter().map(|record| record.n).collect();
        // A call that never began shows its login; one that succeeded and was undone shows none.
        let due = error.operation() == Some(case.operation()) && error.reason() != Some("not_delivered");
        wrong.unless(!due || recorded == (1..=count).collect::<Vec<_>>(), || {
            format!("attempts in the error: {recorded:?}, not {count}")
        });
    }
}

fn results(case: &Case, outcome: &Outcome, wrong: &mut Wrong) -> Result<(), String> {
    let expect = &case.expect;
    let failed = outcome.errors().count();
    match expect.ok {
        Some(ok) => wrong.eq("calls that succeed", ok, outcome.ended.len() - failed),
        None if case.cancel.is_none() => wrong.eq("failed", expect.kind.is_some(), failed > 0),
        None => {}
    }
    for error in outcome.errors() {
        refusal(expect, error, wrong);
    }
    for ended in &outcome.ended {
        let Ended::Done(form, made) = ended else { continue };
        // What has no object of its own is its meta.
        let meta = form.get("meta").unwrap_or(form);
        let differences = differs(&Value::Object(expect.meta.clone()), meta, &Saved::default())?;
        wrong.0.extend(differences.into_iter().map(|what| format!("meta: {what}")));
        if let Some(name) = &expect.name {
            wrong.eq("name", Some(name.clone()), made.as_ref().and_then(|made| made.name.clone()));
        }
    }
    Ok(())
}

fn refusal(expect: &Expect, error: &Error, wrong: &mut Wrong) {
    let Some(kind) = &expect.kind else {
        return wrong.0.push(format!("it failed: {error}"));
    };
    wrong.eq("kind", kind.as_str(), error.kind().as_str());
    wrong.text("outcome", expect.outcome.as_ref(), Some(error.outcome().as_str()));
    wrong.text("stop", expect.stop.as_ref(), Some(error.stop().map_or("none", |stop| stop.as_str())));
    wrong.text("reason", expect.reason.as_ref(), error.reason());
    wrong.text("timeout_scope", expect.timeout_scope.as_ref(), error.timeout_scope().map(|scope| scope.as_str()));
    wrong.text("field", expect.field.as_ref(), error.field());
    wrong.text("phase", expect.phase.as_ref(), error.attempts().last().and_then(|record| record.phase));
    if let Some(status) = expect.status {
        wrong.eq("status", Some(status), error.status());
    }
    if let Some(due) = expect.retry_after {
        wrong.close("retry_after", due, error.retry_after().map(|wait| wait.as_secs_f64()));
    }
    if let Some(due) = expect.candidates {
        wrong.eq("candidates", due, error.candidates().len());
    }
    let text = error.to_string();
    if let Some(words) = &expect.remedy {
        wrong.unless(error.remedy().is_some_and(|remedy| remedy.contains(words)), || {
            format!("no {words:?} in the remedy of: {text}")
        });
    }
    if let Some(words) = &expect.text {
        wrong.unless(text.contains(words), || format!("no {words:?} in: {text}"));
    }
    if let Some(words) = &expect.lacks {
        wrong.unless(!text.contains(words), || format!("{words:?} in: {text}"));
    }
}

/// What went out, and what arrived.
fn wire(case: &Case, harness: &Harness, outcome: &Outcome, wrong: &mut Wrong) {
    let expect = &case.expect;
    let sent = harness.transport.sent();
    let seen = harness.world.journal();
    let seen: Vec<String> =
        seen.iter().filter(|entry| entry.n > outcome.since).map(|entry| format!("{} {}", entry.service, entry.call())).collect();
    let calls: Vec<String> = sent.iter().map(|sent| sent.call.clone()).collect();
    compare("requests", &expect.requests, &calls, wrong);
    let due = expect.journal.as_ref().unwrap_or(&expect.requests);
    let due: Vec<String> = due.iter().map(|call| format!("{} {call}", case.service)).collect();
    compare("journal", &due, &seen, wrong);
    if let Some(due) = &expect.connections {
        let got: Vec<String> = sent.iter().map(|sent| if sent.fresh { "fresh" } else { "pooled" }.to_owned()).collect();
        wrong.eq("connections", due.clone(), got);
    }
    let first = calls.first().map(String::as_str).unwrap_or_default();
    let values = |name: &str| -> Vec<Option<String>> {
        let of_the_call = sent.iter().filter(|sent| sent.call == first);
        let value =
            |headers: &[(String, String)]| headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.clone());
        of_the_call.map(|sent| value(&sent.headers)).collect()
    };
    for (name, distinct) in [(&expect.same, false), (&expect.differs, true)] {
        let Some(name) = name else { continue };
        let values = values(name);
        let different: BTreeSet<&Option<String>> = values.iter().collect();
        let due = if distinct { values.len() } else { 1 };
        let right = values.len() > 1 && different.len() == due && values.iter().all(Option::is_some);
        wrong.unless(right, || format!("header {name}: {values:?}"));
    }
}

fn compare(what: &str, due: &[String], got: &[String], wrong: &mut Wrong) {
    let mut patterns = Vec::new();
    for line in due {
        let (call, times) = match line.rsplit_once(" x") {
            Some((call, times)) if times.chars().all(|c| c.is_ascii_digit()) => (call, times.parse().unwrap_or(1)),
            _ => (line.as_str(), 1),
        };
        patterns.extend(std::iter::repeat_n(call.to_owned(), times));
    }
    wrong.unless(journal_differs(&patterns, got).is_empty(), || format!("{what}: {got:?}, not {due:?}"));
}

fn events(expect: &Expect, harness: &Harness, wrong: &mut Wrong) {
    let heard = harness.observer.heard();
    let names: Vec<&str> = heard.iter().map(|heard| heard.event.name.as_str()).collect();
    let mut rest = names.iter();
    for due in &expect.events {
        if !rest.any(|name| name == due) {
            wrong.0.push(format!("no {due} in its place among {names:?}"));
        }
    }
    for name in &expect.never {
        wrong.unless(!names.contains(&name.as_str()), || format!("{name} among {names:?}"));
    }
    for heard in heard.iter().filter(|heard| heard.event.name.as_str() == "orphan_key") {
        wrong.unless(heard.event.key_id.is_some(), || "orphan_key without an id".to_owned());
    }
}

/// What lives at the service, and whether a secret opens the key that it came with.
fn state(case: &Case, harness: &Harness, outcome: &Outcome, born: &[Value], wrong: &mut Wrong) -> Result<(), String> {
    let all = keys(harness, case)?;
    let lives = |key: &&Value| key["archived"].is_null() && key["revoked"].is_null();
    if let Some(due) = &case.expect.live {
        let mut due = due.clone();
        let mut got: Vec<String> = all
            .iter()
            .filter(lives)
            .filter(|key| born.iter().all(|born| born["id"] != key["id"]))
            .map(|key| key["name"].as_str().unwrap_or_default().to_owned())
            .collect();
        got.sort();
        due.sort();
        wrong.eq("keys that live", due, got);
    }
    let by_id = |id: &str| all.iter().filter(lives).find(|key| key["id"] == id);
    for made in outcome.made() {
        let digest: String = Sha256::digest(made.secret.expose()).iter().map(|byte| format!("{byte:02x}")).collect();
        let opens = by_id(&made.id).is_some_and(|key| key["hash"] == json!(digest));
        wrong.unless(opens, || format!("the secret does not open key {}", made.id));
    }
    let in_doubt = |error: &&Error| error.outcome() != keywright::Outcome::Rejected;
    for id in outcome.errors().filter(in_doubt).flat_map(Error::candidates) {
        wrong.unless(by_id(id).is_some(), || format!("candidate {id} does not live"));
    }
    Ok(())
}

/// What must hold however a case ends.
fn ends(harness: &Harness, wrong: &mut Wrong) {
    if let Err(left) = harness.world.finish() {
        wrong.0.push(left.to_string());
    }
    wrong.eq("failures that were not needed", 0, harness.transport.left());
    for limiter in limiters(&harness.shared) {
        wrong.eq("requests in flight and calls waiting", (0, 0), (limiter.in_flight, limiter.waiting));
    }
}
