//! What a failed exchange is called: its kind, its reason, its sentence and what to do.
//!
//! Each cause has words of its own, and a remedy that helps against that cause and no other: a
//! root certificate is only asked for where the issuer is unknown, and `base_url` is not blamed
//! for what a proxy did.

use crate::model::error::ErrorKind;
use crate::transport::wire::{BadCertificate, BadProxy, BadTls, Fault, Phase, Reached, TransportError};

/// The parts of an error that follow from the failure alone.
pub(super) struct Words {
    pub kind: ErrorKind,
    pub reason: Option<&'static str>,
    pub summary: String,
    pub remedy: Option<&'static str>,
}

const CHECK_PLACE: &str = "check `base_url`, the network and whether the service is up";
const CHECK_PROXY: &str = "check the proxy and the variable that names it (HTTPS_PROXY, ALL_PROXY), add the host to NO_PROXY, or take no proxy (option `proxy`)";
const CHECK_TLS: &str = "check that `base_url` is an https address of the service";

/// The words for a failure. `proxy` is the one that the address is reached through.
pub(super) fn describe(error: &TransportError, proxy: Option<&str>) -> Words {
    let at_proxy = error.phase == Phase::Proxy;
    let who = match proxy {
        Some(proxy) if at_proxy => format!("the proxy {proxy}"),
        None if at_proxy => "the proxy".to_owned(),
        Some(_) | None => "the service".to_owned(),
    };
    let decode = |reason, summary: &str, remedy| words(ErrorKind::Decode, Some(reason), summary, remedy);
    let mut words = match error.fault {
        Fault::Resolve => network("resolve", "the host name has no address", "check `base_url` and the network"),
        Fault::Connect => network("connect", "the connection was refused", CHECK_PLACE),
        Fault::Unanswered => late(ErrorKind::Network, error.phase),
        Fault::Resources => network(
            "resources",
            "nothing is left to open a connection with: descriptors, ports or memory",
            "raise the limit on open files, or lower `max_connections`",
        ),
        Fault::NoRoots => network(
            "tls",
            "no certificate authority is trusted on this machine: no root certificates were found",
            "install them (package ca-certificates), correct SSL_CERT_FILE and SSL_CERT_DIR, or add roots with `extra_roots`",
        ),
        Fault::Certificate(bad) => certificate(bad, &who),
        Fault::Tls(bad) => tls(bad, &who),
        Fault::Proxy(bad) => tunnel(bad, &who),
        Fault::Reset if error.reached == Reached::Head => {
            words(ErrorKind::Network, Some("truncated"), "the connection ended inside the answer", None)
        }
        Fault::Reset => words(ErrorKind::Network, Some("reset"), "the connection ended before an answer", None),
        Fault::Truncated => words(ErrorKind::Network, Some("truncated"), "the answer ended before its announced length", None),
        Fault::Malformed => decode("shape", "the answer is not HTTP as it should be", None),
        Fault::TooLarge => decode("too_large", "the answer is larger than allowed", Some("ask for less, or raise `max_body`")),
        Fault::Encoding => decode("encoding", "the answer's content encoding was not asked for or does not decode", None),
        Fault::Timeout if error.reached == Reached::Nothing => late(ErrorKind::Timeout, error.phase),
        Fault::Timeout => {
            let remedy = "raise the limit, or look at the service's status";
            words(ErrorKind::Timeout, None, "no answer in time", Some(remedy))
        }
    };
    if at_proxy && error.fault != Fault::Resources {
        words.reason = words.reason.map(|_| "proxy");
        words.remedy = Some(CHECK_PROXY);
    }
    if at_proxy && matches!(error.fault, Fault::Unanswered | Fault::Timeout) {
        words.summary = format!("{who} opened no tunnel in time");
    }
    words
}

fn words(kind: ErrorKind, reason: Option<&'static str>, summary: &str, remedy: Option<&'static str>) -> Words {
    Words { kind, reason, summary: summary.to_owned(), remedy }
}

fn network(reason: &'static str, summary: &str, remedy: &'static str) -> Words {
    words(ErrorKind::Network, Some(reason), summary, Some(remedy))
}

/// Time ran out before there was a connection: nothing was sent.
fn late(kind: ErrorKind, phase: Phase) -> Words {
    let (reason, summary, remedy) = match phase {
        Phase::Resolve => ("resolve", "the host name was not looked up in time", "check `base_url` and the name servers"),
        Phase::Tls => ("tls", "the TLS handshake did not end in time", CHECK_PLACE),
        Phase::Connect | Phase::Proxy | Phase::Send | Phase::Body => {
            ("connect", "the connection was not answered in time", CHECK_PLACE)
        }
    };
    words(kind, Some(reason), summary, Some(remedy))
}

