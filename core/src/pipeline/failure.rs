//! From a failed attempt to the error that the caller sees.

use std::time::Duration;

use http::header::LOCATION;
use url::Url;

use super::attempt::Broken;
use super::network::{self, Words};
use crate::checks::mask::{SecretsInUse, ServiceText};
use crate::dialect::refuse::Refusal;
use crate::model::error::{Error, ErrorKind, Outcome, Stop, TimeoutScope};
use crate::retry::Refused;
use crate::transport::wire::WireHead;

/// The service answered, with a refusal.
pub(super) fn refused(
    refusal: Refusal,
    head: &WireHead,
    suspicion: Option<String>,
    origin: &str,
    secrets: &SecretsInUse,
) -> Error {
    let redirect = (refusal.kind == ErrorKind::Redirect).then(|| redirect_words(head, origin, secrets));
    let scope = (refusal.kind == ErrorKind::Timeout).then_some(TimeoutScope::Attempt);
    let proxy = (head.status == 407).then_some("proxy");
    Error::new(refusal.kind).with(|data| {
        data.status = Some(head.status);
        data.reason = refusal.reason.map(Into::into).or_else(|| proxy.map(Into::into));
        data.code = refusal.code;
        data.message = refusal.message;
        data.request_id = refusal.request_id;
        data.fields = refusal.fields;
        data.excerpt = refusal.excerpt;
        data.timeout_scope = scope;
        data.summary = redirect;
        data.remedy = match (suspicion, refusal.remedy) {
            (Some(suspicion), Some(remedy)) => Some(format!("{suspicion}; {remedy}")),
            (Some(words), None) | (None, Some(words)) => Some(words),
            (None, None) => default_remedy(refusal.kind).map(str::to_owned),
        };
    })
}

/// What to do where the dialect has nothing better to say.
fn default_remedy(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated => Some("check that the key is complete, active and of this service"),
        ErrorKind::Forbidden => Some("use a credential of the account that owns the object, with the right role or scope"),
        ErrorKind::NotFound => Some("check the id and the account"),
        ErrorKind::Redirect => Some("set `base_url` to the address of the API itself"),
        ErrorKind::Network => Some("check the proxy settings and its credentials"),
        ErrorKind::Config
        | ErrorKind::Unsupported
        | ErrorKind::Conflict
        | ErrorKind::Invalid
        | ErrorKind::PlanLimit
        | ErrorKind::RateLimited
        | ErrorKind::Server
        | ErrorKind::Timeout
        | ErrorKind::Decode
        | ErrorKind::Cancelled
        | ErrorKind::Internal => None,
    }
}

/// Where a redirect points to: its origin only, a query could hold anything.
fn redirect_words(head: &WireHead, origin: &str, secrets: &SecretsInUse) -> String {
    let target = head.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let base = Url::parse(origin).ok();
    let target = target.and_then(|target| base.as_ref()?.join(target).ok()).filter(Url::has_host);
    match target {
        Some(url) => {
            let target = url.origin().ascii_serialization();
            format!("the service redirects to {}, which is never followed", ServiceText::of(target).masked(secrets))
        }
        None => "the service answered with a redirect that leads nowhere, and none is ever followed".to_owned(),
    }
}

/// No whole answer arrived. `proxy` is the one that the service is reached through.
pub(super) fn broken(broken: &Broken, proxy: Option<&str>) -> Error {
    let Words { kind, reason, summary, remedy } = network::describe(&broken.error, proxy);
    Error::new(kind).with(|data| {
        data.reason = reason.map(Into::into);
        data.summary = Some(summary);
        data.timeout_scope = broken.scope;
        data.status = broken.head.as_ref().map(|head| head.status);
        data.remedy = remedy.map(str::to_owned);
    })
}

/// No connection came free before the call had to end.
pub(super) fn no_connection(max_connections: usize) -> Error {
    Error::new(ErrorKind::Timeout).with(|data| {
        data.reason = Some("connections".into());
        data.summary = Some(format!("all {max_connections} connections of the client were in use, and none came free in time"));
        data.timeout_scope = Some(TimeoutScope::Call);
        data.stop = Some(Stop::Deadline);
        data.remedy = Some("start fewer calls at once, or raise `timeout` or `max_connections`".to_owned());
    })
}

/// The limits of a call that decide whether it waits: an error names the one that ended it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// `None`: the call may take any time.
    pub total: Option<Duration>,
    pub max_retry_after: Duration,
    pub queue_limit: u32,
}

impl Patience {
    /// Which option made the call end here, its value, and what to do; for reasons that are options.
    pub(super) fn remedy(self, stop: Stop) -> Option<String> {
        match (stop, self.total) {
            (Stop::Deadline, Some(total)) => {
                Some(format!("`timeout` is {}: raise it, or make fewer calls at once", seconds(total)))
            }
            (Stop::RetryAfterTooLong, _) => {
                Some(format!("`max_retry_after` is {}: raise it, or come back later", seconds(self.max_retry_after)))
            }
            (Stop::QueueFull, _) => Some(format!("`queue_limit` is {}: raise it, or make fewer calls at once", self.queue_limit)),
            (
                Stop::Deadline
                | Stop::Fatal
                | Stop::Attempts
                | Stop::Throttled
                | Stop::Budget
                | Stop::ThrottleFail
                | Stop::Cancelled
                | Stop::UnknownOutcome,
                _,
            ) => None,
        }
    }
}

/// A time as the options are given, "120 s" or "2.5 s".
fn seconds(time: Duration) -> String {
    let text = format!("{:.1}", time.as_secs_f64());
    format!("{} s", text.strip_suffix(".0").unwrap_or(&text))
}

/// The limiter did not let the call pass: at once, or again after an attempt that ended with `last`.
pub(super) fn not_admitted(refused: Refused, last: Option<Error>, patience: Patience) -> Error {
    let error = last.unwrap_or_else(|| {
        Error::new(ErrorKind::RateLimited).with(|data| {
            data.summary = Some(held_back(refused));
            data.outcome = Outcome::NotSent;
        })
    });
    error.with(|data| {
        data.stop = Some(refused.stop);
        data.retry_after = Some(refused.retry_after);
        data.remedy = patience.remedy(refused.stop).or_else(|| data.remedy.take());
    })
}

/// Why a call that was never sent did not wait.
fn held_back(refused: Refused) -> String {
    let wait = refused.retry_after.as_secs_f64().ceil();
    match refused.stop {
        Stop::Deadline => format!("its turn among the calls of its key comes in about {wait} s, later than it may wait"),
        Stop::RetryAfterTooLong => format!("the calls of its key are held back for {wait} s, longer than it may wait"),
        Stop::QueueFull => "as many calls wait for its key as may".to_owned(),
        Stop::ThrottleFail
        | Stop::Fatal
        | Stop::Attempts
        | Stop::Throttled
        | Stop::Budget
        | Stop::Cancelled
        | Stop::UnknownOutcome => "the service asked for fewer requests, and this call may not wait".to_owned(),
    }
}

/// The key provider or the login took all the time there was.
pub(super) fn no_credential_in_time() -> Error {
    Error::new(ErrorKind::Timeout).with(|data| {
        data.summary = Some("the credential was not there in time".to_owned());
        data.timeout_scope = Some(TimeoutScope::Call);
        data.stop = Some(Stop::Deadline);
        data.remedy = Some("look at the key provider, or raise `timeout`".to_owned());
    })
}
