//! The steps on what a dialect declares: `agents.list`, `runs.wait`, `evaluate`.

use keywright::{ActionResult, Arguments, Client, EventStream};
use serde_json::{Value, json};

use super::arguments::Taken;
use super::keys::{page, walked};
use super::{Failure, Outcome, OutputRecorder, forms};

pub(super) async fn call(client: &Client, resource: &str, action: &str, mut given: Taken, heard: &OutputRecorder) -> Outcome {
    match (resource, action) {
        ("runs", "list") => called(client, resource, action, given).await,
        ("runs", _) => runs(client, action, given, heard).await,
        ("events", _) => tracking(client, action, given).await,
        ("segments", "members") => {
            let id = given.text("id")?;
            let (page, walk) = page(client, &mut given)?;
            given.end()?;
            walked(client.segments().members(id, page).await?, walk, forms::item).await
        }
        ("segments", "membership") => {
            let user = given.text("user_id")?;
            given.end()?;
            Ok(forms::json(&client.segments().membership(user).await?))
        }
        ("account", "get") => Ok(forms::item_reply(&client.account_settings().get().await?)),
        ("account", "update") => Ok(forms::item_reply(&client.account_settings().update(&given.rest()).await?)),
        ("evaluate", "call") => Ok(forms::json(&client.evaluate(&given.rest()).await?)),
        ("billing", "status") => Ok(forms::json(&client.billing_status().await?)),
        ("me", "get") => Ok(forms::item_reply(&client.me().await?)),
        _ => declared(client, resource, action, given, heard).await,
    }
}

/// The five actions that any resource may have.
async fn declared(client: &Client, resource: &str, action: &str, mut given: Taken, heard: &OutputRecorder) -> Outcome {
    let on = client.resource(resource);
    heard.debug(&on);
    match action {
        "list" => {
            let (page, walk) = page(client, &mut given)?;
            given.end()?;
            let page = on.list(page).await?;
            heard.debug(&page);
            walked(page, walk, forms::item).await
        }
        "create" => Ok(forms::item_reply(&on.create(&given.rest()).await?)),
        "get" => {
            let id = given.text("id")?;
            given.end()?;
            Ok(forms::item_reply(&on.get(id).await?))
        }
        "update" => {
            let id = given.text("id")?;
            Ok(forms::item_reply(&on.update(id, &given.rest()).await?))
        }
        "delete" => {
            let id = given.text("id")?;
            given.end()?;
            Ok(forms::meta(&on.delete(id).await?.meta))
        }
        other => called(client, resource, other, given).await,
    }
}

/// Any other action, by its name: ids are places of the path, the rest is the body.
async fn called(client: &Client, resource: &str, action: &str, mut given: Taken) -> Outcome {
    let mut arguments = Arguments::new();
    for place in ["id", "agent_id"] {
        if let Some(id) = given.text_or_none(place)? {
            arguments = arguments.path_param(place, id);
        }
    }
    let (page, walk) = page(client, &mut given)?;
    let rest = given.rest();
    if rest.as_object().is_some_and(|rest| !rest.is_empty()) {
        arguments = arguments.body(rest);
    }
    match client.resource(resource).call(action, arguments.page(page)).await? {
        ActionResult::Item(item) => Ok(forms::item_reply(&item)),
        ActionResult::Page(page) => walked(page, walk, forms::item).await,
        ActionResult::Json(json) => Ok(forms::json(&json)),
        ActionResult::Nothing(done) => Ok(forms::meta(&done.meta)),
        _ => Err(Failure::Scenario(format!("{resource}.{action} is no step"))),
    }
}

async fn runs(client: &Client, action: &str, mut given: Taken, heard: &OutputRecorder) -> Outcome {
    let runs = client.runs();
    match action {
        "create" => {
            let agent = given.text("agent_id")?;
            Ok(forms::item_reply(&runs.create(agent, &given.rest()).await?))
        }
        "stream" => {
            let agent = given.text("agent_id")?;
            let stream = runs.stream(agent, &given.rest()).await?;
            heard.debug(&stream);
            events(stream).await
        }
        "get" => Ok(forms::item_reply(&runs.get(given.text("id")?).await?)),
        "wait" => Ok(forms::item_reply(&runs.wait(given.text("id")?).await?)),
        "cancel" => Ok(forms::meta(&runs.cancel(given.text("id")?).await?.meta)),
        other => Err(Failure::Scenario(format!("runs.{other} is no step"))),
    }
}

async fn events(mut stream: EventStream) -> Outcome {
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        let event = event?;
        let data = event.json()?;
        events.push(json!({ "event": event.event, "data": data }));
    }
    Ok(json!({ "events": events }))
}

async fn tracking(client: &Client, action: &str, mut given: Taken) -> Outcome {
    let events = client.events();
    match action {
        "track" => Ok(forms::json(&events.track(&given.rest()).await?)),
        "track_batch" => {
            let batch: Vec<Value> = match given.value("events") {
                Some(Value::Array(batch)) => batch,
                _ => return Err(Failure::Scenario("`events` is no list".to_owned())),
            };
            given.end()?;
            Ok(forms::json(&events.track_batch(&batch).await?))
        }
        other => Err(Failure::Scenario(format!("events.{other} is no step"))),
    }
}
