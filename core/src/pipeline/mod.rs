//! The one loop that every call runs through: credential, admission, attempt, verdict, wait.
//!
//! It knows the order and nothing else: what a request looks like is planned before, what an
//! answer means is read after, whether to try again is decided by `retry`, bytes are moved by the
//! transport. Every request on the wire is an attempt that is counted here.

pub(crate) mod shared;

mod attempt;
mod connections;
mod failure;
mod in_flight;
mod login;
mod network;
mod run;

use std::sync::Arc;
use std::time::Duration;

use crate::model::time::Timestamp;
use tracing::{Instrument, Span};

use crate::auth::{Auth, Credential};
use crate::checks::base_url::BaseUrl;
use crate::checks::mask::{self, ServiceText};
use crate::dialect::plan::Planned;
use crate::dialect::{Dialect, OpSpec, Plane};
use crate::model::Meta;
use crate::model::error::{AttemptRecord, Error, ErrorKind, Outcome, Result, Stop};
use crate::options::{CallOptions, Limit};
use crate::pipeline::shared::Shared;
use crate::retry::{Priority, RetryOptions, Safety};
use crate::runtime;
use crate::runtime::clock::{Busy, Clock};
use crate::runtime::observe::{EventEmitter, EventName, Observer};
use crate::transport::wire::WireResponse;
use crate::transport::{Connection, Transport};
use crate::walk::Walks;

pub(crate) use attempt::{Answered, Body};
pub(crate) use connections::Connections;
pub(crate) use in_flight::InFlight;
use run::Run;

/// The whole call with its waits, unless given.
const TOTAL: Duration = Duration::from_secs(120);

/// Everything that the calls of one client have in common.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub dialect: Dialect,
    pub base: BaseUrl,
    pub origin: Arc<str>,
    pub transport: Arc<dyn Transport>,
    pub shared: Shared,
    pub walks: Walks,
    pub clock: Arc<dyn Clock>,
    pub observer: Option<Arc<dyn Observer>>,
    pub retry: RetryOptions,
    pub calls: CallOptions,
    pub max_body: usize,
    pub connections: Connections,
    pub user_agent: http::HeaderValue,
    pub debug_headers: bool,
}

/// One call: a planned request and how it may be treated.
pub(crate) struct Call<'a> {
    pub operation: &'a str,
    pub plane: Option<Plane>,
    pub safety: Safety,
    pub bucket: Arc<str>,
    pub connection: Connection,
    pub priority: Priority,
    pub streamed: bool,
    /// A success brings a new secret, so that no answer is quoted.
    pub brings_secret: bool,
    pub planned: Planned,
    pub options: Arc<CallOptions>,
    /// For calls that outlive their caller: create and rotate.
    pub in_flight: Option<Arc<InFlight>>,
}

/// A success, and what must not be shown where its answer is.
pub(crate) struct Done {
    pub answer: WireResponse,
    pub meta: Meta,
    /// The credential that was used.
    pub credential: Option<Credential>,
    /// All attempts of the call.
    pub attempts: Vec<AttemptRecord>,
}

impl Done {
    pub(crate) fn of((answered, meta): (Answered, Meta)) -> Result<Self> {
        let Answered { head, body, credential, attempts } = answered;
        match body {
            Body::Whole(body) => Ok(Self { answer: WireResponse { head, body }, meta, credential, attempts }),
            Body::Open(_) => Err(Error::new(ErrorKind::Internal)),
        }
    }
}

