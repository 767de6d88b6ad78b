//! How the rules of a service are proven: each by one proof, which must fail when the rule is broken.
//!
//! A proof is a function from a world to what was wrong, so that one run shows that the rule holds,
//! and a second, with `--break`, that the proof would notice (S12).
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "each test file uses a part of it")]

use std::collections::BTreeSet;
use std::time::Duration;

use keywright_sandbox::{Options, Sandbox};
use serde_json::Value;

use crate::support::{Answer, call};

/// What went wrong, if anything did.
pub type Proof = Result<(), String>;

/// A sandbox seen from one service, on a clock that moves only when told.
pub struct World {
    pub sandbox: Sandbox,
    service: &'static str,
}

impl World {
    pub fn new(service: &'static str, options: Options) -> Self {
        let options = options.seed(7).clock("frozen 2026-03-23T10:00:00Z");
        Self { sandbox: Sandbox::start_with(options).unwrap(), service }
    }

    /// What the world hands out.
    pub fn given(&self, name: &str) -> String {
        let description = self.sandbox.description();
        description["services"][self.service][name].as_str().unwrap_or_default().to_owned()
    }

    /// Sends `"POST /path"` with these header lines; `Value::Null` is no body.
    #[track_caller]
    pub fn ask(&self, headers: &[&str], line: &str, body: Value) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        call(&self.sandbox.url(self.service), method, path, headers, &body)
    }

    pub fn pass(&self, by: Duration) {
        self.sandbox.clock().advance(by);
    }

    /// The row of this table whose member has this value.
    #[track_caller]
    pub fn row(&self, table: &str, member: &str, value: &str) -> Value {
        let fixtures = self.sandbox.fixtures().unwrap();
        let rows = fixtures[table].as_array().unwrap();
        let fits = |row: &&Value| row["service"] == self.service && row.pointer(member).is_some_and(|got| got == value);
        rows.iter().find(fits).unwrap_or_else(|| panic!("no {value} in {table}")).clone()
    }

    #[track_caller]
    pub fn id_of(&self, table: &str, name: &str) -> String {
        let member = if table == "objects" { "/json/name" } else { "/name" };
        self.row(table, member, name)["id"].as_str().unwrap().to_owned()
    }

    /// Changes the rows of a table behind the service's back.
    pub fn change(&self, table: &str, change: impl Fn(&mut Value)) {
        let mut fixtures = self.sandbox.fixtures().unwrap();
        let rows = fixtures[table].as_array_mut().unwrap();
        rows.iter_mut().filter(|row| row["service"] == self.service).for_each(change);
        self.sandbox.load_fixtures(fixtures).unwrap();
    }

    /// The rules that refused so far.
    pub fn refused_by(&self) -> BTreeSet<String> {
        self.sandbox.journal().into_iter().filter_map(|entry| entry.rule).collect()
    }
}

/// The body of an answer that must have this status.
pub fn status(answer: &Answer, expected: u16) -> Result<Value, String> {
    if answer.status != expected {
        return Err(format!("{} instead of {expected}: {}", answer.status, answer.text()));
    }
    Ok(if answer.body.is_empty() { Value::Null } else { answer.json() })
}

/// Whether two values are the same.
pub fn same(got: &Value, expected: &Value) -> Proof {
    if got == expected { Ok(()) } else { Err(format!("{got} instead of {expected}")) }
}

/// Whether the answer has this status and body.
pub fn answers(answer: &Answer, expected: u16, body: &Value) -> Proof {
    same(&status(answer, expected)?, body)
}

/// One rule with its proof.
pub struct Case {
    rule: &'static str,
    proof: fn(&World) -> Proof,
    born: fn(Options) -> Options,
    refuses: bool,
}

impl Case {
    /// A rule that refuses: the journal must name it.
    pub const fn refusal(rule: &'static str, proof: fn(&World) -> Proof) -> Self {
        Self { rule, proof, born: std::convert::identity, refuses: true }
    }

    /// A rule that shapes answers and refuses nothing.
    pub const fn effect(rule: &'static str, proof: fn(&World) -> Proof) -> Self {
        Self { refuses: false, ..Self::refusal(rule, proof) }
    }

    /// The rule that it proves.
    pub const fn rule(&self) -> &'static str {
        self.rule
    }

    pub const fn born(self, born: fn(Options) -> Options) -> Self {
        Self { born, ..self }
    }

    fn run(&self, service: &'static str) -> Proof {
        let whole = World::new(service, (self.born)(Options::new()));
        (self.proof)(&whole).map_err(|wrong| format!("{}: {wrong}", self.rule))?;
        if self.refuses && !whole.refused_by().contains(self.rule) {
            return Err(format!("{}: the journal names {:?}", self.rule, whole.refused_by()));
        }
        let broken = World::new(service, (self.born)(Options::new()).broken(self.rule));
        match (self.proof)(&broken) {
            Ok(()) => Err(format!("{}: nobody missed it when it was broken", self.rule)),
            Err(_) => Ok(()),
        }
    }
}

/// Proves every rule of a service, with and without it.
#[track_caller]
pub fn prove(service: &'static str, cases: &[Case]) {
    let ids: BTreeSet<&str> = keywright_sandbox::rules().map(|rule| rule.id).collect();
    let own = ids.iter().filter(|id| id.split('.').next() == Some(service));
    let proven: BTreeSet<&str> = cases.iter().map(|case| case.rule).collect();
    let open: Vec<&&str> = own.filter(|id| !proven.contains(**id)).collect();
    assert!(open.is_empty(), "without a proof: {open:?}");
    let wrong: Vec<String> = cases.iter().filter_map(|case| case.run(service).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
