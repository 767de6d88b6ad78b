//! A new secret on its way to its owner: created or rotated exactly once, never lost in silence.
//!
//! A key is made by one request that is never repeated. Whatever happens to its answer, the caller
//! gets the secret, or learns what may exist; a key that nobody received is discarded, and no key
//! but one that carries our own mark is ever touched (`behaviour.md` section 7).

mod look;
mod options;
mod recover;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::client::Client;
use crate::dialect::{OpSpec, plan, read};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::json::{Document, Node, beginning};
use crate::model::{CreatedKey, Meta, Reply};
use crate::observe::EventName;
use crate::op::{Ask, KeyOp};
use crate::pipeline::{Done, Flight};
use crate::runtime;
use crate::wire::BoxFuture;

pub use options::{Deliver, Handover, OnCancel, Recover};
pub(crate) use recover::marked;

/// One create or rotate.
#[derive(Clone)]
pub(crate) struct Job {
    pub client: Client,
    pub op: Arc<OpSpec>,
    pub action: KeyOp,
    pub ask: Ask,
    /// The name that was asked for, mark included.
    pub name: Option<String>,
    /// The mark at the end of the name.
    pub nonce: Option<String>,
    /// The key that is rotated.
    pub target: Option<String>,
    pub handover: Handover,
    /// When the call began, on the monotonic clock.
    pub began: Duration,
}

