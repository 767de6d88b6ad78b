//! The fault rules of a world: which fires for a request, and how often it has.
//!
//! A rule is consumed before the handler runs, so that two requests at once never share one shot;
//! `finish` tells which rules were never used up, for a fault that did not happen proves nothing.

mod content;
mod gzip;
mod plan;
mod rule;
mod script;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::ctx::masked;

pub(crate) use plan::{Origins, Planned, instead, plan};
pub use rule::{Action, ContentChange, FaultRule, HeadChange, Matcher, Phase, Place, Span, Target, Values};
pub(crate) use script::{Wire, run};

/// How far a rule has come.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FaultStatus {
    /// The rule's id.
    pub id: String,
    /// How often it fired.
    pub fired: u32,
    /// How often it will yet; `None`: without end.
    pub remaining: Option<u32>,
    /// Whether it is used up; a rule without end is once it has fired.
    pub completed: bool,
    /// The rule.
    pub rule: FaultRule,
}

/// What a rule is matched against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) service: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// The paths of the route table that fit.
    pub(crate) routes: &'a [&'static str],
    pub(crate) headers: &'a [(String, String)],
}

/// A rule that fires now.
#[derive(Debug, Clone)]
pub(crate) struct Fired {
    pub(crate) id: String,
    pub(crate) phase: Phase,
    pub(crate) action: Action,
}

#[derive(Debug)]
struct Entry {
    id: String,
    rule: FaultRule,
    seen: u32,
    fired: u32,
}

/// The rules, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    entries: Vec<Entry>,
    added: u64,
    drawn: u64,
    seed: [u8; 32],
}

impl Faults {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Adds a rule behind the others.
    pub(crate) fn add(&mut self, rule: FaultRule) -> Result<String, String> {
        if let Some(problem) = rule.problem() {
            return Err(problem);
        }
        self.added += 1;
        let id = rule.id.clone().unwrap_or_else(|| format!("fault_{}", self.added));
        if self.entries.iter().any(|entry| entry.id == id) {
            return Err(format!("there is a fault rule `{id}` already: give another `id`, or none"));
        }
        self.entries.push(Entry { id: id.clone(), rule, seen: 0, fired: 0 });
        Ok(id)
    }

    /// Counts a rule as fired that acts without a request.
    pub(crate) fn spend(&mut self, id: &str) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.fired += 1;
        }
    }

    /// Forgets one rule.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != id);
        self.entries.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn all(&self) -> Vec<FaultStatus> {
        self.entries.iter().map(Entry::status).collect()
    }

    pub(crate) fn one(&self, id: &str) -> Option<FaultStatus> {
        self.entries.iter().find(|entry| entry.id == id).map(Entry::status)
    }

    /// Takes one shot of the first rule that fits in one of these phases.
    pub(crate) fn take(&mut self, phases: &[Phase], subject: &Subject<'_>) -> Option<Fired> {
        let (seed, drawn) = (self.seed, &mut self.drawn);
        for entry in &mut self.entries {
            let spent = entry.rule.times > 0 && entry.fired >= entry.rule.times;
            if spent || !phases.contains(&entry.rule.phase) || !entry.rule.matcher.fits(subject) {
                continue;
            }
            entry.seen += 1;
            if entry.seen <= entry.rule.skip {
                continue;
            }
            if let Some(probability) = entry.rule.probability {
                *drawn += 1;
                if chance(&seed, *drawn) >= probability {
                    continue;
                }
            }
            entry.fired += 1;
            let (phase, action) = (entry.rule.phase, entry.rule.action.clone());
            return Some(Fired { id: entry.id.clone(), phase, action });
        }
        None
    }
}

impl Entry {
    fn status(&self) -> FaultStatus {
        let remaining = (self.rule.times > 0).then(|| self.rule.times - self.fired);
        let completed = remaining.map_or(self.fired > 0, |remaining| remaining == 0);
        FaultStatus { id: self.id.clone(), fired: self.fired, remaining, completed, rule: self.rule.clone() }
    }
}

