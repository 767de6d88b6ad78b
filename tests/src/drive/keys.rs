//! The steps `keys.*`.

use std::sync::Arc;

use keywright::{
    CallsQuery, Client, Clock, CreateKey, Delivery, Granularity, Keys, OnCancel, Page, PageRequest, Recover, UpdateKey,
    UsageQuery, UsageRange,
};
use serde_json::Value;

use super::arguments::{Taken, duration};
use super::{Failure, Outcome, OutputRecorder, forms};

pub(super) async fn call(
    client: &Client,
    operation: &str,
    mut given: Taken,
    clock: &Arc<dyn Clock>,
    heard: &OutputRecorder,
) -> Outcome {
    let keys = match operation {
        "create" | "rotate" => client.keys().delivery(delivery(&mut given)?),
        "archive" | "delete" | "retire" | "revoke" => {
            client.keys().delivery(Delivery::new().allow_self(given.flag("allow_self")))
        }
        _ => client.keys(),
    };
    let now = clock.now();
    match operation {
        "create" => {
            let made = keys.create(wanted(given, clock)?).await?;
            heard.debug(&made);
            Ok(forms::created(&made, now))
        }
        "list" => {
            let (page, walk) = page(client, &mut given)?;
            given.end()?;
            let page = keys.list(page).await?;
            heard.debug(&page);
            walked(page, walk, |key| forms::key(key, now)).await
        }
        "calls" => {
            let id = given.text("id")?;
            let walk = given.flag("all").then_some(Walk { each: None });
            let page = keys.calls(id, calls(given)?).await?;
            heard.debug(&page);
            walked(page, walk, forms::call_record).await
        }
        "usage" => {
            let id = given.text("id")?;
            let report = keys.usage(id, usage(given)?).await?;
            Ok(forms::with_meta(forms::usage(&report), &report.meta))
        }
        "update" => {
            let id = given.text("id")?;
            let key = keys.update(id, change(given)?).await?;
            Ok(forms::with_meta(forms::key(&key, now), &key.meta))
        }
        _ => by_id(&keys, operation, given, clock, heard).await,
    }
}

/// The operations that take an id and nothing else.
async fn by_id(keys: &Keys, operation: &str, mut given: Taken, clock: &Arc<dyn Clock>, heard: &OutputRecorder) -> Outcome {
    let now = clock.now();
    let id = given.text("id")?;
    given.end()?;
    let key = match operation {
        "get" => keys.get(id).await?,
        "archive" => keys.archive(id).await?,
        "reactivate" => keys.reactivate(id).await?,
        "revoke" => {
            let revoked = keys.revoke(id).await?;
            return Ok(forms::maybe_key(revoked.as_ref(), &revoked.meta, now));
        }
        "retire" => {
            let retired = keys.retire(id).await?;
            return Ok(forms::maybe_key(retired.key.as_ref(), &retired.meta, now));
        }
        "delete" => return Ok(forms::meta(&keys.delete(id).await?.meta)),
        "rotate" => {
            let made = keys.rotate(id).await?;
            heard.debug(&made);
            return Ok(forms::created(&made, now));
        }
        other => return Err(Failure::Scenario(format!("keys.{other} is no step"))),
    };
    heard.debug(&key);
    Ok(forms::with_meta(forms::key(&key, now), &key.meta))
}

/// How a new secret is handed over.
fn delivery(given: &mut Taken) -> Result<Delivery, Failure> {
    let mut delivery = Delivery::new().snapshot(given.flag("snapshot")).allow_self(given.flag("allow_self"));
    if let Some(word) = given.text_or_none("recover")? {
        let recover = Recover::ALL.iter().find(|recover| recover.as_str() == word);
        delivery = delivery.recover(*recover.ok_or_else(|| format!("`{word}` is no recovery"))?);
    }
    if let Some(word) = given.text_or_none("on_cancel")? {
        let on_cancel = OnCancel::ALL.iter().find(|on_cancel| on_cancel.as_str() == word);
        delivery = delivery.on_cancel(*on_cancel.ok_or_else(|| format!("`{word}` is nothing to do with a key"))?);
    }
    Ok(delivery)
}

