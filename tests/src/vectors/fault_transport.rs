//! The client's transport, listened to, and made to fail where no loopback server can do it.
//!
//! It sees what the sandbox cannot: requests that never arrive, and which connection was asked for.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use keywright::testing::{
    BadCertificate, BadProxy, BadTls, Connection, Fault, HttpTransport, Incoming, Phase, Progress, Reached, Transport,
    TransportError, TransportOptions, WireRequest,
};
use keywright::{BoxFuture, ProxyPolicy};

use super::case::Failing;

/// One request as it left.
#[derive(Debug, Clone)]
pub struct Sent {
    /// `GET /agents`.
    pub call: String,
    /// Its header values, of those that are no credential.
    pub headers: Vec<(String, String)>,
    /// Whether it asked for a connection of its own.
    pub fresh: bool,
}

/// The network, with an ear and a hand on the line.
#[derive(Debug)]
pub struct FaultTransport {
    network: HttpTransport,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sent: Vec<Sent>,
    /// What happens to the requests to come; `None`: it goes through.
    script: VecDeque<Option<Failing>>,
}

impl Default for FaultTransport {
    fn default() -> Self {
        Self { network: HttpTransport::new(TransportOptions::default().proxy(ProxyPolicy::Direct)), state: Mutex::default() }
    }
}

impl FaultTransport {
    /// Forgets what was sent, and lets the requests to come fail so.
    pub fn arm(&self, script: Vec<Option<Failing>>) {
        *self.lock() = State { sent: Vec::new(), script: script.into() };
    }

    /// The requests since it was armed.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.lock().sent.clone()
    }

    /// How many failures were not needed.
    #[must_use]
    pub fn left(&self) -> usize {
        self.lock().script.iter().flatten().count()
    }

    fn next(&self, request: &WireRequest, connection: Connection) -> Option<Failing> {
        let plain = request.headers.iter().filter(|(_, value)| !value.is_sensitive());
        let sent = Sent {
            call: format!("{} {}", request.method, request.url.path()),
            headers: plain.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect(),
            fresh: connection == Connection::Fresh,
        };
        let mut state = self.lock();
        state.sent.push(sent);
        state.script.pop_front().flatten()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for FaultTransport {
    fn send<'a>(
        &'a self,
        request: WireRequest,
        connection: Connection,
        progress: &'a Progress,
    ) -> BoxFuture<'a, Result<Incoming, TransportError>> {
        match self.next(&request, connection) {
            Some(failing) => Box::pin(async move { Err(error(failing)) }),
            None => self.network.send(request, connection, progress),
        }
    }
}

fn error(failing: Failing) -> TransportError {
    let (fault, phase, reached) = match failing {
        Failing::Resolve => (Fault::Resolve, Phase::Resolve, Reached::Nothing),
        Failing::Certificate => (Fault::Certificate(BadCertificate::Other), Phase::Tls, Reached::Nothing),
        Failing::Tls => (Fault::Tls(BadTls::Broken), Phase::Tls, Reached::Nothing),
        Failing::ConnectTimeout => (Fault::Unanswered, Phase::Connect, Reached::Nothing),
        Failing::Proxy => (Fault::Proxy(BadProxy::Login), Phase::Proxy, Reached::Nothing),
        Failing::RefusedStream => (Fault::Reset, Phase::Send, Reached::Nothing),
        Failing::Lost => (Fault::Reset, Phase::Send, Reached::Request),
    };
    TransportError { fault, phase, reached, reused: false }
}
