//! Who asks: the credential of each operation, from the modes that the dialect names.
//!
//! Sees credentials, the clock and a lent `send` for logging in; never another body, never retry.
//! An operation whose credential is missing is refused before any I/O, naming the option to give.

pub(crate) mod credential;
mod key;
mod login;
mod mistake;
mod provided;
mod single_flight;
mod source;
mod sync;

use std::sync::Arc;

use serde_json::Value;

pub(crate) use credential::Credential;
pub(crate) use key::LONGEST as LONGEST_KEY;
pub(crate) use login::Login;
use provided::Asked;
pub(crate) use source::found;
pub use source::{ConfigSource, KeyProvider, Management};

use crate::Secret;
use crate::checks::mask::SecretsInUse;
use crate::dialect::{CredentialName, CredentialSpec, Dialect, Endpoint, Plane, Spec};
use crate::model::error::{Error, Result};
use crate::retry::Fingerprint;
use crate::runtime::BoxFuture;
use crate::runtime::clock::Clock;
use crate::runtime::environment::Environment;
use crate::transport::wire::WireResponse;

/// A way to send one request without credential, for logging in.
pub(crate) trait LoginTransport: Send + Sync {
    /// Posts a JSON body and gives the answer of a success.
    fn exchange<'a>(&'a self, endpoint: &'a Endpoint, body: Value) -> BoxFuture<'a, Result<WireResponse>>;
}

/// The credentials of one client.
#[derive(Debug, Clone)]
pub(crate) struct Auth {
    dialect: Dialect,
    check_shape: bool,
    key: Option<KeySlot>,
    manager: Option<(ConfigSource, Credential)>,
    login: Option<(ConfigSource, Arc<Login>)>,
    /// Secrets of somebody else for whom a call is made.
    hidden: Vec<Secret>,
}

#[derive(Debug, Clone)]
enum KeySlot {
    Fixed(ConfigSource, Credential),
    Asked(Arc<Asked>),
}

/// What was given for a client, before it is checked.
#[derive(Debug, Default)]
pub(crate) struct AuthInputs {
    pub api_key: Option<Secret>,
    pub provider: Option<KeyProvider>,
    pub management: Option<Management>,
    pub check_shape: bool,
    pub keep_password: bool,
}

/// Where and for which account a login is made. What it yields belongs there: the same e-mail and
/// password at another address are another login.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoginAddress<'a> {
    /// Origin and path prefix of the base URL.
    pub base_url: &'a str,
    pub account: &'a str,
}

/// Makes or finds the login of an identity.
pub(crate) type FindLogin<'a> = &'a dyn Fn(Fingerprint, Login) -> Arc<Login>;

impl Auth {
    /// Resolves what was given and what the environment holds; an argument wins.
    ///
    /// # Errors
    /// `config` naming `api_key` or `management`.
    pub(crate) fn resolve(
        dialect: &Dialect,
        given: AuthInputs,
        environment: &Environment,
        address: LoginAddress<'_>,
        find: FindLogin<'_>,
    ) -> Result<(Self, Vec<String>)> {
        let mut warnings = Vec::new();
        let spec = &dialect.0;
        let check_shape = given.check_shape;
        let key = match (given.api_key, given.provider) {
            (Some(_), Some(_)) => {
                return Err(Error::config("api_key", "is given twice: as text and as a provider", "give one of them"));
            }
            (None, Some(provider)) => Some(KeySlot::Asked(Arc::new(Asked::new(provider)))),
            (Some(key), None) => {
                Some((ConfigSource::Argument, key)).map(|found| fixed(spec, found, check_shape, &mut warnings)).transpose()?
            }
            (None, None) => {
                let names = spec.auth.key.as_ref().map(|key| key.env.as_slice()).unwrap_or_default();
                let given = found(environment, names, "api_key")?.map(|(origin, text)| (origin, Secret::new(text)));
                given.map(|found| fixed(spec, found, check_shape, &mut warnings)).transpose()?
            }
        };
        let mut auth = Self { dialect: dialect.clone(), check_shape, key, manager: None, login: None, hidden: Vec::new() };
        match given.management {
            Some(Management::Key(text)) => auth.manager = Some(auth.manager_of(ConfigSource::Argument, &text)?),
            Some(Management::Login { email, password }) => {
                auth.login = Some(auth.login_of(ConfigSource::Argument, email, password, address, given.keep_password, find)?)
            }
            None => {
                if let Some(found) =
                    spec.auth.token.as_ref().map(|token| found(environment, &token.env, "management")).transpose()?.flatten()
                {
                    auth.manager = Some(auth.manager_of(found.0, &Secret::new(found.1))?);
                }
                if let Some((origin, email, password)) = login_in(environment, spec.auth.login.as_ref())? {
                    auth.login = Some(auth.login_of(origin, email, password, address, given.keep_password, find)?);
                }
            }
        }
        Ok((auth, warnings))
    }

