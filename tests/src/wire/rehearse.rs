//! Goes through an example and all that it is built on without any peer.
//!
//! Answers are sampled, so every reference of an example must be met by what stands in the files.

use serde_json::{Map, Value, json};

use super::example::{Example, Given};
use super::sample::{sample, secret_form};
use super::template::Names;
use crate::http::Answer;

/// What the run of an example knows before its request, every answer being a sample.
///
/// # Errors
/// When an example refers to something that nothing before it provides.
pub fn rehearse(example: &Example) -> Result<Names, String> {
    let mut names = Names::default();
    names.set("world", sample_world(&example.service)?);
    prepare(example, &mut names)?;
    Ok(names)
}

fn prepare(example: &Example, names: &mut Names) -> Result<(), String> {
    let given = example.given.iter().filter_map(|given| match given {
        Given::Example { name, file, .. } => Some((name.as_ref(), file)),
        Given::Clock(_)
        | Given::Advance(_)
        | Given::Plan(_)
        | Given::Downgrade(_)
        | Given::Variant(_)
        | Given::Credits(_)
        | Given::Limit { .. }
        | Given::Inactive(_) => None,
    });
    let first = example.first.iter().map(|first| (Some(&first.name), &first.file));
    for (name, file) in given.chain(first) {
        if name.is_some_and(|name| names.has(name)) {
            continue;
        }
        let other = super::one(&example.service, file)?;
        prepare(&other, names)?;
        let answer = sample(&other.response, names, &other.service)?;
        if let Some(name) = name {
            names.set(name, kept(&answer));
        }
    }
    Ok(())
}

/// An answer as later examples refer to it: its JSON, and `cookie` with what it set.
#[must_use]
pub fn kept(answer: &Answer) -> Value {
    let mut value: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    let cookies: Map<String, Value> = answer.cookies().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    if let (Value::Object(members), false) = (&mut value, cookies.is_empty()) {
        members.insert("cookie".to_owned(), Value::Object(cookies));
    }
    value
}

/// What a world of the service could hand out, made up.
///
/// # Errors
/// When the service is not known here.
pub fn sample_world(service: &str) -> Result<Value, String> {
    let mut world = json!({
        "api_key": secret_form(service)?.sample(),
        "tenant_slug": "acme",
        "account_id": "acc_1",
        "subaccount_id": "acc_2",
        "agent_id": "ag_1",
    });
    match service {
        "seenty" => world["management"] = json!("owner-token-of-the-sample"),
        "segops" | "sidclaw" => {
            world["email"] = json!("owner@example.test");
            world["password"] = json!("correct horse battery staple");
        }
        _ => {}
    }
    Ok(world)
}
