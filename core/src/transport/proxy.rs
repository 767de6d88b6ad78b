//! Chooses how an address is reached: in the clear, directly, or through the tunnel of a proxy.
//!
//! A key never crosses a proxy in the clear, so plain `http` takes none, and loopback is never
//! a proxy's business (`security.md` cases 47 to 49).

use url::Url;

use super::ProxyPolicy;
use crate::base_url::is_loopback;
use crate::environment::Environment;

/// How an address is reached. Each has its own connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// Plain `http`, without a proxy.
    Plain,
    /// `https` without a proxy.
    Direct,
    /// `https` as the system's proxy settings say: through a tunnel, or directly after all.
    System,
}

impl Route {
    pub(super) const COUNT: usize = 3;

    pub(super) fn index(self) -> usize {
        match self {
            Self::Plain => 0,
            Self::Direct => 1,
            Self::System => 2,
        }
    }

    pub(super) fn of(url: &Url, policy: ProxyPolicy, exceptions: &Exceptions) -> Self {
        if url.scheme() == "http" {
            return Self::Plain;
        }
        match policy {
            ProxyPolicy::System if !is_loopback(url) && !exceptions.cover(url) => Self::System,
            ProxyPolicy::System | ProxyPolicy::Direct => Self::Direct,
        }
    }
}

/// The entries of `NO_PROXY` that the HTTP library does not heed: those that name a port
/// (`internal.test:8443`), and `*`, which there covers names but no addresses. Names, suffixes
/// and networks are its business.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Exceptions {
    all: bool,
    ports: Vec<(String, u16)>,
}

impl Exceptions {
    pub(super) fn from_environment(environment: &Environment) -> Self {
        let list = environment.get("NO_PROXY").or_else(|| environment.get("no_proxy"));
        list.map_or_else(Self::default, |list| Self::from_list(&list))
    }

    fn from_list(list: &str) -> Self {
        let entry = |entry: &str| {
            let (host, port) = entry.trim().rsplit_once(':')?;
            let is_host = host.starts_with('[') == host.ends_with(']') && (host.starts_with('[') || !host.contains(':'));
            let host = host.strip_prefix("*.").unwrap_or(host).trim_start_matches('.').to_ascii_lowercase();
            (is_host && !host.is_empty()).then_some((host, port.parse().ok()?))
        };
        Self { all: list.split(',').any(|entry| entry.trim() == "*"), ports: list.split(',').filter_map(entry).collect() }
    }

    fn cover(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return false };
        let under = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.all || self.ports.iter().any(|(name, exempt)| *exempt == port && under(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(url: &str, policy: ProxyPolicy, no_proxy: &str) -> Route {
        Route::of(&Url::parse(url).expect("a valid address"), policy, &Exceptions::from_list(no_proxy))
    }

    #[test]
    fn plain_http_never_takes_a_proxy() {
        assert_eq!(route("http://api.test", ProxyPolicy::System, ""), Route::Plain);
        assert_eq!(route("http://127.0.0.1:9", ProxyPolicy::System, ""), Route::Plain);
    }

    #[test]
    fn loopback_never_takes_a_proxy() {
        for url in ["https://127.0.0.1:9", "https://[::1]:9", "https://localhost", "https://127.8.0.1"] {
            assert_eq!(route(url, ProxyPolicy::System, ""), Route::Direct, "{url}");
        }
        assert_eq!(route("https://localhost.evil.test", ProxyPolicy::System, ""), Route::System);
    }

    #[test]
    fn an_exception_with_a_port_covers_that_port_only() {
        let list = "internal.test:8443, .corp.test:443,*.dot.test:1,[fd00::1]:8443, bad:port, fd00::2:443";
        let cases = [
            ("https://internal.test:8443", Route::Direct),
            ("https://a.internal.test:8443", Route::Direct),
            ("https://internal.test", Route::System),
            ("https://notinternal.test:8443", Route::System),
            ("https://x.corp.test", Route::Direct),
            ("https://x.dot.test:1", Route::Direct),
            ("https://[fd00::1]:8443", Route::Direct),
            ("https://[fd00::1]", Route::System),
            ("https://bad", Route::System),
        ];
        for (url, expected) in cases {
            assert_eq!(route(url, ProxyPolicy::System, list), expected, "{url}");
        }
    }

    #[test]
    fn without_proxies_everything_is_direct() {
        assert_eq!(route("https://api.test", ProxyPolicy::Direct, ""), Route::Direct);
    }
}
