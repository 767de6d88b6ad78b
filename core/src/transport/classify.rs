//! Says in our own words why an exchange failed, and how far it had got.
//!
//! Goes by the types in the chain of causes, never by their text (one exception, below, where
//! the type has no name). In doubt an exchange counts as sent: the creation of a key is repeated
//! only when it is certain that nothing reached the service (`behaviour.md` sections 2 and 3).

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use http::Extensions;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpInfo;

use crate::wire::{Fault, Phase, Reached, TransportError};

type Cause<'a> = &'a (dyn StdError + 'static);

/// What only the HTTP library itself can tell about its error, plus what the caller knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    /// It happened while no connection existed yet.
    pub(super) connecting: bool,
    /// A host name was being looked up.
    pub(super) resolving: bool,
    /// The time for connecting ran out.
    pub(super) timed_out: bool,
    /// The address is `https`.
    pub(super) secure: bool,
    /// The exchange used a connection that it had not opened itself.
    pub(super) reused: bool,
}

/// A failure before the head of the answer was there.
pub(super) fn before_head(error: Cause<'_>, signs: Signs) -> TransportError {
    if signs.connecting {
        let (fault, phase) = connecting(error, signs);
        return TransportError { fault, phase, reached: Reached::Nothing, reused: false };
    }
    let fault = match find::<hyper::Error>(error) {
        Some(cause) if is_head_too_large(cause) => Fault::TooLarge,
        Some(cause) if cause.is_parse() => Fault::Malformed,
        Some(_) | None => Fault::Reset,
    };
    let reached = if is_unwritten(error) { Reached::Nothing } else { Reached::Request };
    TransportError { fault, phase: Phase::Send, reached, reused: signs.reused }
}

/// A failure after the head, on the way to the end of the body.
pub(super) fn in_body(error: Cause<'_>, reused: bool) -> TransportError {
    let protected = find::<rustls::Error>(error).is_some();
    let fault = match io_kind(error) {
        // These two kinds are what the chunk reader answers to a body that breaks the grammar;
        // rustls wraps its own errors in the first.
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) if !protected => Fault::Malformed,
        _ => Fault::Truncated,
    };
    TransportError { fault, phase: Phase::Body, reached: Reached::Head, reused }
}

/// The connection on which it happened, if it got that far.
pub(super) fn connection(error: Cause<'_>) -> Option<HttpInfo> {
    let mut extras = Extensions::new();
    find::<legacy::Error>(error)?.connect_info()?.get_extras(&mut extras);
    extras.remove()
}

fn connecting(error: Cause<'_>, signs: Signs) -> (Fault, Phase) {
    if let Some(cause) = find::<rustls::Error>(error) {
        return (tls(cause), Phase::Tls);
    }
    if signs.resolving {
        return (Fault::Resolve, Phase::Resolve);
    }
    if signs.timed_out {
        return (Fault::Connect, Phase::Connect);
    }
    if let Some(fault) = chain(error).find_map(tunnel) {
        return (fault, Phase::Proxy);
    }
    match io_kind(error) {
        // Opening a TCP connection does not end this way; the handshake after it does.
        Some(
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::InvalidData,
        ) if signs.secure => (Fault::Tls, Phase::Tls),
        _ => (Fault::Connect, Phase::Connect),
    }
}

fn tls(cause: &rustls::Error) -> Fault {
    match cause {
        rustls::Error::InvalidCertificate(_)
        | rustls::Error::NoCertificatesPresented
        | rustls::Error::InvalidCertRevocationList(_)
        | rustls::Error::UnsupportedNameType => Fault::Certificate,
        _ => Fault::Tls,
    }
}

/// The error of a proxy tunnel. Its type is public but cannot be named from outside its crate,
/// so its text is the only sign; the tests against a fake proxy keep this honest. Only a missing
/// login is final: any other refusal (502, 503) speaks of the moment.
fn tunnel(cause: Cause<'_>) -> Option<Fault> {
    let text = cause.to_string();
    let reason = text.strip_prefix("tunnel error: ")?;
    Some(if reason == "proxy authorization required" { Fault::Proxy } else { Fault::Connect })
}

/// Whether it is certain that no byte of the request was written.
///
/// hyper says `canceled` of a request that it hands back unstarted. An error without connection
/// info comes from a connection that ended before it was ready to take the request.
fn is_unwritten(error: Cause<'_>) -> bool {
    let canceled = find::<hyper::Error>(error).is_some_and(hyper::Error::is_canceled);
    let unready = find::<legacy::Error>(error).is_none_or(|cause| cause.connect_info().is_none());
    canceled || unready
}

/// Without hyper's server half there is no accessor for this one kind of parse error. Its text
/// is a constant of that crate, held by a test against a server.
fn is_head_too_large(cause: &hyper::Error) -> bool {
    cause.is_parse() && cause.to_string() == "message head is too large"
}

/// The kind of the innermost I/O error: the outer ones are wrappers that say `other`.
fn io_kind(error: Cause<'_>) -> Option<io::ErrorKind> {
    chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

fn find<E: StdError + 'static>(error: Cause<'_>) -> Option<&E> {
    chain(error).find_map(|cause| cause.downcast_ref::<E>())
}

/// An error and all its causes. What an `io::Error` wraps is not its `source` (that is the
/// source of what it wraps), so it is unpacked here.
fn chain<'a>(error: Cause<'a>) -> impl Iterator<Item = Cause<'a>> {
    successors(Some(error), |cause: &Cause<'a>| {
        let cause: Cause<'a> = *cause;
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        }
    })
}
