//! Whether calls can be made where the caller is: on a tokio runtime with timers and io.
//!
//! tokio panics where something is missing, in the middle of a call. Asked first, it is an error
//! that says what to do, and nothing was sent.

pub mod caller;
pub(crate) mod caught;
pub(crate) mod clock;
pub(crate) mod environment;
pub(crate) mod observe;
pub(crate) mod per_process;

use std::cell::Cell;
use std::net::{Ipv4Addr, UdpSocket};
use std::panic::catch_unwind;
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::{Handle, Id};

use crate::model::error::{Error, Result};

/// A boxed future: transports, clocks and key providers are trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What to do where there is no runtime.
const REMEDY: &str = "use `keywright::blocking`, or call inside tokio";

thread_local! {
    /// The runtime that was found fit on this thread last.
    static FIT: Cell<Option<Id>> = const { Cell::new(None) };
}

/// That there is a runtime at all.
///
/// # Errors
/// `config`, naming `client`.
pub(crate) fn current() -> Result<Handle> {
    Handle::try_current().map_err(|_| Error::config("client", "was used outside an async runtime", REMEDY))
}

/// That the runtime has timers and io, where they are needed.
///
/// # Errors
/// `config`, naming `client`, before anything is sent.
pub(crate) fn check(is_needed: bool) -> Result<()> {
    if !is_needed {
        return Ok(());
    }
    let id = current()?.id();
    if FIT.get() == Some(id) {
        return Ok(());
    }
    for (has, what) in [(has_timers as fn() -> bool, "timers"), (has_io, "io")] {
        if !has() {
            let reason = format!("was used on a runtime without {what}");
            return Err(Error::config("client", reason, "build the runtime with `enable_all()`"));
        }
    }
    FIT.set(Some(id));
    Ok(())
}

/// tokio tells only by a panic.
#[expect(clippy::disallowed_methods, reason = "no time is waited for")]
fn has_timers() -> bool {
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).is_ok()
}

/// tokio tells only by a panic. Without a socket nobody knows, and the call itself will tell.
fn has_io() -> bool {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.set_nonblocking(true).map(|()| socket));
    socket.map_or(true, |socket| catch_unwind(|| drop(tokio::net::UdpSocket::from_std(socket))).is_ok())
}
