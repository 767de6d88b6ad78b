//! The client of one service: a cheap handle over one pipeline.
//!
//! `account`, `with_key` and `options` give other handles over the same connections, limiters and
//! tokens; what differs is a value on the handle.

#[cfg(feature = "blocking")]
pub mod blocking;
mod curl;
pub(crate) mod key_facts;
pub(crate) mod keys;
pub(crate) mod listing;
pub(crate) mod metrics;
pub(crate) mod request;
pub(crate) mod resource;
pub(crate) mod throttle;

use std::sync::Arc;

use http::{HeaderValue, Method};

use crate::Secret;
use crate::auth::{self, Auth, AuthInputs, ConfigSource, LoginAddress};
use crate::checks::base_url::BaseUrl;
use crate::client::keys::Keys;
use crate::client::request::Request;
use crate::client::resource::Resource;
use crate::client::throttle::ThrottleView;
use crate::dialect::route;
use crate::dialect::{CapabilityInfo, Dialect, OpSpec, Spec};
use crate::model::error::{Error, Result};
use crate::model::op::KeyOp;
use crate::model::time::Timestamp;
use crate::model::{Account, Reply};
use crate::options::{CallOptions, ClientOptions};
use crate::pipeline::shared::Shared;
use crate::pipeline::{Call, Connections, Done, Pipeline};
use crate::retry::{Priority, Safety};
use crate::runtime::environment::Environment;
use crate::runtime::observe;
use crate::transport::wire::WireResponse;
use crate::transport::{Connection, HttpTransport, TransportOptions};
use crate::walk::Walks;
use crate::walk::changes::{Change, Group};
use crate::{dialect::plan::Planned, transport::Transport};

/// A client of one service. Cheap to clone; clones share connections, limiters and tokens.
///
/// ```no_run
/// # async fn f() -> keywright::Result<()> {
/// use keywright::{Client, ClientOptions, CreateKey, PageRequest};
///
/// let client = Client::new("seclai", ClientOptions::new())?; // the key from SECLAI_API_KEY
/// let made = client.keys().create(CreateKey::new().name("ci")).await?;
/// println!("store this now: {}", made.secret.expose());
///
/// let agents = client.with_key(made.secret.clone())?.agents().list(PageRequest::new()).await?;
/// println!("{} agents", agents.items.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) auth: Arc<Auth>,
    pub(crate) settings: Arc<Settings>,
}

/// What one handle differs in from another. Shared, because every call keeps its handle, and tens
/// of thousands of calls may wait.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub account: Option<Account>,
    pub overrides: Arc<CallOptions>,
    pub agent_id: Option<Arc<str>>,
    base_origin: ConfigSource,
}

/// What a client is and where its settings come from. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// The service's id.
    pub service: String,
    /// The dialect's variant.
    pub variant: String,
    /// Scheme, host and port.
    pub base_url: String,
    /// Where the base URL comes from.
    pub base_url_origin: ConfigSource,
    /// The account that calls are for, where one was named.
    pub account: Option<Account>,
    /// The credentials: which (`api_key`, `management`, `login`), where from, and the first eight
    /// hexadecimal digits of the SHA-256 of a key.
    pub credentials: Vec<(&'static str, ConfigSource, Option<String>)>,
}

impl Client {
    /// A client of a built-in service. Does no I/O.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) naming the option that is wrong.
    pub fn new(service: &str, options: impl Into<ClientOptions>) -> Result<Self> {
        let options = options.into();
        let variant = options.variant.clone();
        let dialect = match variant {
            Some(variant) => Dialect::builtin_variant(service, &variant)?,
            None => Dialect::builtin(service)?,
        };
        Self::with_dialect(dialect, options)
    }

    /// A client of any service that a dialect describes.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) naming the option that is wrong.
    pub fn with_dialect(dialect: Dialect, options: impl Into<ClientOptions>) -> Result<Self> {
        let named = |error: Error| error.with(|data| data.service = Some(Arc::clone(&dialect.0.id)));
        Self::build(&dialect, options.into()).map_err(named)
    }

