//! The transport over the network: one request on one connection, and its answer.
//!
//! Nothing happens here that was not asked for: no redirect, no second send of anything that was
//! written, no referer, no cookie, no proxy in the clear, because each of these has leaked
//! somebody's key (`security.md`). Time limits but the one on connecting belong to the caller,
//! who has the clock.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::ext::ReasonPhrase;
use url::{Position, Url};

use super::classify;
use super::dial::Dialer;
use super::gzip::Gunzip;
use super::pool::{Link, Pool};
use super::proxy::{Proxies, Route};
use super::{Connection, Transport, TransportOptions};
use crate::error::Result;
use crate::wire::{self, BodySource, BoxFuture, Fault, Phase, Progress, Reached, TransportError, WireHead, WireRequest};

/// Sends requests over HTTP/1.1, with TLS for `https`.
#[derive(Debug)]
pub struct HttpTransport {
    dialer: Dialer,
    pool: Arc<Pool>,
    max_head: usize,
}

impl HttpTransport {
    /// A transport without connections. Does no I/O; reads the variables of proxies.
    #[must_use]
    pub fn new(options: TransportOptions) -> Self {
        let dialer = Dialer {
            proxies: Proxies::new(options.proxy, &options.environment),
            limit: options.connect_timeout,
            extra_roots: options.extra_roots,
            clock: Arc::clone(&options.clock),
            tls: Mutex::default(),
        };
        Self { dialer, pool: Pool::new(options.clock, options.max_idle), max_head: options.max_head }
    }

    /// Whether an address can be reached as the settings say.
    ///
    /// # Errors
    /// `config` naming the variable whose proxy would be used and cannot be.
    pub(crate) fn check(&self, url: &Url) -> Result<()> {
        self.dialer.proxies.check(url)
    }

    #[cfg(test)]
    pub(super) fn has_read_roots(&self) -> bool {
        self.dialer.tls.lock().is_ok_and(|made| made.is_some())
    }

    async fn exchange(
        &self,
        request: WireRequest,
        connection: Connection,
        progress: &Progress,
    ) -> Result<wire::Incoming, TransportError> {
        let url = request.url.clone();
        let (mut message, wants_gzip) = message(request)?;
        loop {
            let resting = match connection {
                Connection::Pooled => self.pool.take(&url).await,
                Connection::Fresh => None,
            };
            let reused = resting.is_some();
            let mut link = match resting {
                Some(link) => link,
                None => self.dialer.open(&url, progress).await?,
            };
            progress.at(Phase::Send);
            let mut failure = match link.sender.try_send_request(message).await {
                Ok(response) => {
                    let pool = (connection == Connection::Pooled).then(|| Arc::clone(&self.pool));
                    let body = NetworkBody { body: None, link: Some(link), pool, reused };
                    return body.begin(response, wants_gzip, self.max_head);
                }
                Err(failure) => failure,
            };
            match failure.take_message() {
                // The connection was closed before it took the request: not a byte was written.
                Some(unsent) if reused => {
                    progress.at(Phase::Connect);
                    message = unsent;
                }
                Some(_) => {
                    return Err(TransportError { fault: Fault::Reset, phase: Phase::Send, reached: Reached::Nothing, reused });
                }
                None => return Err(classify::before_head(&failure.into_error(), reused)),
            }
        }
    }
}

impl Transport for HttpTransport {
    fn send<'a>(
        &'a self,
        request: WireRequest,
        connection: Connection,
        progress: &'a Progress,
    ) -> BoxFuture<'a, Result<wire::Incoming, TransportError>> {
        Box::pin(self.exchange(request, connection, progress))
    }

    fn proxy_of(&self, url: &Url) -> Option<String> {
        match self.dialer.proxies.route(url) {
            Route::Tunnel(proxy) => Some(proxy.to_string()),
            Route::Direct | Route::Closed(_) => None,
        }
    }

    fn needs_runtime(&self) -> bool {
        true
    }
}

