//! Certificates for servers of our own.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// A certificate and its key, as files, and what a client has to trust for it.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The certificate of the server.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The root to trust, in PEM form.
    pub root: String,
}

impl Identity {
    /// A certificate for 127.0.0.1 that an authority of our own has signed.
    ///
    /// # Errors
    /// What could not be made or written.
    pub fn by_authority(folder: &Path) -> Result<Self, String> {
        let mut params = CertificateParams::new(Vec::new()).map_err(said)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().map_err(said)?).map_err(said)?;
        let key = KeyPair::generate().map_err(said)?;
        let certificate = params_for_loopback()?.signed_by(&key, &authority).map_err(said)?;
        Self::written(folder, "signed", &certificate.pem(), &key, authority.pem())
    }

    /// A certificate for 127.0.0.1 as `openssl req -x509` makes it: signed by itself, and an
    /// authority by its own account.
    ///
    /// # Errors
    /// What could not be made or written.
    pub fn by_itself(folder: &Path) -> Result<Self, String> {
        let mut params = params_for_loopback()?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(said)?;
        let certificate = params.self_signed(&key).map_err(said)?;
        Self::written(folder, "self", &certificate.pem(), &key, certificate.pem())
    }

    fn written(folder: &Path, name: &str, certificate: &str, key: &KeyPair, root: String) -> Result<Self, String> {
        let place = |end: &str| folder.join(format!("{name}.{end}.pem"));
        let identity = Self { certificate: place("certificate"), key: place("key"), root };
        fs::write(&identity.certificate, certificate).map_err(said)?;
        fs::write(&identity.key, key.serialize_pem()).map_err(said)?;
        Ok(identity)
    }
}

fn params_for_loopback() -> Result<CertificateParams, String> {
    CertificateParams::new(["127.0.0.1".to_owned()]).map_err(said)
}

fn said(error: impl ToString) -> String {
    error.to_string()
}
