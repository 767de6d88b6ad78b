//! What goes over the wire, as plain data: the meeting point of dialect, pipeline and transport.
//!
//! Nothing of any HTTP client library appears above the transport; these types are all it sees.

use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method};
use url::Url;

/// One request, complete: credential headers included. `Debug` shows no header value, no query
/// and no body, whatever they are: redaction goes by type.
#[derive(Clone)]
pub struct WireRequest {
    /// The method.
    pub method: Method,
    /// The whole address. Its query may hold user data and is never logged.
    pub url: Url,
    /// All headers that the client sets itself.
    pub headers: HeaderMap,
    /// The body, if any; its `Content-Type` is among the headers.
    pub body: Option<Bytes>,
}

/// The head of an answer: status line and headers. `Debug` shows no header value: a session
/// cookie is one.
#[derive(Clone)]
pub struct WireHead {
    /// The status code, from 200 to 599: anything else never leaves the transport.
    pub status: u16,
    /// The headers as received.
    pub headers: HeaderMap,
}

/// A whole answer. `Debug` shows no byte of the body: a new key is in one.
#[derive(Clone)]
pub struct WireResponse {
    /// Status line and headers.
    pub head: WireHead,
    /// The decompressed body, as far as it was read.
    pub body: Bytes,
}

impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireRequest")
            .field("method", &self.method)
            .field("origin", &self.url.origin().ascii_serialization())
            .field("path", &self.url.path())
            .field("headers", &Names(&self.headers))
            .field("body", &self.body.as_ref().map(Bytes::len))
            .finish()
    }
}

impl fmt::Debug for WireHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireHead").field("status", &self.status).field("headers", &Names(&self.headers)).finish()
    }
}

impl fmt::Debug for WireResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireResponse").field("head", &self.head).field("body", &self.body.len()).finish()
    }
}

/// Headers without their values.
struct Names<'a>(&'a HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys().map(HeaderName::as_str)).finish()
    }
}

/// How far a request got before its transport failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// No byte of it can have reached the service.
    Nothing,
    /// Something was written; the service may or may not have acted on it.
    Request,
    /// The status line arrived; the body did not arrive whole.
    Head,
}

/// What an exchange was doing when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Looking up the host name.
    Resolve,
    /// Opening the connection.
    Connect,
    /// Negotiating TLS.
    Tls,
    /// Talking to a proxy.
    Proxy,
    /// Writing the request or waiting for the status line.
    Send,
    /// Reading the body.
    Body,
}

impl Phase {
    /// The stable name, as it stands in error records: `resolve`, `connect`, `tls`, `proxy`, `send`, `body`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Send => "send",
            Self::Body => "body",
        }
    }
}

/// Why an exchange failed, in our own words: no text of an HTTP library ever gets past this type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The host name has no address.
    Resolve,
    /// The connection was refused, or the host is unreachable.
    Connect,
    /// The time for connecting ran out; the phase says in which step.
    Unanswered,
    /// This process or machine has no descriptor, port or memory left for another connection.
    Resources,
    /// This machine trusts no certificate authority at all; trying again cannot help.
    NoRoots,
    /// The certificate was not acceptable; trying again cannot help.
    Certificate(BadCertificate),
    /// TLS failed for another reason.
    Tls(BadTls),
    /// The proxy did not open a tunnel.
    Proxy(BadProxy),
    /// The connection ended before the whole answer was there.
    Reset,
    /// The body ended before its announced length.
    Truncated,
    /// The answer was not HTTP as we accept it.
    Malformed,
    /// The body was longer than allowed, before or after decompression.
    TooLarge,
    /// The content encoding was not one we asked for, or did not decode.
    Encoding,
    /// Nothing arrived within the time allowed by `scope`.
    Timeout,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCertificate {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is for another host.
    WrongHost,
    /// It names no host at all where hosts are named.
    NoHost,
    /// It is not for servers.
    WrongPurpose,
    /// Nobody who is trusted vouches for it.
    UnknownIssuer,
    /// It was withdrawn.
    Revoked,
    /// Something else: it cannot be read, or is signed wrongly or in a way that is not supported.
    Other,
}