    fn build(dialect: &Dialect, options: ClientOptions) -> Result<Self> {
        options.calls.validate()?;
        options.retry.validate()?;
        let spec = &dialect.0;
        if options.agent_id.is_some() && !spec.client.options.iter().any(|name| name == "agent_id") {
            return Err(Error::config("agent_id", format!("is not something that {} takes", spec.title), "leave it out"));
        }
        let environment = dialect.readable(&options.environment);
        let (base, base_origin) = base_url(spec, &options, &environment)?;
        if let Some(account) = &options.account {
            route::check(spec, account)?;
        }
        let clock = options.clock_or_system();
        let shared = match &options.shared {
            Some(shared) => shared.clone(),
            None if options.isolated_limits => Shared::new(Arc::clone(&clock)),
            None => Shared::of_process(&clock),
        };
        let account = options.account.as_ref().map(Account::to_string).unwrap_or_default();
        let max_body = options.max_body_or_default();
        let connections = Connections::new(options.max_connections_or_default(), &clock)?;
        let user_agent = user_agent(options.language.unwrap_or("rust"), options.app_name.as_deref())?;
        let transport = transport(&options, &base)?;
        let given = AuthInputs {
            api_key: options.api_key,
            provider: options.provider,
            management: options.management,
            check_shape: !options.skip_key_shape,
            keep_password: !options.forget_password,
        };
        let address = LoginAddress { base_url: base.url().as_str(), account: &account };
        let (auth, warnings) =
            Auth::resolve(dialect, given, &environment, address, &|identity, made| shared.login(identity, made))?;
        for warning in warnings {
            observe::warn(options.observer.as_deref(), &spec.id, "client", warning);
        }
        let pipeline = Pipeline {
            dialect: dialect.clone(),
            origin: base.origin().into(),
            base,
            transport,
            shared,
            walks: Walks::default(),
            clock,
            observer: options.observer,
            retry: options.retry,
            calls: options.calls,
            max_body,
            connections,
            user_agent,
            debug_headers: options.debug_headers,
        };
        let settings = Settings {
            account: options.account,
            overrides: Arc::default(),
            agent_id: options.agent_id.map(Into::into),
            base_origin,
        };
        Ok(Self { pipeline: Arc::new(pipeline), auth: Arc::new(auth), settings: Arc::new(settings) })
    }

