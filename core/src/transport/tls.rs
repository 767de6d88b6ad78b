//! Decides which servers are trusted, and how the connection to them is protected.
//!
//! The roots are those of the system plus what the caller adds; there is no way to switch
//! verification off. The crypto provider is named here and nowhere installed for the whole
//! process, because the process belongs to the caller. No key log is ever written.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, InvalidMessage, OtherError, PeerIncompatible,
    RootCertStore, SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use super::steps::Sessions;
use crate::model::error::{Error, Result};
use crate::transport::wire::{BadCertificate, BadTls, Fault};

/// Reads the certificates of a PEM text and checks that each can be a root.
pub(super) fn roots_from_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let refuse = |reason: &str| Error::config("extra_roots", reason, "give the certificate of your authority in PEM form");
    let roots: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| refuse("is not readable as PEM"))?;
    if roots.is_empty() {
        return Err(refuse("holds no certificate"));
    }
    let mut store = RootCertStore::empty();
    for root in &roots {
        store.add(root.clone()).map_err(|_| refuse("holds a certificate that cannot be read"))?;
    }
    Ok(roots)
}

/// The settings of `https`: built once per transport, at its first `https` call, because reading
/// the roots of the system takes milliseconds.
///
/// # Errors
/// The system has no roots, or they cannot be read, and none were added.
pub(super) fn verified(extra: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Trust {
        inner: Verifier::new_with_extra_roots(extra.iter().cloned(), Arc::clone(&provider))?,
        exact: extra.to_vec(),
        provider: Arc::clone(&provider),
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // The name sounds worse than it is: the verifier is that of the platform.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::store(Arc::new(Sessions::new()));
    Ok(config)
}

/// Settings that trust nobody, for clients that only ever speak plain `http`: the HTTP library
/// insists on some, and these cost no look at the system.
///
/// # Errors
/// None with the provider named here; rustls cannot know that.
pub(super) fn nobody() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// The verifier of the platform, and one thing more: a server that shows the very certificate
/// that was added as a root.
///
/// A self-signed certificate as `openssl req -x509` makes it says of itself that it is an
/// authority, and is refused as a server's for that alone. Where it was added as a root, byte for
/// byte, nothing is gained by refusing it: its owner could sign any other for the same host.
#[derive(Debug)]
struct Trust {
    inner: Verifier,
    exact: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    /// Whether the certificate was added itself, is in force, and is for this host.
    ///
    /// # Errors
    /// It was added itself and is not in force, or for another host or purpose.
    fn is_added(&self, shown: &CertificateDer<'_>, host: &ServerName<'_>, now: UnixTime) -> Result<bool, rustls::Error> {
        if !self.exact.iter().any(|added| added == shown) {
            return Ok(false);
        }
        let mut roots = RootCertStore::empty();
        roots.add(shown.clone().into_owned())?;
        let parsed = ParsedCertificate::try_from(shown)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&parsed, &roots, &[], now, algorithms) {
            Ok(()) => {}
            // Time is looked at before this is, so the certificate is in force.
            Err(error) if is_authority(&error) => {}
            Err(error) => return Err(error),
        }
        verify_server_name(&parsed, host)?;
        Ok(true)
    }
}

/// Whether a certificate is refused as a server's only because it is that of an authority.
fn is_authority(error: &rustls::Error) -> bool {
    let rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) = error else { return false };
    cause.downcast_ref::<webpki::Error>() == Some(&webpki::Error::CaUsedAsEndEntity)
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let refused = match self.inner.verify_server_cert(shown, intermediates, host, ocsp, now) {
            Ok(verified) => return Ok(verified),
            Err(refused) => refused,
        };
        if self.is_added(shown, host, now)? { Ok(ServerCertVerified::assertion()) } else { Err(refused) }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// What made a handshake fail.
pub(super) fn fault(cause: &rustls::Error) -> Fault {
    use rustls::Error as E;
    match cause {
        E::InvalidCertificate(error) => Fault::Certificate(certificate(error)),
        E::NoCertificatesPresented | E::InvalidCertRevocationList(_) | E::UnsupportedNameType => {
            Fault::Certificate(BadCertificate::Other)
        }
        E::AlertReceived(alert) => Fault::Tls(alerted(*alert)),
        E::PeerIncompatible(reason) => Fault::Tls(incompatible(reason)),
        // The first bytes of the answer are no TLS record: plain HTTP, as a rule.
        E::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
            Fault::Tls(BadTls::NotTls)
        }
        _ => Fault::Tls(BadTls::Broken),
    }
}

fn certificate(error: &CertificateError) -> BadCertificate {
    use CertificateError as E;
    match error {
        E::Expired | E::ExpiredContext { .. } => BadCertificate::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => BadCertificate::NotYetValid,
        E::NotValidForNameContext { presented, .. } if presented.is_empty() => BadCertificate::NoHost,
        E::NotValidForName | E::NotValidForNameContext { .. } => BadCertificate::WrongHost,
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => BadCertificate::WrongPurpose,
        // A bad signature is what an authority of the same name and another key leaves.
        E::UnknownIssuer | E::BadSignature => BadCertificate::UnknownIssuer,
        E::Revoked => BadCertificate::Revoked,
        E::Other(OtherError(cause)) => match cause.downcast_ref::<webpki::Error>() {
            // A self-signed certificate that says of itself that it is an authority.
            Some(webpki::Error::CaUsedAsEndEntity) => BadCertificate::UnknownIssuer,
            Some(_) => BadCertificate::Other,
            // The verifier of the platform has one error of its own, whose type has no name
            // outside: that the certificate is for another purpose. A test holds it to that.
            None => BadCertificate::WrongPurpose,
        },
        _ => BadCertificate::Other,
    }
}

fn alerted(alert: AlertDescription) -> BadTls {
    match alert {
        AlertDescription::ProtocolVersion => BadTls::Version,
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => BadTls::Cipher,
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => BadTls::ClientCertificate,
        AlertDescription::UnrecognisedName => BadTls::UnknownHost,
        _ => BadTls::Broken,
    }
}

fn incompatible(reason: &PeerIncompatible) -> BadTls {
    use PeerIncompatible as P;
    match reason {
        P::ServerDoesNotSupportTls12Or13 | P::ServerTlsVersionIsDisabledByOurConfig | P::Tls12NotOffered => BadTls::Version,
        P::NoCipherSuitesInCommon | P::NoKxGroupsInCommon | P::NoSignatureSchemesInCommon => BadTls::Cipher,
        _ => BadTls::Broken,
    }
}
