//! One request and its answer, within its time limits.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderName, HeaderValue};

use super::{Call, Pipeline, Progress};
use crate::auth::Credential;
use crate::clock::Clock;
use crate::error::{AttemptRecord, TimeoutScope};
use crate::observe::EventName;
use crate::options::{CallOptions, Limit};
use crate::transport::Body as Gathering;
use crate::wire::{BodySource, Fault, Phase, Reached, TransportError, WireHead, WireRequest};

const ATTEMPT: Duration = Duration::from_secs(30);
const STALL: Duration = Duration::from_secs(20);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ATTEMPT_HEADER: HeaderName = HeaderName::from_static("x-keywright-attempt");

/// An answer as far as the call wanted it.
pub(crate) struct Answered {
    pub head: WireHead,
    pub body: Body,
}

pub(crate) enum Body {
    Whole(Bytes),
    Open(Box<dyn BodySource>),
}

/// An attempt that brought no whole answer.
pub(super) struct Broken {
    pub error: TransportError,
    pub scope: Option<TimeoutScope>,
    /// The head, when at least that arrived.
    pub head: Option<WireHead>,
}

/// What has arrived so far, kept outside the future that time may drop.
#[derive(Default)]
struct Arrived {
    head: Option<WireHead>,
    whole: Option<Body>,
}

impl Pipeline {
    /// Sends the request once and gathers its answer; counts and records it.
    pub(super) async fn attempt(
        &self,
        call: &Call<'_>,
        credential: Option<&Credential>,
        options: CallOptions,
        progress: &mut Progress,
    ) -> Result<Answered, Broken> {
        let n = progress.attempts.len() as u32 + 1;
        let request = self.request(call, credential, &progress.id, n)?;
        let teller = self.teller(call.operation, &progress.id);
        teller.tell(EventName::AttemptStart, n, |_| {});
        let began = self.clock.monotonic();
        let started_at = self.clock.now();
        let result = self.exchange(call, request, options, began, progress.deadline).await;
        let duration = self.clock.monotonic().saturating_sub(began);
        let (status, phase, request_id) = match &result {
            Ok(answered) => (Some(answered.head.status), None, self.request_id(&answered.head)),
            Err(broken) => {
                let head = broken.head.as_ref();
                (head.map(|head| head.status), Some(broken.error.phase.as_str()), head.and_then(|head| self.request_id(head)))
            }
        };
        teller.tell(EventName::AttemptEnd, n, |event| {
            event.status = status;
            event.duration = Some(duration);
        });
        let delay_before = std::mem::take(&mut progress.delay);
        progress.attempts.push(AttemptRecord { n, started_at, duration, delay_before, status, phase, request_id });
        result
    }

    fn request_id(&self, head: &WireHead) -> Option<String> {
        let id = head.headers.get(&self.dialect.0.request_id)?.to_str().ok()?;
        (id.len() <= 128).then(|| crate::mask::mask(id, None))
    }

