//! What the services of a world have seen, and why they refused.
//!
//! Never on the wire, so an answer gives no more away than the real service (S8); and never a
//! secret: credentials are shown as a digest, secret members of bodies too.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ctx::masked;
use crate::service::Request;
use crate::time::Time;

/// How many requests a world remembers; memory stays flat.
const KEPT: usize = 10_000;

/// Headers whose value is a credential.
const SECRET_HEADERS: &[&str] =
    &["authorization", "x-api-key", "x-acme-key", "cookie", "x-csrf-token", "proxy-authorization", "idempotency-key"];

/// Body members and query parameters whose value is a secret.
const SECRET_MEMBERS: &[&str] =
    &["password", "key", "api_key", "token", "access", "access_token", "refresh", "refresh_token", "secret"];

/// One request as it was seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Its number, from 1.
    pub n: u64,
    /// The service that it came to.
    pub service: String,
    /// The HTTP method.
    pub method: String,
    /// The path without query, as sent.
    pub path: String,
    /// The query parameters.
    pub query: Vec<(String, String)>,
    /// The headers, names in lower case; credentials as `sha256:` and 12 hex digits.
    pub headers: Vec<(String, String)>,
    /// The body: its JSON, or its text; null when empty.
    pub body: Value,
    /// The status of the answer; `None` while there is none.
    pub status: Option<u16>,
    /// The rule that refused.
    pub rule: Option<String>,
    /// The fault that fired.
    pub fault: Option<String>,
    /// The number of the connection that it came on.
    pub connection: u64,
    /// When, on the world's clock.
    pub at: String,
}

impl JournalEntry {
    /// `GET /agents`.
    #[must_use]
    pub fn call(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What must have been seen; what is absent fits anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Expectation {
    /// The service.
    pub service: Option<String>,
    /// The HTTP method.
    pub method: Option<String>,
    /// The path; `*` for one segment.
    pub path: Option<String>,
    /// How often; absent: at least once.
    pub times: Option<usize>,
    /// Headers and their values; a credential may be given in clear.
    pub headers: BTreeMap<String, String>,
    /// What the body must hold; further members are free.
    pub body: Option<Value>,
}

/// An expectation that was not met, and what came closest.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Miss {
    /// What was expected.
    pub expected: Expectation,
    /// How often it was seen.
    pub seen: usize,
    /// The requests that differ least, and in what.
    pub near: Vec<NearMiss>,
}

/// A request that is almost what was expected.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NearMiss {
    /// Its number in the journal.
    pub n: u64,
    /// `GET /agents`.
    pub call: String,
    /// What differs, in words.
    pub differs: Vec<String>,
}

/// The newest requests of a world.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<JournalEntry>,
    last: u64,
}

impl Journal {
    /// Notes a request as it comes in; its answer is told later.
    pub(crate) fn begin(&mut self, service: &str, req: &Request, connection: u64, at: Time) -> u64 {
        self.last += 1;
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(JournalEntry {
            n: self.last,
            service: service.to_owned(),
            method: req.method.clone(),
            path: req.path.clone(),
            query: req.query.iter().map(masked_parameter).collect(),
            headers: req.headers.iter().map(masked_header).collect(),
            body: masked_body(&req.body),
            status: None,
            rule: None,
            fault: None,
            connection,
            at: at.rfc3339(),
        });
        self.last
    }

    /// Completes an entry, unless it was forgotten meanwhile.
    pub(crate) fn amend(&mut self, n: u64, amend: impl FnOnce(&mut JournalEntry)) {
        let first = self.entries.front().map_or(0, |entry| entry.n);
        let index = n.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        if let Some(entry) = index.and_then(|index| self.entries.get_mut(index)) {
            amend(entry);
        }
    }

