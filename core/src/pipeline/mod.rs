//! The one loop that every call runs through: credential, admission, attempt, verdict, wait.
//!
//! It knows the order and nothing else: what a request looks like is planned before, what an
//! answer means is read after, whether to try again is decided by `retry`, bytes are moved by the
//! transport. Every request on the wire is an attempt that is counted here.

mod attempt;
mod failure;
mod login;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::auth::{Auth, Credential};
use crate::base_url::BaseUrl;
use crate::clock::{Busy, Clock, Waiting};
use crate::dialect::plan::Planned;
use crate::dialect::{Dialect, Plane, refuse};
use crate::error::{AttemptRecord, Error, ErrorKind, Outcome, Result, Stop};
use crate::model::Meta;
use crate::observe::{EventName, Observer, Teller};
use crate::options::{CallOptions, Limit};
use crate::retry::attempts::Failure;
use crate::retry::{
    Answer, AnswerFacts, Class, Decision, Fingerprint, LaneKey, Permit, Priority, RateLimit, RetryOptions, RetryState, Safety,
    Ticket, Verdict, classify, hints,
};
use crate::shared::Shared;
use crate::transport::{Connection, Transport};
use crate::wire::{WireHead, WireResponse};

use attempt::Broken;
pub(crate) use attempt::{Answered, Body};

/// Everything that the calls of one client have in common.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub dialect: Dialect,
    pub base: BaseUrl,
    pub origin: Arc<str>,
    pub transport: Arc<dyn Transport>,
    pub shared: Shared,
    pub clock: Arc<dyn Clock>,
    pub observer: Option<Arc<dyn Observer>>,
    pub retry: RetryOptions,
    pub calls: CallOptions,
    pub max_body: usize,
    pub user_agent: http::HeaderValue,
    pub debug_headers: bool,
}

/// One call: a planned request and how it may be treated.
pub(crate) struct Call<'a> {
    pub operation: &'a str,
    pub plane: Option<Plane>,
    pub safety: Safety,
    pub bucket: Arc<str>,
    pub connection: Connection,
    pub priority: Priority,
    pub streamed: bool,
    pub planned: Planned,
    pub options: CallOptions,
}

/// What a call has come to so far.
struct Progress {
    id: String,
    started: Duration,
    deadline: Option<Duration>,
    queued: Duration,
    attempts: Vec<AttemptRecord>,
    delay: Duration,
    /// An earlier attempt may have been carried out.
    unclear: bool,
    rate_limit: Option<RateLimit>,
}

/// One attempt, judged.
struct Judged {
    verdict: Verdict,
    died: bool,
    error: Error,
    lost: bool,
}

impl Pipeline {
    /// Runs a call whose answer is read whole.
    pub(crate) async fn run(&self, auth: &Auth, call: Call<'_>) -> Result<(WireResponse, Meta)> {
        let (answered, meta) = self.drive(auth, call).await?;
        let body = match answered.body {
            Body::Whole(body) => body,
            Body::Open(_) => return Err(Error::new(ErrorKind::Internal)),
        };
        Ok((WireResponse { head: answered.head, body }, meta))
    }

    /// Runs a call up to the head of its answer, whose body then streams.
    pub(crate) async fn open(&self, auth: &Auth, call: Call<'_>) -> Result<(Answered, Meta)> {
        self.drive(auth, call).await
    }

    async fn drive(&self, auth: &Auth, call: Call<'_>) -> Result<(Answered, Meta)> {
        let _busy = Busy::on(&self.clock);
        let id = call_id(self.clock.as_ref());
        let teller = self.teller(call.operation, &id);
        teller.tell(EventName::CallStart, 0, |_| {});
        let started = self.clock.monotonic();
        let result = self.loop_until_done(auth, &call, &id, started).await.map_err(|error| self.named(error, call.operation));
        let elapsed = self.clock.monotonic().saturating_sub(started);
        let error = result.as_ref().err();
        teller.tell(EventName::CallEnd, 0, |event| {
            event.duration = Some(elapsed);
            event.error = error.map(Error::kind);
            event.outcome = error.map(Error::outcome);
        });
        result
    }

