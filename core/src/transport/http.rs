//! The transport over the network: the only file that knows reqwest.
//!
//! Everything a general HTTP client does on its own account is switched off (redirects, retries,
//! referer, cookies, proxies in the clear), because each of these has leaked somebody's key
//! (`security.md`). Time limits but the one on connecting belong to the caller, who has the clock.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Body as _;
use hyper::ext::ReasonPhrase;
use reqwest::redirect;
use rustls::ClientConfig;
use tower_layer::Layer;
use tower_service::Service;

use super::classify::{self, Signs};
use super::gzip::Gunzip;
use super::proxy::{Exceptions, Route};
use super::{Connection, Transport, TransportOptions, tls};
use crate::wire::{BodySource, BoxFuture, Fault, Incoming, Phase, Reached, TransportError, WireHead, WireRequest};

/// How long an unused connection is kept: less than the usual idle limits of servers, so that
/// it is mostly ours to close.
const IDLE: Duration = Duration::from_secs(30);

tokio::task_local! {
    /// Whether the exchange of this task has opened a connection itself. reqwest tells nobody
    /// whether a connection was taken from the pool, but it opens connections inside the very
    /// future that asks for one, where this is visible; one that is opened for the pool in the
    /// background does not see it.
    static OPENED: Cell<bool>;
}

/// Sends requests over HTTP/1.1, with TLS for `https`.
///
/// Clients are built at their first use: a program that only speaks `http` never reads the
/// certificates of the system.
pub struct HttpTransport {
    options: TransportOptions,
    exceptions: Exceptions,
    clients: [[OnceLock<reqwest::Client>; 2]; Route::COUNT],
    tls: OnceLock<ClientConfig>,
    building: Mutex<()>,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// A transport without connections. Does no I/O; reads `NO_PROXY`.
    #[must_use]
    pub fn new(options: TransportOptions) -> Self {
        Self {
            options,
            exceptions: Exceptions::from_environment(),
            clients: Default::default(),
            tls: OnceLock::new(),
            building: Mutex::new(()),
        }
    }

    fn client(&self, route: Route, connection: Connection) -> Result<&reqwest::Client, TransportError> {
        let slot = match connection {
            Connection::Pooled => 0,
            Connection::Fresh => 1,
        };
        let cell = &self.clients[route.index()][slot];
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = self.build(route, connection).map_err(|Unbuilt| TransportError {
            fault: Fault::Tls,
            phase: Phase::Tls,
            reached: Reached::Nothing,
            reused: false,
        })?;
        Ok(cell.get_or_init(|| client))
    }

    fn build(&self, route: Route, connection: Connection) -> Result<reqwest::Client, Unbuilt> {
        let tls = match route {
            Route::Plain => tls::nobody()?,
            Route::Direct | Route::System => self.tls()?.clone(),
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(self.options.connect_timeout)
            .connector_layer(NoteOpened)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE);
        if let Connection::Fresh = connection {
            builder = builder.pool_max_idle_per_host(0);
        }
        Ok(match route {
            Route::Plain | Route::Direct => builder.no_proxy().build()?,
            Route::System => builder.build()?,
        })
    }

    #[cfg(test)]
    pub(super) fn has_read_roots(&self) -> bool {
        self.tls.get().is_some()
    }

    /// Only called under `building`, so it is built once.
    fn tls(&self) -> Result<&ClientConfig, Unbuilt> {
        if let Some(config) = self.tls.get() {
            return Ok(config);
        }
        let config = tls::verified(&self.options.extra_roots)?;
        Ok(self.tls.get_or_init(|| config))
    }

    async fn exchange(&self, request: WireRequest, connection: Connection) -> Result<Incoming, TransportError> {
        let route = Route::of(&request.url, self.options.proxy, &self.exceptions);
        let client = self.client(route, connection)?;
        let (message, wants_gzip) = message(request);
        let sending = async { (client.execute(message).await, OPENED.with(Cell::get)) };
        let (result, opened) = OPENED.scope(Cell::new(false), sending).await;
        match result {
            Ok(response) => incoming(response, wants_gzip, !opened, self.options.max_head),
            Err(error) => Err(before_head(&error, route != Route::Plain, !opened)),
        }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: WireRequest, connection: Connection) -> BoxFuture<'_, Result<Incoming, TransportError>> {
        Box::pin(self.exchange(request, connection))
    }
}

