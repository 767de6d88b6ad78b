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
mod guard;
mod read;
mod write;

use std::sync::Arc;

use keywright_facade::host::HostRequest;
use keywright_facade::{Client, Dialect, HostAsk, Secret, text};
use napi::bindgen_prelude::{Array, Either, Env, External, Utf16String};

use crate::guard::{Held, entry_points};
use crate::write::Answer;

entry_points! {
    /// The version of this file: the package refuses one that is not its own.
    fn version() -> napi::Result<String> {
        Ok(keywright_facade::build_info())
    }

    /// Makes a sync method: whether it failed, its text, and what no text holds.
    fn invoke<'env>(env: &'env Env, method: u32, arguments: Array<'_>) -> napi::Result<Array<'env>> {
        let answer = generated::invoke(method, &arguments).unwrap_or_else(Answer::failed);
        let mut into = env.create_array(0)?;
        answer.set(env, &mut into, 0)?;
        Ok(into)
    }

    /// The next request of the core to the host of a client, if one waits: what is asked for, the
    /// request itself, the number of the call whose function is to store a secret, and that secret; or
    /// what is told and the event as text. Last the number of the call that asks, 0 where it has none.
    fn next_request<'env>(env: &'env Env, client: &External<Held<Arc<Client>>>) -> napi::Result<Option<Array<'env>>> {
        let Some(request) = client.get().and_then(|client| client.host().take()) else { return Ok(None) };
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
        into.set(3, request.secret().map(|secret| External::new(Held::new(secret))))?;
        into.set(1, External::new(Held::new(request)))?;
        Ok(Some(into))
    }

    /// Gives the key that was asked for, or says that the secret is stored.
    fn answer(request: &External<Held<HostRequest>>, key: Option<&External<Held<Secret>>>) -> napi::Result<()> {
        if let Some(request) = request.get() {
            request.answer(key.and_then(|key| key.get().cloned()));
        }
        Ok(())
    }

    /// Says that the host's function failed, with its name for it, and gives the number under which
    /// that failure is to be kept.
    fn fail(request: &External<Held<HostRequest>>, words: String) -> napi::Result<f64> {
        let id = keywright_facade::host::failure_id();
        if let Some(request) = request.get() {
            request.fail(id, words);
        }
        Ok(id as f64)
    }

    /// Takes the text of a secret: it stays here until it is exposed.
    fn secret(units: Utf16String) -> napi::Result<Either<External<Held<Secret>>, String>> {
        Ok(match text::from_utf16(&units, "secret") {
            Ok(text) => Either::A(External::new(Held::new(Secret::new(text)))),
            Err(error) => Either::B(Answer::failed(error).text),
        })
    }

    /// The text of a secret.
    fn expose(secret: &External<Held<Secret>>) -> napi::Result<String> {
        Ok(secret.get().map(|secret| secret.expose().to_owned()).unwrap_or_default())
    }

    /// What tells two secrets apart in a log.
    fn fingerprint(secret: &External<Held<Secret>>) -> napi::Result<String> {
        Ok(secret.get().map(Secret::fingerprint).unwrap_or_default())
    }

    /// The environment variables that a client of a built-in service reads.
    fn client_variables(service: String) -> napi::Result<Vec<String>> {
        Ok(keywright_facade::client_variables(service))
    }

    /// The environment variables that a client of a dialect's service reads.
    fn dialect_variables(dialect: &External<Held<Arc<Dialect>>>) -> napi::Result<Vec<String>> {
        Ok(dialect.get().map(|dialect| dialect.variables()).unwrap_or_default())
    }

    /// Has the next entry point or the next call panic, for tests.
    fn panic_next(place: String) -> napi::Result<()> {
        keywright_facade::guard::panic_next(&place);
        Ok(())
    }
}
