//! Where a credential comes from: an argument, the environment, or a function of the caller.
//!
//! An explicit argument wins; the environment is read once, when the client is made; a function is
//! asked for every call, so that it can swap the key while the client lives.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use crate::Secret;
use crate::caught;
use crate::clock::{Asking, Clock};
use crate::error::{Error, Result};
use crate::wire::BoxFuture;

/// What a key provider fails with.
pub type ProviderError = Box<dyn std::error::Error + Send + Sync>;

/// Gives the API key, whenever it is asked: before every call, and once more after a 401. What it
/// fails with becomes the source of the error, unchanged.
///
/// ```
/// use keywright::{Client, ClientOptions, KeyProvider, Secret};
///
/// let provider = KeyProvider::new(|| async {
///     let text = std::fs::read_to_string("/run/secrets/seclai")?;
///     Ok(Secret::new(text))
/// });
/// let client = Client::new("seclai", ClientOptions::new().key_provider(provider))?;
/// # Ok::<(), keywright::Error>(())
/// ```
#[derive(Clone)]
pub struct KeyProvider(Arc<dyn Fn() -> BoxFuture<'static, std::result::Result<Secret, ProviderError>> + Send + Sync>);

impl KeyProvider {
    /// From an async function.
    pub fn new<F, R>(provide: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = std::result::Result<Secret, ProviderError>> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(provide())))
    }

    /// Asks for the key.
    ///
    /// # Errors
    /// `config` for field `api_key`, with what the function failed with as its source.
    pub(crate) async fn key(&self, clock: &dyn Clock) -> Result<Secret> {
        let _asking = Asking::on(clock);
        let given = caught::awaited(|| (self.0)()).await;
        given.unwrap_or_else(|| Err("the key provider panicked".into())).map_err(|cause| {
            Error::config("api_key", "could not be had from the key provider", "see the source of this error")
                .caused_by(cause.into())
        })
    }
}

impl fmt::Debug for KeyProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyProvider")
    }
}

/// What manages keys, where that is not the API key itself.
///
/// ```
/// use keywright::Management;
///
/// let login = Management::login("ops@acme.test", "a password");
/// assert!(!format!("{login:?}").contains("a password"));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Management {
    /// A login with e-mail and password (SegOps, SidClaw).
    Login {
        /// The e-mail.
        email: String,
        /// The password. Kept in memory for logging in again, never elsewhere.
        password: Secret,
    },
    /// Another key, or an owner's token (SidClaw, Seenty).
    Key(Secret),
}

impl Management {
    /// A login with e-mail and password.
    pub fn login(email: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Login { email: email.into(), password: password.into() }
    }

    /// Another key.
    pub fn key(key: impl Into<Secret>) -> Self {
        Self::Key(key.into())
    }

    /// An owner's token.
    pub fn token(token: impl Into<Secret>) -> Self {
        Self::Key(token.into())
    }
}

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// In the options.
    Argument,
    /// In the environment, under that name.
    Environment(String),
    /// From the key provider.
    Provider,
    /// In the dialect.
    Dialect,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => f.write_str("argument"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Provider => f.write_str("provider"),
            Self::Dialect => f.write_str("dialect"),
        }
    }
}

/// Reads environment variables; injected, so that a test need not change the process.
#[derive(Clone)]
pub(crate) struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    pub(crate) fn process() -> Self {
        Self(Arc::new(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())))
    }

    pub(crate) fn of(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The first of the names that is set, and its value.
    ///
    /// # Errors
    /// `config` when it is set to nothing: that is a mistake, not an absence (security K6).
    pub(crate) fn first(&self, names: &[String], field: &'static str) -> Result<Option<(Origin, String)>> {
        for name in names {
            if let Some(value) = (self.0)(name) {
                if value.trim().is_empty() {
                    return Err(Error::config(
                        field,
                        format!("is empty: the environment variable {name} is set to nothing"),
                        "give it a value or unset it",
                    ));
                }
                return Ok(Some((Origin::Environment(name.clone()), value)));
            }
        }
        Ok(None)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io;

    use super::*;

    #[tokio::test]
    async fn what_a_provider_fails_with_is_the_source_itself() {
        let provider = KeyProvider::new(|| async { Err(io::Error::other("the vault is closed").into()) });
        let error = provider.key(&crate::SystemClock).await.unwrap_err();
        let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        assert_eq!(source.unwrap().to_string(), "the vault is closed");
    }
}
