//! The keys of a service: created, listed, changed, retired, under the same names everywhere.
//!
//! What a service lacks is refused here before any I/O, with that service's own way out.

use std::sync::Arc;

use crate::model::time::Timestamp;
use serde_json::Value;

use crate::client::Client;
use crate::client::listing::{Fits, Listing, ReadItem, fetch_page};
use crate::create::{CreateTask, Delivery, Recover, Untaken, marked as recover_name};
use crate::dialect::plan::{self, Planned};
use crate::dialect::read::Members;
use crate::dialect::{OpSpec, done, read};
use crate::json::{Document, Node};
use crate::model::error::{Error, Result};
use crate::model::op::{KeyOp, OperationArgs};
use crate::model::{
    CallRecord, CallsQuery, CreateKey, CreatedKey, Facts, Fetch, Key, KeyId, KeyStatus, Page, PageRequest, PageStream, Reply,
    Retired, UpdateKey, UsageQuery, UsageReport,
};
use crate::pipeline::Done;
use crate::runtime::BoxFuture;
use crate::runtime::observe;
use crate::walk::Row;

/// The keys of one service, or of one account of it. From [`Client::keys`].
#[derive(Debug, Clone)]
pub struct Keys {
    client: Client,
    delivery: Delivery,
}

impl Keys {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, delivery: Delivery::new() }
    }

    /// The same keys with another way of handing over new secrets.
    ///
    /// ```no_run
    /// # async fn f(client: keywright::Client) -> keywright::Result<()> {
    /// use keywright::{CreateKey, Deliver, Delivery};
    ///
    /// let vault = Deliver::new(|secret| async move { std::fs::write("key", secret.expose()).map_err(Into::into) });
    /// client.keys().delivery(Delivery::new().deliver(vault)).create(CreateKey::new().name("ci")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn delivery(&self, delivery: Delivery) -> Self {
        Self { client: self.client.clone(), delivery }
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
        self.create_untaken(wanted).await.map(Untaken::take)
    }

    /// Creates a key for a caller who is further away than this future: in another task, thread or
    /// language. The result is the caller's once it is taken; dropped before, the key is discarded
    /// as [`Delivery::on_cancel`] says, and told of (`orphan_key`).
    ///
    /// # Errors
    /// As [`Keys::create`].
    pub async fn create_untaken(&self, wanted: CreateKey) -> Result<Untaken<Reply<CreatedKey>>> {
        let op = self.op(KeyOp::Create)?;
        let scopes = wanted.scopes.map(|scopes| self.checked_scopes(scopes)).transpose()?;
        let name = wanted.name.map(checked_name).transpose().map_err(|error| self.client.named_op(error, &op))?;
        let (name, nonce) = self.marked(name, &op)?;
        let facts = Facts::sent(&CreateKey { name: name.clone(), scopes: scopes.clone(), expires_at: wanted.expires_at });
        let args = OperationArgs::new()
            .field("name", name.clone())
            .field("scopes", scopes.map(|scopes| scopes.into_iter().map(Value::from).collect::<Vec<_>>()))
            .field("expires_at", wanted.expires_at.map(time));
        // What can be known to be wrong is wrong before anything begins.
        self.planned(&op, args.clone())?;
        self.client.checked_expiry(wanted.expires_at, &op)?;
        CreateTask { name, nonce, facts, ..self.create_task(op, KeyOp::Create, args) }.run().await
    }

    /// Gets a page of keys. Walk on with [`Page::next_page`] or [`Page::into_stream`]; what a walk
    /// does when keys are removed on the way stands at [`Page`].
    ///
    /// A member of a listed key that cannot be read is left out, with a warning, and stays in
    /// `data`; an id that cannot be read is empty.
    ///
    /// # Errors
    /// `unsupported`, before any request, at a service without a list; `config` for a size that
    /// it does not take.
    pub async fn list(&self, page: PageRequest) -> Result<Page<Key>> {
        let op = self.op(KeyOp::List)?;
        self.page(op, page, OperationArgs::new, Client::read_key, None).await
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

    /// Changes name or expiry. What is not mentioned stays. Of a service that answers without a
    /// body, the key holds its id and what was changed; as after [`Keys::archive`], [`Keys::revoke`]
    /// and [`Keys::reactivate`] it holds its id and the status that these leave.
    ///
    /// # Errors
    /// `unsupported`, before any request, where keys cannot be changed (everywhere but
    /// itellicoAI); `config` when nothing is to change.
    pub async fn update(&self, id: impl Into<KeyId>, change: UpdateKey) -> Result<Reply<Key>> {
        let op = self.op(KeyOp::Update)?;
        if change == UpdateKey::new() {
            return Err(self.client.named_op(Error::config("change", "changes nothing", "set a name or an expiry"), &op));
        }
        let facts = Facts::changed(&change);
        let (name, until) = (change.name.known(), change.expires_at.known());
        let name = name.map(|name| name.map(checked_name).transpose()).transpose();
        let name = name.map_err(|error| self.client.named_op(error, &op))?;
        let id = id.into();
        let args = with_id(&id)
            .field("name", name.map(Value::from))
            .field("expires_at", until.map(|until| Value::from(until.map(time))));
        let spec = self.client.spec();
        let reply = self.changed(&op, args, || read::known(spec, id, KeyStatus::from(""))).await?;
        Ok(reply.map(|mut key| {
            key.fill(&facts);
            key
        }))
    }

    /// Deactivates a used key for good and keeps its history (Seclai).
    ///
    /// # Errors
    /// `config` when it is the key that makes the call, unless `allow_self` is set;
    /// `conflict`, reason `key_unused`, when it was never used: delete it; `unsupported`, before
    /// any request, elsewhere.
    pub async fn archive(&self, id: impl Into<KeyId>) -> Result<Reply<Key>> {
        let (op, id) = (self.op(KeyOp::Archive)?, id.into());
        self.is_allowed(&op, &id)?;
        self.put_into(&op, id, KeyStatus::ARCHIVED).await
    }

    /// Disables a key at once. At SegOps this deletes it.
    ///
    /// # Errors
    /// `config` when it is the key that makes the call, unless `allow_self` is set;
    /// `not_found`; `unsupported`, before any request, where there is no such thing: see
    /// [`Keys::retire`].
    pub async fn revoke(&self, id: impl Into<KeyId>) -> Result<Reply<Option<Key>>> {
        let (op, id) = (self.op(KeyOp::Revoke)?, id.into());
        self.is_allowed(&op, &id)?;
        self.one_or_none(&op, id, KeyStatus::REVOKED).await
    }

    /// Makes a revoked key work again (itellicoAI).
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request, elsewhere.
    pub async fn reactivate(&self, id: impl Into<KeyId>) -> Result<Reply<Key>> {
        let op = self.op(KeyOp::Reactivate)?;
        self.put_into(&op, id.into(), KeyStatus::ACTIVE).await
    }

    /// Gives the same key a new secret; the old one stops working at once (SidClaw).
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request, elsewhere: create a new key, deploy it,
    /// then retire the old one.
    pub async fn rotate(&self, id: impl Into<KeyId>) -> Result<Reply<CreatedKey>> {
        self.rotate_untaken(id).await.map(Untaken::take)
    }

    /// Rotates a key for a caller who is further away than this future, see
    /// [`Keys::create_untaken`]. A rotated key is never discarded: what is dropped untaken is told
    /// of (`orphan_key`).
    ///
    /// # Errors
    /// As [`Keys::rotate`].
    pub async fn rotate_untaken(&self, id: impl Into<KeyId>) -> Result<Untaken<Reply<CreatedKey>>> {
        let op = self.op(KeyOp::Rotate)?;
        let id = id.into();
        let args = with_id(&id);
        self.planned(&op, args.clone())?;
        self.is_allowed(&op, &id)?;
        let facts = self.client.facts_of(&id);
        CreateTask { target: Some(id.to_string()), facts, ..self.create_task(op, KeyOp::Rotate, args) }.run().await
    }

    /// Removes a key for good.
    ///
    /// # Errors
    /// `config` when it is the key that makes the call, unless `allow_self` is set;
    /// `conflict`, reason `key_has_history`, where the service keeps keys that have been used
    /// (see [`Keys::archive`]); `unsupported`, before any request, where there is no delete.
    pub async fn delete(&self, id: impl Into<KeyId>) -> Result<Reply<()>> {
        let (op, id) = (self.op(KeyOp::Delete)?, id.into());
        self.is_allowed(&op, &id)?;
        self.done(&op, with_id(id)).await
    }

    /// Takes a key out of service in the gentlest way that the service has: at Seclai deletes an
    /// unused key and archives a used one (the service decides which it is), at itellicoAI and
    /// Seenty revokes, at SegOps and SidClaw deletes.
    ///
    /// # Errors
    /// As the operation that was tried last; `config` when it is the key that makes the call, unless
    /// `allow_self` is set.
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
        self.is_allowed(&op, id)?;
        let state = if action == KeyOp::Archive { KeyStatus::ARCHIVED } else { KeyStatus::REVOKED };
        let reply = self.one_or_none(&op, id.clone(), state).await?;
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
        let args = move || {
            with_id(&id)
                .query("method", query.method.clone())
                .query("status", query.status.map(|status| status.to_string()))
                .query("endpoint", query.endpoint.clone())
                .query("from", query.from.map(time))
                .query("to", query.to.map(time))
        };
        let read_item = |_: &Client, value: Node<'_>, members: &mut Members| read::call(value, members);
        self.page(op, page, args, read_item, Some(Box::new(move |record| filter.fits(record)))).await
    }

    /// All calls that fit, oldest first: gathers every page, then turns them round.
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
        let args = with_id(id)
            .query("from", bounds.map(|(from, _)| time(from)))
            .query("to", bounds.map(|(_, to)| time(to)))
            .query("granularity", query.granularity.map(|granularity| granularity.as_str()));
        self.one(&op, args, read::usage).await
    }

    fn op(&self, op: KeyOp) -> Result<Arc<OpSpec>> {
        self.client.dialect().key_op(op).cloned()
    }

    fn key(&self, value: Node<'_>) -> Result<Key> {
        self.client.read_key(value, &mut Members::alone())
    }

    /// Duplicates are dropped; what the dialect does not know passes with a warning.
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

    fn planned(&self, op: &OpSpec, args: OperationArgs) -> Result<Planned> {
        plan::plan(self.client.spec(), op, args, self.client.settings.account.as_ref())
            .map_err(|error| self.client.named_op(error, op))
    }

    /// Planned before the future is made, which would keep room for the arguments more than once.
    fn send<'a>(&'a self, op: &'a OpSpec, args: OperationArgs) -> impl Future<Output = Result<Done>> + Send + 'a {
        let call = self.planned(op, args).map(|planned| Box::new(self.client.call(op, planned)));
        async move {
            let call = call?;
            let _change = self.client.changing(op);
            self.client.pipeline.run(&self.client.auth, call).await
        }
    }

    fn create_task(&self, op: Arc<OpSpec>, action: KeyOp, args: OperationArgs) -> CreateTask {
        CreateTask {
            client: self.client.clone(),
            op,
            action,
            args,
            name: None,
            facts: Facts::default(),
            nonce: None,
            target: None,
            delivery: self.delivery.clone(),
            began: self.client.pipeline.clock.monotonic(),
        }
    }

    /// The name with our mark, where a lost key is to be found and mended by it.
    fn marked(&self, name: Option<String>, op: &OpSpec) -> Result<(Option<String>, Option<String>)> {
        let needs = match self.delivery.recover {
            Recover::Report => return Ok((name, None)),
            Recover::Rotate => "keys.rotate",
            Recover::Replace => "keys.list",
        };
        if !self.client.supports(needs) || !self.client.supports("keys.list") || self.client.spec().retire.is_empty() {
            let title = self.client.dialect().title();
            let error = Error::config(
                "recover",
                format!("cannot be `{}` at {title}: it has no {needs}", self.delivery.recover),
                "use `report`, or another way that the service allows",
            );
            return Err(self.client.named_op(error, op));
        }
        let (name, nonce) = recover_name(&self.client, name.as_deref());
        Ok((Some(name), Some(nonce)))
    }

    /// Refuses to take the key that makes the call out of service, where it is known to be that one.
    ///
    /// # Errors
    /// `config` for `id`, unless `allow_self` is set.
    fn is_allowed(&self, op: &OpSpec, id: &KeyId) -> Result<()> {
        let shared = &self.client.pipeline.shared;
        let is_own = |key| shared.is_key(key, &self.client.spec().id, id.as_str());
        if self.delivery.allow_self || !self.client.auth.managing_key().is_some_and(is_own) {
            return Ok(());
        }
        let error = Error::config(
            "id",
            "is the key that makes this call: its owner would be locked out, by a lost answer at the latest",
            "do it with a login or another key, or set `allow_self`",
        );
        Err(self.client.named_op(error, op))
    }

    async fn one<T>(&self, op: &OpSpec, args: OperationArgs, read_one: impl FnOnce(Node<'_>) -> Result<T>) -> Result<Reply<T>> {
        let done = self.send(op, args).await?;
        self.read_one(op, done, read_one)
    }

    fn read_one<T>(&self, op: &OpSpec, done: Done, read_one: impl FnOnce(Node<'_>) -> Result<T>) -> Result<Reply<T>> {
        let read = |body: Document<'_>| read_one(read::object(op, body.root())?);
        self.client.read(op, done, |answer| read::answer(answer).and_then(read))
    }

    /// An operation that leaves nothing to read.
    async fn done(&self, op: &OpSpec, args: OperationArgs) -> Result<Reply<()>> {
        let done = self.send(op, args).await?;
        self.client.read(op, done, done::check)
    }

    /// A key, or nothing where the operation leaves none.
    async fn one_or_none(&self, op: &OpSpec, id: KeyId, state: KeyStatus) -> Result<Reply<Option<Key>>> {
        match op.returns {
            crate::dialect::Returns::Nothing => self.done(op, with_id(id)).await.map(|done| done.map(|()| None)),
            _ => self.put_into(op, id, state).await.map(|reply| reply.map(Some)),
        }
    }

    /// The key after an operation that leaves it in that state.
    async fn put_into(&self, op: &OpSpec, id: KeyId, state: KeyStatus) -> Result<Reply<Key>> {
        let spec = self.client.spec();
        self.changed(op, with_id(&id), || read::known(spec, id, state)).await
    }

    /// The key after a change. A success without a body says that it was done and nothing more; the
    /// rest is what is known without the service.
    async fn changed(&self, op: &OpSpec, args: OperationArgs, untold: impl FnOnce() -> Key) -> Result<Reply<Key>> {
        let done = self.send(op, args).await?;
        if read::tells_nothing(&done.answer) {
            return Ok(Reply::new(untold(), done.meta));
        }
        self.read_one(op, done, |value| self.key(value))
    }

    fn page<T: Row + Send + 'static>(
        &self,
        op: Arc<OpSpec>,
        request: PageRequest,
        args: impl Fn() -> OperationArgs + Send + Sync + 'static,
        read_item: ReadItem<T>,
        fits: Option<Fits<T>>,
    ) -> BoxFuture<'static, Result<Page<T>>> {
        let listing =
            Listing { client: self.client.clone(), op, page_size: request.page_size, args: Box::new(args), read_item, fits };
        fetch_page(Arc::new(listing), request.after)
    }
}

fn with_id(id: impl Into<KeyId>) -> OperationArgs {
    OperationArgs::new().path_param("id", id.into().as_str())
}

/// RFC 3339 in UTC, to the millisecond: what every service takes.
pub(crate) fn time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// A megabyte of name is a mistake; anything shorter is the service's to judge.
fn checked_name(name: String) -> Result<String> {
    const LONGEST: usize = 64 * 1024;
    if name.len() > LONGEST {
        return Err(Error::config("name", "is longer than 64 KiB", "give a short descriptive name"));
    }
    Ok(name)
}
