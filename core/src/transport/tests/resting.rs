//! Connections that rest between requests: which of them carries the next one, and which never.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::server::{Server, Step, ok};
use super::*;
use crate::runtime::clock::{Clock, ManualClock};

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

/// A server in a thread of its own: it serves some connections once each, closes them all when it
/// is told to, and then serves as many others. What it does meanwhile gives the runtime of the
/// test no turn.
fn closing_server(connections: usize, reset: bool) -> (SocketAddr, Sender<()>, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (close, told) = channel();
    let (done, closed) = channel();
    let serve = move || -> Vec<TcpStream> {
        let mut served = Vec::new();
        for stream in listener.incoming().take(connections) {
            let mut stream = stream.unwrap();
            let mut bytes = [0; 4096];
            let mut read = 0;
            while !bytes[..read].ends_with(b"}") {
                read += stream.read(&mut bytes[read..]).unwrap();
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
            served.push(stream);
        }
        served
    };
    std::thread::spawn(move || {
        let served = serve();
        told.recv().unwrap();
        for stream in served {
            if reset {
                reset_at_end(&stream);
            }
            drop(stream);
        }
        done.send(()).unwrap();
        serve()
    });
    (address, close, closed)
}

fn reset_at_end(stream: &TcpStream) {
    let socket = tokio::net::TcpSocket::from_std_stream(stream.try_clone().unwrap());
    socket.set_zero_linger().unwrap();
}

#[tokio::test]
async fn a_close_that_has_arrived_is_seen_before_the_next_request() {
    for reset in [false, true] {
        let (address, close, closed) = closing_server(24, reset);
        let (transport, clock) = aged();
        let transport = Arc::new(transport);
        let send_all = async || {
            let calls: Vec<_> = (0..24)
                .map(|_| {
                    let (transport, url) = (Arc::clone(&transport), format!("http://{address}/"));
                    tokio::spawn(async move { exchange(&transport, post(&url), Connection::Pooled).await })
                })
                .collect();
            let mut answers = Vec::new();
            for call in calls {
                answers.push(call.await.unwrap());
            }
            answers
        };
        assert!(send_all().await.iter().all(Result::is_ok));
        close.send(()).unwrap();
        closed.recv().unwrap();
        // The ends are in the sockets; the runtime has not looked since.
        clock.advance(Duration::from_millis(300));
        for answer in send_all().await {
            assert!(answer.is_ok(), "reset {reset}: {answer:?}");
        }
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
    let (transport, _) = aged();
    exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
    // The age of a connection is counted by the runtime.
    tokio::time::pause();
    for _ in 0..31 {
        tokio::time::advance(Duration::from_secs(1)).await;
        turn().await;
    }
    tokio::time::resume();
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
