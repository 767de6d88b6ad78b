//! The steps to a connection: who stops a call in the middle of one knows that nothing was sent.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::protected::Authority;
use super::server::{Server, Step, ok, send};
use super::*;
use crate::runtime::environment::Environment;

/// Runs a call until it has got to that step and everything else stands still.
async fn stopped_at(transport: &HttpTransport, request: WireRequest, connection: Connection, phase: Phase) -> Progress {
    let progress = Progress::default();
    {
        let mut call = pin!(transport.send(request, connection, &progress));
        let mut turns = 0;
        while turns < 64 {
            let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(polled, Poll::Pending), "it hangs");
            tokio::task::yield_now().await;
            turns = if progress.phase() == phase { turns + 1 } else { 0 };
        }
    }
    progress
}

const BOTH: [Connection; 2] = [Connection::Pooled, Connection::Fresh];

#[tokio::test]
async fn a_handshake_that_hangs_has_sent_nothing() {
    for connection in BOTH {
        for request in [get, post] {
            let server = Server::once(vec![Step::Stall]).await;
            let url = format!("https://{}/", server.address);
            let progress = stopped_at(&transport(), request(&url), connection, Phase::Tls).await;
            assert_eq!(progress.reached(), Reached::Nothing);
        }
    }
}

#[tokio::test]
async fn a_proxy_that_hangs_has_sent_nothing() {
    for connection in BOTH {
        let server = Server::once(vec![Step::Request, Step::Stall]).await;
        let environment = Environment::of([("HTTPS_PROXY", server.http(""))]);
        let transport = HttpTransport::new(TransportOptions::default().environment(environment));
        let progress = stopped_at(&transport, post("https://api.example.test/"), connection, Phase::Proxy).await;
        assert_eq!(progress.reached(), Reached::Nothing);
    }
}

#[tokio::test]
async fn a_handshake_with_a_proxy_that_hangs_is_a_matter_of_the_proxy() {
    let server = Server::once(vec![Step::Stall]).await;
    let environment = Environment::of([("HTTPS_PROXY", format!("https://{}", server.address))]);
    let transport = HttpTransport::new(TransportOptions::default().environment(environment));
    let progress = stopped_at(&transport, post("https://api.example.test/"), Connection::Fresh, Phase::Proxy).await;
    assert_eq!(progress.reached(), Reached::Nothing);
}

#[tokio::test]
async fn a_handshake_through_a_tunnel_is_a_matter_of_the_service() {
    let tunnel = vec![Step::Request, send("HTTP/1.1 200 Connection established\r\n\r\n"), Step::Stall];
    let server = Server::once(tunnel).await;
    let environment = Environment::of([("HTTPS_PROXY", server.http(""))]);
    let transport = HttpTransport::new(TransportOptions::default().environment(environment));
    let progress = stopped_at(&transport, post("https://api.example.test/"), Connection::Fresh, Phase::Tls).await;
    assert_eq!(progress.reached(), Reached::Nothing);
}

#[tokio::test]
async fn a_service_that_hangs_may_have_got_it() {
    for connection in BOTH {
        for request in [get, post] {
            let server = Server::once(vec![Step::Request, Step::Stall]).await;
            let progress = stopped_at(&transport(), request(&server.http("/")), connection, Phase::Send).await;
            assert_eq!(progress.reached(), Reached::Request);
        }
    }
}

#[tokio::test]
async fn a_service_that_hangs_on_a_connection_that_rested_may_have_got_it() {
    for request in [get, post] {
        let server = Server::once(vec![Step::Request, ok("{}"), Step::Request, Step::Stall]).await;
        let transport = transport();
        exchange(&transport, request(&server.http("/")), Connection::Pooled).await.unwrap();
        let progress = stopped_at(&transport, request(&server.http("/")), Connection::Pooled, Phase::Send).await;
        assert_eq!(progress.reached(), Reached::Request);
    }
}

