//! One request and its answer, within its time limits.

use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderName, HeaderValue};
use url::Url;

use super::connections::Taken;
use super::run::Run;
use crate::auth::Credential;
use crate::checks::mask::ServiceText;
use crate::model::error::{AttemptRecord, TimeoutScope};
use crate::options::Limit;
use crate::runtime::clock::Clock;
use crate::runtime::observe::EventName;
use crate::transport::Body as Gathering;
use crate::transport::wire::{BodySource, Fault, Phase, Progress, Reached, TransportError, WireHead, WireRequest};

const ATTEMPT: Duration = Duration::from_secs(30);
const STALL: Duration = Duration::from_secs(20);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ATTEMPT_HEADER: HeaderName = HeaderName::from_static("x-keywright-attempt");

/// An answer as far as the call wanted it.
pub(crate) struct Answered {
    pub head: WireHead,
    pub body: Body,
    /// The credential that it was asked for with.
    pub credential: Option<Credential>,
    /// All attempts of the call, this one included.
    pub attempts: Vec<AttemptRecord>,
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
    /// What arrived of the body.
    pub read: Bytes,
}

/// What has arrived so far, kept outside the future that time may drop.
#[derive(Default)]
struct Arrived {
    head: Option<WireHead>,
    gathering: Option<Gathering>,
    whole: Option<Body>,
    /// Room for one connection, until the answer is there.
    room: Option<Taken>,
}

impl Run<'_> {
    /// Sends the request once and gathers its answer; counts and records it.
    pub(super) async fn attempt(&mut self, room: Taken, url: Url) -> Result<Answered, Broken> {
        let n = self.attempts.len() as u32 + 1;
        let clock = self.pipeline.clock.as_ref();
        let emitter = self.pipeline.emitter(self.call.operation, &self.id);
        emitter.tell(EventName::AttemptStart, n, |_| {});
        let began = clock.monotonic();
        let started_at = clock.now();
        let in_flight = self.call.in_flight.as_deref();
        in_flight.inspect(|in_flight| in_flight.mark_sent());
        let result = self.exchange(self.request(n, url), room, began).await;
        let duration = clock.monotonic().saturating_sub(began);
        let (head, phase) = match &result {
            Ok(answered) => (Some(&answered.head), None),
            Err(broken) => (broken.head.as_ref(), Some(broken.error.phase.as_str())),
        };
        let status = head.map(|head| head.status);
        // A success stays in the air: its key is not yet in anybody's hands.
        if !status.is_some_and(|status| (200..300).contains(&status)) {
            in_flight.inspect(|in_flight| in_flight.mark_answered());
        }
        let request_id = head.and_then(|head| self.request_id(head));
        emitter.tell(EventName::AttemptEnd, n, |event| {
            event.status = status;
            event.duration = Some(duration);
        });
        let delay_before = std::mem::take(&mut self.delay);
        self.attempts.push(AttemptRecord { n, started_at, duration, delay_before, status, phase, request_id });
        result
    }

    fn request_id(&self, head: &WireHead) -> Option<String> {
        let id = ServiceText::header(head.headers.get(&self.pipeline.dialect.0.request_id)?)?;
        Some(id.masked_id(&self.secrets())?.into_string())
    }

    /// The whole request; credential headers come last.
    fn request(&self, n: u32, url: Url) -> WireRequest {
        let planned = &self.call.planned;
        let mut headers = planned.headers();
        headers.reserve(6);
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.pipeline.user_agent.clone());
        if let Ok(value) = HeaderValue::try_from(format!("kw-{}-{n}", self.id)) {
            headers.insert(REQUEST_ID, value);
        }
        if self.pipeline.debug_headers {
            headers.insert(ATTEMPT_HEADER, HeaderValue::from(n));
        }
        if let Some(credential) = &self.credential {
            credential.apply(&planned.method, &mut headers);
        }
        WireRequest { method: planned.method.clone(), url, headers, body: planned.body.clone() }
    }

    async fn exchange(&self, request: WireRequest, room: Taken, began: Duration) -> Result<Answered, Broken> {
        let mut arrived = Arrived { room: Some(room), ..Arrived::default() };
        let progress = Progress::default();
        let ended = match limit(self.options().attempt_timeout, began, self.deadline) {
            None => self.gather(request, &progress, &mut arrived).await.map_err(|error| (error, stalled(error))),
            Some((after, scope)) => {
                let timer = self.pipeline.clock.sleep(after);
                tokio::select! {
                    biased;
                    result = self.gather(request, &progress, &mut arrived) => result.map_err(|error| (error, stalled(error))),
                    () = timer => Err((late(&progress), Some(scope))),
                }
            }
        };
        let Arrived { head, gathering, whole, .. } = arrived;
        let read = gathering.map(Gathering::into_read).unwrap_or_default();
        match (ended, head, whole) {
            (Ok(()), Some(head), Some(body)) => {
                Ok(Answered { head, body, credential: self.credential.clone(), attempts: Vec::new() })
            }
            (Ok(()), head, _) => Err(Broken { error: timeout(Phase::Send), scope: None, head, read }),
            (Err((error, scope)), head, _) => {
                let in_body = head.is_some() && error.fault == Fault::Timeout;
                let error = if in_body { timeout(Phase::Body) } else { error };
                Err(Broken { error, scope, head, read })
            }
        }
    }

    /// Sends, and gathers head and body into `arrived`.
    async fn gather(&self, request: WireRequest, progress: &Progress, arrived: &mut Arrived) -> Result<(), TransportError> {
        let incoming = self.pipeline.transport.send(request, self.call.connection, progress).await?;
        let streamed = self.call.streamed && (200..300).contains(&incoming.head.status);
        arrived.head = Some(incoming.head);
        if streamed {
            let room = arrived.room.take();
            arrived.whole = Some(Body::Open(Box::new(Held { body: incoming.body, _room: room })));
            return Ok(());
        }
        let stall = self.options().read_timeout.unwrap_or(STALL);
        let body = arrived.gathering.insert(Gathering::new(incoming.body, self.pipeline.max_body));
        while step(body, self.pipeline.clock.as_ref(), stall).await? {
            // A body that always has more must not keep the time limit, or another call, from its turn.
            tokio::task::consume_budget().await;
        }
        arrived.whole = arrived.gathering.take().map(|body| Body::Whole(body.into_read()));
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

/// A stream that is read keeps its room until it is dropped.
struct Held {
    body: Box<dyn BodySource>,
    _room: Option<Taken>,
}

impl BodySource for Held {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        self.body.poll_chunk(cx)
    }
}

/// The time of an attempt ran out before its head was there. Where it had no connection yet,
/// nothing was sent.
fn late(progress: &Progress) -> TransportError {
    TransportError { fault: Fault::Timeout, phase: progress.phase(), reached: progress.reached(), reused: false }
}

fn timeout(phase: Phase) -> TransportError {
    let reached = if phase == Phase::Body { Reached::Head } else { Reached::Request };
    TransportError { fault: Fault::Timeout, phase, reached, reused: false }
}

/// A timeout that `gather` itself reports is either a stall or, from the transport, the connection.
fn stalled(error: TransportError) -> Option<TimeoutScope> {
    match (error.fault, error.phase) {
        (Fault::Timeout, Phase::Body) => Some(TimeoutScope::Read),
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
        (Some(own), Some(left)) if left < own => Some((left, TimeoutScope::Call)),
        (Some(own), _) => Some((own, TimeoutScope::Attempt)),
        (None, Some(left)) => Some((left, TimeoutScope::Call)),
        (None, None) => None,
    }
}
