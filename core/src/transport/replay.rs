//! A transport that plays a script and records what it was asked: for tests and measurements of
//! everything above the network.
//!
//! Failures that no loopback server can make (a lookup that fails, a bad certificate, a refused
//! stream) are scripted here.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Connection, Transport};
use crate::runtime::BoxFuture;
use crate::transport::wire::{BodySource, Fault, Incoming, Phase, Progress, Reached, TransportError, WireHead, WireRequest};

/// One scripted answer: a head, the chunks of its body, and how the body ends.
#[derive(Clone)]
pub struct Reply {
    status: u16,
    headers: HeaderMap,
    chunks: VecDeque<Bytes>,
    cut: Option<TransportError>,
    stalls: bool,
}

impl Reply {
    /// An answer without headers and body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, headers: HeaderMap::new(), chunks: VecDeque::new(), cut: None, stalls: false }
    }

    /// An answer with a JSON body in one chunk.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::status(status).header("content-type", "application/json").chunk(body)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// Adds a chunk to the body.
    #[must_use]
    pub fn chunk(mut self, bytes: impl Into<Bytes>) -> Self {
        self.chunks.push_back(bytes.into());
        self
    }

    /// Lets the body fail after its chunks instead of ending.
    #[must_use]
    pub fn cut(mut self, error: TransportError) -> Self {
        self.cut = Some(error);
        self
    }

    /// Lets nothing follow the chunks, neither an end nor a failure.
    #[must_use]
    pub fn stall(mut self) -> Self {
        self.stalls = true;
        self
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What happens to one request.
#[derive(Debug, Clone)]
enum Step {
    Answer(Reply),
    Fail(TransportError),
    Hang(Phase),
}

/// One request as the transport got it.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The request.
    pub request: WireRequest,
    /// The connection it asked for.
    pub connection: Connection,
}

/// Plays its script, one step per request, and records the requests.
#[derive(Debug, Default)]
pub struct ReplayTransport {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Step>,
    endless: Option<Step>,
    forgetful: bool,
    sent: Vec<Sent>,
}

impl ReplayTransport {
    /// An empty script: a request beyond its end fails as refused.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers the next request.
    #[must_use]
    pub fn answer(self, reply: Reply) -> Self {
        self.step(Step::Answer(reply))
    }

    /// Fails the next request.
    #[must_use]
    pub fn fail(self, error: TransportError) -> Self {
        self.step(Step::Fail(error))
    }

    /// Never answers the next request.
    #[must_use]
    pub fn hang(self) -> Self {
        self.hang_at(Phase::Send)
    }

    /// Gets the next request to that step and no further.
    #[must_use]
    pub fn hang_at(self, phase: Phase) -> Self {
        self.step(Step::Hang(phase))
    }

    /// Answers every request beyond the script, and records none: for measurements.
    #[must_use]
    pub fn endless(self, reply: Reply) -> Self {
        let mut state = self.lock();
        state.endless = Some(Step::Answer(reply));
        state.forgetful = true;
        drop(state);
        self
    }

    /// The requests so far, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.lock().sent.clone()
    }

    /// How many steps of the script were not needed.
    #[must_use]
    pub fn left(&self) -> usize {
        self.lock().script.len()
    }

    fn step(self, step: Step) -> Self {
        self.lock().script.push_back(step);
        self
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The failure of a connection that nobody accepts.
pub const REFUSED: TransportError =
    TransportError { fault: Fault::Connect, phase: Phase::Connect, reached: Reached::Nothing, reused: false };

impl Transport for ReplayTransport {
    fn send<'a>(
        &'a self,
        request: WireRequest,
        connection: Connection,
        progress: &'a Progress,
    ) -> BoxFuture<'a, Result<Incoming, TransportError>> {
        Box::pin(async move {
            let step = {
                let mut state = self.lock();
                if !state.forgetful {
                    state.sent.push(Sent { request, connection });
                }
                state.script.pop_front().or_else(|| state.endless.clone()).unwrap_or(Step::Fail(REFUSED))
            };
            progress.at(match step {
                Step::Hang(phase) => phase,
                Step::Answer(_) | Step::Fail(_) => Phase::Send,
            });
            match step {
                Step::Answer(reply) => {
                    let head = WireHead { status: reply.status, headers: reply.headers };
                    let body = ReplayBody { chunks: reply.chunks, cut: reply.cut, stalls: reply.stalls };
                    Ok(Incoming { head, body: Box::new(body) })
                }
                Step::Fail(error) => Err(error),
                Step::Hang(_) => std::future::pending().await,
            }
        })
    }
}

struct ReplayBody {
    chunks: VecDeque<Bytes>,
    cut: Option<TransportError>,
    stalls: bool,
}

impl BodySource for ReplayBody {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        match (self.chunks.pop_front(), self.cut) {
            (Some(chunk), _) => Poll::Ready(Ok(Some(chunk))),
            (None, Some(error)) => Poll::Ready(Err(error)),
            (None, None) if self.stalls => Poll::Pending,
            (None, None) => Poll::Ready(Ok(None)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::Method;
    use url::Url;

    use super::*;
    use crate::transport::collect;

    fn request() -> WireRequest {
        WireRequest { method: Method::GET, url: Url::parse("https://h.test/").unwrap(), headers: HeaderMap::new(), body: None }
    }

    #[tokio::test]
    async fn the_script_is_played_in_order_and_the_requests_are_kept() {
        let lost = TransportError { fault: Fault::Truncated, phase: Phase::Body, reached: Reached::Head, reused: false };
        let resolve = TransportError { fault: Fault::Resolve, phase: Phase::Resolve, ..REFUSED };
        let transport = ReplayTransport::new().fail(resolve).answer(Reply::status(200).chunk("{\"a\"").chunk(":").cut(lost));
        let progress = Progress::default();
        assert_eq!(transport.send(request(), Connection::Fresh, &progress).await.unwrap_err(), resolve);
        let answer = transport.send(request(), Connection::Pooled, &progress).await.unwrap();
        let cut = collect(answer.body, 99).await.unwrap_err();
        assert_eq!((&cut.read[..], cut.error), (&b"{\"a\":"[..], lost));
        assert_eq!(transport.send(request(), Connection::Pooled, &progress).await.unwrap_err(), REFUSED, "beyond the script");
        let connections: Vec<_> = transport.sent().into_iter().map(|sent| sent.connection).collect();
        assert_eq!(connections, [Connection::Fresh, Connection::Pooled, Connection::Pooled]);
    }
}
