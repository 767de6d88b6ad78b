//! A dialect, checked and compiled: what `plan`, `read`, `route` and `auth` work from.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Method};

use super::schema::{ClientNames, ErrorPointers, ItemMap, Need, PageStyle, Returns, StatusRule};
use super::template::Template;
use super::variables::Readable;
use crate::checks::mask::{SecretsInUse, ServiceText, Shapes};
use crate::model::error::{Error, ErrorKind, Result};
use crate::model::op::KeyOp;
use crate::retry::Safety;

/// The description of one service.
///
/// Five are built in; any other is a TOML file, read with [`Dialect::from_toml`] (the grammar is
/// in `dialects/README.md`). Cheap to clone.
///
/// ```
/// use keywright::Dialect;
///
/// let seclai = Dialect::builtin("seclai")?;
/// assert_eq!(seclai.title(), "Seclai");
/// assert!(seclai.supports("keys.archive") && !seclai.supports("keys.rotate"));
/// # Ok::<(), keywright::Error>(())
/// ```
#[derive(Clone)]
pub struct Dialect(pub(crate) Arc<Spec>, pub(crate) Readable);

impl Dialect {
    /// The services that are built in.
    pub const BUILTIN: [&'static str; 5] = ["seclai", "segops", "sidclaw", "seenty", "itellico"];

    /// The same dialect, allowed to read these environment variables. One that was read from a text
    /// reads none that is not listed here: its author could name any variable of yours and have it
    /// sent to a host of theirs.
    ///
    /// ```
    /// # let text = include_str!("../../../examples/acme.toml");
    /// let acme = keywright::Dialect::from_toml(text)?.with_env(["ACME_API_KEY"])?;
    /// # Ok::<(), keywright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a variable that the dialect does not name.
    pub fn with_env<N: Into<String>>(self, names: impl IntoIterator<Item = N>) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let named: Vec<&str> = self.variables().collect();
        if let Some(unknown) = names.iter().find(|name| !named.contains(&name.as_str())) {
            let remedy = if named.is_empty() { "leave it out".to_owned() } else { format!("use some of {}", named.join(", ")) };
            return Err(Error::config(
                "env",
                format!("holds `{}`, which the dialect does not name", super::load::shown(unknown)),
                remedy,
            ));
        }
        Ok(Self(self.0, Readable::Listed(names.into())))
    }

    /// The id, as in `Client::new("seclai", ..)`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The name as the service writes it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// The variant in force: `documented`, or the one asked for.
    #[must_use]
    pub fn variant(&self) -> &str {
        &self.0.variant
    }

    /// Where the service documents its API, where it does.
    #[must_use]
    pub fn docs_url(&self) -> Option<&str> {
        self.0.docs_url.as_deref()
    }

    /// How we know where and what the service is.
    #[must_use]
    pub fn source(&self) -> &Provenance {
        &self.0.source
    }

    /// The names that the service's own pages use for a client: Python, Node, C#, and the options
    /// beyond the key.
    #[doc(hidden)]
    #[must_use]
    pub fn client_names(&self) -> &ClientNames {
        &self.0.client
    }

    /// The scopes of a preset, as `read_only`.
    ///
    /// ```
    /// let sidclaw = keywright::Dialect::builtin("sidclaw")?;
    /// assert_eq!(sidclaw.scope_preset("read_only"), Some(&["read".to_owned()][..]));
    /// # Ok::<(), keywright::Error>(())
    /// ```
    #[must_use]
    pub fn scope_preset(&self, name: &str) -> Option<&[String]> {
        self.0.key.scope_presets.get(name).map(Vec::as_slice)
    }

    /// How many keys each plan allows, `None` for no limit; empty where the service says nothing
    #[must_use]
    pub fn plan_limits(&self) -> &BTreeMap<String, Option<u64>> {
        &self.0.key.plan_limits
    }

    /// Whether the service has an operation: `keys.rotate`, `agents.list`, `evaluate`.
    #[must_use]
    pub fn supports(&self, capability: &str) -> bool {
        self.lookup(capability).is_ok()
    }

    /// Every key operation and every declared action: what it is on the wire, or why it is missing.
    #[must_use]
    pub fn capabilities(&self) -> Vec<CapabilityInfo> {
        let keys = KeyOp::ALL.iter().map(|op| {
            let name = format!("keys.{op}");
            match self.0.keys.get(op) {
                Some(Support::Yes(spec)) => CapabilityInfo::of(name, spec),
                Some(Support::No { remedy, source }) => CapabilityInfo {
                    name,
                    supported: false,
                    http: None,
                    remedy: Some(remedy.clone()),
                    irreversible: false,
                    source: source.clone(),
                },
                None => CapabilityInfo {
                    name,
                    supported: false,
                    http: None,
                    remedy: None,
                    irreversible: false,
                    source: Provenance::Documented(None),
                },
            }
        });
        let actions = self.0.resources.iter().flat_map(|(resource, actions)| {
            actions.iter().map(move |(action, spec)| CapabilityInfo::of(format!("{resource}.{action}"), spec))
        });
        keys.chain(actions).collect()
    }

