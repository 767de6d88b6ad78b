//! Key operations and the actions of resources.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::Method;

use super::{Context, Wrong, at, endpoint, header, pointer, source};
use crate::dialect::schema::{self, ActionBody, Returns};
use crate::dialect::spec::*;
use crate::dialect::template::Template;
use crate::model::op::KeyOp;
use crate::retry::Safety;

pub(super) fn keys(ops: BTreeMap<String, schema::Op>, context: &Context) -> std::result::Result<BTreeMap<KeyOp, Support>, Wrong> {
    let mut compiled = BTreeMap::new();
    let mut same = Vec::new();
    for (name, op) in ops {
        let key = format!("op.{name}");
        let key_op = KeyOp::ALL
            .iter()
            .copied()
            .find(|op| op.as_str() == name)
            .ok_or_else(|| (key.clone(), "is not a key operation".to_owned()))?;
        let known = at(format!("{key}.source"), source(&op.source))?;
        match (&op.http, &op.unsupported, &op.same_as) {
            (Some(_), None, None) => {
                let spec = compile_op(key_op, op, known, context).map_err(|reason| (key, reason))?;
                compiled.insert(key_op, Support::Yes(Arc::new(spec)));
            }
            (None, Some(remedy), None) => {
                compiled.insert(key_op, Support::No { remedy: remedy.clone(), source: known });
            }
            (None, None, Some(other)) => same.push((key, key_op, other.clone())),
            _ => return Err((key, "needs exactly one of `http`, `unsupported` and `same_as`".into())),
        }
    }
    for (key, key_op, other) in same {
        let spec = compiled.iter().find_map(|(op, support)| match support {
            Support::Yes(spec) if op.as_str() == other => Some(Arc::clone(spec)),
            Support::Yes(_) | Support::No { .. } => None,
        });
        let spec =
            spec.ok_or_else(|| (format!("{key}.same_as"), format!("`{other}` is not an operation that this service has")))?;
        compiled.insert(key_op, Support::Yes(spec));
    }
    Ok(compiled)
}

fn compile_op(key_op: KeyOp, op: schema::Op, known: Provenance, context: &Context) -> std::result::Result<OpSpec, String> {
    let http = op.http.unwrap_or_default();
    let (method, path) = endpoint(&http)?;
    let path = Template::parse(path)?;
    let given: &[&str] = match key_op {
        KeyOp::Create | KeyOp::List => &[],
        KeyOp::Get
        | KeyOp::Update
        | KeyOp::Archive
        | KeyOp::Revoke
        | KeyOp::Reactivate
        | KeyOp::Rotate
        | KeyOp::Delete
        | KeyOp::Calls
        | KeyOp::Usage => &["id"],
    };
    if let Some(place) = path.places().find(|place| !given.contains(place)) {
        return Err(format!("the path has a place `{{{place}}}` that `keys.{key_op}` does not fill"));
    }
    let (returns, page) = match key_op {
        KeyOp::List | KeyOp::Calls => (Returns::Page, Some(context.page(op.page.as_deref().unwrap_or("default"))?)),
        KeyOp::Delete => (Returns::Nothing, None),
        KeyOp::Usage => (Returns::Json, None),
        KeyOp::Create | KeyOp::Get | KeyOp::Update | KeyOp::Archive | KeyOp::Revoke | KeyOp::Reactivate | KeyOp::Rotate => {
            (Returns::Item, None)
        }
    };
    let safety = op.resend.unwrap_or_else(|| safety_of(&method));
    if matches!(key_op, KeyOp::Create | KeyOp::Rotate) && safety != Safety::Never {
        return Err("`resend` must be \"never\": a repeated create or rotate makes a second secret".to_owned());
    }
    known_names("body", &op.body, body_names(key_op), key_op)?;
    known_names("query", &op.query, query_names(key_op), key_op)?;
    let body = if op.body.is_empty() { BodyRule::None } else { BodyRule::Members(members(op.body)) };
    Ok(OpSpec {
        name: format!("keys.{key_op}"),
        bucket: context.bucket(op.bucket, &method),
        query: members(op.query),
        body,
        safety,
        plane: Plane::Manage,
        page,
        returns,
        answer: pointer(op.answer.unwrap_or_else(|| context.object.clone()))?,
        idempotency: op.idempotency.as_deref().map(header).transpose()?,
        needs: op.needs,
        irreversible: op.irreversible,
        at_most: None,
        wait: None,
        source: known,
        http,
        method,
        path,
    })
}

/// What a caller can say in the body of a key operation, in our words.
fn body_names(op: KeyOp) -> &'static [&'static str] {
    match op {
        KeyOp::Create => &["name", "scopes", "expires_at", "account"],
        KeyOp::Update => &["name", "expires_at", "account"],
        KeyOp::Archive | KeyOp::Revoke | KeyOp::Reactivate | KeyOp::Rotate | KeyOp::Delete => &["account"],
        KeyOp::List | KeyOp::Get | KeyOp::Calls | KeyOp::Usage => &[],
    }
}

/// What a caller can say in the query of a key operation, in our words. Pages are not among them.
fn query_names(op: KeyOp) -> &'static [&'static str] {
    match op {
        KeyOp::Calls => &["method", "status", "endpoint", "from", "to"],
        KeyOp::Usage => &["from", "to", "granularity"],
        KeyOp::Create
        | KeyOp::List
        | KeyOp::Get
        | KeyOp::Update
        | KeyOp::Archive
        | KeyOp::Revoke
        | KeyOp::Reactivate
        | KeyOp::Rotate
        | KeyOp::Delete => &[],
    }
}

