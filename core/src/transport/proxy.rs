//! Chooses how an address is reached: directly, or through the tunnel of a proxy.
//!
//! A key never crosses a proxy in the clear, so plain `http` takes none, and loopback is never
//! a proxy's business. A variable that names a proxy in a way that
//! cannot be used is an error and never a reason to connect directly: whoever set it wanted the
//! traffic to go elsewhere.

use std::fmt;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::ProxyPolicy;
use crate::checks::base_url::is_loopback;
use crate::model::error::{Error, Result};
use crate::runtime::environment::Environment;

/// The variables that name the proxy for `https`, the first that is set and not empty wins.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// A proxy that opens tunnels.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    /// Whether the connection to the proxy itself is protected by TLS.
    pub(super) secure: bool,
    pub(super) host: Host<String>,
    pub(super) port: u16,
    /// The value of `Proxy-Authorization`.
    pub(super) login: Option<HeaderValue>,
}

impl fmt::Display for Proxy {
    /// Without its login.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", if self.secure { "https" } else { "http" }, self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How an address is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// Without a proxy.
    Direct,
    /// Through a tunnel.
    Tunnel(&'a Proxy),
    /// Through a proxy that cannot be used.
    Closed(&'a Unusable),
}

/// A variable that names no proxy, and why it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unusable {
    variable: &'static str,
    reason: &'static str,
}

/// The proxy of this machine for `https`, and what is excepted from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Proxies {
    proxy: Option<std::result::Result<Proxy, Unusable>>,
    exceptions: Exceptions,
}

impl Proxies {
    pub(super) fn new(policy: ProxyPolicy, environment: &Environment) -> Self {
        if policy == ProxyPolicy::Direct {
            return Self::default();
        }
        let set = VARIABLES.iter().find_map(|name| Some((*name, environment.get(name).filter(|text| !text.is_empty())?)));
        let proxy = match set {
            Some((variable, text)) => Some(Proxy::parse(&text).map_err(|reason| Unusable { variable, reason })),
            None => of_system().map(Ok),
        };
        let list = ["NO_PROXY", "no_proxy"].iter().find_map(|name| environment.get(name).filter(|list| !list.is_empty()));
        Self { proxy, exceptions: Exceptions::from_list(&list.unwrap_or_default()) }
    }

    pub(super) fn route(&self, url: &Url) -> Route<'_> {
        match &self.proxy {
            Some(_) if url.scheme() != "https" || is_loopback(url) || self.exceptions.cover(url) => Route::Direct,
            Some(Ok(proxy)) => Route::Tunnel(proxy),
            Some(Err(unusable)) => Route::Closed(unusable),
            None => Route::Direct,
        }
    }

    /// # Errors
    /// `config` naming the variable, where the address would be reached through a proxy that
    /// cannot be used. The value may hold a password and is not shown.
    pub(super) fn check(&self, url: &Url) -> Result<()> {
        match self.route(url) {
            Route::Direct | Route::Tunnel(_) => Ok(()),
            Route::Closed(unusable) => {
                let remedy = "set it to an address such as http://proxy.example.com:3128, add the host to NO_PROXY, \
                              or take no proxy (option `proxy`)";
                Err(Error::config(unusable.variable, unusable.reason, remedy))
            }
        }
    }
}

/// The proxy in the settings of systems that have any. Elsewhere only the variables count.
fn of_system() -> Option<Proxy> {
    if !cfg!(any(target_os = "macos", windows)) {
        return None;
    }
    let found = Matcher::from_system().intercept(&http::Uri::from_static("https://name.invalid/"))?;
    let proxy = Proxy::parse(&found.uri().to_string()).ok()?;
    Some(Proxy { login: found.basic_auth().cloned(), ..proxy })
}

