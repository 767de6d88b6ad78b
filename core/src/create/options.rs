//! How a new secret is handed over, and what may be done when its answer is lost.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use crate::Secret;
use crate::model::error::ProviderError;
use crate::model::wire_enum::wire_enum;
use crate::runtime::BoxFuture;
use crate::runtime::caught;

wire_enum! {
    /// What to do when nobody can say whether a key was created.
    #[derive(Default)]
    Recover {
        /// Say so, with the ids of the keys that it may be.
        #[default]
        Report = "report",
        /// Rotate the orphan: same id and scopes, a secret that arrives (SidClaw).
        Rotate = "rotate",
        /// Retire the orphan and create once more (Seclai, Seenty, itellicoAI).
        Replace = "replace",
    }
}

wire_enum! {
    /// What to do with a key that was created and whose secret its caller has not taken.
    #[derive(Default)]
    OnCancel {
        /// Retire it: nobody holds its secret.
        #[default]
        Discard = "discard",
        /// Leave it, and tell (`orphan_key`).
        Keep = "keep",
    }
}

/// A function that stores a secret.
type Store = dyn Fn(Secret) -> BoxFuture<'static, Result<(), ProviderError>> + Send + Sync;

/// A function that stores a new secret before the call returns it.
#[derive(Clone)]
pub struct Deliver(Arc<Store>);

impl Deliver {
    /// From an async function, called once for every secret. If it fails or panics, the new key is
    /// retired and told of (`orphan_key`), and the call fails. A caller who leaves meanwhile does not
    /// end it: when it ends well all the same, the key is kept and told of. No time limit of the
    /// call ends it either, since a secret that is being stored must not be discarded under it.
    pub fn new<F, R>(store: F) -> Self
    where
        F: Fn(Secret) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), ProviderError>> + Send + 'static,
    {
        Self(Arc::new(move |secret| Box::pin(store(secret))))
    }

    pub(super) async fn call(&self, secret: Secret) -> Result<(), ProviderError> {
        let stored = caught::awaited(|| (self.0)(secret)).await;
        stored.unwrap_or_else(|| Err("the function that stores the secret panicked".into()))
    }
}

impl fmt::Debug for Deliver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deliver")
    }
}

/// How a new secret is handed over, and whether a call may end its own key. For [`Keys::delivery`](crate::Keys::delivery).
///
/// ```
/// use keywright::{Delivery, Recover};
///
/// let careful = Delivery::new().recover(Recover::Replace).snapshot(true);
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Delivery {
    /// What to do when an answer is lost. Other than `report` it needs a mark of ours at the end
    /// of the key's name (` kw-7f3a9c`), so that no other key can be taken for it.
    pub recover: Recover,
    /// Lists the keys before the request too, so that a loss can be told apart with certainty;
    /// costs one list.
    pub snapshot: bool,
    /// What to do with a key whose caller has left.
    pub on_cancel: OnCancel,
    /// Stores the secret before the call returns.
    pub deliver: Option<Deliver>,
    /// Allows `rotate`, `delete`, `retire`, `archive` and `revoke` of the key that makes the call. Without
    /// it they are refused where the key is known to be that one: it was created or rotated in this
    /// process, or a list or `get` showed its beginning. Elsewhere nothing is promised.
    pub allow_self: bool,
}

impl Delivery {
    /// The defaults: report, discard.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what to do when an answer is lost.
    #[must_use]
    pub fn recover(mut self, recover: Recover) -> Self {
        self.recover = recover;
        self
    }

    /// Lists the keys before the request too.
    #[must_use]
    pub fn snapshot(mut self, snapshot: bool) -> Self {
        self.snapshot = snapshot;
        self
    }

    /// Says what to do with a key whose caller has left.
    #[must_use]
    pub fn on_cancel(mut self, on_cancel: OnCancel) -> Self {
        self.on_cancel = on_cancel;
        self
    }

    /// Stores the secret before the call returns.
    #[must_use]
    pub fn deliver(mut self, deliver: Deliver) -> Self {
        self.deliver = Some(deliver);
        self
    }

    /// Allows a key to rotate itself or to take itself out of service.
    #[must_use]
    pub fn allow_self(mut self, allow: bool) -> Self {
        self.allow_self = allow;
        self
    }
}