/// A member that no caller can fill would make every call fail, or be left out of every call.
fn known_names(table: &str, members: &BTreeMap<String, String>, known: &[&str], op: KeyOp) -> std::result::Result<(), String> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) if known.is_empty() => Err(format!("`{table}` has `{name}`, but `keys.{op}` has nothing to put there")),
        Some(name) => Err(format!("`{table}` has `{name}`, but `keys.{op}` knows only {}", known.join(", "))),
        None => Ok(()),
    }
}

/// What may be sent again when the dialect does not say: reading is safe, deleting repeats itself.
fn safety_of(method: &Method) -> Safety {
    match *method {
        Method::GET => Safety::Safe,
        Method::DELETE | Method::PUT => Safety::Idempotent,
        _ => Safety::Never,
    }
}

fn members(table: BTreeMap<String, String>) -> Vec<Member> {
    table.into_iter().map(|(ours, theirs)| member(ours, &theirs)).collect()
}

fn member(ours: String, theirs: &str) -> Member {
    let optional = theirs.ends_with('?');
    Member { ours, theirs: theirs.trim_end_matches('?').to_owned(), optional }
}

fn same_member(name: &str) -> Member {
    member(name.trim_end_matches('?').to_owned(), name)
}

type Resources = BTreeMap<String, BTreeMap<String, Arc<OpSpec>>>;

pub(super) fn resources(
    resources: BTreeMap<String, BTreeMap<String, schema::Action>>,
    context: &Context,
) -> std::result::Result<Resources, Wrong> {
    let mut compiled = Resources::new();
    for (resource, actions) in resources {
        let (polls, plain): (Vec<_>, Vec<_>) = actions.into_iter().partition(|(_, action)| action.poll.is_some());
        let mut specs = BTreeMap::new();
        for (name, action) in plain {
            let spec = compile_action(&resource, &name, action, context)
                .map_err(|reason| (format!("resource.{resource}.{name}"), reason))?;
            specs.insert(name, Arc::new(spec));
        }
        for (name, action) in polls {
            let key = format!("resource.{resource}.{name}");
            let polled = action
                .poll
                .as_deref()
                .and_then(|poll| specs.get(poll))
                .ok_or_else(|| (key.clone(), "`poll` must name another action of this resource".to_owned()))?;
            let spec = at(key, compile_wait(&resource, &name, &action, polled))?;
            specs.insert(name, Arc::new(spec));
        }
        compiled.insert(resource, specs);
    }
    Ok(compiled)
}

fn compile_action(resource: &str, name: &str, action: schema::Action, context: &Context) -> std::result::Result<OpSpec, String> {
    let http = action.http.ok_or("needs `http`")?;
    let (method, path) = endpoint(&http)?;
    let returns = action.returns.unwrap_or(match (name, &method) {
        ("list", _) => Returns::Page,
        (_, &Method::DELETE) => Returns::Nothing,
        (_, _) => Returns::Item,
    });
    let page = match returns {
        Returns::Page => Some(context.page(action.page.as_deref().unwrap_or("default"))?),
        Returns::Item | Returns::Json | Returns::Nothing | Returns::Events => None,
    };
    let body = match action.body {
        None | Some(ActionBody::Any(false)) => BodyRule::None,
        Some(ActionBody::Any(true)) => BodyRule::Any,
        Some(ActionBody::Named(names)) => BodyRule::Members(names.iter().map(|name| same_member(name)).collect()),
    };
    Ok(OpSpec {
        name: if name == "call" { resource.to_owned() } else { format!("{resource}.{name}") },
        path: Template::parse(path)?,
        query: action.query.iter().map(|name| same_member(name)).collect(),
        body,
        safety: action.resend.unwrap_or_else(|| safety_of(&method)),
        plane: Plane::Use,
        bucket: context.bucket(action.bucket, &method),
        page,
        returns,
        answer: pointer(action.answer.unwrap_or_else(|| context.object.clone()))?,
        idempotency: None,
        needs: Vec::new(),
        irreversible: false,
        at_most: action.at_most,
        wait: None,
        source: source(&action.source)?,
        http,
        method,
    })
}

/// A wait is its poll, repeated: the same request, and when to stop.
fn compile_wait(resource: &str, name: &str, action: &schema::Action, polled: &OpSpec) -> std::result::Result<OpSpec, String> {
    let every = action.every.filter(|every| (0.1..=3600.0).contains(every)).ok_or("needs `every`, 0.1 to 3600 seconds")?;
    if action.done.is_empty() || action.http.is_some() {
        return Err("needs `done`, the final statuses, and no `http`: it polls another action".to_owned());
    }
    Ok(OpSpec {
        name: format!("{resource}.{name}"),
        http: polled.http.clone(),
        method: polled.method.clone(),
        path: polled.path.clone(),
        query: polled.query.clone(),
        body: BodyRule::None,
        safety: polled.safety,
        plane: Plane::Use,
        bucket: Arc::clone(&polled.bucket),
        page: None,
        returns: Returns::Item,
        answer: polled.answer.clone(),
        idempotency: None,
        needs: Vec::new(),
        irreversible: false,
        at_most: None,
        wait: Some(WaitSpec { done: action.done.clone(), every: Duration::from_secs_f64(every) }),
        source: source(&action.source)?,
    })
}