impl Pipeline {
    /// Runs a call whose answer is read whole.
    pub(crate) fn run<'a>(
        &'a self,
        auth: &'a Auth,
        call: impl Into<Box<Call<'a>>>,
    ) -> impl Future<Output = Result<Done>> + Send + 'a {
        // Boxed, because a future keeps room for what it moves, once for each move.
        let call = call.into();
        async move { self.drive(auth, call).await.and_then(Done::of) }
    }

    /// Runs a call up to the head of its answer, whose body then streams.
    pub(crate) fn open<'a>(
        &'a self,
        auth: &'a Auth,
        call: impl Into<Box<Call<'a>>>,
    ) -> impl Future<Output = Result<(Answered, Meta)>> + Send + 'a {
        self.drive(auth, call.into())
    }

    async fn drive(&self, auth: &Auth, call: Box<Call<'_>>) -> Result<(Answered, Meta)> {
        runtime::check(self.transport.needs_runtime()).map_err(|error| self.named(error, call.operation))?;
        let _busy = Busy::on(&self.clock);
        let id = call_id(self.clock.as_ref());
        self.emitter(call.operation, &id).tell(EventName::CallStart, 0, |_| {});
        let started = self.clock.monotonic();
        let url = match self.base.join(&call.planned.target) {
            Ok(url) => url,
            Err(error) => return self.ended(call.operation, &id, started, Err(error)),
        };
        let span = self.span(&call);
        let mut run = Box::new(Run::begin(self, auth, call, id, url, started));
        let result = run.finish().instrument(span).await;
        // Whatever found its way into a sentence is hidden here, where every error passes.
        let result = result.map_err(|error| error.hiding(&run.secrets()));
        self.ended(run.call.operation, &run.id, run.started, result)
    }

    /// Names the call in its error and tells that it is over.
    fn ended<T>(&self, operation: &str, id: &str, started: Duration, result: Result<T>) -> Result<T> {
        let result = result.map_err(|error| self.named(error, operation));
        let elapsed = self.clock.monotonic().saturating_sub(started);
        let error = result.as_ref().err();
        self.emitter(operation, id).tell(EventName::CallEnd, 0, |event| {
            event.duration = Some(elapsed);
            event.error = error.map(Error::kind);
            event.outcome = error.map(Error::outcome);
        });
        result
    }

    fn named(&self, error: Error, operation: &str) -> Error {
        error.with(|data| {
            data.service.get_or_insert_with(|| Arc::clone(&self.dialect.0.id));
            data.operation.get_or_insert_with(|| operation.to_owned().into());
        })
    }

    /// An answer that arrived and could not be read: it was carried out, and trying again would
    /// bring the same.
    pub(crate) fn unreadable(&self, error: Error, op: &OpSpec, auth: &Auth, done: &Done) -> Error {
        let used = done.credential.iter().flat_map(Credential::secrets).cloned();
        let secrets = auth.in_use().with(used);
        // Whatever stands in an answer that was to bring a new secret may be that secret.
        let body = &done.answer.body;
        let mut attempts = done.attempts.clone();
        if op.brings_secret() {
            attempts.iter_mut().for_each(|record| forget_if_repeated(&mut record.request_id, body));
        }
        let error = error.with(|data| {
            data.status = Some(done.answer.head.status);
            data.outcome = Outcome::Applied;
            data.omit_outcome = op.safety == Safety::Safe;
            data.stop = Some(Stop::Fatal);
            data.elapsed = Some(done.meta.elapsed);
            data.attempts = attempts;
            data.excerpt = if op.brings_secret() { None } else { mask::excerpt(body, &secrets) };
        });
        self.named(error, &op.name).hiding(&secrets)
    }

    fn deadline(&self, call: &Call<'_>, options: CallOptions, started: Duration) -> Option<Duration> {
        match (options.timeout, call.streamed) {
            // A stream may run for as long as it has something to say.
            (Limit::Inherit, true) => None,
            (Limit::Inherit | Limit::After(_) | Limit::Never, _) => {
                self.timeout(options).map(|total| started.saturating_add(total))
            }
        }
    }

    /// How long a call with these settings may take, waits included.
    pub(crate) fn timeout(&self, options: CallOptions) -> Option<Duration> {
        match options.over(self.calls).timeout {
            Limit::Inherit => Some(TOTAL),
            Limit::After(total) => Some(total),
            Limit::Never => None,
        }
    }

    /// The call as a span, under the names of the HTTP semantic conventions.
    fn span(&self, call: &Call<'_>) -> Span {
        tracing::debug_span!(
            target: "keywright",
            "keywright.request",
            service = %self.dialect.0.id,
            operation = call.operation,
            http.request.method = call.planned.method.as_str(),
            server.address = %self.origin,
        )
    }

    pub(crate) fn emitter<'a>(&'a self, operation: &'a str, call: &'a str) -> EventEmitter<'a> {
        EventEmitter { observer: self.observer.as_deref(), service: &self.dialect.0.id, operation, call }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Drops an id that the body repeats: what was to bring a new secret may have brought it there too.
fn forget_if_repeated(id: &mut Option<String>, body: &[u8]) {
    if id.as_deref().is_some_and(|id| ServiceText::of(id).stands_in(body)) {
        *id = None;
    }
}

/// Twelve hexadecimal digits: enough to tell the calls of a day apart in a log.
fn call_id(clock: &dyn Clock) -> Box<str> {
    let number = (clock.random() * (1_u64 << 48) as f64) as u64;
    format!("{number:012x}").into()
}
