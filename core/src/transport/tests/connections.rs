//! Which connection carries a request, and what its death means.

use std::time::Duration;

use tokio::net::TcpListener;

use super::server::{Server, Step, ok, send};
use super::*;

#[tokio::test]
async fn pooled_requests_share_a_connection_and_fresh_ones_never_do() {
    let again = || vec![Step::Request, ok("{}"), Step::Request, ok("{}"), Step::Request, ok("{}")];
    let server = Server::play([again(), again(), again()]).await;
    let transport = transport();
    let send = |connection| exchange(&transport, get(&server.http("/")), connection);
    for connection in [Connection::Pooled, Connection::Pooled, Connection::Fresh, Connection::Fresh, Connection::Pooled] {
        send(connection).await.unwrap();
    }
    assert_eq!(server.carriers(), [1, 1, 2, 3, 1]);
}

#[tokio::test]
async fn a_reused_connection_that_dies_before_the_head_says_so() {
    for last in [Step::Close, Step::Reset] {
        let server = Server::play([vec![Step::Request, ok("{}"), Step::Request, last]]).await;
        let transport = transport();
        exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
        let error = exchange(&transport, post(&server.http("/")), Connection::Pooled).await.unwrap_err();
        let expected = TransportError { reused: true, ..failure(Fault::Reset, Phase::Send, Reached::Request) };
        assert_eq!(error, expected);
        assert_eq!((server.connections(), server.requests().len()), (1, 2), "never a second send");
    }
}

#[tokio::test]
async fn a_body_that_breaks_on_a_reused_connection_says_so() {
    let cut = send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
    let server = Server::once(vec![Step::Request, ok("{}"), Step::Request, cut, Step::Close]).await;
    let transport = transport();
    exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
    let error = exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap_err();
    assert_eq!(error, TransportError { reused: true, ..failure(Fault::Truncated, Phase::Body, Reached::Head) });
}

#[tokio::test]
async fn a_refused_connection_reached_nothing() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = unused.local_addr().unwrap();
    drop(unused);
    for connection in [Connection::Pooled, Connection::Fresh] {
        let error = exchange(&transport(), post(&format!("http://{address}/")), connection).await.unwrap_err();
        assert_eq!(error, failure(Fault::Connect, Phase::Connect, Reached::Nothing));
    }
}

#[tokio::test]
async fn a_server_that_speaks_or_leaves_first_is_asked_once() {
    for first in [send("SSH-2.0-OpenSSH_9.9\r\n"), send("HTTP/1.1 408 Too late\r\n\r\n"), Step::Close, Step::Reset] {
        let server = Server::once(vec![first.clone(), Step::Close]).await;
        let error = match exchange(&transport(), post(&server.http("/")), Connection::Fresh).await {
            // Whether the request was still written is up to the timing.
            Ok((head, _)) => {
                assert_eq!(head.status, 408);
                continue;
            }
            Err(error) => error,
        };
        assert!(matches!(error.fault, Fault::Reset | Fault::Malformed), "{first:?}: {error:?}");
        assert_eq!((error.phase, error.reused), (Phase::Send, false), "{first:?}");
        assert_eq!(server.connections(), 1, "never a second send");
    }
}

#[tokio::test]
async fn a_server_that_never_accepts_runs_into_the_connect_timeout() {
    // A full backlog drops what comes after it, so the connection stays half open.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    for _ in 0..8 {
        let mut opening = Box::pin(tokio::net::TcpStream::connect(address));
        let opened = std::future::poll_fn(|cx| std::task::Poll::Ready(opening.as_mut().poll(cx))).await;
        held.push((opening, opened));
    }
    let transport = HttpTransport::new(TransportOptions::default().connect_timeout(Duration::from_millis(20)));
    let error = exchange(&transport, post(&format!("http://{address}/")), Connection::Fresh).await.unwrap_err();
    assert_eq!(error, failure(Fault::Unanswered, Phase::Connect, Reached::Nothing));
}

#[tokio::test]
async fn a_host_without_a_usable_name_is_not_resolved() {
    let error = exchange(&transport(), get("http://a..b/"), Connection::Pooled).await.unwrap_err();
    assert_eq!(error.reached, Reached::Nothing);
    assert_eq!(error.phase, Phase::Resolve, "{error:?}");
}

#[tokio::test]
async fn a_dropped_call_closes_its_connection() {
    let server = Server::once(vec![Step::Request, Step::Stall, Step::Request]).await;
    let transport = transport();
    let url = server.http("/");
    let call = tokio::spawn(async move { exchange(&transport, get(&url), Connection::Pooled).await });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    server.go_on();
    // The script's second request can only end by the connection being closed.
    server.finished(1).await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn many_calls_at_once_each_get_their_own_answer() {
    let transport = std::sync::Arc::new(transport());
    let server = Server::play((0..64).map(|_| vec![Step::Request, ok("{}"), Step::Request, ok("{}")])).await;
    let calls: Vec<_> = (0..64)
        .map(|n| {
            let (transport, url) = (transport.clone(), server.http(&format!("/{n}")));
            tokio::spawn(async move { exchange(&transport, get(&url), Connection::Pooled).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().1, "{}");
    }
    assert_eq!(server.requests().len(), 64);
}

#[test]
fn a_runtime_that_ends_under_a_call_does_not_hang_the_next() {
    let transport = transport();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let address = first.block_on(async {
        let server = Server::once(vec![Step::Request, ok("{}"), Step::Stall]).await;
        exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
        server.address
    });
    drop(first);
    let error = runtime().block_on(exchange(&transport, get(&format!("http://{address}/")), Connection::Pooled)).unwrap_err();
    assert_eq!(error.reached, Reached::Nothing, "{error:?}");
}
