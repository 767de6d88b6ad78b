//! From a dialect as written to a dialect that makes sense, table by table.
//!
//! Every refusal names the key of the file and says what is wrong with it.

mod auth;
mod check;
mod ops;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::{HeaderName, Method};

pub(in crate::dialect) use auth::shapes as auth_shapes;

use super::schema::{self, AccountPlace, ErrorPointers, Names, PageStyle, PlanLimit};
use super::spec::*;
use crate::checks::mask::Shapes;
use crate::model::error::ErrorKind;
use crate::model::op::KeyOp;

/// The key of the file that is wrong, and why.
type Wrong = (String, String);

/// Attaches the key to a reason.
fn at<T>(key: impl Into<String>, result: std::result::Result<T, String>) -> std::result::Result<T, Wrong> {
    result.map_err(|reason| (key.into(), reason))
}

pub(super) fn compile(file: schema::File, variant: &str) -> std::result::Result<Spec, Wrong> {
    if file.service.base_url.is_none() && file.service.no_base_url.is_none() {
        return Err(("service.base_url".into(), "is missing (or say in `no_base_url` why there is none)".into()));
    }
    at("service.base_url_env", file.service.base_url_env.iter().try_for_each(|name| auth::variable(name)))?;
    let read_bucket: Arc<str> = file.throttle.read.as_deref().unwrap_or("all").into();
    let write_bucket: Arc<str> = file.throttle.write.as_deref().unwrap_or("all").into();
    let pages = compile_pages(file.page)?;
    let context = Context {
        pages,
        read_bucket: Arc::clone(&read_bucket),
        write_bucket: Arc::clone(&write_bucket),
        object: file.answer.object,
    };
    let keys = ops::keys(file.op, &context)?;
    let resources = ops::resources(file.resource, &context)?;
    let retire = compile_retire(&file.retire.steps, &keys)?;
    let refusals: Vec<_> = file.refusal.into_iter().map(compile_refusal).collect::<std::result::Result<_, _>>()?;
    let account = compile_account(file.account)?;
    check::references(&keys, &resources, &refusals, &file.retire.next_on)?;
    check::account_paths(&account, &keys, &resources)?;
    let shapes = Shapes::of(auth::shapes(&file.auth).map(str::to_owned));
    Ok(Spec {
        id: at("service.id", check_id(&file.service.id)).map(|()| file.service.id.as_str().into())?,
        title: file.service.title,
        variant: variant.to_owned(),
        base_url: file.service.base_url,
        no_base_url: file.service.no_base_url,
        base_url_env: file.service.base_url_env,
        base_path_drop: at("service.base_path_drop", file.service.base_path_drop.map(slashed).transpose())?,
        docs_url: file.service.docs_url,
        source: at("service.source", source(&file.service.source))?,
        request_id: at("service.request_id", header(file.service.request_id.as_deref().unwrap_or("x-request-id")))?,
        auth: auth::compile(file.auth)?,
        shapes,
        account,
        unavailable_before_handler: file.throttle.unavailable_before_handler,
        read_bucket,
        write_bucket,
        error: compile_error(file.error)?,
        key: compile_key(file.key)?,
        keys,
        retire,
        retire_next_on: file.retire.next_on,
        refusals,
        item: file.item,
        resources,
        client: file.client,
    })
}

/// What every operation may refer to.
struct Context {
    pages: BTreeMap<String, Arc<PageSpec>>,
    read_bucket: Arc<str>,
    write_bucket: Arc<str>,
    object: String,
}

impl Context {
    fn page(&self, name: &str) -> std::result::Result<Arc<PageSpec>, String> {
        self.pages.get(name).cloned().ok_or_else(|| format!("there is no `[page.{name}]`"))
    }

    fn bucket(&self, named: Option<String>, method: &Method) -> Arc<str> {
        match named {
            Some(name) => name.into(),
            None if *method == Method::GET => Arc::clone(&self.read_bucket),
            None => Arc::clone(&self.write_bucket),
        }
    }
}