impl Matcher {
    fn fits(&self, subject: &Subject<'_>) -> bool {
        let route = self.route.as_deref();
        self.service.as_deref().is_none_or(|service| service == subject.service)
            && self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(subject.method))
            && route.is_none_or(|route| subject.routes.contains(&route) || path_fits(route, subject.path))
            && self.key.as_deref().is_none_or(|key| credentials(subject.headers).any(|text| text == key || masked(text) == key))
            && self.header.iter().all(|(name, value)| {
                let named = |(header, _): &&(String, String)| header.eq_ignore_ascii_case(name);
                subject.headers.iter().filter(named).any(|(_, got)| value == "*" || got == value)
            })
    }
}

fn path_fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(|(due, got)| due == got || (*due == "*" && !got.is_empty()))
}

/// The secrets that a request presents: whole header values, and what follows a scheme word.
pub(crate) fn credentials(headers: &[(String, String)]) -> impl Iterator<Item = &str> {
    let secret = |name: &str| matches!(name, "authorization" | "x-api-key" | "x-acme-key");
    headers
        .iter()
        .filter(move |(name, _)| secret(name))
        .map(|(_, value)| value.split_once(' ').map_or(value.as_str(), |(_, rest)| rest))
}

/// A number in `[0, 1)`, the same for the same seed and draw.
fn chance(seed: &[u8; 32], draw: u64) -> f64 {
    let digest = Sha256::new().chain_update(b"fault").chain_update(seed).chain_update(draw.to_be_bytes()).finalize();
    let number = digest[..4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    f64::from(number) / 4_294_967_296.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: Subject<'_> =
        Subject { service: "seclai", method: "GET", path: "/agents/a", routes: &["/agents/{id}"], headers: &[] };

    fn rule(json: serde_json::Value) -> FaultRule {
        serde_json::from_value(json).expect("a rule")
    }

    fn reset(extra: serde_json::Value) -> FaultRule {
        let mut json = serde_json::json!({ "phase": "before_handler", "action": { "kind": "reset" } });
        json.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        rule(json)
    }

    #[test]
    fn a_rule_skips_then_fires_so_often_and_no_more() {
        let mut faults = Faults::default();
        let id = faults.add(reset(serde_json::json!({ "skip": 1, "times": 2 }))).expect("a rule");
        let fired: Vec<bool> = (0..5).map(|_| faults.take(&[Phase::BeforeHandler], &GET).is_some()).collect();
        assert_eq!(fired, [false, true, true, false, false]);
        assert!(faults.one(&id).expect("known").completed);
    }

    #[test]
    fn a_route_is_a_template_or_a_pattern() {
        for (route, fits) in [("/agents/{id}", true), ("/agents/*", true), ("/agents", false), ("/agents/*/runs", false)] {
            let mut faults = Faults::default();
            faults.add(reset(serde_json::json!({ "match": { "route": route } }))).expect("a rule");
            assert_eq!(faults.take(&[Phase::BeforeHandler], &GET).is_some(), fits, "{route}");
        }
    }

    #[test]
    fn probable_faults_are_the_same_for_the_same_seed() {
        let run = |seed| {
            let mut faults = Faults::new([seed; 32]);
            faults.add(reset(serde_json::json!({ "times": 0, "probability": 0.5 }))).expect("a rule");
            (0..64).map(|_| faults.take(&[Phase::BeforeHandler], &GET).is_some()).collect::<Vec<bool>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert!(run(1).contains(&true) && run(1).contains(&false));
    }

    #[test]
    fn a_rule_that_cannot_work_is_refused() {
        let mut faults = Faults::default();
        let bad = [
            serde_json::json!({ "phase": "in_body", "action": { "kind": "status", "status": 500 } }),
            serde_json::json!({ "phase": "accept", "match": { "method": "GET" }, "action": { "kind": "reset" } }),
            serde_json::json!({ "phase": "before_handler", "action": { "kind": "status", "status": 9 } }),
            serde_json::json!({ "phase": "before_handler", "probability": 2.0, "action": { "kind": "reset" } }),
        ];
        for json in bad {
            assert!(faults.add(rule(json.clone())).is_err(), "{json}");
        }
        assert!(
            serde_json::from_value::<FaultRule>(serde_json::json!({ "phase": "accept", "action": { "kind": "reset", "x": 1 } }))
                .is_err()
        );
    }
}
