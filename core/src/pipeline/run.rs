//! The attempts of one call, one after the other.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use super::attempt::{Answered, Body, Broken};
use super::connections::Taken;
use super::failure::Patience;
use super::in_flight::Cut;
use super::login::PipelineLogin;
use super::{Call, Pipeline, failure};
use crate::auth::{Auth, Credential};
use crate::checks::mask::{Masked, SecretsInUse};
use crate::dialect::Plane;
use crate::dialect::refuse::{self, Reading};
use crate::model::Meta;
use crate::model::error::{AttemptRecord, Error, ErrorKind, Outcome, Result, Stop};
use crate::options::CallOptions;
use crate::retry::attempts::Failure;
use crate::retry::{
    Answer, AnswerFacts, Budget, Class, Decision, Entry, Fingerprint, Limiter, LimiterKey, Permit, RateLimit, Refused,
    RetryOptions, RetryState, Safety, Ticket, Verdict, Waiting, classify, server_delay,
};
use crate::runtime::clock::{Clock, pause};
use crate::runtime::observe::EventName;
use crate::transport::wire::{WireHead, WireResponse};

/// One call on its way.
pub(super) struct Run<'a> {
    pub pipeline: &'a Pipeline,
    pub auth: &'a Auth,
    pub call: Box<Call<'a>>,
    pub id: Box<str>,
    /// The address, from when it was checked until the call is sent or has to wait.
    url: Option<Box<Url>>,
    pub started: Duration,
    pub deadline: Option<Duration>,
    pub credential: Option<Credential>,
    /// The one that was refused before it.
    refused: Option<Credential>,
    pub attempts: Vec<AttemptRecord>,
    /// How long the call has waited since its last attempt.
    pub delay: Duration,
    queued: Duration,
    /// What the attempts of the call have used up; there once one has failed.
    state: Option<Box<RetryState>>,
    budget: Arc<Budget>,
    /// An earlier attempt may have been carried out.
    unclear: bool,
    renewed: bool,
    /// How the last attempt failed and what became of it, when another is to follow.
    held: Option<(Error, Outcome)>,
    /// The last answer was that there are too many requests.
    throttled: bool,
    /// What the last answer said about its rate limit.
    rate_limit: Option<Box<RateLimit>>,
}

/// A failed attempt, judged.
struct Judged {
    verdict: Verdict,
    died: bool,
    error: Error,
    /// The credential was not accepted, and another may be.
    lost: bool,
}

/// The limiter of a call and its place in it.
struct Place {
    limiter: Arc<Limiter>,
    ticket: Ticket,
}

impl<'a> Run<'a> {
    pub(super) fn begin(
        pipeline: &'a Pipeline,
        auth: &'a Auth,
        call: Box<Call<'a>>,
        id: Box<str>,
        url: Url,
        started: Duration,
    ) -> Self {
        let budget = pipeline.shared.budgets().of(&pipeline.origin, started);
        budget.deposit(started);
        Self {
            url: Some(Box::new(url)),
            pipeline,
            auth,
            id,
            started,
            deadline: pipeline.deadline(&call, call.options.over(pipeline.calls), started),
            call,
            credential: None,
            refused: None,
            attempts: Vec::new(),
            delay: Duration::ZERO,
            queued: Duration::ZERO,
            state: None,
            budget,
            unclear: false,
            renewed: false,
            held: None,
            throttled: false,
            rate_limit: None,
        }
    }

    /// How this call may be treated: as it says, else as the client says.
    pub(super) fn options(&self) -> CallOptions {
        self.call.options.over(self.pipeline.calls)
    }

    fn state(&self) -> RetryState {
        let retry = self.pipeline.retry;
        let max_attempts = self.options().max_attempts.unwrap_or(retry.max_attempts);
        RetryState::new(RetryOptions { max_attempts, ..retry }, self.call.safety, self.deadline)
    }

    pub(super) async fn finish(&mut self) -> Result<(Answered, Meta)> {
        if let Some(plane) = self.call.plane {
            // On the heap while it lasts, as every part below that is large: a call that waits in
            // line keeps no room for them, and tens of thousands may wait.
            self.credential = Some(Box::pin(self.authorized(plane)).await?);
        }
        let place = self.place();
        loop {
            let before = self.clock().monotonic();
            let admitted = Waiting::new(&place.limiter, &place.ticket, self.entry(&place), self.deadline).await;
            let permit = self.admitted(before, admitted)?;
            let connection = Box::pin(self.connection()).await?;
            let url = self.address()?;
            let result = Box::pin(self.attempt(connection, url)).await;
            let judged = match self.judge(result, &place.limiter) {
                Ok(answered) => {
                    place.limiter.answered(permit, Answer::Ok, self.rate_limit.as_deref().copied());
                    if let Some(state) = &mut self.state {
                        state.succeeded(self.pipeline.clock.monotonic(), &self.budget);
                    }
                    let meta = self.meta();
                    return Ok((Answered { attempts: std::mem::take(&mut self.attempts), ..answered }, meta));
                }
                Err(judged) => judged,
            };
            let limited = self.give_back(&place.limiter, permit, &judged);
            if self.is_abandoned() {
                return Err(self.ended(*judged, Stop::Cancelled));
            }
            if judged.lost && Box::pin(self.renew()).await? {
                continue;
            }
            if self.is_repeated_delete(&judged) {
                return Ok(self.deleted_before(&judged));
            }
            Box::pin(self.next(judged, limited)).await?;
        }
    }