fn check_id(id: &str) -> std::result::Result<(), String> {
    let fits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if fits { Ok(()) } else { Err("must be lower-case letters, digits and underscores".to_owned()) }
}

fn header(name: &str) -> std::result::Result<HeaderName, String> {
    name.parse().map_err(|_| format!("`{}` is not a header name", name.escape_debug()))
}

fn pointer(text: String) -> std::result::Result<String, String> {
    if text.is_empty() || text.starts_with('/') {
        Ok(text)
    } else {
        Err(format!("`{text}` must be a JSON pointer: empty, or beginning with `/`"))
    }
}

/// The beginning of a path.
fn slashed(text: String) -> std::result::Result<String, String> {
    if text.starts_with('/') { Ok(text) } else { Err(format!("`{text}` must begin with `/`")) }
}

fn pointers(key: &str, texts: Vec<String>) -> std::result::Result<Vec<String>, Wrong> {
    texts.into_iter().map(|text| at(key, pointer(text))).collect()
}

fn source(text: &str) -> std::result::Result<Provenance, String> {
    match text.split_once(':') {
        None if text == "documented" => Ok(Provenance::Documented(None)),
        Some(("documented", row)) if !row.is_empty() => Ok(Provenance::Documented(Some(row.to_owned()))),
        None if text == "observed" => Ok(Provenance::Observed),
        None if text == "assumed" => Ok(Provenance::Assumed),
        None | Some(_) => Err(format!("`{text}` must be documented, documented:<row>, observed or assumed")),
    }
}

fn endpoint(text: &str) -> std::result::Result<(Method, &str), String> {
    let (method, path) = text.split_once(' ').ok_or_else(|| format!("`{text}` must be a method, a space and a path"))?;
    let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let method = known
        .into_iter()
        .find(|known| known.as_str() == method)
        .ok_or_else(|| format!("`{method}` must be GET, POST, PUT, PATCH or DELETE"))?;
    Ok((method, path))
}

fn compile_pages(pages: BTreeMap<String, schema::Page>) -> std::result::Result<BTreeMap<String, Arc<PageSpec>>, Wrong> {
    let mut compiled = BTreeMap::new();
    for (name, page) in pages {
        let key = format!("page.{name}");
        let needs_position = page.style != PageStyle::Single;
        if needs_position && page.position.is_none() {
            return Err((key, "needs `position`, the query parameter that names the next page".into()));
        }
        if needs_position && page.more.is_none() && page.total.is_none() {
            return Err((key, "needs `more` or `total`, to know whether a page follows".into()));
        }
        if page.style == PageStyle::Cursor && page.more.is_none() {
            return Err((key, "needs `more`, where the next cursor stands".into()));
        }
        for text in [page.source.as_deref()].into_iter().flatten() {
            at(&key, source(text))?;
        }
        let spec = PageSpec {
            style: page.style,
            items: at(&key, pointer(page.items))?,
            size: page.size,
            position: page.position,
            more: page.more.map(|text| at(&key, pointer(text))).transpose()?,
            total: page.total.map(|text| at(&key, pointer(text))).transpose()?,
            sizes: page.sizes,
            max: page.max,
        };
        compiled.insert(name, Arc::new(spec));
    }
    Ok(compiled)
}

fn compile_retire(steps: &[String], keys: &BTreeMap<KeyOp, Support>) -> std::result::Result<Vec<KeyOp>, Wrong> {
    steps
        .iter()
        .map(|step| {
            let allowed = [KeyOp::Delete, KeyOp::Archive, KeyOp::Revoke].into_iter().find(|op| op.as_str() == step);
            let op = allowed.ok_or_else(|| format!("`{step}` must be delete, archive or revoke"));
            let op = op.and_then(|op| match keys.get(&op) {
                Some(Support::Yes(_)) => Ok(op),
                Some(Support::No { .. }) | None => Err(format!("`{step}` is not an operation that this service has")),
            });
            at("retire.steps", op)
        })
        .collect()
}

