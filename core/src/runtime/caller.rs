//! Which caller a call runs for, where whoever runs the call has said so.
//!
//! A function of the caller (a key provider, a `Deliver`, an observer) is asked somewhere below the
//! call. A host that serves many callers on one client must know for which of them it is asked, or it
//! would answer one with what belongs to another. What the core does in a task of its own for a call
//! is still done for the same caller.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

/// Whatever the host knows its caller by. It is held for as long as the core works for the call.
pub type Caller = Arc<dyn Any + Send + Sync>;

tokio::task_local! {
    static CALLER: Caller;
}

/// Runs a call for a caller.
pub async fn run_for<F: Future>(caller: Caller, call: F) -> F::Output {
    CALLER.scope(caller, call).await
}

/// The caller for whom this is done, if one was named.
#[must_use]
pub fn current() -> Option<Caller> {
    CALLER.try_with(Arc::clone).ok()
}

/// Begins a task that works for the same caller.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    match current() {
        Some(caller) => drop(tokio::spawn(run_for(caller, task))),
        None => drop(tokio::spawn(task)),
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_task_of_a_call_works_for_the_same_caller() {
        let named = || current().and_then(|caller| caller.downcast_ref::<u32>().copied());
        let (tell, told) = oneshot::channel();
        let call = async {
            spawn(async move {
                let _ = tell.send(named());
            });
            named()
        };
        assert_eq!(run_for(Arc::new(7_u32), call).await, Some(7));
        assert_eq!((told.await, named()), (Ok(Some(7)), None));
    }
}
