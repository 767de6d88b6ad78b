//! What a service is: a name, a route table, its rules, and pure functions from request to answer.
//!
//! No sockets and no async in here: a service sees a [`Request`] as data and one store transaction
//! behind [`Ctx`], and gives back a [`Reply`] as data. So each `services/<name>.rs` reads like the
//! page of that service.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::ctx::Ctx;
use crate::rules::Rule;

/// A request, read whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// As sent, without the world and service in front and without the query.
    pub(crate) path: String,
    /// Decoded once, in order.
    pub(crate) query: Vec<(String, String)>,
    /// In order, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What stood in the place of `{id}` in the route's path, percent-decoded.
    pub(crate) params: Vec<(&'static str, String)>,
}

impl Request {
    /// The first header of this name (lower case).
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The first query parameter of this name.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The path parameter of this name; empty when the route has none.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    /// The cookie of this name.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
    }

    /// What follows this scheme word (compared without case) and one space in `Authorization`.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let (word, rest) = self.header("authorization")?.split_once(' ')?;
        (word.eq_ignore_ascii_case(scheme) && !rest.is_empty() && !rest.contains(' ')).then_some(rest)
    }
}

/// An answer as data.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

/// What follows the head.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Empty,
    Json(Value),
    /// As it is; its type is a header.
    Bytes(Vec<u8>),
    /// Sent step by step; the waits are on the world's clock.
    Script(Vec<Step>),
}

/// One step of a scripted body.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send(String),
    Wait(Duration),
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }
    }

    /// A stream of server-sent events.
    pub(crate) fn events(steps: Vec<Step>) -> Self {
        let reply = Self { status: 200, headers: Vec::new(), body: Body::Script(steps) };
        reply.header("Content-Type", "text/event-stream").header("Cache-Control", "no-cache")
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name))
    }

    pub(crate) fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }
}

impl Step {
    /// An event with its JSON.
    pub(crate) fn event(name: &str, data: &Value) -> Self {
        Self::Send(format!("event: {name}\ndata: {data}\n\n"))
    }
}

/// Success or refusal; both are answers.
pub(crate) type Answer = Result<Reply, Reply>;

/// A route's work.
pub(crate) type Handler = fn(&mut Ctx<'_>, &Request) -> Answer;

/// Where a route is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Printed on the service's page.
    Page,
    /// Read in the service's public code or docs.
    Code,
    /// Assumed by us, shown as such wherever a user sees it.
    Assumed,
}

impl Mark {
    /// As `--routes` prints it.
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Self::Page => "P",
            Self::Code => "C",
            Self::Assumed => "A",
        }
    }
}

/// One row of a service's route table.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// `{name}` stands for one segment; a closing slash counts.
    pub(crate) path: &'static str,
    pub(crate) mark: Mark,
    /// What the caller must have, in the service's own word (`"key"`, `"read"`, `"login"`);
    /// [`PUBLIC`] for nothing.
    pub(crate) needs: &'static str,
    /// The query parameters it knows; any other is refused (S10).
    pub(crate) query: &'static [&'static str],
    pub(crate) handler: Handler,
}

/// The `needs` of a route that asks for no credential.
pub(crate) const PUBLIC: &str = "";

/// Which of two known behaviours a service shows (S9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Variant {
    /// What the service's page prints.
    #[default]
    Documented,
    /// What the live system was seen to do.
    Live,
}

/// A refusal that every service words in its own shape.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal<'a> {
    NoRoute,
    Method,
    Query {
        name: &'a str,
        problem: Problem<'a>,
    },
    Member {
        name: &'a str,
        problem: Problem<'a>,
    },
    /// The body is no JSON object.
    NotJson,
    ContentType,
    DuplicateHeader(&'a str),
    TooLarge,
    /// An `Idempotency-Key` came again with another request, or while the first is in flight.
    IdempotencyConflict,
}

