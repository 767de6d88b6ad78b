//! The same client for programs without an async runtime.
//!
//! Nothing is decided here: every call is the async one, run to its end on a runtime that belongs
//! to this client. Inside an async runtime a blocking call would stop everybody else, so there it
//! is refused with an error instead of a panic.
//!
//! ```no_run
//! use keywright::blocking::Client;
//! use keywright::{ClientOptions, CreateKey};
//!
//! let client = Client::new("seclai", ClientOptions::new())?;
//! let made = client.keys().create(CreateKey::new().name("ci"))?;
//! for key in client.keys().all() {
//!     println!("{}", key?.display_name());
//! }
//! # drop(made);
//! # Ok::<(), keywright::Error>(())
//! ```

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use http::Method;
use serde::Serialize;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::client::request::{Request, Response};
use crate::client::resource::{ActionResult, Arguments};
use crate::json::Json;
use crate::model::error::{Error, ErrorKind, Result};
use crate::model::{
    Account, CallRecord, CallsQuery, CreateKey, CreatedKey, Item, Key, KeyId, Page, PageRequest, PageStream, Reply, Retired,
    UpdateKey, UsageQuery, UsageReport,
};
use crate::options::{CallOptions, ClientOptions};
use crate::{Dialect, Secret};

/// A client whose calls block the thread. Cheap to clone, usable from many threads at once.
#[derive(Clone)]
pub struct Client {
    inner: crate::Client,
    runtime: Arc<Own>,
}

/// The runtime of a client, which may end anywhere: inside another runtime, too, where waiting for
/// its end would be a panic.
struct Own(Option<Runtime>);

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The machine gave no descriptor for a runtime.
fn no_resources() -> Error {
    Error::new(ErrorKind::Network).with(|data| {
        data.reason = Some("resources".into());
        data.summary = Some("the machine gave no file descriptor".to_owned());
        data.remedy = Some("close files or raise the limit of descriptors, and try again".to_owned());
    })
}

impl Client {
    /// A client of a built-in service. Does no I/O.
    ///
    /// # Errors
    /// As [`crate::Client::new`].
    pub fn new(service: &str, options: impl Into<ClientOptions>) -> Result<Self> {
        Self::over(crate::Client::new(service, options)?)
    }

    /// A client of any service that a dialect describes.
    ///
    /// # Errors
    /// As [`crate::Client::with_dialect`].
    pub fn with_dialect(dialect: Dialect, options: impl Into<ClientOptions>) -> Result<Self> {
        Self::over(crate::Client::with_dialect(dialect, options)?)
    }

