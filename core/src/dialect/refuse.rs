//! From a refusal to an error: kind and reason by the dialect first, by the status otherwise.
//!
//! Five services, more than five shapes of error bodies: what a pointer does not find is simply
//! absent, and a body that is no JSON becomes an excerpt.

use std::time::Duration;

use super::{RefusalSpec, Spec};
use crate::Secret;
use crate::checks::mask::{self, Masked, MaskedFields, SecretsInUse, ServiceText};
use crate::json::{Document, Node};
use crate::model::error::ErrorKind;
use crate::transport::wire::WireResponse;

/// What a refusing answer said.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub kind: ErrorKind,
    pub reason: Option<String>,
    pub code: Option<Masked>,
    pub message: Option<Masked>,
    pub remedy: Option<String>,
    pub fields: MaskedFields,
    pub excerpt: Option<Masked>,
    pub request_id: Option<Masked>,
    /// The message says that a session is over, in words that the dialect names.
    pub ends_session: bool,
    /// A wait that stands in the body.
    pub retry_after: Option<Duration>,
}

/// What an answer is read with.
pub(crate) struct Reading<'a> {
    pub operation: &'a str,
    /// A success would have brought a new secret: whatever stands in a refusal may be it.
    pub brings_secret: bool,
    /// What must not be shown if it is echoed.
    pub secrets: SecretsInUse,
}

/// Reads a refusing answer.
pub(crate) fn read(spec: &Spec, answer: &WireResponse, reading: Reading<'_>) -> Refusal {
    let Reading { operation, brings_secret, secrets } = reading;
    let document = Document::read(&answer.body).ok();
    let body = document.as_ref().map(Document::root).filter(|body| body.is_object());
    let secrets = &match document.as_ref().filter(|_| brings_secret) {
        Some(document) => secrets.with(new_secrets(spec, document.root())),
        None => secrets,
    };
    let code = body.and_then(|body| text_at(body, &spec.error.code));
    let message = body.and_then(|body| text_at(body, &spec.error.message));
    let known = spec.refusals.iter().find(|known| fits(known, operation, answer.head.status, code.as_ref(), message.as_ref()));
    let limit = body.and_then(|body| body.first(&spec.error.limit)).and_then(Node::count);
    Refusal {
        kind: known.map_or_else(|| kind_of(answer.head.status), |known| known.kind),
        reason: known.map(|known| known.reason.clone()),
        remedy: known.and_then(|known| known.remedy.clone()).map(|remedy| with_limit(remedy, limit)),
        excerpt: if body.is_some() || brings_secret { None } else { mask::excerpt(&answer.body, secrets) },
        ends_session: message.as_ref().is_some_and(|message| spec.ends_session(message)),
        message: message.map(|message| message.masked(secrets)),
        request_id: request_id(spec, answer, body)
            // What a page or a piece of an answer repeats may be the new secret itself.
            .filter(|id| !(brings_secret && body.is_none() && id.stands_in(&answer.body)))
            .and_then(|id| id.masked_id(secrets)),
        retry_after: body.zip(spec.error.retry_after.as_deref()).and_then(|(body, pointer)| seconds(body.pointer(pointer)?)),
        code: code.map(|code| code.masked(secrets)),
        fields: body.map(|body| fields(body, &spec.error.fields, secrets)).unwrap_or_default(),
    }
}

/// The service's id of a request, from the header or the body.
fn request_id<'a>(spec: &Spec, answer: &'a WireResponse, body: Option<Node<'a>>) -> Option<ServiceText<'a>> {
    let header = answer.head.headers.get(&spec.request_id).and_then(ServiceText::header);
    header.or_else(|| ServiceText::at(body?.get("request_id")?))
}

/// What stands where a new secret would: in a refusal too, a service may have put one there.
fn new_secrets(spec: &Spec, root: Node<'_>) -> Vec<Secret> {
    /// Shorter texts in such a place are words of a refusal, as `{"key": "name"}`.
    const SHORTEST: usize = 12;
    let named = root.everywhere().filter(|(name, _)| spec.holds_secret(name)).filter_map(|(_, value)| value.text());
    named
        .filter(|text| (SHORTEST..=Secret::LONGEST).contains(&text.len()))
        .take(16)
        .map(|text| Secret::new(text.into_owned()))
        .collect()
}

/// The plan's limit belongs into the sentence: "the plan allows 1 key".
fn with_limit(remedy: String, limit: Option<u64>) -> String {
    match limit {
        Some(1) => format!("the plan allows 1 key: {remedy}"),
        Some(limit) => format!("the plan allows {limit} keys: {remedy}"),
        None => remedy,
    }
}

fn fits(
    known: &RefusalSpec,
    operation: &str,
    status: u16,
    code: Option<&ServiceText<'_>>,
    message: Option<&ServiceText<'_>>,
) -> bool {
    let says = |wanted: &Option<String>, said: Option<&ServiceText<'_>>| {
        wanted.as_deref().is_none_or(|wanted| said.is_some_and(|said| said.is(wanted)))
    };
    known.status.is_none_or(|wanted| wanted == status)
        && known.op.as_deref().is_none_or(|wanted| wanted == operation)
        && says(&known.code, code)
        && says(&known.message, message)
        && known.message_has.as_deref().is_none_or(|wanted| message.is_some_and(|message| message.has(wanted)))
}

/// The kind of a status for which the dialect has no better word.
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

fn text_at<'a>(body: Node<'a>, pointers: &[String]) -> Option<ServiceText<'a>> {
    let text = pointers.iter().find_map(|pointer| body.pointer(pointer).and_then(ServiceText::at));
    text.filter(|text| !text.is_empty())
}

fn seconds(value: Node<'_>) -> Option<Duration> {
    value.decimal().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

/// What the service said about single fields: `[{loc, msg}]`, `[{field, message}]` or `{field: [text]}`.
fn fields(body: Node<'_>, pointers: &[String], secrets: &SecretsInUse) -> MaskedFields {
    let mut found = Vec::new();
    for place in pointers.iter().filter_map(|pointer| body.pointer(pointer)) {
        match place.items() {
            Some(rows) => found.extend(rows.filter_map(row)),
            None => found.extend(place.members().filter_map(|(field, said)| listed(field, said))),
        }
    }
    MaskedFields::of(found.into_iter(), secrets)
}

type Said<'a> = (ServiceText<'a>, Vec<ServiceText<'a>>);

fn row(value: Node<'_>) -> Option<Said<'_>> {
    let place = value.get("loc").or_else(|| value.get("field"))?;
    let field = match place.items() {
        Some(path) => path.filter_map(Node::text_or_number).collect::<Vec<_>>().join("."),
        None => place.text_or_number()?,
    };
    let message = value.get("msg").or_else(|| value.get("message")).and_then(ServiceText::at)?;
    Some((ServiceText::of(field), vec![message]))
}

fn listed<'a>(field: Node<'a>, said: Node<'a>) -> Option<Said<'a>> {
    let messages: Vec<_> = said.items()?.filter_map(ServiceText::at).collect();
    (!messages.is_empty()).then_some((ServiceText::at(field)?, messages))
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
