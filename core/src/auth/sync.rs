//! The locks of a single flight, named in one place: the model in `tests` puts checked ones in
//! their stead.

pub(crate) use std::sync::{Mutex, MutexGuard};

/// The right to fetch; whoever wants it waits without holding up its thread.
pub(crate) type Turn = tokio::sync::Mutex<()>;
