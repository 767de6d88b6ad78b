//! TLS: who is trusted, and what a bad goodbye means (`security.md` cases 44 to 46).

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;

use super::server::{Server, Step, ok, send};
use super::*;
use crate::ErrorKind;

/// An authority of our own, and servers that it vouches for.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn server(&self, host: &str) -> Arc<ServerConfig> {
        self.server_with(CertificateParams::new([host.to_owned()]).unwrap())
    }

    fn server_with(&self, params: CertificateParams) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        config(certificate.der().clone(), &key)
    }

    fn options(&self) -> TransportOptions {
        TransportOptions::default().extra_roots(self.pem().as_bytes()).unwrap()
    }
}

fn config(certificate: rustls::pki_types::CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let builder =
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

/// What a client that trusts `authority` gets from a server that speaks TLS this way.
async fn attempt(
    authority: &Authority,
    server: Arc<ServerConfig>,
    script: &[Step],
) -> (Result<(WireHead, Bytes), TransportError>, Server) {
    let server = Server::once([vec![Step::Tls(server)], script.to_vec()].concat()).await;
    let transport = HttpTransport::new(authority.options());
    let answer = exchange(&transport, get(&format!("https://{}/", server.address)), Connection::Pooled).await;
    (answer, server)
}

#[tokio::test]
async fn a_server_of_an_added_authority_is_trusted() {
    let authority = Authority::new();
    let (answer, server) = attempt(&authority, authority.server("127.0.0.1"), &[Step::Request, ok("{}")]).await;
    assert_eq!(answer.unwrap().1, "{}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused_before_anything_is_sent() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let mut expired = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 2, 1));
    let key = KeyPair::generate().unwrap();
    let self_signed = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let cases = [
        ("expired", authority.server_with(expired)),
        ("self-signed", config(self_signed.der().clone(), &key)),
        ("wrong host", authority.server("api.example.test")),
        ("unknown authority", stranger.server("127.0.0.1")),
    ];
    for (case, server) in cases {
        let (answer, server) = attempt(&authority, server, &[Step::Request, ok("{}")]).await;
        assert_eq!(answer.unwrap_err(), failure(Fault::Certificate, Phase::Tls, Reached::Nothing), "{case}");
        assert_eq!(server.requests().len(), 0, "{case}");
    }
}

#[tokio::test]
async fn a_handshake_that_fails_otherwise_is_told_apart() {
    let authority = Authority::new();
    let old_version_only = b"\x15\x03\x01\x00\x02\x02\x46";
    let scripts = [
        vec![send(old_version_only), Step::Stall],
        vec![send("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Stall],
        vec![Step::Close],
        vec![Step::Reset],
    ];
    for script in scripts {
        let server = Server::once(script.clone()).await;
        let transport = HttpTransport::new(authority.options());
        let error = exchange(&transport, post(&format!("https://{}/", server.address)), Connection::Fresh).await.unwrap_err();
        assert_eq!(error, failure(Fault::Tls, Phase::Tls, Reached::Nothing), "{script:?}");
    }
}

#[tokio::test]
async fn a_missing_goodbye_matters_only_before_the_end() {
    let authority = Authority::new();
    let (answer, _) = attempt(&authority, authority.server("127.0.0.1"), &[Step::Request, ok("{}"), Step::Drop]).await;
    assert_eq!(answer.unwrap().1, "{}");
    for head in ["Content-Length: 9", "Transfer-Encoding: chunked", "Connection: close"] {
        let cut = send(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n"));
        let (answer, _) = attempt(&authority, authority.server("127.0.0.1"), &[Step::Request, cut, Step::Drop]).await;
        assert_eq!(answer.unwrap_err(), failure(Fault::Truncated, Phase::Body, Reached::Head), "{head}");
    }
    let (answer, _) = attempt(&authority, authority.server("127.0.0.1"), &[Step::Request, Step::Drop]).await;
    assert_eq!(answer.unwrap_err(), failure(Fault::Reset, Phase::Send, Reached::Request));
}

#[tokio::test]
async fn a_forged_record_ends_a_body() {
    let authority = Authority::new();
    let head = send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    let script = vec![Step::Tls(authority.server("127.0.0.1")), Step::Request, head, Step::Stall, Step::Garbage(vec![0; 64])];
    let server = Server::once(script).await;
    let transport = HttpTransport::new(authority.options());
    let incoming = transport.send(get(&format!("https://{}/", server.address)), Connection::Pooled).await.unwrap();
    server.go_on();
    let cut = collect(incoming.body, DEFAULT_BODY_LIMIT).await.unwrap_err();
    assert_eq!(cut.error, failure(Fault::Truncated, Phase::Body, Reached::Head));
}

#[tokio::test]
async fn a_redirect_between_schemes_is_not_followed() {
    let authority = Authority::new();
    let other = Server::play([]).await;
    let redirect = send(format!("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", other.http("/x")));
    let (answer, _) = attempt(&authority, authority.server("127.0.0.1"), &[Step::Request, redirect]).await;
    assert_eq!(answer.unwrap().0.status, 302);
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn plain_http_reads_no_certificates_and_https_does_so_once() {
    let server = Server::once(vec![Step::Request, ok("{}")]).await;
    let authority = Authority::new();
    let transport = HttpTransport::new(authority.options());
    exchange(&transport, get(&server.http("/")), Connection::Pooled).await.unwrap();
    assert!(!transport.has_read_roots());
    let script = || vec![Step::Tls(authority.server("127.0.0.1")), Step::Request, ok("{}")];
    let server = Server::play([script(), script()]).await;
    for connection in [Connection::Pooled, Connection::Fresh] {
        exchange(&transport, get(&format!("https://{}/", server.address)), connection).await.unwrap();
    }
    assert!(transport.has_read_roots());
}

#[test]
fn a_ca_file_that_cannot_help_is_refused_by_name() {
    for pem in [
        "",
        "no certificate here",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
    ] {
        let error = TransportOptions::default().extra_roots(pem.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("extra_roots")), "{pem:?}");
    }
}
