//! The sandbox answers each wire example with a fitting answer.
//!
//! Asked by bytes on a connection, not by the client, so a mistake that both share cannot hide.

use std::process::ExitCode;

use keywright_tests::cases::{self, Case};
use keywright_tests::http::{Answer, Call, send};
use keywright_tests::scenario;
use keywright_tests::wire::{self, Example, Given, Names};
use keywright_tests::world::{Sandboxed, World};
use serde_json::{Value, json};

fn main() -> ExitCode {
    cases::main(wire::all().map(|examples| examples.into_iter().map(case).collect()))
}

fn case(example: Example) -> Case {
    Case::new(format!("sandbox/{}", example.name()), move || answers(&example))
}

fn answers(example: &Example) -> Result<(), String> {
    let world = Sandboxed::start(&example.service, &birth(example))?;
    let mut run = Run { world, names: Names::default() };
    run.names.set("world", run.world.handed_out().clone());
    run.go_through(example).map(|_| ())
}

/// What must be so from the beginning of the world.
fn birth(example: &Example) -> scenario::World {
    let mut birth = scenario::World::default();
    for given in &example.given {
        match given {
            Given::Plan(plan) => birth.plan = Some(plan.clone()),
            Given::Variant(variant) => birth.variant = Some(variant.clone()),
            Given::Clock(instant) => birth.clock = Some(instant.clone()),
            Given::Example { .. }
            | Given::Advance(_)
            | Given::Downgrade(_)
            | Given::Credits(_)
            | Given::Limit { .. }
            | Given::Inactive(_) => {}
        }
    }
    birth
}

struct Run {
    world: Sandboxed,
    names: Names,
}

impl Run {
    /// Makes what is given, sends the request, compares the answer.
    fn go_through(&mut self, example: &Example) -> Result<Answer, String> {
        for given in &example.given {
            self.make(example, given)?;
        }
        if let Some(first) = &example.first {
            self.keep(example, Some(&first.name), &first.file)?;
        }
        let base_url = self.world.handed_out()["base_url"].as_str().unwrap_or_default();
        let answer = send(base_url, &self.request(example)?)?;
        let differences = wire::answer_differs(&example.response, &answer, &self.names, &example.service)?;
        match differences.as_slice() {
            [] => Ok(answer),
            _ => Err(format!(
                "{}:\n    {}\n    body: {}",
                example.name(),
                differences.join("\n    "),
                String::from_utf8_lossy(&answer.body)
            )),
        }
    }

    fn make(&mut self, example: &Example, given: &Given) -> Result<(), String> {
        match given {
            // What a world is born with cannot be changed later.
            Given::Plan(_) | Given::Variant(_) | Given::Clock(_) => Ok(()),
            Given::Advance(duration) => self.control("clock.advance", json!({ "by": duration })),
            Given::Downgrade(plan) => self.control("sandbox.plan", json!({ "plan": plan })),
            Given::Credits(credits) => self.control("sandbox.credits", json!({ "credits": credits })),
            Given::Limit { count, per } => self.control("sandbox.limit", json!({ "count": count, "per": per })),
            Given::Inactive(account) => {
                self.control("sandbox.inactive", json!({ "account": wire::fill_text(account, &self.names)? }))
            }
            Given::Example { name, file, key } => {
                let own = self.names.get("world")?.clone();
                if let Some(key) = key {
                    let mut world = own.clone();
                    world["api_key"] = json!(wire::fill_text(key, &self.names)?);
                    self.names.set("world", world);
                }
                let kept = self.keep(example, name.as_deref(), file);
                self.names.set("world", own);
                kept
            }
        }
    }

    fn control(&self, name: &str, with: Value) -> Result<(), String> {
        let with = with.as_object().cloned().unwrap_or_default();
        self.world.control(name, &with)
    }

    fn keep(&mut self, example: &Example, name: Option<&str>, file: &str) -> Result<(), String> {
        if name.is_some_and(|name| self.names.has(name)) {
            return Ok(());
        }
        let answer = self.go_through(&wire::one(&example.service, file)?)?;
        if let Some(name) = name {
            self.names.set(name, wire::kept(&answer));
        }
        Ok(())
    }

    fn request(&self, example: &Example) -> Result<Call, String> {
        let request = &example.request;
        let mut headers = Vec::new();
        for (name, value) in &request.headers {
            headers.push((name.clone(), wire::fill_text(value, &self.names)?));
        }
        let body = match &request.body {
            Some(body) => {
                if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                    headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
                }
                wire::fill(body, &self.names)?.to_string().into_bytes()
            }
            None => Vec::new(),
        };
        Ok(Call { method: request.method.clone(), target: wire::fill_text(&request.target, &self.names)?, headers, body })
    }
}
