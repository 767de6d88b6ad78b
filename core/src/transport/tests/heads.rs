//! Heads of answers: redirects, statuses, sizes, grammar.

use super::server::{Server, Step, ok, send};
use super::*;

/// The answer of a server that reads one request, sends these bytes and closes.
async fn answer(bytes: impl AsRef<[u8]>) -> Result<(WireHead, Bytes), TransportError> {
    let server = Server::once(vec![Step::Request, send(bytes), Step::Close]).await;
    let answer = exchange(&transport(), get(&server.http("/v1/agents")), Connection::Pooled).await;
    assert_eq!(server.connections(), 1, "never a second send");
    answer
}

fn malformed() -> TransportError {
    failure(Fault::Malformed, Phase::Send, Reached::Request)
}

#[tokio::test]
async fn no_redirect_is_followed_anywhere() {
    let other = Server::play([]).await;
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        let port = other.address.port();
        for target in [
            format!("http://{}/x", other.address),
            format!("//127.0.0.1:{port}/x"),
            "/same".into(),
            "file:///etc/passwd".into(),
            "javascript:1".into(),
            "\u{1}".replace('\u{1}', "%%%"),
        ] {
            let head = format!("HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
            let (head, _) = answer(head).await.unwrap();
            assert_eq!(head.status, status);
        }
        let (head, _) = answer(format!("HTTP/1.1 {status} Moved\r\nContent-Length: 0\r\n\r\n")).await.unwrap();
        assert_eq!(head.status, status);
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_challenge_is_not_answered() {
    let (head, _) =
        answer("HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"http://127.0.0.1:1\"\r\nContent-Length: 0\r\n\r\n")
            .await
            .unwrap();
    assert_eq!(head.status, 401);
}

#[tokio::test]
async fn interim_answers_are_read_past() {
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(17);
    let (head, body) =
        answer(format!("HTTP/1.1 100 Continue\r\n\r\n{interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{{}}")).await.unwrap();
    assert_eq!((head.status, &body[..]), (200, &b"{}"[..]));
}

#[tokio::test]
async fn a_status_outside_the_protocol_is_malformed() {
    for line in ["HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade", "HTTP/1.1 999 What", "HTTP/1.1 600 What"] {
        let error = answer(format!("{line}\r\nContent-Length: 0\r\n\r\n")).await.unwrap_err();
        assert_eq!(error, failure(Fault::Malformed, Phase::Send, Reached::Head), "{line}");
    }
    for line in
        ["HTTP/1.1 099 What", "HTTP/1.1 20 What", "HTTP/1.1 2000 What", "HTTP/3.7 200 OK", "HTTP/2.0 200 OK", "http/1.1 200 OK"]
    {
        assert_eq!(answer(format!("{line}\r\nContent-Length: 0\r\n\r\n")).await.unwrap_err(), malformed(), "{line}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_malformed() {
    let tls = b"\x16\x03\x03\x00\x04\x0e\x00\x00\x00".to_vec();
    for bytes in [
        b"<html>HTTP/0.9</html>\r\n\r\n".to_vec(),
        b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        tls,
    ] {
        assert_eq!(answer(&bytes).await.unwrap_err(), malformed(), "{}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn broken_headers_are_malformed() {
    for header in [
        "A: b\r\n c: folded",
        "A: b\u{0}c",
        "A b: c",
        "A: b\rc: d",
        "Content-Length: -1",
        "Content-Length: +2",
        "Content-Length: 0x2",
        "Content-Length: 2\r\nContent-Length: 3",
    ] {
        let error = answer(format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n{{}}")).await.unwrap_err();
        assert_eq!(error, malformed(), "{header:?}");
    }
}

#[tokio::test]
async fn a_head_is_limited() {
    let filled = |size: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: {}\r\n\r\n{{}}", "x".repeat(size));
    let around = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: \r\n\r\n".len();
    assert!(answer(filled(64 * 1024 - around)).await.is_ok());
    let over = answer(filled(64 * 1024 - around + 1)).await.unwrap_err();
    assert_eq!(over, failure(Fault::TooLarge, Phase::Send, Reached::Head));

    let unread = failure(Fault::TooLarge, Phase::Send, Reached::Request);
    assert_eq!(answer(filled(1024 * 1024)).await.unwrap_err(), unread);
    assert_eq!(answer(format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(101))).await.unwrap_err(), unread);
    assert_eq!(answer(format!("HTTP/1.1 200 {}\r\n\r\n", "x".repeat(1024 * 1024))).await.unwrap_err(), unread);
    let reason = answer(format!("HTTP/1.1 200 {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(64 * 1024))).await.unwrap_err();
    assert_eq!(reason.fault, Fault::TooLarge);
}

#[tokio::test]
async fn an_answer_without_reason_phrase_or_with_an_old_version_is_fine() {
    assert_eq!(answer("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}").await.unwrap().1, "{}");
    assert_eq!(answer("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}").await.unwrap().1, "{\"a\":1}");
}

#[tokio::test]
async fn an_end_before_the_head_is_complete_leaves_the_outcome_open() {
    let lost = failure(Fault::Reset, Phase::Send, Reached::Request);
    for bytes in ["", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Len"] {
        assert_eq!(answer(bytes).await.unwrap_err(), lost, "{bytes:?}");
    }
    let server = Server::once(vec![Step::Request, Step::Reset]).await;
    assert_eq!(exchange(&transport(), post(&server.http("/v1/keys")), Connection::Fresh).await.unwrap_err(), lost);
    assert_eq!((server.connections(), server.requests().len()), (1, 1), "never a second send");
}

#[tokio::test]
async fn the_request_is_what_was_asked_for_and_nothing_else() {
    let server = Server::once(vec![Step::Request, ok("{}")]).await;
    exchange(&transport(), post(&server.http("/v1/keys?a=b%20c")), Connection::Pooled).await.unwrap();
    let text = server.requests().remove(0);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().map(str::to_ascii_lowercase).collect();
    assert_eq!(lines.remove(0), "post /v1/keys?a=b%20c http/1.1");
    lines.sort();
    let host = format!("host: {}", server.address);
    let key = format!("x-api-key: {}", KEY.to_ascii_lowercase());
    assert_eq!(lines, ["accept-encoding: gzip", "accept: */*", "content-length: 13", &host, &key]);
    assert_eq!(body, "{\"name\":\"ci\"}");
}

#[tokio::test]
async fn nothing_that_prints_shows_the_key() {
    let server = Server::once(vec![Step::Request, Step::Reset]).await;
    let transport = transport();
    let request = get(&server.http(&format!("/v1?secret={KEY}")));
    assert!(!format!("{:?}", request.headers).contains(KEY));
    let error = transport.send(request, Connection::Pooled, &Progress::default()).await.unwrap_err();
    assert!(!format!("{error:?} {transport:?}").contains(KEY));
}
