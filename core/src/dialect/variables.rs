//! The environment variables that clients read: what a language hands over when it makes one.

use std::sync::Arc;

use super::spec::Dialect;
use crate::runtime::environment::{Environment, PROXIES};

/// Which environment variables a dialect may read.
#[derive(Debug, Clone)]
pub(crate) enum Readable {
    /// All that it names: it is one of ours.
    Named,
    /// Those that the caller listed: its author may be a stranger.
    Listed(Arc<[String]>),
}

impl Dialect {
    /// The environment variables that the dialect names: of credentials and of the address.
    #[doc(hidden)]
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let auth = &self.0.auth;
        let credentials = [&auth.key, &auth.token, &auth.login].into_iter().flatten().flat_map(|spec| &spec.env);
        credentials.chain(&self.0.base_url_env).map(String::as_str)
    }

    /// What the dialect may read of an environment.
    pub(crate) fn readable(&self, environment: &Environment) -> Environment {
        match &self.1 {
            Readable::Named => environment.clone(),
            Readable::Listed(names) => {
                Environment::of(names.iter().filter_map(|name| Some((name.as_str(), environment.get(name)?))))
            }
        }
    }

    /// Whether the dialect may read that variable.
    pub(crate) fn may_read(&self, name: &str) -> bool {
        match &self.1 {
            Readable::Named => true,
            Readable::Listed(names) => names.iter().any(|listed| listed == name),
        }
    }
}

/// The variables that a client of this service reads, which a language hands over when it makes
/// one: those that the dialect names and those of proxies.
#[doc(hidden)]
#[must_use]
pub fn variables_of(dialect: &Dialect) -> Vec<String> {
    let mut names: Vec<String> = dialect.variables().map(str::to_owned).collect();
    names.extend(PROXIES.map(str::to_owned));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_that_a_dialect_names_is_handed_over_and_nothing_else() {
        let mut names: Vec<String> = Vec::new();
        for id in Dialect::BUILTIN {
            for variant in ["documented", "live"] {
                names.extend(variables_of(&Dialect::builtin_variant(id, variant).unwrap()));
            }
        }
        names.sort_unstable();
        names.dedup();
        for wanted in
            ["SECLAI_API_KEY", "SECLAI_API_URL", "SEGOPS_EMAIL", "SEENTY_OWNER_TOKEN", "ITELLICOAI_BASE_URL", "no_proxy"]
        {
            assert!(names.iter().any(|name| name == wanted), "{wanted}");
        }
        let text: String = Dialect::BUILTIN
            .map(|id| std::fs::read_to_string(format!("{}/dialects/{id}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap())
            .concat();
        let named = text.lines().filter(|line| line.starts_with("env = ") || line.starts_with("base_url_env = "));
        let mut named: Vec<&str> = named.flat_map(|line| line.split('"').skip(1).step_by(2)).chain(PROXIES).collect();
        named.sort_unstable();
        named.dedup();
        assert_eq!(names, named);
    }
}
