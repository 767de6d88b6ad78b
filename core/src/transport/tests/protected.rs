//! TLS: who is trusted, and what a bad goodbye means.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;

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

    /// A server that lets nobody in without a certificate.
    fn with_client_certificates(&self, host: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([host.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_client_cert_verifier(verifier);
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }

    /// A server that knows one cipher only: an RSA one, while its key is of another kind.
    fn with_cipher(&self, host: &str, cipher: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([host.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        let mut provider = ring::default_provider();
        provider.cipher_suites.retain(|suite| format!("{:?}", suite.suite()) == cipher);
        assert_eq!(provider.cipher_suites.len(), 1);
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(provider)).with_protocol_versions(&[&rustls::version::TLS12]);
        let builder = builder.unwrap().with_no_client_auth();
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }

    fn options(&self) -> TransportOptions {
        TransportOptions::default().extra_roots(self.pem().as_bytes()).unwrap()
    }
}

/// A server with a certificate as `openssl req -x509` makes it, and that in PEM form: signed by
/// itself, and an authority by its own account.
fn default_self_signed(host: &str) -> (Arc<ServerConfig>, String) {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    self_signed(params)
}

fn self_signed(params: CertificateParams) -> (Arc<ServerConfig>, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (config(certificate.der().clone(), &key), certificate.pem())
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
    let mut early = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    (early.not_before, early.not_after) = (date_time_ymd(4000, 1, 1), date_time_ymd(4001, 1, 1));
    let mut for_clients = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    for_clients.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let nameless = CertificateParams::new(Vec::new()).unwrap();
    let key = KeyPair::generate().unwrap();
    let self_signed = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let cases = [
        (BadCertificate::Expired, authority.server_with(expired)),
        (BadCertificate::NotYetValid, authority.server_with(early)),
        (BadCertificate::UnknownIssuer, config(self_signed.der().clone(), &key)),
        (BadCertificate::UnknownIssuer, default_self_signed("127.0.0.1").0),
        (BadCertificate::WrongHost, authority.server("api.example.test")),
        (BadCertificate::NoHost, authority.server_with(nameless)),
        (BadCertificate::WrongPurpose, authority.server_with(for_clients)),
        (BadCertificate::UnknownIssuer, stranger.server("127.0.0.1")),
    ];
    for (case, server) in cases {
        let (answer, server) = attempt(&authority, server, &[Step::Request, ok("{}")]).await;
        assert_eq!(answer.unwrap_err(), failure(Fault::Certificate(case), Phase::Tls, Reached::Nothing), "{case:?}");
        assert_eq!(server.requests().len(), 0, "{case:?}");
    }
}

#[tokio::test]
async fn a_self_signed_certificate_that_was_added_is_trusted_for_its_host_and_time_only() {
    let added = |pem: &str| TransportOptions::default().extra_roots(pem.as_bytes()).unwrap();
    let send_to = async |options: TransportOptions, server: Arc<ServerConfig>| {
        let server = Server::once(vec![Step::Tls(server), Step::Request, ok("{}")]).await;
        exchange(&HttpTransport::new(options), get(&format!("https://{}/", server.address)), Connection::Pooled).await
    };
    let (server, pem) = default_self_signed("127.0.0.1");
    assert_eq!(send_to(added(&pem), server.clone()).await.unwrap().1, "{}");
    let (_, other) = default_self_signed("127.0.0.1");
    let refused = |bad| failure(Fault::Certificate(bad), Phase::Tls, Reached::Nothing);
    assert_eq!(send_to(added(&other), server).await.unwrap_err(), refused(BadCertificate::UnknownIssuer));
    let (server, pem) = default_self_signed("other.test");
    assert_eq!(send_to(added(&pem), server).await.unwrap_err(), refused(BadCertificate::WrongHost));
    let mut expired = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    expired.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 2, 1));
    let (server, pem) = self_signed(expired);
    assert_eq!(send_to(added(&pem), server).await.unwrap_err(), refused(BadCertificate::Expired));
    // One that does not say that it is an authority was always accepted.
    let (server, pem) = self_signed(CertificateParams::new(["127.0.0.1".to_owned()]).unwrap());
    assert!(send_to(added(&pem), server).await.is_ok());
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate_is_named() {
    let authority = Authority::new();
    let server = Server::once(vec![Step::Tls(authority.with_client_certificates("127.0.0.1")), Step::Request, ok("{}")]).await;
    let transport = HttpTransport::new(authority.options());
    let error = exchange(&transport, post(&format!("https://{}/", server.address)), Connection::Fresh).await.unwrap_err();
    assert_eq!(error, failure(Fault::Tls(BadTls::ClientCertificate), Phase::Tls, Reached::Nothing));
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_handshake_that_fails_otherwise_is_told_apart() {
    let authority = Authority::new();
    let alert = |code: u8| send([0x15, 3, 1, 0, 2, 2, code]);
    let cases = [
        (BadTls::Version, vec![alert(70), Step::Stall]),
        (BadTls::Cipher, vec![alert(40), Step::Stall]),
        (BadTls::UnknownHost, vec![alert(112), Step::Stall]),
        (BadTls::ClientCertificate, vec![alert(116), Step::Stall]),
        (BadTls::Broken, vec![alert(80), Step::Stall]),
        (BadTls::NotTls, vec![send("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Stall]),
        (BadTls::NotTls, vec![send("SSH-2.0-OpenSSH_9.9\r\n"), Step::Stall]),
        (BadTls::Broken, vec![Step::Close]),
        (BadTls::Broken, vec![Step::Reset]),
        (BadTls::Cipher, vec![Step::Tls(authority.with_cipher("127.0.0.1", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"))]),
    ];
    for (bad, script) in cases {
        let server = Server::once(script.clone()).await;
        let transport = HttpTransport::new(authority.options());
        let error = exchange(&transport, post(&format!("https://{}/", server.address)), Connection::Fresh).await.unwrap_err();
        assert_eq!(error, failure(Fault::Tls(bad), Phase::Tls, Reached::Nothing), "{script:?}");
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
    let incoming =
        transport.send(get(&format!("https://{}/", server.address)), Connection::Pooled, &Progress::default()).await.unwrap();
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