    /// The service that this client speaks to.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        &self.pipeline.dialect
    }

    /// Whether the service has an operation: `keys.rotate`, `agents.list`. Asks nobody.
    #[must_use]
    pub fn supports(&self, capability: &str) -> bool {
        self.dialect().supports(capability)
    }

    /// Everything that the service can and cannot do, with the way out where it cannot.
    #[must_use]
    pub fn capabilities(&self) -> Vec<CapabilityInfo> {
        self.dialect().capabilities()
    }

    /// What this client is and where its settings come from. Holds no secret.
    #[must_use]
    pub fn describe(&self) -> Description {
        Description {
            service: self.dialect().id().to_owned(),
            variant: self.dialect().variant().to_owned(),
            base_url: self.pipeline.base.origin().to_owned(),
            base_url_origin: self.settings.base_origin.clone(),
            account: self.settings.account.clone(),
            credentials: self.auth.origins(),
        }
    }

    /// How the service throttles this client, and all that share its limiters, just now: for
    /// [`Metrics::render_with`](crate::Metrics::render_with). Asks nobody.
    #[must_use]
    pub fn throttle(&self) -> ThrottleView {
        ThrottleView::of(&self.pipeline.shared, &self.spec().id, &self.pipeline.origin)
    }

    /// The time on the client's clock: the machine's, unless it was given another.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.pipeline.now()
    }

    /// The same client for another account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the id cannot be one.
    pub fn account(&self, account: Account) -> Result<Self> {
        route::check(&self.dialect().0, &account).map_err(|error| self.named(error))?;
        Ok(self.with_settings(Settings { account: Some(account), ..Settings::clone(&self.settings) }))
    }

    /// The same client with another API key: the same connections, a limiter of its own.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the text cannot be a key.
    pub fn with_key(&self, key: impl Into<Secret>) -> Result<Self> {
        let (auth, warnings) = self.auth.with_key(&key.into()).map_err(|error| self.named(error))?;
        for warning in warnings {
            observe::warn(self.pipeline.observer.as_deref(), &self.dialect().0.id, "client", warning);
        }
        Ok(Self { auth: Arc::new(auth), ..self.clone() })
    }

    /// The same client with other settings for its calls.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when a setting makes no sense.
    pub fn options(&self, options: CallOptions) -> Result<Self> {
        options.validate().map_err(|error| self.named(error))?;
        let overrides = Arc::new(options.over(*self.settings.overrides));
        Ok(self.with_settings(Settings { overrides, ..Settings::clone(&self.settings) }))
    }

    fn with_settings(&self, settings: Settings) -> Self {
        Self { settings: Arc::new(settings), ..self.clone() }
    }

    /// The keys of the service.
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys::new(self.clone())
    }

    /// A resource that the dialect declares, as `agents`.
    #[must_use]
    pub fn resource(&self, name: &str) -> Resource {
        Resource::new(self.clone(), name)
    }

    /// A request of your own, with the client's credential, retries and limits. The path is as
    /// the service's documentation prints it; under an account that is routed by path, it is
    /// relative to the account.
    pub fn request(&self, method: Method, path: impl Into<String>) -> Request {
        Request::new(self.clone(), method, path.into())
    }

    /// A GET request.
    pub fn get(&self, path: impl Into<String>) -> Request {
        self.request(Method::GET, path)
    }

    /// A POST request.
    pub fn post(&self, path: impl Into<String>) -> Request {
        self.request(Method::POST, path)
    }

    /// A PUT request.
    pub fn put(&self, path: impl Into<String>) -> Request {
        self.request(Method::PUT, path)
    }

    /// A PATCH request.
    pub fn patch(&self, path: impl Into<String>) -> Request {
        self.request(Method::PATCH, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: impl Into<String>) -> Request {
        self.request(Method::DELETE, path)
    }

    pub(crate) fn spec(&self) -> &Spec {
        &self.pipeline.dialect.0
    }

    /// A call of a declared operation.
    pub(crate) fn call<'a>(&self, op: &'a OpSpec, planned: Planned) -> Call<'a> {
        let of_key =
            |wanted: &[KeyOp]| op.name.strip_prefix("keys.").is_some_and(|name| wanted.iter().any(|op| op.as_str() == name));
        // A leaked key must not wait behind bulk traffic.
        let urgent = of_key(&[KeyOp::Revoke, KeyOp::Delete, KeyOp::Archive]);
        // A keep-alive that dies under a create or rotate would leave a key that nobody knows of.
        let fresh = of_key(&[KeyOp::Create, KeyOp::Rotate]);
        Call {
            operation: &op.name,
            plane: Some(op.plane),
            safety: op.safety,
            bucket: Arc::clone(&op.bucket),
            connection: if fresh { Connection::Fresh } else { Connection::Pooled },
            priority: if urgent { Priority::Urgent } else { Priority::Normal },
            streamed: false,
            brings_secret: op.brings_secret(),
            planned,
            options: Arc::clone(&self.settings.overrides),
            in_flight: None,
        }
    }

    /// The lists that an operation reads or changes.
    pub(crate) fn group(&self, op: &OpSpec) -> Group {
        let kind = op.name.split('.').next().unwrap_or_default().into();
        Group { base: Arc::clone(&self.pipeline.origin), kind }
    }

    /// Says that an operation which may remove or move rows is about to be sent. It has ended when
    /// the returned value is dropped.
    pub(crate) fn changing(&self, op: &OpSpec) -> Option<Change> {
        // A new row skips none: it only makes others come twice.
        let only_adds = op.method == Method::POST && op.path.places().next().is_none();
        let changes = op.safety != Safety::Safe && !only_adds;
        changes.then(|| self.pipeline.shared.changes().begin(self.group(op)))
    }

    /// The same for a request of the caller's own, which may be about any list.
    pub(crate) fn changing_raw(&self, method: &Method) -> Option<Change> {
        let group = || Group { base: Arc::clone(&self.pipeline.origin), kind: Arc::default() };
        let changes = matches!(*method, Method::DELETE | Method::PUT | Method::PATCH);
        changes.then(|| self.pipeline.shared.changes().begin(group()))
    }

    /// Adds service and, where one is known, operation to an error that arose before any I/O.
    pub(crate) fn named(&self, error: Error) -> Error {
        error.with(|data| {
            data.service.get_or_insert_with(|| Arc::clone(&self.spec().id));
        })
    }

    /// Reads an answer. One that cannot be read is an error that says what became of the operation.
    pub(crate) fn read<T>(&self, op: &OpSpec, done: Done, read: impl FnOnce(&WireResponse) -> Result<T>) -> Result<Reply<T>> {
        match read(&done.answer) {
            Ok(value) => Ok(Reply::new(value, done.meta)),
            Err(error) => Err(self.pipeline.unreadable(error, op, &self.auth, &done)),
        }
    }

    pub(crate) fn named_op(&self, error: Error, op: &OpSpec) -> Error {
        self.named(error).with(|data| {
            data.operation.get_or_insert_with(|| op.name.clone().into());
        })
    }
}

