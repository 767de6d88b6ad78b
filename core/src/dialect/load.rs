//! From the text of a dialect file to a checked [`Dialect`].
//!
//! Everything that can be wrong is found here, with file, key and reason, so that `plan` and
//! `read` never meet a dialect that does not make sense.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{HeaderName, Method};
use serde::Deserialize as _;

use super::schema::{self, AccountPlace, ActionBody, Names, PageStyle, Returns};
use super::spec::*;
use super::template::{AccountPart, Template};
use crate::error::{Error, ErrorKind, Result};
use crate::op::KeyOp;
use crate::retry::Safety;

const FILES: [(&str, &str); 5] = [
    ("seclai", include_str!("../../dialects/seclai.toml")),
    ("segops", include_str!("../../dialects/segops.toml")),
    ("sidclaw", include_str!("../../dialects/sidclaw.toml")),
    ("seenty", include_str!("../../dialects/seenty.toml")),
    ("itellico", include_str!("../../dialects/itellico.toml")),
];

/// The variant that the service's page describes.
const DOCUMENTED: &str = "documented";

impl Dialect {
    /// A built-in service, as its page documents it. Parsed once per process.
    ///
    /// # Errors
    /// `config` when there is no such service.
    pub fn builtin(id: &str) -> Result<Self> {
        static PARSED: [OnceLock<Dialect>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
        let place = FILES.iter().position(|(name, _)| *name == id).ok_or_else(|| unknown_service(id))?;
        if let Some(dialect) = PARSED[place].get() {
            return Ok(dialect.clone());
        }
        let dialect = load(&format!("{id}.toml"), FILES[place].1, DOCUMENTED)?;
        Ok(PARSED[place].get_or_init(|| dialect).clone())
    }

    /// A built-in service in one of its variants: `documented`, or `live` for what the running
    /// service is known to do differently from its page.
    ///
    /// # Errors
    /// `config` when there is no such service or it has no such variant.
    pub fn builtin_variant(id: &str, variant: &str) -> Result<Self> {
        if variant == DOCUMENTED {
            return Self::builtin(id);
        }
        let (_, text) = FILES.iter().find(|(name, _)| *name == id).ok_or_else(|| unknown_service(id))?;
        load(&format!("{id}.toml"), text, variant)
    }

    /// Reads a service of your own from the text of a dialect file.
    ///
    /// # Errors
    /// `config` naming the key of the file and what is wrong with it.
    ///
    /// ```
    /// let error = keywright::Dialect::from_toml("[service]\nid = 'x'").unwrap_err();
    /// assert!(error.to_string().contains("service.title"));
    /// ```
    pub fn from_toml(text: &str) -> Result<Self> {
        load("dialect", text, DOCUMENTED)
    }

    /// Like [`Dialect::from_toml`], in one of the file's variants.
    ///
    /// # Errors
    /// As [`Dialect::from_toml`]; also when the file has no such variant.
    pub fn from_toml_variant(text: &str, variant: &str) -> Result<Self> {
        load("dialect", text, variant)
    }
}

fn unknown_service(id: &str) -> Error {
    let known: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    Error::config("service", format!("`{}` is not a built-in service", id.escape_debug()), format!("use one of {}, or `Dialect::from_toml`", known.join(", ")))
}

fn load(file: &str, text: &str, variant: &str) -> Result<Dialect> {
    let wrong = |key: &str, reason: String| {
        let place = if key.is_empty() || key == "." { file.to_owned() } else { format!("{file}: {key}") };
        Error::config("dialect", format!("({place}) {reason}"), "see dialects/README.md for the grammar")
    };
    let mut tables: toml::Table = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        wrong("", format!("line {line}: {}", e.message()))
    })?;
    overlay(&mut tables, variant).map_err(|reason| wrong("variant", reason))?;
    let parsed: schema::File = serde_path_to_error::deserialize(toml::Value::Table(tables)).map_err(|e| {
        let path = e.path().to_string();
        let reason = e.into_inner().message().to_owned();
        match reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            Some(field) => wrong(&format!("{path}.{field}").trim_start_matches("..").replace("?.", ""), "is missing".to_owned()),
            None => wrong(&path, reason),
        }
    })?;
    let spec = compile(parsed, variant).map_err(|(key, reason)| wrong(&key, reason))?;
    Ok(Dialect(Arc::new(spec)))
}