/// A client could not be built: the certificates of the system could not be read.
struct Unbuilt;

impl From<rustls::Error> for Unbuilt {
    fn from(_: rustls::Error) -> Self {
        Self
    }
}

impl From<reqwest::Error> for Unbuilt {
    fn from(_: reqwest::Error) -> Self {
        Self
    }
}

/// The request as reqwest takes it, and whether a gzip body may come back. A caller that wants
/// none says so in its own `Accept-Encoding`.
fn message(request: WireRequest) -> (reqwest::Request, bool) {
    let mut message = reqwest::Request::new(request.method, request.url);
    *message.headers_mut() = request.headers;
    *message.body_mut() = request.body.map(Into::into);
    let asked = message.headers_mut().entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip"));
    let wants_gzip = *asked == "gzip";
    (message, wants_gzip)
}

fn incoming(response: reqwest::Response, wants_gzip: bool, reused: bool, max_head: usize) -> Result<Incoming, TransportError> {
    let refuse = |fault, phase| Err(TransportError { fault, phase, reached: Reached::Head, reused });
    if head_size(&response) > max_head {
        return refuse(Fault::TooLarge, Phase::Send);
    }
    let status = response.status().as_u16();
    // An interim status as the last word, or one outside the protocol.
    if !(200..=599).contains(&status) {
        return refuse(Fault::Malformed, Phase::Send);
    }
    let (parts, body) = http::Response::<reqwest::Body>::from(response).into_parts();
    let plain = NetworkBody { body, reused };
    let body: Box<dyn BodySource> = match encoding(&parts.headers) {
        Encoding::None => Box::new(plain),
        Encoding::Gzip if wants_gzip => Box::new(Gunzip::new(plain, reused)),
        Encoding::Gzip | Encoding::Other => return refuse(Fault::Encoding, Phase::Body),
    };
    Ok(Incoming { head: WireHead { status, headers: parts.headers }, body })
}

fn before_head(error: &reqwest::Error, secure: bool, reused: bool) -> TransportError {
    let signs =
        Signs { connecting: error.is_connect(), resolving: error.is_dns(), timed_out: error.is_timeout(), secure, reused };
    classify::before_head(error, signs)
}

/// The bytes of status line and headers, as they must at least have been on the wire.
fn head_size(response: &reqwest::Response) -> usize {
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

struct NetworkBody {
    body: reqwest::Body,
    reused: bool,
}

impl BodySource for NetworkBody {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        loop {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                None => return Poll::Ready(Ok(None)),
                Some(Err(error)) => return Poll::Ready(Err(classify::in_body(&error, self.reused))),
                // Trailers carry nothing we ask for.
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        return Poll::Ready(Ok(Some(chunk)));
                    }
                }
            }
        }
    }
}

/// Tells the exchange that asked for a connection when it got a new one.
#[derive(Debug, Clone, Copy)]
struct NoteOpened;

impl<S> Layer<S> for NoteOpened {
    type Service = NotingOpened<S>;

    fn layer(&self, connector: S) -> Self::Service {
        NotingOpened(connector)
    }
}

#[derive(Debug, Clone)]
struct NotingOpened<S>(S);

impl<S, R> Service<R> for NotingOpened<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, address: R) -> Self::Future {
        let opening = self.0.call(address);
        Box::pin(note(opening))
    }
}

async fn note<C, E>(opening: impl Future<Output = Result<C, E>>) -> Result<C, E> {
    let connection = opening.await?;
    // Fails where nobody listens: the connection is then for the pool.
    let _ = OPENED.try_with(|opened| opened.set(true));
    Ok(connection)
}
