//! What a case says.
//!
//! An unknown key is an error, and so is an expectation that would hold whatever happens: a case
//! that cannot fail is worse than none.

use keywright::Safety;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::files;
use crate::scenario::Step;

/// One case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its number, which begins with the letter of its group.
    pub id: String,
    /// The group.
    pub group: String,
    /// What is shown, where the members do not say it.
    #[serde(default)]
    pub note: String,
    /// Whose test it was first.
    #[serde(default)]
    pub src: String,
    /// The call, as in a scenario; `client.new` makes the client alone.
    pub op: String,
    /// The name of the call in events, where it is not that of the call.
    #[serde(default)]
    pub operation: Option<String>,
    /// Its arguments.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// The key that it is made with, in the place of the client's own.
    #[serde(default)]
    pub key: Option<Value>,
    /// What may happen to it when its fate is not known.
    pub safety: Safety,
    /// The service.
    pub service: String,
    /// The lines of a dialect that takes the place of the service's own.
    #[serde(default)]
    pub dialect: Option<Vec<String>>,
    /// How the world is born.
    #[serde(default)]
    pub world: Birth,
    /// How the client is made.
    #[serde(default)]
    pub config: Config,
    /// The number that chance always gives.
    #[serde(default = "one")]
    pub u: f64,
    /// What another client does first.
    #[serde(default)]
    pub given: Vec<Step>,
    /// What the client itself does first.
    #[serde(default)]
    pub before: Vec<Step>,
    /// What happens to its requests, one after the other; further ones are served.
    #[serde(default)]
    pub steps: Vec<Happening>,
    /// A call of the same client that is under way already.
    #[serde(default)]
    pub beside: Option<Beside>,
    /// How many such calls are made at once.
    #[serde(default = "single")]
    pub count: usize,
    /// When the caller leaves.
    #[serde(default)]
    pub cancel: Option<Cancel>,
    /// What must have come of it.
    pub expect: Expect,
}

fn one() -> f64 {
    1.0
}

fn single() -> usize {
    1
}

/// How the world of a case is born.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Birth {
    /// The plan.
    pub plan: Option<String>,
    /// Whether the service honours idempotency keys.
    pub idempotency: bool,
}

/// How the client is made; `call` is how this one call differs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Takes the place of what the sandbox hands out; `"~none"` takes it away.
    pub client: Map<String, Value>,
    /// The limits of every call.
    pub limits: Limits,
    /// The first delay of our own, in seconds.
    pub base: Option<f64>,
    /// The longest.
    pub cap: Option<f64>,
    /// The longest delay of the service that is waited out.
    pub max_retry_after: Option<f64>,
    /// Whether the password stays in memory.
    pub keep_password: Option<bool>,
    /// What this call says.
    pub call: Limits,
    /// How a new secret is handed over.
    pub delivery: DeliveryCase,
}

/// The limits of a call: seconds, or `"never"` for a time.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The whole call.
    pub timeout: Option<Value>,
    /// One attempt.
    pub attempt_timeout: Option<Value>,
    /// The pause between two pieces of a body.
    pub read_timeout: Option<f64>,
    /// Requests.
    pub max_attempts: Option<u32>,
    /// `wait` or `fail`.
    pub throttle: Option<String>,
    /// `urgent`, `normal` or `background`.
    pub priority: Option<String>,
}

/// How a new secret is handed over.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryCase {
    /// `report`, `rotate` or `replace`.
    pub recover: Option<String>,
    /// Whether the keys are listed before.
    pub snapshot: bool,
    /// `discard` or `keep`.
    pub on_cancel: Option<String>,
    /// Whether a key may rotate itself.
    pub allow_self: bool,
    /// Whether the secret is stored first, and how that ends: `ok`, `fail`, or `ok` after 5 s (`slow`).
    pub deliver: Option<String>,
}