    /// The whole request; credential headers come last.
    fn request(&self, call: &Call<'_>, credential: Option<&Credential>, id: &str, n: u32) -> Result<WireRequest, Broken> {
        let malformed = TransportError { fault: Fault::Malformed, phase: Phase::Send, reached: Reached::Nothing, reused: false };
        let url = self.base.join(&call.planned.target).map_err(|_| Broken { error: malformed, scope: None, head: None })?;
        let mut headers = call.planned.headers.clone();
        headers.reserve(6);
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.user_agent.clone());
        if let Ok(value) = HeaderValue::try_from(format!("kw-{id}-{n}")) {
            headers.insert(REQUEST_ID, value);
        }
        if self.debug_headers {
            headers.insert(ATTEMPT_HEADER, HeaderValue::from(n));
        }
        if let Some(credential) = credential {
            credential.apply(&call.planned.method, &mut headers);
        }
        Ok(WireRequest { method: call.planned.method.clone(), url, headers, body: call.planned.body.clone() })
    }

    async fn exchange(
        &self,
        call: &Call<'_>,
        request: WireRequest,
        options: CallOptions,
        began: Duration,
        deadline: Option<Duration>,
    ) -> Result<Answered, Broken> {
        let mut arrived = Arrived::default();
        let stall = options.stall.unwrap_or(STALL);
        let limit = limit(options.attempt, began, deadline);
        let ended = match limit {
            None => self.gather(call, request, stall, &mut arrived).await.map_err(|error| (error, stalled(error))),
            Some((after, scope)) => {
                let timer = self.clock.sleep(after);
                tokio::select! {
                    biased;
                    result = self.gather(call, request, stall, &mut arrived) => result.map_err(|error| (error, stalled(error))),
                    () = timer => Err((timeout(Phase::Send), Some(scope))),
                }
            }
        };
        match (ended, arrived.head, arrived.whole) {
            (Ok(()), Some(head), Some(body)) => Ok(Answered { head, body }),
            (Ok(()), head, _) => Err(Broken { error: timeout(Phase::Send), scope: None, head }),
            (Err((error, scope)), head, _) => {
                let error = match (&head, error.fault) {
                    (Some(_), Fault::Timeout) => TransportError { phase: Phase::Body, reached: Reached::Head, ..error },
                    (_, _) => error,
                };
                Err(Broken { error, scope, head })
            }
        }
    }

    /// Sends, and gathers head and body into `arrived`.
    async fn gather(
        &self,
        call: &Call<'_>,
        request: WireRequest,
        stall: Duration,
        arrived: &mut Arrived,
    ) -> Result<(), TransportError> {
        let incoming = self.transport.send(request, call.connection).await?;
        let streamed = call.streamed && (200..300).contains(&incoming.head.status);
        arrived.head = Some(incoming.head);
        if streamed {
            arrived.whole = Some(Body::Open(incoming.body));
            return Ok(());
        }
        let mut body = Gathering::new(incoming.body, self.max_body);
        while step(&mut body, self.clock.as_ref(), stall).await? {}
        arrived.whole = Some(Body::Whole(body.into_read()));
        Ok(())
    }
}

/// Reads one chunk, and gives up when nothing comes for `stall`.
async fn step(body: &mut Gathering, clock: &dyn Clock, stall: Duration) -> Result<bool, TransportError> {
    tokio::select! {
        biased;
        result = body.step() => result,
        () = async { clock.sleep(stall).await } => Err(timeout(Phase::Body)),
    }
}

fn timeout(phase: Phase) -> TransportError {
    let reached = if phase == Phase::Body { Reached::Head } else { Reached::Request };
    TransportError { fault: Fault::Timeout, phase, reached, reused: false }
}

/// A timeout that `gather` itself reports is either a stall or, from the transport, the connection.
fn stalled(error: TransportError) -> Option<TimeoutScope> {
    match (error.fault, error.phase) {
        (Fault::Timeout, Phase::Body) => Some(TimeoutScope::Stall),
        (Fault::Timeout, _) => Some(TimeoutScope::Connect),
        (_, _) => None,
    }
}

/// How long the attempt may take: its own limit, cut to what is left of the call.
fn limit(attempt: Limit, began: Duration, deadline: Option<Duration>) -> Option<(Duration, TimeoutScope)> {
    let own = match attempt {
        Limit::Inherit => Some(ATTEMPT),
        Limit::After(limit) => Some(limit),
        Limit::Never => None,
    };
    let left = deadline.map(|deadline| deadline.saturating_sub(began));
    match (own, left) {
        (Some(own), Some(left)) if left < own => Some((left, TimeoutScope::Total)),
        (Some(own), _) => Some((own, TimeoutScope::Attempt)),
        (None, Some(left)) => Some((left, TimeoutScope::Total)),
        (None, None) => None,
    }
}