    async fn authorized(&self, plane: Plane) -> Result<Credential> {
        let lending = PipelineLogin { pipeline: self.pipeline, deadline: self.deadline, auth: self.auth };
        let credential = self.in_time(self.auth.credential(plane, self.clock(), &lending)).await;
        // Whatever became of a login, the call itself was never sent.
        credential.map_err(|error| error.with(|data| data.outcome = Outcome::NotSent))
    }

    /// Where the request goes: as it was checked, or made again.
    fn address(&mut self) -> Result<Url> {
        match self.url.take() {
            Some(url) => Ok(*url),
            None => self.pipeline.base.join(&self.call.planned.target),
        }
    }

    fn clock(&self) -> &'a dyn Clock {
        self.pipeline.clock.as_ref()
    }

    /// What must not be shown, whoever echoes it.
    pub(super) fn secrets(&self) -> SecretsInUse {
        let used = self.credential.iter().chain(&self.refused).flat_map(Credential::secrets).cloned();
        self.auth.in_use().with(used)
    }

    fn is_abandoned(&self) -> bool {
        self.call.in_flight.as_ref().is_some_and(|in_flight| in_flight.is_abandoned())
    }

    fn tell(&self, name: EventName, fill: impl FnOnce(&mut crate::Event)) {
        self.pipeline.emitter(self.call.operation, &self.id).tell(name, self.attempts.len() as u32, fill);
    }

    /// What a credential takes, a provider's time included, is part of the call's time.
    async fn in_time<T>(&self, wait: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(deadline) = self.deadline else { return wait.await };
        let left = deadline.saturating_sub(self.clock().monotonic());
        tokio::select! {
            biased;
            result = wait => result,
            () = async { self.clock().sleep(left).await } => Err(self.with_history(failure::no_credential_in_time())),
        }
    }

    fn place(&self) -> Place {
        let owner = self.credential.as_ref().map_or_else(|| Fingerprint::of(&["nobody"]), Credential::fingerprint);
        let key =
            LimiterKey { origin: Arc::clone(&self.pipeline.origin), credential: owner, bucket: Arc::clone(&self.call.bucket) };
        let limiter = self.pipeline.shared.limiters().of(&key);
        let (options, retry) = (self.options(), self.pipeline.retry);
        let ticket = limiter
            .ticket(options.priority.unwrap_or(self.call.priority), options.throttle.unwrap_or_default())
            .max_retry_after(retry.max_retry_after)
            .queue_limit(retry.queue_limit as usize);
        Place { limiter, ticket }
    }

    /// Comes to the limiter. Tens of thousands may wait in it: what can be made again is not kept then.
    fn entry(&mut self, place: &Place) -> Entry {
        let entry = place.limiter.enter(&place.ticket, self.deadline);
        if let Entry::InLine(_) = entry {
            self.url = None;
        }
        entry
    }

    /// The call has been let through its limiter, or refused.
    fn admitted(&mut self, before: Duration, admitted: std::result::Result<Permit, Refused>) -> Result<Permit> {
        let waited = self.clock().monotonic().saturating_sub(before);
        self.queued += waited;
        self.delay += waited;
        if !waited.is_zero() {
            self.tell(EventName::Queued, |event| event.duration = Some(waited));
        }
        let held = self.held.take();
        let throttled = std::mem::take(&mut self.throttled);
        match admitted {
            Ok(permit) => {
                if throttled {
                    self.tell(EventName::LimiterOpen, |_| {});
                }
                Ok(permit)
            }
            Err(refused) => {
                let held = held.map(|(error, outcome)| error.with(|data| data.outcome = self.outcome(outcome)));
                let error = failure::not_admitted(refused, held, self.patience());
                Err(self.with_history(error.with(|data| data.omit_outcome = self.call.safety == Safety::Safe)))
            }
        }
    }

    /// A connection's worth of room, or the end of the call when none comes free in time.
    async fn connection(&mut self) -> Result<Taken> {
        let before = self.clock().monotonic();
        let connections = &self.pipeline.connections;
        let taken = connections.take(self.call.streamed, self.deadline).await;
        let waited = self.clock().monotonic().saturating_sub(before);
        self.queued += waited;
        self.delay += waited;
        taken.ok_or_else(|| {
            let outcome = self.outcome(Outcome::NotSent);
            self.with_history(failure::no_connection(connections.most())).with(|data| data.outcome = outcome)
        })
    }

    /// The limits of this call that decide how long it waits.
    fn patience(&self) -> Patience {
        Patience {
            total: self.deadline.map(|deadline| deadline.saturating_sub(self.started)),
            max_retry_after: self.pipeline.retry.max_retry_after,
            queue_limit: self.pipeline.retry.queue_limit,
        }
    }

    /// Whether the answer was part of a wave of 503.
    fn give_back(&self, limiter: &Arc<Limiter>, permit: Permit, judged: &Judged) -> bool {
        let server_delay = judged.verdict.server_delay;
        let answer = match (judged.verdict.class, judged.error.status()) {
            (Class::Throttled, _) => Answer::Throttled { server_delay },
            (Class::Transient, Some(503)) => Answer::Unavailable { server_delay },
            (Class::Ok | Class::Auth | Class::Fatal | Class::Transient, Some(_)) => Answer::Other,
            (Class::Ok | Class::Auth | Class::Fatal | Class::Transient, None) => {
                permit.release();
                return false;
            }
        };
        limiter.answered(permit, answer, self.rate_limit.as_deref().copied())
    }

    /// Another credential after a refusal, once; whether there is one.
    async fn renew(&mut self) -> Result<bool> {
        let Some(refused) = self.credential.as_ref().filter(|_| !self.renewed) else { return Ok(false) };
        let lending = PipelineLogin { pipeline: self.pipeline, deadline: self.deadline, auth: self.auth };
        let result = self.in_time(self.auth.renewed(refused, self.clock(), &lending)).await;
        let failed = result.as_ref().err().map(Error::kind);
        self.tell(EventName::AuthRefresh, |event| event.error = failed);
        self.renewed = true;
        let refused = |error| self.with_history(error).with(|data| data.outcome = self.outcome(Outcome::Rejected));
        let Some(other) = result.map_err(refused)? else { return Ok(false) };
        self.refused = self.credential.replace(other);
        Ok(true)
    }

    /// Waits as `retry` decides, or ends the call.
    async fn next(&mut self, judged: Box<Judged>, limited: bool) -> Result<()> {
        self.unclear |= judged.verdict.outcome == Outcome::Unknown;
        let failure = Failure { verdict: &judged.verdict, connection_died: judged.died, limited };
        let chance = (self.clock().random(), self.clock().random());
        let mut state = self.state.take().unwrap_or_else(|| Box::new(self.state()));
        let decision = state.decide(failure, self.clock().monotonic(), chance, &self.budget);
        self.state = Some(state);
        match decision {
            Decision::ReplayNow => self.hold(*judged),
            Decision::Throttled { server_delay } => {
                self.hold(*judged);
                self.throttled = true;
                self.tell(EventName::Throttled, |event| event.duration = server_delay);
            }
            Decision::Wait(delay) => {
                self.hold(*judged);
                self.delay = delay;
                self.tell(EventName::Backoff, |event| event.duration = Some(delay));
                pause(self.clock(), delay).await;
            }
            Decision::Stop(stop) => {
                if stop == Stop::Budget {
                    self.tell(EventName::BudgetEmpty, |_| {});
                }
                return Err(self.ended(*judged, stop));
            }
        }
        Ok(())
    }

    /// Keeps what the call ends with when the limiter does not let it pass again.
    fn hold(&mut self, judged: Judged) {
        self.held = Some((judged.error, judged.verdict.outcome));
    }

    /// What an attempt meant. Bookkeeping that every answer brings is done here too.
    fn judge(
        &mut self,
        result: std::result::Result<Answered, Broken>,
        limiter: &Limiter,
    ) -> std::result::Result<Answered, Box<Judged>> {
        self.rate_limit = None;
        let answered = match result {
            Ok(answered) => answered,
            Err(broken) => return Err(Box::new(self.judge_broken(broken, limiter))),
        };
        if let Some(record) = self.attempts.last() {
            limiter.note_date(&answered.head, record.started_at, self.clock().now());
        }
        self.rate_limit = server_delay::rate_limit(&answered.head, limiter.server_now()).map(Box::new);
        if is_success(&answered.head) {
            return Ok(answered);
        }
        let body = match answered.body {
            Body::Whole(body) => body,
            Body::Open(_) => Bytes::new(),
        };
        Err(Box::new(self.judge_refusal(WireResponse { head: answered.head, body }, limiter)))
    }

    fn judge_refusal(&mut self, answer: WireResponse, limiter: &Limiter) -> Judged {
        let spec = &self.pipeline.dialect.0;
        let brings_secret = self.call.brings_secret;
        let reading = Reading { operation: self.call.operation, brings_secret, secrets: self.secrets() };
        let refusal = refuse::read(spec, &answer, reading);
        if let Some(record) = self.attempts.last_mut() {
            record.request_id = refusal.request_id.clone().map(Masked::into_string);
        }
        let quota_code = refusal.kind == ErrorKind::PlanLimit;
        let facts = AnswerFacts { quota_code, before_handler: spec.unavailable_before_handler };
        let server_delay = server_delay::server_delay(&answer.head, refusal.retry_after, limiter.server_now());
        let verdict = classify::classify_answer(&answer.head, facts, server_delay);
        let credential = self.credential.as_ref();
        let lost = credential.is_some_and(|used| self.auth.is_lost(used, answer.head.status, refusal.ends_session));
        let suspicion = credential.filter(|_| answer.head.status == 401).and_then(|used| self.auth.suspicion(used));
        let error = failure::refused(refusal, &answer.head, suspicion, self.pipeline.base.origin(), &self.secrets());
        Judged { verdict, died: false, error, lost }
    }

    fn judge_broken(&mut self, broken: Broken, limiter: &Limiter) -> Judged {
        let proxy = self.address().ok().and_then(|url| self.pipeline.transport.proxy_of(&url));
        let error = failure::broken(&broken, proxy.as_deref());
        let died = classify::connection_died(&broken.error);
        let verdict = classify::classify_failure(&broken.error);
        match broken.head {
            // What it refuses stands in the head; of the body, whatever arrived will do.
            Some(head) if !is_success(&head) => self.judge_refusal(WireResponse { head, body: broken.read }, limiter),
            Some(head) => {
                // Its head says that it was carried out, whatever became of its body.
                let verdict = Verdict { outcome: Outcome::Applied, ..verdict };
                if let Some(in_flight) = &self.call.in_flight {
                    in_flight.keep(Cut { head, read: broken.read });
                }
                Judged { verdict, died, error, lost: false }
            }
            None => Judged { verdict, died, error, lost: false },
        }
    }

    /// A delete that is told "not there" after an attempt whose answer was lost has been done.
    fn is_repeated_delete(&self, judged: &Judged) -> bool {
        self.call.planned.method == Method::DELETE && self.unclear && judged.error.kind() == ErrorKind::NotFound
    }

    fn deleted_before(&self, judged: &Judged) -> (Answered, Meta) {
        let head = WireHead { status: judged.error.status().unwrap_or_default(), headers: HeaderMap::new() };
        let meta = Meta { ambiguous: true, ..self.meta() };
        (Answered { head, body: Body::Whole(Bytes::new()), credential: None, attempts: Vec::new() }, meta)
    }

    fn ended(&self, judged: Judged, stop: Stop) -> Error {
        let cancelled = stop == Stop::Cancelled;
        let error = judged.error.with(|data| {
            if cancelled {
                data.kind = ErrorKind::Cancelled;
            }
            data.stop = Some(stop);
            data.remedy = data.remedy.take().or_else(|| self.patience().remedy(stop));
            data.omit_outcome = self.call.safety == Safety::Safe;
            data.outcome = self.outcome(judged.verdict.outcome);
            data.retry_after = match judged.verdict.class {
                Class::Throttled | Class::Transient => judged.verdict.server_delay,
                Class::Ok | Class::Auth | Class::Fatal => None,
            };
        });
        self.with_history(error)
    }

    /// What became of the whole call when its last attempt came to `last`. Where nothing is changed
    /// there is no doubt about the earlier ones.
    fn outcome(&self, last: Outcome) -> Outcome {
        match last {
            // What was carried out for certain is not in doubt for an earlier attempt.
            Outcome::Applied => last,
            Outcome::NotSent | Outcome::Rejected | Outcome::Unknown if self.unclear && self.call.safety != Safety::Safe => {
                Outcome::Unknown
            }
            Outcome::NotSent | Outcome::Rejected | Outcome::Unknown => last,
        }
    }

    /// Adds what the call has been through.
    fn with_history(&self, error: Error) -> Error {
        let elapsed = self.clock().monotonic().saturating_sub(self.started);
        error.with(|data| {
            data.elapsed = Some(elapsed);
            data.attempts.clone_from(&self.attempts);
        })
    }

    /// What is known about a success.
    fn meta(&self) -> Meta {
        let last = self.attempts.last();
        Meta {
            request_id: last.and_then(|record| record.request_id.clone()),
            status: last.and_then(|record| record.status).unwrap_or_default(),
            attempts: self.attempts.len() as u32,
            elapsed: self.clock().monotonic().saturating_sub(self.started),
            queued: self.queued,
            rate_limit: self.rate_limit.as_deref().copied(),
            ambiguous: false,
            partial: false,
        }
    }
}

fn is_success(head: &WireHead) -> bool {
    (200..300).contains(&head.status)
}
