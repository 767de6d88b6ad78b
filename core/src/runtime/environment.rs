//! Environment variables as a value: those of the process, or those that a language hands over.
//!
//! What counts is the environment that the caller's language shows: a variable set by
//! `process.env`, by `Environment.SetEnvironmentVariable` or in a worker never reaches the
//! environment of the process. So nothing in this crate reads a variable but through this type.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Environment variables.
#[derive(Clone, Default)]
#[doc(hidden)]
pub struct Environment(Option<Arc<BTreeMap<String, String>>>);

impl Environment {
    /// The variables of the process, read when they are asked for.
    #[must_use]
    pub fn process() -> Self {
        Self(None)
    }

    /// These variables and no others.
    #[must_use]
    pub fn of<K: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(Some(Arc::new(variables.collect())))
    }

    /// The value of a variable, when it is set. What is not Unicode is replaced, as a value that
    /// cannot be right is refused where it is used, and not passed over.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        match &self.0 {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()),
        }
    }
}

impl fmt::Debug for Environment {
    /// The values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// The variables that say which proxy is used.
pub(crate) const PROXIES: [&str; 8] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_variables_are_all_there_is() {
        let given = Environment::of([("SECLAI_API_KEY", "a-key")]);
        assert_eq!(given.get("SECLAI_API_KEY").as_deref(), Some("a-key"));
        assert_eq!(given.get("PATH"), None);
        assert!(Environment::process().get("PATH").is_some());
        assert!(!format!("{given:?}").contains("a-key"));
    }
}
