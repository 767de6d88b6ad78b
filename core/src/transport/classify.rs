//! Says in our own words why an exchange failed, and how far it had got.
//!
//! Goes by the types in the chain of causes, never by their text (one exception, below, where
//! the type has no name). In doubt an exchange counts as sent: the creation of a key is repeated
//! only when it is certain that nothing reached the service (`behaviour.md` sections 2 and 3).

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use super::tls;
use crate::wire::{BadTls, Fault, Phase, Reached, TransportError};

type Cause<'a> = &'a (dyn StdError + 'static);

/// No address, no connection: because the other side is not there, or because this process or
/// machine has nothing left to connect with.
pub(super) fn failed_to_connect(error: &io::Error) -> Fault {
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

/// A TLS handshake that failed.
pub(super) fn handshake(error: &io::Error) -> Fault {
    find::<rustls::Error>(error).map_or(Fault::Tls(BadTls::Broken), tls::fault)
}

/// A failure before the head of the answer was there, of a request that was handed to its
/// connection.
pub(super) fn before_head(error: &hyper::Error, reused: bool) -> TransportError {
    // With TLS 1.3 a server says only after the handshake that it wants a certificate of the client.
    if let Some(rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired)) = find(error) {
        let fault = Fault::Tls(BadTls::ClientCertificate);
        return TransportError { fault, phase: Phase::Tls, reached: Reached::Nothing, reused };
    }
    let fault = if is_head_too_large(error) {
        Fault::TooLarge
    } else if error.is_parse() {
        Fault::Malformed
    } else {
        Fault::Reset
    };
    TransportError { fault, phase: Phase::Send, reached: Reached::Request, reused }
}

/// A failure after the head, on the way to the end of the body.
pub(super) fn in_body(error: &hyper::Error, reused: bool) -> TransportError {
    let protected = find::<rustls::Error>(error).is_some();
    let fault = match io_kind(error) {
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
