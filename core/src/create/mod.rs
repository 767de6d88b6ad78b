//! A new secret on its way to its owner: created or rotated exactly once, never lost in silence.
//!
//! A key is made by one request that is never repeated. Whatever happens to its answer, the caller
//! gets the secret, or learns what may exist; a key that nobody received is discarded, and no key
//! but one that carries our own mark is ever touched.
//!
//! Received means taken: the task that made the key waits until its caller has signed for it
//! ([`untaken`]). A secret that the caller's `Deliver` has stored is in use from then on: its key is
//! never discarded, only told of.

mod answer;
mod candidates;
mod options;
mod recover;
mod untaken;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::Secret;
use crate::checks::mask::{Masked, MaskedIds, SecretsInUse, ServiceText};
use crate::client::Client;
use crate::dialect::read::Members;
use crate::dialect::{OpSpec, plan, read};
use crate::json::Node;
use crate::model::error::{Error, ErrorKind, Outcome, Result};
use crate::model::op::{KeyOp, OperationArgs};
use crate::model::{CreatedKey, Facts, Meta, Reply};
use crate::pipeline::InFlight;
use crate::runtime;
use crate::runtime::BoxFuture;
use crate::runtime::caller;
use crate::runtime::observe::EventName;

use answer::{Read, Unusable};

pub use options::{Deliver, Delivery, OnCancel, Recover};
pub(crate) use recover::marked;
pub use untaken::{Receipt, Untaken};

/// One create or rotate.
#[derive(Clone)]
pub(crate) struct CreateTask {
    pub client: Client,
    pub op: Arc<OpSpec>,
    pub action: KeyOp,
    pub args: OperationArgs,
    /// The name that was asked for, mark included.
    pub name: Option<String>,
    /// What is known of the key whatever the answer tells.
    pub facts: Facts,
    /// The mark at the end of the name.
    pub nonce: Option<String>,
    /// The key that is rotated.
    pub target: Option<String>,
    pub delivery: Delivery,
    /// When the call began, on the monotonic clock.
    pub began: Duration,
}

/// A key that was made.
struct Made {
    reply: Reply<CreatedKey>,
    /// The caller's `Deliver` has its secret.
    is_stored: bool,
}