    async fn loop_until_done(&self, auth: &Auth, call: &Call<'_>, id: &str, started: Duration) -> Result<(Answered, Meta)> {
        let options = call.options.over(self.calls);
        let deadline = self.deadline(call, options, started);
        let mut progress = Progress {
            id: id.to_owned(),
            started,
            deadline,
            queued: Duration::ZERO,
            attempts: Vec::new(),
            delay: Duration::ZERO,
            unclear: false,
            rate_limit: None,
        };
        let mut credential = match call.plane {
            Some(plane) => Some(auth.credential(plane, self.clock.as_ref(), self).await?),
            None => None,
        };
        let retry = RetryOptions { max_attempts: options.max_attempts.unwrap_or(self.retry.max_attempts), ..self.retry };
        let mut state = RetryState::new(retry, call.safety, deadline);
        let budget = self.shared.budgets().of(&self.origin, started);
        budget.deposit(started);
        let owner = credential.as_ref().map_or_else(|| Fingerprint::of(&["nobody"]), Credential::fingerprint);
        let lane = self.shared.lanes().of(&LaneKey {
            origin: Arc::clone(&self.origin),
            credential: owner,
            bucket: Arc::clone(&call.bucket),
        });
        let ticket = lane.ticket(options.priority.unwrap_or(call.priority), options.throttle.unwrap_or_default());
        let mut renewed = false;
        loop {
            let permit = self.admitted(&lane, &ticket, &mut progress).await?;
            let result = self.attempt(call, credential.as_ref(), options, &mut progress).await;
            let judged = match self.judge(auth, call, credential.as_ref(), result, &mut progress) {
                Ok(answered) => {
                    lane.answered(permit, Answer::Ok, progress.rate_limit);
                    return Ok((answered, self.meta(&progress)));
                }
                Err(judged) => judged,
            };
            self.give_back(&lane, permit, &judged, progress.rate_limit);
            if judged.lost
                && !renewed
                && let Some(refused) = &credential
            {
                renewed = true;
                if let Some(other) = self.renewed(auth, refused, call.operation, &progress).await? {
                    credential = Some(other);
                    continue;
                }
            }
            if repeated_delete_is_done(call, &judged, &progress) {
                let head = WireHead { status: judged.error.status().unwrap_or_default(), headers: http::HeaderMap::new() };
                let mut meta = self.meta(&progress);
                meta.ambiguous = true;
                return Ok((Answered { head, body: Body::Whole(bytes::Bytes::new()) }, meta));
            }
            progress.unclear |= judged.verdict.outcome == Outcome::Unknown;
            let failure = Failure { verdict: &judged.verdict, connection_died: judged.died };
            let chance = (self.clock.random(), self.clock.random());
            let decision = state.decide(failure, self.clock.monotonic(), chance, &budget);
            self.obey(decision, judged, call, &mut progress).await?;
        }
    }

    /// Waits as decided, or ends the call.
    async fn obey(&self, decision: Decision, judged: Judged, call: &Call<'_>, progress: &mut Progress) -> Result<()> {
        let attempt = progress.attempts.len() as u32;
        let teller = self.teller(call.operation, &progress.id);
        match decision {
            Decision::ReplayNow => progress.delay = Duration::ZERO,
            Decision::Throttled { hint } => {
                progress.delay = Duration::ZERO;
                teller.tell(EventName::Throttled, attempt, |event| event.duration = hint);
            }
            Decision::Wait(delay) => {
                progress.delay = delay;
                teller.tell(EventName::Backoff, attempt, |event| event.duration = Some(delay));
                let _waiting = Waiting::on(self.clock.as_ref());
                self.clock.sleep(delay).await;
            }
            Decision::Stop(stop) => {
                if stop == Stop::Budget {
                    teller.tell(EventName::BudgetEmpty, attempt, |_| {});
                }
                return Err(self.ended(judged, stop, progress));
            }
        }
        Ok(())
    }

