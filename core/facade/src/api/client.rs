//! The client of one service and the handles that are made from it.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use keywright::{Account, BoxFuture, PerProcess, Receipt, Timestamp};

use super::dialect::{Capability, Dialect};
use super::options::{CallOptions, ClientOptions};
use super::sandbox::Clock;
use super::scalars::Secret;
use crate::caller::{Caller, entered};
use crate::host::{HostQueue, HostRequests};
use crate::process::{Process, Result};

/// A client of one service. Handles made from it share its connections, limiters and tokens.
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Client {
    recipe: Recipe,
    made: PerProcess<Result<keywright::Client>>,
    host: Arc<HostQueue>,
    needs_host: bool,
    /// The clock of a sandbox, which must not jump over a call that has begun.
    clock: Option<Arc<Clock>>,
}

/// How the client of the core is made, so that a forked child can make its own.
enum Recipe {
    Of(Option<Arc<Dialect>>, String, Box<ClientOptions>),
    With(Arc<Client>, Step),
}

enum Step {
    Key(Secret),
    Account(Account),
    Options(CallOptions),
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("core", &self.core()).finish()
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Client {
    /// A client of a built-in service: `seclai`, `segops`, `sidclaw`, `seenty`, `itellico`. Does no
    /// I/O.
    ///
    /// # Errors
    /// `config`, naming the option that is wrong.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn new(service: String, options: ClientOptions) -> Result<Arc<Self>> {
        Self::of(None, service, options)
    }

    /// A client of any service that a dialect describes.
    ///
    /// # Errors
    /// `config`, naming the option that is wrong.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn with_dialect(dialect: Arc<Dialect>, options: ClientOptions) -> Result<Arc<Self>> {
        Self::of(Some(dialect), String::new(), options)
    }

    /// The same client with another API key: the same connections, a limiter of its own.
    ///
    /// # Errors
    /// `config` when the text cannot be a key.
    pub fn with_key(self: Arc<Self>, key: Secret) -> Result<Arc<Self>> {
        self.with(Step::Key(key))
    }

    /// The same client for another account, by id or slug.
    ///
    /// # Errors
    /// `config` when the id cannot be one.
    pub fn account(self: Arc<Self>, id: String) -> Result<Arc<Self>> {
        self.with(Step::Account(Account::id(id)))
    }

    /// The same client for the account that its credential belongs to.
    ///
    /// # Errors
    /// `config` where the service has no such thing.
    pub fn own_account(self: Arc<Self>) -> Result<Arc<Self>> {
        self.with(Step::Account(Account::Me))
    }

    /// The same client with other settings for its calls.
    ///
    /// # Errors
    /// `config` when a setting makes no sense.
    pub fn with_options(self: Arc<Self>, options: CallOptions) -> Result<Arc<Self>> {
        self.with(Step::Options(options))
    }

    /// The service's id.
    pub fn service(&self) -> Result<String> {
        Ok(self.core()?.dialect().id().to_owned())
    }

    /// Whether the service has an operation: `keys.rotate`, `agents.list`. Asks nobody.
    pub fn supports(&self, capability: String) -> Result<bool> {
        Ok(self.core()?.supports(&capability))
    }

    /// Everything that the service can and cannot do, with the way out where it cannot. Asks
    /// nobody.
    pub fn capabilities(&self) -> Result<Vec<Capability>> {
        Ok(self.core()?.capabilities().into_iter().map(Into::into).collect())
    }

    /// What this client is and where its settings come from. Holds no secret.
    pub fn describe(&self) -> Result<Description> {
        Ok(self.core()?.describe().into())
    }

    /// How the service throttles this client, and all that share its limiters, just now. Asks nobody.
    pub fn throttle(&self) -> Result<ThrottleView> {
        Ok(self.core()?.throttle().into())
    }

    /// The time on the client's clock.
    pub fn now(&self) -> Result<Timestamp> {
        Ok(self.core()?.now())
    }

    /// What the core asks of the host of this client.
    pub fn host_requests(&self) -> Arc<HostRequests> {
        Arc::new(HostRequests(Arc::clone(&self.host)))
    }
}

impl Client {
    fn of(dialect: Option<Arc<Dialect>>, service: String, options: ClientOptions) -> Result<Arc<Self>> {
        let (needs_host, clock) = (options.needs_host(), options.clock.clone());
        let recipe = Recipe::Of(dialect, service, Box::new(options));
        Self { recipe, made: PerProcess::new(), host: Arc::default(), needs_host, clock }.checked()
    }

    fn with(self: Arc<Self>, step: Step) -> Result<Arc<Self>> {
        let (host, needs_host, clock) = (Arc::clone(&self.host), self.needs_host, self.clock.clone());
        Self { recipe: Recipe::With(self, step), made: PerProcess::new(), host, needs_host, clock }.checked()
    }

    fn checked(self) -> Result<Arc<Self>> {
        self.core()?;
        Ok(Arc::new(self))
    }

    /// The client of the core in this process.
    pub(super) fn core(&self) -> Result<&keywright::Client> {
        self.made.get(|| self.recipe.make(&self.host)).as_ref().map_err(Clone::clone)
    }

    /// The requests of the core to its host.
    #[must_use]
    pub fn host(&self) -> &Arc<HostQueue> {
        &self.host
    }

    /// Whether calls may ask the host for anything by the client's own options.
    #[must_use]
    pub fn needs_host(&self) -> bool {
        self.needs_host
    }

