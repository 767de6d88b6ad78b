//! Says in our own words why an exchange failed, and how far it had got.
//!
//! Goes by the types in the chain of causes, never by their text (one exception, below, where
//! the type has no name). In doubt an exchange counts as sent: the creation of a key is repeated
//! only when it is certain that nothing reached the service.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use hyper_util::client::legacy;

use super::tls;
use crate::transport::wire::{BadProxy, BadTls, Fault, Phase, Reached, TransportError};

type Cause<'a> = &'a (dyn StdError + 'static);

/// No address, no connection: because the other side is not there, or because this process or
/// machine has nothing left to connect with.
fn failed_to_connect(error: &io::Error) -> Fault {
    let exhausted = match error.kind() {
        io::ErrorKind::OutOfMemory | io::ErrorKind::AddrNotAvailable | io::ErrorKind::QuotaExceeded => true,
        _ => error.raw_os_error().is_some_and(is_exhaustion),
    };
    if exhausted { Fault::Resources } else { Fault::Connect }
}

/// Descriptors of the process and of the machine, buffers: the codes have no kind in the standard
/// library.
fn is_exhaustion(code: i32) -> bool {
    match code {
        // ENFILE, EMFILE
        23 | 24 => cfg!(unix),
        // ENOBUFS
        105 => cfg!(target_os = "linux"),
        55 => cfg!(target_vendor = "apple"),
        // WSAEMFILE, WSAENOBUFS
        10024 | 10055 => cfg!(windows),
        _ => false,
    }
}

/// What the HTTP library and the steps of the request tell about its error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    /// The address is none that a request can be sent to.
    pub(super) invalid: bool,
    /// It happened while no connection existed yet.
    pub(super) connecting: bool,
    /// The time for connecting ran out.
    pub(super) timed_out: bool,
    /// The step in which the connection was being opened.
    pub(super) step: Phase,
    /// The exchange used a connection that it had not opened itself.
    pub(super) reused: bool,
}

/// A failure before the head of the answer was there.
pub(super) fn before_head(error: Cause<'_>, signs: Signs) -> TransportError {
    let unsent = |fault, phase| TransportError { fault, phase, reached: Reached::Nothing, reused: false };
    if signs.invalid {
        return unsent(Fault::Resolve, Phase::Resolve);
    }
    if signs.connecting {
        return unsent(connecting(error, signs), signs.step);
    }
    // With TLS 1.3 a server says only after the handshake that it wants a certificate of the client.
    if let Some(rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired)) = find(error) {
        return unsent(Fault::Tls(BadTls::ClientCertificate), Phase::Tls);
    }
    let fault = match find::<hyper::Error>(error) {
        Some(cause) if is_head_too_large(cause) => Fault::TooLarge,
        Some(cause) if cause.is_parse() => Fault::Malformed,
        Some(_) | None => Fault::Reset,
    };
    let reached = if is_unwritten(error) { Reached::Nothing } else { Reached::Request };
    TransportError { fault, phase: Phase::Send, reached, reused: signs.reused }
}

fn connecting(error: Cause<'_>, signs: Signs) -> Fault {
    let unreachable = || innermost(error).map_or(Fault::Connect, failed_to_connect);
    match (signs.step, unreachable()) {
        (Phase::Proxy, _) if signs.timed_out => Fault::Proxy(BadProxy::Unreachable),
        _ if signs.timed_out => Fault::Unanswered,
        (_, Fault::Resources) => Fault::Resources,
        (Phase::Resolve, _) => Fault::Resolve,
        (Phase::Proxy, _) => match find::<rustls::Error>(error) {
            Some(cause) => tls::fault(cause),
            None => Fault::Proxy(chain(error).find_map(tunnel).unwrap_or(BadProxy::Unreachable)),
        },
        (Phase::Tls, _) => find::<rustls::Error>(error).map_or(Fault::Tls(BadTls::Broken), tls::fault),
        (Phase::Connect | Phase::Send | Phase::Body, fault) => fault,
    }
}

/// The error of a proxy tunnel. Its type is public but cannot be named from outside its crate,
/// so its text is the only sign; the tests against a fake proxy hold it to that. It tells one
/// status from all others: that a login is wanted.
fn tunnel(cause: Cause<'_>) -> Option<BadProxy> {
    let text = cause.to_string();
    Some(match text.strip_prefix("tunnel error: ")? {
        "failed to create underlying connection" => BadProxy::Unreachable,
        "proxy authorization required" => BadProxy::Login,
        "unsuccessful" => BadProxy::Refused,
        _ => BadProxy::Broken,
    })
}

/// Whether it is certain that no byte of the request was written.
///
/// hyper says `canceled` of a request that it hands back unstarted. An error without connection
/// info comes from a connection that ended before it was ready to take the request.
fn is_unwritten(error: Cause<'_>) -> bool {
    let canceled = find::<hyper::Error>(error).is_some_and(hyper::Error::is_canceled);
    let unready = find::<legacy::Error>(error).is_some_and(|cause| cause.connect_info().is_none());
    canceled || unready
}

/// A failure after the head, on the way to the end of the body.
pub(super) fn in_body(error: Cause<'_>, reused: bool) -> TransportError {
    let protected = find::<rustls::Error>(error).is_some();
    let fault = match innermost(error).map(io::Error::kind) {
        // These two kinds are what the chunk reader answers to a body that breaks the grammar;
        // rustls wraps its own errors in the first.
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) if !protected => Fault::Malformed,
        _ => Fault::Truncated,
    };
    TransportError { fault, phase: Phase::Body, reached: Reached::Head, reused }
}

/// Without hyper's server half there is no accessor for this one kind of parse error. Its text
/// is a constant of that crate, held by a test against a server.
fn is_head_too_large(cause: &hyper::Error) -> bool {
    cause.is_parse() && cause.to_string() == "message head is too large"
}

/// The innermost I/O error: the outer ones are wrappers that say `other`.
fn innermost(error: Cause<'_>) -> Option<&io::Error> {
    chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last()
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn nothing_left_to_connect_with_is_told_apart_from_nobody_there() {
        for (code, expected) in [(24, Fault::Resources), (23, Fault::Resources), (12, Fault::Resources), (13, Fault::Connect)] {
            assert_eq!(failed_to_connect(&io::Error::from_raw_os_error(code)), expected, "{code}");
        }
        assert_eq!(failed_to_connect(&io::ErrorKind::ConnectionRefused.into()), Fault::Connect);
    }
}
