//! `client.agents`, `client.runs`, `client.resource("..")`: what a dialect declares.

use std::sync::Arc;

use keywright::ActionResult;

use super::client::Client;
use super::error::KeywrightError;
use super::events::EventStream;
use super::keys::page;
use super::scalars::Json;
use super::values::{Done, Item, ItemPage, JsonReply, Meta, Pair};
use crate::process::Result;

/// What an action is called with.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Arguments {
    /// The parameters of the path, as `id`.
    pub path: Option<Vec<Pair>>,
    /// Query parameters.
    pub query: Option<Vec<Pair>>,
    /// The JSON body.
    pub body: Option<Json>,
    /// How many items of a list.
    pub page_size: Option<u32>,
    /// Where a list goes on.
    pub after: Option<String>,
}

/// What an action answered with: what it has depends on the action.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ActionReply {
    /// One object.
    pub item: Option<Item>,
    /// A page of a list.
    pub page: Option<ItemPage>,
    /// JSON of its own.
    pub data: Option<Json>,
    /// A stream of events.
    pub events: Option<Arc<EventStream>>,
    /// How it came to be.
    pub meta: Meta,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Client {
    /// Gets a page of the list, and from it all that follow.
    ///
    /// A walk gives each object once, and skips none when this process removes some on the way.
    /// What somebody else removes meanwhile may make it skip as many: walk again to be sure.
    ///
    /// # Errors
    /// `unsupported`, before any request, where there is no such list.
    pub async fn resource_list(&self, resource: String, page_size: Option<u32>, after: Option<String>) -> Result<ItemPage> {
        let page = page(page_size, after);
        self.call(|client, _| async move { client.resource(&resource).list(page).await.map(Into::into) }).await
    }

    /// Gets one object.
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request.
    pub async fn resource_get(&self, resource: String, id: String) -> Result<Item> {
        self.call(|client, _| async move { client.resource(&resource).get(id).await.map(Into::into) }).await
    }

    /// Makes an object. The body is the service's own.
    ///
    /// # Errors
    /// `config` when a required member is missing; `unsupported`, before any request.
    pub async fn resource_create(&self, resource: String, body: Json) -> Result<Item> {
        self.call(|client, _| async move { client.resource(&resource).create(&body.0).await.map(Into::into) }).await
    }

    /// Changes an object. The body is the service's own.
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request.
    pub async fn resource_update(&self, resource: String, id: String, body: Json) -> Result<Item> {
        self.call(|client, _| async move { client.resource(&resource).update(id, &body.0).await.map(Into::into) }).await
    }

    /// Removes an object.
    ///
    /// # Errors
    /// `not_found`; `unsupported`, before any request.
    pub async fn resource_delete(&self, resource: String, id: String) -> Result<Done> {
        self.call(|client, _| async move { client.resource(&resource).delete(id).await.map(Into::into) }).await
    }

    /// Calls any action that the dialect declares for the resource, by name.
    ///
    /// # Errors
    /// `unsupported`, before any request, when the dialect declares none of that name.
    pub async fn resource_call(&self, resource: String, action: String, arguments: Arguments) -> Result<ActionReply> {
        let arguments = arguments.core();
        self.call(|client, _| async move { client.resource(&resource).call(&action, arguments).await.map(Into::into) }).await
    }

    /// Starts a run of an agent (Seclai). The body is `{"input": .., "priority"?, "metadata"?}`.
    ///
    /// # Errors
    /// `config` when `input` is missing; `not_found` when there is no such agent.
    pub async fn runs_create(&self, agent_id: String, body: Json) -> Result<Item> {
        self.call(|client, _| async move { client.runs().create(agent_id, &body.0).await.map(Into::into) }).await
    }

    /// Gets a run.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn runs_get(&self, run_id: String) -> Result<Item> {
        self.call(|client, _| async move { client.runs().get(run_id).await.map(Into::into) }).await
    }

    /// Waits until a run has come to an end. Each poll is a call of its own; the whole is limited
    /// only where `timeout` was given.
    ///
    /// # Errors
    /// `timeout`, scope `call`; whatever a poll fails with.
    pub async fn runs_wait(&self, run_id: String) -> Result<Item> {
        self.call(|client, _| async move { client.runs().wait(run_id).await.map(Into::into) }).await
    }

    /// Cancels a run.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn runs_cancel(&self, run_id: String) -> Result<Done> {
        self.call(|client, _| async move { client.runs().cancel(run_id).await.map(Into::into) }).await
    }

    /// Starts a run and gives its events as they arrive.
    ///
    /// # Errors
    /// As `create`.
    pub async fn runs_stream(&self, agent_id: String, body: Json) -> Result<Arc<EventStream>> {
        self.call(|client, _| async move { client.runs().stream(agent_id, &body.0).await.map(EventStream::of) }).await
    }

    /// Sends one event (SegOps): `{"event": .., "user_id" or "anonymous_id": .., "properties"?}`.
    ///
    /// # Errors
    /// `config` when `event` is missing; `invalid` when the service finds it malformed.
    pub async fn events_track(&self, event: Json) -> Result<JsonReply> {
        self.call(|client, _| async move { client.events().track(&event.0).await.map(Into::into) }).await
    }

    /// Sends a list of events, at most as many at once as the service takes; the counts of the
    /// parts are added up.
    ///
    /// # Errors
    /// `config` when there is no event. When a later part fails, the remedy says from which event
    /// on to send again: the earlier parts were accepted.
    pub async fn events_track_batch(&self, events: Json) -> Result<JsonReply> {
        let serde_json::Value::Array(events) = events.0.into_value() else {
            return Err(KeywrightError::config("events", "is no list", "give a list of events"));
        };
        self.call(|client, _| async move { client.events().track_batch(&events).await.map(Into::into) }).await
    }

    /// Gets a page of segments (SegOps), and from it all that follow.
    ///
    /// # Errors
    /// As every list.
    pub async fn segments_list(&self, page_size: Option<u32>, after: Option<String>) -> Result<ItemPage> {
        let page = page(page_size, after);
        self.call(|client, _| async move { client.segments().list(page).await.map(Into::into) }).await
    }

    /// Gets a page of a segment's members, and from it all that follow.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn segments_members(&self, id: String, page_size: Option<u32>, after: Option<String>) -> Result<ItemPage> {
        let page = page(page_size, after);
        self.call(|client, _| async move { client.segments().members(id, page).await.map(Into::into) }).await
    }

    /// Asks which segments a user belongs to.
    ///
    /// # Errors
    /// `invalid` when the service finds the id malformed.
    pub async fn segments_membership(&self, user_id: String) -> Result<JsonReply> {
        self.call(|client, _| async move { client.segments().membership(user_id).await.map(Into::into) }).await
    }

    /// Gets the account that this handle is for (itellicoAI).
    ///
    /// # Errors
    /// `forbidden`, reason `account_forbidden`, when the key does not reach it.
    pub async fn account_settings_get(&self) -> Result<Item> {
        self.call(|client, _| async move { client.account_settings().get().await.map(Into::into) }).await
    }

    /// Changes the account that this handle is for: `{"name"?, "is_active"?}`.
    ///
    /// # Errors
    /// `forbidden`, reason `account_forbidden`, when the key does not reach it.
    pub async fn account_settings_update(&self, body: Json) -> Result<Item> {
        self.call(|client, _| async move { client.account_settings().update(&body.0).await.map(Into::into) }).await
    }

    /// Asks whether an action is allowed (SidClaw). Every call makes a new trace: it is never
    /// repeated by itself. `agent_id` may be left to the client's option.
    ///
    /// # Errors
    /// `config` when a member is missing; `forbidden`, reason `scope`, without the scope
    /// `evaluate`; `unsupported`, before any request, elsewhere.
    pub async fn evaluate(&self, action: Json) -> Result<JsonReply> {
        self.call(|client, _| async move { client.evaluate(&action.0).await.map(Into::into) }).await
    }

    /// Gets plan and limits (SidClaw).
    ///
    /// # Errors
    /// `forbidden` without the scope `admin`; `unsupported`, before any request, elsewhere.
    pub async fn billing_status(&self) -> Result<JsonReply> {
        self.call(|client, _| async move { client.billing_status().await.map(Into::into) }).await
    }

    /// Gets whom the key belongs to (Seclai).
    ///
    /// # Errors
    /// `unsupported`, before any request, elsewhere.
    pub async fn me(&self) -> Result<Item> {
        self.call(|client, _| async move { client.me().await.map(Into::into) }).await
    }
}

