//! The lock of a limiter, named in one place: the model in `tests` puts a checked one in its stead.

pub(crate) use std::sync::{Mutex, MutexGuard};
