//! One io thread per process: it owns the connections, drives every call and outlives each caller.
//!
//! A connection is driven by the runtime that opened it, so nothing else may drive calls: a caller
//! that blocks waits for this thread. A forked child finds another process id and gets a thread of
//! its own; it touches nothing that belongs to its parent.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use futures_util::FutureExt;
use futures_util::future::{AbortHandle, abortable};
use keywright::caller::run_for;
use keywright::{BoxFuture, settle_thread};
pub use keywright::{PerProcess, process_id};
use tokio::runtime::Builder;
use tokio::sync::{Notify, oneshot};

use crate::api::{ErrorKind, KeywrightError};
use crate::caller::Caller;
use crate::guard::guarded_call;

/// What a call ends with.
pub type Result<T> = std::result::Result<T, KeywrightError>;

/// The io thread of this process.
#[derive(Debug)]
pub struct Process {
    id: u32,
    inbox: Arc<Inbox>,
    is_stopped: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

static PROCESSES: PerProcess<Process> = PerProcess::new();

/// For calls that are made after the end, by what a language runs last of all.
static LAST: PerProcess<Process> = PerProcess::new();

static LANGUAGE: OnceLock<&'static str> = OnceLock::new();

/// Says which language this library is loaded by; the first word counts.
pub fn speaks(language: &'static str) {
    LANGUAGE.get_or_init(|| language);
}

/// The language that this library is loaded by: uniffi's entry points are called by .NET alone.
pub(crate) fn language() -> &'static str {
    LANGUAGE.get().copied().unwrap_or(if cfg!(feature = "uniffi") { "dotnet" } else { "rust" })
}

thread_local! {
    static IS_IO: Cell<bool> = const { Cell::new(false) };
    /// What the io thread calls before it sleeps.
    static WAKE_LATER: RefCell<Vec<WakeFn>> = const { RefCell::new(Vec::new()) };
}

/// What wakes a thread of the host.
pub(crate) type WakeFn = Arc<dyn Fn() + Send + Sync>;

/// Wakes a thread of the host; on the io thread not before it has nothing else to do, since whoever is woken
/// would take its core from it.
pub(crate) fn wake_host(wake: &WakeFn) {
    if IS_IO.get() { WAKE_LATER.with_borrow_mut(|later| later.push(Arc::clone(wake))) } else { wake() }
}

fn wake_all() {
    while let Some(wake) = WAKE_LATER.with_borrow_mut(Vec::pop) {
        wake();
    }
}

impl Process {
    /// The io thread of this process, started when it is first asked for.
    ///
    /// # Errors
    /// `network`, reason `resources`, when the machine gives no descriptor or no thread just now. The
    /// next call tries again.
    pub fn current() -> Result<&'static Self> {
        let process = PROCESSES.try_get(Self::start)?;
        if process.is_stopped.load(Ordering::Relaxed) { LAST.try_get(Self::start) } else { Ok(process) }
    }

    fn start() -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .on_thread_park(wake_all)
            .build()
            .map_err(|_| KeywrightError::no_resources("file descriptor"))?;
        let inbox = Arc::new(Inbox::default());
        let filled = Arc::clone(&inbox);
        let run = move || {
            IS_IO.set(true);
            settle_thread();
            runtime.block_on(filled.serve());
            wake_all();
            // The calls that still run end with it, and their connections are closed.
        };
        let thread = std::thread::Builder::new().name("keywright-io".to_owned()).spawn(run);
        let thread = Mutex::new(Some(thread.map_err(|_| KeywrightError::no_resources("thread"))?));
        Ok(Self { id: process_id(), inbox, is_stopped: AtomicBool::new(false), thread })
    }

    /// Ends every call that runs and then the io thread, if there is one. What is called afterwards
    /// gets another, which lives as long as the process.
    pub fn stop_current() {
        if let Some(process) = PROCESSES.peek() {
            process.stop();
        }
    }

    fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        self.inbox.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of it was printed when it happened.
            let _ = thread.join();
        }
    }

    /// Begins a call. `done` gets its result on the io thread; it is dropped unused when the call
    /// is aborted.
    pub fn begin<T: Send + 'static>(
        &self,
        caller: Option<Arc<Caller>>,
        call: BoxFuture<'static, Result<T>>,
        done: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Running {
        let (call, task) = abortable(async move { done(guarded_call(call).await) });
        self.inbox.put(match caller {
            Some(caller) => Box::pin(run_for(caller, call).map(drop)),
            None => Box::pin(call.map(drop)),
        });
        Running { task, process: self.id }
    }

    /// Makes a call on the io thread and waits for it there. Dropping it aborts the call.
    ///
    /// # Errors
    /// What the call fails with; `internal` when it panics, `cancelled` when the process ends.
    pub async fn run<T: Send + 'static>(&self, caller: Option<Arc<Caller>>, call: BoxFuture<'static, Result<T>>) -> Result<T> {
        if IS_IO.get() {
            return call.await;
        }
        let (tell, told) = oneshot::channel();
        let _running = self.begin(caller, call, move |result| drop(tell.send(result)));
        told.await.unwrap_or_else(|_| Err(KeywrightError::of(ErrorKind::Cancelled, "the process ends")))
    }
}