    /// No credential at all: for logging in itself. What must not be shown is known all the same.
    pub(crate) fn anonymous(dialect: &Dialect, hidden: Vec<Secret>) -> Self {
        Self { dialect: dialect.clone(), check_shape: false, key: None, manager: None, login: None, hidden }
    }

    fn manager_of(&self, origin: ConfigSource, text: &Secret) -> Result<(ConfigSource, Credential)> {
        let spec = &self.dialect.0;
        let manage = &spec.auth.manage;
        let (name, mode) = match (&spec.auth.token, &spec.auth.key) {
            (Some(token), _) if manage.contains(&CredentialName::Token) => (CredentialName::Token, token),
            (_, Some(key)) if manage.contains(&CredentialName::Key) => (CredentialName::Key, key),
            _ => {
                return Err(Error::config(
                    "management",
                    format!("cannot be a key: {} manages keys with a login", spec.title),
                    "give e-mail and password",
                ));
            }
        };
        let parsed = key::parse(text.expose(), "management", mode, &spec.title, self.check_shape)?;
        Ok((origin, Credential::of_key(name, &parsed.secret, &mode.mode)?))
    }

    fn login_of(
        &self,
        origin: ConfigSource,
        email: String,
        password: Secret,
        address: LoginAddress<'_>,
        keep: bool,
        find: FindLogin<'_>,
    ) -> Result<(ConfigSource, Arc<Login>)> {
        let spec = &self.dialect.0;
        if spec.auth.login.is_none() {
            return Err(Error::config(
                "management",
                format!("cannot be a login: {} has none", spec.title),
                management_remedy(&self.dialect),
            ));
        }
        if !email.contains('@') || email.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Error::config("management", "has an e-mail that is none", "give the e-mail that you log in with"));
        }
        if password.expose().is_empty() {
            return Err(Error::config("management", "has an empty password", "give the password that you log in with"));
        }
        if password.expose().len() > Secret::LONGEST {
            let reason = "has a password that is too long to be one";
            return Err(Error::config("management", reason, "give the password that you log in with"));
        }
        let owner = Fingerprint::of(&["login", &spec.id, address.base_url, &email, address.account]);
        let identity = Fingerprint::of(&["login", &spec.id, address.base_url, &email, address.account, password.expose()]);
        Ok((origin, find(identity, Login::new(email, password, owner, keep))))
    }

    /// The same credentials with another API key.
    pub(crate) fn with_key(&self, key: &Secret) -> Result<(Self, Vec<String>)> {
        let mut warnings = Vec::new();
        let slot = fixed(&self.dialect.0, (ConfigSource::Argument, key.clone()), self.check_shape, &mut warnings)?;
        Ok((Self { key: Some(slot), ..self.clone() }, warnings))
    }

    /// The credential for an operation of that plane.
    ///
    /// # Errors
    /// `config` when none was given; whatever a login or a provider fails with.
    pub(crate) async fn credential(&self, plane: Plane, clock: &dyn Clock, lend: &dyn LoginTransport) -> Result<Credential> {
        let spec = &self.dialect.0;
        let names = match plane {
            Plane::Use => &spec.auth.used,
            Plane::Manage => &spec.auth.manage,
        };
        for name in names {
            match (name, &self.manager, &self.login, &self.key) {
                (CredentialName::Login, _, Some((_, login)), _) => {
                    if let Some(mode) = &spec.auth.login {
                        // Boxed: every call would carry the room that only logging in needs.
                        return Box::pin(login.credential(mode, clock, lend)).await;
                    }
                }
                (CredentialName::Token, Some((_, manager)), _, _) => return Ok(manager.clone()),
                (CredentialName::Key, Some((_, manager)), _, _) if plane == Plane::Manage => return Ok(manager.clone()),
                (CredentialName::Key, _, _, Some(KeySlot::Fixed(_, credential))) => return Ok(credential.clone()),
                (CredentialName::Key, _, _, Some(KeySlot::Asked(asked))) => {
                    return asked.for_call(clock, |text| self.provided(text)).await;
                }
                (CredentialName::Login | CredentialName::Token | CredentialName::Key, _, _, _) => {}
            }
        }
        Err(missing(&self.dialect, plane))
    }

    /// The credential of a key that was given by a provider.
    fn provided(&self, text: &Secret) -> Result<Credential> {
        let spec = &self.dialect.0;
        let Some(mode) = &spec.auth.key else { return Err(missing(&self.dialect, Plane::Use)) };
        let parsed = key::parse(text.expose(), "api_key", mode, &spec.title, self.check_shape)?;
        Credential::of_key(CredentialName::Key, &parsed.secret, &mode.mode)
    }

    /// Another credential after a refusal; `None` when there is no other, so that sending again
    /// would change nothing.
    pub(crate) async fn renewed(
        &self,
        refused: &Credential,
        clock: &dyn Clock,
        lend: &dyn LoginTransport,
    ) -> Result<Option<Credential>> {
        let other = match (refused.name(), &self.login, &self.key) {
            (CredentialName::Login, Some((_, login)), _) => match &self.dialect.0.auth.login {
                Some(mode) => Box::pin(login.replace(refused, mode, clock, lend)).await?,
                None => return Ok(None),
            },
            (CredentialName::Key, _, Some(KeySlot::Asked(asked))) => {
                asked.after_refusal(refused, clock, |text| self.provided(text)).await?
            }
            (CredentialName::Login | CredentialName::Key | CredentialName::Token, _, _) => return Ok(None),
        };
        Ok((!other.same_as(refused)).then_some(other))
    }

    /// Whether a refusal means that a session is over: 401, or words that the dialect names.
    pub(crate) fn is_lost(&self, credential: &Credential, status: u16, ends_session: bool) -> bool {
        status == 401 || status == 403 && ends_session && credential.name() == CredentialName::Login
    }

    /// Every secret that these credentials hold now, beside the one that a provider gave for a call.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let key = match &self.key {
            Some(KeySlot::Fixed(_, credential)) => Some(credential),
            Some(KeySlot::Asked(_)) | None => None,
        };
        let fixed = key.into_iter().chain(self.manager.iter().map(|(_, manager)| manager));
        let fixed = fixed.flat_map(Credential::secrets).cloned();
        let hidden = self.hidden.iter().cloned();
        fixed.chain(hidden).chain(self.login.iter().flat_map(|(_, login)| login.secrets())).collect()
    }

    /// What must not be shown in anything that a client with these credentials tells.
    pub(crate) fn in_use(&self) -> SecretsInUse {
        SecretsInUse::new(self.dialect.0.shapes.clone()).with(self.secrets())
    }

    /// The key that managing calls are made with, where it is a key of fixed text.
    pub(crate) fn managing_key(&self) -> Option<&Secret> {
        let manage = &self.dialect.0.auth.manage;
        let by_login = self.login.is_some() && manage.contains(&CredentialName::Login);
        match (&self.manager, &self.key) {
            _ if by_login => None,
            (Some((_, manager)), _) => Some(manager.secret()),
            (None, Some(KeySlot::Fixed(_, key))) => Some(key.secret()),
            (None, Some(KeySlot::Asked(_)) | None) => None,
        }
    }

    /// What the shape of a refused key suggests.
    pub(crate) fn suspicion(&self, refused: &Credential) -> Option<String> {
        let spec = &self.dialect.0.auth;
        let mode = match refused.name() {
            CredentialName::Key => spec.key.as_ref(),
            CredentialName::Token => spec.token.as_ref(),
            CredentialName::Login => None,
        };
        key::suspicion(refused.secret().expose(), mode?)
    }

    /// Where the key, the managing key and the login come from, for `Client::describe`.
    pub(crate) fn origins(&self) -> Vec<(&'static str, ConfigSource, Option<String>)> {
        let key = self.key.as_ref().map(|slot| match slot {
            KeySlot::Fixed(origin, credential) => ("api_key", origin.clone(), Some(credential.secret().fingerprint())),
            KeySlot::Asked(_) => ("api_key", ConfigSource::Provider, None),
        });
        let manager = self
            .manager
            .as_ref()
            .map(|(origin, credential)| ("management", origin.clone(), Some(credential.secret().fingerprint())));
        let login = self.login.as_ref().map(|(origin, _)| ("login", origin.clone(), None));
        [key, manager, login].into_iter().flatten().collect()
    }
}

