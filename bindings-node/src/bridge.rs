//! What one environment of Node has under way: its calls, and the mailbox where they end.
//!
//! One threadsafe function wakes the event loop, and keeps the process alive only while a call is
//! pending: always referenced, a program would never end; never, it would end in the middle.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use keywright_facade::Client;
use keywright_facade::bridge::{self, BoxFuture, Mailbox, Started};
use keywright_facade::guard::silenced;
use keywright_facade::process::Result;
use napi::bindgen_prelude::{Array, Env, External, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use crate::generated;
use crate::guard::entry_points;
use crate::write::Answer;

type Wake = ThreadsafeFunction<(), (), (), napi::Status, false, true>;

/// What has come for the call of that number: its end, or nothing but requests of the core to the
/// host of its client.
type Arrival = (i64, Option<Answer>);

/// One environment's calls.
pub struct Bridge {
    mailbox: Arc<Mailbox<Arrival>>,
    wake: Arc<Mutex<Wake>>,
    running: RefCell<HashMap<i64, Started>>,
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
        let host = client.filter(|client| asks || client.needs_host()).map(|client| client.host());
        let ended = move |result: Result<Answer>| (number, Some(result.unwrap_or_else(Answer::failed)));
        let started = bridge::start(&self.mailbox, client.map(Arc::as_ref), host, call, ended, move || (number, None))?;
        self.running.borrow_mut().insert(number, started);
        Ok(())
    }

    fn forget(&self, env: &Env, number: i64) {
        self.running.borrow_mut().remove(&number);
        self.hold(env);
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
        let bridge = Rc::new(Bridge { mailbox: Arc::new(mailbox), wake, running: RefCell::default() });
        // A worker may end in the middle of its calls.
        env.add_env_cleanup_hook(Rc::clone(&bridge), |bridge| silenced(|| bridge.running.borrow_mut().clear()))?;
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

    /// Everything that has arrived, four places each: the call's number and its answer; nothing in the
    /// place of an answer says that requests of the core wait.
    fn take<'env>(env: &'env Env, bridge: &External<Rc<Bridge>>) -> napi::Result<Array<'env>> {
        let mut into = env.create_array(0)?;
        for (at, (number, answer)) in (0..).step_by(4).zip(bridge.mailbox.take()) {
            into.set(at, number)?;
            if let Some(answer) = answer {
                bridge.forget(env, number);
                answer.set(env, &mut into, at + 1)?;
            }
        }
        Ok(into)
    }

    /// Forgets a call, which aborts it where it still runs: its connection is closed.
    fn forget(env: &Env, bridge: &External<Rc<Bridge>>, number: i64) -> napi::Result<()> {
        bridge.forget(env, number);
        Ok(())
    }
}
