//! From a refusal to an error: kind and reason by the dialect first, by the status otherwise.
//!
//! Five services, more than five shapes of error bodies: what a pointer does not find is simply
//! absent, and a body that is no JSON becomes an excerpt (`services.md` 1.6).

use std::borrow::Cow;
use std::time::Duration;

use super::{RefusalSpec, Spec};
use crate::Secret;
use crate::error::{ErrorKind, FieldError};
use crate::json::{Document, Node};
use crate::mask;
use crate::wire::WireResponse;

/// What a refusing answer said.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub kind: ErrorKind,
    pub reason: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub remedy: Option<String>,
    pub fields: Vec<FieldError>,
    pub excerpt: Option<String>,
    pub request_id: Option<String>,
    /// A wait that stands in the body.
    pub retry_after: Option<Duration>,
}

/// Reads a refusing answer. `secrets` are the credential in use, to be hidden if they are echoed.
pub(crate) fn read(spec: &Spec, operation: &str, answer: &WireResponse, secrets: &[Secret]) -> Refusal {
    let document = Document::read(&answer.body).ok();
    let body = document.as_ref().map(Document::root).filter(|body| body.is_object());
    let found = |pointers: &[String]| body.and_then(|body| text_at(body, pointers));
    let code = found(&spec.error.code).map(|code| mask::mask(&code, secrets));
    let raw_message = found(&spec.error.message);
    let fields = body.map(|body| fields(body, &spec.error.fields, secrets)).unwrap_or_default();
    let known =
        spec.refusals.iter().find(|known| fits(known, operation, answer.head.status, code.as_deref(), raw_message.as_deref()));
    let limit = body.and_then(|body| body.first(&spec.error.limit)).and_then(Node::count);
    Refusal {
        kind: known.map_or_else(|| kind_of(answer.head.status), |known| known.kind),
        reason: known.map(|known| known.reason.clone()),
        remedy: known.and_then(|known| known.remedy.clone()).map(|remedy| with_limit(remedy, limit)),
        excerpt: if body.is_some() { None } else { mask::excerpt(&answer.body, secrets) },
        message: raw_message.map(|message| mask::mask(&message, secrets)),
        request_id: request_id(spec, answer, body, secrets),
        retry_after: body.zip(spec.error.retry_after.as_deref()).and_then(|(body, pointer)| seconds(body.pointer(pointer)?)),
        code,
        fields,
    }
}

/// The service's id of a request, from the header or the body.
fn request_id(spec: &Spec, answer: &WireResponse, body: Option<Node<'_>>, secrets: &[Secret]) -> Option<String> {
    let header = answer.head.headers.get(&spec.request_id).and_then(|value| value.to_str().ok());
    let member = || body.and_then(|body| body.get("request_id")).and_then(Node::text);
    header.map(Cow::from).or_else(member).filter(|id| id.len() <= 128).map(|id| mask::mask(&id, secrets))
}

/// The plan's limit belongs into the sentence: "the plan allows 1 key".
fn with_limit(remedy: String, limit: Option<u64>) -> String {
    match limit {
        Some(1) => format!("the plan allows 1 key: {remedy}"),
        Some(limit) => format!("the plan allows {limit} keys: {remedy}"),
        None => remedy,
    }
}

fn fits(known: &RefusalSpec, operation: &str, status: u16, code: Option<&str>, message: Option<&str>) -> bool {
    known.status.is_none_or(|wanted| wanted == status)
        && known.op.as_deref().is_none_or(|wanted| wanted == operation)
        && known.code.as_deref().is_none_or(|wanted| code == Some(wanted))
        && known.message.as_deref().is_none_or(|wanted| message == Some(wanted))
        && known.message_has.as_deref().is_none_or(|wanted| message.is_some_and(|message| message.contains(wanted)))
}

/// The kind of a status for which the dialect has no better word (`wire.md`, last section).
pub(crate) fn kind_of(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        402 => ErrorKind::PlanLimit,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        405 | 501 => ErrorKind::Unsupported,
        407 => ErrorKind::Network,
        408 => ErrorKind::Timeout,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        300..=399 => ErrorKind::Redirect,
        400..=499 => ErrorKind::Invalid,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Decode,
    }
}

fn text_at(body: Node<'_>, pointers: &[String]) -> Option<String> {
    let text = pointers.iter().find_map(|pointer| body.pointer(pointer).and_then(Node::text));
    text.filter(|text| !text.is_empty()).map(Cow::into_owned)
}

fn seconds(value: Node<'_>) -> Option<Duration> {
    value.decimal().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

/// What the service said about single fields: `[{loc, msg}]`, `[{field, message}]` or `{field: [text]}`.
fn fields(body: Node<'_>, pointers: &[String], secrets: &[Secret]) -> Vec<FieldError> {
    let mut found = Vec::new();
    for place in pointers.iter().filter_map(|pointer| body.pointer(pointer)) {
        match place.items() {
            Some(rows) => found.extend(rows.filter_map(row)),
            None => found.extend(place.members().filter_map(|(field, said)| listed(field, said))),
        }
    }
    for field in &mut found {
        field.field = mask::mask(&field.field, secrets);
        field.messages.iter_mut().for_each(|text| *text = mask::mask(text, secrets));
    }
    found
}

fn row(value: Node<'_>) -> Option<FieldError> {
    let place = value.get("loc").or_else(|| value.get("field"))?;
    let field = match place.items() {
        Some(path) => path.filter_map(Node::text_or_number).collect::<Vec<_>>().join("."),
        None => place.text_or_number()?,
    };
    let message = value.get("msg").or_else(|| value.get("message"))?.text()?;
    Some(FieldError { field, messages: vec![message.into_owned()] })
}

fn listed(field: Node<'_>, said: Node<'_>) -> Option<FieldError> {
    let messages: Vec<String> = said.items()?.filter_map(|text| text.text().map(Cow::into_owned)).collect();
    (!messages.is_empty()).then_some(FieldError { field: field.text()?.into_owned(), messages })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_the_kind_of_the_contract() {
        let table = [
            (400, "invalid"),
            (401, "unauthenticated"),
            (402, "plan_limit"),
            (403, "forbidden"),
            (404, "not_found"),
            (405, "unsupported"),
            (407, "network"),
            (408, "timeout"),
            (409, "conflict"),
            (410, "not_found"),
            (413, "invalid"),
            (415, "invalid"),
            (418, "invalid"),
            (422, "invalid"),
            (429, "rate_limited"),
            (301, "redirect"),
            (304, "redirect"),
            (500, "server"),
            (501, "unsupported"),
            (503, "server"),
            (599, "server"),
            (101, "decode"),
            (600, "decode"),
            (999, "decode"),
        ];
        for (status, kind) in table {
            assert_eq!(kind_of(status).as_str(), kind, "{status}");
        }
    }
}