impl Job {
    /// Runs it to its end, whether or not the caller stays. Boxed, because mending a loss may rotate.
    pub(crate) fn run(self) -> BoxFuture<'static, Result<Reply<CreatedKey>>> {
        Box::pin(async move {
            runtime::current()?;
            runtime::check(self.client.pipeline.transport.as_ref())?;
            let (caller, result) = oneshot::channel();
            let mut caller_s_end = CallersEnd { job: self.clone(), result };
            tokio::spawn(self.run_for(caller));
            let result = (&mut caller_s_end.result).await;
            // The task ends without a word only with its runtime.
            result.map_err(|_| Error::new(ErrorKind::Cancelled).with(|data| data.outcome = Outcome::Unknown))?
        })
    }

    /// Makes the key; when the caller leaves, what is on the wire is brought to its end.
    async fn run_for(self, mut caller: oneshot::Sender<Result<Reply<CreatedKey>>>) {
        let flight = Arc::new(Flight::default());
        let mut made = std::pin::pin!(self.made(&flight));
        let result = tokio::select! {
            biased;
            result = &mut made => result,
            () = caller.closed() => {
                flight.abandon();
                if !flight.is_on_the_wire() {
                    return;
                }
                made.await
            }
        };
        if let Err(unwanted) = caller.send(result) {
            self.discard_unwanted(unwanted).await;
        }
    }

    async fn made(&self, flight: &Arc<Flight>) -> Result<Reply<CreatedKey>> {
        let before = self.snapshot().await?;
        let reply = match self.issue(flight).await {
            Ok(reply) => reply,
            Err(error) if matches!(error.outcome(), Outcome::Unknown | Outcome::Applied) => {
                self.tell(EventName::OutcomeUnknown, None);
                self.after_loss(flight, error, &before).await?
            }
            Err(error) => return Err(error),
        };
        self.client.pipeline.shared.note_key(&reply.secret, &self.client.spec().id, reply.key.id.as_str());
        // Nobody waits: it will be discarded, so nobody is to store it.
        if flight.is_abandoned() { Ok(reply) } else { self.delivered(reply).await }
    }

    /// Sends the request and reads the secret, from a cut answer too.
    pub(crate) async fn issue(&self, flight: &Arc<Flight>) -> Result<Reply<CreatedKey>> {
        let client = &self.client;
        let planned = plan::plan(client.spec(), &self.op, self.ask.clone(), client.account.as_ref());
        let mut call = client.call(&self.op, planned.map_err(|error| client.named_op(error, &self.op))?);
        call.flight = Some(Arc::clone(flight));
        if let Some(header) = &self.op.idempotency
            && let Ok(value) = HeaderValue::try_from(format!("kw-{}", operation_id(client)))
        {
            // Made once for all attempts of the call: that is what makes them one.
            call.planned.headers.insert(header.clone(), value);
            call.safety = call.safety.with_idempotency_key();
        }
        match client.pipeline.run(&client.auth, call).await {
            Ok(done) => {
                let Done { answer, meta, .. } = &done;
                let read = |body: Document<'_>| self.read(read::object(&self.op, body.root())?);
                match read::answer(answer).and_then(read) {
                    Ok(made) => Ok(Reply::new(made, done.meta)),
                    Err(error) => match self.salvaged(&answer.body) {
                        Some(made) => Ok(self.fill(made, Meta { salvaged: true, ..meta.clone() }).await),
                        None => Err(client.pipeline.unreadable(error, &self.op, &done)),
                    },
                }
            }
            Err(error) => match flight.take_cut().and_then(|cut| self.salvaged(&cut.read).map(|made| (made, cut.head.status))) {
                Some((made, status)) => Ok(self.fill(made, meta_of(&error, status)).await),
                None => Err(error),
            },
        }
    }

    fn read(&self, value: Node<'_>) -> Result<CreatedKey> {
        let (mut key, secret) = read::key(self.client.spec(), value)?;
        // Some answers do not repeat what was asked for.
        key.name = key.name.or_else(|| self.name.clone());
        let member = self.client.spec().key.secret.first().map_or("key", String::as_str);
        secret.map(|secret| CreatedKey { key, secret }).ok_or_else(|| read::shape(member, "secret"))
    }

    /// The key from an answer that was cut, when its secret is whole.
    fn salvaged(&self, body: &[u8]) -> Option<CreatedKey> {
        let mut whole = beginning(body)?;
        let mut object = whole.pointer_mut(&self.op.answer).map(Value::take)?;
        if let (Some(members), Some(id)) = (object.as_object_mut(), self.client.spec().key.id.first()) {
            // The id may stand behind the cut: the list knows it, see `fill`.
            members.entry(id).or_insert_with(|| Value::from(self.target.clone().unwrap_or_else(|| look::UNKNOWN_ID.to_owned())));
        }
        self.read_tree(&object).or_else(|| self.read_tree(&self.bare(object)))
    }

    fn read_tree(&self, object: &Value) -> Option<CreatedKey> {
        self.read(Document::read(object.to_string().as_bytes()).ok()?.root()).ok()
    }

    /// Only what a key cannot do without: the secret must not be lost because something beside it
    /// cannot be read.
    fn bare(&self, mut object: Value) -> Value {
        let map = &self.client.spec().key;
        if let Some(members) = object.as_object_mut() {
            members.retain(|name, _| map.id.contains(name) || map.secret.contains(name));
        }
        object
    }

    /// Gives the secret to the caller's function first; a key that it refuses is discarded.
    async fn delivered(&self, reply: Reply<CreatedKey>) -> Result<Reply<CreatedKey>> {
        let Some(deliver) = &self.handover.deliver else { return Ok(reply) };
        let Err(cause) = deliver.call(reply.secret.clone()).await else { return Ok(reply) };
        let discarded = self.discard(reply.key.id.as_str()).await;
        let error = Error::new(ErrorKind::Cancelled).with(|data| {
            data.reason = Some("not_delivered".into());
            data.outcome = if discarded.is_ok() { Outcome::Rejected } else { Outcome::Applied };
            data.summary = Some("the new key could not be delivered".to_owned());
            data.candidates = vec![reply.key.id.to_string()];
            data.remedy = Some(match &discarded {
                Ok(()) => "it was discarded: mend the delivery and create again".to_owned(),
                Err(error) => format!("it could not be discarded either ({}): {}", error.kind(), self.orphan_remedy()),
            });
        });
        Err(self.client.named_op(error.caused_by(cause.into()), &self.op))
    }

    /// What becomes of a result that nobody waits for.
    async fn discard_unwanted(&self, unwanted: Result<Reply<CreatedKey>>) {
        let Ok(reply) = unwanted else { return };
        let id = reply.key.id.as_str();
        let discarded = self.handover.on_cancel == OnCancel::Discard && self.discard(id).await.is_ok();
        if !discarded {
            tracing::warn!(service = %self.client.spec().id, key = id, "a key exists whose secret nobody received: {}", self.orphan_remedy());
        }
        self.tell(EventName::OrphanKey, Some((id.to_owned(), self.orphan_remedy())));
    }

    /// Removes or revokes a created key, in one try. A rotated key is never touched: it was there
    /// before and may be in use.
    async fn discard(&self, id: &str) -> Result<()> {
        if self.action != KeyOp::Create {
            return Err(Error::new(ErrorKind::Unsupported).with(|data| data.remedy = Some(self.orphan_remedy())));
        }
        let once = self.client.options(crate::CallOptions::new().max_attempts(1))?;
        once.keys().retire(id).await.map(|_| ())
    }

    fn orphan_remedy(&self) -> String {
        match self.action {
            KeyOp::Rotate => "rotate again".to_owned(),
            _ => "retire it (`keys.retire`)".to_owned(),
        }
    }

    pub(crate) fn tell(&self, name: EventName, key: Option<(String, String)>) {
        let pipeline = &self.client.pipeline;
        pipeline.teller(&self.op.name, "").tell(name, 0, |event| {
            if let Some((id, remedy)) = key {
                event.key_id = Some(id);
                event.detail = Some(remedy);
            }
        });
    }
}

/// Where the result arrives. A caller who leaves after it has arrived and before it was taken has
/// not received it either.
struct CallersEnd {
    job: Job,
    result: oneshot::Receiver<Result<Reply<CreatedKey>>>,
}

impl Drop for CallersEnd {
    fn drop(&mut self) {
        self.result.close();
        if let (Ok(unwanted), Ok(runtime)) = (self.result.try_recv(), Handle::try_current()) {
            let job = self.job.clone();
            runtime.spawn(async move { job.discard_unwanted(unwanted).await });
        }
    }
}

/// A UUID of version 7, from the injected clock and chance.
fn operation_id(client: &Client) -> Uuid {
    let clock = &client.pipeline.clock;
    let chance = std::array::from_fn(|_| (clock.random() * 256.0) as u8);
    let millis = u64::try_from(clock.now().as_millisecond()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid()
}

/// What is known of a success that came as a failure.
fn meta_of(error: &Error, status: u16) -> Meta {
    Meta {
        request_id: error.request_id().map(str::to_owned),
        status,
        attempts: error.attempts().len() as u32,
        salvaged: true,
        ..Meta::default()
    }
}
