//! A client on a scripted transport and a clock that moves only when nothing else does.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use keywright::testing::ReplayTransport;
use keywright::{Client, ClientOptions, Event, EventName, ManualClock, Observer};

/// Events by name, with the key's id where there is one.
#[derive(Debug, Default)]
pub struct Seen(pub Mutex<Vec<(EventName, Option<String>)>>);

impl Observer for Seen {
    fn event(&self, event: &Event) {
        self.0.lock().unwrap().push((event.name, event.key_id.clone()));
    }
}

/// A client, what it is played and what it did.
pub struct Bench {
    pub clock: ManualClock,
    pub wire: Arc<ReplayTransport>,
    pub seen: Arc<Seen>,
    pub client: Client,
}

impl Bench {
    /// A client of a service with the given chance, and options changed by the test.
    pub fn new(service: &str, chance: f64, script: ReplayTransport, change: impl FnOnce(ClientOptions) -> ClientOptions) -> Self {
        let clock = ManualClock::at("2023-09-29T16:26:37Z".parse().unwrap());
        clock.set_random(chance);
        let (wire, seen) = (Arc::new(script), Arc::new(Seen::default()));
        let options = ClientOptions::new()
            .env::<&str, &str>([])
            .base_url("https://api.example.test")
            .clock(Arc::new(clock.clone()))
            .isolated_limits(true)
            .transport(wire.clone())
            .observer(seen.clone());
        let client = Client::new(service, change(options)).unwrap();
        Self { clock, wire, seen, client }
    }

    /// Runs a call and moves the clock whenever nothing else moves.
    pub async fn run<T>(&self, call: impl Future<Output = T>) -> T {
        on(&self.clock, call).await
    }

    /// Method, path and query of every request.
    pub fn sent(&self) -> Vec<String> {
        let sent = self.wire.sent();
        sent.iter().map(|sent| format!("{} {}", sent.request.method, &sent.request.url[url::Position::BeforePath..])).collect()
    }

    pub fn has_seen(&self, name: EventName) -> bool {
        self.seen.0.lock().unwrap().iter().any(|(seen, _)| *seen == name)
    }
}

/// Runs a call and moves the clock whenever nothing else moves.
pub async fn on<T>(clock: &ManualClock, call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    loop {
        tokio::select! {
            biased;
            result = &mut call => return result,
            () = settle() => { clock.advance_to_next(); }
        }
    }
}

/// Lets every task run until it waits.
pub async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}
