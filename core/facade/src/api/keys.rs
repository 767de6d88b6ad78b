//! `client.keys`: created, listed, changed and retired under the same names everywhere.

use keywright::PageRequest;

use super::client::Client;
use super::options::{CallsQuery, CreateKey, Delivery, UpdateKey, UsageQuery};
use super::values::{CallPage, CallRecord, CreatedKey, Done, Key, KeyPage, Retired, UsageReport};
use crate::process::Result;

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Client {
    /// Creates a key. Its secret is in the result and is never shown again: store it first.
    ///
    /// # Errors
    /// `config`, before any request, when something is missing or unknown to the service;
    /// `plan_limit` when the plan allows no further key; `forbidden` when the role does not.
    pub async fn keys_create(&self, wanted: CreateKey, delivery: Delivery) -> Result<CreatedKey> {
        let (wanted, delivery) = (wanted.core()?, delivery.core(self.host()));
        let make = |client: keywright::Client, now| async move {
            client.keys().delivery(delivery).create_untaken(wanted).await.map(|made| CreatedKey::untaken(made, now))
        };
        self.call_untaken(make).await
    }

    /// Gets a page of keys, and from it all that follow.
    ///
    /// A walk gives each key once, and skips none when this process removes some on the way. What
    /// somebody else removes meanwhile may make it skip as many: walk again to be sure. A member
    /// that cannot be read is left out, with a warning, and stays in `data`.
    ///
    /// # Errors
    /// `unsupported`, before any request, at a service without a list; `config` for a page size
    /// that it does not take.
    pub async fn keys_list(&self, page_size: Option<u32>, after: Option<String>) -> Result<KeyPage> {
        let page = page(page_size, after);
        self.call(|client, now| async move { client.keys().list(page).await.map(|page| KeyPage::of(page, now)) }).await
    }

    /// Gets one key.
    ///
    /// # Errors
    /// `unsupported`, before any request, where keys can only be listed; `not_found`.
    pub async fn keys_get(&self, id: String) -> Result<Key> {
        self.call(|client, now| async move { client.keys().get(id).await.map(|key| Key::reply(key, now)) }).await
    }

    /// Changes name or expiry. What is not given stays. Of a service that answers without a body,
    /// the key holds its id and what was changed.
    ///
    /// # Errors
    /// `unsupported`, before any request, where keys cannot be changed (everywhere but
    /// itellicoAI); `config` when nothing is to change.
    pub async fn keys_update(&self, id: String, change: UpdateKey) -> Result<Key> {
        let change = change.core()?;
        self.call(|client, now| async move { client.keys().update(id, change).await.map(|key| Key::reply(key, now)) }).await
    }

    /// Deactivates a used key for good and keeps its history (Seclai). The key that makes the
    /// call is refused, where it is known to be that one, unless `allow_self` is set.
    ///
    /// # Errors
    /// `conflict`, reason `key_unused`, when it was never used: delete it; `unsupported`, before
    /// any request, elsewhere.
    pub async fn keys_archive(&self, id: String, allow_self: Option<bool>) -> Result<Key> {
        self.call(
            move |client, now| async move { removing(&client, allow_self).archive(id).await.map(|key| Key::reply(key, now)) },
        )
        .await
    }

    /// Disables a key at once. At SegOps this deletes it. The key that makes the
    /// call is refused, where it is known to be that one, unless `allow_self` is set.
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request, where there is no such thing: use `retire`.
    pub async fn keys_revoke(&self, id: String, allow_self: Option<bool>) -> Result<Retired> {
        let revoke = move |client: keywright::Client, now| async move {
            let reply = removing(&client, allow_self).revoke(id).await?;
            let meta = reply.meta.clone().into();
            Ok(Retired { action: "revoke".to_owned(), key: reply.into_inner().map(|key| Key::of(key, now)), meta })
        };
        self.call(revoke).await
    }

    /// Makes a revoked key work again (itellicoAI).
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request, elsewhere.
    pub async fn keys_reactivate(&self, id: String) -> Result<Key> {
        self.call(|client, now| async move { client.keys().reactivate(id).await.map(|key| Key::reply(key, now)) }).await
    }

    /// Gives the same key a new secret; the old one stops working at once (SidClaw).
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request, elsewhere: create a new key, deploy it,
    /// then retire the old one.
    pub async fn keys_rotate(&self, id: String, delivery: Delivery) -> Result<CreatedKey> {
        let delivery = delivery.core(self.host());
        let rotate = |client: keywright::Client, now| async move {
            client.keys().delivery(delivery).rotate_untaken(id).await.map(|made| CreatedKey::untaken(made, now))
        };
        self.call_untaken(rotate).await
    }

    /// Removes a key for good. The key that makes the
    /// call is refused, where it is known to be that one, unless `allow_self` is set.
    ///
    /// # Errors
    /// `conflict`, reason `key_has_history`, where the service keeps keys that have been used:
    /// archive it; `unsupported`, before any request, where there is no delete.
    pub async fn keys_delete(&self, id: String, allow_self: Option<bool>) -> Result<Done> {
        self.call(move |client, _| async move { removing(&client, allow_self).delete(id).await.map(Into::into) }).await
    }

    /// Takes a key out of service in the gentlest way that the service has: at Seclai deletes an
    /// unused key and archives a used one, at itellicoAI and Seenty revokes, at SegOps and SidClaw
    /// deletes. The key that makes the call is refused, where it is known to be that one, unless
    /// `allow_self` is set.
    ///
    /// # Errors
    /// As the operation that was tried last.
    pub async fn keys_retire(&self, id: String, allow_self: Option<bool>) -> Result<Retired> {
        let retire = move |client: keywright::Client, now| async move {
            let reply = removing(&client, allow_self).retire(id).await?;
            let meta = reply.meta.clone().into();
            let retired = reply.into_inner();
            let key = retired.key.map(|key| Key::of(key, now));
            Ok(Retired { action: retired.action.as_str().to_owned(), key, meta })
        };
        self.call(retire).await
    }

    /// Gets a page of the calls made with a key, newest first, and from it all that follow.
    ///
    /// # Errors
    /// `unsupported`, before any request, where the service keeps no such log.
    pub async fn keys_calls(
        &self,
        id: String,
        query: CallsQuery,
        page_size: Option<u32>,
        after: Option<String>,
    ) -> Result<CallPage> {
        let query = query.core(page_size, after)?;
        self.call(|client, _| async move { client.keys().calls(id, query).await.map(Into::into) }).await
    }

    /// Gets all calls that fit, oldest first: gathers every page, then turns them round.
    ///
    /// # Errors
    /// As `calls`.
    pub async fn keys_calls_oldest_first(&self, id: String, query: CallsQuery) -> Result<Vec<CallRecord>> {
        let query = query.core(None, None)?;
        let calls = |client: keywright::Client, _| async move {
            let all = client.keys().calls_oldest_first(id, query).await?;
            Ok(all.into_iter().map(Into::into).collect())
        };
        self.call(calls).await
    }

    /// Gets the credits that a key has used.
    ///
    /// # Errors
    /// `config` when the range ends before it begins; `unsupported`, before any request, where
    /// the service reports no usage by key.
    pub async fn keys_usage(&self, id: String, query: UsageQuery) -> Result<UsageReport> {
        let query = query.core()?;
        self.call(|client, _| async move { client.keys().usage(id, query).await.map(Into::into) }).await
    }
}

/// The keys, for an operation that takes one out of service.
fn removing(client: &keywright::Client, allow_self: Option<bool>) -> keywright::Keys {
    client.keys().delivery(keywright::Delivery::new().allow_self(allow_self.unwrap_or_default()))
}

pub(super) fn page(page_size: Option<u32>, after: Option<String>) -> PageRequest {
    let mut page = PageRequest::new();
    page.page_size = page_size;
    page.after = after;
    page
}