impl Proxy {
    fn parse(text: &str) -> std::result::Result<Self, &'static str> {
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err("holds a line break, white space or a control character");
        }
        if text.contains(['"', '\'', '`', '\\', '<', '>']) {
            return Err("holds a quotation mark or another character that no address has");
        }
        let (secure, rest) = match text.split_once("://") {
            None => (false, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, _)) if scheme.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("socks")) => {
                return Err("names a SOCKS proxy, and only HTTP proxies are supported");
            }
            Some(_) => return Err("names a kind of proxy that is not supported: only http and https are"),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#']) {
            return Err("is not the address of a proxy: a host and a port, without a path");
        }
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(basic(login)?), place),
            None => (None, authority),
        };
        let (host, port) = split_port(place).ok_or("has a port that does not exist")?;
        let host = Host::parse(host).map_err(|_| "names no host")?;
        let usable = match &host {
            Host::Domain(name) => name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')),
            Host::Ipv4(address) => !address.is_unspecified() || cfg!(test),
            Host::Ipv6(address) => !address.is_unspecified(),
        };
        if !usable {
            return Err("names no host");
        }
        Ok(Self { secure, host, port: port.unwrap_or(if secure { 443 } else { 80 }), login })
    }
}

/// Host and port; `None` where there is a port that is no number.
fn split_port(place: &str) -> Option<(&str, Option<u16>)> {
    let after = place.rfind(']').map_or(0, |end| end + 1);
    match place.get(after..)?.rfind(':') {
        None => Some((place, None)),
        Some(colon) => {
            let (host, port) = place.split_at(after + colon);
            let port: u16 = port.get(1..).filter(|port| port.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
            (port != 0).then_some((host, Some(port)))
        }
    }
}

/// `user:password`, percent-encoded, as the value of a header.
fn basic(login: &str) -> std::result::Result<HeaderValue, &'static str> {
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let plain = [percent_decode_str(user).collect::<Vec<u8>>(), percent_decode_str(password).collect()].join(&b':');
    let mut value =
        HeaderValue::try_from(format!("Basic {}", STANDARD.encode(plain))).map_err(|_| "holds a login that cannot be sent")?;
    value.set_sensitive(true);
    Ok(value)
}

/// What `NO_PROXY` excepts: entries separated by commas or white space.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Exceptions(Vec<Exception>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Exception {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Hosts {
    All,
    /// A name and everything below it.
    Under(String),
    /// A name with `*` for any text.
    Like(String),
    /// The addresses whose first bits are these.
    Network(IpAddr, u8),
}

impl Exceptions {
    fn from_list(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
        Self(entries.filter_map(Exception::parse).collect())
    }

    fn cover(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else { return false };
        self.0.iter().any(|exception| exception.port.is_none_or(|only| only == port) && exception.hosts.hold(&host))
    }
}

impl Exception {
    fn parse(entry: &str) -> Option<Self> {
        let entry = entry.to_ascii_lowercase();
        if let Some(hosts) = network(&entry) {
            return Some(Self { hosts, port: None });
        }
        let (host, port) = split_port(&entry)?;
        if let Some(hosts) = network(host) {
            return Some(Self { hosts, port });
        }
        // `*.name`, `.name` and `name` mean the same, as nearly everywhere.
        let name = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host).trim_matches('.');
        let hosts = match name {
            "*" => Hosts::All,
            "" => return None,
            name if name.contains('*') => Hosts::Like(name.to_owned()),
            name => match Host::parse(name).ok()? {
                Host::Domain(name) => Hosts::Under(name),
                Host::Ipv4(address) => Hosts::Network(address.into(), 32),
                Host::Ipv6(address) => Hosts::Network(address.into(), 128),
            },
        };
        Some(Self { hosts, port })
    }
}

/// `10.0.0.0/8`, `fd00::/8`, `[::1]`, `192.0.2.1`.
fn network(text: &str) -> Option<Hosts> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let bare = address.strip_prefix('[').and_then(|address| address.strip_suffix(']')).unwrap_or(address);
    let address: IpAddr = bare.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some(Hosts::Network(address, bits))
}

