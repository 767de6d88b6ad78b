//! One client for API keys: use them and manage them, across services.

mod base_url;
mod clock;
mod error;
mod path;
mod secret;
mod transport;
mod wire;

pub use clock::{Clock, ManualClock, SystemClock};
pub use error::{AttemptRecord, Error, ErrorKind, FieldError, Outcome, Result, Stop, TimeoutScope};
pub use secret::Secret;

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
