//! The keys of a service: created, listed, changed, retired, under the same names everywhere.
//!
//! What a service lacks is refused here before any I/O, with that service's own way out.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::client::Client;
use crate::dialect::plan::{self, Planned};
use crate::dialect::{OpSpec, PageSpec, read};
use crate::error::{Error, Result};
use crate::handover::{Handover, Job, Recover, marked as recover_name};
use crate::json::{Document, Node};
use crate::model::{
    CallRecord, CallsQuery, Change, CreateKey, CreatedKey, Fetch, Key, KeyId, Page, PageRequest, PageStream, Reply, Retired,
    UpdateKey, UsageQuery, UsageReport,
};
use crate::observe;
use crate::op::{Ask, KeyOp};
use crate::pipeline::Done;
use crate::wire::{BoxFuture, WireResponse};

/// The keys of one service, or of one account of it. From [`Client::keys`].
#[derive(Debug, Clone)]
pub struct Keys {
    client: Client,
    handover: Handover,
}

impl Keys {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, handover: Handover::new() }
    }

    /// The same keys with another way of handing over new secrets.
    ///
    /// ```no_run
    /// # async fn f(client: keywright::Client) -> keywright::Result<()> {
    /// use keywright::{CreateKey, Deliver, Handover};
    ///
    /// let vault = Deliver::new(|secret| async move { std::fs::write("key", secret.expose()).map_err(Into::into) });
    /// client.keys().handover(Handover::new().deliver(vault)).create(CreateKey::new().name("ci")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn handover(&self, handover: Handover) -> Self {
        Self { client: self.client.clone(), handover }
    }

    /// Creates a key. Its secret is in the result and is never shown again: store it first.
    ///
    /// # Errors
    /// `config`, before any request, when something is missing or unknown to the service;
    /// `plan_limit` when the plan allows no further key; `forbidden` when the role does not.
    ///
    /// ```no_run
    /// # async fn f(client: keywright::Client) -> keywright::Result<()> {
    /// use keywright::CreateKey;
    ///
    /// let made = client.keys().create(CreateKey::new().name("Production v2")).await?;
    /// std::fs::write("key", made.secret.expose()).expect("a place to store it");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create(&self, wanted: CreateKey) -> Result<Reply<CreatedKey>> {
        let op = self.op(KeyOp::Create)?;
        let scopes = wanted.scopes.map(|scopes| self.checked_scopes(scopes)).transpose()?;
        let name = wanted.name.map(checked_name).transpose().map_err(|error| self.client.named_op(error, &op))?;
        let (name, nonce) = self.marked(name, &op)?;
        let ask = Ask::new()
            .member("name", name.clone())
            .member("scopes", scopes.map(|scopes| scopes.into_iter().map(Value::from).collect::<Vec<_>>()))
            .member("expires_at", wanted.expires_at.map(time));
        // What can be known to be wrong is wrong before anything begins.
        self.planned(&op, ask.clone())?;
        self.job(op, KeyOp::Create, ask, name, nonce, None).run().await
    }

    /// Gets a page of keys. Walk on with [`Page::next_page`] or [`Page::into_stream`].
    ///
    /// # Errors
    /// `unsupported`, before any request, at a service without a list; `config` for a size that
    /// it does not take.
    pub async fn list(&self, page: PageRequest) -> Result<Page<Key>> {
        let op = self.op(KeyOp::List)?;
        self.clone().page(op, page, Ask::new, |client, value| read::key(client.spec(), value).map(|(key, _)| key)).await
    }

    /// All keys, page after page, fetched when they are reached.
    #[must_use]
    pub fn stream(&self) -> PageStream<Key> {
        let keys = self.clone();
        let fetch: Fetch<Key> = Arc::new(move |after| {
            let keys = keys.clone();
            Box::pin(async move { keys.list(PageRequest { page_size: None, after }).await })
        });
        PageStream::lazy(fetch(None), fetch)
    }

    /// Gets one key.
    ///
    /// # Errors
    /// `unsupported`, before any request, where keys can only be listed; `not_found`.
    pub async fn get(&self, id: impl Into<KeyId>) -> Result<Reply<Key>> {
        let op = self.op(KeyOp::Get)?;
        self.one(&op, with_id(id), |value| self.key(value)).await
    }

    /// Changes name or expiry. What is not mentioned stays.
    ///
    /// # Errors
    /// `unsupported`, before any request, where keys cannot be changed (everywhere but
    /// itellicoAI); `config` when nothing is to change.
    pub async fn update(&self, id: impl Into<KeyId>, change: UpdateKey) -> Result<Reply<Key>> {
        let op = self.op(KeyOp::Update)?;
        if change == UpdateKey::new() {
            return Err(self.client.named_op(Error::config("change", "changes nothing", "set a name or an expiry"), &op));
        }
        let name = match change.name {
            Change::Keep => None,
            Change::Set(name) => Some(Value::from(checked_name(name).map_err(|error| self.client.named_op(error, &op))?)),
            Change::Clear => Some(Value::Null),
        };
        let expires_at = match change.expires_at {
            Change::Keep => None,
            Change::Set(at) => Some(Value::from(time(at))),
            Change::Clear => Some(Value::Null),
        };
        self.one(&op, with_id(id).member("name", name).member("expires_at", expires_at), |value| self.key(value)).await
    }

    /// Deactivates a used key for good and keeps its history (Seclai).
    ///
    /// # Errors
    /// `conflict`, reason `key_unused`, when it was never used: delete it; `unsupported`, before
    /// any request, elsewhere.
    pub async fn archive(&self, id: impl Into<KeyId>) -> Result<Reply<Key>> {
        let op = self.op(KeyOp::Archive)?;
        self.one(&op, with_id(id), |value| self.key(value)).await
    }

    /// Disables a key at once. At SegOps this deletes it.
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request, where there is no such thing: see
    /// [`Keys::retire`].
    pub async fn revoke(&self, id: impl Into<KeyId>) -> Result<Reply<Option<Key>>> {
        let op = self.op(KeyOp::Revoke)?;
        self.one_or_none(&op, with_id(id)).await
    }

    /// Makes a revoked key work again (itellicoAI).
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request, elsewhere.
    pub async fn reactivate(&self, id: impl Into<KeyId>) -> Result<Reply<Key>> {
        let op = self.op(KeyOp::Reactivate)?;
        self.one(&op, with_id(id), |value| self.key(value)).await
    }

    /// Gives the same key a new secret; the old one stops working at once (SidClaw).
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request, elsewhere: create a new key, deploy it,
    /// then retire the old one.
    pub async fn rotate(&self, id: impl Into<KeyId>) -> Result<Reply<CreatedKey>> {
        let op = self.op(KeyOp::Rotate)?;
        let id = id.into();
        let ask = with_id(&id);
        self.planned(&op, ask.clone())?;
        if !self.handover.allow_self && self.is_own(&id) {
            let error = Error::config(
                "id",
                "is the key that makes this call: a lost answer would lock its owner out",
                "rotate it with a login or another key, or set `allow_self`",
            );
            return Err(self.client.named_op(error, &op));
        }
        self.job(op, KeyOp::Rotate, ask, None, None, Some(id.to_string())).run().await
    }

    /// Removes a key for good.
    ///
    /// # Errors
    /// `conflict`, reason `key_has_history`, where the service keeps keys that have been used
    /// (see [`Keys::archive`]); `unsupported`, before any request, where there is no delete.
    pub async fn delete(&self, id: impl Into<KeyId>) -> Result<Reply<()>> {
        let op = self.op(KeyOp::Delete)?;
        let done = self.send(&op, with_id(id)).await?;
        Ok(Reply::new((), done.meta))
    }

    /// Takes a key out of service in the gentlest way that the service has: at Seclai deletes an
    /// unused key and archives a used one (the service decides which it is), at itellicoAI and
    /// Seenty revokes, at SegOps and SidClaw deletes (SEC-56).
    ///
    /// # Errors
    /// As the operation that was tried last.
    pub async fn retire(&self, id: impl Into<KeyId>) -> Result<Reply<Retired>> {
        let id = id.into();
        let spec = self.client.spec();
        let Some((last, earlier)) = spec.retire.split_last() else {
            return Err(self
                .client
                .dialect()
                .key_op(KeyOp::Delete)
                .err()
                .unwrap_or_else(|| Error::config("retire", "is not declared", "declare it in the dialect")));
        };
        for step in earlier {
            match self.retire_by(*step, &id).await {
                Err(error) if error.reason().is_some_and(|reason| spec.retire_next_on.iter().any(|next| next == reason)) => {}
                result => return result,
            }
        }
        self.retire_by(*last, &id).await
    }

    async fn retire_by(&self, action: KeyOp, id: &KeyId) -> Result<Reply<Retired>> {
        let op = self.op(action)?;
        let reply = self.one_or_none(&op, with_id(id)).await?;
        Ok(reply.map(|key| Retired { action, key }))
    }

    /// The calls made with a key, newest first as the service gives them.
    ///
    /// # Errors
    /// `unsupported`, before any request, where the service keeps no such log.
    pub async fn calls(&self, id: impl Into<KeyId>, query: CallsQuery) -> Result<Page<CallRecord>> {
        let op = self.op(KeyOp::Calls)?;
        let id = id.into();
        let page = PageRequest { page_size: query.page_size, after: query.after.clone() };
        let filter = query.clone();
        let ask = move || {
            with_id(&id)
                .query("method", query.method.clone())
                .query("status", query.status.map(|status| status.to_string()))
                .query("endpoint", query.endpoint.clone())
                .query("from", query.from.map(time))
                .query("to", query.to.map(time))
        };
        self.clone()
            .filtered(op, page, ask, |_, value| read::call(value), Some(Arc::new(move |record: &CallRecord| filter.fits(record))))
            .await
    }

    /// All calls that fit, oldest first: gathers every page, then turns them round (SEC-31).
    ///
    /// # Errors
    /// As [`Keys::calls`].
    pub async fn calls_oldest_first(&self, id: impl Into<KeyId>, query: CallsQuery) -> Result<Vec<CallRecord>> {
        let mut all = self.calls(id, query).await?.into_stream().collect().await?;
        all.reverse();
        Ok(all)
    }

    /// The credits that a key has used.
    ///
    /// # Errors
    /// `config` when the range ends before it begins; `unsupported`, before any request, where
    /// the service reports no usage by key.
    pub async fn usage(&self, id: impl Into<KeyId>, query: UsageQuery) -> Result<Reply<UsageReport>> {
        let op = self.op(KeyOp::Usage)?;
        let bounds = query.range.map(|range| range.bounds(self.client.pipeline.now()));
        if bounds.is_some_and(|(from, to)| from >= to) {
            return Err(self.client.named_op(Error::config("range", "ends before it begins", "give `from` before `to`"), &op));
        }
        let ask = with_id(id)
            .query("from", bounds.map(|(from, _)| time(from)))
            .query("to", bounds.map(|(_, to)| time(to)))
            .query("granularity", query.granularity.map(|granularity| granularity.as_str()));
        self.one(&op, ask, read::usage).await
    }

    fn op(&self, op: KeyOp) -> Result<Arc<OpSpec>> {
        self.client.dialect().key_op(op).cloned()
    }

    fn key(&self, value: Node<'_>) -> Result<Key> {
        read::key(self.client.spec(), value).map(|(key, _)| key)
    }

    /// Duplicates are dropped; what the dialect does not know passes with a warning (SID-11).
    fn checked_scopes(&self, scopes: Vec<String>) -> Result<Vec<String>> {
        let spec = self.client.spec();
        let refuse = |reason: String| {
            Err(self.client.named(Error::config("scopes", reason, format!("use some of {}", spec.key.known_scopes.join(", ")))))
        };
        let mut kept: Vec<String> = Vec::with_capacity(scopes.len());
        for scope in scopes {
            let known = spec.key.known_scopes.contains(&scope);
            if scope.is_empty() || scope.chars().any(|c| c.is_control() || c.is_whitespace()) {
                return refuse("holds one that is empty or has white space in it".to_owned());
            }
            if !known && let Some(meant) = spec.key.known_scopes.iter().find(|name| name.eq_ignore_ascii_case(&scope)) {
                return refuse(format!("holds `{scope}` in the wrong case: `{meant}` is meant"));
            }
            if !known && !spec.key.known_scopes.is_empty() {
                observe::warn(
                    self.client.pipeline.observer.as_deref(),
                    &spec.id,
                    "keys.create",
                    format!("the scope `{scope}` is not known"),
                );
            }
            if !kept.contains(&scope) {
                kept.push(scope);
            }
        }
        if kept.is_empty() { refuse("is empty".to_owned()) } else { Ok(kept) }
    }

    fn planned(&self, op: &OpSpec, ask: Ask) -> Result<Planned> {
        plan::plan(self.client.spec(), op, ask, self.client.account.as_ref()).map_err(|error| self.client.named_op(error, op))
    }

    async fn send(&self, op: &OpSpec, ask: Ask) -> Result<Done> {
        let planned = self.planned(op, ask)?;
        self.client.pipeline.run(&self.client.auth, self.client.call(op, planned)).await
    }

    fn job(
        &self,
        op: Arc<OpSpec>,
        action: KeyOp,
        ask: Ask,
        name: Option<String>,
        nonce: Option<String>,
        target: Option<String>,
    ) -> Job {
        Job {
            client: self.client.clone(),
            op,
            action,
            ask,
            name,
            nonce,
            target,
            handover: self.handover.clone(),
            began: self.client.pipeline.clock.monotonic(),
        }
    }

    /// The name with our mark, where a lost key is to be found and mended by it.
    fn marked(&self, name: Option<String>, op: &OpSpec) -> Result<(Option<String>, Option<String>)> {
        let needs = match self.handover.recover {
            Recover::Report => return Ok((name, None)),
            Recover::Rotate => "keys.rotate",
            Recover::Replace => "keys.list",
        };
        if !self.client.supports(needs) || !self.client.supports("keys.list") || self.client.spec().retire.is_empty() {
            let title = self.client.dialect().title();
            let error = Error::config(
                "recover",
                format!("cannot be `{}` at {title}: it has no {needs}", self.handover.recover),
                "use `report`, or another way that the service allows",
            );
            return Err(self.client.named_op(error, op));
        }
        let (name, nonce) = recover_name(&self.client, name.as_deref());
        Ok((Some(name), Some(nonce)))
    }

    /// Whether the key that makes the call is known to be that one.
    fn is_own(&self, id: &KeyId) -> bool {
        let pipeline = &self.client.pipeline;
        self.client.auth.managing_key().is_some_and(|key| pipeline.shared.is_key(key, &self.client.spec().id, id.as_str()))
    }

    async fn one<T>(&self, op: &OpSpec, ask: Ask, read_one: impl FnOnce(Node<'_>) -> Result<T>) -> Result<Reply<T>> {
        let done = self.send(op, ask).await?;
        let read = |body: Document<'_>| read_one(read::object(op, body.root())?);
        match read::answer(&done.answer).and_then(read) {
            Ok(value) => Ok(Reply::new(value, done.meta)),
            Err(error) => Err(self.client.pipeline.unreadable(error, op, &done)),
        }
    }

    /// A key, or nothing where the operation leaves none.
    async fn one_or_none(&self, op: &OpSpec, ask: Ask) -> Result<Reply<Option<Key>>> {
        match op.returns {
            crate::dialect::Returns::Nothing => self.send(op, ask).await.map(|done| Reply::new(None, done.meta)),
            _ => self.one(op, ask, |value| self.key(value)).await.map(|reply| reply.map(Some)),
        }
    }

    async fn page<T: Send + 'static>(
        self,
        op: Arc<OpSpec>,
        request: PageRequest,
        ask: impl Fn() -> Ask + Send + Sync + 'static,
        read_item: fn(&Client, Node<'_>) -> Result<T>,
    ) -> Result<Page<T>> {
        self.filtered(op, request, ask, read_item, None).await
    }

    async fn filtered<T: Send + 'static>(
        self,
        op: Arc<OpSpec>,
        request: PageRequest,
        ask: impl Fn() -> Ask + Send + Sync + 'static,
        read_item: fn(&Client, Node<'_>) -> Result<T>,
        fits: Option<Fits<T>>,
    ) -> Result<Page<T>> {
        fetch_page(
            Listing { client: self.client, op, page_size: request.page_size, ask: Arc::new(ask), read_item, fits },
            request.after,
        )
        .await
    }
}

