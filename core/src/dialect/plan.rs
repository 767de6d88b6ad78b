//! From an operation with its arguments to a request: pure, no credentials, no sockets.
//!
//! Everything that can be known to be wrong is refused here, before any I/O, by the name that the
//! caller used.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::{BodyRule, Member, OpSpec, PageSpec, PageStyle, Spec};
use crate::dialect::route;
use crate::model::error::{Error, Result};
use crate::model::op::{OperationArgs, Payload};
use crate::model::{Account, PageRequest};

/// What a query value may hold without being escaped.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request without origin and credentials.
#[derive(Clone)]
pub(crate) struct Planned {
    pub method: Method,
    /// Path and query, encoded.
    pub target: Box<str>,
    /// None is the usual case; a map without entries is large.
    headers: Option<Box<HeaderMap>>,
    pub body: Option<Bytes>,
}

impl Planned {
    pub(crate) fn new(method: Method, target: String, headers: HeaderMap, body: Option<Bytes>) -> Self {
        let headers = (!headers.is_empty()).then(|| Box::new(headers));
        Self { method, target: target.into(), headers, body }
    }

    pub(crate) fn headers(&self) -> HeaderMap {
        self.headers.as_deref().cloned().unwrap_or_default()
    }

    pub(crate) fn insert_header(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.get_or_insert_default().insert(name, value);
    }
}

/// Plans a declared operation.
///
/// # Errors
/// `config` naming the argument that is missing, unknown to this service or not representable.
pub(crate) fn plan(spec: &Spec, op: &OpSpec, args: OperationArgs, account: Option<&Account>) -> Result<Planned> {
    let mut target = String::with_capacity(64);
    route::path_start(spec, op.path.account, account, &mut target)?;
    let place = |name: &str| args.path_params.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
    op.path.fill(place, &mut target)?;
    push_query(&mut target, &query(spec, op, &args)?);
    let mut headers = HeaderMap::new();
    route::headers(spec, account, &mut headers);
    let body = body(spec, op, args, account)?;
    let body = body.map(|payload| encode(payload, &mut headers)).transpose()?;
    Ok(Planned::new(op.method.clone(), target, headers, body))
}

/// Encodes a payload and states its type.
pub(crate) fn encode(payload: Payload, headers: &mut HeaderMap) -> Result<Bytes> {
    let (content_type, bytes) = match payload {
        Payload::Json(value) => ("application/json".to_owned(), Bytes::from(value.to_string())),
        Payload::Bytes { content_type, bytes } => (content_type, bytes),
    };
    let value = HeaderValue::from_str(&content_type)
        .map_err(|_| Error::config("content_type", "is not a media type", "give one as `application/octet-stream`"))?;
    headers.entry(CONTENT_TYPE).or_insert(value);
    Ok(bytes)
}

/// Appends query members to a path.
pub(crate) fn push_query<K: AsRef<str>>(target: &mut String, members: &[(K, String)]) {
    for (name, value) in members {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.extend(utf8_percent_encode(name.as_ref(), QUERY));
        target.push('=');
        target.extend(utf8_percent_encode(value, QUERY));
    }
}

fn query(spec: &Spec, op: &OpSpec, args: &OperationArgs) -> Result<Vec<(String, String)>> {
    let mut members = Vec::new();
    for Member { ours, theirs, optional } in &op.query {
        match args.query.iter().find(|(name, _)| name == ours) {
            Some((_, value)) => members.push((theirs.clone(), value.clone())),
            None if *optional => {}
            None => return Err(missing(spec, op, ours)),
        }
    }
    members.extend(args.raw_query.iter().cloned());
    Ok(members)
}

fn body(spec: &Spec, op: &OpSpec, args: OperationArgs, account: Option<&Account>) -> Result<Option<Payload>> {
    let unexpected = |name: &str| {
        Error::config(name.to_owned(), format!("is not something that {} takes for {}", spec.title, op.name), "leave it out")
    };
    match (&op.body, args.body) {
        (BodyRule::None, None) => match args.fields.keys().next() {
            Some(name) => Err(unexpected(name)),
            None => Ok(None),
        },
        (BodyRule::None, Some(_)) => Err(unexpected("body")),
        (BodyRule::Any, payload) => Ok(payload),
        (BodyRule::Members(members), Some(payload)) => {
            if let Payload::Json(value) = &payload {
                check_members(spec, op, members, value)?;
            }
            Ok(Some(payload))
        }
        (BodyRule::Members(members), None) => {
            own_members(spec, op, members, args.fields, account).map(|object| Some(Payload::Json(object)))
        }
    }
}