fn wanted(mut given: Taken, clock: &Arc<dyn Clock>) -> Result<CreateKey, Failure> {
    let mut wanted = CreateKey::new();
    if let Some(name) = given.text_or_none("name")? {
        wanted = wanted.name(name);
    }
    if let Some(scopes) = given.texts("scopes")? {
        wanted = wanted.scopes(scopes);
    }
    if let Some(at) = given.time("expires_at")? {
        wanted = wanted.expires_at(at);
    }
    if let Some(text) = given.text_or_none("expires_in")? {
        let at = clock.now() + duration(&text)?;
        wanted = wanted.expires_at(at);
    }
    given.end()?;
    Ok(wanted)
}

fn change(mut given: Taken) -> Result<UpdateKey, Failure> {
    let mut change = UpdateKey::new();
    if let Some(name) = given.text_or_none("name")? {
        change = change.name(name);
    }
    if let Some(at) = given.time("expires_at")? {
        change = change.expires_at(at);
    }
    for member in given.texts("clear")?.unwrap_or_default() {
        change = match member.as_str() {
            "expires_at" => change.clear_expiry(),
            other => return Err(Failure::Scenario(format!("`{other}` cannot be cleared"))),
        };
    }
    given.end()?;
    Ok(change)
}

fn calls(mut given: Taken) -> Result<CallsQuery, Failure> {
    let mut query = CallsQuery::new();
    if let Some(method) = given.text_or_none("method")? {
        query = query.method(method);
    }
    if let Some(status) = given.count("status")? {
        query = query.status(u16::try_from(status).map_err(|error| error.to_string())?);
    }
    given.end()?;
    Ok(query)
}

fn usage(mut given: Taken) -> Result<UsageQuery, Failure> {
    let mut query = UsageQuery::new();
    let range = match given.text_or_none("range")?.as_deref() {
        None => None,
        Some("24h") => Some(UsageRange::H24),
        Some("7d") => Some(UsageRange::D7),
        Some("30d") => Some(UsageRange::D30),
        Some(other) => return Err(Failure::Scenario(format!("`{other}` is no range"))),
    };
    let custom = match (given.time("from")?, given.time("to")?) {
        (Some(from), Some(to)) => Some(UsageRange::Custom { from, to }),
        _ => None,
    };
    if let Some(range) = range.or(custom) {
        query = query.range(range);
    }
    if let Some(word) = given.text_or_none("granularity")? {
        let granularity = Granularity::ALL.iter().find(|granularity| granularity.as_str() == word);
        query = query.granularity(*granularity.ok_or_else(|| format!("`{word}` is no granularity"))?);
    }
    given.end()?;
    Ok(query)
}

/// A walk over all pages, and what is done on the way to each item of a name.
pub(super) struct Walk<'a> {
    each: Option<(&'a Client, String, String)>,
}

/// Which page, and whether all that follow are walked too.
pub(super) fn page<'a>(client: &'a Client, given: &mut Taken) -> Result<(PageRequest, Option<Walk<'a>>), Failure> {
    let page = PageRequest::new();
    let page = match given.count("page_size")? {
        Some(size) => page.page_size(size),
        None => page,
    };
    let each = match given.text_or_none("each")? {
        Some(operation) => Some((client, operation, given.text("named")?)),
        None => None,
    };
    Ok((page, given.flag("all").then_some(Walk { each })))
}

/// The form of a page, or of all items from it on.
pub(super) async fn walked<T: Unpin>(page: Page<T>, walk: Option<Walk<'_>>, form: impl Fn(&T) -> Value) -> Outcome {
    let Some(Walk { each }) = walk else {
        return Ok(forms::page(page.items.iter().map(form).collect(), page.has_next()));
    };
    let mut items = page.into_stream();
    let mut forms = Vec::new();
    while let Some(item) = items.next().await {
        let item = form(&item?);
        if let Some((client, operation, named)) = &each
            && item["name"] == **named
        {
            removed(client, operation, item["id"].as_str().unwrap_or_default()).await?;
        }
        forms.push(item);
    }
    Ok(forms::page(forms, false))
}

async fn removed(client: &Client, operation: &str, id: &str) -> Result<(), Failure> {
    match operation {
        "keys.archive" => drop(client.keys().archive(id).await?),
        "keys.revoke" => drop(client.keys().revoke(id).await?),
        "keys.retire" => drop(client.keys().retire(id).await?),
        "keys.delete" => drop(client.keys().delete(id).await?),
        "request" => drop(client.delete(format!("/api-keys/{id}")).send().await?),
        other => match other.strip_suffix(".delete") {
            Some(resource) => drop(client.resource(resource).delete(id).await?),
            None => return Err(Failure::Scenario(format!("{other} cannot be done to each"))),
        },
    }
    Ok(())
}