/// What happens to one request: it is served (`ok`), answered instead (`status`), met by a fault of
/// the sandbox (`phase`, `action`), or never gets that far (`fail`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Happening {
    /// It is served.
    pub ok: bool,
    /// It is answered with this status before anything is done, or after with `committed`.
    pub status: Option<u16>,
    /// Headers of that answer.
    pub headers: Map<String, Value>,
    /// The body of that answer: JSON, or a text as it is.
    pub body: Option<Value>,
    /// Whether the service has done what was asked.
    pub committed: bool,
    /// The phase of a fault.
    pub phase: Option<String>,
    /// Its action.
    pub action: Option<Value>,
    /// Which requests it hits, in any place of the order.
    #[serde(rename = "match")]
    pub matcher: Option<Value>,
    /// So many that would be hit pass first.
    pub skip: u32,
    /// How the client's own transport fails.
    pub fail: Option<Failing>,
    /// To how many requests in a row; 0: to all that follow.
    pub times: Option<u32>,
}

/// A failure of the transport that no loopback server can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failing {
    /// The name has no address.
    Resolve,
    /// The certificate is not acceptable.
    Certificate,
    /// TLS cannot be negotiated.
    Tls,
    /// The connection is not answered.
    ConnectTimeout,
    /// The proxy refuses the tunnel.
    Proxy,
    /// REFUSED_STREAM, or GOAWAY above our stream: the service has not looked at it.
    RefusedStream,
    /// The connection ends after the request was written.
    Lost,
}

/// A call that is under way when the case's own begins.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// The call.
    pub op: String,
    /// The event that it must have come to.
    pub until: String,
}

/// When the caller leaves: after an event, when so many requests have arrived, so many secrets were stored.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cancel {
    /// The event.
    pub event: Option<String>,
    /// How many requests.
    pub arrived: Option<usize>,
    /// How many secrets were handed to be stored.
    pub delivered: Option<usize>,
}

/// What must have come of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Requests of the call itself, all that it was repeated included.
    pub attempts: u32,
    /// All requests that the client has sent, in order: `GET /agents`, ` x3` for three in a row.
    pub requests: Vec<String>,
    /// How long it waited before each attempt but the first, in seconds.
    #[serde(default)]
    pub delays: Vec<f64>,
    /// How it failed; absent where it succeeds.
    pub kind: Option<String>,
    /// Which failure of that kind.
    pub reason: Option<String>,
    /// The status in the error.
    pub status: Option<u16>,
    /// What became of the request.
    pub outcome: Option<String>,
    /// Why it was not repeated; `none` where nothing was attempted.
    pub stop: Option<String>,
    /// Which limit ran out.
    pub timeout_scope: Option<String>,
    /// What the last attempt was doing when it failed.
    pub phase: Option<String>,
    /// The option that was wrong.
    pub field: Option<String>,
    /// How long to wait, in seconds.
    pub retry_after: Option<f64>,
    /// How many keys it may have made; each must live.
    pub candidates: Option<usize>,
    /// Words of the remedy.
    pub remedy: Option<String>,
    /// Words that stand in the sentence.
    pub text: Option<String>,
    /// Words that do not.
    pub lacks: Option<String>,
    /// Members of the result's meta.
    #[serde(default)]
    pub meta: Map<String, Value>,
    /// The name of the new key.
    pub name: Option<String>,
    /// How many of several calls succeed.
    pub ok: Option<usize>,
    /// What the service has seen, where it differs from `requests`.
    pub journal: Option<Vec<String>>,
    /// On which connection each request went out: `fresh` or `pooled`.
    pub connections: Option<Vec<String>>,
    /// The names of the keys that live at the end, beside those of the world's birth.
    pub live: Option<Vec<String>>,
    /// Events in this order, among others.
    #[serde(default)]
    pub events: Vec<String>,
    /// Events that must not come.
    #[serde(default)]
    pub never: Vec<String>,
    /// How long the call took, in seconds.
    pub elapsed: Option<f64>,
    /// A header that all requests of the call carry with one value.
    pub same: Option<String>,
    /// A header that all requests of the call carry with different values.
    pub differs: Option<String>,
    /// Sockets that are open at the end.
    pub open: Option<u64>,
    /// How many secrets were handed to be stored.
    pub delivered: Option<usize>,
}

/// The cases of a group.
///
/// # Errors
/// When the file cannot be read, or a case says nothing.
pub fn read(group: &str) -> Result<Vec<Case>, String> {
    let path = files::home().join("vectors").join(format!("{group}.json"));
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{group}.json: {error}"))?;
    let cases: Vec<Case> = serde_json::from_str(&text).map_err(|error| format!("{group}.json: {error}"))?;
    for (number, case) in cases.iter().enumerate() {
        case.check(group).map_err(|what| format!("{}: {what}", case.id))?;
        if cases[..number].iter().any(|other| other.id == case.id) {
            return Err(format!("{} stands twice", case.id));
        }
    }
    Ok(cases)
}