impl Hosts {
    fn hold(&self, host: &Host<&str>) -> bool {
        match (self, host) {
            (Self::All, _) => true,
            (Self::Under(name), Host::Domain(host)) => {
                host.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            (Self::Like(pattern), host) => is_like(&host.to_string(), pattern),
            (Self::Network(network, bits), Host::Ipv4(host)) => same_network(*network, IpAddr::V4(*host), *bits),
            (Self::Network(network, bits), Host::Ipv6(host)) => same_network(*network, IpAddr::V6(*host), *bits),
            (Self::Under(_), Host::Ipv4(_) | Host::Ipv6(_)) | (Self::Network(..), Host::Domain(_)) => false,
        }
    }
}

fn same_network(network: IpAddr, host: IpAddr, bits: u8) -> bool {
    match (network, host) {
        (IpAddr::V4(network), IpAddr::V4(host)) => {
            (network.to_bits() ^ host.to_bits()).checked_shr(32 - u32::from(bits)).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(host)) => {
            (network.to_bits() ^ host.to_bits()).checked_shr(128 - u32::from(bits)).unwrap_or(0) == 0
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// Whether a text is the pattern with some text for each `*`.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else { return false };
        rest = rest.get(at + piece.len()..).unwrap_or_default();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::ErrorKind;

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        Proxies::new(ProxyPolicy::System, &Environment::of(variables.iter().copied()))
    }

    fn takes_proxy(url: &str, no_proxy: &str) -> bool {
        let proxies = proxies(&[("HTTPS_PROXY", "http://proxy.test:3128"), ("NO_PROXY", no_proxy)]);
        match proxies.route(&Url::parse(url).unwrap()) {
            Route::Direct => false,
            Route::Tunnel(proxy) => proxy.to_string() == "http://proxy.test:3128",
            Route::Closed(unusable) => panic!("{unusable:?}"),
        }
    }

    #[test]
    fn plain_http_and_loopback_never_take_a_proxy() {
        for url in ["http://api.test", "http://127.0.0.1:9", "https://127.0.0.1:9", "https://[::1]:9", "https://localhost"] {
            assert!(!takes_proxy(url, ""), "{url}");
        }
        assert!(takes_proxy("https://localhost.evil.test", ""));
        let direct = Proxies::new(ProxyPolicy::Direct, &Environment::of([("HTTPS_PROXY", "nonsense:")]));
        assert_eq!(direct.route(&Url::parse("https://api.test").unwrap()), Route::Direct);
    }

    #[test]
    fn the_variable_for_https_wins_over_that_for_all_and_an_empty_one_is_none() {
        let url = Url::parse("https://api.test").unwrap();
        for (variables, expected) in [
            (&[("ALL_PROXY", "http://all.test:1"), ("https_proxy", "https.test:2")][..], Some("http://https.test:2")),
            (&[("all_proxy", "https://u:p@all.test"), ("HTTPS_PROXY", "")], Some("https://all.test:443")),
            (&[("HTTPS_PROXY", "http://upper.test/"), ("https_proxy", "http://lower.test")], Some("http://upper.test:80")),
            (&[("HTTP_PROXY", "http://http.test:1")], None),
            (&[("HTTPS_PROXY", "")], None),
            (&[("HTTPS_PROXY", "[::1]:8080")], Some("http://[::1]:8080")),
        ] {
            let proxies = proxies(variables);
            let shown = match proxies.route(&url) {
                Route::Tunnel(proxy) => Some(proxy.to_string()),
                Route::Direct => None,
                Route::Closed(unusable) => panic!("{unusable:?}"),
            };
            assert_eq!(shown.as_deref(), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_login_is_decoded_and_never_shown() {
        let proxy = Proxy::parse("http://us%40er:CAN%3aARY@proxy.test:1").unwrap();
        assert_eq!(proxy.login.as_ref().unwrap(), &format!("Basic {}", STANDARD.encode("us@er:CAN:ARY")));
        assert_eq!(format!("{proxy} {proxy:?}"), "http://proxy.test:1 http://proxy.test:1");
    }

    #[test]
    fn a_variable_that_names_no_proxy_is_refused_by_name_where_it_would_count() {
        let values = [
            "http:/canary.test",
            "http:canary.test:80",
            "http:",
            "http://",
            "https://",
            "//canary.test:80",
            "\"http://canary.test:80\"",
            "'http://canary.test:80'",
            "http://canary.test:80\n",
            "http://canary\r\n.test",
            " http://canary.test",
            " ",
            "socks5://canary.test:1080",
            "SOCKS5H://canary.test:1080",
            "socks4://canary.test",
            "ftp://canary.test",
            "http2://canary.test",
            "http://canary.test:port",
            "http://canary.test:",
            "http://canary.test:0",
            "http://canary.test:99999",
            "http://canary.test/proxy.pac",
            "http://canary.test?x",
            "http://user:canary@",
            "http://[::1",
            "http://::1:80",
            "http://can{ary}.test",
            "http://1.2.3.400:80",
            "canary.test:80:90",
        ];
        let url = |text| Url::parse(text).unwrap();
        for name in VARIABLES {
            for value in values {
                let proxies = proxies(&[(name, value), ("NO_PROXY", "excepted.test")]);
                let error = proxies.check(&url("https://api.test")).unwrap_err();
                assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some(name)), "{value:?}");
                assert!(!format!("{error} {error:?} {proxies:?}").to_lowercase().contains("canary"), "{value:?}");
                for elsewhere in ["http://api.test", "https://127.0.0.1", "https://localhost:1", "https://excepted.test"] {
                    assert!(proxies.check(&url(elsewhere)).is_ok(), "{value:?} {elsewhere}");
                }
            }
        }
    }

    #[test]
    fn every_form_of_exception_is_heeded() {
        let cases = [
            ("*", "https://api.test", true),
            ("*", "https://[fd00::1]", true),
            ("*.host.test", "https://api.host.test", true),
            ("*.host.test", "https://a.b.host.test:8443", true),
            ("*.host.test", "https://host.test", true),
            ("*.host.test", "https://ghost.test", false),
            (".host.test", "https://api.host.test", true),
            ("host.test", "https://api.host.test", true),
            ("host.test.", "https://host.test", true),
            ("HOST.Test", "https://api.host.test", true),
            ("host.test", "https://nothost.test", false),
            ("host.test", "https://host.test.evil.test", false),
            ("a.test other.test", "https://other.test", true),
            ("a.test,, other.test ,", "https://other.test", true),
            ("b\u{fc}cher.test", "https://b\u{fc}cher.test", true),
            ("api-*.host.test", "https://api-7.host.test", true),
            ("api-*.host.test", "https://web-7.host.test", false),
            ("10.0.*", "https://10.0.3.4", true),
            ("10.0.*", "https://10.1.3.4", false),
            ("10.0.0.0/8", "https://10.9.8.7", true),
            ("10.0.0.0/8", "https://11.0.0.1", false),
            ("0.0.0.0/0", "https://192.0.2.1", true),
            ("0.0.0.0/0", "https://name.test", false),
            ("192.0.2.1", "https://192.0.2.1:8443", true),
            ("192.0.2.1/32", "https://192.0.2.2", false),
            ("192.0.2.0/33", "https://192.0.2.1", false),
            ("fd00::/8", "https://[fd12::1]", true),
            ("fd00::1", "https://[fd00::1]", true),
            ("[fd00::1]", "https://[fd00::1]", true),
            ("[fd00::1]:8443", "https://[fd00::1]:8443", true),
            ("[fd00::1]:8443", "https://[fd00::1]", false),
            ("fd00::2", "https://[fd00::1]", false),
            ("internal.test:8443", "https://a.internal.test:8443", true),
            ("internal.test:8443", "https://internal.test", false),
            (".corp.test:443", "https://x.corp.test", true),
            ("*.dot.test:1", "https://x.dot.test:1", true),
            ("10.1.2.3:8443", "https://10.1.2.3:8443", true),
            ("10.1.2.3:8443", "https://10.1.2.3", false),
            ("bad:port", "https://bad", false),
            ("", "https://api.test", false),
            (".", "https://api.test", false),
        ];
        for (list, url, exempt) in cases {
            assert_eq!(takes_proxy(url, list), !exempt, "{list:?} {url}");
        }
    }
}