/// Whether an item belongs into a list that the service could not filter.
pub(crate) type Fits<T> = Arc<dyn Fn(&T) -> bool + Send + Sync>;

/// A list, and how to get any of its pages.
pub(crate) struct Listing<T> {
    pub client: Client,
    pub op: Arc<OpSpec>,
    pub page_size: Option<u32>,
    pub ask: Arc<dyn Fn() -> Ask + Send + Sync>,
    pub read_item: fn(&Client, Node<'_>) -> Result<T>,
    pub fits: Option<Fits<T>>,
}

impl<T> Clone for Listing<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            op: Arc::clone(&self.op),
            page_size: self.page_size,
            ask: Arc::clone(&self.ask),
            read_item: self.read_item,
            fits: self.fits.clone(),
        }
    }
}

/// Gets the page of a list that begins at `after`.
pub(crate) fn fetch_page<T: Send + 'static>(listing: Listing<T>, after: Option<String>) -> BoxFuture<'static, Result<Page<T>>> {
    Box::pin(async move {
        let Listing { client, op, page_size, ask, read_item, fits } = listing.clone();
        let page = op.page.as_ref().ok_or_else(|| Error::new(crate::ErrorKind::Internal))?;
        let mut asked = ask();
        let request = PageRequest { page_size, after };
        asked.raw_query = plan::page_query(client.spec(), page, &request).map_err(|error| client.named_op(error, &op))?;
        let planned =
            plan::plan(client.spec(), &op, asked, client.account.as_ref()).map_err(|error| client.named_op(error, &op))?;
        let done = client.pipeline.run(&client.auth, client.call(&op, planned)).await?;
        let read = read_page(&client, page, request.after.as_deref(), &done.answer, read_item);
        let (items, next) = read.map_err(|error| client.pipeline.unreadable(error, &op, &done))?;
        let mut page = Page::new(items, done.meta, next, Arc::new(move |after| fetch_page(listing.clone(), after)));
        if let Some(fits) = fits {
            page.retain(|item| fits(item));
        }
        Ok(page)
    })
}

fn read_page<T>(
    client: &Client,
    page: &PageSpec,
    after: Option<&str>,
    answer: &WireResponse,
    read_item: fn(&Client, Node<'_>) -> Result<T>,
) -> Result<(Vec<T>, Option<String>)> {
    let raw = read::page(page, after, read::answer(answer)?.root(), |value| read_item(client, value))?;
    Ok((raw.items, raw.next))
}

fn with_id(id: impl Into<KeyId>) -> Ask {
    Ask::new().place("id", id.into().as_str())
}

/// RFC 3339 in UTC, to the millisecond: what every service takes.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A megabyte of name is a mistake; anything shorter is the service's to judge.
fn checked_name(name: String) -> Result<String> {
    const LONGEST: usize = 64 * 1024;
    if name.len() > LONGEST {
        return Err(Error::config("name", "is longer than 64 KiB", "give a short descriptive name"));
    }
    Ok(name)
}