    /// The operation of that name.
    ///
    /// # Errors
    /// `unsupported` with the service's own remedy.
    pub(crate) fn lookup(&self, capability: &str) -> Result<&Arc<OpSpec>> {
        let (group, action) = capability.split_once('.').unwrap_or((capability, "call"));
        if group == "keys" {
            if let Some(op) = KeyOp::ALL.iter().find(|op| op.as_str() == action) {
                return self.key_op(*op);
            }
        } else if let Some(spec) = self.0.resources.get(group).and_then(|actions| actions.get(action)) {
            return Ok(spec);
        }
        let declared: Vec<String> = self.capabilities().into_iter().filter(|info| info.supported).map(|info| info.name).collect();
        Err(self.unsupported(capability, format!("this service has: {}", declared.join(", "))))
    }

    /// The key operation, or why the service has none.
    pub(crate) fn key_op(&self, op: KeyOp) -> Result<&Arc<OpSpec>> {
        match self.0.keys.get(&op) {
            Some(Support::Yes(spec)) => Ok(spec),
            Some(Support::No { remedy, .. }) => Err(self.unsupported(&format!("keys.{op}"), remedy.clone())),
            None => Err(self.unsupported(&format!("keys.{op}"), format!("the dialect of {} declares none", self.title()))),
        }
    }

    fn unsupported(&self, operation: &str, remedy: String) -> Error {
        Error::new(ErrorKind::Unsupported).with(|data| {
            data.service = Some(Arc::clone(&self.0.id));
            data.operation = Some(ServiceText::of(operation).masked(&SecretsInUse::shapes_only()).into_string().into());
            data.remedy = Some(remedy);
        })
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialect").field("id", &self.0.id).field("variant", &self.0.variant).finish()
    }
}

/// Where our knowledge of a part of a service comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// Printed on the service's page, with the row of the requirements where one is cited.
    Documented(Option<String>),
    /// Read in the service's public code or seen on the live service.
    Observed,
    /// Our own choice, until the truth is known.
    Assumed,
}

impl Provenance {
    /// `documented`, `observed` or `assumed`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Documented(_) => "documented",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }
}

/// What a service can do, for tables and for [`Client::capabilities`](crate::Client::capabilities).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CapabilityInfo {
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
    /// How we know.
    pub source: Provenance,
}

impl CapabilityInfo {
    fn of(name: String, spec: &OpSpec) -> Self {
        Self {
            name,
            supported: true,
            http: Some(spec.http.clone()),
            remedy: None,
            irreversible: spec.irreversible,
            source: spec.source.clone(),
        }
    }
}

pub(crate) struct Spec {
    pub id: Arc<str>,
    pub title: String,
    pub variant: String,
    pub base_url: Option<String>,
    pub no_base_url: Option<String>,
    pub base_url_env: Vec<String>,
    pub base_path_drop: Option<String>,
    pub docs_url: Option<String>,
    pub source: Provenance,
    pub request_id: HeaderName,
    pub auth: AuthSpec,
    /// How texts that look like its keys begin.
    pub shapes: Shapes,
    pub account: AccountRule,
    pub unavailable_before_handler: bool,
    pub read_bucket: Arc<str>,
    pub write_bucket: Arc<str>,
    pub error: ErrorPointers,
    pub key: KeyMap,
    pub keys: BTreeMap<KeyOp, Support>,
    pub retire: Vec<KeyOp>,
    pub retire_next_on: Vec<String>,
    pub refusals: Vec<RefusalSpec>,
    pub item: ItemMap,
    pub resources: BTreeMap<String, BTreeMap<String, Arc<OpSpec>>>,
    pub client: ClientNames,
}

impl Spec {
    /// Whether a member of that name holds a new key, or a token of a login.
    pub(crate) fn holds_secret(&self, name: &str) -> bool {
        let ends_in = |pointer: &str| pointer.rsplit('/').next().is_some_and(|last| last == name);
        let is_token = match self.auth.login.as_ref().map(|login| &login.mode) {
            Some(AuthMode::Jwt { access, refresh_token, .. }) => ends_in(access) || ends_in(refresh_token),
            Some(AuthMode::Header { .. } | AuthMode::Bearer | AuthMode::Scheme { .. } | AuthMode::CookieCsrf { .. }) | None => {
                false
            }
        };
        is_token || self.key.secret.iter().any(|secret| secret == name)
    }

    /// Whether a request of the caller's own is one of those that bring a new secret.
    pub(crate) fn brings_secret(&self, method: &Method, path: &str) -> bool {
        self.keys.values().any(|support| match support {
            Support::Yes(op) => op.brings_secret() && op.method == method && op.path.fits(path),
            Support::No { .. } => false,
        })
    }

    /// Whether a message says that a session is over.
    pub(crate) fn ends_session(&self, message: &ServiceText<'_>) -> bool {
        match self.auth.login.as_ref().map(|login| &login.mode) {
            Some(AuthMode::CookieCsrf { lost, .. }) => lost.iter().any(|words| message.is(words)),
            Some(AuthMode::Header { .. } | AuthMode::Bearer | AuthMode::Scheme { .. } | AuthMode::Jwt { .. }) | None => false,
        }
    }
}