    fn over(inner: crate::Client) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|_| no_resources())?;
        Ok(Self { inner, runtime: Arc::new(Own(Some(runtime))) })
    }

    fn with(&self, inner: crate::Client) -> Self {
        Self { inner, runtime: Arc::clone(&self.runtime) }
    }

    /// The async client behind this one: for what only it has.
    #[must_use]
    pub fn as_async(&self) -> &crate::Client {
        &self.inner
    }

    /// Runs anything async of [`Client::as_async`] to its end.
    ///
    /// # Errors
    /// What the call fails with; `config` inside an async runtime.
    pub fn run<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        if Handle::try_current().is_ok() {
            return Err(Error::config(
                "client",
                "is a blocking one and was called inside an async runtime",
                "use `keywright::Client` there, or `spawn_blocking`",
            ));
        }
        match &self.runtime.0 {
            Some(runtime) => runtime.block_on(call),
            // It is there until the last handle is dropped.
            None => Err(Error::new(ErrorKind::Internal)),
        }
    }

    /// As [`crate::Client::account`].
    ///
    /// # Errors
    /// `config` when the id cannot be one.
    pub fn account(&self, account: Account) -> Result<Self> {
        Ok(self.with(self.inner.account(account)?))
    }

    /// As [`crate::Client::with_key`].
    ///
    /// # Errors
    /// `config` when the text cannot be a key.
    pub fn with_key(&self, key: impl Into<Secret>) -> Result<Self> {
        Ok(self.with(self.inner.with_key(key)?))
    }

    /// As [`crate::Client::options`].
    ///
    /// # Errors
    /// `config` when a setting makes no sense.
    pub fn options(&self, options: CallOptions) -> Result<Self> {
        Ok(self.with(self.inner.options(options)?))
    }

    /// The keys of the service.
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys { client: self.clone() }
    }

    /// A resource that the dialect declares, as `agents`.
    #[must_use]
    pub fn resource(&self, name: &str) -> Resource {
        Resource { client: self.clone(), name: name.to_owned() }
    }

    /// Sends a request that was put together with [`crate::Client::request`] and its kin.
    ///
    /// # Errors
    /// As [`Request::send`].
    pub fn send(&self, request: Request) -> Result<Response> {
        self.run(request.send())
    }

    /// A request of your own, for [`Client::send`].
    pub fn request(&self, method: Method, path: impl Into<String>) -> Request {
        self.inner.request(method, path)
    }

    /// Gets a path.
    ///
    /// # Errors
    /// As [`Request::send`].
    pub fn get(&self, path: impl Into<String>) -> Result<Response> {
        self.send(self.inner.get(path))
    }

    /// Posts a JSON body.
    ///
    /// # Errors
    /// As [`Request::send`].
    pub fn post<T: Serialize + ?Sized>(&self, path: impl Into<String>, body: &T) -> Result<Response> {
        self.send(self.inner.post(path).json(body))
    }

    /// As [`crate::Client::evaluate`].
    ///
    /// # Errors
    /// The same.
    pub fn evaluate<T: Serialize + ?Sized>(&self, action: &T) -> Result<Reply<Json>> {
        self.run(self.inner.evaluate(action))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// Makes blocking twins of async methods.
macro_rules! blocking {
    ($async_self:ident => $source:expr; $($(#[$meta:meta])* fn $name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)+) => {
        $($(#[$meta])*
        ///
        /// # Errors
        /// The same.
        pub fn $name(&self $(, $argument: $kind)*) -> Result<$result> {
            let $async_self = self;
            self.client.run($source.$name($($argument),*))
        })+
    };
}

/// The keys of one service, blocking. From [`Client::keys`].
#[derive(Debug, Clone)]
pub struct Keys {
    client: Client,
}

impl Keys {
    blocking! { this => this.client.inner.keys();
        /// As [`crate::Keys::create`].
        fn create(wanted: CreateKey) -> Reply<CreatedKey>;
        /// As [`crate::Keys::list`].
        fn list(page: PageRequest) -> Page<Key>;
        /// As [`crate::Keys::get`].
        fn get(id: impl Into<KeyId>) -> Reply<Key>;
        /// As [`crate::Keys::update`].
        fn update(id: impl Into<KeyId>, change: UpdateKey) -> Reply<Key>;
        /// As [`crate::Keys::archive`].
        fn archive(id: impl Into<KeyId>) -> Reply<Key>;
        /// As [`crate::Keys::revoke`].
        fn revoke(id: impl Into<KeyId>) -> Reply<Option<Key>>;
        /// As [`crate::Keys::reactivate`].
        fn reactivate(id: impl Into<KeyId>) -> Reply<Key>;
        /// As [`crate::Keys::rotate`].
        fn rotate(id: impl Into<KeyId>) -> Reply<CreatedKey>;
        /// As [`crate::Keys::delete`].
        fn delete(id: impl Into<KeyId>) -> Reply<()>;
        /// As [`crate::Keys::retire`].
        fn retire(id: impl Into<KeyId>) -> Reply<Retired>;
        /// As [`crate::Keys::calls`].
        fn calls(id: impl Into<KeyId>, query: CallsQuery) -> Page<CallRecord>;
        /// As [`crate::Keys::usage`].
        fn usage(id: impl Into<KeyId>, query: UsageQuery) -> Reply<UsageReport>;
    }

    /// All keys, page after page, fetched when they are reached.
    #[must_use]
    pub fn all(&self) -> Items<Key> {
        self.client.items(self.client.inner.keys().stream())
    }
}

/// A resource of a service, blocking. From [`Client::resource`].
#[derive(Debug, Clone)]
pub struct Resource {
    client: Client,
    name: String,
}

impl Resource {
    blocking! { this => this.client.inner.resource(&this.name);
        /// As [`crate::Resource::list`].
        fn list(page: PageRequest) -> Page<Item>;
        /// As [`crate::Resource::get`].
        fn get(id: impl Into<String>) -> Reply<Item>;
        /// As [`crate::Resource::create`].
        fn create(body: &(impl Serialize + ?Sized)) -> Reply<Item>;
        /// As [`crate::Resource::update`].
        fn update(id: impl Into<String>, body: &(impl Serialize + ?Sized)) -> Reply<Item>;
        /// As [`crate::Resource::delete`].
        fn delete(id: impl Into<String>) -> Reply<()>;
        /// As [`crate::Resource::call`].
        fn call(action: &str, arguments: Arguments) -> ActionResult;
    }
}

impl Client {
    /// The items of a page and of all pages after it.
    #[must_use]
    pub fn walk<T: Unpin>(&self, page: Page<T>) -> Items<T> {
        self.items(page.into_stream())
    }

    fn items<T: Unpin>(&self, stream: PageStream<T>) -> Items<T> {
        Items { client: self.clone(), stream }
    }
}

/// The items of a list, page after page. After an error it ends.
#[derive(Debug)]
pub struct Items<T> {
    client: Client,
    stream: PageStream<T>,
}

impl<T: Unpin> Iterator for Items<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let stream = &mut self.stream;
        self.client.run(async { stream.next().await.transpose() }).transpose()
    }
}
