//! What clients and calls are given. Everything has a sensible default.

use std::sync::Arc;
use std::time::Duration;

use keywright::{Account, Change, Deliver, KeyProvider, Management, ProxyPolicy, RetryOptions, Timestamp, UsageRange};

use super::error::{KeywrightError, mirrored};
use super::sandbox::Clock;
use super::scalars::{DeliverFunction, EventFunction, KeyFunction, Limit, Secret};
use super::values::Pair;
use crate::host::{HostQueue, QueueObserver};
use crate::process::Result;

mirrored! {
    /// What to do when nobody can say whether a key was created.
    Recover {
        /// Say so, with the ids of the keys that it may be.
        Report,
        /// Rotate the orphan: same id and scopes, a secret that arrives (SidClaw).
        Rotate,
        /// Retire the orphan and create once more (Seclai, Seenty, itellicoAI).
        Replace,
    }

    /// What to do with a key that was created after its caller had left.
    OnCancel {
        /// Retire it: nobody holds its secret.
        Discard,
        /// Leave it, and tell (event `orphan_key`).
        Keep,
    }

    /// How long a slice of a report is.
    Granularity {
        /// A day, UTC.
        Day,
        /// A week from Monday, UTC.
        Week,
        /// A month, UTC.
        Month,
    }

    /// Which calls go first when a limiter opens.
    Priority {
        /// Before all others: a leaked key must not wait behind bulk traffic.
        Urgent,
        /// In the order of the calls.
        Normal,
        /// When nobody else waits.
        Background,
    }

    /// What a call does when its limiter is closed.
    Throttle {
        /// It waits in line.
        Wait,
        /// It fails at once and says when to come back.
        Fail,
    }
}

/// Which proxies are used for `https`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Proxy {
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or the settings of the system; as tunnels only.
    System,
    /// None.
    Direct,
}

impl Proxy {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::System, Self::Direct];

    /// The stable word, the same in all languages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Direct => "direct",
        }
    }
}

/// What a client is made with.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ClientOptions {
    /// The API key. Wins over the environment variable that the service's page names.
    pub api_key: Option<Secret>,
    /// A function that gives the API key for every call, so that it can change meanwhile.
    pub key_provider: KeyFunction,
    /// What manages keys, where that is not the API key: another key, or an owner's token (Seenty).
    pub management: Option<Secret>,
    /// The e-mail of a login that manages keys (SegOps, SidClaw).
    pub email: Option<String>,
    /// The password of that login.
    pub password: Option<Secret>,
    /// The account that calls are for, by id or slug, unless a handle says otherwise.
    pub account: Option<String>,
    /// The agent that `evaluate` speaks for, unless a call says otherwise (SidClaw).
    pub agent_id: Option<String>,
    /// Scheme, host, port and at most a path prefix, as `https://api.example.com`.
    pub base_url: Option<String>,
    /// The variant of the service's description: `documented` (default) or `live`.
    pub variant: Option<String>,
    /// Limits a whole call with its waits; 120 s unless given.
    pub timeout: Option<Limit>,
    /// Limits one attempt; 30 s unless given.
    pub attempt_timeout: Option<Limit>,
    /// Limits the pause between two pieces of a body; 20 s unless given, 60 s for streams.
    pub read_timeout: Option<Duration>,
    /// Limits name lookup, connection and TLS together; 5 s unless given.
    pub connect_timeout: Option<Duration>,
    /// Requests of one call, the first included; 4 unless given.
    pub max_attempts: Option<u32>,
    /// The delay before the first repetition, which doubles with each; 250 ms unless given.
    pub retry_base: Option<Duration>,
    /// The longest delay of our own; 8 s unless given.
    pub retry_cap: Option<Duration>,
    /// The longest delay asked for by the service that is waited out; 60 s unless given.
    pub max_retry_after: Option<Duration>,
    /// The calls that may wait for one key; one more is refused. 50,000 unless given. Each takes about
    /// 1.3 kB, and what its language keeps for a task.
    pub queue_limit: Option<u32>,
    /// What to do when the limiter is closed.
    pub throttle: Option<Throttle>,
    /// Which calls go first when it opens.
    pub priority: Option<Priority>,
    /// Keeps limiters and retry budget to this client and its handles.
    pub isolated_limits: bool,
    /// The largest body of an answer, decompressed, in bytes; 8 MiB unless given.
    pub max_body: Option<u64>,
    /// The most connections at once; 256 unless given. Calls beyond wait until one is free, within
    /// their time limits. Event streams are counted apart: as many may be open besides.
    pub max_connections: Option<u32>,
    /// Allows plain `http` to hosts other than this machine: the key travels in the clear.
    pub allow_insecure_http: bool,
    /// Whether a key must begin as the service says that its keys do; yes unless given.
    pub check_key_shape: Option<bool>,
    /// Whether a login's password stays in memory for logging in again; yes unless given.
    pub keep_password: Option<bool>,
    /// Adds `X-Keywright-Attempt` to every request, for debugging a gateway.
    pub debug_headers: bool,
    /// Which proxies are used for `https`.
    pub proxy: Option<Proxy>,
    /// Certificates to trust besides those of the system, each a PEM text.
    pub extra_roots: Vec<String>,
    /// A name for the `User-Agent`, as `acme-deployer/1.4`.
    pub app_name: Option<String>,
    /// Receives the events of all calls.
    pub on_event: EventFunction,
    /// Where time and chance come from, for tests: a sandbox's clock.
    pub clock: Option<Arc<Clock>>,
    /// Read instead of the environment: keys, addresses, proxies.
    pub env: Option<Vec<Pair>>,
}