    async fn admitted(&self, lane: &Arc<crate::retry::Lane>, ticket: &Ticket, progress: &mut Progress) -> Result<Permit> {
        let before = self.clock.monotonic();
        let admitted = lane.admit(ticket, progress.deadline).await;
        let waited = self.clock.monotonic().saturating_sub(before);
        progress.queued += waited;
        progress.delay += waited;
        admitted.map_err(|refused| self.with_history(failure::not_admitted(refused), progress))
    }

    fn give_back(&self, lane: &Arc<crate::retry::Lane>, permit: Permit, judged: &Judged, rate_limit: Option<RateLimit>) {
        match judged.verdict.class {
            Class::Throttled => lane.answered(permit, Answer::Throttled { hint: judged.verdict.hint }, rate_limit),
            Class::Ok | Class::Auth | Class::Fatal | Class::Transient if judged.error.status().is_some() => {
                lane.answered(permit, Answer::Other, rate_limit)
            }
            Class::Ok | Class::Auth | Class::Fatal | Class::Transient => permit.release(),
        }
    }

    async fn renewed(
        &self,
        auth: &Auth,
        refused: &Credential,
        operation: &str,
        progress: &Progress,
    ) -> Result<Option<Credential>> {
        let result = auth.renewed(refused, self.clock.as_ref(), self).await;
        let failed = result.as_ref().err().map(Error::kind);
        self.teller(operation, &progress.id)
            .tell(EventName::AuthRefresh, progress.attempts.len() as u32, |event| event.error = failed);
        result.map_err(|error| self.with_history(error, progress))
    }

    /// What an attempt meant. Bookkeeping that every answer brings is done here too.
    fn judge(
        &self,
        auth: &Auth,
        call: &Call<'_>,
        credential: Option<&Credential>,
        result: std::result::Result<Answered, Broken>,
        progress: &mut Progress,
    ) -> std::result::Result<Answered, Judged> {
        let answered = match result {
            Ok(answered) => answered,
            Err(broken) => return Err(self.judge_broken(broken)),
        };
        let now = self.clock.now();
        progress.rate_limit = hints::rate_limit(&answered.head, now).or(progress.rate_limit);
        if (200..300).contains(&answered.head.status) {
            return Ok(answered);
        }
        let body = match answered.body {
            Body::Whole(body) => body,
            Body::Open(_) => bytes::Bytes::new(),
        };
        let answer = WireResponse { head: answered.head, body };
        let secret = credential.map(|credential| credential.secret().expose());
        let refusal = refuse::read(&self.dialect.0, call.operation, &answer, secret);
        if let (Some(record), Some(id)) = (progress.attempts.last_mut(), &refusal.request_id) {
            record.request_id = Some(id.clone());
        }
        let facts = AnswerFacts {
            quota_code: refusal.kind == ErrorKind::PlanLimit,
            before_handler: self.dialect.0.unavailable_before_handler,
        };
        let hint = hints::hint(&answer.head, refusal.retry_after, now);
        let verdict = classify::classify_answer(&answer.head, facts, hint);
        let lost = credential.is_some_and(|credential| auth.is_lost(credential, answer.head.status, refusal.message.as_deref()));
        let suspicion = credential.filter(|_| answer.head.status == 401).and_then(|credential| auth.suspicion(credential));
        let error = failure::refused(refusal, &answer.head, suspicion, self.base.origin());
        Err(Judged { verdict, died: false, error, lost })
    }

    fn judge_broken(&self, broken: Broken) -> Judged {
        let died = classify::connection_died(&broken.error);
        let mut verdict = classify::classify_failure(&broken.error);
        if let Some(head) = broken.head.as_ref().filter(|head| !(200..300).contains(&head.status)) {
            // The body of a refusal is not needed to know what the refusal was.
            verdict = classify::classify_answer(head, AnswerFacts::default(), hints::hint(head, None, self.clock.now()));
        }
        Judged { verdict, died, error: failure::broken(&broken), lost: false }
    }

