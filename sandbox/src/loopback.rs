//! Whose requests are answered: those that name this machine as their host.
//!
//! A page in a browser can make any name lead to this machine and then talk to the sandbox as its
//! own origin. Its requests carry that name, so only loopback names are served, on every port.

use std::net::{IpAddr, Ipv6Addr};

use hyper::http::request::Parts;

use crate::service::Reply;

/// Refuses a request whose `Host`, or whose target, names another machine.
///
/// # Errors
/// The answer that says so.
pub(crate) fn check(head: &Parts) -> Result<(), Reply> {
    let hosts: Vec<Option<&str>> = head.headers.get_all("host").iter().map(|host| host.to_str().ok()).collect();
    let named = match hosts.as_slice() {
        // Only HTTP/1.0 may leave it out, which no browser speaks.
        [] => head.version == hyper::Version::HTTP_10,
        [Some(host)] => is_loopback(host),
        _ => false,
    };
    let target = head.uri.authority().is_none_or(|authority| is_loopback(authority.as_str()));
    if named && target {
        return Ok(());
    }
    // What was sent is not repeated: it may come from a page of somebody else's.
    let text = "the sandbox answers only to this machine: `Host` must be 127.0.0.1, [::1] or localhost, with any port";
    Err(Reply::json(421, serde_json::json!({ "error": text })))
}

/// Whether a host, with or without a port, is a loopback address or `localhost`.
fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) => (address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()), port),
            None => return false,
        },
        None => {
            let (name, port) = host.find(':').map_or((host, ""), |at| host.split_at(at));
            // Without brackets it is no IPv6 address, whatever it looks like.
            let address = name.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4() && address.is_loopback());
            (name.eq_ignore_ascii_case("localhost") || address, port)
        }
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    name && (port.is_empty() || port.starts_with(':')) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_told_from_all_others() {
        for host in
            ["localhost", "LocalHost:80", "127.0.0.1", "127.0.0.1:4000", "127.9.8.7:1", "[::1]", "[::1]:8080", "localhost:"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "evil.test",
            "evil.test:80",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "127.0.0.1@evil.test",
            "evil.test#localhost",
            "0.0.0.0",
            "10.0.0.1",
            "[::]",
            "[::1",
            "[::1]evil.test",
            "::1",
            "[::ffff:10.0.0.1]",
            "localhost:80:80",
            "localhost:x",
            "2130706433",
            "localhost, evil.test",
            "xlocalhost",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
