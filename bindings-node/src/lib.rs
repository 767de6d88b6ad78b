//! The native part of the Node package: three doors to the facade, and nothing that decides.
//!
//! `begin` starts an async method, `invoke` makes a sync one, `take` gives what has arrived. Which
//! method is meant is a number that `cargo xtask gen` writes on both sides. A failure crosses as
//! text, since an error of this boundary carries a status and a reason only; its class is made in
//! JavaScript.

#![allow(unsafe_code, reason = "the entry points that napi generates")]

mod bridge;
#[rustfmt::skip]
mod generated;
mod read;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use keywright_facade::host::HostRequest;
use keywright_facade::process::Result;
use keywright_facade::{Client, ErrorKind, HostAsk, KeywrightError, Secret};
use napi::bindgen_prelude::{Array, Either, Env, External, Function};
use napi_derive::napi;

use crate::bridge::Bridge;
use crate::read::Given;
use crate::write::Answer;

/// The version of this file: the package refuses one that is not its own.
#[napi(catch_unwind)]
pub fn version() -> String {
    keywright_facade::build_info()
}

/// The bridge of one environment: `wake` is called whenever something has arrived.
#[napi(catch_unwind)]
pub fn open(env: &Env, wake: Function<'_, (), ()>) -> napi::Result<External<Rc<Bridge>>> {
    keywright_facade::process::speaks("node");
    let bridge = Rc::new(Bridge::open(&wake)?);
    // A worker may end in the middle of its calls.
    env.add_env_cleanup_hook(Rc::clone(&bridge), |bridge| bridge.abort_all())?;
    Ok(External::new(bridge))
}

/// Begins an async method and gives the call's number, or the failure as text.
#[napi(catch_unwind)]
pub fn begin(env: &Env, bridge: &External<Rc<Bridge>>, method: u32, arguments: Array<'_>) -> Either<u32, String> {
    let begun = guarded(|| generated::begin(bridge, method, &Given::of(arguments)));
    match begun.and_then(|started| bridge.keep(env, started)) {
        Ok(number) => Either::A(number),
        Err(error) => Either::B(Answer::failed(error).text),
    }
}

/// Makes a sync method: whether it failed, its text, and what no text holds.
#[napi(catch_unwind)]
pub fn invoke<'env>(env: &'env Env, method: u32, arguments: Array<'_>) -> napi::Result<Array<'env>> {
    let answer = guarded(|| generated::invoke(method, &Given::of(arguments)));
    let is_failed = answer.is_err();
    let answer = answer.unwrap_or_else(Answer::failed);
    let mut into = env.create_array(2)?;
    into.set(0, is_failed)?;
    answer.set(env, &mut into, 1)?;
    Ok(into)
}

/// Everything that has arrived, four places each: the call's number, what it is (0 an end, 1 a
/// failure, 2 requests of the core wait), its text, and what no text holds.
#[napi(catch_unwind)]
pub fn take<'env>(env: &'env Env, bridge: &External<Rc<Bridge>>) -> napi::Result<Array<'env>> {
    bridge.take(env)
}

/// Ends a call from outside: its connection is closed.
#[napi(catch_unwind)]
pub fn abort(env: &Env, bridge: &External<Rc<Bridge>>, number: u32) {
    bridge.forget(env, number);
}

/// The next request of the core to the host of a client, if one waits: what is asked for, the
/// request itself, the number of the function that is to store a secret, and that secret; or what is
/// told and the event as text.
#[napi(catch_unwind)]
pub fn next_request<'env>(env: &'env Env, client: &External<Arc<Client>>) -> napi::Result<Option<Array<'env>>> {
    let Some(request) = client.host().take() else { return Ok(None) };
    let mut into = env.create_array(4)?;
    match request.ask() {
        HostAsk::Key => into.set(0, "key")?,
        HostAsk::Deliver => into.set(0, "deliver")?,
        HostAsk::Event => into.set(0, "event")?,
    }
    if let Some(event) = request.event() {
        Answer::of(event).set(env, &mut into, 1)?;
        return Ok(Some(into));
    }
    into.set(2, request.function() as f64)?;
    if let Some(secret) = request.secret() {
        into.set(3, External::new(secret))?;
    }
    into.set(1, External::new(request))?;
    Ok(Some(into))
}

/// Gives the key that was asked for, or says that the secret is stored.
#[napi(catch_unwind)]
pub fn answer(request: &External<HostRequest>, key: Option<&External<Secret>>) {
    request.answer(key.map(|key| (**key).clone()));
}

/// Says that the host's function failed: with which of its failures, and its name.
#[napi(catch_unwind)]
pub fn fail(request: &External<HostRequest>, id: f64, words: String) {
    request.fail(id as u64, words);
}

/// A number under which a failure of the host's own function is kept.
#[napi(catch_unwind)]
pub fn failure_id() -> f64 {
    keywright_facade::host::failure_id() as f64
}

/// Takes the text of a secret: it stays here until it is exposed.
#[napi(catch_unwind)]
pub fn secret(text: Array<'_>) -> Either<External<Secret>, String> {
    match Given::of(text).read::<String>(0, "secret") {
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
