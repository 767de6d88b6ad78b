//! G8, G9 and G12 on real sockets, through a client as anybody makes it. These tests take the time
//! of the machine, because the network does, but wait for nothing that does not happen.

use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use keywright::{CallOptions, Client, ClientOptions, CreateKey, Error, ErrorKind, Outcome, PageRequest};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::server::{Server, Step, ok, send};
use crate::{KEY, shown};

const EMPTY_LIST: &str = r#"{"data":[],"pagination":{"has_next":false}}"#;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn server(&self, host: &str) -> Arc<ServerConfig> {
        self.server_of_time(host, 2020, 4000)
    }

    fn server_of_time(&self, host: &str, from: i32, to: i32) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }
}

/// A client with the key, which trusts the authority and sees this environment.
fn client(url: &str, authority: Option<&Authority>, environment: &[(&str, &str)]) -> Client {
    try_client(url, authority, environment).unwrap()
}

fn try_client(url: &str, authority: Option<&Authority>, environment: &[(&str, &str)]) -> keywright::Result<Client> {
    let options = ClientOptions::new().env(environment.iter().copied()).api_key(KEY).base_url(url).isolated_limits(true);
    let options = options.calls(CallOptions::new().max_attempts(1)).allow_insecure_http(true);
    Client::new("seclai", authority.iter().fold(options, |options, authority| options.extra_roots(authority.0.pem())))
}

/// Everything that could bring the key to somebody: what is read and what is made.
async fn failures(client: &Client) -> Vec<Error> {
    vec![
        client.keys().list(PageRequest::new()).await.unwrap_err(),
        client.keys().create(CreateKey::new().name("ci")).await.unwrap_err(),
        client.get("/v1/me").await.unwrap_err(),
    ]
}

/// A listener that answers whatever comes with these bytes and keeps all that it is sent.
async fn eavesdropper(answer: &'static [u8]) -> (std::net::SocketAddr, Arc<std::sync::Mutex<Vec<u8>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard: Arc<std::sync::Mutex<Vec<u8>>> = Arc::default();
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let heard = Arc::clone(&all);
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                let mut has_answered = false;
                while let Ok(read @ 1..) = stream.read(&mut bytes).await {
                    heard.lock().unwrap().extend_from_slice(&bytes[..read]);
                    if !has_answered {
                        let _ = stream.write_all(answer).await;
                        has_answered = true;
                    }
                }
            });
        }
    });
    (address, heard)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
}

/// Variables that turn the check off elsewhere.
const SWITCHES: [(&str, &str); 5] = [
    ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
    ("PYTHONHTTPSVERIFY", "0"),
    ("GIT_SSL_NO_VERIFY", "1"),
    ("SSL_VERIFY", "false"),
    ("KEYWRIGHT_INSECURE", "1"),
];

