//! What the pipeline costs above the transport: plan, credential, limiter, budget, bookkeeping and
//! the reading of the answer, on a transport that answers at once (`cargo bench -p keywright`).
//!
//! The bare transport with the same answer is measured in the same run, interleaved, and taken off.
#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)]

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keywright::testing::{Connection, Progress, ReplayTransport, Reply, Transport, WireRequest, collect};
use keywright::{Client, ClientOptions, PageRequest};
use tokio::runtime::Builder;

const CALLS: u32 = 20_000;
const ROUNDS: usize = 15;
/// A list of ten agents, 1.3 kB.
fn body() -> String {
    let agent = |n: usize| {
        format!(
            r#"{{"id":"agent_{n:08}","name":"Agent {n}","status":"active","description":"An agent that does things","created_at":"2026-01-01T00:00:00.000Z"}}"#
        )
    };
    let agents: Vec<String> = (0..10).map(agent).collect();
    format!(r#"{{"data":[{}],"pagination":{{"has_next":false}}}}"#, agents.join(","))
}

fn main() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let small =
        || Arc::new(ReplayTransport::new().endless(Reply::json(200, "{}").header("date", "Fri, 29 Sep 2023 16:26:37 GMT")));
    let list =
        || Arc::new(ReplayTransport::new().endless(Reply::json(200, body()).header("date", "Fri, 29 Sep 2023 16:26:37 GMT")));
    let client = |transport: Arc<ReplayTransport>| {
        let options = ClientOptions::new().api_key("sk-0123456789abcdef0123").base_url("http://127.0.0.1:9").transport(transport);
        Client::new("seclai", options).unwrap()
    };
    let (raw, typed) = (client(small()), client(list()));
    let bare = small();
    let mut rows = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        rows[0].push(runtime.block_on(time(|| bare_exchange(&bare))));
        rows[1].push(runtime.block_on(time(|| async { assert_eq!(raw.get("/agents").await.unwrap().status, 200) })));
        rows[2].push(
            runtime
                .block_on(time(|| async { assert_eq!(typed.agents().list(PageRequest::new()).await.unwrap().items.len(), 10) })),
        );
    }
    let [bare, raw, typed] = rows.map(|mut row| {
        row.sort();
        row[ROUNDS / 2]
    });
    println!("bare transport              {:>7.2} us a call", micros(bare));
    println!(
        "raw request                 {:>7.2} us a call, {:.2} us of it the pipeline",
        micros(raw),
        micros(raw.saturating_sub(bare))
    );
    println!("typed list of ten objects   {:>7.2} us a call, decoding included", micros(typed));
}

async fn bare_exchange(transport: &ReplayTransport) {
    let url = "http://127.0.0.1:9/agents".parse().unwrap();
    let request = WireRequest { method: http::Method::GET, url, headers: http::HeaderMap::new(), body: None };
    let incoming = transport.send(request, Connection::Pooled, &Progress::default()).await.unwrap();
    assert_eq!(collect(incoming.body, 1024).await.unwrap().len(), 2);
}

async fn time<F: Future<Output = ()>>(call: impl Fn() -> F) -> Duration {
    let began = Instant::now();
    for _ in 0..CALLS {
        call().await;
    }
    began.elapsed() / CALLS
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