fn fixed(spec: &Spec, (origin, text): (ConfigSource, Secret), check_shape: bool, warnings: &mut Vec<String>) -> Result<KeySlot> {
    let Some(mode) = &spec.auth.key else {
        return Err(Error::config("api_key", format!("is not something that {} takes", spec.title), "leave it out"));
    };
    let parsed = key::parse(text.expose(), "api_key", mode, &spec.title, check_shape)?;
    warnings.extend(parsed.warning);
    Ok(KeySlot::Fixed(origin, Credential::of_key(CredentialName::Key, &parsed.secret, &mode.mode)?))
}

fn login_in(environment: &Environment, spec: Option<&CredentialSpec>) -> Result<Option<(ConfigSource, String, Secret)>> {
    let Some([email, password]) = spec.map(|spec| spec.env.as_slice()) else { return Ok(None) };
    let email_found = found(environment, std::slice::from_ref(email), "management")?;
    let password_found = found(environment, std::slice::from_ref(password), "management")?;
    match (email_found, password_found) {
        (Some((origin, email)), Some((_, password))) => Ok(Some((origin, email, Secret::new(password)))),
        (Some(_), None) => {
            Err(Error::config("management", format!("is half given: {email} is set, {password} is not"), "set both or none"))
        }
        (None, Some(_)) => {
            Err(Error::config("management", format!("is half given: {password} is set, {email} is not"), "set both or none"))
        }
        (None, None) => Ok(None),
    }
}

