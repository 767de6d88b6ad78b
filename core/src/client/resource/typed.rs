//! The resources under their own names, with the arguments that their services' pages show.

use serde::Serialize;
use serde_json::{Value, json};

use super::{ActionResult, Arguments, EventStream, Resource, payload};
use crate::client::Client;
use crate::json::Json;
use crate::model::error::{Error, ErrorKind, Result};
use crate::model::op::{OperationArgs, Payload};
use crate::model::{Item, Page, PageRequest, Reply};

/// Makes shortcuts to resources that have nothing but the common actions.
macro_rules! resources {
    ($($(#[$meta:meta])* $name:ident,)+) => {
        impl Client {
            $($(#[$meta])* #[must_use] pub fn $name(&self) -> Resource { self.resource(stringify!($name)) })+
        }
    };
}

resources! {
    /// Agents (Seclai, SidClaw, itellicoAI).
    agents,
    /// Knowledge bases (Seclai).
    knowledge_bases,
    /// Sources (Seclai).
    sources,
    /// Policies (SidClaw).
    policies,
    /// Approvals (SidClaw).
    approvals,
    /// Traces (SidClaw).
    traces,
    /// Monitors (Seenty).
    monitors,
    /// Domains (Seenty).
    domains,
    /// Incidents (Seenty).
    incidents,
    /// Findings (Seenty).
    findings,
    /// Subaccounts (itellicoAI).
    subaccounts,
}

impl Client {
    /// Runs of agents (Seclai).
    #[must_use]
    pub fn runs(&self) -> Runs {
        Runs(self.resource("runs"))
    }

    /// Event ingestion (SegOps).
    #[must_use]
    pub fn events(&self) -> Tracking {
        Tracking(self.resource("events"))
    }

    /// Segments (SegOps).
    #[must_use]
    pub fn segments(&self) -> Segments {
        Segments(self.resource("segments"))
    }

    /// The account that this handle is for (itellicoAI).
    #[must_use]
    pub fn account_settings(&self) -> Accounts {
        Accounts(self.resource("account"))
    }

    /// Asks whether an action is allowed (SidClaw). Every call makes a new trace: it is
    /// never repeated by itself. `agent_id` may be left to the client's option.
    ///
    /// # Errors
    /// `config` when a member is missing; `forbidden`, reason `scope`, without the scope
    /// `evaluate`; `unsupported`, before any request, elsewhere.
    pub async fn evaluate<T: Serialize + ?Sized>(&self, action: &T) -> Result<Reply<Json>> {
        let resource = self.resource("evaluate");
        let op = resource.op("call")?;
        let mut body = payload(action)?;
        if let (Payload::Json(Value::Object(members)), Some(agent)) = (&mut body, &self.settings.agent_id) {
            members.entry("agent_id").or_insert_with(|| json!(&**agent));
        }
        resource.json(&op, OperationArgs { body: Some(body), ..OperationArgs::new() }).await
    }

    /// Plan and limits (SidClaw).
    ///
    /// # Errors
    /// `forbidden` without the scope `admin`; `unsupported`, before any request, elsewhere.
    pub async fn billing_status(&self) -> Result<Reply<Json>> {
        let resource = self.resource("billing");
        let op = resource.op("status")?;
        resource.json(&op, OperationArgs::new()).await
    }

    /// Who the key belongs to (Seclai).
    ///
    /// # Errors
    /// `unsupported`, before any request, elsewhere.
    pub async fn me(&self) -> Result<Reply<Item>> {
        let resource = self.resource("me");
        let op = resource.op("get")?;
        resource.item(&op, OperationArgs::new()).await
    }
}

/// Runs of agents. From [`Client::runs`].
#[derive(Debug, Clone)]
pub struct Runs(Resource);

impl Runs {
    /// Starts a run of an agent. The body is the service's: `{"input": .., "priority"?, "metadata"?}`.
    ///
    /// # Errors
    /// `config` when `input` is missing; `not_found` when there is no such agent.
    pub async fn create<T: Serialize + ?Sized>(&self, agent_id: impl Into<String>, body: &T) -> Result<Reply<Item>> {
        let op = self.0.op("create")?;
        self.0
            .item(&op, OperationArgs { body: Some(payload(body)?), ..OperationArgs::new().path_param("agent_id", agent_id) })
            .await
    }

    /// Gets a run.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn get(&self, run_id: impl Into<String>) -> Result<Reply<Item>> {
        self.0.get(run_id).await
    }

    /// Waits until a run has come to an end. Each poll is a call of its own; the whole is limited
    /// only where `timeout` was given.
    ///
    /// # Errors
    /// `timeout`, scope `call`; whatever a poll fails with.
    pub async fn wait(&self, run_id: impl Into<String>) -> Result<Reply<Item>> {
        let op = self.0.op("wait")?;
        self.0.wait(&op, OperationArgs::new().path_param("id", run_id)).await
    }

    /// Cancels a run.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn cancel(&self, run_id: impl Into<String>) -> Result<Reply<()>> {
        let op = self.0.op("cancel")?;
        let done = self.0.send(&op, OperationArgs::new().path_param("id", run_id)).await?;
        Ok(Reply::new((), done.meta))
    }

    /// Starts a run and gives its events as they arrive.
    ///
    /// # Errors
    /// As [`Runs::create`].
    pub async fn stream<T: Serialize + ?Sized>(&self, agent_id: impl Into<String>, body: &T) -> Result<EventStream> {
        let op = self.0.op("stream")?;
        self.0
            .stream(&op, OperationArgs { body: Some(payload(body)?), ..OperationArgs::new().path_param("agent_id", agent_id) })
            .await
    }
}

/// Event ingestion. From [`Client::events`].
#[derive(Debug, Clone)]
pub struct Tracking(Resource);

impl Tracking {
    /// Sends one event: `{"event": .., "user_id" or "anonymous_id": .., "properties"?, "timestamp"?}`.
    ///
    /// # Errors
    /// `config` when `event` is missing; `invalid` when the service finds it malformed.
    pub async fn track<T: Serialize + ?Sized>(&self, event: &T) -> Result<Reply<Json>> {
        let op = self.0.op("track")?;
        self.0.json(&op, OperationArgs { body: Some(payload(event)?), ..OperationArgs::new() }).await
    }

    /// Sends many events, at most as many at once as the service takes (500); the counts of the
    /// parts are added up.
    ///
    /// # Errors
    /// `config` when there is no event. When a later part fails, the remedy says from which event
    /// on to send again: the earlier parts were accepted.
    pub async fn track_batch<T: Serialize>(&self, events: &[T]) -> Result<Reply<Json>> {
        let op = self.0.op("track_batch")?;
        if events.is_empty() {
            return Err(self.0.client.named_op(Error::config("events", "is empty", "give at least one event"), &op));
        }
        let size = op.at_most.unwrap_or(events.len()).max(1);
        let (mut queued, mut skipped) = (Some(0_u64), Some(0_u64));
        let mut meta = None;
        for (part, chunk) in events.chunks(size).enumerate() {
            let Payload::Json(chunk) = payload(chunk)? else { return Err(Error::new(ErrorKind::Internal)) };
            let args = OperationArgs { body: Some(Payload::Json(json!({ "events": chunk }))), ..OperationArgs::new() };
            let reply = self.0.json(&op, args).await.map_err(|error| after_parts(error, part * size))?;
            queued = queued.zip(accepted(&reply, "queued")).map(|(all, more)| all + more);
            skipped = skipped.zip(accepted(&reply, "skipped")).map(|(all, more)| all + more);
            meta = Some(reply.meta);
        }
        Ok(Reply::new(json!({ "queued": queued, "skipped": skipped }).into(), meta.unwrap_or_default()))
    }
}

/// How many events an answer counts: none where it says nothing; `None` where what it says is no
/// count. An error would have accepted events sent again.
fn accepted(reply: &Json, name: &str) -> Option<u64> {
    match reply.get(name) {
        None | Some(Value::Null) => Some(0),
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => number.as_u64(),
    }
}

/// Says what was accepted before the part that failed.
fn after_parts(error: Error, accepted: usize) -> Error {
    if accepted == 0 {
        return error;
    }
    error.with(|data| {
        let more = data.remedy.take().map(|remedy| format!("; {remedy}")).unwrap_or_default();
        data.remedy = Some(format!("the first {accepted} events were accepted: send again from event {}{more}", accepted + 1));
    })
}

/// Segments. From [`Client::segments`].
#[derive(Debug, Clone)]
pub struct Segments(Resource);

impl Segments {
    /// Gets a page of segments.
    ///
    /// # Errors
    /// As every list.
    pub async fn list(&self, page: PageRequest) -> Result<Page<Item>> {
        self.0.list(page).await
    }

    /// Gets a page of a segment's members.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn members(&self, id: impl Into<String>, page: PageRequest) -> Result<Page<Item>> {
        let op = self.0.op("members")?;
        let id = id.into();
        self.0.page(op, Box::new(move || OperationArgs::new().path_param("id", &*id)), page).await
    }

    /// Asks which segments a user belongs to.
    ///
    /// # Errors
    /// `invalid` when the service finds the id malformed.
    pub async fn membership(&self, user_id: impl Into<String>) -> Result<Reply<Json>> {
        let op = self.0.op("membership")?;
        self.0.json(&op, OperationArgs::new().query("user_id", Some(user_id))).await
    }
}

/// The account that a handle is for. From [`Client::account_settings`].
#[derive(Debug, Clone)]
pub struct Accounts(Resource);

impl Accounts {
    /// Gets it.
    ///
    /// # Errors
    /// `forbidden`, reason `account_forbidden`, when the key does not reach it.
    pub async fn get(&self) -> Result<Reply<Item>> {
        let op = self.0.op("get")?;
        self.0.item(&op, OperationArgs::new()).await
    }

    /// Changes it: `{"name"?, "is_active"?}`.
    ///
    /// # Errors
    /// `forbidden`, reason `account_forbidden`, when the key does not reach it.
    pub async fn update<T: Serialize + ?Sized>(&self, body: &T) -> Result<Reply<Item>> {
        let op = self.0.op("update")?;
        self.0.item(&op, OperationArgs { body: Some(payload(body)?), ..OperationArgs::new() }).await
    }
}

impl Client {
    /// Calls any action that the dialect declares, by name: `agents.list`, `evaluate`.
    ///
    /// # Errors
    /// `unsupported`, before any request, when the dialect declares none of that name.
    pub async fn call_action(&self, name: &str, arguments: Arguments) -> Result<ActionResult> {
        let (resource, action) = name.split_once('.').unwrap_or((name, "call"));
        self.resource(resource).call(action, arguments).await
    }
}