/// Lays `[variant.<name>.*]` over the base: entries of the two outer levels replace theirs.
fn overlay(tables: &mut toml::Table, variant: &str) -> std::result::Result<(), String> {
    let variants = match tables.remove("variant") {
        Some(toml::Value::Table(variants)) => variants,
        Some(_) => return Err("must be a table".to_owned()),
        None => toml::Table::new(),
    };
    if variant == DOCUMENTED {
        return Ok(());
    }
    let known: Vec<String> = variants.keys().cloned().collect();
    let Some(toml::Value::Table(changes)) = variants.into_iter().find(|(name, _)| name == variant).map(|(_, value)| value) else {
        // A service whose page and whose running system agree has no `live` of its own.
        if variant == "live" {
            return Ok(());
        }
        return Err(format!("there is no variant `{}` (there is: {DOCUMENTED} {})", variant.escape_debug(), known.join(" ")));
    };
    for (section, change) in changes {
        let toml::Value::Table(change) = change else { return Err(format!("`{section}` must be a table")) };
        match tables.entry(section.clone()).or_insert_with(|| toml::Value::Table(toml::Table::new())) {
            toml::Value::Table(base) => base.extend(change),
            _ => return Err(format!("`{section}` is not a table in the base")),
        }
    }
    Ok(())
}

/// The key of the file that is wrong, and why.
type Wrong = (String, String);

/// Attaches the key to a reason.
fn at<T>(key: impl Into<String>, result: std::result::Result<T, String>) -> std::result::Result<T, Wrong> {
    result.map_err(|reason| (key.into(), reason))
}

