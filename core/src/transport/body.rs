//! Reads a body in chunks, within a limit, and keeps what was read when it breaks off.
//!
//! The limit counts decompressed bytes, and nothing is read past it: neither a bomb nor an
//! endless answer costs more memory than the limit. What was read
//! before a failure is kept, because the secret of a new key may be in it.

use std::fmt;
use std::mem;

use bytes::{Bytes, BytesMut};

use crate::transport::wire::{BodySource, Fault, Phase, Reached, TransportError};

/// The largest body that is read, decompressed, unless a caller says otherwise.
pub const DEFAULT_BODY_LIMIT: usize = 8 * 1024 * 1024;

/// A body that broke off: what had been read, and why it ended.
#[derive(Clone, PartialEq, Eq)]
pub struct Cut {
    /// Everything up to the failure, at most the limit.
    pub read: Bytes,
    /// The failure.
    pub error: TransportError,
}

impl fmt::Debug for Cut {
    /// The bytes may hold the secret of a new key, so only their number is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cut").field("read", &self.read.len()).field("error", &self.error).finish()
    }
}

/// A body that is being read.
///
/// Reading goes step by step, so that a caller can bound each step by its own clock and still
/// hold what was read when time runs out.
pub struct Body {
    source: Box<dyn BodySource>,
    limit: usize,
    read: Gathered,
}

/// Most answers are one chunk, which is then handed on without a copy.
enum Gathered {
    One(Bytes),
    Many(BytesMut),
}

impl Gathered {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes,
        }
    }

    fn push(&mut self, chunk: Bytes) {
        match self {
            Self::One(first) if first.is_empty() => *first = chunk,
            Self::One(first) => {
                let mut all = BytesMut::with_capacity((first.len() + chunk.len()) * 2);
                all.extend_from_slice(first);
                all.extend_from_slice(&chunk);
                *self = Self::Many(all);
            }
            Self::Many(all) => all.extend_from_slice(&chunk),
        }
    }
}

impl Body {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(source: Box<dyn BodySource>, limit: usize) -> Self {
        Self { source, limit, read: Gathered::One(Bytes::new()) }
    }

    /// Reads one chunk; `false` at the end. Dropping the future loses nothing.
    ///
    /// # Errors
    /// The failure of the source, or [`Fault::TooLarge`]; nothing may be read afterwards.
    pub async fn step(&mut self) -> Result<bool, TransportError> {
        let Some(mut chunk) = self.source.chunk().await? else { return Ok(false) };
        let room = self.limit - self.read.as_slice().len();
        if chunk.len() > room {
            chunk.truncate(room);
            self.read.push(chunk);
            // The transport alone knows whether the connection was reused, and nobody asks that
            // of an answer whose head has arrived.
            return Err(TransportError { fault: Fault::TooLarge, phase: Phase::Body, reached: Reached::Head, reused: false });
        }
        self.read.push(chunk);
        Ok(true)
    }

    /// What was read so far.
    #[must_use]
    pub fn read(&self) -> &[u8] {
        self.read.as_slice()
    }

    /// Takes what was read so far and closes the rest.
    #[must_use]
    pub fn into_read(mut self) -> Bytes {
        match mem::replace(&mut self.read, Gathered::One(Bytes::new())) {
            Gathered::One(bytes) => bytes,
            Gathered::Many(bytes) => bytes.freeze(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("limit", &self.limit).field("read", &self.read().len()).finish_non_exhaustive()
    }
}

/// Reads a whole body of at most `limit` bytes.
///
/// # Errors
/// What was read before the body broke off, and why it did.
pub async fn collect(source: Box<dyn BodySource>, limit: usize) -> Result<Bytes, Cut> {
    let mut body = Body::new(source, limit);
    loop {
        match body.step().await {
            Ok(true) => {}
            Ok(false) => return Ok(body.into_read()),
            Err(error) => return Err(Cut { read: body.into_read(), error }),
        }
    }
}
