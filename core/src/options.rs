//! How a client and its calls behave: plain structs, checked when the client is made.
//!
//! Per-call values override per-client ones. A time limit has three states: not given, a value,
//! and explicitly none.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::Secret;
use crate::auth::{KeyProvider, Management};
use crate::model::Account;
use crate::model::error::{Error, Result};
use crate::pipeline::shared::Shared;
use crate::retry::{Priority, RetryOptions, Throttle};
use crate::runtime::clock::{Clock, SystemClock};
use crate::runtime::environment::Environment;
use crate::runtime::observe::Observer;
use crate::transport::{DEFAULT_BODY_LIMIT, MAX_CONNECTIONS, ProxyPolicy, Transport};

/// A time limit: not given, a value, or explicitly none.
///
/// ```
/// use std::time::Duration;
/// use keywright::{CallOptions, Limit};
///
/// let patient = CallOptions::new().timeout(Limit::Never).attempt_timeout(Duration::from_secs(90));
/// assert_eq!(patient.attempt_timeout, Limit::After(Duration::from_secs(90)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Limit {
    /// What the client says, or the default.
    #[default]
    Inherit,
    /// This long.
    After(Duration),
    /// No limit.
    Never,
}

impl Limit {
    /// This limit, or the other where it is not given.
    fn or(self, other: Self) -> Self {
        match self {
            Self::Inherit => other,
            Self::After(_) | Self::Never => self,
        }
    }
}

impl From<Duration> for Limit {
    fn from(limit: Duration) -> Self {
        Self::After(limit)
    }
}

/// How one call, or all calls of one handle, differ from the client's settings.
///
/// ```
/// use std::time::Duration;
/// use keywright::{CallOptions, Throttle};
///
/// let impatient = CallOptions::new().timeout(Duration::from_secs(5)).throttle(Throttle::Fail);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct CallOptions {
    /// The whole call with its waits; 120 s unless given.
    pub timeout: Limit,
    /// One attempt, status line and body; 30 s unless given.
    pub attempt_timeout: Limit,
    /// The pause between two pieces of a body; 20 s unless given, 60 s for streams.
    pub read_timeout: Option<Duration>,
    /// Requests of one call, the first included; 4 unless given.
    pub max_attempts: Option<u32>,
    /// What to do when the limiter is closed.
    pub throttle: Option<Throttle>,
    /// Which calls go first when it opens.
    pub priority: Option<Priority>,
}

impl CallOptions {
    /// Everything as the client says.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the whole call with its waits.
    #[must_use]
    pub fn timeout(mut self, limit: impl Into<Limit>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// Limits one attempt.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: impl Into<Limit>) -> Self {
        self.attempt_timeout = limit.into();
        self
    }

    /// Limits the pause between two pieces of a body.
    #[must_use]
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.read_timeout = Some(limit);
        self
    }

    /// Limits the requests of one call, the first included.
    #[doc(alias = "max_retries")]
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Says what to do when the limiter is closed.
    #[must_use]
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = Some(throttle);
        self
    }

    /// Says which calls go first.
    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// These, and the others' where nothing is given.
    pub(crate) fn over(self, other: Self) -> Self {
        Self {
            timeout: self.timeout.or(other.timeout),
            attempt_timeout: self.attempt_timeout.or(other.attempt_timeout),
            read_timeout: self.read_timeout.or(other.read_timeout),
            max_attempts: self.max_attempts.or(other.max_attempts),
            throttle: self.throttle.or(other.throttle),
            priority: self.priority.or(other.priority),
        }
    }

    pub(crate) fn validate(&self) -> Result<()> {
        let zero = |name: &'static str| {
            Err(Error::config(name, "is 0: nothing could be done in it", "give a longer time, or say that there is no limit"))
        };
        match (self.timeout, self.attempt_timeout, self.read_timeout, self.max_attempts) {
            (Limit::After(Duration::ZERO), ..) => zero("timeout"),
            (_, Limit::After(Duration::ZERO), ..) => zero("attempt_timeout"),
            (_, _, Some(Duration::ZERO), _) => zero("read_timeout"),
            (_, _, _, Some(0)) => RetryOptions::new().max_attempts(0).validate(),
            _ => Ok(()),
        }
    }
}

/// What a client is made with. Everything has a sensible default; what is wrong is refused by
/// [`Client::new`](crate::Client::new), by name and before any I/O.
///
/// ```
/// use keywright::{Account, ClientOptions, Management};
///
/// let options = ClientOptions::new()
///     .management(Management::login("ops@acme.test", "a password"))
///     .account(Account::id("acme"));
/// ```
#[derive(Default)]
#[must_use]
pub struct ClientOptions {
    pub(crate) api_key: Option<Secret>,
    pub(crate) provider: Option<KeyProvider>,
    pub(crate) management: Option<Management>,
    pub(crate) base_url: Option<String>,
    pub(crate) variant: Option<String>,
    pub(crate) account: Option<Account>,
    pub(crate) agent_id: Option<String>,
    pub(crate) calls: CallOptions,
    pub(crate) retry: RetryOptions,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) max_body: Option<usize>,
    pub(crate) max_connections: Option<usize>,
    pub(crate) allow_insecure_http: bool,
    pub(crate) skip_key_shape: bool,
    pub(crate) forget_password: bool,
    pub(crate) isolated_limits: bool,
    pub(crate) debug_headers: bool,
    pub(crate) proxy: ProxyPolicy,
    pub(crate) extra_roots: Vec<Vec<u8>>,
    pub(crate) app_name: Option<String>,
    pub(crate) language: Option<&'static str>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) shared: Option<Shared>,
    pub(crate) environment: Environment,
    pub(crate) transport: Option<Arc<dyn Transport>>,
}