impl ClientOptions {
    /// Whether the host is asked or told anything.
    pub(super) fn needs_host(&self) -> bool {
        self.key_provider.0 || self.on_event.0
    }

    pub(super) fn core(&self, host: &Arc<HostQueue>) -> Result<keywright::ClientOptions> {
        let mut options = keywright::ClientOptions::new()
            .calls(self.calls().core()?)
            .retry(self.retry())
            .isolated_limits(self.isolated_limits)
            .allow_insecure_http(self.allow_insecure_http)
            .check_key_shape(self.check_key_shape.unwrap_or(true))
            .keep_password(self.keep_password.unwrap_or(true))
            .debug_headers(self.debug_headers)
            .language(crate::process::language());
        if let Some(key) = &self.api_key {
            options = options.api_key(key.clone());
        }
        if self.key_provider.0 {
            let host = Arc::clone(host);
            options = options.key_provider(KeyProvider::new(move || {
                let host = Arc::clone(&host);
                async move { host.key().await.map_err(Into::into) }
            }));
        }
        if self.on_event.0 {
            options = options.observer(Arc::new(QueueObserver(Arc::clone(host))));
        }
        if let Some(management) = self.management()? {
            options = options.management(management);
        }
        if let Some(clock) = &self.clock {
            options = options.clock(clock.shared());
        }
        if let Some(env) = &self.env {
            options = options.env(env.iter().map(|pair| (pair.name.clone(), pair.value.clone())));
        }
        Ok(self.texts(options))
    }

