//! The transport over the network: the only file that imports reqwest.
//!
//! Everything a general HTTP client does on its own account is switched off (redirects, retries,
//! referer, cookies, proxies in the clear), because each of these has leaked somebody's key.
//! Time limits but the one on connecting belong to the caller, who has the clock.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};
use hyper::ext::ReasonPhrase;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect;
use rustls::ClientConfig;
use tower_layer::Layer;
use tower_service::Service;
use url::Url;

use super::classify::{self, Signs};
use super::gzip::Gunzip;
use super::proxy::{Proxies, Proxy, Route};
use super::standstill::{IDLE, Watch};
use super::steps::{self, Steps};
use super::{Connection, Transport, TransportOptions, tls};
use crate::model::error::Result;
use crate::runtime::BoxFuture;
use crate::transport::wire::{
    BadProxy, BodySource, Fault, Incoming, Phase, Progress, Reached, TransportError, WireHead, WireRequest,
};

/// Sends requests over HTTP/1.1, with TLS for `https`.
///
/// Clients are built at their first use: a program that only speaks `http` never reads the
/// certificates of the system.
pub struct HttpTransport {
    options: TransportOptions,
    proxies: Proxies,
    made: Mutex<Made>,
    watch: Arc<Watch>,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

/// What was built so far. A failure is not kept: missing certificates may be put right.
#[derive(Default)]
struct Made {
    clients: [[Option<Client>; 2]; 3],
    tls: Option<ClientConfig>,
}

struct Client {
    inner: reqwest::Client,
    /// How many times everything had stood still when it was built: a later standstill ends it,
    /// and with it all connections that rest in it.
    standstills: u64,
}

impl HttpTransport {
    /// A transport without connections. Does no I/O; reads the variables of proxies.
    #[must_use]
    pub fn new(options: TransportOptions) -> Self {
        let proxies = Proxies::new(options.proxy, &options.environment);
        let watch = Arc::new(Watch::new(Arc::clone(&options.clock)));
        Self { options, proxies, made: Mutex::default(), watch }
    }

    /// Whether an address can be reached as the settings say.
    ///
    /// # Errors
    /// `config` naming the variable whose proxy would be used and cannot be.
    pub(crate) fn check(&self, url: &Url) -> Result<()> {
        self.proxies.check(url)
    }

    #[cfg(test)]
    pub(super) fn has_read_roots(&self) -> bool {
        self.made.lock().is_ok_and(|made| made.tls.is_some())
    }

    fn client(&self, way: Way<'_>, connection: Connection, standstills: u64) -> Result<reqwest::Client, TransportError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let pooled = usize::from(connection == Connection::Pooled);
        if let Some(client) = &made.clients[way.index()][pooled]
            && client.standstills >= standstills
        {
            return Ok(client.inner.clone());
        }
        let tls = match (way, &made.tls) {
            (Way::Plain, _) => tls::nobody(),
            (Way::Direct | Way::Tunnel(_), Some(tls)) => Ok(tls.clone()),
            (Way::Direct | Way::Tunnel(_), None) => {
                tls::verified(&self.options.extra_roots).inspect(|tls| made.tls = Some(tls.clone()))
            }
        };
        let inner = self.build(way, connection, tls.map_err(|_| unsent(Fault::NoRoots, Phase::Tls))?)?;
        made.clients[way.index()][pooled] = Some(Client { inner: inner.clone(), standstills });
        Ok(inner)
    }

    fn build(&self, way: Way<'_>, connection: Connection, tls: ClientConfig) -> Result<reqwest::Client, TransportError> {
        let idle = match connection {
            Connection::Pooled => self.options.max_idle,
            Connection::Fresh => 0,
        };
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(self.options.connect_timeout)
            .connector_layer(Watcher)
            .dns_resolver(Names)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(idle);
        let builder = match way {
            Way::Plain | Way::Direct => builder.no_proxy(),
            Way::Tunnel(proxy) => {
                let unusable = |_| unsent(Fault::Proxy(BadProxy::Unreachable), Phase::Proxy);
                let mut tunnel = reqwest::Proxy::https(proxy.to_string()).map_err(unusable)?.no_proxy(None);
                if let Some(login) = &proxy.login {
                    tunnel = tunnel.custom_http_auth(login.clone());
                }
                builder.proxy(tunnel)
            }
        };
        builder.build().map_err(|_| unsent(Fault::Connect, Phase::Connect))
    }

