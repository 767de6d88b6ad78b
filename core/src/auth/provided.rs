//! A key provider at work: asked for every call, and once for all calls that were refused together.
//!
//! A hundred calls that get a 401 for the same key ask one question and share its answer, a failure
//! too. A call shares an answer that was asked for after the call itself got its key: what the
//! provider said earlier is what was refused.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Credential, KeyProvider};
use crate::Secret;
use crate::model::error::Result;
use crate::retry::Fingerprint;
use crate::runtime::clock::{Clock, Waiting};

/// The provider of one client and of all handles made from it.
#[derive(Debug)]
pub(super) struct Asked {
    provider: KeyProvider,
    /// Held by the call that asks after a refusal.
    turn: tokio::sync::Mutex<()>,
    last: Mutex<Last>,
}

/// The last question after a refusal.
#[derive(Debug, Default)]
struct Last {
    /// How many there were.
    count: u64,
    answer: Option<(Fingerprint, Result<Credential>)>,
}

impl Asked {
    pub(super) fn new(provider: KeyProvider) -> Self {
        Self { provider, turn: tokio::sync::Mutex::default(), last: Mutex::default() }
    }

    /// The credential for one call.
    pub(super) async fn for_call(&self, clock: &dyn Clock, read: impl Fn(&Secret) -> Result<Credential>) -> Result<Credential> {
        let count = self.last().count;
        let text = self.provider.key(clock).await?;
        Ok(read(&text)?.asked(count))
    }

    /// The credential after a refusal: asked for by the first of the refused calls, shared by all.
    pub(super) async fn after_refusal(
        &self,
        refused: &Credential,
        clock: &dyn Clock,
        read: impl Fn(&Secret) -> Result<Credential>,
    ) -> Result<Credential> {
        let _turn = {
            let _waiting = Waiting::on(clock);
            self.turn.lock().await
        };
        if let Some(answer) = self.shared(refused) {
            return answer;
        }
        let answer = match self.provider.key(clock).await {
            Ok(text) => read(&text),
            Err(error) => Err(error),
        };
        let mut last = self.last();
        last.count += 1;
        let answer = answer.map(|credential| credential.asked(last.count));
        last.answer = Some((refused.fingerprint(), answer.clone()));
        answer
    }

    /// What was said after the same key had been refused to another call, if this one had it before.
    fn shared(&self, refused: &Credential) -> Option<Result<Credential>> {
        let last = self.last();
        let (of, answer) = last.answer.as_ref()?;
        (*of == refused.fingerprint() && refused.asked_before() < last.count).then(|| answer.clone())
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
