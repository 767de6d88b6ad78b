//! The transport over the network: the only file that knows reqwest.
//!
//! Everything a general HTTP client does on its own account is switched off (redirects, retries,
//! referer, cookies, proxies in the clear), because each of these has leaked somebody's key
//! (`security.md`). Time limits but the one on connecting belong to the caller, who has the clock.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::pin;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};
use hyper::ext::ReasonPhrase;
use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::redirect;
use rustls::ClientConfig;

use super::classify::{self, Signs};
use super::gzip::Gunzip;
use super::proxy::{Exceptions, Route};
use super::reuse::{Ends, Served};
use super::{Connection, Transport, TransportOptions, tls};
use crate::wire::{BodySource, BoxFuture, Fault, Incoming, Phase, Reached, TransportError, WireHead, WireRequest};

/// How long an unused connection is kept: less than the usual idle limits of servers, so that
/// it is mostly ours to close.
const IDLE: Duration = Duration::from_secs(30);

/// Sends requests over HTTP/1.1, with TLS for `https`.
///
/// Clients are built at their first use: a program that only speaks `http` never reads the
/// certificates of the system.
pub struct HttpTransport {
    options: TransportOptions,
    exceptions: Exceptions,
    clients: [[OnceLock<reqwest::Client>; 2]; Route::COUNT],
    tls: OnceLock<ClientConfig>,
    served: Served,
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
            exceptions: Exceptions::from_environment(&options.environment),
            options,
            clients: Default::default(),
            tls: OnceLock::new(),
            served: Served::new(),
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
        let pooled = connection == Connection::Pooled;
        match client.execute(message).await {
            Ok(response) => {
                let ends = response.extensions().get().map(ends);
                let reused = pooled && ends.is_some_and(|ends| self.served.answered(ends));
                incoming(response, wants_gzip, reused, self.options.max_head)
            }
            Err(error) => {
                let ends = classify::connection(&error).as_ref().map(ends);
                let reused = pooled && ends.is_some_and(|ends| self.served.failed(ends));
                Err(before_head(&error, route != Route::Plain, reused))
            }
        }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: WireRequest, connection: Connection) -> BoxFuture<'_, Result<Incoming, TransportError>> {
        Box::pin(self.exchange(request, connection))
    }

    fn needs_runtime(&self) -> bool {
        true
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

fn ends(info: &HttpInfo) -> Ends {
    Ends { local: info.local_addr(), remote: info.remote_addr() }
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

fn incoming(
    mut response: reqwest::Response,
    wants_gzip: bool,
    reused: bool,
    max_head: usize,
) -> Result<Incoming, TransportError> {
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
    let plain = NetworkBody { response, reused };
    let body: Box<dyn BodySource> = match encoding(&headers) {
        Encoding::None => Box::new(plain),
        Encoding::Gzip if wants_gzip => Box::new(Gunzip::new(plain, reused)),
        Encoding::Gzip | Encoding::Other => return refuse(Fault::Encoding, Phase::Body),
    };
    Ok(Incoming { head: WireHead { status, headers }, body })
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
    response: reqwest::Response,
    reused: bool,
}

impl BodySource for NetworkBody {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        // The future keeps nothing between polls, so it can be made anew for each.
        let chunk = pin!(self.response.chunk());
        chunk.poll(cx).map_err(|error| classify::in_body(&error, self.reused))
    }
}
