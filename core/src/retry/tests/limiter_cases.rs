//! Group F: calls, limiters and a scripted service on a clock that stands until nobody runs.

use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::model::time::Timestamp;
use serde::Deserialize;

use super::{Reply, cases, is_near, seconds, stop};
use crate::model::error::Stop;
use crate::retry::attempts::Failure;
use crate::retry::{
    Answer, AnswerFacts, Budget, BudgetOptions, Class, Decision, Fingerprint, Limiter, LimiterKey, Limiters, Priority,
    RetryOptions, RetryState, Safety, Throttle, classify_answer, server_delay,
};
use crate::runtime::BoxFuture;
use crate::runtime::clock::{Clock, ManualClock};

/// A manual clock that knows how many calls run.
#[derive(Debug)]
pub(super) struct WatchedClock {
    manual: ManualClock,
    running: AtomicI64,
    sleeping: Arc<Mutex<Sleeping>>,
}

/// When who sleeps is due. A sleeper whose time has come runs, even before it says so itself.
#[derive(Debug, Default)]
struct Sleeping {
    due: BTreeSet<(Duration, u64)>,
    next: u64,
}

struct Sleep {
    inner: BoxFuture<'static, ()>,
    sleeping: Arc<Mutex<Sleeping>>,
    key: (Duration, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let done = self.inner.as_mut().poll(cx);
        if done.is_ready() {
            self.sleeping.lock().expect("unpoisoned").due.remove(&self.key);
        }
        done
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.sleeping.lock().expect("unpoisoned").due.remove(&self.key);
    }
}

impl WatchedClock {
    pub(super) fn new(chance: f64) -> Arc<Self> {
        let start: Timestamp = "2023-09-29T16:26:37Z".parse().expect("a valid time");
        let manual = ManualClock::at(start);
        manual.set_random(chance);
        Arc::new(Self { manual, running: AtomicI64::new(0), sleeping: Arc::default() })
    }

    /// Lets everything run that can, jumping from sleeper to sleeper, until `done`.
    pub(super) async fn run_until(&self, done: impl Fn() -> bool) {
        while !done() {
            self.settle().await;
            assert!(done() || self.manual.advance_to_next(), "nobody runs and nobody sleeps: a wake-up was lost");
        }
        self.settle().await;
        assert_eq!(self.running.load(Ordering::SeqCst), 0, "enter and leave are not balanced");
    }

    pub(super) async fn settle(&self) {
        let is_due = || self.sleeping.lock().expect("unpoisoned").due.first().is_some_and(|(due, _)| *due <= self.monotonic());
        while self.running.load(Ordering::SeqCst) > 0 || is_due() {
            tokio::task::yield_now().await;
        }
    }

    async fn pause(&self, time: Duration) {
        self.leave();
        self.sleep(time).await;
        self.enter();
    }
}

impl Clock for WatchedClock {
    fn now(&self) -> Timestamp {
        self.manual.now()
    }

    fn monotonic(&self) -> Duration {
        self.manual.monotonic()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut sleeping = self.sleeping.lock().expect("unpoisoned");
        let key = (self.monotonic() + duration, sleeping.next);
        sleeping.next += 1;
        sleeping.due.insert(key);
        Box::pin(Sleep { inner: self.manual.sleep(duration), sleeping: Arc::clone(&self.sleeping), key })
    }

    fn random(&self) -> f64 {
        self.manual.random()
    }

    fn id(&self) -> usize {
        self.manual.id()
    }

    fn enter(&self) {
        self.running.fetch_add(1, Ordering::SeqCst);
    }