/// A caller's own body: required members must be there, others are the service's business.
fn check_members(spec: &Spec, op: &OpSpec, members: &[Member], value: &Value) -> Result<()> {
    let Value::Object(object) = value else {
        return Err(Error::config(
            "body",
            "must be a JSON object",
            format!("see {} in the documentation of {}", op.http, spec.title),
        ));
    };
    match members.iter().find(|member| !member.optional && !object.contains_key(&member.theirs)) {
        Some(member) => Err(missing(spec, op, &member.ours)),
        None => Ok(()),
    }
}

/// A body made of our members, under the service's names.
fn own_members(
    spec: &Spec,
    op: &OpSpec,
    members: &[Member],
    mut given: Map<String, Value>,
    account: Option<&Account>,
) -> Result<Value> {
    let mut object = Map::new();
    for Member { ours, theirs, optional } in members {
        let value = match ours.as_str() {
            "account" => Some(Value::from(route::body_member(spec, account)?)),
            name => given.remove(name),
        };
        match value {
            Some(value) => {
                object.insert(theirs.clone(), value);
            }
            None if *optional => {}
            None => return Err(missing(spec, op, ours)),
        }
    }
    match given.keys().next() {
        Some(name) => Err(Error::config(
            name.clone(),
            format!("is not something that {} takes for {}", spec.title, op.name),
            "leave it out",
        )),
        None => Ok(Value::Object(object)),
    }
}

fn missing(spec: &Spec, op: &OpSpec, name: &str) -> Error {
    Error::config(name.to_owned(), "is missing", format!("{} requires it for {}", spec.title, op.name))
}

/// The query members that ask for one page.
///
/// # Errors
/// `config` for a size that the service does not take, or a token that is not from this list.
pub(crate) fn page_query(spec: &Spec, page: &PageSpec, request: &PageRequest) -> Result<Vec<(String, String)>> {
    let mut members = Vec::new();
    if let Some(size) = request.page_size {
        check_size(spec, page, size)?;
        if let Some(name) = &page.size {
            members.push((name.clone(), size.to_string()));
        }
    }
    if let (Some(token), Some(name)) = (&request.after, &page.position) {
        if page.style != PageStyle::Cursor && position(page, Some(token)).is_none() {
            return Err(Error::config(
                "after",
                "is not a page token of this list",
                "give the token of a page of this list, or none for the first",
            ));
        }
        members.push((name.clone(), token.clone()));
    }
    Ok(members)
}

/// The number behind a token: the page from 1, or the items to skip from 0.
pub(crate) fn position(page: &PageSpec, token: Option<&str>) -> Option<u64> {
    match (token, page.style) {
        (Some(token), _) => token.parse().ok(),
        (None, PageStyle::Page) => Some(1),
        (None, PageStyle::Single | PageStyle::Offset | PageStyle::Cursor) => Some(0),
    }
}

fn check_size(spec: &Spec, page: &PageSpec, size: u32) -> Result<()> {
    if page.style == PageStyle::Single || page.size.is_none() {
        return Err(Error::config(
            "page_size",
            format!("cannot be chosen: {} decides it for this list", spec.title),
            "leave it out",
        ));
    }
    if size == 0 {
        return Err(Error::config("page_size", "must be at least 1", "leave it out for the service's default"));
    }
    if !page.sizes.is_empty() && !page.sizes.contains(&size) {
        let allowed: Vec<String> = page.sizes.iter().map(u32::to_string).collect();
        return Err(Error::config(
            "page_size",
            format!("{size} is not a page size of {}", spec.title),
            format!("use one of {}", allowed.join(", ")),
        ));
    }
    match page.max {
        Some(max) if size > max => {
            Err(Error::config("page_size", format!("{size} is more than {} gives", spec.title), format!("use at most {max}")))
        }
        Some(_) | None => Ok(()),
    }
}
