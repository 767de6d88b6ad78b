//! itellicoAI's agents: what they are made of, how they are listed, and how they are put away.
//!
//! Bodies, answers and filters are those of the service's own Python client 1.1.0.

use serde_json::{Value, json};

use super::{NOT_FOUND, ONE_ACCOUNT, invalid, not_found, page};
use crate::ctx::{Ctx, Field, Fields};
use crate::service::{Answer, Reply, Request};
use crate::services::shared::{growing_id, present, put_object};
use crate::store::Object;
use crate::time::Time;

/// What an agent speaks and listens with; a new one needs all three.
const PARTS: [&str; 3] = ["model", "transcriber", "voice"];

const SETTINGS: [Field; 16] = [
    Field::flag("allow_auto_hangup").nullable(),
    Field::flag("allow_caller_recording_opt_out").nullable(),
    Field::object("ambient_sound").nullable(),
    Field::object("capture_settings").nullable(),
    Field::object("denoising").nullable(),
    Field::object("inactivity_settings").nullable(),
    Field::object("initial_message").nullable(),
    Field::object("interrupt_settings").nullable(),
    Field::number("max_duration_seconds").nullable(),
    Field::object("metadata").nullable(),
    Field::text("name").nullable(),
    Field::text("note").nullable(),
    Field::object("response_timing").nullable(),
    Field::list("tags").nullable(),
    Field::object("volume").nullable(),
    // Archiving is undone with it.
    Field::flag("is_archived"),
];

/// An agent that its account is born with.
pub(super) fn seed(ctx: &mut Ctx<'_>, account: &str, name: &str) {
    let parts = json!({ "name": name, "model": { "provider": "openai", "model": "gpt-4o-mini" },
        "transcriber": { "provider": "deepgram", "language": "en" }, "voice": { "provider": "elevenlabs", "voice_id": "sandbox" } });
    put_agent(ctx, account, parts.as_object().cloned().unwrap_or_default().into_iter());
}

fn put_agent(ctx: &mut Ctx<'_>, account: &str, given: impl Iterator<Item = (String, Value)>) -> Object {
    let id = growing_id(ctx, "agt_");
    let mut json = json!({ "name": "New agent", "allow_auto_hangup": true, "allow_caller_recording_opt_out": false,
        "ambient_sound": {}, "inactivity_settings": {}, "initial_message": {}, "response_timing": {},
        "tags": [], "is_archived": false, "modified": ctx.now });
    for (name, value) in given.filter(|(_, value)| !value.is_null()) {
        json[name] = value;
    }
    put_object(ctx, "agent", id, account, json)
}

/// Whether it is archived is no member: lists tell by their filters.
fn agent_json(agent: &Object) -> Value {
    let mut json = agent.json.clone();
    if let Some(members) = json.as_object_mut() {
        members.remove("is_archived");
    }
    json["id"] = json!(agent.id);
    json["account_id"] = json!(agent.account);
    json["created"] = json!(agent.created);
    json
}

fn find_agent(ctx: &mut Ctx<'_>, req: &Request) -> Result<Object, Reply> {
    let agent = ctx.store.object("itellico", "agent", req.param("id"));
    let agent = present(ctx, &NOT_FOUND, agent, not_found)?;
    let here = agent.account == ctx.caller.account;
    ctx.check(&ONE_ACCOUNT, here, not_found)?;
    Ok(agent)
}

pub(super) fn list_agents(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let archived_too = ctx.query_flag(req, "include_archived")? == Some(true);
    let archived = ctx.query_flag(req, "is_archived")?;
    let mut agents = ctx.store.objects("itellico", "agent", &ctx.caller.account);
    agents.retain(|agent| {
        let is = agent.json["is_archived"] == json!(true);
        archived.map_or(archived_too || !is, |wanted| is == wanted)
    });
    if let Some(part) = req.query("name").map(str::to_lowercase) {
        agents.retain(|agent| agent.json["name"].as_str().is_some_and(|name| name.to_lowercase().contains(&part)));
    }
    if let Some(tags) = req.query("tags") {
        let has = |agent: &Object, tag: &str| agent.json["tags"].as_array().is_some_and(|tags| tags.contains(&json!(tag)));
        agents.retain(|agent| tags.split(',').all(|tag| has(agent, tag)));
    }
    for (member, of) in [("created", created as fn(&Object) -> Option<Time>), ("modified", modified)] {
        for (ending, fits) in BOUNDS {
            if let Some(bound) = ctx.query_time(req, &format!("{member}_{ending}"))? {
                agents.retain(|agent| of(agent).is_some_and(|time| fits(time, bound)));
            }
        }
    }
    page(ctx, req, &agents, agent_json)
}

type Bound = fn(Time, Time) -> bool;

const BOUNDS: [(&str, Bound); 4] = [
    ("ge", |time, bound| time >= bound),
    ("gt", |time, bound| time > bound),
    ("le", |time, bound| time <= bound),
    ("lt", |time, bound| time < bound),
];

fn created(agent: &Object) -> Option<Time> {
    Some(agent.created)
}

fn modified(agent: &Object) -> Option<Time> {
    Time::parse(agent.json["modified"].as_str()?)
}

pub(super) fn create_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let parts = PARTS.map(|name| Field::object(name).required());
    let body = ctx.body(req, &[&parts[..], &SETTINGS].concat())?;
    check_parts(&body, true)?;
    let account = ctx.caller.account.clone();
    let agent = put_agent(ctx, &account, body.0.into_iter());
    Ok(Reply::json(201, agent_json(&agent)))
}

/// A model and a voice have a name of their provider's. A change may leave out what stays.
fn check_parts(body: &Fields, whole: bool) -> Result<(), Reply> {
    for (part, member) in [("model", "model"), ("voice", "voice_id")] {
        let Some(given) = body.get(part).filter(|given| given.is_object()) else { continue };
        let name = format!("{part}.{member}");
        match given.get(member) {
            None if whole => return Err(invalid(&name, "required")),
            Some(value) if !value.is_string() => return Err(invalid(&name, "must be a text")),
            None | Some(_) => {}
        }
    }
    Ok(())
}

pub(super) fn get_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    Ok(Reply::json(200, agent_json(&find_agent(ctx, req)?)))
}

pub(super) fn update_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let parts = PARTS.map(|name| Field::object(name).nullable());
    let body = ctx.body(req, &[&parts[..], &SETTINGS].concat())?;
    check_parts(&body, false)?;
    let mut agent = find_agent(ctx, req)?;
    for (name, value) in body.0.into_iter().filter(|(_, value)| !value.is_null()) {
        match (agent.json[&name].as_object_mut(), value) {
            (Some(before), Value::Object(part)) if PARTS.contains(&name.as_str()) => before.extend(part),
            (_, value) => agent.json[name] = value,
        }
    }
    agent.json["modified"] = json!(ctx.now);
    ctx.store.put_object(agent.clone());
    Ok(Reply::json(200, agent_json(&agent)))
}

/// DELETE archives.
pub(super) fn archive_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let mut agent = find_agent(ctx, req)?;
    agent.json["is_archived"] = json!(true);
    agent.json["modified"] = json!(ctx.now);
    ctx.store.put_object(agent);
    Ok(Reply::empty(204))
}
