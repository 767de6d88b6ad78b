//! Opens connections, step by step: name, connection, tunnel, TLS.
//!
//! Each step says where it is before it begins. A limit that runs out in the middle then knows
//! that nothing was sent, and an error names the step that failed and whose fault it is.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::classify::{self, failed_to_connect};
use super::pool::{Link, Place};
use super::proxy::{Proxies, Proxy, Route};
use super::tls;
use crate::clock::{Clock, SystemClock};
use crate::wire::{BadProxy, BadTls, Fault, Phase, Progress, Reached, TransportError};

/// How long one address may take before the next is tried beside it (RFC 8305).
const STAGGER: Duration = Duration::from_millis(250);
/// The largest answer of a proxy to `CONNECT`.
const PROXY_HEAD: usize = 16 * 1024;

/// What a connection runs over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

type Wire = Box<dyn Stream>;

/// Opens the connections of one transport.
pub(super) struct Dialer {
    pub(super) proxies: Proxies,
    pub(super) limit: Duration,
    pub(super) extra_roots: Vec<CertificateDer<'static>>,
    pub(super) clock: Arc<dyn Clock>,
    /// Made at the first `https` call: a program that only speaks `http` never reads the
    /// certificates of the system. A failure is not kept, because they may be put right.
    pub(super) tls: Mutex<Option<TlsConnector>>,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").finish_non_exhaustive()
    }
}

impl Dialer {
    /// A new connection to where an address lives.
    ///
    /// # Errors
    /// The step that failed. Nothing of a request was sent.
    pub(super) async fn open(&self, url: &Url, progress: &Progress) -> Result<Link, TransportError> {
        let fail = |fault| TransportError { fault, phase: progress.phase(), reached: Reached::Nothing, reused: false };
        let opened = tokio::select! {
            biased;
            opened = self.stream(url, progress) => opened,
            () = async { self.clock.sleep(self.limit).await } => Err(match progress.phase() {
                Phase::Proxy => Fault::Proxy(BadProxy::Unreachable),
                _ => Fault::Unanswered,
            }),
        };
        let (sender, connection) =
            http1::handshake(TokioIo::new(opened.map_err(fail)?)).await.map_err(|_| fail(Fault::Connect))?;
        tokio::spawn(async move {
            // How it ends is told to the request that it carries.
            let _ = connection.await;
        });
        Ok(Link { sender, place: Arc::new(Place::of(url)) })
    }

    async fn stream(&self, url: &Url, progress: &Progress) -> Result<Wire, Fault> {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else { return Err(Fault::Resolve) };
        let wire = match self.proxies.route(url) {
            Route::Direct => Box::new(connect(&host, port, progress).await?),
            Route::Tunnel(proxy) => self.tunnel(proxy, &host, port, progress).await?,
            Route::Closed(_) => {
                progress.at(Phase::Proxy);
                return Err(Fault::Proxy(BadProxy::Unreachable));
            }
        };
        if url.scheme() != "https" {
            return Ok(wire);
        }
        progress.at(Phase::Tls);
        self.protect(wire, &host).await
    }

    /// A tunnel to the host. Whatever fails on the way there is a matter of the proxy.
    async fn tunnel(&self, proxy: &Proxy, host: &Host<&str>, port: u16, progress: &Progress) -> Result<Wire, Fault> {
        let at = match &proxy.host {
            Host::Domain(name) => Host::Domain(name.as_str()),
            Host::Ipv4(address) => Host::Ipv4(*address),
            Host::Ipv6(address) => Host::Ipv6(*address),
        };
        progress.at(Phase::Proxy);
        let reached = connect(&at, proxy.port, &Progress::default()).await;
        let mut wire: Wire = Box::new(reached.map_err(|fault| match fault {
            Fault::Resources => fault,
            _ => Fault::Proxy(BadProxy::Unreachable),
        })?);
        if proxy.secure {
            wire = self.protect(wire, &at).await?;
        }
        ask(&mut wire, &format!("{host}:{port}"), proxy.login.as_ref()).await.map_err(Fault::Proxy)?;
        Ok(wire)
    }

    async fn protect(&self, wire: Wire, host: &Host<&str>) -> Result<Wire, Fault> {
        let name = match host {
            Host::Domain(name) => ServerName::try_from((*name).to_owned()).map_err(|_| Fault::Tls(BadTls::UnknownHost))?,
            Host::Ipv4(address) => ServerName::from(IpAddr::V4(*address)),
            Host::Ipv6(address) => ServerName::from(IpAddr::V6(*address)),
        };
        let protected = self.connector()?.connect(name, wire).await;
        Ok(Box::new(protected.map_err(|error| classify::handshake(&error))?))
    }

    fn connector(&self) -> Result<TlsConnector, Fault> {
        let mut made = self.tls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connector) = &*made {
            return Ok(connector.clone());
        }
        let config = tls::verified(&self.extra_roots).map_err(|_| Fault::NoRoots)?;
        Ok(made.insert(TlsConnector::from(Arc::new(config))).clone())
    }
}