    fn ended(&self, judged: Judged, stop: Stop, progress: &Progress) -> Error {
        let error = judged.error.with(|data| {
            data.stop = Some(stop);
            data.outcome = if progress.unclear { Outcome::Unknown } else { judged.verdict.outcome };
            data.retry_after = match judged.verdict.class {
                Class::Throttled | Class::Transient => judged.verdict.hint,
                Class::Ok | Class::Auth | Class::Fatal => None,
            };
        });
        self.with_history(error, progress)
    }

    /// Adds what the call has been through.
    fn with_history(&self, error: Error, progress: &Progress) -> Error {
        let elapsed = self.clock.monotonic().saturating_sub(progress.started);
        error.with(|data| {
            data.elapsed = Some(elapsed);
            data.attempts.clone_from(&progress.attempts);
            if data.request_id.is_none() {
                data.request_id = progress.attempts.iter().rev().find_map(|record| record.request_id.clone());
            }
        })
    }

    fn named(&self, error: Error, operation: &str) -> Error {
        error.with(|data| {
            data.service.get_or_insert_with(|| Arc::clone(&self.dialect.0.id));
            data.operation.get_or_insert_with(|| operation.to_owned().into());
        })
    }

    /// What is known about a success. Also for errors that are found while reading it.
    fn meta(&self, progress: &Progress) -> Meta {
        let last = progress.attempts.last();
        Meta {
            request_id: last.and_then(|record| record.request_id.clone()),
            status: last.and_then(|record| record.status).unwrap_or_default(),
            attempts: progress.attempts.len() as u32,
            elapsed: self.clock.monotonic().saturating_sub(progress.started),
            queued: progress.queued,
            rate_limit: progress.rate_limit,
            ambiguous: false,
            salvaged: false,
        }
    }

    /// An answer that arrived and could not be read: it was carried out, and trying again would
    /// bring the same.
    pub(crate) fn unreadable(&self, error: Error, operation: &str, safety: Safety, answer: &WireResponse, meta: &Meta) -> Error {
        let error = error.with(|data| {
            data.status = Some(answer.head.status);
            data.outcome = if safety == Safety::Safe { Outcome::Rejected } else { Outcome::Applied };
            data.stop = Some(Stop::Fatal);
            data.request_id.clone_from(&meta.request_id);
            data.elapsed = Some(meta.elapsed);
            data.excerpt = data.excerpt.take().or_else(|| crate::mask::excerpt(&answer.body, None));
        });
        self.named(error, operation)
    }

    fn deadline(&self, call: &Call<'_>, options: CallOptions, started: Duration) -> Option<Duration> {
        const TOTAL: Duration = Duration::from_secs(120);
        match (options.total, call.streamed) {
            (Limit::After(total), _) => Some(started.saturating_add(total)),
            (Limit::Inherit, false) => Some(started + TOTAL),
            // A stream may run for as long as it has something to say.
            (Limit::Inherit, true) | (Limit::Never, _) => None,
        }
    }

    fn teller<'a>(&'a self, operation: &'a str, call: &'a str) -> Teller<'a> {
        Teller { observer: self.observer.as_deref(), service: &self.dialect.0.id, operation, call }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// A delete that is told "not there" after an attempt whose answer was lost has been done.
fn repeated_delete_is_done(call: &Call<'_>, judged: &Judged, progress: &Progress) -> bool {
    call.planned.method == http::Method::DELETE && progress.unclear && judged.error.kind() == ErrorKind::NotFound
}

/// Twelve hexadecimal digits: enough to tell the calls of a day apart in a log.
fn call_id(clock: &dyn Clock) -> String {
    let number = (clock.random() * (1_u64 << 48) as f64) as u64;
    format!("{number:012x}")
}
