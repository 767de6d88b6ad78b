//! Descriptions of services: the five built-in ones and any of your own.

use std::fmt;
use std::sync::Arc;

use crate::process::Result;

/// What one service is like: where it lives, how it takes credentials, what it can do.
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Dialect(keywright::Dialect);

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Dialect {
    /// The dialect that a TOML text describes: a service of your own, and no code. Of the
    /// environment variables that it names it reads those that `env` lists, and no other.
    ///
    /// # Errors
    /// `config`, naming the place in the text that is wrong, or the variable that it does not name.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn from_toml(text: String, env: Option<Vec<String>>) -> Result<Arc<Self>> {
        let dialect = keywright::Dialect::from_toml(&text)?;
        Ok(Arc::new(Self(match env {
            Some(names) => dialect.with_env(names)?,
            None => dialect,
        })))
    }

    /// The dialect of a built-in service.
    ///
    /// # Errors
    /// `config` when there is none of that name.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn builtin(service: String) -> Result<Arc<Self>> {
        Ok(Arc::new(Self(keywright::Dialect::builtin(&service)?)))
    }

    /// The service's id.
    pub fn id(&self) -> String {
        self.0.id().to_owned()
    }

    /// The service's name for people.
    pub fn title(&self) -> String {
        self.0.title().to_owned()
    }

    /// Everything that the service can and cannot do, with the way out where it cannot.
    pub fn capabilities(&self) -> Vec<Capability> {
        self.0.capabilities().into_iter().map(Into::into).collect()
    }

    /// The environment variables that a client of this service reads.
    pub fn variables(&self) -> Vec<String> {
        keywright::variables_of(&self.0)
    }

    /// The scopes that the service's page names as a preset; absent when it names none so.
    pub fn scope_preset(&self, name: String) -> Option<Vec<String>> {
        self.0.scope_preset(&name).map(<[String]>::to_vec)
    }
}

impl Dialect {
    pub(super) fn core(&self) -> &keywright::Dialect {
        &self.0
    }
}

/// The environment variables that a client of a built-in service reads: a language hands over what
/// its own environment says of them.
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[must_use]
pub fn client_variables(service: String) -> Vec<String> {
    keywright::Dialect::builtin(&service).map(|dialect| keywright::variables_of(&dialect)).unwrap_or_default()
}

/// Whether a service has an operation, and what to do where it has not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Capability {
    /// `keys.create`, `agents.list`.
    pub name: String,
    /// Whether the service has it.
    pub supported: bool,
    /// Method and path, as `POST /api-keys`.
    pub http: Option<String>,
    /// What to do instead, where it is missing.
    pub remedy: Option<String>,
    /// Whether it can never be undone.
    pub irreversible: bool,
    /// How we know: `documented`, `observed` or `assumed`.
    pub source: String,
}

impl From<keywright::CapabilityInfo> for Capability {
    fn from(info: keywright::CapabilityInfo) -> Self {
        Self {
            name: info.name,
            supported: info.supported,
            http: info.http,
            remedy: info.remedy,
            irreversible: info.irreversible,
            source: info.source.as_str().to_owned(),
        }
    }
}