/// The request as hyper takes it, and whether a gzip body may come back. A caller that wants
/// none says so in its own `Accept-Encoding`.
fn message(request: WireRequest) -> Result<(Request<Payload>, bool), TransportError> {
    let WireRequest { method, url, headers, body } = request;
    // What a checked URL spells is a URI; this is for one that was not checked.
    let unusable = |_| TransportError { fault: Fault::Resolve, phase: Phase::Resolve, reached: Reached::Nothing, reused: false };
    let host = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]).map_err(|_| unusable(()))?;
    let mut message = Request::new(Payload(body));
    *message.uri_mut() = Uri::try_from(&url[Position::BeforePath..Position::AfterQuery]).map_err(|_| unusable(()))?;
    *message.method_mut() = method;
    *message.headers_mut() = headers;
    let headers = message.headers_mut();
    headers.insert(HOST, host);
    let wants_gzip = *headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip")) == "gzip";
    Ok((message, wants_gzip))
}

/// The body of a request: all of it, or none.
pub(super) struct Payload(Option<Bytes>);

impl Body for Payload {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, Bytes::len) as u64)
    }
}

/// The bytes of status line and headers, as they must at least have been on the wire.
fn head_size(response: &Response<Incoming>) -> usize {
    let reason = response.extensions().get::<ReasonPhrase>().map(|reason| reason.as_bytes().len());
    let reason = reason.or(response.status().canonical_reason().map(str::len)).unwrap_or(0);
    let line = "HTTP/1.1 200 \r\n\r\n".len() + reason;
    response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum::<usize>() + line
}

enum Encoding {
    None,
    Gzip,
    Other,
}

/// How the body is encoded, over all lines of both headers that can say so.
fn encoding(headers: &HeaderMap) -> Encoding {
    let codings = |name: HeaderName| {
        let lines = headers.get_all(name).into_iter();
        lines
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|coding| !coding.is_empty())
    };
    if !codings(TRANSFER_ENCODING).all(|coding| coding.eq_ignore_ascii_case(b"chunked")) {
        return Encoding::Other;
    }
    let mut real = codings(CONTENT_ENCODING).filter(|coding| !coding.eq_ignore_ascii_case(b"identity"));
    match (real.next(), real.next()) {
        (None, _) => Encoding::None,
        (Some(one), None) if one.eq_ignore_ascii_case(b"gzip") || one.eq_ignore_ascii_case(b"x-gzip") => Encoding::Gzip,
        (Some(_), _) => Encoding::Other,
    }
}

/// The body of an answer. Read to its end, it gives its connection back.
struct NetworkBody {
    body: Option<Incoming>,
    link: Option<Link>,
    pool: Option<Arc<Pool>>,
    reused: bool,
}

impl fmt::Debug for NetworkBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkBody").finish_non_exhaustive()
    }
}

impl NetworkBody {
    fn begin(
        mut self,
        mut response: Response<Incoming>,
        wants_gzip: bool,
        max_head: usize,
    ) -> Result<wire::Incoming, TransportError> {
        let reused = self.reused;
        let refuse = |fault, phase| Err(TransportError { fault, phase, reached: Reached::Head, reused });
        if head_size(&response) > max_head {
            return refuse(Fault::TooLarge, Phase::Send);
        }
        let status = response.status().as_u16();
        // An interim status as the last word, or one outside the protocol.
        if !(200..=599).contains(&status) {
            return refuse(Fault::Malformed, Phase::Send);
        }
        let headers = mem::take(response.headers_mut());
        self.body = Some(response.into_body());
        let body: Box<dyn BodySource> = match encoding(&headers) {
            Encoding::None => Box::new(self),
            Encoding::Gzip if wants_gzip => Box::new(Gunzip::new(self, reused)),
            Encoding::Gzip | Encoding::Other => return refuse(Fault::Encoding, Phase::Body),
        };
        Ok(wire::Incoming { head: WireHead { status, headers }, body })
    }

    /// The connection is free for another request.
    fn give_back(&mut self) {
        self.body = None;
        if let (Some(pool), Some(link)) = (self.pool.take(), self.link.take()) {
            pool.put(link);
        }
    }
}

impl BodySource for NetworkBody {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        loop {
            let Some(body) = &mut self.body else { return Poll::Ready(Ok(None)) };
            match ready!(Pin::new(body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    // Trailers are nobody's business here.
                    if let Ok(bytes) = frame.into_data() {
                        return Poll::Ready(Ok(Some(bytes)));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Err(classify::in_body(&error, self.reused))),
                None => {
                    self.give_back();
                    return Poll::Ready(Ok(None));
                }
            }
        }
    }
}

impl Drop for NetworkBody {
    fn drop(&mut self) {
        if self.body.as_ref().is_some_and(Body::is_end_stream) {
            self.give_back();
        }
    }
}
