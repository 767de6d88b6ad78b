//! Decides which servers are trusted, and how the connection to them is protected.
//!
//! The roots are those of the system plus what the caller adds; there is no way to switch
//! verification off. The crypto provider is named here and nowhere installed for the whole
//! process, because the process belongs to the caller. No key log is ever written.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Result};

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
/// The system has no roots, or they cannot be read.
pub(super) fn verified(extra: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra.iter().cloned(), Arc::clone(&provider))?;
    config(provider, Arc::new(verifier))
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

fn config(provider: Arc<CryptoProvider>, verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // The name sounds worse than it is: the verifier is that of the platform.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
