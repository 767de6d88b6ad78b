//! Which step to a connection a request is in, while a library takes it there.
//!
//! The library tells nobody where it is, but it calls us: for the addresses of a name, for the
//! session of a TLS handshake, and for each connection that it opens. All of that happens while
//! the request itself is polled, so each of these places finds the request that it works for in
//! [`HERE`] and says there what begins. What the library goes on with in the background, after
//! the request got another connection, finds nobody and says nothing.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use rustls::NamedGroup;
use rustls::client::{ClientSessionMemoryCache, ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use tokio::net::lookup_host;

use crate::transport::wire::{Phase, Progress};

tokio::task_local! {
    static HERE: Arc<Steps>;
}

/// How many TLS sessions are kept for resumption: what rustls keeps by itself.
const SESSIONS: usize = 256;

/// The steps of one request.
#[derive(Debug)]
pub(super) struct Steps {
    phase: Progress,
    /// The host of the proxy that it goes through.
    proxy: Option<String>,
    /// In the last poll the connection was still being opened, and waited for.
    opening: AtomicBool,
    /// A connection was opened for this request.
    opened: AtomicBool,
}

impl Steps {
    pub(super) fn new(proxy: Option<String>) -> Arc<Self> {
        let steps = Self { phase: Progress::default(), proxy, opening: AtomicBool::default(), opened: AtomicBool::default() };
        steps.begin();
        Arc::new(steps)
    }

    /// The step in which the connection is being opened.
    pub(super) fn phase(&self) -> Phase {
        self.phase.phase()
    }

    /// Whether a connection was opened for this request; otherwise it got one that was there.
    pub(super) fn opened(&self) -> bool {
        self.opened.load(Ordering::Relaxed)
    }

    fn begin(&self) {
        self.phase.at(if self.proxy.is_some() { Phase::Proxy } else { Phase::Connect });
    }

    /// The way to a proxy is one step, whatever it consists of.
    fn at(&self, phase: Phase) {
        if self.proxy.is_none() {
            self.phase.at(phase);
        }
    }

    fn handshake(&self, host: &ServerName<'_>) {
        if self.proxy.as_deref() != Some(&*host.to_str()) {
            self.phase.at(Phase::Tls);
        }
    }
}

fn here(say: impl FnOnce(&Steps)) {
    let _ = HERE.try_with(|steps| say(steps));
}

/// Runs what sends a request, and keeps `progress` at what is being done.
///
/// As long as the request waits for its connection, each poll of it also polls the opening of
/// that connection: a poll that did not has handed the request to a connection, and from there on
/// something may have been written.
pub(super) async fn watched<F: Future>(steps: &Arc<Steps>, progress: &Progress, sending: F) -> F::Output {
    let mut sending = pin!(HERE.scope(Arc::clone(steps), sending));
    poll_fn(|cx| {
        steps.opening.store(false, Ordering::Relaxed);
        let polled = sending.as_mut().poll(cx);
        let waits = polled.is_pending() && steps.opening.load(Ordering::Relaxed);
        progress.at(if waits { steps.phase() } else { Phase::Send });
        polled
    })
    .await
}

/// Runs what opens a connection.
pub(super) async fn opening<T, E>(connecting: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    here(Steps::begin);
    let mut connecting = pin!(connecting);
    poll_fn(|cx| {
        let polled = connecting.as_mut().poll(cx);
        match &polled {
            Poll::Pending => here(|steps| steps.opening.store(true, Ordering::Relaxed)),
            Poll::Ready(Ok(_)) => here(|steps| steps.opened.store(true, Ordering::Relaxed)),
            Poll::Ready(Err(_)) => {}
        }
        polled
    })
    .await
}

/// The addresses of a host name, at port 0. `localhost` is never looked up: it means this
/// machine, and plain `http` is allowed to it for that reason.
///
/// # Errors
/// The name has no address.
pub(super) async fn addresses(name: &str) -> io::Result<Vec<SocketAddr>> {
    if name == "localhost" {
        let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        return Ok(here.map(|address| SocketAddr::new(address, 0)).to_vec());
    }
    here(|steps| steps.at(Phase::Resolve));
    let found: Vec<_> = lookup_host((name, 0)).await?.collect();
    if found.is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    here(|steps| steps.at(Phase::Connect));
    Ok(found)
}

/// The sessions of TLS, which also notice that a handshake begins: rustls asks for the last key
/// exchange with a server before its first word to it, and at no other time.
#[derive(Debug)]
pub(super) struct Sessions(ClientSessionMemoryCache);

impl Sessions {
    pub(super) fn new() -> Self {
        Self(ClientSessionMemoryCache::new(SESSIONS))
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, host: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(host, group);
    }

    fn kx_hint(&self, host: &ServerName<'_>) -> Option<NamedGroup> {
        here(|steps| steps.handshake(host));
        self.0.kx_hint(host)
    }

    fn set_tls12_session(&self, host: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.0.set_tls12_session(host, value);
    }

    fn tls12_session(&self, host: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.0.tls12_session(host)
    }

    fn remove_tls12_session(&self, host: &ServerName<'static>) {
        self.0.remove_tls12_session(host);
    }

    fn insert_tls13_ticket(&self, host: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.0.insert_tls13_ticket(host, value);
    }

    fn take_tls13_ticket(&self, host: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.0.take_tls13_ticket(host)
    }
}
