//! Keys against a small model: any order of calls leaves both in the same state (S12).
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use keywright_sandbox::Sandbox;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Answer, call};

/// What a caller may do; a key is named by its place among those ever made.
#[derive(Debug, Clone)]
enum Step {
    Create,
    Use(usize),
    Archive(usize),
    Delete(usize),
    /// Into the future, so that orders by time are tried too.
    Wait,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Create),
        4 => any::<usize>().prop_map(Step::Use),
        2 => any::<usize>().prop_map(Step::Archive),
        2 => any::<usize>().prop_map(Step::Delete),
        1 => Just(Step::Wait),
    ];
    prop::collection::vec(step, 1..40)
}

/// All that the page says about a key's life.
#[derive(Debug, Clone)]
struct Modelled {
    id: String,
    secret: String,
    calls: usize,
    archived: bool,
    deleted: bool,
}

struct Machine {
    sandbox: Sandbox,
    owner: String,
    keys: Vec<Modelled>,
}

impl Machine {
    fn new() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let owner = sandbox.seclai().api_key;
        Self { sandbox, owner, keys: Vec::new() }
    }

    fn ask(&self, secret: &str, method: &str, path: &str) -> Answer {
        call(&self.sandbox.url("seclai"), method, path, &[&format!("X-API-Key: {secret}")], "")
    }

    fn take(&mut self, step: &Step) {
        let count = self.keys.len().max(1);
        match step {
            Step::Create => {
                let made = self.ask(&self.owner, "POST", "/api-keys").json();
                let text = |member: &str| made[member].as_str().unwrap().to_owned();
                let (id, secret) = (text("id"), text("key"));
                self.keys.push(Modelled { id, secret, calls: 0, archived: false, deleted: false });
            }
            Step::Use(index) => self.on(index % count, |key| {
                let status = if key.deleted || key.archived { 401 } else { 200 };
                key.calls += usize::from(!key.deleted);
                ("GET", "/me".to_owned(), true, status)
            }),
            Step::Archive(index) => self.on(index % count, |key| {
                let status = if key.deleted {
                    404
                } else if key.calls == 0 {
                    409
                } else {
                    200
                };
                key.archived |= status == 200;
                ("POST", format!("/api-keys/{}/archive", key.id), false, status)
            }),
            Step::Delete(index) => self.on(index % count, |key| {
                let status = if key.deleted {
                    404
                } else if key.calls > 0 {
                    409
                } else {
                    204
                };
                key.deleted |= status == 204;
                ("DELETE", format!("/api-keys/{}", key.id), false, status)
            }),
            Step::Wait => self.sandbox.clock().advance(std::time::Duration::from_millis(1)),
        }
    }

    /// Lets the model say what is asked and what must be answered, and asks.
    fn on(&mut self, index: usize, model: impl FnOnce(&mut Modelled) -> (&'static str, String, bool, u16)) {
        let Some(key) = self.keys.get_mut(index) else { return };
        let (method, path, with_it, expected) = model(key);
        let secret = if with_it { key.secret.clone() } else { self.owner.clone() };
        assert_eq!(self.ask(&secret, method, &path).status, expected, "{method} {path}");
    }

    fn compare(&self) {
        let listed = self.ask(&self.owner, "GET", "/api-keys?limit=100").json();
        // Newest first, and behind them the key that the world was born with.
        let mut seen: Vec<&Value> = listed["data"].as_array().unwrap().iter().rev().skip(1).collect();
        for key in self.keys.iter().filter(|key| !key.deleted) {
            let row = seen.remove(0);
            assert_eq!((&row["id"], row["archived_at"].is_null()), (&json!(key.id), !key.archived));
            assert_eq!(row["last_used_at"].is_null(), key.calls == 0);
            let calls = self.ask(&self.owner, "GET", &format!("/api-keys/{}/calls", key.id)).json();
            assert_eq!(calls["pagination"]["total"], key.calls);
        }
        assert!(seen.is_empty(), "more keys than there should be: {seen:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keys_live_as_the_page_says(steps in steps()) {
        let mut machine = Machine::new();
        steps.iter().for_each(|step| machine.take(step));
        machine.compare();
    }
}