#[tokio::test]
async fn g9_a_server_that_cannot_prove_its_host_and_time_is_sent_nothing() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let cases = [
        ("an unknown authority", stranger.server("127.0.0.1"), ErrorKind::Network),
        ("another host", authority.server("api.example.test"), ErrorKind::Network),
        ("an expired one", authority.server_of_time("127.0.0.1", 2020, 2021), ErrorKind::Network),
        ("one of the future", authority.server_of_time("127.0.0.1", 3999, 4000), ErrorKind::Network),
    ];
    for (case, config, kind) in cases {
        let server = Server::play(vec![vec![Step::Tls(config), Step::Request, ok(EMPTY_LIST)]; 3]).await;
        let client = client(&format!("https://{}", server.address), Some(&authority), &SWITCHES);
        for error in failures(&client).await {
            assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotSent), "{case}: {error:?}");
            assert!(!shown(&error).contains(KEY) && error.to_string().contains("certificate"), "{case}: {error}");
        }
        assert_eq!((server.connections(), server.requests()), (3, vec![]), "{case}");
    }
    // The same server with a certificate that proves it is asked, so that it could have heard.
    let script = vec![Step::Tls(authority.server("127.0.0.1")), Step::Request, ok(EMPTY_LIST)];
    let server = Server::once(script).await;
    let good = client(&format!("https://{}", server.address), Some(&authority), &[]);
    assert!(good.keys().list(PageRequest::new()).await.is_ok());
    assert!(server.requests()[0].contains(KEY), "{:?}", server.requests());
    // Without the added root it is a stranger.
    let server = Server::once(vec![Step::Tls(authority.server("127.0.0.1")), Step::Request, ok(EMPTY_LIST)]).await;
    assert!(client(&format!("https://{}", server.address), None, &SWITCHES).get("/v1/me").await.is_err());
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn g9_a_server_that_speaks_no_tls_is_not_talked_to_in_the_clear() {
    for answer in
        [&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"[..], b"HTTP/1.1 426 No\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x46"]
    {
        let (address, heard) = eavesdropper(answer).await;
        for error in failures(&client(&format!("https://{address}"), None, &SWITCHES)).await {
            assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
        }
        let heard = heard.lock().unwrap().clone();
        assert!(heard.starts_with(b"\x16\x03") && !holds(&heard, KEY) && !holds(&heard, "/v1/me"), "{heard:?}");
    }
}

#[tokio::test]
async fn g8_a_proxy_sees_where_to_and_never_the_key() {
    let authority = Authority::new();
    let tunnel = || send("HTTP/1.1 200 Connection established\r\n\r\n");
    let script = vec![Step::Request, tunnel(), Step::Tls(authority.server("api.example.test")), Step::Request, ok(EMPTY_LIST)];
    let proxy = Server::once(script).await;
    let through = |proxy: &Server| {
        let address = format!("http://{}", proxy.address);
        client("https://api.example.test", Some(&authority), &[("HTTPS_PROXY", &address), ("HTTP_PROXY", &address)])
    };
    assert!(through(&proxy).keys().list(PageRequest::new()).await.is_ok());
    let [to_proxy, to_service] = <[String; 2]>::try_from(proxy.requests()).unwrap();
    assert!(to_proxy.starts_with("CONNECT api.example.test:443 "), "{to_proxy}");
    assert!(!to_proxy.contains(KEY) && !to_proxy.contains("api-keys") && to_service.contains(KEY), "{to_proxy}{to_service}");
    // One that ends TLS itself, and one that refuses.
    let stranger = Authority::new();
    let between = vec![Step::Request, tunnel(), Step::Tls(stranger.server("api.example.test")), Step::Request, ok(EMPTY_LIST)];
    for script in [between, vec![Step::Request, send("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")]] {
        let proxy = Server::play(vec![script; 3]).await;
        for error in failures(&through(&proxy)).await {
            assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
        }
        let heard = proxy.requests();
        assert_eq!(heard.len(), 3, "{heard:?}");
        assert!(heard.iter().all(|text| text.starts_with("CONNECT ") && !text.contains(KEY)), "{heard:?}");
    }
}

#[tokio::test]
async fn g8_a_proxy_that_opens_no_tunnel_hears_only_a_handshake() {
    let (address, heard) = eavesdropper(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let address = format!("http://{address}");
    let client = client("https://api.example.test", None, &[("HTTPS_PROXY", &address), ("ALL_PROXY", &address)]);
    // It takes the handshake for a request and says nothing more.
    let impatient = client.options(CallOptions::new().timeout(std::time::Duration::from_millis(500))).unwrap();
    failures(&impatient).await;
    let heard = heard.lock().unwrap().clone();
    assert!(holds(&heard, "CONNECT api.example.test:443") && !holds(&heard, KEY) && !holds(&heard, "/v1/me"), "{heard:?}");
}

#[tokio::test]
async fn g8_plain_http_takes_no_proxy_and_an_unusable_proxy_is_no_direct_connection() {
    let (proxy, heard) = eavesdropper(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
    let proxy = format!("http://{proxy}");
    let all = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, &*proxy));
    for host in ["127.0.0.1", "localhost"] {
        let server = Server::once(vec![Step::Request, ok(EMPTY_LIST)]).await;
        let client = client(&format!("http://{host}:{}", server.address.port()), None, &all);
        assert!(client.keys().list(PageRequest::new()).await.is_ok(), "{host}");
        assert_eq!(server.requests().len(), 1, "{host}");
    }
    assert!(heard.lock().unwrap().is_empty());
    // A direct connection would fail at the name of the host, which nobody knows.
    for unusable in ["socks4://127.0.0.1:1", "no proxy at all", "http://", "http://h:99999", "ftp://127.0.0.1:1"] {
        let errors = match try_client("https://api.example.test", None, &[("HTTPS_PROXY", unusable)]) {
            Ok(client) => failures(&client).await,
            Err(error) => vec![error],
        };
        for error in errors {
            assert_eq!(error.outcome(), Outcome::NotSent, "{unusable}");
            assert!(error.to_string().contains("proxy") || error.to_string().contains("PROXY"), "{unusable}: {error}");
        }
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn head(lines: &str) -> Step {
    send(format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{lines}\r\n"))
}

/// What a service that sends this costs: an error, and nothing for the next call.
async fn refused(script: Vec<Step>, max_body: Option<usize>) -> Error {
    let script = [vec![Step::Request], script].concat();
    let server = Server::play([script, vec![Step::Request, ok(EMPTY_LIST)]]).await;
    let options = ClientOptions::new().env::<&str, &str>([]).api_key(KEY).base_url(server.http("")).isolated_limits(true);
    let options = options.calls(CallOptions::new().max_attempts(1));
    let client = Client::new("seclai", max_body.into_iter().fold(options, ClientOptions::max_body)).unwrap();
    let error = client.keys().list(PageRequest::new()).await.unwrap_err();
    assert!(client.keys().list(PageRequest::new()).await.is_ok(), "after {error:?}");
    assert_eq!(server.connections(), 2, "what was cut is not used again");
    error
}

#[tokio::test]
async fn g12_a_head_is_limited() {
    let long = |length: usize| format!("x-a: {}\r\nContent-Length: {}\r\n", "a".repeat(length), EMPTY_LIST.len());
    let server = Server::once(vec![Step::Request, head(&long(60 << 10)), send(EMPTY_LIST)]).await;
    assert!(client(&server.http(""), None, &[]).keys().list(PageRequest::new()).await.is_ok());
    let many = format!("Content-Length: 2\r\n{}", "x-a: a\r\n".repeat(9_000));
    for lines in [long(65 << 10), many] {
        let error = refused(vec![head(&lines), send(EMPTY_LIST), Step::Close], None).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
    }
    let endless = vec![send("HTTP/1.1 200 OK\r\n"), Step::Repeat(b"x-endless: aaaaaaaaaaaaaaaa\r\n".repeat(1_000))];
    assert_eq!(refused(endless, None).await.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn g12_a_body_is_limited_however_it_comes() {
    let padded = |length: usize| format!("{EMPTY_LIST}{}", " ".repeat(length - EMPTY_LIST.len()));
    for limit in [8 << 20, 1_000] {
        let max_body = (limit == 1_000).then_some(limit);
        let server = Server::once(vec![Step::Request, ok(&padded(limit))]).await;
        let options = ClientOptions::new().env::<&str, &str>([]).api_key(KEY).base_url(server.http("")).isolated_limits(true);
        let client = Client::new("seclai", max_body.into_iter().fold(options, ClientOptions::max_body)).unwrap();
        assert!(client.keys().list(PageRequest::new()).await.is_ok(), "{limit}");
        let piece = vec![b' '; 64 << 10];
        let chunk = [&b"10000\r\n"[..], &piece, b"\r\n"].concat();
        for script in [
            vec![ok(&padded(limit + 1))],
            vec![head("Content-Length: 1099511627776\r\n"), Step::Repeat(piece.clone())],
            vec![head("Transfer-Encoding: chunked\r\n"), Step::Repeat(chunk)],
            vec![head("Connection: close\r\n"), Step::Repeat(piece)],
            vec![head("Connection: close\r\nContent-Encoding: gzip\r\n"), send(gzip(&vec![b' '; limit + 1])), Step::Close],
        ] {
            let error = refused(script, max_body).await;
            assert_eq!((error.kind(), error.reason()), (ErrorKind::Decode, Some("too_large")), "{limit}: {error:?}");
        }
    }
}

#[tokio::test]
async fn g12_what_is_compressed_is_limited_in_both_sizes() {
    let gzipped = |bytes: Vec<u8>| vec![head("Connection: close\r\nContent-Encoding: gzip\r\n"), send(bytes), Step::Close];
    // 512 MiB in half of one.
    let bomb = gzip(&vec![b' '; 1 << 20]).repeat(512);
    assert!(bomb.len() < 600 << 10);
    let error = refused(gzipped(bomb), None).await;
    assert_eq!((error.kind(), error.reason()), (ErrorKind::Decode, Some("too_large")), "{error:?}");
    // Compressed bytes that become nothing, for ever.
    let begun = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let nothing = [0, 0, 0, 0xff, 0xff].repeat(1_000);
    let endless = vec![head("Connection: close\r\nContent-Encoding: gzip\r\n"), send(begun), Step::Repeat(nothing)];
    assert_eq!(refused(endless, None).await.kind(), ErrorKind::Decode);
    // Encodings that were not asked for, and more than one.
    let twice = gzip(&gzip(EMPTY_LIST.as_bytes()));
    for lines in
        ["Content-Encoding: gzip, gzip\r\n", "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n", "Content-Encoding: br\r\n"]
    {
        let error = refused(vec![head(&format!("Connection: close\r\n{lines}")), send(&twice), Step::Close], None).await;
        assert_eq!((error.kind(), error.reason()), (ErrorKind::Decode, Some("encoding")), "{lines}: {error:?}");
    }
}