    /// The same call; from now until it runs, a sandbox's clock does not jump over it.
    pub(crate) fn held<T: Send + 'static>(&self, mut call: BoxFuture<'static, T>) -> BoxFuture<'static, T> {
        let Some(begun) = self.clock.as_ref().map(Begun::on) else { return call };
        Box::pin(async move {
            let at_once = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
            drop(begun);
            match at_once {
                Poll::Ready(ended) => ended,
                Poll::Pending => call.await,
            }
        })
    }

    /// Makes a call on the io thread.
    pub(super) async fn call<T, F>(&self, call: impl FnOnce(keywright::Client, Timestamp) -> F + Send + 'static) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = keywright::Result<T>> + Send + 'static,
    {
        self.call_of(entered(), call).await
    }

    /// Makes a call that brings a new secret. It is the caller's when its host has signed for it:
    /// nothing but a result with its receipt can be made one of these.
    pub(super) async fn call_untaken<T, F>(
        &self,
        call: impl FnOnce(keywright::Client, Timestamp) -> F + Send + 'static,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = keywright::Result<(T, Receipt)>> + Send + 'static,
    {
        let caller = entered().or_else(Caller::current);
        let (made, receipt) = self.call_of(caller.clone(), call).await?;
        match caller {
            Some(caller) => caller.keep(receipt),
            // Whoever awaits this future has it now.
            None => receipt.sign(),
        }
        Ok(made)
    }

    async fn call_of<T, F>(
        &self,
        caller: Option<Arc<Caller>>,
        call: impl FnOnce(keywright::Client, Timestamp) -> F + Send + 'static,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = keywright::Result<T>> + Send + 'static,
    {
        let core = self.core()?;
        let (client, now) = (core.clone(), core.now());
        // Boxed here: each layer around a future would keep room for it twice, and move it.
        let call = Box::pin(async move { call(client, now).await.map_err(Into::into) });
        Process::current()?.run(caller, self.held(call)).await
    }
}

/// While it lives, a sandbox's clock does not jump.
struct Begun(Arc<Clock>);

impl Begun {
    fn on(clock: &Arc<Clock>) -> Self {
        clock.hold();
        Self(Arc::clone(clock))
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.release();
    }
}

impl Recipe {
    fn make(&self, host: &Arc<HostQueue>) -> Result<keywright::Client> {
        Ok(match self {
            Self::Of(None, service, options) => keywright::Client::new(service, options.core(host)?)?,
            Self::Of(Some(dialect), _, options) => keywright::Client::with_dialect(dialect.core().clone(), options.core(host)?)?,
            Self::With(client, Step::Key(key)) => client.core()?.with_key(key.clone())?,
            Self::With(client, Step::Account(account)) => client.core()?.account(account.clone())?,
            Self::With(client, Step::Options(options)) => client.core()?.options(options.core()?)?,
        })
    }
}

/// What a client is and where its settings come from. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Description {
    /// The service's id.
    pub service: String,
    /// The dialect's variant.
    pub variant: String,
    /// Scheme, host and port.
    pub base_url: String,
    /// Where the base URL comes from: `argument`, `environment NAME`, `dialect`.
    pub base_url_origin: String,
    /// The account that calls are for, where one was named.
    pub account: Option<String>,
    /// The credentials.
    pub credentials: Vec<CredentialOrigin>,
}

/// Where a credential comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CredentialOrigin {
    /// Which: `api_key`, `management`, `login`.
    pub name: String,
    /// Where from: `argument`, `environment NAME`, `provider`.
    pub origin: String,
    /// The first eight hexadecimal digits of the SHA-256 of a key.
    pub digest: Option<String>,
}

impl From<keywright::Description> for Description {
    fn from(description: keywright::Description) -> Self {
        let credential = |(name, origin, digest): (&str, keywright::ConfigSource, Option<String>)| CredentialOrigin {
            name: name.to_owned(),
            origin: origin.to_string(),
            digest,
        };
        Self {
            service: description.service,
            variant: description.variant,
            base_url: description.base_url,
            base_url_origin: description.base_url_origin.to_string(),
            account: description.account.as_ref().map(ToString::to_string),
            credentials: description.credentials.into_iter().map(credential).collect(),
        }
    }
}

/// How a service throttles a client just now.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ThrottleView {
    /// The service's id.
    pub service: String,
    /// How many whole retries the budget has left.
    pub budget_remaining: u64,
    /// The limiters that are remembered, by bucket; of several keys in one bucket, the worst.
    pub limiters: Vec<LimiterView>,
}

/// One limiter.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct LimiterView {
    /// The bucket of the service's limit.
    pub bucket: String,
    /// Requests per second, once learned from a refusal.
    pub rate: Option<f64>,
    /// What is left of the cool-down.
    pub cool_down: Duration,
    /// Requests in flight.
    pub in_flight: u32,
    /// Calls that wait.
    pub waiting: u64,
    /// How many seconds the service's clock is ahead.
    pub clock_skew: f64,
}

impl From<keywright::ThrottleView> for ThrottleView {
    fn from(view: keywright::ThrottleView) -> Self {
        let limiters = view.limiters.iter().map(|(bucket, limiter)| LimiterView {
            bucket: bucket.to_string(),
            rate: limiter.rate,
            cool_down: limiter.cool_down,
            in_flight: limiter.in_flight,
            waiting: limiter.waiting as u64,
            clock_skew: limiter.skew.as_secs_f64(),
        });
        Self { service: view.service.to_string(), budget_remaining: view.budget_remaining, limiters: limiters.collect() }
    }
}