/// What is wrong with a query parameter or body member.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Problem<'a> {
    Unknown,
    Missing,
    /// Not of this type: "text", "number", "flag", "list", "object", "time".
    Type(&'a str),
    /// A sentence about its value.
    Value(&'a str),
}

/// What a world hands out for one service: `api_key`, `account_id`, `email`, ...,
/// all but `base_url`. `None` is printed as `null`.
pub(crate) type Credentials = BTreeMap<&'static str, Option<String>>;

/// One of the services. Implementations are unit structs in `services/`.
pub(crate) trait Service: Sync {
    /// The name in URLs and options.
    fn name(&self) -> &'static str;

    /// Smallest first; worlds start on the last.
    fn plans(&self) -> &'static [&'static str];

    fn routes(&self) -> &'static [Route];

    /// The kinds of requests that have a rate limit of their own.
    fn categories(&self) -> &'static [&'static str] {
        &["all"]
    }

    /// Every rule that [`Ctx::check`] or [`Ctx::holds`] is asked about.
    fn rules(&self) -> &'static [Rule];

    /// Makes the tenants, users, keys and objects that a world is born with.
    fn seed(&self, ctx: &mut Ctx<'_>) -> Credentials;

    /// Authenticates, limits and authorises; is not asked for [`PUBLIC`] routes. `needs` is
    /// `None` where no route fits: the caller is still identified, so that the call is recorded.
    ///
    /// # Errors
    /// The refusal to answer with.
    fn guard(&self, ctx: &mut Ctx<'_>, req: &Request, needs: Option<&'static str>) -> Result<(), Reply>;

    /// Words a refusal that all services know.
    fn refuse(&self, refusal: Refusal<'_>) -> Reply;

    /// The last touch on every answer, refusals included.
    fn finish(&self, _ctx: &mut Ctx<'_>, _req: &Request, reply: Reply) -> Reply {
        reply
    }

    /// The text of an error answer, for the call row (SEC-35).
    fn error_text(&self, body: &Value) -> Option<String> {
        let places = ["/detail", "/error/message", "/message", "/text", "/detail/message", "/detail/0/msg"];
        places.iter().find_map(|place| body.pointer(place)?.as_str()).map(str::to_owned)
    }

    /// How coarse last-used is (SID-33).
    fn last_used_every(&self, _ctx: &Ctx<'_>) -> Duration {
        Duration::ZERO
    }
}

/// The routes that fit a path, whatever their method, with their parameters.
pub(crate) fn fitting<'a>(routes: &'a [Route], path: &str, strict: bool) -> Vec<(&'a Route, Vec<(&'static str, String)>)> {
    routes.iter().filter_map(|route| Some((route, fit(route.path, path, strict)?))).collect()
}

fn fit(template: &'static str, path: &str, strict: bool) -> Option<Vec<(&'static str, String)>> {
    // A lenient world forgives the closing slash (S10).
    let trim = |text: &'static str| if strict { text } else { text.trim_end_matches('/') };
    let path = if strict { path } else { path.trim_end_matches('/') };
    let template = trim(template);
    if template.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut params = Vec::new();
    for (expected, got) in template.split('/').zip(path.split('/')) {
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !got.is_empty() => params.push((name, percent_decode(got, false)?)),
            Some(_) => return None,
            None if expected == got => {}
            None => return None,
        }
    }
    Some(params)
}

/// Decodes `%41` (and, in a query, `+`); `None` when it is malformed or no UTF-8.
pub(crate) fn percent_decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            b'+' if plus_is_space => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_one_decoded_segment() {
        let id = |path| fit("/keys/{id}/calls", path, true).map(|params| params[0].1.clone());
        assert_eq!(id("/keys/a%2Fb/calls").as_deref(), Some("a/b"));
        assert_eq!(id("/keys//calls"), None);
        assert_eq!(id("/keys/a/b/calls"), None);
        assert_eq!(id("/keys/%zz/calls"), None);
    }

    #[test]
    fn the_closing_slash_counts_unless_lenient() {
        assert!(fit("/keys/", "/keys", true).is_none());
        assert!(fit("/keys/", "/keys/", true).is_some());
        assert!(fit("/keys/", "/keys", false).is_some());
    }

    #[test]
    fn a_scheme_is_compared_without_case_and_takes_no_spaces() {
        let request = |value: &str| Request { headers: vec![("authorization".into(), value.into())], ..Request::default() };
        assert_eq!(request("apikey sk_1").authorization("ApiKey"), Some("sk_1"));
        assert_eq!(request("ApiKey  sk_1").authorization("ApiKey"), None);
        assert_eq!(request("Bearer sk_1").authorization("ApiKey"), None);
    }
}
