//! Connections that rest between requests: which of them carries the next one, and which never.

use std::sync::Arc;
use std::time::Duration;

use super::server::{Server, Step, ok};
use super::*;
use crate::clock::{Clock, ManualClock};

fn aged() -> (HttpTransport, ManualClock) {
    let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    (HttpTransport::new(TransportOptions::default().with_clock(shared)), clock)
}

/// Lets everything run that can.
async fn turn() {
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
}

fn answers(count: usize) -> Vec<Step> {
    (0..count).flat_map(|_| [Step::Request, ok("{}")]).collect()
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_it_rested_is_not_used() {
    for last in [Step::Close, Step::Reset] {
        let server = Server::play([vec![Step::Request, ok("{}"), last], answers(1)]).await;
        let (transport, clock) = aged();
        exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
        server.finished(1).await;
        // The runtime has not looked at the socket since.
        clock.advance(Duration::from_millis(300));
        let answer = exchange(&transport, post(&server.http("/")), Connection::Pooled).await;
        assert!(answer.is_ok(), "{answer:?}");
        assert_eq!(server.carriers(), [1, 2]);
    }
}

#[tokio::test]
async fn many_calls_after_a_close_all_see_it() {
    const CALLS: usize = 24;
    let closing = || vec![Step::Request, Step::Stall, ok("{}"), Step::Close];
    let server = Server::play((0..CALLS).map(|_| closing()).chain((0..CALLS).map(|_| answers(1)))).await;
    let (transport, clock) = aged();
    let transport = Arc::new(transport);
    let send = |count: usize| -> Vec<_> {
        let calls = (0..count).map(|_| {
            let (transport, url) = (Arc::clone(&transport), server.http("/"));
            tokio::spawn(async move { exchange(&transport, post(&url), Connection::Pooled).await })
        });
        calls.collect()
    };
    let first = send(CALLS);
    while server.requests().len() < CALLS {
        tokio::task::yield_now().await;
    }
    for _ in 0..CALLS {
        server.go_on();
        turn().await;
    }
    for call in first {
        call.await.unwrap().unwrap();
    }
    server.finished(CALLS).await;
    clock.advance(Duration::from_secs(2));
    for call in send(CALLS) {
        let answer = call.await.unwrap();
        assert!(answer.is_ok(), "{answer:?}");
    }
}

#[tokio::test]
async fn a_call_a_second_makes_one_connection() {
    let server = Server::play([answers(40), answers(40)]).await;
    let (transport, clock) = aged();
    for _ in 0..40 {
        exchange(&transport, post(&server.http("/")), Connection::Pooled).await.unwrap();
        clock.advance(Duration::from_secs(1));
        turn().await;
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn after_a_standstill_no_connection_of_before_is_used() {
    for (asleep, carriers) in [(4, [1, 1]), (6, [1, 2]), (60, [1, 2]), (86_400, [1, 2])] {
        let server = Server::play([answers(2), answers(2)]).await;
        let (transport, clock) = aged();
        exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
        clock.advance(Duration::from_secs(1));
        turn().await;
        clock.advance(Duration::from_secs(asleep));
        exchange(&transport, post(&server.http("/")), Connection::Pooled).await.unwrap();
        assert_eq!(server.carriers(), carriers, "{asleep} s");
    }
}

#[tokio::test]
async fn a_connection_that_nobody_uses_is_closed_after_half_a_minute() {
    let server = Server::play([vec![Step::Request, ok("{}"), Step::Request], answers(1)]).await;
    let (transport, clock) = aged();
    exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
    for _ in 0..31 {
        clock.advance(Duration::from_secs(1));
        turn().await;
    }
    // The script's second request can only end by the connection being closed.
    server.finished(1).await;
    exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
    assert_eq!(server.carriers(), [1, 2]);
}

#[tokio::test]
async fn no_more_connections_rest_than_may() {
    let server = Server::play((0..3).map(|_| vec![Step::Request, Step::Stall, ok("{}"), Step::Request])).await;
    let transport = Arc::new(HttpTransport::new(TransportOptions::default().max_idle(1)));
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let (transport, url) = (Arc::clone(&transport), server.http("/"));
            tokio::spawn(async move { exchange(&transport, get(&url), Connection::Pooled).await })
        })
        .collect();
    while server.requests().len() < 3 {
        tokio::task::yield_now().await;
    }
    for _ in 0..3 {
        server.go_on();
        turn().await;
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    server.finished(2).await;
}

#[tokio::test]
async fn a_body_that_is_dropped_at_its_end_gives_its_connection_back_and_one_before_does_not() {
    let half = super::server::send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
    let server = Server::play([vec![Step::Request, ok("{}"), Step::Request, half, Step::Stall], answers(1)]).await;
    let (transport, _) = aged();
    exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
    let incoming = transport.send(get(&server.http("/")), Connection::Pooled, &Progress::default()).await.unwrap();
    drop(incoming);
    exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
    assert_eq!(server.carriers(), [1, 1, 2]);
}