impl fmt::Debug for ClientOptions {
    /// A base URL that has not been checked may hold a password, a PEM text a private key: neither
    /// is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("api_key", &self.api_key)
            .field("provider", &self.provider)
            .field("management", &self.management)
            .field("variant", &self.variant)
            .field("account", &self.account)
            .field("calls", &self.calls)
            .field("retry", &self.retry)
            .field("app_name", &self.app_name)
            .finish_non_exhaustive()
    }
}

impl ClientOptions {
    /// Nothing given: the key comes from the environment.
    pub fn new() -> Self {
        Self::default()
    }

    /// The API key. Wins over the environment.
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// A function that gives the API key for every call, so that it can change meanwhile.
    pub fn key_provider(mut self, provider: KeyProvider) -> Self {
        self.provider = Some(provider);
        self
    }

    /// What manages keys, where that is not the API key: a login (SegOps, SidClaw), an owner's
    /// token (Seenty), another key.
    pub fn management(mut self, management: Management) -> Self {
        self.management = Some(management);
        self
    }

    /// Scheme, host, port and at most a path prefix (a gateway), as `https://api.example.com`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The variant of the dialect: `documented` (default) or `live`.
    pub fn variant(mut self, variant: impl Into<String>) -> Self {
        self.variant = Some(variant.into());
        self
    }

    /// The account that calls are for, unless a handle says otherwise.
    pub fn account(mut self, account: Account) -> Self {
        self.account = Some(account);
        self
    }

    /// The agent that `evaluate` speaks for, unless a call says otherwise (SidClaw).
    pub fn agent_id(mut self, id: impl Into<String>) -> Self {
        self.agent_id = Some(id.into());
        self
    }

    /// Time limits and the like of every call.
    pub fn calls(mut self, options: CallOptions) -> Self {
        self.calls = options;
        self
    }

    /// How often and how patiently failed calls are repeated.
    pub fn retry(mut self, options: RetryOptions) -> Self {
        self.retry = options;
        self
    }

    /// The time for name lookup, connection and TLS together; 5 s unless given.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// The largest body of an answer, decompressed, in bytes; 8 MiB unless given.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// How many connections the calls of the client and its clones use at once; 256 unless given.
    /// Calls beyond wait until one is free, within their time limits. A connection that a call has
    /// just given back may be open besides for a moment. Event streams are counted apart: as many
    /// may be open besides, so that whoever reads one can always make calls.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections);
        self
    }

    /// Allows plain `http` to hosts other than this machine: the key travels in the clear.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// Whether a key must begin as the service says that its keys do; `true` unless given.
    pub fn check_key_shape(mut self, check: bool) -> Self {
        self.skip_key_shape = !check;
        self
    }

    /// Whether a login's password stays in memory for logging in again; `true` unless given.
    pub fn keep_password(mut self, keep: bool) -> Self {
        self.forget_password = !keep;
        self
    }

    /// Keeps limiters and retry budget to this client and its clones, instead of sharing
    /// them with all clients of the process.
    pub fn isolated_limits(mut self, private: bool) -> Self {
        self.isolated_limits = private;
        self
    }

    /// Adds `X-Keywright-Attempt` to every request, for debugging a gateway.
    pub fn debug_headers(mut self, add: bool) -> Self {
        self.debug_headers = add;
        self
    }

    /// Which proxies are used for `https`.
    pub fn proxy(mut self, policy: ProxyPolicy) -> Self {
        self.proxy = policy;
        self
    }

    /// Trusts the certificates of a PEM file besides those of the system.
    pub fn extra_roots(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra_roots.push(pem.into());
        self
    }

    /// A name for the `User-Agent`, as `acme-deployer/1.4`.
    pub fn app_name(mut self, name: impl Into<String>) -> Self {
        self.app_name = Some(name.into());
        self
    }

    /// The language that the `User-Agent` names, for bindings.
    #[doc(hidden)]
    pub fn language(mut self, language: &'static str) -> Self {
        self.language = Some(language);
        self
    }

    /// Receives the events of all calls.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Where time and chance come from; the machine unless given.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Which limiters, budgets and logins to share.
    pub fn shared(mut self, shared: Shared) -> Self {
        self.shared = Some(shared);
        self
    }

    /// Reads these variables instead of the environment of the process: keys, addresses, proxies.
    pub fn env<K: Into<String>, V: Into<String>>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self {
        self.environment = Environment::of(variables);
        self
    }

    /// Sends by other means, for tests and measurements.
    #[doc(hidden)]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    pub(crate) fn clock_or_system(&self) -> Arc<dyn Clock> {
        match (&self.shared, &self.clock) {
            (Some(shared), _) => Arc::clone(shared.clock()),
            (None, Some(clock)) => Arc::clone(clock),
            (None, None) => Arc::new(SystemClock),
        }
    }

    pub(crate) fn max_connections_or_default(&self) -> usize {
        self.max_connections.unwrap_or(MAX_CONNECTIONS)
    }

    pub(crate) fn max_body_or_default(&self) -> usize {
        self.max_body.unwrap_or(DEFAULT_BODY_LIMIT)
    }
}
