//! Many calls, many callers, one sandbox that misbehaves at random: nothing may be lost, doubled,
//! or told wrongly.
//!
//! The client is judged by what the sandbox has seen and by what it holds in the end, never by its
//! own word. Runs in rounds: after each one everything comes to rest, is judged, and what the
//! sandbox remembers of it is thrown away, so that memory can be watched.

mod calls;
mod faults;
mod memory;
mod recording_observer;
mod seen;
mod verify;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use keywright::sandbox::WorldClock;
use keywright::testing::{HttpTransport, TransportOptions, limiters};
use keywright::{ProxyPolicy, Shared};
use keywright_sandbox::{Options, Sandbox};

use worker::{Home, Worker};

/// How many callers.
const TASKS: usize = 64;
/// Calls of one round: the sandbox's journal holds their requests with room to spare.
const ROUND: usize = 2_000;
/// Below this many calls memory is still warming up and says nothing.
const MEASURABLE: usize = 200_000;

/// How much, and by which chance.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Calls.
    pub calls: usize,
    /// Fixes what is called and which faults fire.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// How the calls ended, by outcome; `ok` and `left` among them.
    pub ends: BTreeMap<String, usize>,
    /// Requests that the sandbox has seen.
    pub requests: usize,
    /// Keys whose secret was lost, each of which is accounted for.
    pub orphans: usize,
    /// How often each fault fired.
    pub faults: BTreeMap<String, u32>,
    /// Resident memory after a fifth of the calls and at the end, in KiB.
    pub memory: (u64, u64),
}

/// Runs it and judges every round.
///
/// # Errors
/// Tells what was lost, doubled or told wrongly in the first round in which anything was.
pub fn run(plan: Plan) -> Result<Report, String> {
    let sandbox = Sandbox::start_with(Options::new().seed(plan.seed)).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let report = runtime.map_err(|error| error.to_string())?.block_on(rounds(plan, &sandbox))?;
    let (early, late) = report.memory;
    // A sixteenth for what the allocator keeps in fragments.
    if plan.calls >= MEASURABLE && late > early + early / 16 {
        return Err(format!("memory grew from {early} to {late} KiB"));
    }
    Ok(report)
}

async fn rounds(plan: Plan, sandbox: &Sandbox) -> Result<Report, String> {
    let clock = WorldClock::seeded(sandbox.clock(), plan.seed);
    let shared = Shared::new(Arc::new(clock.clone()));
    let network = Arc::new(HttpTransport::new(TransportOptions::default().proxy(ProxyPolicy::Direct)));
    let home = Arc::new(Home { handed_out: sandbox.description(), shared: shared.clone(), network });
    let mut workers = Vec::new();
    for number in 0..TASKS {
        let seed = plan.seed.wrapping_mul(1_000_003).wrapping_add(number as u64);
        workers.push(Worker::new(number, seed, &home)?);
    }
    let mut ledger = verify::Ledger::of(sandbox)?;
    let (mut report, mut left) = (Report::default(), plan.calls);
    while left > 0 {
        let calls = left.min(ROUND);
        left -= calls;
        faults::add(sandbox)?;
        workers = round(workers, calls).await?;
        settle(&clock, &shared).await?;
        faults::take(sandbox, &mut report.faults);
        ledger.verify(sandbox, &mut workers, &mut report)?;
        let done = plan.calls - left;
        if report.memory.0 == 0 && done * 5 >= plan.calls {
            report.memory.0 = memory::resident();
        }
    }
    report.memory.1 = memory::resident();
    Ok(report)
}

/// So many calls, shared out among all.
async fn round(workers: Vec<Worker>, calls: usize) -> Result<Vec<Worker>, String> {
    let mut running = tokio::task::JoinSet::new();
    let many = workers.len();
    for (number, mut worker) in workers.into_iter().enumerate() {
        let share = calls / many + usize::from(number < calls % many);
        running.spawn(async move {
            for _ in 0..share {
                worker.call().await?;
            }
            Ok(worker)
        });
    }
    running.join_all().await.into_iter().collect()
}

/// Waits until everything that outlives its caller is over; no place in a limiter may be left then.
async fn settle(clock: &WorldClock, shared: &Shared) -> Result<(), String> {
    use keywright::Clock;
    for _ in 0..60 {
        clock.sleep(Duration::from_secs(5)).await;
    }
    match limiters(shared).iter().find(|limiter| limiter.in_flight > 0 || limiter.waiting > 0) {
        None => Ok(()),
        Some(limiter) => Err(format!("a place in a limiter is lost: {limiter:?}")),
    }
}