/// A TCP connection to a host.
async fn connect(host: &Host<&str>, port: u16, progress: &Progress) -> Result<TcpStream, Fault> {
    let addresses = addresses(host, port, progress).await?;
    progress.at(Phase::Connect);
    let stream = first(addresses).await.map_err(|error| failed_to_connect(&error))?;
    stream.set_nodelay(true).map_err(|_| Fault::Connect)?;
    Ok(stream)
}

/// The addresses of a host. `localhost` is never looked up: it means this machine, and plain
/// `http` is allowed to it for that reason (`security.md` case 24).
pub(super) async fn addresses(host: &Host<&str>, port: u16, progress: &Progress) -> Result<Vec<SocketAddr>, Fault> {
    let known: &[IpAddr] = match host {
        Host::Ipv4(address) => &[IpAddr::V4(*address)],
        Host::Ipv6(address) => &[IpAddr::V6(*address)],
        Host::Domain("localhost") => &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
        Host::Domain(name) => {
            progress.at(Phase::Resolve);
            let found = lookup_host((*name, port)).await.map_err(|error| match failed_to_connect(&error) {
                Fault::Resources => Fault::Resources,
                _ => Fault::Resolve,
            })?;
            let found: Vec<_> = found.collect();
            return if found.is_empty() { Err(Fault::Resolve) } else { Ok(alternating(found)) };
        }
    };
    Ok(known.iter().map(|address| SocketAddr::new(*address, port)).collect())
}

/// The families take turns, beginning with that of the first address: where one of them leads
/// nowhere, the other is tried soon.
fn alternating(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let count = found.len();
    let first_is_v6 = found.first().is_some_and(SocketAddr::is_ipv6);
    let (mut one, mut other): (Vec<_>, Vec<_>) = found.into_iter().rev().partition(|address| address.is_ipv6() == first_is_v6);
    let mut all = Vec::with_capacity(count);
    while !(one.is_empty() && other.is_empty()) {
        all.extend(one.pop());
        all.extend(other.pop());
    }
    all
}

/// Connects to whichever address answers first, each given a head start before the next.
async fn first(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    if let [only] = addresses[..] {
        return TcpStream::connect(only).await;
    }
    let mut waiting = addresses.into_iter();
    let mut open = JoinSet::new();
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        match waiting.next() {
            Some(address) => {
                open.spawn(TcpStream::connect(address));
            }
            None if open.is_empty() => return Err(failure),
            None => {}
        }
        let more = waiting.len() > 0;
        tokio::select! {
            biased;
            Some(ended) = open.join_next() => match ended {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failure = error,
                Err(_) => {}
            },
            () = SystemClock.sleep(STAGGER), if more => {}
        }
    }
}

/// Asks a proxy for a tunnel to `target`.
async fn ask(wire: &mut Wire, target: &str, login: Option<&HeaderValue>) -> Result<(), BadProxy> {
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(login) = login {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(login.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    wire.write_all(&request).await.map_err(|_| BadProxy::Broken)?;
    wire.flush().await.map_err(|_| BadProxy::Broken)?;
    let mut head = Vec::with_capacity(512);
    // Byte by byte would be exact too; but nobody speaks behind a tunnel before the client does,
    // so that anything after the head is an error.
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if head.len() > PROXY_HEAD || wire.read_buf(&mut head).await.map_err(|_| BadProxy::Broken)? == 0 {
            return Err(BadProxy::Broken);
        }
    }
    let status = status(&head).ok_or(BadProxy::Broken)?;
    match status {
        200..=299 if head.ends_with(b"\r\n\r\n") => Ok(()),
        200..=299 => Err(BadProxy::Broken),
        _ => Err(BadProxy::Refused(status)),
    }
}

/// The status of a head that begins as HTTP/1 does.
fn status(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(b"HTTP/1.1 ").or_else(|| head.strip_prefix(b"HTTP/1.0 "))?;
    let digits = rest.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    let ended = rest.get(3).is_some_and(|next| matches!(next, b' ' | b'\r'));
    std::str::from_utf8(digits).ok().filter(|_| ended)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_of_addresses_take_turns() {
        let address = |text: &str| SocketAddr::new(text.parse().expect("an address"), 1);
        let found = ["fd00::1", "fd00::2", "fd00::3", "192.0.2.1"].map(address).to_vec();
        assert_eq!(alternating(found), ["fd00::1", "192.0.2.1", "fd00::2", "fd00::3"].map(address));
        let found = ["192.0.2.1", "192.0.2.2", "fd00::1"].map(address).to_vec();
        assert_eq!(alternating(found), ["192.0.2.1", "fd00::1", "192.0.2.2"].map(address));
    }

    #[test]
    fn a_status_is_three_digits_after_the_version() {
        for (head, expected) in [
            ("HTTP/1.1 200 Connection established\r\n", Some(200)),
            ("HTTP/1.0 407\r\n", Some(407)),
            ("HTTP/2 200\r\n", None),
            ("HTTP/1.1 2000 OK\r\n", None),
            ("HTTP/1.1 -20 OK\r\n", None),
            ("SSH-2.0", None),
        ] {
            assert_eq!(status(head.as_bytes()), expected, "{head}");
        }
    }
}
