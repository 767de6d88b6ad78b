//! One client for API keys: use them and manage them, across services.

mod clock;
mod error;
#[doc(hidden)]
pub mod retry;
mod secret;
mod wire;

pub use clock::{Clock, ManualClock, SystemClock};
pub use error::{AttemptRecord, Error, ErrorKind, FieldError, Outcome, Result, Stop, TimeoutScope};
pub use retry::{Priority, RateLimit, RetryOptions, Safety, Throttle};
pub use secret::Secret;