    async fn exchange(
        &self,
        request: WireRequest,
        connection: Connection,
        progress: &Progress,
    ) -> Result<Incoming, TransportError> {
        let way = match self.proxies.route(&request.url) {
            Route::Closed(_) => return Err(unsent(Fault::Proxy(BadProxy::Unreachable), Phase::Proxy)),
            Route::Tunnel(proxy) => Way::Tunnel(proxy),
            Route::Direct if request.url.scheme() == "https" => Way::Direct,
            Route::Direct => Way::Plain,
        };
        let pooled = connection == Connection::Pooled;
        let standstills = if pooled { self.watch.look().await } else { 0 };
        let client = self.client(way, connection, standstills)?;
        let (message, wants_gzip) = message(request);
        let steps = Steps::new(way.proxy().map(|proxy| proxy.host.to_string()));
        let sent = steps::watched(&steps, progress, client.execute(message)).await;
        let reused = pooled && !steps.opened();
        match sent {
            Ok(response) => {
                let watch = pooled.then(|| Arc::clone(&self.watch));
                incoming(NetworkBody { response, reused, watch }, wants_gzip, self.options.max_head)
            }
            Err(error) => {
                let signs = Signs {
                    // What is no address was never asked for.
                    invalid: error.is_builder(),
                    connecting: error.is_connect(),
                    timed_out: error.is_timeout(),
                    step: steps.phase(),
                    reused,
                };
                Err(classify::before_head(&error, signs))
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
    ) -> BoxFuture<'a, Result<Incoming, TransportError>> {
        Box::pin(self.exchange(request, connection, progress))
    }

    fn proxy_of(&self, url: &Url) -> Option<String> {
        match self.proxies.route(url) {
            Route::Tunnel(proxy) => Some(proxy.to_string()),
            Route::Direct | Route::Closed(_) => None,
        }
    }

    fn needs_runtime(&self) -> bool {
        true
    }
}

/// How an address is reached. Each way has clients of its own, so that what one of them may do is
/// fixed when it is built: the one for plain `http` has no proxy and trusts nobody.
#[derive(Clone, Copy)]
enum Way<'a> {
    Plain,
    Direct,
    Tunnel(&'a Proxy),
}

impl<'a> Way<'a> {
    fn index(self) -> usize {
        match self {
            Self::Plain => 0,
            Self::Direct => 1,
            Self::Tunnel(_) => 2,
        }
    }

    fn proxy(self) -> Option<&'a Proxy> {
        match self {
            Self::Plain | Self::Direct => None,
            Self::Tunnel(proxy) => Some(proxy),
        }
    }
}

fn unsent(fault: Fault, phase: Phase) -> TransportError {
    TransportError { fault, phase, reached: Reached::Nothing, reused: false }
}

/// Looks names up, and says so.
struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move { Ok(Box::new(steps::addresses(name.as_str()).await?.into_iter()) as Addrs) })
    }
}

/// Says of each connection that it is being opened.
#[derive(Clone)]
struct Watcher;

impl<S> Layer<S> for Watcher {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched(inner)
    }
}

#[derive(Clone)]
struct Watched<S>(S);

impl<S, R> Service<R> for Watched<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<std::result::Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, place: R) -> Self::Future {
        Box::pin(steps::opening(self.0.call(place)))
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

fn incoming(mut body: NetworkBody, wants_gzip: bool, max_head: usize) -> Result<Incoming, TransportError> {
    let reused = body.reused;
    let refuse = |fault, phase| Err(TransportError { fault, phase, reached: Reached::Head, reused });
    if head_size(&body.response) > max_head {
        return refuse(Fault::TooLarge, Phase::Send);
    }
    let status = body.response.status().as_u16();
    // An interim status as the last word, or one outside the protocol.
    if !(200..=599).contains(&status) {
        return refuse(Fault::Malformed, Phase::Send);
    }
    let headers = mem::take(body.response.headers_mut());
    let body: Box<dyn BodySource> = match encoding(&headers) {
        Encoding::None => Box::new(body),
        Encoding::Gzip if wants_gzip => Box::new(Gunzip::new(body, reused)),
        Encoding::Gzip | Encoding::Other => return refuse(Fault::Encoding, Phase::Body),
    };
    Ok(Incoming { head: WireHead { status, headers }, body })
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

/// The body of an answer. From its end its connection may rest.
struct NetworkBody {
    response: reqwest::Response,
    reused: bool,
    watch: Option<Arc<Watch>>,
}

impl BodySource for NetworkBody {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        // The future keeps nothing between polls, so it can be made anew for each.
        let chunk = pin!(self.response.chunk());
        chunk.poll(cx).map_err(|error| classify::in_body(&error, self.reused))
    }
}

impl Drop for NetworkBody {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            watch.rests();
        }
    }
}