    pub(crate) fn since(&self, n: u64) -> Vec<JournalEntry> {
        self.entries.iter().filter(|entry| entry.n > n).cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    /// The expectations that are not met. In strict order each must come after the one before it,
    /// and nothing may come between or behind.
    pub(crate) fn verify(&self, expected: &[Expectation], strict_order: bool) -> Vec<Miss> {
        if strict_order {
            return self.verify_order(expected);
        }
        let unmet = |expectation: &&Expectation| {
            let seen = self.entries.iter().filter(|entry| differences(expectation, entry).is_empty()).count();
            expectation.times.map_or(seen == 0, |times| seen != times)
        };
        expected.iter().filter(unmet).map(|expectation| self.miss(expectation)).collect()
    }

    fn verify_order(&self, expected: &[Expectation]) -> Vec<Miss> {
        let due: Vec<&Expectation> =
            expected.iter().flat_map(|expectation| std::iter::repeat_n(expectation, expectation.times.unwrap_or(1))).collect();
        let wrong = due.iter().enumerate().find(|(index, expectation)| {
            self.entries.get(*index).is_none_or(|entry| !differences(expectation, entry).is_empty())
        });
        match wrong {
            Some((index, expectation)) => {
                let here = self.entries.get(index).map(|entry| near_miss(expectation, entry));
                vec![Miss { near: here.into_iter().collect(), ..self.miss(expectation) }]
            }
            None if self.entries.len() > due.len() => {
                let nothing = Expectation { times: Some(0), ..Expectation::default() };
                let more = self.entries.range(due.len()..).take(3);
                let near =
                    more.map(|entry| NearMiss { n: entry.n, call: entry.call(), differs: vec!["was not expected".to_owned()] });
                vec![Miss { expected: nothing, seen: self.entries.len() - due.len(), near: near.collect() }]
            }
            None => Vec::new(),
        }
    }

    fn miss(&self, expected: &Expectation) -> Miss {
        let seen = self.entries.iter().filter(|entry| differences(expected, entry).is_empty()).count();
        let mut near: Vec<NearMiss> = self.entries.iter().map(|entry| near_miss(expected, entry)).collect();
        near.sort_by_key(|miss| miss.differs.len());
        near.truncate(3);
        Miss { expected: expected.clone(), seen, near }
    }
}

fn near_miss(expected: &Expectation, entry: &JournalEntry) -> NearMiss {
    NearMiss { n: entry.n, call: entry.call(), differs: differences(expected, entry) }
}

fn differences(expected: &Expectation, entry: &JournalEntry) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, due: Option<&String>, got: &str, fits: fn(&str, &str) -> bool| {
        if let Some(due) = due.filter(|due| !fits(due, got)) {
            found.push(format!("{what} is `{got}`, not `{due}`"));
        }
    };
    compare("service", expected.service.as_ref(), &entry.service, |due, got| due == got);
    compare("method", expected.method.as_ref(), &entry.method, str::eq_ignore_ascii_case);
    compare("path", expected.path.as_ref(), &entry.path, path_fits);
    for (name, due) in &expected.headers {
        let mut values = entry.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
        if !values.any(|(_, got)| due == "*" || got == due || *got == masked(credential(due))) {
            found.push(format!("header {name} differs or is missing"));
        }
    }
    if let Some(due) = expected.body.as_ref().filter(|due| !holds(&entry.body, due)) {
        found.push(format!("body is {}, not {due}", entry.body));
    }
    found
}

fn path_fits(pattern: &str, path: &str) -> bool {
    pattern.split('/').count() == path.split('/').count()
        && pattern.split('/').zip(path.split('/')).all(|(due, got)| due == got || (due == "*" && !got.is_empty()))
}

/// Whether a body holds all that is due; a secret may be given in clear.
fn holds(got: &Value, due: &Value) -> bool {
    match (got, due) {
        (Value::Object(got), Value::Object(due)) => {
            due.iter().all(|(name, due)| got.get(name).is_some_and(|got| holds(got, due)))
        }
        (Value::Array(got), Value::Array(due)) => got.len() == due.len() && got.iter().zip(due).all(|(got, due)| holds(got, due)),
        (Value::String(got), Value::String(due)) => got == due || *got == masked(due),
        (got, due) => got == due,
    }
}

/// What follows the scheme word, if there is one.
fn credential(value: &str) -> &str {
    value.split_once(' ').map_or(value, |(_, rest)| rest)
}