impl Arguments {
    fn core(self) -> keywright::Arguments {
        let mut arguments = keywright::Arguments::new().page(page(self.page_size, self.after));
        for pair in self.path.into_iter().flatten() {
            arguments = arguments.path_param(&pair.name, pair.value);
        }
        for pair in self.query.into_iter().flatten() {
            arguments = arguments.query(&pair.name, pair.value);
        }
        match self.body {
            Some(body) => arguments.body(body.0.into_value()),
            None => arguments,
        }
    }
}

impl From<ActionResult> for ActionReply {
    fn from(result: ActionResult) -> Self {
        let empty = |meta| Self { item: None, page: None, data: None, events: None, meta };
        match result {
            ActionResult::Item(reply) => {
                let meta = reply.meta.clone().into();
                Self { item: Some(reply.into_inner().into()), ..empty(meta) }
            }
            ActionResult::Page(page) => {
                let page = ItemPage::from(page);
                let meta = page.meta.clone();
                Self { page: Some(page), ..empty(meta) }
            }
            ActionResult::Json(reply) => {
                let meta = reply.meta.clone().into();
                Self { data: Some(reply.into_inner().into()), ..empty(meta) }
            }
            ActionResult::Events(stream) => {
                let meta = stream.meta.clone().into();
                Self { events: Some(EventStream::of(*stream)), ..empty(meta) }
            }
            ActionResult::Nothing(reply) => empty(reply.meta.into()),
            // The core may learn other answers; none of them is one of these.
            _ => empty(keywright::Meta::default().into()),
        }
    }
}