impl Drop for Process {
    /// One that came second, since two threads had started one: its thread ends by itself.
    fn drop(&mut self) {
        self.inbox.close();
    }
}

/// Calls on their way to the io thread. Many that begin together are one wake-up.
#[derive(Default)]
struct Inbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Default)]
struct Waiting {
    calls: Vec<BoxFuture<'static, ()>>,
    /// The thread has ended: what would wait here would wait for ever.
    is_closed: bool,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inbox")
    }
}

impl Inbox {
    fn put(&self, call: BoxFuture<'static, ()>) {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return;
        }
        waiting.calls.push(call);
        let is_first = waiting.calls.len() == 1;
        drop(waiting);
        if is_first {
            self.filled.notify_one();
        }
    }

    /// Begins what comes in, until it is closed.
    async fn serve(&self) {
        loop {
            self.filled.notified().await;
            let calls = {
                let mut waiting = self.lock();
                if waiting.is_closed {
                    return;
                }
                std::mem::take(&mut waiting.calls)
            };
            for call in calls {
                tokio::spawn(call);
            }
        }
    }

    fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        let unserved = std::mem::take(&mut waiting.calls);
        drop(waiting);
        drop(unserved);
        self.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that runs. Dropping it aborts the call, which closes its connection; a key that is being
/// created then is looked after by the core.
#[derive(Debug)]
pub struct Running {
    task: AbortHandle,
    process: u32,
}

impl Running {
    /// Lets the call run to its end.
    pub(crate) fn detached(mut self) {
        self.process = 0;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A forked child has the parent's calls in memory, and no thread that would end them.
        if self.process == process_id() {
            self.task.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_io<T: Send + 'static>(call: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        let call = Box::pin(call);
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(Process::current().unwrap().run(None, call))
    }

    #[test]
    fn a_call_runs_on_the_io_thread_and_a_nested_one_in_place() {
        let name = on_io(async {
            let inner = Process::current()?.run(None, Box::pin(async { Ok(std::thread::current().id()) })).await?;
            assert_eq!(inner, std::thread::current().id());
            Ok(std::thread::current().name().map(str::to_owned))
        });
        assert_eq!(name.unwrap().as_deref(), Some("keywright-io"));
    }

    #[test]
    fn what_comes_in_together_begins_in_order_and_nothing_after_the_end() {
        let inbox = Inbox::default();
        let begun = Arc::new(Mutex::new(Vec::new()));
        let call = |number: u32| -> BoxFuture<'static, ()> {
            let begun = Arc::clone(&begun);
            Box::pin(async move { begun.lock().unwrap().push(number) })
        };
        let ended = async {
            while begun.lock().unwrap().len() < 3 {
                tokio::task::yield_now().await;
            }
            inbox.close();
        };
        (1..=3).for_each(|number| inbox.put(call(number)));
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { futures_util::future::join(inbox.serve(), ended).await });
        inbox.put(call(4));
        drop(runtime);
        assert_eq!(*begun.lock().unwrap(), [1, 2, 3]);
        assert_eq!(Arc::strong_count(&begun), 1, "a call that comes too late is dropped, so that its caller hears of it");
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let error = on_io::<()>(async { panic!("on purpose") }).unwrap_err();
        assert_eq!(error.info().kind, ErrorKind::Internal);
        assert!(!error.to_string().contains("on purpose"));
    }

    #[test]
    fn a_dropped_call_is_aborted() {
        struct Told(Option<oneshot::Sender<()>>);
        impl Drop for Told {
            fn drop(&mut self) {
                self.0.take().map(|tell| tell.send(()));
            }
        }
        let (tell, told) = oneshot::channel();
        let guard = Told(Some(tell));
        let process = Process::current().unwrap();
        let running = process.begin(
            None,
            Box::pin(async move {
                let _guard = guard;
                std::future::pending::<Result<()>>().await
            }),
            drop,
        );
        drop(running);
        Builder::new_current_thread().build().unwrap().block_on(told).unwrap();
    }
}