fn masked_header((name, value): &(String, String)) -> (String, String) {
    let secret = SECRET_HEADERS.contains(&name.as_str());
    (name.clone(), if secret { masked(credential(value)) } else { value.clone() })
}

fn masked_parameter((name, value): &(String, String)) -> (String, String) {
    let secret = SECRET_MEMBERS.contains(&name.as_str());
    (name.clone(), if secret { masked(value) } else { value.clone() })
}

fn masked_body(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    let mut json = serde_json::from_slice(body).unwrap_or_else(|_| {
        // Not JSON: kept short, since nothing is known about what it holds.
        Value::String(masked(&String::from_utf8_lossy(body)))
    });
    mask_members(&mut json);
    json
}

fn mask_members(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if SECRET_MEMBERS.contains(&name.as_str()) => *text = masked(text),
                    other => mask_members(other),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(mask_members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(calls: &[(&str, &str)]) -> Journal {
        let mut journal = Journal::default();
        for (method, path) in calls {
            let request = Request {
                method: (*method).to_owned(),
                path: (*path).to_owned(),
                headers: vec![("authorization".to_owned(), "Bearer ai_canary".to_owned())],
                body: br#"{"name":"ci","password":"canary"}"#.to_vec(),
                ..Request::default()
            };
            journal.begin("sidclaw", &request, 1, Time(0));
        }
        journal
    }

    fn expect(method: &str, path: &str, times: Option<usize>) -> Expectation {
        let (method, path) = (Some(method.to_owned()), Some(path.to_owned()));
        Expectation { method, path, times, ..Expectation::default() }
    }

    #[test]
    fn no_secret_is_kept() {
        let text = serde_json::to_string(&journal(&[("POST", "/login")]).since(0)).expect("JSON");
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("sha256:"));
    }

    #[test]
    fn a_miss_names_what_came_closest() {
        let journal = journal(&[("GET", "/agents/a"), ("POST", "/keys")]);
        assert_eq!(journal.verify(&[expect("GET", "/agents/*", Some(1))], false), []);
        let misses = journal.verify(&[expect("DELETE", "/keys", None)], false);
        assert_eq!(misses[0].near[0].call, "POST /keys");
        assert_eq!(misses[0].near[0].differs, ["method is `POST`, not `DELETE`"]);
    }

    #[test]
    fn strict_order_allows_nothing_between_or_behind() {
        let journal = journal(&[("GET", "/a"), ("GET", "/b"), ("GET", "/b")]);
        let (a, b) = (expect("GET", "/a", None), expect("GET", "/b", Some(2)));
        assert_eq!(journal.verify(&[a.clone(), b.clone()], true), []);
        assert_eq!(journal.verify(&[b, a.clone()], true).len(), 1);
        assert_eq!(journal.verify(&[a], true)[0].seen, 2);
    }

    #[test]
    fn an_expected_credential_and_body_may_be_given_in_clear() {
        let journal = journal(&[("POST", "/login")]);
        let mut due = expect("POST", "/login", Some(1));
        due.headers.insert("Authorization".to_owned(), "Bearer ai_canary".to_owned());
        due.body = Some(serde_json::json!({ "password": "canary" }));
        assert_eq!(journal.verify(&[due.clone()], false), []);
        due.headers.insert("Authorization".to_owned(), "Bearer ai_other".to_owned());
        assert_eq!(journal.verify(&[due], false).len(), 1);
    }

    #[test]
    fn it_forgets_the_oldest() {
        let mut journal = journal(&[]);
        for _ in 0..KEPT + 5 {
            journal.begin("seclai", &Request::default(), 1, Time(0));
        }
        journal.amend(1, |entry| entry.status = Some(200));
        journal.amend(KEPT as u64 + 5, |entry| entry.status = Some(200));
        let entries = journal.since(0);
        assert_eq!((entries.len(), entries[0].n), (KEPT, 6));
        assert_eq!(entries.iter().filter(|entry| entry.status.is_some()).count(), 1);
    }
}