pub(crate) enum Support {
    Yes(Arc<OpSpec>),
    No { remedy: String, source: Provenance },
}

/// Which credential an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plane {
    /// Using the service.
    Use,
    /// Managing its keys.
    Manage,
}

/// The three credentials that a service may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialName {
    /// The API key.
    Key,
    /// A second token that manages keys.
    Token,
    /// E-mail and password.
    Login,
}

pub(crate) struct AuthSpec {
    pub used: Vec<CredentialName>,
    pub manage: Vec<CredentialName>,
    pub key: Option<CredentialSpec>,
    pub token: Option<CredentialSpec>,
    pub login: Option<CredentialSpec>,
}

pub(crate) struct CredentialSpec {
    pub mode: AuthMode,
    pub env: Vec<String>,
    pub prefix: Option<String>,
    pub looks_like: Option<String>,
    pub other_prefixes: BTreeMap<String, String>,
    pub is: Option<String>,
}

/// The five ways to present a credential.
pub(crate) enum AuthMode {
    /// The key alone in a header of its own.
    Header { name: HeaderName },
    /// `Authorization: Bearer <key>`.
    Bearer,
    /// `Authorization: <word> <key>`.
    Scheme { word: String },
    /// `Authorization: Bearer <JWT>`, obtained by login and renewed by refresh.
    Jwt { login: Endpoint, refresh: Endpoint, access: String, refresh_token: String },
    /// A session cookie, with a second cookie repeated in a header on unsafe methods.
    CookieCsrf {
        login: Endpoint,
        cookie: String,
        csrf_cookie: String,
        csrf_header: HeaderName,
        lifetime: Duration,
        lost: Vec<String>,
    },
}

pub(crate) struct Endpoint {
    pub method: Method,
    pub path: String,
}

/// Where the account goes.
pub(crate) enum AccountRule {
    /// The credential decides.
    None,
    /// Into the path, before everything else.
    Path { template: String, plain: String, me: String, reserved: Vec<String> },
    /// Into a header of every request.
    Header { name: HeaderName },
    /// Into the bodies that declare it.
    Body { required: String },
}

pub(crate) struct KeyMap {
    pub id: Vec<String>,
    pub name: Vec<String>,
    pub secret: Vec<String>,
    pub prefix: Vec<String>,
    pub scopes: Vec<String>,
    pub account_id: Vec<String>,
    pub created_at: Vec<String>,
    pub last_used_at: Vec<String>,
    pub expires_at: Vec<String>,
    pub archived_at: Vec<String>,
    pub revoked_at: Vec<String>,
    pub status: Vec<StatusRule>,
    pub labels: BTreeMap<String, String>,
    pub known_scopes: Vec<String>,
    pub scope_presets: BTreeMap<String, Vec<String>>,
    /// `None` is unlimited.
    pub plan_limits: BTreeMap<String, Option<u64>>,
}

/// A refusal that the service is known to give, and what it means.
pub(crate) struct RefusalSpec {
    pub reason: String,
    pub status: Option<u16>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub message_has: Option<String>,
    pub op: Option<String>,
    pub kind: ErrorKind,
    pub remedy: Option<String>,
}

/// One member of a request body or query: ours, theirs, and whether it may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub ours: String,
    pub theirs: String,
    pub optional: bool,
}

/// What an action's body may hold.
pub(crate) enum BodyRule {
    /// No body.
    None,
    /// These members.
    Members(Vec<Member>),
    /// Any JSON value.
    Any,
}

/// How a list is cut into pages.
pub(crate) struct PageSpec {
    pub style: PageStyle,
    pub items: String,
    pub size: Option<String>,
    pub position: Option<String>,
    pub more: Option<String>,
    pub total: Option<String>,
    pub sizes: Vec<u32>,
    pub max: Option<u32>,
}

/// One operation of one service.
pub(crate) struct OpSpec {
    /// `keys.create`, `agents.list`.
    pub name: String,
    /// Method and template as written.
    pub http: String,
    pub method: Method,
    pub path: Template,
    pub query: Vec<Member>,
    pub body: BodyRule,
    pub safety: Safety,
    pub plane: Plane,
    pub bucket: Arc<str>,
    pub page: Option<Arc<PageSpec>>,
    pub returns: Returns,
    /// Where in the answer the object stands.
    pub answer: String,
    pub idempotency: Option<HeaderName>,
    pub needs: Vec<Need>,
    pub irreversible: bool,
    /// The most members one call may carry, for calls that are split.
    pub at_most: Option<usize>,
    /// For waiting: poll that often until the status is one of these.
    pub wait: Option<WaitSpec>,
    pub source: Provenance,
}

impl OpSpec {
    /// Whether a success brings a new secret: create and rotate.
    pub(crate) fn brings_secret(&self) -> bool {
        self.plane == Plane::Manage && self.safety == Safety::Never
    }
}

/// How a result is waited for.
pub(crate) struct WaitSpec {
    pub done: Vec<String>,
    pub every: Duration,
}