/// What a raw request may be treated as: reading is safe, the rest is the caller's own.
pub(crate) fn safety_of(method: &Method) -> Safety {
    match *method {
        Method::GET | Method::HEAD | Method::OPTIONS => Safety::Safe,
        Method::PUT | Method::DELETE => Safety::Idempotent,
        _ => Safety::Never,
    }
}

fn base_url(spec: &Spec, options: &ClientOptions, environment: &Environment) -> Result<(BaseUrl, ConfigSource)> {
    let (text, origin) = match &options.base_url {
        Some(text) => (text.clone(), ConfigSource::Argument),
        None => match (auth::found(environment, &spec.base_url_env, "base_url")?, &spec.base_url) {
            (Some((origin, text)), _) => (text, origin),
            (None, Some(text)) => (text.clone(), ConfigSource::Dialect),
            (None, None) => return Err(Error::config("base_url", "is missing", spec.no_base_url.clone().unwrap_or_default())),
        },
    };
    // Where paths are whole, a base URL that ends in their beginning would repeat it.
    let text = match &spec.base_path_drop {
        Some(drop) => text.trim_end_matches('/').strip_suffix(drop.as_str()).unwrap_or(&text).to_owned(),
        None => text,
    };
    Ok((BaseUrl::parse(&text, options.allow_insecure_http, "base_url")?, origin))
}

fn user_agent(language: &str, app_name: Option<&str>) -> Result<HeaderValue> {
    let (version, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    let app = app_name.map(|name| format!(" {name}")).unwrap_or_default();
    HeaderValue::from_str(&format!("keywright/{version} ({language}; {system}){app}"))
        .map_err(|_| Error::config("app_name", "cannot stand in a header", "use letters, digits, `/`, `.` and `-`"))
}

fn transport(options: &ClientOptions, base: &BaseUrl) -> Result<Arc<dyn Transport>> {
    if let Some(transport) = &options.transport {
        return Ok(Arc::clone(transport));
    }
    let mut settings = TransportOptions::default().proxy(options.proxy).environment(options.environment.clone());
    settings = settings.max_idle(options.max_connections_or_default());
    if let Some(limit) = options.connect_timeout {
        if limit.is_zero() {
            return Err(Error::config("connect_timeout", "is 0: no connection could be made in it", "give a longer time"));
        }
        settings = settings.connect_timeout(limit);
    }
    for pem in &options.extra_roots {
        settings = settings.extra_roots(pem)?;
    }
    let transport = HttpTransport::new(settings);
    transport.check(base.url())?;
    Ok(Arc::new(transport))
}