/// Its own connection is still in the handshake when another one becomes free and takes it.
#[tokio::test]
async fn a_request_that_gets_a_connection_which_became_free_may_have_been_sent() {
    for request in [get, post] {
        let authority = Authority::new();
        let tls = Step::Tls(authority.server("127.0.0.1"));
        let first = vec![tls, Step::Request, Step::Stall, ok("{}"), Step::Request, Step::Stall];
        let server = Server::play([first, vec![Step::Stall]]).await;
        let options = TransportOptions::default().extra_roots(authority.pem().as_bytes()).unwrap();
        let transport = Arc::new(HttpTransport::new(options));
        let url = format!("https://{}/", server.address);
        let (other, place) = (Arc::clone(&transport), url.clone());
        let other = tokio::spawn(async move { exchange(&other, get(&place), Connection::Pooled).await });
        while server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        let progress = Progress::default();
        let mut call = pin!(transport.send(request(&url), Connection::Pooled, &progress));
        let mut freed = false;
        while server.requests().len() < 2 {
            let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(polled, Poll::Pending), "it hangs");
            if progress.phase() == Phase::Tls && !freed {
                assert_eq!(progress.reached(), Reached::Nothing);
                freed = true;
                server.go_on();
            }
            tokio::task::yield_now().await;
        }
        assert!(freed, "the second call opened a connection of its own");
        assert_eq!((server.connections(), progress.reached()), (2, Reached::Request));
        other.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn localhost_is_this_machine_without_being_looked_up() {
    let server = Server::once(vec![Step::Request, ok("{}")]).await;
    let url = format!("http://localhost:{}/", server.address.port());
    let mut found = pin!(super::super::steps::addresses("localhost"));
    let Poll::Ready(found) = found.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("not one moment in the resolver");
    };
    assert_eq!(found.unwrap().iter().map(ToString::to_string).collect::<Vec<_>>(), ["127.0.0.1:0", "[::1]:0"]);
    let (head, _) = exchange(&transport(), get(&url), Connection::Pooled).await.unwrap();
    assert_eq!(head.status, 200);
    assert!(server.requests()[0].contains(&format!("host: localhost:{}", server.address.port())));
}

#[tokio::test]
async fn a_tunnel_is_asked_for_once_and_shown_without_its_password() {
    let authority = Authority::new();
    let proxy = Server::once(vec![
        Step::Request,
        send("HTTP/1.1 200 Connection established\r\n\r\n"),
        Step::Tls(authority.server("api.example.test")),
        Step::Request,
        ok("{}"),
    ])
    .await;
    let environment = Environment::of([("ALL_PROXY", format!("http://us%40er:CANARY@{}", proxy.address))]);
    let options = TransportOptions::default().extra_roots(authority.pem().as_bytes()).unwrap().environment(environment);
    let transport = HttpTransport::new(options);
    let url = "https://api.example.test/v1/agents";
    assert_eq!(transport.proxy_of(&Url::parse(url).unwrap()), Some(format!("http://{}", proxy.address)));
    exchange(&transport, get(url), Connection::Fresh).await.unwrap();
    let [to_proxy, to_origin] = <[String; 2]>::try_from(proxy.requests()).unwrap();
    assert!(to_proxy.contains("Proxy-Authorization: Basic dXNAZXI6Q0FOQVJZ\r\n"), "{to_proxy}");
    assert!(to_origin.to_ascii_lowercase().contains("host: api.example.test\r\n"), "{to_origin}");
    assert!(!format!("{transport:?}").contains("CANARY"));
}

#[tokio::test]
async fn what_a_secure_proxy_shows_is_its_own_affair() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let proxy = Server::once(vec![Step::Tls(stranger.server("127.0.0.1")), Step::Request]).await;
    let environment = Environment::of([("HTTPS_PROXY", format!("https://{}", proxy.address))]);
    let options = TransportOptions::default().extra_roots(authority.pem().as_bytes()).unwrap().environment(environment);
    let error = exchange(&HttpTransport::new(options), get("https://api.example.test/"), Connection::Pooled).await.unwrap_err();
    assert_eq!(error, failure(Fault::Certificate(BadCertificate::UnknownIssuer), Phase::Proxy, Reached::Nothing));
    assert!(proxy.requests().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named_and_nothing_goes_round_it() {
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = unused.local_addr().unwrap();
    drop(unused);
    let server = Server::play([]).await;
    let url = format!("https://0.0.0.0:{}/", server.address.port());
    for value in [format!("http://{address}"), "http:/nonsense".to_owned(), "socks5://127.0.0.1:1".to_owned()] {
        let environment = Environment::of([("HTTPS_PROXY", value.clone())]);
        let transport = HttpTransport::new(TransportOptions::default().environment(environment));
        let error = exchange(&transport, get(&url), Connection::Pooled).await.unwrap_err();
        assert_eq!(error, failure(Fault::Proxy(BadProxy::Unreachable), Phase::Proxy, Reached::Nothing), "{value}");
    }
    assert_eq!(server.connections(), 0);
}