    fn leave(&self) {
        assert!(self.running.fetch_sub(1, Ordering::SeqCst) > 0, "left without having entered");
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[serde(rename = "group")]
    _group: String,
    #[serde(rename = "src")]
    _src: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(default)]
    u_limiter: f64,
    #[serde(default)]
    config: Config,
    steps: Vec<Step>,
    expect: Expect,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    round_trip: f64,
    server: Option<ServerConfig>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerConfig {
    bucket: Option<Bucket>,
    window: Option<Window>,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bucket {
    rate: f64,
    burst: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    limit: usize,
    seconds: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    call: String,
    count: Option<usize>,
    at: f64,
    total: Option<f64>,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    throttle: String,
    #[serde(default)]
    limiter: String,
    #[serde(default)]
    answers: Vec<Reply>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    sent: HashMap<String, Vec<f64>>,
    #[serde(default)]
    not_before: HashMap<String, f64>,
    #[serde(default)]
    sent_first: HashMap<String, f64>,
    #[serde(default)]
    refused: HashMap<String, String>,
    #[serde(default)]
    retry_after: HashMap<String, f64>,
    completed: Option<Vec<String>>,
    order: Option<String>,
    successes: Option<usize>,
    requests: Option<usize>,
    max_requests: Option<usize>,
    max_elapsed: Option<f64>,
}

/// What was seen, in order.
#[derive(Debug, Default)]
struct Journal {
    sent: Vec<(String, Duration)>,
    completed: Vec<String>,
    refused: HashMap<String, (Stop, Option<Duration>)>,
    elapsed: Duration,
}

impl Journal {
    fn sent_at(&self, call: &str) -> Vec<Duration> {
        self.sent.iter().filter(|(name, _)| name == call).map(|(_, at)| *at).collect()
    }
}

struct World {
    clock: Arc<WatchedClock>,
    limiters: Limiters,
    server: Option<ServerConfig>,
    round_trip: Duration,
    /// When requests were let through.
    passed: Mutex<Vec<f64>>,
    journal: Mutex<Journal>,
}

impl World {
    fn limiter(&self, name: &str) -> Arc<Limiter> {
        let (origin, key, bucket) = match name {
            "" | "same_key_other_client" => ("https://a", "k", "all"),
            "other_key" => ("https://a", "other", "all"),
            "other_origin" => ("https://b", "k", "all"),
            "other_bucket" => ("https://a", "k", "write"),
            "private" => return Limiter::new(Arc::clone(&self.clock) as Arc<dyn Clock>),
            _ => panic!("no such limiter: {name}"),
        };
        self.limiters.of(&LimiterKey { origin: origin.into(), credential: Fingerprint::of(&["key", key]), bucket: bucket.into() })
    }

    fn answer(&self, scripted: Option<Reply>) -> Reply {
        let ok = Reply { status: 200, headers: vec![], server_delay_in_body: None };
        let (None, Some(server)) = (&scripted, &self.server) else { return scripted.unwrap_or(ok) };
        let now = self.clock.monotonic().as_secs_f64();
        let mut passed = self.passed.lock().expect("unpoisoned");
        let room = match (&server.bucket, &server.window) {
            (Some(bucket), _) => {
                let level = passed.iter().scan((bucket.burst, 0.0), |(tokens, seen), at| {
                    *tokens = (*tokens + (at - *seen) * bucket.rate).min(bucket.burst) - 1.0;
                    *seen = *at;
                    Some((*tokens, *seen))
                });
                let (tokens, seen) = level.last().unwrap_or((bucket.burst, 0.0));
                (tokens + (now - seen) * bucket.rate).min(bucket.burst) >= 1.0 - 1e-9
            }
            (None, Some(window)) => {
                let current = |at: &&f64| (**at / window.seconds).floor() == (now / window.seconds).floor();
                passed.iter().filter(current).count() < window.limit
            }
            (None, None) => true,
        };
        if room {
            passed.push(now);
            return ok;
        }
        Reply { status: 429, headers: server.headers.clone(), server_delay_in_body: None }
    }

    /// One call as the pipeline makes it.
    async fn call(&self, name: String, step: Step) {
        let limiter = self.limiter(&step.limiter);
        if step.at > 0.0 {
            self.clock.pause(seconds(step.at)).await;
        }
        let deadline = step.total.map(|total| self.clock.monotonic() + seconds(total));
        let priority = if step.priority == "urgent" { Priority::Urgent } else { Priority::Normal };
        let throttle = if step.throttle == "fail" { Throttle::Fail } else { Throttle::Wait };
        let ticket = limiter.ticket(priority, throttle);
        let budget = Budget::new(BudgetOptions::new());
        let mut state = RetryState::new(RetryOptions::new(), Safety::Never, deadline);
        let mut answers = step.answers.into_iter();
        loop {
            let permit = match limiter.admit(&ticket, deadline).await {
                Ok(permit) => permit,
                Err(refused) => return self.refuse(name, refused.stop, Some(refused.retry_after)),
            };
            let sent = self.clock.monotonic();
            self.journal.lock().expect("unpoisoned").sent.push((name.clone(), sent));
            self.clock.pause(self.round_trip / 2).await;
            let head = self.answer(answers.next()).head();
            self.clock.pause(self.round_trip / 2).await;
            let now = self.clock.now();
            let server_delay = server_delay::server_delay(&head, None, now);
            let verdict = classify_answer(&head, AnswerFacts::default(), server_delay);
            let answer = if verdict.class == Class::Throttled { Answer::Throttled { server_delay } } else { Answer::Ok };
            limiter.answered(permit, answer, server_delay::rate_limit(&head, now));
            if verdict.class == Class::Ok {
                return self.journal.lock().expect("unpoisoned").completed.push(name);
            }
            let failure = Failure { verdict: &verdict, connection_died: false, limited: false };
            match state.decide(failure, self.clock.monotonic(), (1.0, 0.0), &budget) {
                Decision::Throttled { .. } => {}
                Decision::Stop(stop) => return self.refuse(name, stop, server_delay),
                other @ (Decision::Wait(_) | Decision::ReplayNow) => panic!("{other:?}"),
            }
        }
    }

    fn refuse(&self, name: String, stop: Stop, retry_after: Option<Duration>) {
        self.journal.lock().expect("unpoisoned").refused.insert(name, (stop, retry_after));
    }
}

async fn play(case: &Case) -> Journal {
    let clock = WatchedClock::new(case.u_limiter);
    let world = Arc::new(World {
        limiters: Limiters::new(Arc::clone(&clock) as Arc<dyn Clock>),
        clock: Arc::clone(&clock),
        server: case.config.server.clone(),
        round_trip: seconds(case.config.round_trip),
        passed: Mutex::default(),
        journal: Mutex::default(),
    });
    let mut tasks = Vec::new();
    for step in &case.steps {
        for number in 0..step.count.unwrap_or(1) {
            let name = step.count.map_or(step.call.clone(), |_| format!("{}{number:03}", step.call));
            clock.enter();
            let (world, step) = (Arc::clone(&world), step.clone());
            tasks.push(tokio::spawn(async move {
                world.call(name, step).await;
                world.clock.leave();
            }));
        }
    }
    clock.run_until(|| tasks.iter().all(tokio::task::JoinHandle::is_finished)).await;
    for task in tasks {
        task.await.expect("a call that does not panic");
    }
    let mut journal = std::mem::take(&mut *world.journal.lock().expect("unpoisoned"));
    journal.elapsed = clock.monotonic();
    journal
}

fn check(case: &Case, journal: &Journal) {
    let (id, expect) = (&case.id, &case.expect);
    for (call, times) in &expect.sent {
        let found = journal.sent_at(call);
        let same = found.len() == times.len() && found.iter().zip(times).all(|(found, at)| is_near(*found, *at));
        assert!(same, "{id}: {call} sent at {found:?}, expected {times:?}");
    }
    for (call, at) in &expect.not_before {
        let first = journal.sent_at(call)[0];
        assert!(first + Duration::from_micros(1) >= seconds(*at), "{id}: {call} sent at {first:?}");
    }
    for (call, at) in &expect.sent_first {
        let (first, found) = &journal.sent.iter().find(|(_, sent)| *sent >= seconds(*at)).expect("somebody is sent");
        assert!(first == call && is_near(*found, *at), "{id}: {first} at {found:?}, not {call} at {at}");
        assert_eq!(journal.sent_at(call).len(), 1, "{id}: {call} is sent once");
    }
    for (call, name) in &expect.refused {
        assert_eq!(journal.refused.get(call).map(|(stop, _)| *stop), Some(stop(name)), "{id}: {call}");
    }
    for (call, at) in &expect.retry_after {
        let found = journal.refused.get(call).and_then(|(_, after)| *after).expect("a refusal with a time");
        assert!(is_near(found, *at), "{id}: {call} may return after {found:?}, expected {at}");
    }
    let finished = expect.refused.len() + journal.completed.len();
    assert_eq!(
        finished,
        case.steps.iter().map(|step| step.count.unwrap_or(1)).sum::<usize>(),
        "{id}: unexpected refusals {:?}",
        journal.refused
    );
    if let Some(order) = &expect.completed {
        assert_eq!(&journal.completed, order, "{id}: order");
    }
    if expect.order.is_some() {
        let mut arrived = journal.completed.clone();
        arrived.sort();
        assert_eq!(journal.completed, arrived, "{id}: order");
    }
    let requests = journal.sent.len();
    assert!(expect.successes.is_none_or(|successes| journal.completed.len() == successes), "{id}: {}", journal.completed.len());
    assert!(expect.requests.is_none_or(|expected| requests == expected), "{id}: {requests} requests");
    assert!(expect.max_requests.is_none_or(|most| requests <= most), "{id}: {requests} requests");
    assert!(expect.max_elapsed.is_none_or(|most| journal.elapsed <= seconds(most)), "{id}: {:?}", journal.elapsed);
}

#[tokio::test]
async fn group_f_admits_paces_and_refuses_as_its_cases_say() {
    let cases: Vec<Case> = cases("F");
    assert!(cases.len() >= 12, "cases are missing");
    for case in cases {
        check(&case, &play(&case).await);
    }
}
