//! Groups A and D: server delays, delays, stops, budget.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde::Deserialize;

use super::{Failing, Reply, cases, is_near, outcome, seconds, stop};
use crate::model::error::{Outcome, Stop};
use crate::retry::attempts::Failure;
use crate::retry::classify::connection_died;
use crate::retry::{
    AnswerFacts, Budget, BudgetOptions, Budgets, Class, Decision, RetryOptions, RetryState, Safety, Verdict, classify_answer,
    classify_failure, server_delay,
};

const NOW: &str = "2023-09-29T16:26:37Z";

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
    safety: Option<Safety>,
    u: Option<f64>,
    u_server_delay: Option<f64>,
    #[serde(default)]
    config: Config,
    steps: Vec<Step>,
    expect: Expect,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    cap: Option<f64>,
    max_attempts: Option<u32>,
    total: Option<f64>,
    budget: Option<BudgetConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BudgetConfig {
    reserve: f64,
    ratio: f64,
    window: f64,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Step {
    Answer(Reply),
    Failure { fault: Failing },
    Do(Action),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Action {
    NextCall,
    Deposit,
    Withdraw {
        origin: Option<String>,
        #[serde(default, rename = "clone")]
        _clone: bool,
    },
    Advance {
        by: f64,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default, deserialize_with = "Option::deserialize")]
    server_delay: Option<f64>,
    #[serde(default)]
    delays: Vec<f64>,
    #[serde(default)]
    allowed: Vec<bool>,
    attempts: Option<u32>,
    #[serde(default)]
    throttles: u32,
    #[serde(default)]
    replays: u32,
    stop: Option<String>,
    outcome: Option<String>,
}

/// What a case did.
struct Trace {
    now: Duration,
    delays: Vec<Duration>,
    allowed: Vec<bool>,
    attempts: u32,
    throttles: u32,
    replays: u32,
    end: Option<Decision>,
    outcome: Option<Outcome>,
}

impl Case {
    fn options(&self) -> RetryOptions {
        let mut options = RetryOptions::new();
        options.cap = self.config.cap.map_or(options.cap, seconds);
        options.max_attempts = self.config.max_attempts.unwrap_or(options.max_attempts);
        options
    }

    fn budgets(&self) -> Budgets {
        let options = self
            .config
            .budget
            .as_ref()
            .map(|budget| BudgetOptions::new().reserve(budget.reserve).ratio(budget.ratio).window(seconds(budget.window)));
        Budgets::new(options.unwrap_or_default())
    }

    fn new_call(&self) -> RetryState {
        RetryState::new(self.options(), self.safety.unwrap_or(Safety::Safe), self.config.total.map(seconds))
    }

    fn play(&self) -> Trace {
        let budgets = self.budgets();
        let shared = budgets.of("https://a", Duration::ZERO);
        let mut call = self.new_call();
        let mut trace = Trace {
            now: Duration::ZERO,
            delays: vec![],
            allowed: vec![],
            attempts: 0,
            throttles: 0,
            replays: 0,
            end: None,
            outcome: None,
        };
        for step in &self.steps {
            match step {
                Step::Answer(reply) => {
                    let head = reply.head();
                    let now = NOW.parse().expect("a valid time");
                    let server_delay = server_delay::server_delay(&head, reply.server_delay_in_body.map(seconds), now);
                    self.judge(
                        &mut call,
                        &classify_answer(&head, AnswerFacts::default(), server_delay),
                        false,
                        &shared,
                        &mut trace,
                    );
                }
                Step::Failure { fault } => {
                    let error = fault.error();
                    self.judge(&mut call, &classify_failure(&error), connection_died(&error), &shared, &mut trace);
                }
                Step::Do(Action::NextCall) => call = self.new_call(),
                Step::Do(Action::Deposit) => shared.deposit(trace.now),
                Step::Do(Action::Withdraw { origin, .. }) => {
                    let origin = origin.as_deref().unwrap_or("https://a");
                    let allowed = budgets.of(origin, trace.now).withdraw(trace.now);
                    trace.allowed.push(allowed);
                }
                Step::Do(Action::Advance { by }) => trace.now += seconds(*by),
            }
        }
        trace
    }

    fn judge(&self, call: &mut RetryState, verdict: &Verdict, connection_died: bool, budget: &Arc<Budget>, trace: &mut Trace) {
        assert!(!matches!(trace.end, Some(Decision::Stop(_))), "{}: goes on after its end", self.id);
        let chance = (self.u.unwrap_or(1.0), self.u_server_delay.unwrap_or(0.0));
        let decision = call.decide(Failure { verdict, connection_died, limited: false }, trace.now, chance, budget);
        trace.attempts += 1;
        trace.outcome = Some(verdict.outcome);
        trace.end = Some(decision);
        match decision {
            Decision::Wait(delay) => {
                trace.now += delay;
                trace.delays.push(delay);
            }
            Decision::ReplayNow => trace.replays += 1,
            Decision::Throttled { .. } => trace.throttles += 1,
            Decision::Stop(_) => {}
        }
    }

    fn check(&self) {
        let (Self { id, expect, .. }, trace) = (self, self.play());
        let same = trace.delays.len() == expect.delays.len()
            && trace.delays.iter().zip(&expect.delays).all(|(found, delay)| is_near(*found, *delay));
        assert!(same, "{id}: delays {:?}, expected {:?}", trace.delays, expect.delays);
        assert_eq!(trace.allowed, expect.allowed, "{id}: allowed");
        assert_eq!(trace.replays, expect.replays, "{id}: replays");
        if let Some(attempts) = expect.attempts {
            assert_eq!(trace.attempts, attempts, "{id}: attempts");
        }
        let stopped = match trace.end {
            Some(Decision::Stop(stop)) => Some(stop),
            Some(Decision::Wait(_) | Decision::ReplayNow | Decision::Throttled { .. }) | None => None,
        };
        assert_eq!(stopped, expect.stop.as_deref().map(stop), "{id}: stop");
        if let Some(name) = &expect.outcome {
            assert_eq!(trace.outcome, Some(outcome(name)), "{id}: outcome");
        }
    }
}

#[test]
fn group_a_reads_every_hint_as_its_case_says() {
    let cases: Vec<Case> = cases("A");
    assert!(cases.len() >= 22, "cases are missing");
    for case in cases {
        let [Step::Answer(reply)] = case.steps.as_slice() else { panic!("{}: one answer", case.id) };
        let found = server_delay::server_delay(
            &reply.head(),
            reply.server_delay_in_body.map(seconds),
            NOW.parse().expect("a valid time"),
        );
        let same = match (found, case.expect.server_delay) {
            (Some(found), Some(expected)) => is_near(found, expected),
            (found, expected) => found.is_none() && expected.is_none(),
        };
        assert!(same, "{}: {found:?}, expected {:?}", case.id, case.expect.server_delay);
        if !case.expect.delays.is_empty() || case.expect.stop.is_some() {
            case.check();
        }
    }
}

#[test]
fn group_d_waits_stops_and_pays_as_its_cases_say() {
    let cases: Vec<Case> = cases("D");
    assert!(cases.len() >= 11, "cases are missing");
    for case in cases {
        case.check();
        assert_eq!(case.play().throttles, case.expect.throttles, "{}: throttles", case.id);
    }
}

#[test]
fn every_status_of_the_table_has_its_class_and_outcome() {
    use Class::{Auth, Fatal, Throttled, Transient};
    use Outcome::{Applied, NotSent, Rejected, Unknown};
    let table: [(&[u16], Class, Outcome); 8] = [
        (&[200, 201, 204, 299], Class::Ok, Applied),
        (&[429], Throttled, Rejected),
        (&[421, 425], Transient, Rejected),
        (&[408, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 529, 599], Transient, Unknown),
        (&[401], Auth, Rejected),
        (&[301, 307, 400, 402, 403, 404, 405, 409, 410, 413, 418, 422, 499, 501, 505], Fatal, Rejected),
        (&[407], Fatal, NotSent),
        (&[0, 100, 199, 600, 999], Fatal, Unknown),
    ];
    for (statuses, class, outcome) in table {
        for status in statuses {
            let head = Reply { status: *status, headers: vec![], server_delay_in_body: None }.head();
            let verdict = classify_answer(&head, AnswerFacts::default(), None);
            assert_eq!((verdict.class, verdict.outcome), (class, outcome), "{status}");
        }
    }
    let quota = AnswerFacts { quota_code: true, ..AnswerFacts::default() };
    let early = AnswerFacts { before_handler: true, ..AnswerFacts::default() };
    for (status, facts, class) in [(429, quota, Fatal), (503, early, Transient), (429, early, Throttled)] {
        let head = Reply { status, headers: vec![], server_delay_in_body: None }.head();
        let verdict = classify_answer(&head, facts, None);
        assert_eq!((verdict.class, verdict.outcome), (class, Rejected), "{status} {facts:?}");
    }
}

#[test]
fn a_dialect_spells_safety_in_lowercase() {
    for (text, safety) in [("\"safe\"", Safety::Safe), ("\"idempotent\"", Safety::Idempotent), ("\"never\"", Safety::Never)] {
        assert_eq!(serde_json::from_str::<Safety>(text).ok(), Some(safety));
    }
    assert_eq!(Safety::Never.with_idempotency_key(), Safety::Idempotent);
}

fn verdicts() -> impl Strategy<Value = (Verdict, bool)> {
    let status = any::<u16>().prop_map(|status| Reply { status, headers: vec![], server_delay_in_body: None }.head());
    let facts =
        (any::<bool>(), any::<bool>()).prop_map(|(quota_code, before_handler)| AnswerFacts { quota_code, before_handler });
    let server_delay = proptest::option::of((0_u64..200_000).prop_map(Duration::from_millis));
    let failing = prop_oneof![Just(Failing::Refused), Just(Failing::Reset), Just(Failing::Truncated), Just(Failing::Certificate)];
    prop_oneof![
        (status, facts, server_delay)
            .prop_map(|(head, facts, server_delay)| (classify_answer(&head, facts, server_delay), false)),
        failing.prop_map(|failing| (classify_failure(&failing.error()), connection_died(&failing.error()))),
    ]
}

proptest! {
    #[test]
    fn a_call_ends_in_time_and_never_repeats_what_must_not_be(
        failures in proptest::collection::vec(verdicts(), 1..60),
        safety in prop_oneof![Just(Safety::Safe), Just(Safety::Idempotent), Just(Safety::Never)],
        max_attempts in 1_u32..6, total in proptest::option::of(0_u64..100), u in 0.0..1.0_f64,
    ) {
        let budget = Budget::new(BudgetOptions::new());
        let deadline = total.map(Duration::from_secs);
        let mut call = RetryState::new(RetryOptions::new().max_attempts(max_attempts), safety, deadline);
        let (mut now, mut sends) = (Duration::ZERO, 0);
        for (verdict, died) in failures {
            sends += 1;
            let decision = call.decide(Failure { verdict: &verdict, connection_died: died, limited: false }, now, (u, u), &budget);
            let may_have_acted = matches!(verdict.outcome, Outcome::Unknown | Outcome::Applied);
            if safety == Safety::Never && may_have_acted {
                prop_assert!(matches!(decision, Decision::Stop(_)));
            }
            match decision {
                Decision::Wait(delay) => {
                    prop_assert!(delay >= verdict.server_delay.unwrap_or_default());
                    prop_assert!(delay <= Duration::from_millis(60_250));
                    now += delay;
                }
                Decision::ReplayNow => {}
                Decision::Throttled { server_delay } => now += server_delay.unwrap_or_default(),
                Decision::Stop(_) => break,
            }
            prop_assert!(deadline.is_none_or(|deadline| now + Duration::from_secs(1) <= deadline));
        }
        prop_assert!(sends <= max_attempts + 10 + 1);
    }

    #[test]
    fn a_budget_never_gives_more_than_its_reserve_and_what_was_paid_in(
        steps in proptest::collection::vec((0_u8..3, 0_u64..400), 1..300), reserve in 0_u32..5, ratio in 0_u32..=10,
    ) {
        let options = BudgetOptions::new().reserve(f64::from(reserve)).ratio(f64::from(ratio) / 10.0);
        let budget = Budget::new(options);
        let (mut now, mut paid, mut taken) = (Duration::ZERO, vec![], vec![]);
        for (step, millis) in steps {
            now += Duration::from_millis(millis);
            match step {
                0 => { budget.deposit(now); paid.push(now); }
                1 => {
                    let before = budget.remaining(now);
                    let allowed = budget.withdraw(now);
                    prop_assert_eq!(allowed, before >= 1);
                    if allowed { taken.push(now); }
                }
                _ => prop_assert!(budget.remaining(now) <= 10 * u64::from(reserve) + paid.len() as u64),
            }
            // The window moves in tenths, so nine tenths of it are certain.
            let since = now.saturating_sub(Duration::from_secs(9));
            let recent = taken.iter().filter(|at| **at > since).count() as f64;
            let credit = f64::from(reserve) * 10.0 + paid.len() as f64 * f64::from(ratio) / 10.0;
            prop_assert!(recent <= credit + 1e-6);
        }
    }
}

#[test]
fn a_503_of_a_limiter_is_charged_but_ends_the_call_with_the_eleventh_and_a_success_pays_back() {
    let verdict =
        classify_answer(&Reply { status: 503, headers: vec![], server_delay_in_body: None }.head(), AnswerFacts::default(), None);
    let refuse = |call: &mut RetryState, limited, budget: &Budget| {
        call.decide(Failure { verdict: &verdict, connection_died: false, limited }, Duration::ZERO, (1.0, 0.0), budget)
    };
    let budget = Budget::new(BudgetOptions::new());
    let mut call = RetryState::new(RetryOptions::new(), Safety::Safe, None);
    for _ in 0..10 {
        assert!(matches!(refuse(&mut call, true, &budget), Decision::Wait(_)));
    }
    assert_eq!(budget.remaining(Duration::ZERO), 90);
    let mut lucky = call.clone();
    lucky.succeeded(Duration::ZERO, &budget);
    lucky.succeeded(Duration::ZERO, &budget);
    assert_eq!(budget.remaining(Duration::ZERO), 100, "once");
    assert_eq!(refuse(&mut call, true, &budget), Decision::Stop(Stop::Attempts));
    let mut call = RetryState::new(RetryOptions::new(), Safety::Safe, None);
    for _ in 0..4 {
        assert!(matches!(refuse(&mut call, true, &budget), Decision::Wait(_)));
    }
    assert_eq!(refuse(&mut call, false, &budget), Decision::Stop(Stop::Attempts), "the service is down by now");
    let mut once = RetryState::new(RetryOptions::new().max_attempts(1), Safety::Safe, None);
    assert_eq!(refuse(&mut once, true, &budget), Decision::Stop(Stop::Attempts), "it was not to be repeated");
    let mut one_shot = RetryState::new(RetryOptions::new(), Safety::Never, None);
    assert_eq!(refuse(&mut one_shot, true, &budget), Decision::Stop(Stop::UnknownOutcome));
}
