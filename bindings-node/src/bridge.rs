//! What one environment of Node has under way: its calls, and the mailbox where they end.
//!
//! One threadsafe function wakes the event loop, and keeps the process alive only while a call is
//! pending: always referenced, a program would never end; never, it would end in the middle.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use keywright_facade::Client;
use keywright_facade::bridge::{self, BoxFuture, Mailbox, Started};
use keywright_facade::process::Result;
use napi::bindgen_prelude::{Array, Env, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use crate::write::{Answer, Write};

type Wake = ThreadsafeFunction<(), (), (), napi::Status, false, true>;

/// One environment's calls.
pub struct Bridge {
    mailbox: Arc<Mailbox<Arrival>>,
    wake: Arc<Mutex<Wake>>,
    calls: RefCell<Calls>,
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bridge")
    }
}

#[derive(Default)]
struct Calls {
    last: u32,
    running: HashMap<u32, Started>,
}

/// What has come for a call.
pub enum Arrival {
    /// Its end.
    Ended(u32, Result<Answer>),
    /// Requests of the core to the host of its client.
    Asked(u32),
}

impl Bridge {
    /// The bridge that wakes its environment by a function.
    pub fn open(wake: &Function<'_, (), ()>) -> napi::Result<Self> {
        let wake: Wake = wake.build_threadsafe_function::<()>().weak::<true>().build_callback(|_| Ok(()))?;
        let wake = Arc::new(Mutex::new(wake));
        let waking = Arc::clone(&wake);
        let mailbox = Mailbox::new(move || {
            // Where the environment is closing, nobody waits any more.
            let _ = waking.lock().unwrap_or_else(PoisonError::into_inner).call((), ThreadsafeFunctionCallMode::NonBlocking);
        });
        Ok(Self { mailbox: Arc::new(mailbox), wake, calls: RefCell::default() })
    }

    /// Begins a call of a client, or of what belongs to none. `asks` says whether the core may ask
    /// the host for anything meanwhile.
    pub fn start<T: Write + Send + 'static>(
        &self,
        client: Option<&Arc<Client>>,
        asks: bool,
        call: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<Started> {
        let number = self.next();
        let host = client.filter(|client| asks || client.needs_host()).map(|client| client.host());
        let ended = move |result: Result<T>| Arrival::Ended(number, result.map(Answer::of));
        let call: BoxFuture<'static, _> = Box::pin(call);
        let call = match client {
            Some(client) => client.held(call),
            None => call,
        };
        bridge::start(&self.mailbox, host, call, ended, move || Arrival::Asked(number))
    }

    /// The number that the next call gets.
    fn next(&self) -> u32 {
        let mut calls = self.calls.borrow_mut();
        loop {
            calls.last = calls.last.wrapping_add(1);
            if !calls.running.contains_key(&calls.last) {
                return calls.last;
            }
        }
    }

    /// Keeps a call that was just begun, and gives its number.
    pub fn keep(&self, env: &Env, started: Started) -> Result<u32> {
        let mut calls = self.calls.borrow_mut();
        let number = calls.last;
        calls.running.insert(number, started);
        if calls.running.len() == 1 {
            self.hold(env, true);
        }
        Ok(number)
    }

    /// Forgets a call, which aborts it where it still runs.
    pub fn forget(&self, env: &Env, number: u32) {
        let mut calls = self.calls.borrow_mut();
        if calls.running.remove(&number).is_some() && calls.running.is_empty() {
            self.hold(env, false);
        }
    }

    /// Ends every call: the environment closes.
    pub fn abort_all(&self) {
        self.calls.borrow_mut().running.clear();
    }

    /// Keeps the event loop running, or lets it end.
    #[expect(deprecated, reason = "a clone instead of a count would need a function for each call")]
    fn hold(&self, env: &Env, is_held: bool) {
        let mut wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        // It can fail only where the environment is closing.
        let _ = if is_held { wake.refer(env) } else { wake.unref(env) };
    }

    /// Everything that has arrived.
    pub fn take<'env>(&self, env: &'env Env) -> napi::Result<Array<'env>> {
        let arrived = self.mailbox.take();
        let mut into = env.create_array(0)?;
        let mut at = 0;
        for arrival in arrived {
            let (number, what, answer) = match arrival {
                Arrival::Asked(number) => (number, 2, None),
                Arrival::Ended(number, Ok(answer)) => (number, 0, Some(answer)),
                Arrival::Ended(number, Err(error)) => (number, 1, Some(Answer::failed(error))),
            };
            if what < 2 {
                self.forget(env, number);
            }
            into.set(at, number)?;
            into.set(at + 1, what)?;
            if let Some(answer) = answer {
                answer.set(env, &mut into, at + 2)?;
            }
            at += 4;
        }
        Ok(into)
    }
}
