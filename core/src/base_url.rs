//! Where a service lives: scheme, host, port and at most a path prefix.
//!
//! Everything that ends up on the wire is built by [`BaseUrl::join`], which cannot leave the
//! prefix. The text is checked before it is parsed, because a lenient parser has carried many a
//! credential to the wrong host (`security.md` cases 22 to 27).

use std::net::Ipv4Addr;

use url::{Host, ParseError, Url};

use crate::error::{Error, Result};
use crate::path::raw_path;

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

    /// Scheme, host and port (a default port is left out): what lanes and budgets are kept by.
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
        // What is left of a host name after the parser must be fit for the wire as well.
        Some(Host::Domain(name)) if name.parse::<http::uri::Authority>().is_err() => Err("has a host that is no host name"),
        Some(Host::Ipv4(Ipv4Addr::UNSPECIFIED)) => Err("names no particular host"),
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) => Ok(()),
        None => Err("names no host"),
    }
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
