//! What one environment of Node has under way: its calls, and the mailbox where they end.
//!
//! One threadsafe function wakes the event loop, and keeps the process alive only while a call is
//! pending: always referenced, a program would never end; never, it would end in the middle. A new
//! secret is signed for in the tick that resolves its promise: until then anything may still reject
//! that, and the secret goes back.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use keywright_facade::Client;
use keywright_facade::bridge::{self, Asking, BoxFuture, Ended, Mailbox, Receipt, Started};
use keywright_facade::guard::silenced;
use keywright_facade::process::Result;
use napi::bindgen_prelude::{Array, Env, External, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use crate::generated;
use crate::guard::entry_points;
use crate::write::Answer;

type Wake = ThreadsafeFunction<(), (), (), napi::Status, false, true>;

/// What has come for the call of that number.
struct Arrival {
    number: i64,
    what: What,
}

enum What {
    /// Its end, and what is to be signed for it.
    Ended(Answer, Option<Receipt>),
    /// Requests of the core to the host of its client wait.
    Asked,
    /// The core has done with it: also with what it did after the caller had left.
    Over,
}

/// Says that a call is over when the core drops what the host remembers of it.
struct Remembered {
    number: i64,
    mailbox: Weak<Mailbox<Arrival>>,
}

impl Drop for Remembered {
    fn drop(&mut self) {
        if let Some(mailbox) = self.mailbox.upgrade() {
            mailbox.put(Arrival { number: self.number, what: What::Over });
        }
    }
}

/// One environment's calls.
pub struct Bridge {
    mailbox: Arc<Mailbox<Arrival>>,
    wake: Arc<Mutex<Wake>>,
    running: RefCell<HashMap<i64, Started>>,
    /// Receipts for results that were given out and whose promise is not resolved yet.
    untaken: RefCell<HashMap<i64, Receipt>>,
}

impl Bridge {
    /// Begins a call of a client, or of what belongs to none. `asks` says whether the core may ask
    /// the host for anything meanwhile.
    pub fn start(
        &self,
        number: i64,
        client: Option<&Arc<Client>>,
        asks: bool,
        call: BoxFuture<'static, Result<Answer>>,
    ) -> Result<()> {
        let asking = client.filter(|client| asks || client.needs_host()).map(|client| Asking {
            host: client.host(),
            number: number as u64,
            remembered: Box::new(Remembered { number, mailbox: Arc::downgrade(&self.mailbox) }),
        });
        let ended = move |Ended { result, receipt }: Ended<Answer>| {
            let answer = result.unwrap_or_else(Answer::failed);
            Arrival { number, what: What::Ended(answer, receipt) }
        };
        let asked = move || Arrival { number, what: What::Asked };
        let started = bridge::start(&self.mailbox, client.map(Arc::as_ref), asking, call, ended, asked)?;
        self.running.borrow_mut().insert(number, started);
        Ok(())
    }

    /// Keeps the event loop running while a call is pending, or lets it end.
    #[expect(deprecated, reason = "a clone instead of a count would need a function for each call")]
    fn hold(&self, env: &Env) {
        let mut wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        // It can fail only where the environment is closing.
        let _ = match self.running.borrow().len() {
            0 => wake.unref(env),
            1 => wake.refer(env),
            _ => Ok(()),
        };
    }
}

/// What stands in the place of an answer: requests of the core wait, or a call is over.
const ASKED: u32 = 0;
const OVER: u32 = 1;

entry_points! {
    /// The bridge of one environment: `wake` is called whenever something has arrived.
    fn open(env: &Env, wake: Function<'_, (), ()>) -> napi::Result<External<Rc<Bridge>>> {
        keywright_facade::process::speaks("node");
        let wake: Wake = wake.build_threadsafe_function::<()>().weak::<true>().build_callback(|_| Ok(()))?;
        let wake = Arc::new(Mutex::new(wake));
        let waking = Arc::clone(&wake);
        let mailbox = Mailbox::new(move || {
            // Where the environment is closing, nobody waits any more.
            let _ = waking.lock().unwrap_or_else(PoisonError::into_inner).call((), ThreadsafeFunctionCallMode::NonBlocking);
        });
        let bridge = Rc::new(Bridge { mailbox: Arc::new(mailbox), wake, running: RefCell::default(), untaken: RefCell::default() });
        // A worker may end in the middle of its calls.
        env.add_env_cleanup_hook(Rc::clone(&bridge), |bridge| {
            silenced(|| {
                bridge.running.borrow_mut().clear();
                bridge.untaken.borrow_mut().clear();
                drop(bridge.mailbox.take());
            })
        })?;
        Ok(External::new(bridge))
    }

    /// Begins an async method as the call of that number, or gives the failure as text.
    fn begin(
        env: &Env,
        bridge: &External<Rc<Bridge>>,
        number: i64,
        method: u32,
        arguments: Array<'_>
    ) -> napi::Result<Option<String>> {
        let begun = generated::begin(bridge, number, method, &arguments);
        bridge.hold(env);
        Ok(begun.err().map(|error| Answer::failed(error).text))
    }

    /// Everything that has arrived, five places each: the call's number, and its answer with whether it
    /// is to be signed for; or what has come instead of an answer, as a number.
    fn arrivals<'env>(env: &'env Env, bridge: &External<Rc<Bridge>>) -> napi::Result<Array<'env>> {
        let mut into = env.create_array(0)?;
        let mut at = 0;
        for Arrival { number, what } in bridge.mailbox.take() {
            match what {
                What::Asked => into.set(at + 1, ASKED)?,
                What::Over => into.set(at + 1, OVER)?,
                What::Ended(answer, receipt) => {
                    // One that was left takes nothing: what has come for it goes back here.
                    if bridge.running.borrow_mut().remove(&number).is_none() {
                        continue;
                    }
                    bridge.hold(env);
                    into.set(at + 4, receipt.is_some())?;
                    if let Some(receipt) = receipt {
                        bridge.untaken.borrow_mut().insert(number, receipt);
                    }
                    answer.set(env, &mut into, at + 1)?;
                }
            }
            into.set(at, number)?;
            at += 5;
        }
        Ok(into)
    }

    /// The promise of a call is resolved with its result.
    fn taken(bridge: &External<Rc<Bridge>>, number: i64) -> napi::Result<()> {
        let receipt = bridge.untaken.borrow_mut().remove(&number);
        if let Some(receipt) = receipt {
            receipt.sign();
        }
        Ok(())
    }

    /// Forgets a call, which aborts it where it still runs: its connection is closed. A result of it
    /// that has arrived and was not taken goes back.
    fn forget(env: &Env, bridge: &External<Rc<Bridge>>, number: i64) -> napi::Result<()> {
        let started = bridge.running.borrow_mut().remove(&number);
        let receipt = bridge.untaken.borrow_mut().remove(&number);
        drop((started, receipt));
        bridge.hold(env);
        Ok(())
    }
}