/// Why TLS could not be negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadTls {
    /// The server speaks only versions before TLS 1.2.
    Version,
    /// There is no cipher that both sides accept.
    Cipher,
    /// The server wants a certificate of the client, and this client has none.
    ClientCertificate,
    /// The server does not know the host name.
    UnknownHost,
    /// The server does not speak TLS at this port.
    NotTls,
    /// The handshake broke off, or broke its own rules.
    Broken,
}

/// What a proxy did instead of opening a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadProxy {
    /// There is no way to the proxy itself: no address, refused, not answered.
    Unreachable,
    /// It wants a login, or another one: status 407.
    Login,
    /// It opened no tunnel: any other status, or an answer that is not HTTP.
    Refused,
    /// Its answer did not come, or did not end.
    Broken,
}

/// How far an exchange has got, told while it runs: whoever stops it can still say whether
/// anything was sent.
#[derive(Debug, Default)]
pub struct Progress(AtomicU8);

impl Progress {
    const PHASES: [Phase; 6] = [Phase::Connect, Phase::Resolve, Phase::Proxy, Phase::Tls, Phase::Send, Phase::Body];

    /// Says what is being done from here on.
    pub fn at(&self, phase: Phase) {
        let place = Self::PHASES.iter().position(|known| *known == phase).unwrap_or_default();
        self.0.store(place as u8, Ordering::Relaxed);
    }

    /// What is being done.
    #[must_use]
    pub fn phase(&self) -> Phase {
        Self::PHASES.get(usize::from(self.0.load(Ordering::Relaxed))).copied().unwrap_or(Phase::Send)
    }

    /// How far the request can have got.
    #[must_use]
    pub fn reached(&self) -> Reached {
        match self.phase() {
            Phase::Resolve | Phase::Connect | Phase::Proxy | Phase::Tls => Reached::Nothing,
            Phase::Send | Phase::Body => Reached::Request,
        }
    }
}

/// A failed exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportError {
    /// What failed.
    pub fault: Fault,
    /// What was being done.
    pub phase: Phase,
    /// How far the request got.
    pub reached: Reached,
    /// Whether the connection had served an earlier exchange: its death may be only the end of
    /// an idle keep-alive.
    pub reused: bool,
}

/// The answer as it arrives: the head is there, the body comes in chunks.
pub struct Incoming {
    /// Status line and headers.
    pub head: WireHead,
    /// The body.
    pub body: Box<dyn BodySource>,
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("head", &self.head).finish_non_exhaustive()
    }
}

/// A body that is still arriving, decompressed.
pub trait BodySource: Send {
    /// The next chunk, or `None` at the end. Polled, so that a chunk costs no allocation.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>>;
}

impl dyn BodySource {
    /// The next chunk, or `None` at the end. Dropping the future loses nothing.
    ///
    /// # Errors
    /// Whatever ended the body before its end; nothing may be asked of it afterwards.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::HeaderValue;

    use super::*;

    #[test]
    fn nothing_on_the_wire_prints_what_it_carries() {
        let headers = HeaderMap::from_iter([(HeaderName::from_static("set-cookie"), HeaderValue::from_static("s=CANARY"))]);
        let body = Bytes::from_static(b"{\"key\":\"CANARY\"}");
        let url = Url::parse("https://h.test/v1/keys?token=CANARY").unwrap();
        let request = WireRequest { method: Method::POST, url, headers: headers.clone(), body: Some(body.clone()) };
        let response = WireResponse { head: WireHead { status: 201, headers }, body };
        let text = format!("{request:?} {response:?}");
        assert!(!text.contains("CANARY"), "{text}");
        assert!(text.contains("/v1/keys") && text.contains("set-cookie") && text.contains("201"), "{text}");
    }
}