fn compile(file: schema::File, variant: &str) -> std::result::Result<Spec, Wrong> {
    if file.service.base_url.is_none() && file.service.no_base_url.is_none() {
        return Err(("service.base_url".into(), "is missing (or say in `no_base_url` why there is none)".into()));
    }
    let read_bucket: Arc<str> = file.throttle.read.as_deref().unwrap_or("all").into();
    let write_bucket: Arc<str> = file.throttle.write.as_deref().unwrap_or("all").into();
    let pages = compile_pages(file.page)?;
    let context = Context { pages, read_bucket: Arc::clone(&read_bucket), write_bucket: Arc::clone(&write_bucket), object: file.answer.object };
    let keys = compile_keys(file.op, &context)?;
    let resources = compile_resources(file.resource, &context)?;
    let retire = compile_retire(&file.retire.steps, &keys)?;
    let refusals = file.refusal.into_iter().map(compile_refusal).collect::<std::result::Result<_, _>>()?;
    Ok(Spec {
        id: at("service.id", check_id(&file.service.id)).map(|()| file.service.id.as_str().into())?,
        title: file.service.title,
        variant: variant.to_owned(),
        base_url: file.service.base_url,
        no_base_url: file.service.no_base_url,
        base_url_env: file.service.base_url_env,
        base_path_drop: file.service.base_path_drop,
        docs_url: file.service.docs_url,
        request_id: at("service.request_id", header(file.service.request_id.as_deref().unwrap_or("x-request-id")))?,
        auth: compile_auth(file.auth)?,
        account: compile_account(file.account)?,
        unavailable_before_handler: file.throttle.unavailable_before_handler,
        read_bucket,
        write_bucket,
        error: compile_error(file.error)?,
        key: compile_key(file.key)?,
        keys,
        retire,
        retire_next_on: file.retire.next_on,
        refusals,
        item: ItemMap { id: file.item.id, name: file.item.name, status: file.item.status, created_at: file.item.created_at },
        resources,
        client: ClientNames { python: file.client.python, node: file.client.node, csharp: file.client.csharp, options: file.client.options },
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
    if text.is_empty() || text.starts_with('/') { Ok(text) } else { Err(format!("`{text}` must be a JSON pointer: empty, or beginning with `/`")) }
}

fn pointers(key: &str, texts: Vec<String>) -> std::result::Result<Vec<String>, Wrong> {
    texts.into_iter().map(|text| at(key, pointer(text))).collect()
}

fn source(text: &str) -> std::result::Result<Source, String> {
    match text.split_once(':') {
        None if text == "documented" => Ok(Source::Documented(None)),
        Some(("documented", row)) if !row.is_empty() => Ok(Source::Documented(Some(row.to_owned()))),
        None if text == "observed" => Ok(Source::Observed),
        None if text == "assumed" => Ok(Source::Assumed),
        None | Some(_) => Err(format!("`{text}` must be documented, documented:<row>, observed or assumed")),
    }
}

fn endpoint(text: &str) -> std::result::Result<(Method, &str), String> {
    let (method, path) = text.split_once(' ').ok_or_else(|| format!("`{text}` must be a method, a space and a path"))?;
    let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let method = known.into_iter().find(|known| known.as_str() == method).ok_or_else(|| format!("`{method}` must be GET, POST, PUT, PATCH or DELETE"))?;
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

fn compile_keys(ops: BTreeMap<String, schema::Op>, context: &Context) -> std::result::Result<BTreeMap<KeyOp, Support>, Wrong> {
    let mut compiled = BTreeMap::new();
    let mut same = Vec::new();
    for (name, op) in ops {
        let key = format!("op.{name}");
        let key_op = KeyOp::ALL.iter().copied().find(|op| op.as_str() == name).ok_or_else(|| (key.clone(), "is not a key operation".to_owned()))?;
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
        let spec = spec.ok_or_else(|| (format!("{key}.same_as"), format!("`{other}` is not an operation that this service has")))?;
        compiled.insert(key_op, Support::Yes(spec));
    }
    Ok(compiled)
}

fn compile_op(key_op: KeyOp, op: schema::Op, known: Source, context: &Context) -> std::result::Result<OpSpec, String> {
    let http = op.http.unwrap_or_default();
    let (method, path) = endpoint(&http)?;
    let path = Template::parse(path)?;
    let given: &[&str] = match key_op {
        KeyOp::Create | KeyOp::List => &[],
        KeyOp::Get | KeyOp::Update | KeyOp::Archive | KeyOp::Revoke | KeyOp::Reactivate | KeyOp::Rotate | KeyOp::Delete | KeyOp::Calls | KeyOp::Usage => &["id"],
    };
    if let Some(place) = path.places().find(|place| !given.contains(place)) {
        return Err(format!("the path has a place `{{{place}}}` that `keys.{key_op}` does not fill"));
    }
    let (returns, page) = match key_op {
        KeyOp::List | KeyOp::Calls => (Returns::Page, Some(context.page(op.page.as_deref().unwrap_or("default"))?)),
        KeyOp::Delete => (Returns::Nothing, None),
        KeyOp::Usage => (Returns::Json, None),
        KeyOp::Create | KeyOp::Get | KeyOp::Update | KeyOp::Archive | KeyOp::Revoke | KeyOp::Reactivate | KeyOp::Rotate => (Returns::Item, None),
    };
    let safety = op.resend.unwrap_or_else(|| safety_of(&method));
    if matches!(key_op, KeyOp::Create | KeyOp::Rotate) && safety != Safety::Never {
        return Err("`resend` must be \"never\": a repeated create or rotate makes a second secret".to_owned());
    }
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
        one_way: op.one_way,
        at_most: None,
        wait: None,
        source: known,
        http,
        method,
        path,
    })
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

fn compile_resources(resources: BTreeMap<String, BTreeMap<String, schema::Action>>, context: &Context) -> std::result::Result<Resources, Wrong> {
    let mut compiled = Resources::new();
    for (resource, actions) in resources {
        let (polls, plain): (Vec<_>, Vec<_>) = actions.into_iter().partition(|(_, action)| action.poll.is_some());
        let mut specs = BTreeMap::new();
        for (name, action) in plain {
            let spec = compile_action(&resource, &name, action, context).map_err(|reason| (format!("resource.{resource}.{name}"), reason))?;
            specs.insert(name, Arc::new(spec));
        }
        for (name, action) in polls {
            let key = format!("resource.{resource}.{name}");
            let polled = action.poll.as_deref().and_then(|poll| specs.get(poll)).ok_or_else(|| (key.clone(), "`poll` must name another action of this resource".to_owned()))?;
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
        one_way: false,
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
        one_way: false,
        at_most: None,
        wait: Some(WaitSpec { done: action.done.clone(), every: Duration::from_secs_f64(every) }),
        source: source(&action.source)?,
    })
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

fn compile_auth(auth: schema::Auth) -> std::result::Result<AuthSpec, Wrong> {
    let has = |name: CredentialName| match name {
        CredentialName::Key => auth.key.is_some(),
        CredentialName::Token => auth.token.is_some(),
        CredentialName::Login => auth.login.is_some(),
    };
    let names = |key: &str, texts: &[String]| {
        let names: std::result::Result<Vec<_>, _> = texts
            .iter()
            .map(|text| match text.as_str() {
                "key" => Ok(CredentialName::Key),
                "token" => Ok(CredentialName::Token),
                "login" => Ok(CredentialName::Login),
                other => Err(format!("`{other}` must be key, token or login")),
            })
            .map(|name| name.and_then(|name| if has(name) { Ok(name) } else { Err(format!("there is no `[auth.{}]`", credential_word(name))) }))
            .collect();
        at(key, names).and_then(|names| if names.is_empty() { Err((key.to_owned(), "must name at least one credential".to_owned())) } else { Ok(names) })
    };
    let used = names("auth.use", &auth.used)?;
    let manage = names("auth.manage", &auth.manage)?;
    Ok(AuthSpec {
        used,
        manage,
        key: compile_credential("auth.key", auth.key)?,
        token: compile_credential("auth.token", auth.token)?,
        login: compile_credential("auth.login", auth.login)?,
    })
}

pub(crate) fn credential_word(name: CredentialName) -> &'static str {
    match name {
        CredentialName::Key => "key",
        CredentialName::Token => "token",
        CredentialName::Login => "login",
    }
}

fn compile_credential(key: &str, credential: Option<schema::Credential>) -> std::result::Result<Option<CredentialSpec>, Wrong> {
    let Some(credential) = credential else { return Ok(None) };
    at(format!("{key}.source"), source(&credential.source))?;
    let is_login = key == "auth.login";
    let mode = at(format!("{key}.mode"), auth_mode(&credential, is_login))?;
    Ok(Some(CredentialSpec {
        mode,
        env: credential.env,
        prefix: credential.prefix,
        looks_like: credential.looks_like,
        other_prefixes: credential.other_prefixes,
        is: credential.is,
    }))
}

fn auth_mode(credential: &schema::Credential, is_login: bool) -> std::result::Result<AuthMode, String> {
    let need = |value: &Option<String>, name: &str| value.clone().ok_or_else(|| format!("`{}` needs `{name}`", credential.mode));
    let place = |text: String| {
        let (method, path) = endpoint(&text)?;
        Ok::<_, String>(Endpoint { method, path: path.to_owned() })
    };
    let mode = match credential.mode.as_str() {
        "header" => AuthMode::Header { name: header(&need(&credential.name, "name")?)? },
        "bearer" => AuthMode::Bearer,
        "scheme" => AuthMode::Scheme { word: need(&credential.word, "word")? },
        "jwt" => AuthMode::Jwt {
            login: place(need(&credential.login, "login")?)?,
            refresh: place(need(&credential.refresh, "refresh")?)?,
            access: pointer(need(&credential.access, "access")?)?,
            refresh_token: pointer(need(&credential.refresh_token, "refresh_token")?)?,
        },
        "cookie_csrf" => AuthMode::CookieCsrf {
            login: place(need(&credential.login, "login")?)?,
            cookie: need(&credential.cookie, "cookie")?,
            csrf_cookie: need(&credential.csrf_cookie, "csrf_cookie")?,
            csrf_header: header(&need(&credential.csrf_header, "csrf_header")?)?,
            lifetime: Duration::from_secs(credential.lifetime.ok_or("`cookie_csrf` needs `lifetime`, in seconds")?),
            lost: credential.lost.clone(),
        },
        other => return Err(format!("`{other}` must be header, bearer, scheme, jwt or cookie_csrf")),
    };
    let logs_in = matches!(mode, AuthMode::Jwt { .. } | AuthMode::CookieCsrf { .. });
    if logs_in == is_login { Ok(mode) } else { Err(format!("`{}` does not fit here: a login logs in, a key or token does not", credential.mode)) }
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
                    plain: account.plain.unwrap_or_default(),
                    me: need(account.me, "me")?,
                    reserved: account.reserved,
                }),
                Some(_) | None => Err(("account.path".into(), "must begin with `/` and end in `{account}`".into())),
            }
        }
    }
}

fn compile_error(error: schema::ErrorShape) -> std::result::Result<ErrorPointers, Wrong> {
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
    if key.status.is_empty() {
        return Err(("key.status".into(), "needs at least one rule".into()));
    }
    Ok(KeyMap {
        id: key.id.into_vec(),
        name: key.name.into_vec(),
        secret: key.secret.into_vec(),
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
    })
}