impl Case {
    /// The name of the call in events.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.operation.as_deref().unwrap_or(&self.op)
    }

    fn check(&self, group: &str) -> Result<(), String> {
        let expect = &self.expect;
        let wrong = [
            (self.group != group || !self.id.starts_with(group), "it stands in the file of another group"),
            (!(0.0..=1.0).contains(&self.u), "`u` is no chance"),
            (expect.attempts > 0 && expect.requests.is_empty(), "an attempt is a request"),
            (self.count == 1 && expect.delays.len() + 1 != expect.attempts.max(1) as usize, "each attempt has its delay"),
            ((self.count > 1) != expect.ok.is_some(), "several calls, and only they, say how many succeed"),
            (expect.kind.is_some() && (expect.outcome.is_none() || expect.stop.is_none()), "an error has outcome and stop"),
            (self.cancel.is_some() && expect.kind.is_some(), "whoever has left gets no error"),
            (self.cancel.is_none() && expect.kind.is_none() && expect.attempts == 0, "nothing is expected"),
        ];
        match wrong.iter().find(|(wrong, _)| *wrong) {
            Some((_, what)) => Err((*what).to_owned()),
            None => self.steps.iter().try_for_each(Happening::check),
        }
    }
}

impl Happening {
    fn check(&self) -> Result<(), String> {
        let ways = [self.ok, self.status.is_some(), self.action.is_some(), self.fail.is_some()];
        match ways.iter().filter(|way| **way).count() {
            1 if self.action.is_some() == self.phase.is_some() => Ok(()),
            1 => Err("a fault has a phase and an action".to_owned()),
            _ => Err("one thing happens to a request".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = r#"{"id": "B1", "group": "B", "op": "agents.list", "safety": "safe", "service": "seclai"}"#;

    fn checked(changes: Value) -> Result<(), String> {
        let mut case: Value = serde_json::from_str(CASE).unwrap();
        case["expect"] = serde_json::json!({ "attempts": 1, "requests": ["GET /agents"] });
        case.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let case: Case = serde_json::from_value(case).map_err(|error| error.to_string())?;
        case.check("B")
    }

    #[test]
    fn a_case_that_cannot_fail_or_is_misspelt_is_refused() {
        assert_eq!(checked(serde_json::json!({})), Ok(()));
        for changes in [
            r#"{"id": "C1"}"#,
            r#"{"u": 2}"#,
            r#"{"expects": {}}"#,
            r#"{"config": {"totl": 1}}"#,
            r#"{"config": {"call": {"totl": 1}}}"#,
            r#"{"config": {"limits": {"max_attempt": 1}}}"#,
            r#"{"expect": {"attempts": 0, "requests": []}}"#,
            r#"{"expect": {"attempts": 2, "requests": ["GET /agents x2"]}}"#,
            r#"{"expect": {"attempts": 1, "requests": []}}"#,
            r#"{"expect": {"attempts": 1, "requests": ["GET /agents"], "kind": "server"}}"#,
            r#"{"count": 2}"#,
            r#"{"steps": [{}]}"#,
            r#"{"steps": [{"ok": true, "status": 503}]}"#,
            r#"{"steps": [{"action": {"kind": "reset"}}]}"#,
        ] {
            assert!(checked(serde_json::from_str(changes).unwrap()).is_err(), "{changes}");
        }
    }

    /// Every status that is judged is met by a call of every class of safety.
    #[test]
    fn every_status_meets_every_class() {
        let cases = read("B").unwrap();
        let statuses = [
            301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413, 415, 418, 421, 422, 425, 429,
            451, 500, 501, 502, 503, 504, 505, 507, 520, 521, 522, 523, 524, 529,
        ];
        for status in statuses {
            for safety in [Safety::Safe, Safety::Idempotent, Safety::Never] {
                let met =
                    |case: &Case| case.safety == safety && case.steps.first().is_some_and(|step| step.status == Some(status));
                assert!(cases.iter().any(met), "{status} for {safety:?}");
            }
        }
    }
}
