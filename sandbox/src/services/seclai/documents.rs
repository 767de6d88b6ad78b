//! Seclai's knowledge bases and the sources that they are made of.
//!
//! Bodies, answers and statuses are those of the service's own Python client 1.8.0.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::{AGENT_PAGE, ONE_ACCOUNT, detail, find, page, page_numbers, put};
use crate::ctx::{Ctx, Field, Fields};
use crate::service::{Answer, Problem, Refusal, Reply, Request};
use crate::store::Object;

const SOURCE_TYPES: [&str; 6] = ["rss_feed", "website", "custom_index", "cloud_drive", "email", "file_uploads"];

/// From this version of the API on, every list has the same shape.
const ONE_ENVELOPE: &str = "2026-07-27";

const BASE_SETTINGS: [Field; 4] = [
    Field::text("reranker_model").nullable(),
    Field::number("default_score_threshold").nullable(),
    Field::number("default_top_k").nullable(),
    Field::number("default_top_n").nullable(),
];

/// What a new source may be told beside its name and type.
const SOURCE_SETTINGS: [Field; 20] = [
    Field::text("content_filter").nullable(),
    Field::text("polling").nullable(),
    Field::text("polling_action").nullable(),
    Field::number("polling_max_items").nullable(),
    Field::number("retention").nullable(),
    Field::number("chunk_overlap").nullable(),
    Field::number("chunk_size").nullable(),
    Field::number("dimensions").nullable(),
    Field::text("embedding_model").nullable(),
    Field::text("index_mode").nullable(),
    Field::flag("document_images").nullable(),
    Field::list("feed_attachments").nullable(),
    Field::list("media_types").nullable(),
    Field::list("email_allowed_senders").nullable(),
    Field::text("cloud_drive_connection_id").nullable(),
    Field::text("cloud_drive_content_types").nullable(),
    Field::text("cloud_drive_folder_path").nullable(),
    Field::number("cloud_drive_max_file_mb").nullable(),
    Field::text("cloud_drive_path_pattern").nullable(),
    Field::text("url_id").nullable(),
];

/// What may be changed of a source.
const SOURCE_CHANGES: [Field; 11] = [
    Field::text("name").nullable(),
    Field::text("polling").nullable(),
    Field::number("retention_days").nullable(),
    Field::flag("document_images").nullable(),
    Field::list("feed_attachments").nullable(),
    Field::list("media_types").nullable(),
    Field::list("email_allowed_senders").nullable(),
    Field::text("cloud_drive_content_types").nullable(),
    Field::text("cloud_drive_folder_path").nullable(),
    Field::number("cloud_drive_max_file_mb").nullable(),
    Field::text("cloud_drive_path_pattern").nullable(),
];

// Knowledge bases

/// Below version 2026-07-27, and without one, the list stands under a name of its own.
pub(super) fn list_bases(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let bases = sorted(ctx, req, "knowledge_base")?;
    let shown: Vec<Value> = bases.iter().map(|base| base_json(ctx, base)).collect();
    if req.header("seclai-version").is_some_and(|version| version >= ONE_ENVELOPE) {
        return page(ctx, req, shown, AGENT_PAGE);
    }
    let (number, limit) = page_numbers(ctx, req, AGENT_PAGE)?;
    let total = shown.len();
    let skip = (number - 1).saturating_mul(limit);
    let shown: Vec<Value> = shown.into_iter().skip(skip as usize).take(limit as usize).collect();
    Ok(Reply::json(200, json!({ "knowledge_bases": shown, "total": total, "page": number, "limit": limit })))
}

pub(super) fn create_base(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let first = [Field::text("name").required(), Field::list("source_ids").required(), Field::text("description").nullable()];
    let body = ctx.body(req, &[&first[..], &BASE_SETTINGS].concat())?;
    check_sources(ctx, &body)?;
    let base = stored(ctx, "knowledge_base", body);
    Ok(Reply::json(201, base_json(ctx, &base)))
}

pub(super) fn get_base(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let base = find_base(ctx, req)?;
    Ok(Reply::json(200, base_json(ctx, &base)))
}

pub(super) fn update_base(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let base = find_base(ctx, req)?;
    let first = [Field::text("name").nullable(), Field::list("source_ids").nullable(), Field::text("description").nullable()];
    let body = ctx.body(req, &[&first[..], &BASE_SETTINGS].concat())?;
    check_sources(ctx, &body)?;
    let base = changed(ctx, base, body);
    Ok(Reply::json(200, base_json(ctx, &base)))
}

pub(super) fn delete_base(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let base = find_base(ctx, req)?;
    ctx.store.delete_object("seclai", "knowledge_base", &base.id);
    Ok(Reply::empty(204))
}

fn find_base(ctx: &mut Ctx<'_>, req: &Request) -> Result<Object, Reply> {
    find(ctx, "knowledge_base", req.param("id"), "Knowledge base not found")
}

/// A knowledge base is made of sources that the caller has.
fn check_sources(ctx: &mut Ctx<'_>, body: &Fields) -> Result<(), Reply> {
    for id in body.get("source_ids").and_then(Value::as_array).into_iter().flatten() {
        let Some(id) = id.as_str() else {
            return Err(ctx.refuse(Refusal::Member { name: "source_ids", problem: Problem::Type("list of ids") }));
        };
        find(ctx, "source", id, "Source not found")?;
    }
    Ok(())
}