fn compile_refusal((name, refusal): (String, schema::Refusal)) -> std::result::Result<RefusalSpec, Wrong> {
    let key = format!("refusal.{name}");
    let kind = ErrorKind::ALL.iter().copied().find(|kind| kind.as_str() == refusal.kind);
    let kind = kind.ok_or_else(|| (format!("{key}.kind"), format!("`{}` is not a kind of error", refusal.kind)))?;
    at(format!("{key}.source"), source(&refusal.source))?;
    if refusal.status.is_none() && refusal.code.is_none() {
        return Err((key, "needs `status` or `code`".into()));
    }
    Ok(RefusalSpec {
        reason: refusal.reason.unwrap_or(name),
        status: refusal.status,
        code: refusal.code,
        message: refusal.message,
        message_has: refusal.message_has,
        op: refusal.op,
        kind,
        remedy: refusal.remedy,
    })
}

fn compile_account(account: schema::Account) -> std::result::Result<AccountRule, Wrong> {
    for text in [account.source.as_deref()].into_iter().flatten() {
        at("account.source", source(text))?;
    }
    let need = |value: Option<String>, name: &str| value.ok_or_else(|| (format!("account.{name}"), "is missing".to_owned()));
    match account.place {
        AccountPlace::None => Ok(AccountRule::None),
        AccountPlace::Header => Ok(AccountRule::Header { name: at("account.name", header(&need(account.name, "name")?))? }),
        AccountPlace::Body => Ok(AccountRule::Body { required: need(account.required, "required")? }),
        AccountPlace::Path => {
            let template = need(account.path, "path")?;
            match template.strip_suffix("{account}") {
                Some(before) if before.starts_with('/') => Ok(AccountRule::Path {
                    template: before.to_owned(),
                    plain: at("account.plain", account.plain.map(slashed).transpose())?.unwrap_or_default(),
                    me: need(account.me, "me")?,
                    reserved: account.reserved,
                }),
                Some(_) | None => Err(("account.path".into(), "must begin with `/` and end in `{account}`".into())),
            }
        }
    }
}

fn compile_error(error: ErrorPointers) -> std::result::Result<ErrorPointers, Wrong> {
    Ok(ErrorPointers {
        message: pointers("error.message", error.message)?,
        code: pointers("error.code", error.code)?,
        fields: pointers("error.fields", error.fields)?,
        limit: pointers("error.limit", error.limit)?,
        retry_after: error.retry_after.map(|text| at("error.retry_after", pointer(text))).transpose()?,
    })
}

fn compile_key(key: schema::KeyShape) -> std::result::Result<KeyMap, Wrong> {
    let several = |names: Option<Names>| names.map(Names::into_vec).unwrap_or_default();
    let needed = |field: &str, names: Names| match names.into_vec() {
        names if names.is_empty() => Err((format!("key.{field}"), "must name at least one member".to_owned())),
        names => Ok(names),
    };
    if key.status.is_empty() {
        return Err(("key.status".into(), "needs at least one rule".into()));
    }
    Ok(KeyMap {
        id: needed("id", key.id)?,
        name: needed("name", key.name)?,
        secret: needed("secret", key.secret)?,
        prefix: several(key.prefix),
        scopes: several(key.scopes),
        account_id: several(key.account_id),
        created_at: several(key.created_at),
        last_used_at: several(key.last_used_at),
        expires_at: several(key.expires_at),
        archived_at: several(key.archived_at),
        revoked_at: several(key.revoked_at),
        status: key.status,
        labels: key.labels,
        known_scopes: key.known_scopes,
        scope_presets: key.scope_presets,
        plan_limits: key.plan_limits.into_iter().map(plan_limit).collect::<std::result::Result<_, _>>()?,
    })
}

fn plan_limit((plan, limit): (String, PlanLimit)) -> std::result::Result<(String, Option<u64>), Wrong> {
    match limit {
        PlanLimit::Keys(keys) => Ok((plan, Some(keys))),
        PlanLimit::Word(word) if word == "unlimited" => Ok((plan, None)),
        PlanLimit::Word(word) => Err((format!("key.plan_limits.{plan}"), format!("`{word}` must be a number or \"unlimited\""))),
    }
}
