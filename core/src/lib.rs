//! One client for API keys: use them and manage them, across services.

mod auth;
mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod clock;
mod dialect;
mod error;
mod handover;
mod json;
mod keys;
mod mask;
mod metrics;
mod model;
mod observe;
mod op;
mod options;
mod path;
mod pipeline;
mod request;
mod resource;
#[doc(hidden)]
pub mod retry;
mod route;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod secret;
mod shared;
mod transport;
mod wire;
mod wire_enum;

pub use auth::{KeyProvider, Management, Origin, ProviderError};
pub use client::{Client, Description};
pub use clock::{Clock, ManualClock, SystemClock};
#[doc(hidden)]
pub use dialect::ClientNames;
pub use dialect::{CapabilityInfo, Dialect, Source};
pub use error::{AttemptRecord, Error, ErrorKind, FieldError, Outcome, Result, Stop, TimeoutScope};
pub use handover::{Deliver, Handover, OnCancel, Recover};
pub use jiff::Timestamp;
pub use keys::Keys;
pub use metrics::Metrics;
pub use model::{
    Account, Activity, CallRecord, CallsQuery, Change, CreateKey, CreatedKey, Granularity, Item, Key, KeyId, KeyStatus, Meta,
    Page, PageRequest, PageStream, Reply, Retired, UpdateKey, UsageQuery, UsageRange, UsageReport, UsageSlice,
};
pub use observe::{Event, EventName, Observer};
pub use op::KeyOp;
pub use options::{CallOptions, ClientOptions, Limit};
pub use request::{Request, Response};
pub use resource::{Accounts, ActionResult, Arguments, EventStream, Resource, Runs, Segments, ServerEvent, Tracking};
pub use retry::{Priority, RateLimit, RetryOptions, Safety, Throttle};
pub use secret::Secret;
pub use shared::Shared;
pub use transport::ProxyPolicy;
pub use wire::BoxFuture;

/// What tests and measurements of this workspace need from inside: no part of the interface.
#[doc(hidden)]
pub mod testing {
    pub use crate::transport::replay::{REFUSED, ReplayTransport, Reply, Sent};
    pub use crate::transport::{
        Body, Connection, Cut, DEFAULT_BODY_LIMIT, HttpTransport, ProxyPolicy, Transport, TransportOptions, collect,
    };
    pub use crate::wire::{
        BodySource, BoxFuture, Fault, Incoming, Phase, Reached, TransportError, WireHead, WireRequest, WireResponse,
    };
}
