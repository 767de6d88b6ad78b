//! Bodies of answers: limits, lengths, chunks, encodings.

use std::future::poll_fn;
use std::io::Write;
use std::pin::Pin;
use std::task::Poll;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::server::{Server, Step, ok, send};
use super::*;
use crate::transport::{Body, Cut};

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn whole(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// What is read of these bytes with a limit, from a server that closes after them.
async fn body(bytes: impl AsRef<[u8]>, limit: usize) -> Result<Bytes, Cut> {
    read(vec![Step::Request, send(bytes), Step::Close], limit).await
}

async fn read(script: Vec<Step>, limit: usize) -> Result<Bytes, Cut> {
    let server = Server::once(script).await;
    let result = match transport().send(get(&server.http("/")), Connection::Pooled, &Progress::default()).await {
        Ok(incoming) => collect(incoming.body, limit).await,
        Err(error) => Err(Cut { read: Bytes::new(), error }),
    };
    assert_eq!(server.connections(), 1, "never a second send");
    result
}

fn cut(read: &[u8], fault: Fault) -> Cut {
    Cut { read: Bytes::copy_from_slice(read), error: failure(fault, Phase::Body, Reached::Head) }
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_and_no_further() {
    assert_eq!(body(whole("", b"12345678"), 8).await.unwrap(), "12345678");
    assert_eq!(body(whole("", b"123456789"), 8).await.unwrap_err(), cut(b"12345678", Fault::TooLarge));
}

#[tokio::test]
async fn an_endless_body_costs_no_more_than_the_limit() {
    let piece = vec![b'x'; 64 * 1024];
    let chunk = [b"10000\r\n".as_slice(), &piece, b"\r\n"].concat();
    let heads = ["Content-Length: 1073741824", "Transfer-Encoding: chunked", "Connection: close"];
    for (head, repeated) in heads.into_iter().zip([&piece, &chunk, &piece]) {
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
        let script = vec![Step::Request, send(head), Step::Repeat(repeated.clone())];
        let cut = read(script, 1 << 20).await.unwrap_err();
        assert_eq!((cut.read.len(), cut.error.fault), (1 << 20, Fault::TooLarge));
    }
}

#[tokio::test]
async fn a_gzip_bomb_costs_no_more_than_the_limit() {
    let bomb = gzip(&vec![0; 1 << 20]).repeat(512);
    assert!(bomb.len() < 600 * 1024, "512 MiB in {} bytes", bomb.len());
    let cut = body(whole("Content-Encoding: gzip\r\n", &bomb), DEFAULT_BODY_LIMIT).await.unwrap_err();
    assert_eq!((cut.read.len(), cut.error.fault), (DEFAULT_BODY_LIMIT, Fault::TooLarge));
}

#[tokio::test]
async fn a_body_that_ends_early_keeps_what_was_read() {
    assert_eq!(
        body("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"key\"", 99).await.unwrap_err(),
        cut(b"{\"key\"", Fault::Truncated)
    );
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"key\"\r\n";
    assert_eq!(body(chunked, 99).await.unwrap_err(), cut(b"{\"key\"", Fault::Truncated));
    let script = vec![Step::Request, send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), Step::Reset];
    assert_eq!(read(script, 99).await.unwrap_err(), cut(b"", Fault::Truncated));
}

#[tokio::test]
async fn a_body_that_breaks_the_chunk_grammar_is_malformed() {
    let trailers = format!("2\r\n{{}}\r\n0\r\n{}\r\n", "X: y\r\n".repeat(200_000));
    for chunks in ["zz\r\n{}\r\n", "fffffffffffffffff\r\n{}", "\r\n\r\n", "2\r\n{}xx0\r\n\r\n", "-2\r\n{}\r\n", &trailers] {
        let error = body(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"), 99).await.unwrap_err().error;
        assert_eq!(error, failure(Fault::Malformed, Phase::Body, Reached::Head), "{:.20}", chunks);
    }
}

#[tokio::test]
async fn chunks_win_over_a_length_and_small_trailers_are_ignored() {
    let both = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nX: y\r\n\r\n";
    assert_eq!(body(both, 99).await.unwrap(), "{}");
}

#[tokio::test]
async fn gzip_is_decoded_whatever_its_chunks() {
    let plain: Vec<u8> = (0..100_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let packed = gzip(&plain);
    for name in ["gzip", "GZIP", "x-gzip", "identity, gzip"] {
        assert_eq!(body(whole(&format!("Content-Encoding: {name}\r\n"), &packed), DEFAULT_BODY_LIMIT).await.unwrap(), plain);
    }
    let mut chunked = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in gzip(b"{\"a\":1}").chunks(1) {
        chunked.extend_from_slice(&[b"1\r\n", chunk, b"\r\n"].concat());
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(body(chunked, 99).await.unwrap(), "{\"a\":1}");
    assert_eq!(body(whole("Content-Encoding: gzip\r\n", b""), 99).await.unwrap(), "");
}

#[tokio::test]
async fn broken_gzip_is_an_encoding_error() {
    let packed = gzip(b"{\"a\":1}");
    let mut wrong_sum = packed.clone();
    let sum = packed.len() - 6;
    wrong_sum[sum] ^= 1;
    let cases: [&[u8]; 5] = [
        b"{\"a\":1}",
        &packed[..packed.len() - 3],
        &[&packed[..], b"garbage after the end"].concat(),
        &[&packed[..], b"\0"].concat(),
        &wrong_sum,
    ];
    for case in cases {
        let error = body(whole("Content-Encoding: gzip\r\n", case), 99).await.unwrap_err().error;
        assert_eq!(error, failure(Fault::Encoding, Phase::Body, Reached::Head), "{case:?}");
    }
}

/// Members, headers and blocks that hold nothing cost no more than a short answer.
#[tokio::test]
async fn compressed_bytes_that_hold_nothing_come_to_an_end() {
    let long_name = [b"\x1f\x8b\x08\x08\0\0\0\0\0\x03".to_vec(), vec![b'n'; 1 << 20]].concat();
    let empty_blocks = [b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec(), b"\0\0\0\xff\xff".repeat(1 << 18)].concat();
    for (barren, fault) in [
        (gzip(b"").repeat(1 << 16), Fault::TooLarge),
        (gzip(b"a").repeat(1 << 16), Fault::TooLarge),
        (empty_blocks, Fault::TooLarge),
        (long_name, Fault::Encoding),
    ] {
        let cut = body(whole("Content-Encoding: gzip\r\n", &barren), DEFAULT_BODY_LIMIT).await.unwrap_err();
        assert!(cut.error.fault == fault || cut.error.fault == Fault::TooLarge, "{cut:?}");
        assert!(cut.read.len() < 1 << 16, "{cut:?}");
    }
    assert_eq!(body(whole("Content-Encoding: gzip\r\n", &gzip(b"ab").repeat(500)), 9_999).await.unwrap().len(), 1_000);
}

#[tokio::test]
async fn a_gzip_body_that_is_cut_on_the_wire_is_truncated() {
    let packed = gzip(b"{\"a\":1}");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
    let bytes = [head.as_bytes(), &packed[..packed.len() - 5]].concat();
    assert_eq!(body(bytes, 99).await.unwrap_err(), cut(b"{\"a\":1}", Fault::Truncated));
}

#[tokio::test]
async fn an_encoding_that_was_not_asked_for_is_refused() {
    let packed = gzip(&gzip(b"{}"));
    let headers = [
        "Content-Encoding: br",
        "Content-Encoding: gzip, gzip",
        "Content-Encoding: gzip\r\nContent-Encoding: gzip",
        "Content-Encoding: gzip\r\nContent-Encoding: br",
        "Content-Encoding: deflate",
        "Transfer-Encoding: gzip, chunked",
    ];
    for header in headers {
        let error = body(whole(&format!("{header}\r\n"), &packed), 99).await.unwrap_err().error;
        assert_eq!(error, failure(Fault::Encoding, Phase::Body, Reached::Head), "{header}");
    }
}

#[tokio::test]
async fn gzip_is_refused_where_the_caller_asked_for_none() {
    let server = Server::once(vec![Step::Request, send(whole("Content-Encoding: gzip\r\n", &gzip(b"{}")))]).await;
    let mut request = get(&server.http("/"));
    request.headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let error = exchange(&transport(), request, Connection::Pooled).await.unwrap_err();
    assert_eq!(error.fault, Fault::Encoding);
    assert!(server.requests()[0].to_ascii_lowercase().contains("accept-encoding: identity"));
}

#[tokio::test]
async fn an_answer_without_a_body_leaves_the_next_one_clean() {
    for status in ["204 No Content", "304 Not Modified"] {
        let dirty = send(format!("HTTP/1.1 {status}\r\nContent-Length: 5\r\n\r\nwrong"));
        let server = Server::play([vec![Step::Request, dirty, Step::Request, ok("1st")], vec![Step::Request, ok("2nd")]]).await;
        let transport = transport();
        let (_, body) = exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
        assert_eq!(body, "");
        let (head, body) = exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
        assert_eq!((head.status, &body[..]), (200, &b"2nd"[..]), "on a new connection");
    }
}

#[tokio::test]
async fn a_body_can_be_read_step_by_step_and_left_at_any_point() {
    let server =
        Server::once(vec![Step::Request, send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"key\""), Step::Stall]).await;
    let incoming = transport().send(get(&server.http("/")), Connection::Fresh, &Progress::default()).await.unwrap();
    let mut body = Body::new(incoming.body, 99);
    while body.read().len() < 6 {
        assert!(body.step().await.unwrap());
    }
    assert!(poll_once(Box::pin(body.step())).await.is_none(), "the rest has not come");
    assert_eq!(body.into_read(), "{\"key\"");
}

/// Polls a future once, as a caller does whose time runs out.
async fn poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    poll_fn(|cx| match Pin::new(&mut future).poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn an_answer_may_come_before_the_request_is_read() {
    let server = Server::once(vec![Step::Head, send("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\n{}"), Step::Stall]).await;
    let (head, body) = exchange(&transport(), upload(&server), Connection::Fresh).await.unwrap();
    assert_eq!((head.status, &body[..]), (413, &b"{}"[..]));
}

#[tokio::test]
async fn a_server_that_leaves_during_an_upload_leaves_the_outcome_open() {
    for last in [Step::Close, Step::Reset, Step::Drop] {
        let server = Server::once(vec![Step::Head, last]).await;
        let error = exchange(&transport(), upload(&server), Connection::Fresh).await.unwrap_err();
        assert_eq!(error, failure(Fault::Reset, Phase::Send, Reached::Request));
        assert_eq!(server.connections(), 1, "never a second send");
    }
}

/// More than the sockets on the way can hold.
fn upload(server: &Server) -> WireRequest {
    WireRequest { body: Some(vec![b'x'; 32 << 20].into()), ..post(&server.http("/")) }
}
