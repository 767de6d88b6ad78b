//! Looking for a key that may have been created: the same name, made meanwhile, never used.
//!
//! Time is the service's: its `Date` against our clock, so that a wrong clock finds the same keys.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::time::{SignedDuration, Timestamp};

use super::Job;
use crate::client::Client;
use crate::clock::pause;
use crate::dialect::{plan, read};
use crate::error::Result;
use crate::mask::SecretsInUse;
use crate::model::{CreatedKey, Key, KeyId, Meta, PageRequest, Reply};
use crate::op::{Ask, KeyOp};
use crate::options::CallOptions;
use crate::retry::hints;

/// Stands for the id of a key that no answer and no list could tell.
pub(super) const UNKNOWN_ID: &str = "unknown";
/// Around the time of the request, for what a service may be slow to write down.
const SLACK: Duration = Duration::from_secs(5);
/// Before looking again: some lists lag behind.
const AGAIN: Duration = Duration::from_secs(1);
/// New keys stand at the beginning of a list; further pages are other people's.
const PAGES: usize = 4;

/// The ids that were there before.
pub(super) type Before = Option<BTreeSet<KeyId>>;

/// Keys, and how far the service's clock is ahead of ours, in milliseconds.
struct Seen {
    keys: Vec<Key>,
    ahead: i64,
}

impl Job {
    /// The keys before the request, where that was asked for.
    pub(super) async fn snapshot(&self) -> Result<Before> {
        if !self.handover.snapshot || self.action != KeyOp::Create || !self.client.supports("keys.list") {
            return Ok(None);
        }
        Ok(Some(self.see().await?.keys.into_iter().map(|key| key.id).collect()))
    }

    /// The keys that the lost request may have made; looked for twice.
    pub(super) async fn candidates(&self, sent_at: Timestamp, before: &Before) -> Result<Vec<Key>> {
        let found = self.look(sent_at, before).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        pause(self.client.pipeline.clock.as_ref(), AGAIN).await;
        self.look(sent_at, before).await
    }

    async fn look(&self, sent_at: Timestamp, before: &Before) -> Result<Vec<Key>> {
        let seen = self.see().await?;
        let until = self.client.pipeline.now();
        let shifted = |at: Timestamp, millis: i64| at + SignedDuration::from_millis(millis);
        let slack = SLACK.as_millis() as i64;
        let (from, to) = (shifted(sent_at, seen.ahead - slack), shifted(until, seen.ahead + slack));
        let fits = |key: &Key| {
            key.name == self.name
                && key.last_used_at.is_none()
                && key.created_at.is_none_or(|made| from <= made && made <= to)
                && before.as_ref().is_none_or(|before| !before.contains(&key.id))
        };
        Ok(seen.keys.into_iter().filter(|key| fits(key)).collect())
    }

    async fn see(&self) -> Result<Seen> {
        let client = &self.within_total()?;
        let op = client.dialect().key_op(KeyOp::List)?;
        let mut seen = Seen { keys: Vec::new(), ahead: 0 };
        let mut after = None;
        for _ in 0..PAGES {
            let Some(page) = &op.page else { break };
            let request = PageRequest { page_size: None, after };
            let ask = Ask { raw_query: plan::page_query(client.spec(), page, &request)?, ..Ask::new() };
            let planned = plan::plan(client.spec(), op, ask, client.account.as_ref())?;
            let answer = client.pipeline.run(&client.auth, client.call(op, planned)).await?.answer;
            let now = client.pipeline.now();
            seen.ahead = hints::server_time(&answer.head, now).map_or(0, |date| date.as_millisecond() - now.as_millisecond());
            let answer = read::answer(&answer)?;
            let raw = read::page(page, request.after.as_deref(), answer.root(), |value| client.read_key(value))?;
            seen.keys.extend(raw.items);
            after = raw.next;
            if after.is_none() {
                break;
            }
        }
        Ok(seen)
    }

    /// The client for looking around: what is left of the call is all that it may take.
    fn within_total(&self) -> Result<Client> {
        let pipeline = &self.client.pipeline;
        let Some(total) = pipeline.total(self.client.overrides) else { return Ok(self.client.clone()) };
        let left = self.began.saturating_add(total).saturating_sub(pipeline.clock.monotonic());
        self.client.options(CallOptions::new().total(left))
    }

    /// Fills what was cut off from the list; the secret is what counts, so nothing here fails.
    pub(super) async fn fill(&self, mut made: CreatedKey, meta: Meta) -> Reply<CreatedKey> {
        self.tell(crate::EventName::Salvaged, None);
        let secret = SecretsInUse::default().with([made.secret.clone()]);
        if let Ok(seen) = self.see().await {
            let unknown = made.key.id == UNKNOWN_ID;
            let sent_at = self.client.pipeline.now();
            let fits = |key: &Key| {
                if unknown {
                    key.name == self.name && key.last_used_at.is_none() && is_recent(key, sent_at, seen.ahead)
                } else {
                    key.id == made.key.id
                }
            };
            let mut found = seen.keys.iter().filter(|key| fits(key));
            if let (Some(key), None) = (found.next(), found.next())
                // A list that repeats the secret would bring it back beside its place.
                && secret.hide(key.data.as_str()) == key.data.as_str()
            {
                made.key = key.clone();
            }
        }
        self.reply(made, meta)
    }
}

fn is_recent(key: &Key, now: Timestamp, ahead: i64) -> bool {
    const ATTEMPT: i64 = 35_000;
    let now = now.as_millisecond() + ahead;
    key.created_at.is_some_and(|made| (now - made.as_millisecond()).abs() <= ATTEMPT)
}
