//! A credential that is ready to be sent: header values, marked sensitive, and whose it is.

use std::sync::Arc;

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::Secret;
use crate::dialect::{AuthMode, CredentialName};
use crate::model::error::{Error, Result};
use crate::retry::Fingerprint;

/// What one request is sent with. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Credential(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: CredentialName,
    header: HeaderName,
    value: HeaderValue,
    /// For a session: the header that repeats the second cookie, on unsafe methods only.
    csrf: Option<(HeaderName, HeaderValue)>,
    /// Whose limiter it is: the key's, or the login's, never a token's.
    fingerprint: Fingerprint,
    /// The key, the token, or the session's two values.
    secrets: Vec<Secret>,
    /// How often its provider had been asked after a refusal when it gave this one.
    asked: u64,
}

impl Credential {
    /// A key or token in its mode.
    pub(crate) fn of_key(name: CredentialName, secret: &Secret, mode: &AuthMode) -> Result<Self> {
        let (header, text) = match mode {
            AuthMode::Header { name } => (name.clone(), secret.expose().to_owned()),
            AuthMode::Bearer | AuthMode::Jwt { .. } => (AUTHORIZATION, format!("Bearer {}", secret.expose())),
            AuthMode::Scheme { word } => (AUTHORIZATION, format!("{word} {}", secret.expose())),
            AuthMode::CookieCsrf { cookie, .. } => (COOKIE, format!("{cookie}={}", secret.expose())),
        };
        let fingerprint = Fingerprint::of(&["key", secret.expose()]);
        Self::build(name, header, &text, None, fingerprint, vec![secret.clone()])
    }

    /// The token of a login.
    pub(crate) fn of_token(token: &Secret, owner: Fingerprint) -> Result<Self> {
        Self::build(CredentialName::Login, AUTHORIZATION, &format!("Bearer {}", token.expose()), None, owner, vec![token.clone()])
    }

    /// The two cookies of a session.
    pub(crate) fn of_session(session: &Session, owner: Fingerprint) -> Result<Self> {
        let cookies = format!("{}={}; {}={}", session.cookie, session.value.expose(), session.csrf_cookie, session.csrf.expose());
        let csrf = Some((session.csrf_header.clone(), sensitive(session.csrf.expose())?));
        Self::build(CredentialName::Login, COOKIE, &cookies, csrf, owner, vec![session.value.clone(), session.csrf.clone()])
    }

    fn build(
        name: CredentialName,
        header: HeaderName,
        text: &str,
        csrf: Option<(HeaderName, HeaderValue)>,
        fingerprint: Fingerprint,
        secrets: Vec<Secret>,
    ) -> Result<Self> {
        let value = sensitive(text)?;
        Ok(Self(Arc::new(Inner { name, header, value, csrf, fingerprint, secrets, asked: 0 })))
    }

    /// Notes how often its provider had been asked after a refusal.
    pub(crate) fn asked(mut self, count: u64) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.asked = count;
        }
        self
    }

    /// How often its provider had been asked after a refusal before it gave this one.
    pub(crate) fn asked_before(&self) -> u64 {
        self.0.asked
    }

    /// Adds the credential headers, after all others.
    pub(crate) fn apply(&self, method: &Method, headers: &mut HeaderMap) {
        headers.insert(self.0.header.clone(), self.0.value.clone());
        if let Some((name, value)) = &self.0.csrf
            && !method.is_safe()
        {
            headers.insert(name.clone(), value.clone());
        }
    }

    pub(crate) fn name(&self) -> CredentialName {
        self.0.name
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint
    }

    /// The text that was presented.
    pub(crate) fn secret(&self) -> &Secret {
        &self.0.secrets[0]
    }

    /// To hide them where a service echoes them.
    pub(crate) fn secrets(&self) -> &[Secret] {
        &self.0.secrets
    }

    /// Whether it is the same text: if so, sending it again changes nothing.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        self.0.value == other.0.value
    }
}

/// What a cookie login gave.
#[derive(Debug)]
pub(crate) struct Session {
    pub cookie: String,
    pub value: Secret,
    pub csrf_cookie: String,
    pub csrf: Secret,
    pub csrf_header: HeaderName,
}

fn sensitive(text: &str) -> Result<HeaderValue> {
    let mut value =
        HeaderValue::from_str(text).map_err(|_| Error::config("api_key", "cannot stand in a header", "copy the key again"))?;
    value.set_sensitive(true);
    Ok(value)
}
