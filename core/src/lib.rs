//! One client for API keys: use them and manage them, across services.
//!
//! Seclai, SegOps, SidClaw, Seenty and itellicoAI each name the header differently, retire keys
//! differently and refuse differently. Here they are five descriptions ([`Dialect`]) behind one
//! [`Client`]: the same operations, the same errors, the same rules for repeating a request. A
//! service of your own is a sixth description, and no code.
//!
//! # First call
//!
//! ```no_run
//! use keywright::{Client, ClientOptions, CreateKey, PageRequest};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> keywright::Result<()> {
//! let client = Client::new("seclai", ClientOptions::new())?; // the key from SECLAI_API_KEY
//! let made = client.keys().create(CreateKey::new().name("ci")).await?;
//! println!("store this now: {}", made.secret.expose()); // the only way to print it
//!
//! let ci = client.with_key(made.secret.clone())?; // the same connections, another key
//! println!("{} agents", ci.agents().list(PageRequest::new()).await?.items.len());
//!
//! client.keys().retire(&made.key).await?; // delete, archive or revoke: as the service has it
//! # Ok(())
//! # }
//! ```
//!
//! [`Client::keys`] manages keys, [`Client::resource`] and its kin ([`Client::agents`],
//! [`Client::runs`], [`Client::events`] ...) use the service, [`Client::get`] and
//! [`Client::request`] send whatever else its documentation shows. What a service does not have
//! is refused before anything is sent, with that service's own way out; [`Client::supports`] and
//! [`Client::capabilities`] tell beforehand.
//!
//! # Errors
//!
//! Everything that fails gives one [`Error`]. Its text is one sentence that ends in what to do;
//! [`Error::kind`] is one of sixteen, [`Error::reason`] says which failure of that kind it is, and
//! [`Error::outcome`] says what became of the request at the service.
//!
//! | Kind | What happened | What to do |
//! |---|---|---|
//! | `config` | an option or argument is wrong; nothing was sent | correct what [`Error::field`] names |
//! | `unsupported` | the service has no such operation | do what [`Error::remedy`] says |
//! | `unauthenticated` | the credential was missing, wrong, expired or revoked | replace it; the remedy says what its shape suggests |
//! | `forbidden` | the credential may not do this | use another key, role, scope or account |
//! | `not_found` | no such object, or not visible to this credential | check id and account |
//! | `conflict` | the object's state does not allow it | see the reason, as `key_has_history` |
//! | `invalid` | the service found the request malformed | see [`Error::message`] and [`Error::fields`] |
//! | `plan_limit` | the plan or its quota is used up | free something, or change the plan |
//! | `rate_limited` | too many requests, and this call may not wait | come back after [`Error::retry_after`] |
//! | `server` | the service failed | try later, unless the outcome is `unknown` |
//! | `timeout` | a limit ran out: [`Error::timeout_scope`] says which | raise that limit, or try later |
//! | `network` | no connection, or it did not hold | see the reason: `resolve`, `connect`, `tls`, `proxy`, `reset`, `truncated` |
//! | `redirect` | the answer was a redirect, which is never followed | correct `base_url` |
//! | `decode` | the answer could not be understood | see [`Error::excerpt`]; is it the API that answers? |
//! | `cancelled` | the caller cancelled, or a secret could not be delivered | see the outcome |
//! | `internal` | a defect of this library | report it |
//!
//! [`Error::is_retryable`] is true when the same call may succeed later and cannot be carried out
//! twice by trying. After a create or rotate with outcome `unknown`, look at [`Error::candidates`]
//! before you do anything: one of them may be a key whose secret nobody holds.
//!
//! ```no_run
//! # async fn f(client: keywright::Client) -> keywright::Result<()> {
//! use keywright::{ErrorKind, Outcome};
//!
//! match client.keys().delete("key_1").await {
//!     Ok(_) => println!("gone"),
//!     Err(error) if error.kind() == ErrorKind::NotFound => println!("was gone already"),
//!     Err(error) if error.outcome() == Outcome::Unknown => println!("look before you try again: {error}"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Repeating and waiting
//!
//! A call is repeated only when a repetition cannot do harm: reading always, deleting and revoking
//! too, creating and rotating only when it is certain that nothing was carried out. It makes at
//! most 4 requests ([`CallOptions::max_attempts`]) with growing, random pauses, and ends after
//! 120 s at the latest, waits included ([`CallOptions::timeout`]). What the service asks for
//! (`Retry-After` and its kin) is a floor that is never broken; if it is longer than 60 s or than
//! the time that is left, the call fails at once and says when to come back. All clients of a
//! process that use the same key share one limiter: after a 429 they wait in line, one
//! probes, and the rate is learned instead of guessed. [`Throttle::Fail`] refuses to wait,
//! [`Priority`] says who goes first, and revoking, archiving and deleting keys go before all
//! else.
//!
//! ```
//! use std::time::Duration;
//! use keywright::{CallOptions, Client, ClientOptions, Throttle};
//!
//! let client = Client::new("seclai", ClientOptions::new().api_key("sk-example"))?;
//! let impatient = client.options(CallOptions::new().timeout(Duration::from_secs(5)).throttle(Throttle::Fail))?;
//! # Ok::<(), keywright::Error>(())
//! ```
//!
//! # Credentials and accounts
//!
//! The API key comes from [`ClientOptions::api_key`], from the environment variable that the
//! service's page names, or from a [`KeyProvider`] that is asked for every call. Where something
//! else manages keys, give it as [`ClientOptions::management`]: a login (SegOps, SidClaw), an
//! owner's token (Seenty), another key. An [`Account`] goes into path, header or body, as the
//! service has it.
//!
//! ```
//! use keywright::{Account, Client, ClientOptions, KeyProvider, Management, Secret};
//!
//! let segops = ClientOptions::new()
//!     .management(Management::login("ops@acme.test", "a password"))
//!     .account(Account::id("acme"));
//! Client::new("segops", segops)?;
//!
//! let vault = KeyProvider::new(|| async { Ok(Secret::new("sk-from-a-vault")) });
//! let parent = Client::new("itellico", ClientOptions::new().key_provider(vault))?;
//! let below = parent.account(Account::id("acc_9"))?; // the same key, an account below its own
//! # let _ = below;
//! # Ok::<(), keywright::Error>(())
//! ```
//!
//! # Lists
//!
//! A list call gives a [`Page`]: its items, and the way to the next. [`Page::into_stream`] walks
//! on by itself.
//!
//! ```no_run
//! # async fn f(client: keywright::Client) -> keywright::Result<()> {
//! use keywright::PageRequest;
//!
//! let mut keys = client.keys().list(PageRequest::new()).await?.into_stream();
//! while let Some(key) = keys.next().await {
//!     println!("{}", key?.display_name());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # A service of your own
//!
//! One TOML file says where it lives and what its operations look like. The grammar, with a worked
//! example, is in `dialects/README.md` of this crate.
//!
//! ```
//! use keywright::{Client, ClientOptions, Dialect};
//!
//! let text = r#"
//! [service]
//! id = "tiny"
//! title = "Tiny"
//! base_url = "https://api.tiny.test"
//! source = "documented"
//!
//! [auth]
//! use = ["key"]
//! manage = ["key"]
//!
//! [auth.key]
//! mode = "bearer"
//! env = ["TINY_API_KEY"]
//! source = "documented"
//!
//! [key]
//! id = "id"
//! name = "name"
//! secret = "key"
//! status = [{ is = "active" }]
//!
//! [op.create]
//! http = "POST /keys"
//! body = { name = "name" }
//! source = "documented"
//! "#;
//! let client = Client::with_dialect(Dialect::from_toml(text)?, ClientOptions::new().api_key("k"))?;
//! assert!(client.supports("keys.create") && !client.supports("keys.list"));
//! # Ok::<(), keywright::Error>(())
//! ```
//!
//! # Without an async runtime
//!
//! Calls run on the caller's tokio runtime, which needs timers and io (`enable_all`): without one, or
//! on one that lacks something, they fail with [`ErrorKind::Config`] before anything is sent. With
//! feature `blocking` the same calls stand under `keywright::blocking` and need none; inside a runtime
//! they are refused with an error.
//!
//! A create or rotate goes on when its caller leaves, but not when its runtime ends: await it before
//! you drop the runtime. Of 100 creates that ran when a runtime was dropped, 50 had been carried out
//! and 32 received: 18 keys were left that nobody was told of. Nothing better is known; the sandbox
//! shows the same (`core/tests/runtime.rs`).
#![cfg_attr(feature = "blocking", doc = "\n```no_run")]
#![cfg_attr(not(feature = "blocking"), doc = "\n```ignore")]
//! use keywright::ClientOptions;
//! use keywright::blocking::Client;
//!
//! for key in Client::new("seclai", ClientOptions::new())?.keys().all() {
//!     println!("{}", key?.display_name());
//! }
//! # Ok::<(), keywright::Error>(())
//! ```
//!
//! # Testing
//!
//! With feature `sandbox`, `keywright::sandbox` serves all five services on this machine, with
//! their rules, a virtual clock and faults on demand: no account, no network, no waiting.
#![cfg_attr(feature = "sandbox", doc = "\n```")]
#![cfg_attr(not(feature = "sandbox"), doc = "\n```ignore")]
//! use keywright::sandbox::Sandbox;
//! use keywright::{Client, CreateKey};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> keywright::Result<()> {
//! let sandbox = Sandbox::start()?;
//! let client = Client::new("seclai", sandbox.seclai())?;
//! let made = client.keys().create(CreateKey::new().name("ci")).await?;
//! assert_eq!(made.key.name.as_deref(), Some("ci"));
//! # Ok(())
//! # }
//! ```
//!
//! # Seeing what happens
//!
//! An [`Observer`] gets an [`Event`] for every call, attempt, wait and surprise; [`Metrics`] is one
//! that counts, in the Prometheus text format. [`Client::throttle`] tells the learned rate, the
//! cool-down, the retry budget and how far the service's clock is off. `tracing` gets the same: a span for each call, a
//! `debug` line for each event, `warn` for what is odd. [`Meta`] on a result and
//! [`Error::attempts`] tell the history of one call, and [`Client::describe`] says where every
//! setting came from. None of them holds a secret: [`Secret::expose`] is the only way to read one.
//!
//! # What is not supported
//!
//! - Redirects are never followed, `.netrc` is never read, certificate checks cannot be switched
//!   off, and plain `http` goes to this machine only, unless you allow it.
//! - HTTP/1.1 only. Requests are sent whole; answers are limited to 8 MiB
//!   ([`ClientOptions::max_body`]), but event streams are not.
//! - OAuth flows, request signing and mutual TLS: five ways to present a credential, no more.
//! - Links in an answer are not followed, and no model exists for a service's own objects: an
//!   [`Item`] has the common fields and the service's JSON.
//! - Storage: this crate keeps no secret anywhere. [`Delivery::deliver`] hands it to your vault
//!   before the call returns.