fn missing(dialect: &Dialect, plane: Plane) -> Error {
    let spec = &dialect.0;
    match plane {
        Plane::Manage if !spec.auth.manage.contains(&CredentialName::Key) => {
            Error::config("management", "is missing, and this operation manages keys", management_remedy(dialect))
        }
        Plane::Use | Plane::Manage => {
            let names = spec.auth.key.as_ref().map(|key| key.env.as_slice()).unwrap_or_default();
            Error::config("api_key", "is missing", format!("give `api_key`{}", or_set(dialect, names, " or ")))
        }
    }
}

/// How keys of this service are managed.
fn management_remedy(dialect: &Dialect) -> String {
    let spec = &dialect.0;
    match (&spec.auth.login, &spec.auth.token) {
        (Some(login), _) => format!(
            "{} manages keys with a login: give e-mail and password as `management`{}",
            spec.title,
            or_set(dialect, &login.env, " and ")
        ),
        (None, Some(token)) => {
            let what = token.is.as_deref().unwrap_or("a token of its own");
            format!("{} takes {what}: give it as `management`{}", spec.title, or_set(dialect, &token.env, " or "))
        }
        (None, None) => format!("{} manages keys with the API key: leave `management` out or give another key", spec.title),
    }
}

/// The way by the environment, where the dialect names variables.
fn or_set(dialect: &Dialect, names: &[String], between: &str) -> String {
    let Some(first) = names.first() else { return String::new() };
    let allowed = if dialect.may_read(first) { "" } else { ", and list it for the dialect with `env`" };
    format!(", or set {}{allowed}", names.join(between))
}
