//! The native part of the Node package: three doors to the facade, and nothing that decides.
//!
//! `begin` starts an async method, `invoke` makes a sync one, `arrivals` gives what has arrived. Which
//! method is meant is a number that `cargo xtask gen` writes on both sides. A failure crosses as
//! text, since an error of this boundary carries a status and a reason only; its class is made in
//! JavaScript.

#![allow(unsafe_code, reason = "the entry points that napi generates")]
#![cfg_attr(test, allow(dead_code, reason = "napi registers no entry point in a build for tests"))]

mod bridge;
#[rustfmt::skip]
mod generated;
mod read;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use keywright_facade::host::HostRequest;
use keywright_facade::process::Result;
use keywright_facade::{Client, ErrorKind, HostAsk, KeywrightError, Secret, text};
use napi::bindgen_prelude::{Array, Either, Env, External, Utf16String};
use napi_derive::napi;

use crate::write::Answer;

/// The version of this file: the package refuses one that is not its own.
#[napi(catch_unwind)]
pub fn version() -> String {
    keywright_facade::build_info()
}

/// Makes a sync method: whether it failed, its text, and what no text holds.
#[napi(catch_unwind)]
pub fn invoke<'env>(env: &'env Env, method: u32, arguments: Array<'_>) -> napi::Result<Array<'env>> {
    let answer = guarded(|| generated::invoke(method, &arguments)).unwrap_or_else(Answer::failed);
    let mut into = env.create_array(0)?;
    answer.set(env, &mut into, 0)?;
    Ok(into)
}

/// The next request of the core to the host of a client, if one waits: what is asked for, the
/// request itself, the number of the call whose function is to store a secret, and that secret; or
/// what is told and the event as text. Last the number of the call that asks, 0 where it has none.
#[napi(catch_unwind)]
pub fn next_request<'env>(env: &'env Env, client: &External<Arc<Client>>) -> napi::Result<Option<Array<'env>>> {
    let Some(request) = client.host().take() else { return Ok(None) };
    let mut into = env.create_array(0)?;
    let what = match request.ask() {
        HostAsk::Key => "key",
        HostAsk::Deliver => "deliver",
        HostAsk::Event => "event",
    };
    into.set(0, what)?;
    into.set(4, request.caller() as f64)?;
    if let Some(event) = request.event() {
        into.set(1, Answer::of(event).text)?;
        return Ok(Some(into));
    }
    into.set(2, request.function() as f64)?;
    into.set(3, request.secret().map(External::new))?;
    into.set(1, External::new(request))?;
    Ok(Some(into))
}

/// Gives the key that was asked for, or says that the secret is stored.
#[napi(catch_unwind)]
pub fn answer(request: &External<HostRequest>, key: Option<&External<Secret>>) {
    request.answer(key.map(|key| (**key).clone()));
}

/// Says that the host's function failed, with its name for it, and gives the number under which
/// that failure is to be kept.
#[napi(catch_unwind)]
pub fn fail(request: &External<HostRequest>, words: String) -> f64 {
    let id = keywright_facade::host::failure_id();
    request.fail(id, words);
    id as f64
}

/// Takes the text of a secret: it stays here until it is exposed.
#[napi(catch_unwind)]
pub fn secret(units: Utf16String) -> Either<External<Secret>, String> {
    match text::from_utf16(&units, "secret") {
        Ok(text) => Either::A(External::new(Secret::new(text))),
        Err(error) => Either::B(Answer::failed(error).text),
    }
}

/// The text of a secret.
#[napi(catch_unwind)]
pub fn expose(secret: &External<Secret>) -> String {
    secret.expose().to_owned()
}

/// What tells two secrets apart in a log.
#[napi(catch_unwind)]
pub fn fingerprint(secret: &External<Secret>) -> String {
    secret.fingerprint()
}

/// No panic crosses: it would end the process.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(KeywrightError::of(ErrorKind::Internal, "a panic was caught: please report it")))
}