mod auth;
mod checks;
mod client;
mod create;
mod dialect;
mod json;
#[doc(hidden)]
pub mod limiter;
mod model;
mod options;
mod pipeline;
#[doc(hidden)]
pub mod retry;
mod runtime;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod transport;
mod walk;

pub use auth::{ConfigSource, KeyProvider, Management};
#[cfg(feature = "blocking")]
pub use client::blocking;
pub use client::keys::Keys;
pub use client::metrics::Metrics;
pub use client::request::{Request, Response};
pub use client::resource::{Accounts, ActionResult, Arguments, EventStream, Resource, Runs, Segments, ServerEvent, Tracking};
pub use client::throttle::ThrottleView;
pub use client::{Client, Description};
pub use create::{Deliver, Delivery, OnCancel, Receipt, Recover, Untaken};
#[doc(hidden)]
pub use dialect::ClientNames;
#[doc(hidden)]
pub use dialect::variables_of;
pub use dialect::{CapabilityInfo, Dialect, Provenance};
pub use json::Json;
pub use model::error::{AttemptRecord, Error, ErrorKind, FieldError, Outcome, ProviderError, Result, Stop, TimeoutScope};
pub use model::op::KeyOp;
pub use model::secret::Secret;
pub use model::time::{SignedDuration, Timestamp};
pub use model::{
    Account, Activity, CallRecord, CallsQuery, Change, CreateKey, CreatedKey, Granularity, Item, Key, KeyId, KeyMember,
    KeyStatus, Meta, Page, PageRequest, PageStream, Reply, Retired, UpdateKey, UsageQuery, UsageRange, UsageReport, UsageSlice,
};
pub use options::{CallOptions, ClientOptions, Limit};
pub use pipeline::shared::Shared;
pub use retry::{LimiterView, Priority, RateLimit, RetryOptions, Safety, Throttle};
pub use runtime::BoxFuture;
pub use runtime::caller;
pub use runtime::clock::{Clock, ManualClock, SystemClock};
#[doc(hidden)]
pub use runtime::environment::Environment;
pub use runtime::observe::{Event, EventName, Observer};
#[doc(hidden)]
pub use runtime::per_process::{PerProcess, process_id, settle_thread};
pub use transport::ProxyPolicy;