fn certificate(bad: BadCertificate, who: &str) -> Words {
    let (what, remedy) = match bad {
        BadCertificate::Expired => ("has expired", "it must be renewed where the service runs; check this machine's clock too"),
        BadCertificate::NotYetValid => ("is not valid yet", "check this machine's clock"),
        BadCertificate::WrongHost => ("is for another host", "set `base_url` to a host that the certificate names"),
        BadCertificate::NoHost => {
            ("names no host (a common name does not count)", "it must be made anew with the host as subject alternative name")
        }
        BadCertificate::WrongPurpose => {
            ("is not one for servers", "it must be replaced by one whose purpose is server authentication")
        }
        BadCertificate::UnknownIssuer => (
            "is signed by nobody whom this machine trusts",
            "add the certificate of its authority with `extra_roots` if you trust it",
        ),
        BadCertificate::Revoked => ("was revoked", "it must be replaced where the service runs"),
        BadCertificate::Other => {
            ("cannot be read, or is signed in a way that is not supported", "it must be replaced where the service runs")
        }
    };
    network("tls", &format!("the certificate of {who} {what}"), remedy)
}

fn tls(bad: BadTls, who: &str) -> Words {
    let (summary, remedy) = match bad {
        BadTls::Version => {
            (format!("{who} speaks neither TLS 1.2 nor TLS 1.3"), "one of them must be switched on where the service runs")
        }
        BadTls::Cipher => (
            format!("{who} and this client have no TLS cipher in common"),
            "a current cipher must be switched on where the service runs",
        ),
        BadTls::ClientCertificate => {
            (format!("{who} wants a certificate of the client"), "client certificates are not supported")
        }
        BadTls::UnknownHost => (format!("{who} does not know the host name that it is called by"), CHECK_TLS),
        BadTls::NotTls => (format!("{who} does not speak TLS at this port"), CHECK_TLS),
        BadTls::Broken => (format!("the TLS handshake with {who} broke off"), CHECK_TLS),
    };
    network("tls", &summary, remedy)
}

fn tunnel(bad: BadProxy, who: &str) -> Words {
    let summary = match bad {
        BadProxy::Unreachable => format!("{who} cannot be reached"),
        BadProxy::Login => format!("{who} wants a login, or another one (407)"),
        BadProxy::Refused => format!("{who} refused to open a tunnel"),
        BadProxy::Broken => format!("{who} did not answer as a proxy does"),
    };
    network("proxy", &summary, CHECK_PROXY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fault: Fault, phase: Phase) -> Words {
        describe(&TransportError { fault, phase, reached: Reached::Nothing, reused: false }, Some("http://proxy.test:3128"))
    }

    #[test]
    fn roots_are_asked_for_only_where_they_would_help() {
        use BadCertificate::{Expired, NoHost, NotYetValid, Other, Revoked, UnknownIssuer, WrongHost, WrongPurpose};
        for bad in [Expired, NotYetValid, WrongHost, NoHost, WrongPurpose, UnknownIssuer, Revoked, Other] {
            let words = text(Fault::Certificate(bad), Phase::Tls);
            assert_eq!((words.kind, words.reason), (ErrorKind::Network, Some("tls")), "{bad:?}");
            let advised = words.remedy.is_some_and(|remedy| remedy.contains("extra_roots"));
            assert_eq!(advised, bad == UnknownIssuer, "{bad:?}");
        }
    }

    #[test]
    fn what_happens_at_a_proxy_is_said_of_the_proxy() {
        let faults = [
            Fault::Proxy(BadProxy::Unreachable),
            Fault::Proxy(BadProxy::Broken),
            Fault::Proxy(BadProxy::Login),
            Fault::Proxy(BadProxy::Refused),
            Fault::Certificate(BadCertificate::UnknownIssuer),
            Fault::Tls(BadTls::Broken),
            Fault::Unanswered,
            Fault::Timeout,
        ];
        for fault in faults {
            let words = text(fault, Phase::Proxy);
            assert_eq!(words.reason, Some("proxy"), "{fault:?}");
            assert!(words.summary.contains("the proxy http://proxy.test:3128"), "{}", words.summary);
            let all = format!("{} {}", words.summary, words.remedy.unwrap_or_default());
            assert!(!all.contains("base_url") && !all.contains("the service"), "{all}");
        }
        assert!(text(Fault::Proxy(BadProxy::Login), Phase::Proxy).summary.ends_with("(407)"));
    }

    #[test]
    fn a_limit_that_runs_out_before_the_connection_names_the_step() {
        for (phase, reason) in [(Phase::Resolve, "resolve"), (Phase::Connect, "connect"), (Phase::Tls, "tls")] {
            assert_eq!(text(Fault::Timeout, phase).reason, Some(reason));
            assert_eq!(text(Fault::Unanswered, phase).reason, Some(reason));
        }
    }
}
