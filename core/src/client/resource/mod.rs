//! The resources that a dialect declares: agents, runs, policies, monitors, whatever there is.
//!
//! One item type for all; an action that the service lacks is refused before any I/O, with a list
//! of those it has.

mod stream;
mod typed;

use std::sync::Arc;

use http::Method;
use serde::Serialize;
use serde_json::Value;

use crate::checks::mask::{SecretsInUse, ServiceText};
use crate::client::Client;
use crate::client::listing::{Listing, fetch_page};
use crate::dialect::plan;
use crate::dialect::read::Members;
use crate::dialect::{OpSpec, Returns, done, read};
use crate::json::{Json, Node};
use crate::model::error::{Error, ErrorKind, Outcome, Result, Stop, TimeoutScope};
use crate::model::op::{OperationArgs, Payload};
use crate::model::{Item, Page, PageRequest, Reply};
use crate::options::Limit;
use crate::pipeline::{Call, Done};
use crate::retry::Safety;
use crate::runtime::BoxFuture;
use crate::runtime::clock::{Busy, pause};

pub use stream::{EventStream, ServerEvent};
pub use typed::{Accounts, Runs, Segments, Tracking};

/// What an action is called with.
///
/// ```
/// use keywright::Arguments;
/// use serde_json::json;
///
/// let run = Arguments::new().path_param("agent_id", "a_1").body(json!({ "input": "Analyze" }));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Arguments {
    args: OperationArgs,
    page: PageRequest,
}

impl Arguments {
    /// No argument.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a parameter of the path, as `id`.
    pub fn path_param(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args = self.args.path_param(name, value);
        self
    }

    /// Adds a query parameter; those that the dialect does not name are sent as they are.
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args = self.args.query(name, Some(value));
        self
    }

    /// Sets the JSON body.
    pub fn body(mut self, body: Value) -> Self {
        self.args.body = Some(Payload::Json(body));
        self
    }

    /// Says which page of a list, and how large.
    pub fn page(mut self, page: PageRequest) -> Self {
        self.page = page;
        self
    }
}

/// What an action answered with.
#[derive(Debug)]
#[non_exhaustive]
pub enum ActionResult {
    /// One object.
    Item(Reply<Item>),
    /// A page of a list.
    Page(Page<Item>),
    /// JSON of its own.
    Json(Reply<Json>),
    /// Nothing.
    Nothing(Reply<()>),
    /// A stream of events.
    Events(Box<EventStream>),
}

/// A resource of a service. From [`Client::resource`] and its kin.
#[derive(Debug, Clone)]
pub struct Resource {
    client: Client,
    name: String,
}