/// Decodes JSON as the client does: a member named twice is an error, integers beyond 2^53 - 1
/// become text.
///
/// ```
/// let value = keywright::decode_json(br#"{"id": 9007199254740993}"#)?;
/// assert_eq!(value["id"], "9007199254740993");
/// # Ok::<(), keywright::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Decode`], reason `json`.
pub fn decode_json(body: &[u8]) -> Result<Json> {
    dialect::decode_json(body).map(|document| document.root().json()).map_err(Error::of_received)
}

/// What tests and measurements of this workspace need from inside: no part of the interface.
#[doc(hidden)]
pub mod testing {
    pub use crate::runtime::BoxFuture;
    pub use crate::transport::replay::{REFUSED, ReplayTransport, Reply, Sent};
    pub use crate::transport::wire::{
        BadCertificate, BadProxy, BadTls, BodySource, Fault, Incoming, Phase, Progress, Reached, TransportError, WireHead,
        WireRequest, WireResponse,
    };
    pub use crate::transport::{
        Body, Connection, Cut, DEFAULT_BODY_LIMIT, HttpTransport, ProxyPolicy, Transport, TransportOptions, collect,
    };

    /// Reads any bytes as a cut answer: for fuzzing.
    #[must_use]
    pub fn partial_json(body: &[u8]) -> bool {
        crate::json::read_any_partial(body).is_ok()
    }

    /// How the limiters of these clients stand.
    #[must_use]
    pub fn limiters(shared: &crate::Shared) -> Vec<crate::retry::LimiterView> {
        shared.limiters().views()
    }
}

/// The examples of the crate's page are compiled like all others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
