//! Looking for a key that may have been created: the same name, made meanwhile, never used.
//!
//! Time is the service's: its `Date` against our clock, so that a wrong clock finds the same keys.

use std::collections::BTreeSet;
use std::time::Duration;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::model::time::{SignedDuration, Timestamp};

use super::CreateTask;
use crate::checks::mask::SecretsInUse;
use crate::client::Client;
use crate::dialect::{plan, read};
use crate::json::Node;
use crate::model::error::Result;
use crate::model::op::{KeyOp, OperationArgs};
use crate::model::{CreatedKey, Key, KeyId, KeyStatus, Meta, PageRequest, Reply};
use crate::options::CallOptions;
use crate::retry::server_delay;
use crate::runtime::clock::pause;

/// The id of a key that no answer and no list could tell.
pub(super) const UNKNOWN_ID: &str = "";
/// Around the time of the request, for what a service may be slow to write down.
const SLACK: Duration = Duration::from_secs(5);
/// Before looking again: some lists lag behind.
const AGAIN: Duration = Duration::from_secs(1);
/// New keys stand at the beginning of a list; further pages are other people's.
const PAGES: usize = 4;

/// The ids that were there before.
pub(super) type Before = Option<BTreeSet<KeyId>>;

/// Keys, and how far the service's clock is ahead of ours, in milliseconds.
struct Listed {
    keys: Vec<Key>,
    ahead: i64,
}

impl CreateTask {
    /// The keys before the request, where that was asked for.
    pub(super) async fn snapshot(&self) -> Result<Before> {
        if !self.delivery.snapshot || self.action != KeyOp::Create || !self.client.supports("keys.list") {
            return Ok(None);
        }
        Ok(Some(self.list_keys().await?.keys.into_iter().map(|key| key.id).collect()))
    }

    /// The keys that the lost request may have made; looked for twice.
    pub(super) async fn candidates(&self, sent_at: Timestamp, before: &Before) -> Result<Vec<Key>> {
        let found = self.find_candidates(sent_at, before).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        pause(self.client.pipeline.clock.as_ref(), AGAIN).await;
        self.find_candidates(sent_at, before).await
    }

    async fn find_candidates(&self, sent_at: Timestamp, before: &Before) -> Result<Vec<Key>> {
        let seen = self.list_keys().await?;
        let until = self.client.pipeline.now();
        let slack = SLACK.as_millis() as i64;
        let (from, to) = (shifted(sent_at, seen.ahead - slack), shifted(until, seen.ahead + slack));
        let fits = |key: &Key| {
            same_name(key.name.as_deref(), self.name.as_deref())
                && may_work(key, shifted(until, seen.ahead))
                && key.last_used_at.is_none()
                && key.created_at.is_none_or(|made| from <= made && made <= to)
                && before.as_ref().is_none_or(|before| !before.contains(&key.id))
        };
        Ok(seen.keys.into_iter().filter(|key| fits(key)).collect())
    }

    async fn list_keys(&self) -> Result<Listed> {
        let client = &self.within_total()?;
        let op = client.dialect().key_op(KeyOp::List)?;
        let mut seen = Listed { keys: Vec::new(), ahead: 0 };
        let mut after = None;
        for _ in 0..PAGES {
            let Some(page) = &op.page else { break };
            let request = PageRequest { page_size: None, after };
            let args = OperationArgs { raw_query: plan::page_query(client.spec(), page, &request)?, ..OperationArgs::new() };
            let planned = plan::plan(client.spec(), op, args, client.settings.account.as_ref())?;
            let answer = client.pipeline.run(&client.auth, client.call(op, planned)).await?.answer;
            let now = client.pipeline.now();
            seen.ahead =
                server_delay::server_time(&answer.head, now).map_or(0, |date| date.as_millisecond() - now.as_millisecond());
            let answer = read::list_answer(&answer)?;
            let mut members = read::Members::listed();
            let read_key = |value: Node<'_>| client.read_key(value, &mut members);
            let raw = read::page(page, request.after.as_deref(), answer.root(), read_key)?;
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
        let Some(total) = pipeline.timeout(*self.client.settings.overrides) else { return Ok(self.client.clone()) };
        let left = self.began.saturating_add(total).saturating_sub(pipeline.clock.monotonic());
        self.client.options(CallOptions::new().timeout(left))
    }

    /// Fills what was cut off from the list; the secret is what counts, so nothing here fails.
    pub(super) async fn complete_from_list(&self, mut made: CreatedKey, meta: Meta) -> Reply<CreatedKey> {
        self.tell(crate::EventName::PartialAnswer, None);
        let secret = SecretsInUse::default().with([made.secret.clone()]);
        if let Ok(seen) = self.list_keys().await {
            let unknown = made.key.id == UNKNOWN_ID;
            let sent_at = self.client.pipeline.now();
            let fits = |key: &Key| {
                if unknown {
                    same_name(key.name.as_deref(), self.name.as_deref())
                        && may_work(key, shifted(sent_at, seen.ahead))
                        && key.last_used_at.is_none()
                        && is_recent(key, sent_at, seen.ahead)
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

fn shifted(at: Timestamp, millis: i64) -> Timestamp {
    at + SignedDuration::from_millis(millis)
}

/// Whether a key can be one that was just made: one that is revoked, archived or past its date is
/// not, and least of all one that this client has just taken out of service.
fn may_work(key: &Key, now: Timestamp) -> bool {
    // A status that could not be read is empty, and may be anything.
    let works = key.status == KeyStatus::ACTIVE || key.status.as_str().is_empty();
    works && key.expires_at.is_none_or(|end| now < end)
}

/// Whether a service may have made one name of the other: services trim, join white space,
/// normalise and change case. No name and an empty one are the same.
fn same_name(shown: Option<&str>, asked: Option<&str>) -> bool {
    let [shown, asked] = [shown, asked].map(|name| name.map(plain).unwrap_or_default());
    shown == asked
}

fn plain(name: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfkc();
    // Upper case first: `ß` and `SS` meet there.
    let folded = composed.normalize(name).to_uppercase().to_lowercase();
    let visible = |c: &char| !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let text: String =
        composed.normalize(&folded).chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(visible).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_recent(key: &Key, now: Timestamp, ahead: i64) -> bool {
    const ATTEMPT: i64 = 35_000;
    let now = now.as_millisecond() + ahead;
    key.created_at.is_some_and(|made| (now - made.as_millisecond()).abs() <= ATTEMPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_again_whatever_the_service_makes_of_it() {
        for (shown, asked) in [
            ("ci kw-7f3a9c", "  CI  kw-7f3a9c\t"),
            ("CI KW-7F3A9C", "ci kw-7f3a9c"),
            ("Caf\u{e9}", "Cafe\u{301}"),
            ("\u{fb01}n 1", "\u{ff26}IN \u{2460}"),
            ("STRASSE", "stra\u{df}e"),
            ("a b", "a\u{a0}\u{200b}b"),
            ("\u{3c3}", "\u{3c2}"),
        ] {
            assert!(same_name(Some(shown), Some(asked)), "{shown} {asked}");
        }
        assert!(same_name(None, Some(" ")) && same_name(Some(""), None));
        for (shown, asked) in [(Some("ci-2"), Some("ci")), (None, Some("ci")), (Some("ci"), None), (Some("c i"), Some("ci"))] {
            assert!(!same_name(shown, asked), "{shown:?} {asked:?}");
        }
    }
}