impl Resource {
    pub(crate) fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned() }
    }

    /// Gets a page of the list.
    ///
    /// # Errors
    /// `unsupported`, before any request, where there is no such list.
    pub async fn list(&self, page: PageRequest) -> Result<Page<Item>> {
        let op = self.op("list")?;
        self.page(op, Box::new(OperationArgs::new), page).await
    }

    /// Gets one object.
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request.
    pub async fn get(&self, id: impl Into<String>) -> Result<Reply<Item>> {
        let op = self.op("get")?;
        self.item(&op, OperationArgs::new().path_param("id", id)).await
    }

    /// Makes an object.
    ///
    /// # Errors
    /// `config` when a required member is missing; `unsupported`, before any request.
    pub async fn create<T: Serialize + ?Sized>(&self, body: &T) -> Result<Reply<Item>> {
        let op = self.op("create")?;
        self.item(&op, OperationArgs { body: Some(payload(body)?), ..OperationArgs::new() }).await
    }

    /// Changes an object.
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request.
    pub async fn update<T: Serialize + ?Sized>(&self, id: impl Into<String>, body: &T) -> Result<Reply<Item>> {
        let op = self.op("update")?;
        self.item(&op, OperationArgs { body: Some(payload(body)?), ..OperationArgs::new().path_param("id", id) }).await
    }

    /// Removes an object.
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request.
    pub async fn delete(&self, id: impl Into<String>) -> Result<Reply<()>> {
        let op = self.op("delete")?;
        let done = self.send(&op, OperationArgs::new().path_param("id", id)).await?;
        Ok(Reply::new((), done.meta))
    }

    /// Calls any action by its name in the dialect.
    ///
    /// # Errors
    /// `unsupported`, before any request, when the dialect declares none of that name.
    pub async fn call(&self, action: &str, arguments: Arguments) -> Result<ActionResult> {
        let op = self.op(action)?;
        let Arguments { args, page } = arguments;
        let args = sorted_query(&op, args);
        match op.returns {
            Returns::Item if op.wait.is_some() => self.wait(&op, args).await.map(ActionResult::Item),
            Returns::Item => self.item(&op, args).await.map(ActionResult::Item),
            Returns::Page => self.page(op, Box::new(move || args.clone()), page).await.map(ActionResult::Page),
            Returns::Json => self.json(&op, args).await.map(ActionResult::Json),
            Returns::Nothing => {
                let done = self.send(&op, args).await?;
                self.client.read(&op, done, done::check).map(ActionResult::Nothing)
            }
            Returns::Events => self.stream(&op, args).await.map(Box::new).map(ActionResult::Events),
        }
    }

    fn op(&self, action: &str) -> Result<Arc<OpSpec>> {
        self.client.dialect().lookup(&format!("{}.{action}", self.name)).cloned()
    }

    fn planned<'a>(&self, op: &'a OpSpec, args: OperationArgs) -> Result<Call<'a>> {
        let planned = plan::plan(self.client.spec(), op, args, self.client.settings.account.as_ref())
            .map_err(|error| self.client.named_op(error, op))?;
        Ok(self.client.call(op, planned))
    }

    /// Planned before the future is made, which would keep room for the arguments more than once.
    fn send<'a>(&'a self, op: &'a OpSpec, args: OperationArgs) -> impl Future<Output = Result<Done>> + Send + 'a {
        let call = self.planned(op, args).map(Box::new);
        async move {
            let call = call?;
            let _change = self.client.changing(op);
            self.client.pipeline.run(&self.client.auth, call).await
        }
    }

    fn item<'a>(&'a self, op: &'a OpSpec, args: OperationArgs) -> impl Future<Output = Result<Reply<Item>>> + Send + 'a {
        let named = args.path_params.iter().find(|(name, _)| name == "id").map(|(_, id)| id.clone());
        let call = self.planned(op, args).map(Box::new);
        async move {
            let call = call?;
            let change = self.client.changing(op);
            let done = self.client.pipeline.run(&self.client.auth, call).await?;
            drop(change);
            self.read_item(op, named, done)
        }
    }

    fn read_item(&self, op: &OpSpec, named: Option<String>, done: Done) -> Result<Reply<Item>> {
        let map = &self.client.spec().item;
        // What a change was made to is known; what was made, only its answer tells.
        let is_change = op.safety != Safety::Safe && (op.method != Method::POST || named.is_some());
        if is_change && read::tells_nothing(&done.answer) {
            return Ok(Reply::new(Item::untold(named.unwrap_or_default()), done.meta));
        }
        let item = self
            .read_done(op, done, |body| read::object(op, body).and_then(|value| read::item(map, value, &mut Members::alone())))?;
        if op.name.ends_with(".create") {
            self.client.pipeline.shared.changes().note_created(self.client.group(op), &item.id);
        }
        Ok(item)
    }

    async fn json(&self, op: &OpSpec, args: OperationArgs) -> Result<Reply<Json>> {
        self.read(op, args, |body| body.pointer(&op.answer).map(Node::json).ok_or_else(|| read::shape(&op.answer, "value"))).await
    }

    async fn read<T>(&self, op: &OpSpec, args: OperationArgs, read_body: impl FnOnce(Node<'_>) -> Result<T>) -> Result<Reply<T>> {
        let done = self.send(op, args).await?;
        self.read_done(op, done, read_body)
    }

    fn read_done<T>(&self, op: &OpSpec, done: Done, read_body: impl FnOnce(Node<'_>) -> Result<T>) -> Result<Reply<T>> {
        self.client.read(op, done, |answer| read::answer(answer).and_then(|body| read_body(body.root())))
    }

    fn page(
        &self,
        op: Arc<OpSpec>,
        args: Box<dyn Fn() -> OperationArgs + Send + Sync>,
        page: PageRequest,
    ) -> BoxFuture<'static, Result<Page<Item>>> {
        let listing = Listing {
            client: self.client.clone(),
            op,
            page_size: page.page_size,
            args,
            read_item: |client, value, members| read::item(&client.spec().item, value, members),
            fits: None,
        };
        fetch_page(Arc::new(listing), page.after)
    }

    async fn stream(&self, op: &Arc<OpSpec>, args: OperationArgs) -> Result<EventStream> {
        let mut call = self.planned(op, args)?;
        call.streamed = true;
        call.planned.insert_header(http::header::ACCEPT, http::HeaderValue::from_static("text/event-stream"));
        // A server that compresses holds events back until it has enough to compress.
        call.planned.insert_header(http::header::ACCEPT_ENCODING, http::HeaderValue::from_static("identity"));
        let stall = call.options.read_timeout;
        let (answered, meta) = self.client.pipeline.open(&self.client.auth, call).await?;
        EventStream::open(&self.client, op, answered, meta, stall).await
    }

    /// Polls until the object has come to an end. Each poll is a call of its own; the whole is
    /// limited only where `timeout` was given.
    async fn wait(&self, op: &OpSpec, args: OperationArgs) -> Result<Reply<Item>> {
        let Some(rule) = &op.wait else { return Err(Error::new(ErrorKind::Internal)) };
        let clock = Arc::clone(&self.client.pipeline.clock);
        let _busy = Busy::on(&clock);
        let total = match self.client.settings.overrides.timeout {
            Limit::After(total) => Some(clock.monotonic().saturating_add(total)),
            Limit::Inherit | Limit::Never => None,
        };
        loop {
            let item = self.item(op, args.clone()).await?;
            if item.status.as_ref().is_some_and(|status| rule.done.contains(status)) {
                return Ok(item);
            }
            if total.is_some_and(|total| clock.monotonic().saturating_add(rule.every) > total) {
                return Err(self.client.named_op(unfinished(&item, &self.client.auth.in_use()), op));
            }
            pause(clock.as_ref(), rule.every).await;
        }
    }
}

fn unfinished(item: &Reply<Item>, secrets: &SecretsInUse) -> Error {
    Error::new(ErrorKind::Timeout).with(|data| {
        let status = ServiceText::of(item.status.as_deref().unwrap_or("not known")).masked(secrets);
        data.summary = Some(format!("it had not come to an end in time: its status is {status}"));
        data.timeout_scope = Some(TimeoutScope::Call);
        data.stop = Some(Stop::Deadline);
        data.outcome = Outcome::Rejected;
        data.remedy = Some("wait again: it goes on at the service".to_owned());
    })
}

/// Query members that the dialect names go under their own name; the others as they are.
fn sorted_query(op: &OpSpec, mut args: OperationArgs) -> OperationArgs {
    let (named, raw) = args.query.into_iter().partition(|(name, _)| op.query.iter().any(|member| member.ours == *name));
    args.query = named;
    args.raw_query = raw;
    args
}

fn payload<T: Serialize + ?Sized>(body: &T) -> Result<Payload> {
    let value = serde_json::to_value(body)
        .map_err(|_| Error::config("body", "cannot be written as JSON", "use text keys and finite numbers"))?;
    Ok(Payload::Json(value))
}
