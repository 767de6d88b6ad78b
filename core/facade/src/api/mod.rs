//! The surface: what every language has under the same names.
//!
//! A method's prefix is its place: `keys_create` is `client.keys.create`. Records that are only
//! taken are options; those that are only given are values. A method whose answer has `items` and
//! `next_token` is a list, and walks on by itself.

mod client;
mod dialect;
mod error;
mod events;
mod keys;
mod options;
mod request;
mod resources;
mod sandbox;
mod scalars;
mod values;

pub use client::{Client, CredentialOrigin, Description, LimiterView, ThrottleView};
pub use dialect::{Capability, Dialect, client_variables};
pub use error::{Attempt, ErrorInfo, ErrorKind, FieldError, KeywrightError, Outcome, Stop, TimeoutScope};
pub use events::{Event, EventStream, HostAsk, ServerEvent};
pub use keywright::Timestamp;
pub use options::{
    CallOptions, CallsQuery, ClientOptions, CreateKey, Delivery, Granularity, OnCancel, Priority, Proxy, Recover, Throttle,
    UpdateKey, UsageQuery,
};
pub use request::{RequestOptions, Response, Safety};
pub use resources::{ActionReply, Arguments};
pub use sandbox::{Clock, Connections, JournalEntry, Sandbox, SandboxAccess, SandboxOptions};
pub use scalars::{DeliverFunction, EventFunction, Json, KeyFunction, Limit, Secret, build_info, decode_json, instant};
pub use values::{
    Activity, CallPage, CallRecord, CreatedKey, Done, Item, ItemPage, JsonReply, Key, KeyMember, KeyPage, Meta, Pair, RateLimit,
    Retired, UsageReport, UsageSlice,
};
