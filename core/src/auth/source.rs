//! Where a credential comes from: an argument, the environment, or a function of the caller.
//!
//! An explicit argument wins; the environment is read once, when the client is made; a function is
//! asked for every call, so that it can swap the key while the client lives.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use crate::Secret;
use crate::model::error::{Error, ProviderError, Result};
use crate::runtime::BoxFuture;
use crate::runtime::caught;
use crate::runtime::clock::{Asking, Clock};
use crate::runtime::environment::Environment;

/// Gives the API key, whenever it is asked: before every call, and once more after a 401, for all
/// calls that were refused with the same key together. What it fails with becomes the source of the
/// error, unchanged. It belongs to a client and the handles made from it, not to a request: where
/// each request has a key of its own, use [`Client::with_key`](crate::Client::with_key).
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
pub enum ConfigSource {
    /// In the options.
    Argument,
    /// In the environment, under that name.
    Environment(String),
    /// From the key provider.
    Provider,
    /// In the dialect.
    Dialect,
}

impl fmt::Display for ConfigSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => f.write_str("argument"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Provider => f.write_str("provider"),
            Self::Dialect => f.write_str("dialect"),
        }
    }
}

/// What the environment says under one of these names, and where it says so.
///
/// # Errors
/// `config` when a name is set to nothing, which is a mistake and not an absence (security K6), or
/// when two names of one setting say different things: neither can be known to be meant.
pub(crate) fn found(environment: &Environment, names: &[String], field: &'static str) -> Result<Option<(ConfigSource, String)>> {
    let mut found: Option<(&String, String)> = None;
    for (name, value) in names.iter().filter_map(|name| Some((name, environment.get(name)?))) {
        if value.trim().is_empty() {
            return Err(Error::config(
                field,
                format!("is empty: the environment variable {name} is set to nothing"),
                "give it a value or unset it",
            ));
        }
        match &found {
            Some((first, known)) if *known != value => {
                return Err(Error::config(
                    field,
                    format!("is given twice: the environment variables {first} and {name} differ"),
                    format!("unset one of them, or give `{field}`"),
                ));
            }
            Some(_) => {}
            None => found = Some((name, value)),
        }
    }
    Ok(found.map(|(name, value)| (ConfigSource::Environment(name.clone()), value)))
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

    fn names() -> Vec<String> {
        ["SEGOPS_API_KEY", "SEGOPS_SECRET_KEY"].map(str::to_owned).to_vec()
    }

    #[test]
    fn two_names_of_one_setting_must_agree() {
        let differ = Environment::of([("SEGOPS_API_KEY", "one-value"), ("SEGOPS_SECRET_KEY", "other-value")]);
        let error = found(&differ, &names(), "api_key").unwrap_err().to_string();
        assert!(error.contains("SEGOPS_API_KEY and SEGOPS_SECRET_KEY differ"), "{error}");
        assert!(!error.contains("-value"), "{error}");

        let agree = Environment::of([("SEGOPS_API_KEY", "same"), ("SEGOPS_SECRET_KEY", "same")]);
        let first = (ConfigSource::Environment("SEGOPS_API_KEY".to_owned()), "same".to_owned());
        assert_eq!(found(&agree, &names(), "api_key").unwrap(), Some(first));
    }

    #[test]
    fn a_name_that_is_set_to_nothing_is_a_mistake_wherever_it_stands() {
        for (first, second) in [("", "a"), ("a", " ")] {
            let environment = Environment::of([("SEGOPS_API_KEY", first), ("SEGOPS_SECRET_KEY", second)]);
            let error = found(&environment, &names(), "api_key").unwrap_err().to_string();
            assert!(error.contains("is set to nothing"), "{error}");
        }
    }
}
