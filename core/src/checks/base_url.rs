//! Where a service lives: scheme, host, port and at most a path prefix.
//!
//! Everything that ends up on the wire is built by [`BaseUrl::join`], which cannot leave the
//! prefix. The text is checked before it is parsed, because a lenient parser has carried many a
//! credential to the wrong host.

use std::net::Ipv4Addr;

use url::{Host, ParseError, Url};

use crate::checks::path::raw_path;
use crate::model::error::{Error, Result};

/// A checked base URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    url: Url,
    origin: String,
    /// The path without a slash at its end: empty, or one that begins with a slash.
    prefix: String,
}

impl BaseUrl {
    /// Checks and normalises an address.
    ///
    /// # Errors
    /// `config`, naming `field` and never the address: it may hold a password.
    pub(crate) fn parse(text: &str, allow_insecure_http: bool, field: &'static str) -> Result<Self> {
        let refuse = |reason: &str| Error::config(field, reason, "pass an address such as https://api.example.com");
        let path = check_text(text).map_err(refuse)?;
        let prefix = if path.is_empty() { "".into() } else { raw_path(path, field)? };
        let mut url = Url::parse(text).map_err(|error| refuse(unparsed(error)))?;
        check_host(&url).map_err(refuse)?;
        if url.scheme() == "http" && !allow_insecure_http && !is_loopback(&url) {
            let reason = "is not https, and a key must not travel in the clear";
            return Err(Error::config(field, reason, "use https, or set allow_insecure_http where you own the network"));
        }
        let prefix = prefix.trim_end_matches('/').to_owned();
        url.set_path(&prefix);
        let origin = url.origin().ascii_serialization();
        Ok(Self { url, origin, prefix })
    }

    /// The address of a path under this one. The path is whole (`/v1/agents?limit=2`), with
    /// everything in it encoded.
    ///
    /// # Errors
    /// `config` when the path would lead elsewhere.
    pub(crate) fn join(&self, path_and_query: &str) -> Result<Url> {
        let (path, query) = match path_and_query.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path_and_query, None),
        };
        let whole = [self.prefix.as_str(), path].concat();
        let mut url = self.url.clone();
        url.set_path(&whole);
        url.set_query(query);
        // The parser resolves dot segments and drops control characters without a word.
        if !path.starts_with('/') || path.starts_with("//") || url.path() != whole {
            return Err(Error::config("path", "would lead outside the base URL", "pass a path such as /v1/agents"));
        }
        Ok(url)
    }

    /// The whole address, path prefix included: what logins are kept by.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Scheme, host and port (a default port is left out): what limiters and budgets are kept by.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

/// Whether an address is this machine: 127.0.0.0/8, `::1` or `localhost`, and no name that only
/// looks like one.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Checks the text as it was written; gives its path.
fn check_text(text: &str) -> Result<&str, &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("holds white space or a control character");
    }
    if text.contains('\\') {
        return Err("holds a backslash");
    }
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") => rest,
        Some(_) | None => return Err("does not begin with https://"),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("holds a user name or password, which belong elsewhere");
    }
    if authority.is_empty() || authority.starts_with(':') {
        return Err("names no host");
    }
    if authority.contains('%') {
        return Err("holds an escape in its host");
    }
    if path.contains('?') {
        return Err("holds a query");
    }
    if path.contains('#') {
        return Err("holds a fragment");
    }
    Ok(path)
}

fn check_host(url: &Url) -> Result<(), &'static str> {
    if url.port() == Some(0) {
        return Err("names port 0");
    }
    match url.host() {
        Some(Host::Domain(name)) if name.ends_with('.') => Err("has a host that ends with a dot"),
        // The parser lets through what no resolver and no `Host` header can take.
        Some(Host::Domain(name)) if !is_host_name(name) => Err("has a host that is no host name"),
        Some(Host::Ipv4(Ipv4Addr::UNSPECIFIED)) => Err("names no particular host"),
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) => Ok(()),
        None => Err("names no host"),
    }
}

/// Labels of letters, digits, hyphens and underscores, of 1 to 63 bytes, 253 in all.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