    fn texts(&self, mut options: keywright::ClientOptions) -> keywright::ClientOptions {
        if let Some(id) = &self.account {
            options = options.account(Account::id(id));
        }
        if let Some(id) = &self.agent_id {
            options = options.agent_id(id);
        }
        if let Some(url) = &self.base_url {
            options = options.base_url(url);
        }
        if let Some(variant) = &self.variant {
            options = options.variant(variant);
        }
        if let Some(name) = &self.app_name {
            options = options.app_name(name);
        }
        if let Some(limit) = self.connect_timeout {
            options = options.connect_timeout(limit);
        }
        if let Some(bytes) = self.max_body {
            options = options.max_body(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        if let Some(most) = self.max_connections {
            options = options.max_connections(most as usize);
        }
        if self.proxy == Some(Proxy::Direct) {
            options = options.proxy(ProxyPolicy::Direct);
        }
        self.extra_roots.iter().fold(options, |options, pem| options.extra_roots(pem.as_bytes()))
    }

    fn management(&self) -> Result<Option<Management>> {
        match (&self.management, &self.email, &self.password) {
            (None, None, None) => Ok(None),
            (Some(key), None, None) => Ok(Some(Management::key(key.clone()))),
            (None, Some(email), Some(password)) => Ok(Some(Management::login(email, password.clone()))),
            (Some(_), ..) => Err(KeywrightError::config("management", "is given beside a login", "give one of them")),
            (None, Some(_), None) => Err(KeywrightError::config("password", "is missing beside `email`", "give both or none")),
            (None, None, Some(_)) => Err(KeywrightError::config("email", "is missing beside `password`", "give both or none")),
        }
    }

    fn calls(&self) -> CallOptions {
        CallOptions {
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            read_timeout: self.read_timeout,
            max_attempts: self.max_attempts,
            throttle: self.throttle,
            priority: self.priority,
        }
    }

    fn retry(&self) -> RetryOptions {
        let default = RetryOptions::new();
        RetryOptions::new()
            .base(self.retry_base.unwrap_or(default.base))
            .cap(self.retry_cap.unwrap_or(default.cap))
            .max_retry_after(self.max_retry_after.unwrap_or(default.max_retry_after))
            .queue_limit(self.queue_limit.unwrap_or(default.queue_limit))
    }
}

/// How the calls of one handle differ from the client's settings.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CallOptions {
    /// Limits the whole call with its waits.
    pub timeout: Option<Limit>,
    /// Limits one attempt, status line and body.
    pub attempt_timeout: Option<Limit>,
    /// Limits the pause between two pieces of a body.
    pub read_timeout: Option<Duration>,
    /// Requests of one call, the first included.
    pub max_attempts: Option<u32>,
    /// What to do when the limiter is closed.
    pub throttle: Option<Throttle>,
    /// Which calls go first when it opens.
    pub priority: Option<Priority>,
}

impl CallOptions {
    pub(super) fn core(&self) -> Result<keywright::CallOptions> {
        let mut options = keywright::CallOptions::new();
        if let Some(timeout) = self.timeout {
            options = options.timeout(limit(timeout, "timeout")?);
        }
        if let Some(attempt) = self.attempt_timeout {
            options = options.attempt_timeout(limit(attempt, "attempt_timeout")?);
        }
        if let Some(read_timeout) = self.read_timeout {
            options = options.read_timeout(read_timeout);
        }
        if let Some(attempts) = self.max_attempts {
            options = options.max_attempts(attempts);
        }
        if let Some(throttle) = self.throttle {
            options = options.throttle(throttle.into());
        }
        if let Some(priority) = self.priority {
            options = options.priority(priority.into());
        }
        Ok(options)
    }
}

fn limit(limit: Limit, field: &str) -> Result<keywright::Limit> {
    if limit.0 == f64::INFINITY {
        return Ok(keywright::Limit::Never);
    }
    let wrong = |_| KeywrightError::config(field, "is no length of time", "give a positive number of seconds");
    Duration::try_from_secs_f64(limit.0).map(keywright::Limit::After).map_err(wrong)
}

/// What a new key shall be. What a service does not know is refused before anything is sent.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CreateKey {
    /// The name or label. Optional at Seclai, required elsewhere.
    pub name: Option<String>,
    /// What the key may do (SidClaw).
    pub scopes: Option<Vec<String>>,
    /// When it stops working by itself (SidClaw, Seenty, itellicoAI).
    pub expires_at: Option<Timestamp>,
}

impl CreateKey {
    pub(super) fn core(self) -> Result<keywright::CreateKey> {
        let mut wanted = keywright::CreateKey::new();
        wanted.name = self.name;
        wanted.scopes = self.scopes;
        wanted.expires_at = self.expires_at;
        Ok(wanted)
    }
}

/// What to change about a key. What is not given stays.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct UpdateKey {
    /// The name or label.
    pub name: Option<String>,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// Removes the expiry: the key works until it is revoked or deleted.
    pub never_expires: bool,
}

