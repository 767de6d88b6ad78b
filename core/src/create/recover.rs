//! After a lost answer: report what may exist, or mend it where the key is provably ours.

use std::sync::Arc;

use crate::model::time::Timestamp;

use super::candidates::Before;
use super::{CreateTask, Recover};
use crate::checks::mask::{MaskedIds, ServiceText};
use crate::client::Client;
use crate::model::error::{Error, Outcome, Result, Stop};
use crate::model::op::KeyOp;
use crate::model::{CreatedKey, Key, Reply};
use crate::pipeline::InFlight;

/// Begins the mark that we put at the end of a name.
const MARK: &str = " kw-";

impl CreateTask {
    /// What to do about an answer that was lost.
    pub(super) async fn after_loss(&self, in_flight: &Arc<InFlight>, error: Error, before: &Before) -> Result<Reply<CreatedKey>> {
        if self.action == KeyOp::Rotate {
            return Err(self.reported(error, &[]).with(|data| {
                data.remedy = Some("the old secret may be dead already: rotate again to get one that arrives".to_owned());
            }));
        }
        if !self.client.supports("keys.list") {
            let way = self.client.dialect().key_op(KeyOp::List).err();
            let way = way.as_ref().and_then(Error::remedy).unwrap_or("look at the service's own pages").to_owned();
            return Err(self
                .reported(error, &[])
                .with(|data| data.remedy = Some(format!("a key may exist that nobody holds: {way}"))));
        }
        let found = match self.candidates(self.lost_since(&error), before).await {
            Ok(found) => found,
            // The loss is what the caller must hear of; looking failed too, and so told nothing.
            Err(_) => return Err(self.reported(error, &[]).with(|data| data.remedy = Some(self.unseen()))),
        };
        match (self.delivery.recover, found.as_slice()) {
            (Recover::Rotate, [orphan]) => self.rotated(orphan, error).await,
            (Recover::Replace, [orphan]) => self.replaced(in_flight, orphan, error).await,
            // None, or more than one: a commit may still arrive, and nothing proves which is ours.
            (Recover::Report | Recover::Rotate | Recover::Replace, _) => Err(self.reported(error, &found)),
        }
    }

    /// What to do when the keys could not even be listed.
    fn unseen(&self) -> String {
        format!("the keys could not be listed either: list them later and retire what nobody holds{}", self.by_mark())
    }

    /// How a key of ours is told from others, where it is.
    fn by_mark(&self) -> String {
        self.nonce.as_ref().map(|nonce| format!(", by the mark `{nonce}` in its name")).unwrap_or_default()
    }

    fn reported(&self, error: Error, found: &[Key]) -> Error {
        let ids = found.iter().map(|key| ServiceText::of(key.id.as_str()));
        let listed = MaskedIds::of(ids, &self.client.auth.in_use());
        error.with(|data| {
            // A success that was cut has been carried out; of anything else nobody can say.
            if data.outcome != Outcome::Applied {
                data.outcome = Outcome::Unknown;
            }
            data.stop = data.stop.or(Some(Stop::UnknownOutcome));
            data.candidates = std::mem::take(&mut data.candidates).and(listed);
            data.nonce.clone_from(&self.nonce);
            let mark = self.by_mark();
            data.remedy = Some(match data.candidates.len() {
                0 => format!("no such key is listed yet: list again later and retire what nobody holds{mark}"),
                1 => format!("retire the candidate, whose secret nobody holds, then create again{mark}"),
                _ => format!("several keys fit: retire the one that nobody holds{mark}"),
            });
        })
    }

    /// Same id and scopes, a secret that arrives.
    async fn rotated(&self, orphan: &Key, lost: Error) -> Result<Reply<CreatedKey>> {
        let result = self.client.keys().rotate(&orphan.id).await;
        let reply = result.map_err(|_| self.reported(lost, std::slice::from_ref(orphan)))?;
        Ok(reply.map(|made| {
            let mut key = orphan.clone();
            key.prefix = made.key.prefix.clone().or(key.prefix);
            CreatedKey { key, secret: made.secret }
        }))
    }

    /// The orphan goes, one new key comes: at the end there is one.
    async fn replaced(&self, in_flight: &Arc<InFlight>, orphan: &Key, lost: Error) -> Result<Reply<CreatedKey>> {
        if self.client.keys().retire(&orphan.id).await.is_err() {
            return Err(self.reported(lost, std::slice::from_ref(orphan)));
        }
        let error = match self.issue(in_flight).await {
            Ok(reply) => return Ok(reply),
            Err(error) => error.after(lost.attempts()),
        };
        match error.outcome() {
            // Looked for like the first, but never replaced by a third.
            Outcome::Unknown | Outcome::Applied => {
                let found = self.candidates(self.lost_since(&error), &None).await;
                let unseen = found.is_err().then(|| self.unseen());
                let error = self.reported(error, &found.unwrap_or_default());
                Err(error.with(|data| data.remedy = unseen.or(data.remedy.take())))
            }
            Outcome::NotSent | Outcome::Rejected => Err(error),
        }
    }

    /// From when on the lost request may have made a key. Only one that carries an idempotency key
    /// can have been lost before its last attempt.
    fn lost_since(&self, error: &Error) -> Timestamp {
        let attempts = error.attempts();
        let lost = if self.op.idempotency.is_some() { attempts.first() } else { attempts.last() };
        lost.map_or_else(|| self.client.pipeline.now(), |attempt| attempt.started_at)
    }
}

/// A name that ends in a mark of ours, and the mark.
pub(crate) fn marked(client: &Client, name: Option<&str>) -> (String, String) {
    let number = (client.pipeline.clock.random() * f64::from(1 << 24)) as u32;
    let mark = format!("kw-{number:06x}");
    let name = match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("{name}{MARK}{number:06x}"),
        None => mark.clone(),
    };
    (name, mark)
}