fn base_json(ctx: &Ctx<'_>, base: &Object) -> Value {
    let ids = base.json["source_ids"].as_array().into_iter().flatten().filter_map(Value::as_str);
    // A source that was deleted since is in no knowledge base.
    let sources = ids.filter_map(|id| ctx.store.object("seclai", "source", id)).map(|source| {
        json!({ "id": source.id, "name": source.json["name"], "source_type": source.json["source_type"], "url": "",
            "polling": source.json["polling"] })
    });
    let sources: Vec<Value> = sources.collect();
    let of = |name: &str| base.json[name].clone();
    json!({ "id": base.id, "name": of("name"), "description": of("description"), "sources": sources, "readonly": false,
        "reranker_model": of("reranker_model"), "default_score_threshold": of("default_score_threshold"),
        "default_top_k": of("default_top_k"), "default_top_n": of("default_top_n"),
        "created_at": base.created, "updated_at": updated(base) })
}

// Sources

/// `account_id` is only allowed where it is the caller's own.
pub(super) fn list_sources(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let own = req.query("account_id").is_none_or(|account| account == ctx.caller.account);
    ctx.check(&ONE_ACCOUNT, own, || detail(403, "This key does not have access to the resource"))?;
    let sources = sorted(ctx, req, "source")?;
    page(ctx, req, sources.iter().map(source_json).collect(), AGENT_PAGE)
}

pub(super) fn create_source(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let first = [Field::text("name").required(), Field::text("source_type").required()];
    let mut body = ctx.body(req, &[&first[..], &SOURCE_SETTINGS].concat())?;
    if body.text("source_type").is_none_or(|kind| !SOURCE_TYPES.contains(&kind)) {
        return Err(detail(400, "Unknown source type"));
    }
    // The older word for the same.
    if body.text("source_type") == Some("file_uploads") {
        body.0.insert("source_type".to_owned(), json!("custom_index"));
    }
    let source = stored(ctx, "source", body);
    Ok(Reply::json(201, source_json(&source)))
}

pub(super) fn get_source(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    Ok(Reply::json(200, source_json(&find_source(ctx, req)?)))
}

pub(super) fn update_source(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let source = find_source(ctx, req)?;
    let mut body = ctx.body(req, &SOURCE_CHANGES)?;
    if let Some(days) = body.0.remove("retention_days") {
        body.0.insert("retention".to_owned(), days);
    }
    Ok(Reply::json(200, source_json(&changed(ctx, source, body))))
}

pub(super) fn delete_source(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let source = find_source(ctx, req)?;
    ctx.store.delete_object("seclai", "source", &source.id);
    Ok(Reply::empty(204))
}

fn find_source(ctx: &mut Ctx<'_>, req: &Request) -> Result<Object, Reply> {
    find(ctx, "source", req.param("id"), "Source not found")
}

fn source_json(source: &Object) -> Value {
    let mut json = json!({ "id": source.id, "account_id": source.account, "content_filter": "none", "next_poll_at": null,
        "pulled_at": null, "url": null, "content_count": 0, "readonly": false,
        "created_at": source.created, "updated_at": updated(source) });
    for name in ["name", "source_type", "polling", "polling_action", "polling_max_items", "retention"] {
        json[name] = source.json[name].clone();
    }
    for (name, value) in
        source.json.as_object().into_iter().flatten().filter(|(name, _)| !["url_id", "updated"].contains(&name.as_str()))
    {
        if !value.is_null() {
            json[name] = value.clone();
        }
    }
    json
}

// Both

fn stored(ctx: &mut Ctx<'_>, kind: &str, body: Fields) -> Object {
    let (id, account) = (ctx.uuid(), ctx.caller.account.clone());
    put(ctx, kind, &id, &account, Value::Object(body.0))
}

/// Puts what was given over what was there; `null` leaves it.
fn changed(ctx: &mut Ctx<'_>, mut object: Object, body: Fields) -> Object {
    let given: Map<String, Value> = body.0.into_iter().filter(|(_, value)| !value.is_null()).collect();
    for (name, value) in given {
        object.json[name] = value;
    }
    object.json["updated"] = json!(ctx.now);
    ctx.store.put_object(object.clone());
    object
}

fn updated(object: &Object) -> Value {
    if object.json["updated"].is_null() { json!(object.created) } else { object.json["updated"].clone() }
}

/// The caller's objects of a kind, in the order that the query asks for.
fn sorted(ctx: &mut Ctx<'_>, req: &Request, kind: &str) -> Result<Vec<Object>, Reply> {
    let by = req.query("sort").unwrap_or("created_at");
    let order = req.query("order").unwrap_or("desc");
    let wrong = if !["created_at", "updated_at", "name"].contains(&by) {
        Some(("sort", "Input should be created_at, updated_at or name"))
    } else if !["asc", "desc"].contains(&order) {
        Some(("order", "Input should be asc or desc"))
    } else {
        None
    };
    if let Some((name, text)) = wrong {
        return Err(ctx.refuse(Refusal::Query { name, problem: Problem::Value(text) }));
    }
    // Newest first as they come, so that equal times keep that order.
    let mut objects = ctx.store.objects("seclai", kind, &ctx.caller.account);
    let key = |object: &Object| match by {
        "name" => object.json["name"].as_str().unwrap_or_default().to_owned(),
        "updated_at" => updated(object).as_str().unwrap_or_default().to_owned(),
        _ => json!(object.created).as_str().unwrap_or_default().to_owned(),
    };
    if order == "desc" {
        objects.sort_by_key(|object| Reverse(key(object)));
    } else {
        objects.reverse();
        objects.sort_by_key(key);
    }
    Ok(objects)
}
