//! Raw answers: bytes, waits and endings on a bare connection, after HTTP was taken off it.
//!
//! The bytes are ours alone here, so a malformed head is really malformed and a reset is a real RST
//! at the wanted byte.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::clock::Clock;

/// What to send, in order, and how to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) ending: Ending,
}

/// Some bytes.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// Waited for on the world's clock before.
    pub(crate) wait: Duration,
    pub(crate) bytes: Vec<u8>,
    /// How often they are sent; `None`: until the client hangs up.
    pub(crate) times: Option<u64>,
}

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Ending {
    #[default]
    Close,
    Reset,
    /// Nothing more, until the client hangs up.
    Stall,
    /// A reset as soon as the next request begins.
    ResetOnNext,
}

impl Wire {
    pub(crate) fn send(&mut self, bytes: impl Into<Vec<u8>>) {
        self.pieces.push(Piece { wait: Duration::ZERO, bytes: bytes.into(), times: Some(1) });
    }

    pub(crate) fn repeat(&mut self, bytes: impl Into<Vec<u8>>, times: Option<u64>) {
        self.pieces.push(Piece { wait: Duration::ZERO, bytes: bytes.into(), times });
    }

    /// Keeps the first `limit` bytes.
    pub(crate) fn cut(&mut self, mut limit: usize) {
        self.pieces.retain_mut(|piece| {
            let keeps = limit > 0;
            piece.bytes.truncate(limit);
            limit -= piece.bytes.len();
            keeps
        });
    }
}

/// Sends it all on the connection and ends it. Ends early when the client hangs up.
pub(crate) async fn run(mut stream: TcpStream, wire: Wire, clock: Clock) {
    let ending = wire.ending;
    let silent = wire.pieces.is_empty();
    let (mut read, mut write) = stream.split();
    let told = tokio::select! {
        told = send(&mut write, wire.pieces, &clock) => told,
        () = hung_up(&mut read, usize::MAX) => return,
    };
    if told.is_err() {
        return;
    }
    match ending {
        Ending::Close => {
            // Only an error of a client that is gone already.
            let _ = write.shutdown().await;
            // What the client still sends is read, or closing would turn into a reset.
            linger(&mut read).await;
        }
        Ending::Reset => {
            let _ = stream.set_zero_linger();
        }
        Ending::Stall => {
            let stall = async {
                if !silent {
                    arrival().await;
                }
                let _parked = clock.parked();
                std::future::pending::<()>().await
            };
            tokio::select! {
                () = stall => {}
                () = hung_up(&mut read, usize::MAX) => {}
            }
        }
        Ending::ResetOnNext => {
            hung_up(&mut read, 1).await;
            let _ = stream.set_zero_linger();
        }
    }
}

async fn send(write: &mut tokio::net::tcp::WriteHalf<'_>, pieces: Vec<Piece>, clock: &Clock) -> std::io::Result<()> {
    for (index, piece) in pieces.into_iter().enumerate() {
        if !piece.wait.is_zero() {
            if index > 0 {
                arrival().await;
            }
            clock.parked().sleep(piece.wait).await;
        }
        let mut left = piece.times;
        while left != Some(0) {
            write.write_all(&piece.bytes).await?;
            left = left.map(|left| left - 1);
        }
    }
    write.flush().await
}

/// Gives the client time to see what was sent: the clock must not jump while bytes are on their
/// way, and nobody but the client knows when it has read them.
#[expect(clippy::disallowed_methods, reason = "bytes travel in the machine's time")]
async fn arrival() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// Completes when the client closed, or has sent so many bytes.
async fn hung_up(read: &mut tokio::net::tcp::ReadHalf<'_>, mut bytes: usize) {
    let mut buffer = [0; 1024];
    while bytes > 0 {
        match read.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => bytes = bytes.saturating_sub(count),
        }
    }
}

/// Reads on until the client closes too, for a second of the machine's time at most.
#[expect(clippy::disallowed_methods, reason = "a client that never closes must not keep the socket for ever")]
async fn linger(read: &mut tokio::net::tcp::ReadHalf<'_>) {
    let _ = tokio::time::timeout(Duration::from_secs(1), hung_up(read, usize::MAX)).await;
}