impl CreateTask {
    /// Runs it to its end, whether or not the caller stays. Boxed, because mending a loss may rotate.
    pub(crate) fn run(self) -> BoxFuture<'static, Result<Untaken<Reply<CreatedKey>>>> {
        Box::pin(async move {
            runtime::current()?;
            runtime::check(self.client.pipeline.transport.needs_runtime())?;
            let (caller, result) = oneshot::channel();
            caller::spawn(self.run_for(caller));
            // The task ends without a word only with its runtime.
            result.await.map_err(|_| Error::new(ErrorKind::Cancelled).with(|data| data.outcome = Outcome::Unknown))?
        })
    }

    /// Makes the key; when the caller leaves, what is on the wire is brought to its end. What the
    /// caller has not taken comes back.
    async fn run_for(self, mut caller: oneshot::Sender<Result<Untaken<Reply<CreatedKey>>>>) {
        let in_flight = Arc::new(InFlight::default());
        let mut made = Box::pin(self.made(&in_flight));
        let result = tokio::select! {
            biased;
            result = &mut made => result,
            () = caller.closed() => {
                in_flight.abandon();
                if !in_flight.is_on_the_wire() {
                    return;
                }
                made.as_mut().await
            }
        };
        drop(made);
        match result {
            Ok(Made { reply, is_stored }) => {
                let (receipt, signed) = Receipt::new();
                let id = reply.key.id.to_string();
                let shown = ServiceText::of(id.as_str()).masked(&self.in_use(&reply.secret));
                // Refused because the caller has left, or dropped later on the way: unsigned, all the same.
                let _ = caller.send(Ok(Untaken::new(reply, receipt)));
                if signed.await.is_err() {
                    self.nobody_took(&id, shown, is_stored).await;
                }
            }
            Err(error) => drop(caller.send(Err(error))),
        }
    }

    async fn made(&self, in_flight: &Arc<InFlight>) -> Result<Made> {
        let before = self.snapshot().await?;
        let reply = match self.issue(in_flight).await {
            Ok(reply) => reply,
            Err(error) if matches!(error.outcome(), Outcome::Unknown | Outcome::Applied) => {
                self.tell(EventName::OutcomeUnknown, None);
                self.after_loss(in_flight, error, &before).await?
            }
            Err(error) => return Err(error),
        };
        self.client.pipeline.shared.note_key(&reply.secret, &self.client.spec().id, reply.key.id.as_str());
        self.client.note_facts(&reply.key);
        if self.action == KeyOp::Create {
            self.client.pipeline.shared.changes().note_created(self.client.group(&self.op), reply.key.id.as_str());
        }
        match &self.delivery.deliver {
            // Nobody waits: it will be discarded, so nobody is to store it.
            Some(deliver) if !in_flight.is_abandoned() => self.delivered(deliver, reply).await,
            Some(_) | None => Ok(Made { reply, is_stored: false }),
        }
    }

    /// Sends the request and reads the secret, from a cut answer too.
    pub(crate) async fn issue(&self, in_flight: &Arc<InFlight>) -> Result<Reply<CreatedKey>> {
        let client = &self.client;
        let planned = plan::plan(client.spec(), &self.op, self.args.clone(), client.settings.account.as_ref());
        let _change = client.changing(&self.op);
        let mut call = client.call(&self.op, planned.map_err(|error| client.named_op(error, &self.op))?);
        call.in_flight = Some(Arc::clone(in_flight));
        if let Some(header) = &self.op.idempotency
            && let Ok(value) = HeaderValue::try_from(format!("kw-{}", operation_id(client)))
        {
            // Made once for all attempts of the call: that is what makes them one.
            call.planned.insert_header(header.clone(), value);
            call.safety = call.safety.with_idempotency_key();
        }
        match client.pipeline.run(&client.auth, call).await {
            Ok(done) => match self.read_whole(&done.answer) {
                Read::Whole(made) => Ok(self.reply(made, done.meta)),
                Read::Secret(made) => Ok(self.complete_from_list(made, Meta { partial: true, ..done.meta }).await),
                Read::Nothing(unusable) => {
                    let Unusable { error, id, seen } = unusable;
                    let error = client.pipeline.unreadable(error, &self.op, &client.auth, &done);
                    Err(self.with_candidate(error, id, seen))
                }
            },
            Err(error) => {
                let Some(cut) = in_flight.take_cut() else { return Err(error) };
                match self.read_part(&cut.read, error.clone()) {
                    Read::Whole(made) | Read::Secret(made) => {
                        Ok(self.complete_from_list(made, meta_of(&error, cut.head.status)).await)
                    }
                    Read::Nothing(Unusable { id, seen, .. }) => Err(self.with_candidate(error, id, seen)),
                }
            }
        }
    }

    /// The result, without the new secret anywhere but in its place.
    fn reply(&self, made: CreatedKey, mut meta: Meta) -> Reply<CreatedKey> {
        let secret = SecretsInUse::default().with([made.secret.clone()]);
        meta.request_id = meta.request_id.map(|id| secret.hide(&id));
        Reply::new(made, meta)
    }

    /// An error about a key that was made: its id, where it was told.
    fn with_candidate(&self, error: Error, id: Option<String>, seen: Vec<Secret>) -> Error {
        let secrets = self.client.auth.in_use().with(seen);
        let told = id.and_then(|id| ServiceText::of(id).masked_id_of_broken(&secrets));
        error.hiding(&secrets).with(|data| told.into_iter().for_each(|id| data.candidates.add(id)))
    }

    fn read(&self, value: Node<'_>, members: &mut Members) -> Result<CreatedKey> {
        let (mut key, secret) = read::key(self.client.spec(), value, members)?;
        // Some answers do not repeat what was asked for.
        key.fill(&self.facts);
        let member = self.client.spec().key.secret.first().map_or("key", String::as_str);
        secret.map(|secret| CreatedKey { key, secret }).ok_or_else(|| read::shape(member, "secret"))
    }

    /// What must not be shown: everything that the client holds, and the new secret.
    fn in_use(&self, new: &Secret) -> SecretsInUse {
        self.client.auth.in_use().with([new.clone()])
    }

    /// Gives the secret to the caller's function first; a key that it refuses is discarded.
    async fn delivered(&self, deliver: &Deliver, reply: Reply<CreatedKey>) -> Result<Made> {
        let Err(cause) = deliver.call(reply.secret.clone()).await else { return Ok(Made { reply, is_stored: true }) };
        let discarded = self.discard(reply.key.id.as_str()).await;
        let secrets = self.in_use(&reply.secret);
        // Told in any case: the caller may leave while the error is on its way to it.
        let shown = ServiceText::of(reply.key.id.as_str()).masked(&secrets);
        self.tell(EventName::OrphanKey, Some((shown, self.fate(&discarded))));
        let error = Error::new(ErrorKind::Cancelled).with(|data| {
            data.reason = Some("not_delivered".into());
            data.outcome = if discarded.is_ok() { Outcome::Rejected } else { Outcome::Applied };
            data.summary = Some("the new key could not be delivered".to_owned());
            data.candidates = MaskedIds::of([ServiceText::of(reply.key.id.as_str())], &secrets);
            data.remedy = Some(match &discarded {
                Ok(()) => "it was discarded: mend the delivery and create again".to_owned(),
                Err(error) => format!("it could not be discarded either ({}): {}", error.kind(), self.orphan_remedy()),
            });
        });
        Err(self.client.named_op(error.caused_by(cause.into()), &self.op))
    }

    /// What becomes of a key whose secret its caller has not taken.
    async fn nobody_took(&self, id: &str, shown: Masked, is_stored: bool) {
        let detail = if is_stored {
            "it was kept: its secret was delivered before the caller left".to_owned()
        } else if self.delivery.on_cancel == OnCancel::Keep {
            self.orphan_remedy()
        } else {
            self.fate(&self.discard(id).await)
        };
        tracing::warn!(service = %self.client.spec().id, key = %shown, "a key was made whose secret its caller has not taken: {detail}");
        self.tell(EventName::OrphanKey, Some((shown, detail)));
    }

    fn fate(&self, discarded: &Result<()>) -> String {
        if discarded.is_ok() { "it was discarded".to_owned() } else { self.orphan_remedy() }
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

    pub(crate) fn tell(&self, name: EventName, key: Option<(Masked, String)>) {
        let pipeline = &self.client.pipeline;
        pipeline.emitter(&self.op.name, "").tell(name, 0, |event| {
            if let Some((id, remedy)) = key {
                event.key_id = Some(id.into_string());
                event.detail = Some(remedy);
            }
        });
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
        partial: true,
        ..Meta::default()
    }
}
