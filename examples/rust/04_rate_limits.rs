//! Under a rate limit: what is waited for, what is not, and what many callers do together.
//!
//! `cargo run --example 04_rate_limits`

use std::sync::{Arc, Mutex};
use std::time::Duration;

use keywright::sandbox::Sandbox;
use keywright::{CallOptions, Client, ClientOptions, Event, EventName, Observer, Result, Throttle};
use keywright_examples::{line, title};
use serde_json::json;

/// Keeps how long the service told us to wait.
#[derive(Debug, Default)]
struct Waits(Mutex<Vec<Duration>>);

impl Observer for Waits {
    fn event(&self, event: &Event) {
        if event.name == EventName::Throttled {
            self.0.lock().unwrap_or_else(|error| error.into_inner()).extend(event.duration);
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sandbox = Sandbox::start()?;
    let waits = Arc::new(Waits::default());
    let client = Client::new("seclai", ClientOptions::from(sandbox.seclai()).observer(waits.clone()))?;

    title("One call and Retry-After: 7");
    throttle_next(&sandbox, "7", 1)?;
    let answer = client.get("/agents").await?;
    let asked = waits.0.lock().unwrap_or_else(|error| error.into_inner()).clone();
    line("the service asked for", format!("{} s", asked.iter().sum::<Duration>().as_secs()));
    line(
        "the call",
        format!("{} after {} requests and {} s", answer.status, answer.meta.attempts, answer.meta.elapsed.as_secs()),
    );

    title("The same, with 5 s for the whole call");
    throttle_next(&sandbox, "7", 1)?;
    let hurried = client.options(CallOptions::new().timeout(Duration::from_secs(5)))?;
    report(hurried.get("/agents").await);

    title("The limiter is closed, and this call may not wait");
    let unwilling = client.options(CallOptions::new().throttle(Throttle::Fail))?;
    report(unwilling.get("/agents").await);

    title("Retry-After above a minute is told, not slept");
    sandbox.clock().advance(Duration::from_secs(60));
    throttle_next(&sandbox, "3600", 1)?;
    report(client.get("/agents").await);
    Ok(())
}

fn throttle_next(sandbox: &Sandbox, retry_after: &str, times: u32) -> Result<()> {
    sandbox.fault_json(
        &json!({
            "match": { "service": "seclai", "method": "GET" },
            "phase": "before_handler",
            "times": times,
            "action": { "kind": "status", "status": 429, "headers": { "Retry-After": retry_after } },
        })
        .to_string(),
    )?;
    Ok(())
}

fn report(result: Result<keywright::Response>) {
    match result {
        Ok(answer) => line("the call", answer.status),
        Err(error) => {
            line("the call", format!("{}, stopped by {}", error.kind(), error.stop().map_or("nothing", |stop| stop.as_str())));
            line("come back in", format!("{} s", error.retry_after().unwrap_or_default().as_secs()));
            line("requests sent", error.attempts().len());
        }
    }
}
