//! Carries one request to a service and its answer back, once.
//!
//! Nothing here retries, follows, remembers or logs: every request that reaches the wire was
//! asked for by exactly one [`Transport::send`], and every failure says how far it got, because
//! that decides whether the creation of a key may be repeated.

pub(crate) mod wire;

mod body;
mod classify;
mod gzip;
mod http;
mod proxy;
#[doc(hidden)]
pub mod replay;
mod standstill;
mod steps;
#[cfg(test)]
mod tests;
mod tls;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use url::Url;

use crate::model::error::Result;
use crate::runtime::BoxFuture;
use crate::runtime::clock::{Clock, SystemClock};
use crate::runtime::environment::Environment;
use crate::transport::wire::{Incoming, Progress, TransportError, WireRequest};

pub use body::{Body, Cut, DEFAULT_BODY_LIMIT, collect};
pub use http::HttpTransport;

/// How many connections a client has at most, unless it is told otherwise: with those that are
/// kept unused and those of streams, well below the usual limit of 1024 descriptors.
pub const MAX_CONNECTIONS: usize = 256;

/// What sends requests. Narrow on purpose: nothing of an HTTP library is visible above it.
pub trait Transport: Debug + Send + Sync {
    /// Sends the request once and returns as soon as the head of the answer is there.
    ///
    /// Dropping the future, or the body of the answer before its end, closes the connection;
    /// `progress` then tells how far it had got.
    fn send<'a>(
        &'a self,
        request: WireRequest,
        connection: Connection,
        progress: &'a Progress,
    ) -> BoxFuture<'a, Result<Incoming, TransportError>>;

    /// Whether it works on a tokio runtime only.
    fn needs_runtime(&self) -> bool {
        false
    }

    /// The proxy that an address is reached through, as it may be shown: without its password.
    fn proxy_of(&self, url: &Url) -> Option<String> {
        let _ = url;
        None
    }
}

/// Which connection a request may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// An idle one, if there is one.
    Pooled,
    /// A new one, used for nothing else: a keep-alive that the service has just closed can then
    /// never make the outcome of a new key unknown.
    Fresh,
}

/// Which proxies are used for `https`. Plain `http` and loopback never take one: the key would
/// be readable on the way.
///
/// ```
/// use keywright::{ClientOptions, ProxyPolicy};
///
/// let direct = ClientOptions::new().proxy(ProxyPolicy::Direct);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProxyPolicy {
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or the settings of the system; as tunnels only.
    #[default]
    System,
    /// None.
    Direct,
}

/// What is fixed for the life of a transport: a change is a new transport, so that no pooled
/// connection outlives the settings it was made with.
#[derive(Debug, Clone)]
pub struct TransportOptions {
    connect_timeout: Duration,
    max_head: usize,
    proxy: ProxyPolicy,
    extra_roots: Vec<CertificateDer<'static>>,
    environment: Environment,
    max_idle: usize,
    clock: Arc<dyn Clock>,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            max_head: 64 * 1024,
            proxy: ProxyPolicy::default(),
            extra_roots: Vec::new(),
            environment: Environment::process(),
            max_idle: MAX_CONNECTIONS,
            clock: Arc::new(SystemClock),
        }
    }
}

impl TransportOptions {
    /// The time for name lookup, connection, proxy and TLS together.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// The largest status line and headers, in bytes.
    #[must_use]
    pub fn max_head(mut self, bytes: usize) -> Self {
        self.max_head = bytes;
        self
    }

    /// Which proxies are used.
    #[must_use]
    pub fn proxy(mut self, policy: ProxyPolicy) -> Self {
        self.proxy = policy;
        self
    }

    /// Where the variables of proxies are read.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// How many unused connections are kept to one place.
    #[must_use]
    pub fn max_idle(mut self, connections: usize) -> Self {
        self.max_idle = connections;
        self
    }

    /// Another clock than that of the machine, for tests of what ages here.
    #[cfg(test)]
    fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Trusts the certificates of a PEM file besides those of the system.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the text holds no certificate, or one
    /// that cannot be trusted as a root.
    pub fn extra_roots(mut self, pem: &[u8]) -> Result<Self> {
        self.extra_roots.extend(tls::roots_from_pem(pem)?);
        Ok(self)
    }
}