fn unparsed(error: ParseError) -> &'static str {
    match error {
        ParseError::InvalidPort => "names a port that does not exist",
        ParseError::EmptyHost => "names no host",
        ParseError::IdnaError | ParseError::InvalidDomainCharacter => "has a host that is no host name",
        ParseError::InvalidIpv4Address | ParseError::InvalidIpv6Address => "has a host that is no IP address",
        _ => "is no address",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::ErrorKind;
    use crate::checks::path::segment;

    fn parse(text: &str) -> Result<BaseUrl> {
        BaseUrl::parse(text, false, "base_url")
    }

    #[test]
    fn a_path_is_kept_exactly_with_and_without_a_slash() {
        for (base, expected) in [
            ("https://h.test", "https://h.test/v1/agents?a=b%20c"),
            ("https://h.test/", "https://h.test/v1/agents?a=b%20c"),
            ("https://h.test/gate/way", "https://h.test/gate/way/v1/agents?a=b%20c"),
            ("https://h.test/gate/way/", "https://h.test/gate/way/v1/agents?a=b%20c"),
            ("https://h.test/g%20w;x=1", "https://h.test/g%20w;x=1/v1/agents?a=b%20c"),
            ("https://h.test/caf\u{e9}", "https://h.test/caf%C3%A9/v1/agents?a=b%20c"),
        ] {
            assert_eq!(parse(base).unwrap().join("/v1/agents?a=b%20c").unwrap().as_str(), expected);
        }
    }

    #[test]
    fn scheme_host_and_default_port_are_normalised() {
        for (text, origin) in [
            ("HTTPS://API.Example.TEST:443/X", "https://api.example.test"),
            ("https://h.test:8443", "https://h.test:8443"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("https://[0:0::1]:9", "https://[::1]:9"),
        ] {
            assert_eq!(parse(text).unwrap().origin(), origin);
        }
    }

    #[test]
    fn what_could_mean_another_place_is_refused_without_being_shown() {
        let cases = [
            "",
            " ",
            "h",
            "h:80",
            "//h",
            "/",
            "file:///etc",
            "ftp://h",
            "https:",
            "https:/h",
            "https://",
            "https:///h",
            "https://:80",
            "https://u@h",
            "https://u:canary@h",
            "https://@h",
            "https://h@evil",
            "https://h?canary=1",
            "https://h/?",
            "https://h#f",
            "https://h/#",
            "https://h\\@evil",
            "https:\\\\h",
            "https://h/a\\b",
            "https://h\t",
            "https://h\n",
            " https://h",
            "https://h ",
            "https://a b",
            "https://h/a b",
            "https://h\u{a0}",
            "https://h\0",
            "https://h:0",
            "https://h:99999",
            "https://h:-1",
            "https://h:x",
            "https://h.",
            "https://h.:443",
            "https://h/../x",
            "https://h/a/./b",
            "https://h/%2e%2e",
            "https://h//a",
            "https://h/a//",
            "https://%68",
            "https://h%00",
            "https://[::1",
            "https://1.2.3.400",
            "https://0.0.0.0",
            "https://a{b}",
            "https://a..b",
            "https://a^b",
            "https://xn--a",
            "javascript://h",
            "httpss://h",
            "https//h",
        ];
        for text in cases {
            let error = parse(text).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("base_url")), "{text:?}");
            assert!(!format!("{error} {error:?}").contains("canary"), "{text:?}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback() {
        for text in ["http://127.0.0.1", "http://127.9.9.9:1", "http://[::1]:1", "http://localhost:1", "http://LOCALHOST"] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://h.test",
            "http://127.0.0.1.evil.test",
            "http://localhost.evil.test",
            "http://[::2]",
            "http://128.0.0.1",
            "http://a.localhost",
        ] {
            assert_eq!(parse(text).unwrap_err().field(), Some("base_url"), "{text}");
            assert!(BaseUrl::parse(text, true, "base_url").is_ok(), "{text}");
        }
    }

    #[test]
    fn a_look_alike_host_shows_itself() {
        let url = parse("https://\u{430}pi.test").unwrap();
        assert_eq!(url.origin(), "https://xn--pi-6kc.test");
        assert!(format!("{url:?}").is_ascii());
    }

    #[test]
    fn join_refuses_what_would_lead_elsewhere() {
        let base = parse("https://h.test/gate").unwrap();
        for path in
            ["", "v1", "//evil.test", "/../x", "/a/..", "/a/%2e%2E/b", "/a\\b", "/a#b", "/a b", "/a\nb", "https://evil.test"]
        {
            assert!(base.join(path).is_err(), "{path:?}");
        }
        assert_eq!(base.join("/a?next=//evil/../#x").unwrap().as_str(), "https://h.test/gate/a?next=//evil/../%23x");
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_base(base in "(/[a-z.%]{1,6}){0,2}/?", id in any::<String>(), query in "[ -~]{0,20}") {
            let Ok(base) = parse(&format!("https://h.test{base}")) else { return Ok(()) };
            let mut paths = Vec::from_iter(raw_path(&id, "path").map(String::from));
            paths.extend(segment(&id, "id").map(|id| format!("/keys/{id}")));
            for path in paths.into_iter().chain([id, format!("/{query}"), format!("/?{query}")]) {
                if let Ok(url) = base.join(&path) {
                    prop_assert_eq!(url.origin().ascii_serialization(), base.origin());
                    let prefix = format!("{}/", base.prefix);
                    prop_assert!(url.path().starts_with(&prefix));
                    prop_assert!(url.fragment().is_none() && url.username().is_empty());
                }
            }
        }

        #[test]
        fn a_checked_path_can_always_be_joined(path in "/([a-z%./?#é ]|\\PC){0,12}") {
            let base = parse("https://h.test/gate").unwrap();
            if let Ok(path) = raw_path(&path, "path") {
                prop_assert!(base.join(&path).is_ok());
            }
        }

        #[test]
        fn any_text_is_a_base_or_a_config_error(text in any::<String>(), host in "\\PC{0,12}") {
            for text in [text, format!("https://{host}")] {
                match parse(&text) {
                    Ok(base) => prop_assert!(base.origin().starts_with("https://") && base.origin().is_ascii()),
                    Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Config),
                }
            }
        }
    }
}
