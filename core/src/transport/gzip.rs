//! Decompresses a gzip body as it arrives.
//!
//! Done here and not by the HTTP library because that one looks only at the first
//! `Content-Encoding` line and then removes all of them: a body encoded twice would be handed on
//! as if it were decoded. Memory stays at one chunk and one window,
//! whatever the ratio; the limit on the whole is the reader's. What is read may be longer than what
//! comes of it by [`BARREN`] only, so that the reader's limit bounds the compressed bytes too, and
//! members, headers and blocks that hold nothing end soon.

use std::io::{self, BufRead, Read};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use flate2::bufread::MultiGzDecoder;

use crate::transport::wire::{BodySource, Fault, Phase, Reached, TransportError};

/// What one chunk may decompress to before it is handed on.
const PIECE: usize = 16 * 1024;

/// How many compressed bytes beyond what they decompress to are read: ten times the longest header,
/// or some 3,000 empty members.
const BARREN: u64 = 64 * 1024;

/// Feeds the decoder from chunks: an empty chunk that is not the last means "come back later".
#[derive(Default)]
struct Feed {
    chunk: Bytes,
    ended: bool,
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let taken = self.fill_buf()?.read(into)?;
        self.consume(taken);
        Ok(taken)
    }
}

impl BufRead for Feed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.chunk.is_empty() && !self.ended {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(&self.chunk)
    }

    fn consume(&mut self, amount: usize) {
        self.chunk.advance(amount);
    }
}

/// A gzip body, decompressed. Several members one after another are one body (RFC 1952);
/// anything else after the first is an error.
pub(super) struct Gunzip<S> {
    source: S,
    decoder: MultiGzDecoder<Feed>,
    piece: Box<[u8]>,
    /// Compressed bytes that were given to the decoder, and what came of them.
    taken: u64,
    given: u64,
    reused: bool,
    empty: bool,
}

impl<S: BodySource> Gunzip<S> {
    pub(super) fn new(source: S, reused: bool) -> Self {
        let piece = vec![0; PIECE].into_boxed_slice();
        Self { source, decoder: MultiGzDecoder::new(Feed::default()), piece, taken: 0, given: 0, reused, empty: true }
    }

    fn corrupt(&self) -> TransportError {
        self.refused(Fault::Encoding)
    }

    fn refused(&self, fault: Fault) -> TransportError {
        TransportError { fault, phase: Phase::Body, reached: Reached::Head, reused: self.reused }
    }
}

impl<S: BodySource> BodySource for Gunzip<S> {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        loop {
            match self.decoder.read(&mut self.piece) {
                Ok(0) => return Poll::Ready(Ok(None)),
                Ok(count) => {
                    self.given += count as u64;
                    return Poll::Ready(Ok(Some(Bytes::copy_from_slice(&self.piece[..count]))));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Poll::Ready(Err(self.corrupt())),
            }
            let next = ready!(self.source.poll_chunk(cx))?;
            let feed = self.decoder.get_mut();
            match next {
                Some(chunk) => {
                    self.empty &= chunk.is_empty();
                    feed.chunk = chunk;
                    self.taken += feed.chunk.len() as u64;
                    // What the last chunk comes to is not known yet, so it is not counted against it.
                    if self.taken - feed.chunk.len() as u64 > self.given + BARREN {
                        return Poll::Ready(Err(self.refused(Fault::TooLarge)));
                    }
                }
                // An answer without any body is not a broken one, whatever its headers say.
                None if self.empty => return Poll::Ready(Ok(None)),
                None => feed.ended = true,
            }
        }
    }
}