impl UpdateKey {
    pub(super) fn core(self) -> Result<keywright::UpdateKey> {
        let mut change = keywright::UpdateKey::new();
        if let Some(name) = self.name {
            change = change.name(name);
        }
        change.expires_at = match (self.expires_at, self.never_expires) {
            (None, false) => Change::Keep,
            (Some(at), false) => Change::Set(at),
            (None, true) => Change::Clear,
            (Some(_), true) => {
                return Err(KeywrightError::config("expires_at", "is given beside `never_expires`", "give one of them"));
            }
        };
        Ok(change)
    }
}

/// How a new secret is handed over, and what may be done when its answer is lost.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Delivery {
    /// What to do when an answer is lost. Other than `report` it puts a mark at the end of the
    /// key's name, so that no other key can be taken for it.
    pub recover: Option<Recover>,
    /// Lists the keys before the request too, so that a loss can be told apart with certainty.
    pub snapshot: bool,
    /// What to do with a key whose caller has left.
    pub on_cancel: Option<OnCancel>,
    /// Stores the secret before the call returns; if it fails, the new key is retired. No time limit
    /// ends it.
    pub deliver: DeliverFunction,
    /// Allows a key to rotate itself: a lost answer then locks its owner out.
    pub allow_self: bool,
}

impl Delivery {
    pub(super) fn core(&self, host: &Arc<HostQueue>) -> keywright::Delivery {
        let mut delivery = keywright::Delivery::new().snapshot(self.snapshot).allow_self(self.allow_self);
        if let Some(recover) = self.recover {
            delivery = delivery.recover(recover.into());
        }
        if let Some(on_cancel) = self.on_cancel {
            delivery = delivery.on_cancel(on_cancel.into());
        }
        if self.deliver.0 > 0 {
            let (host, function) = (Arc::clone(host), self.deliver.0);
            delivery = delivery.deliver(Deliver::new(move |secret| {
                let host = Arc::clone(&host);
                async move { host.deliver(function, secret).await.map_err(Into::into) }
            }));
        }
        delivery
    }
}

/// Which calls to list. What the service cannot filter is filtered here.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CallsQuery {
    /// Only this method.
    pub method: Option<String>,
    /// Only this status.
    pub status: Option<u16>,
    /// Only this path.
    pub endpoint: Option<String>,
    /// Only from this time on.
    pub since: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
}

impl CallsQuery {
    pub(super) fn core(self, page_size: Option<u32>, after: Option<String>) -> Result<keywright::CallsQuery> {
        let mut query = keywright::CallsQuery::new();
        query.method = self.method;
        query.status = self.status;
        query.endpoint = self.endpoint;
        query.from = self.since;
        query.to = self.until;
        query.page_size = page_size;
        query.after = after;
        Ok(query)
    }
}

/// Which time a report covers, and how finely.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct UsageQuery {
    /// `24h`, `7d` or `30d`; the service's default (30 days) when neither this nor `since` is given.
    pub range: Option<String>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Up to, and without, this time.
    pub until: Option<Timestamp>,
    /// The slices; chosen by the length of the range when not given.
    pub granularity: Option<Granularity>,
}

impl UsageQuery {
    pub(super) fn core(self) -> Result<keywright::UsageQuery> {
        let mut query = keywright::UsageQuery::new();
        query.granularity = self.granularity.map(Into::into);
        query.range = match (self.range.as_deref(), self.since, self.until) {
            (None, None, None) => None,
            (Some("24h"), None, None) => Some(UsageRange::H24),
            (Some("7d"), None, None) => Some(UsageRange::D7),
            (Some("30d"), None, None) => Some(UsageRange::D30),
            (None, Some(from), Some(to)) => Some(UsageRange::Custom { from, to }),
            (None, Some(_), None) => {
                return Err(KeywrightError::config("until", "is missing beside `since`", "give both or none"));
            }
            (None, None, Some(_)) => {
                return Err(KeywrightError::config("since", "is missing beside `until`", "give both or none"));
            }
            (Some(_), None, None) => {
                return Err(KeywrightError::config("range", "is not known", "use `24h`, `7d` or `30d`, or `since` and `until`"));
            }
            (Some(_), ..) => {
                return Err(KeywrightError::config("range", "is given beside `since` or `until`", "give one of them"));
            }
        };
        Ok(query)
    }
}
