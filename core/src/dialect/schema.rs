//! A dialect file as it is written: one struct per table, unknown keys refused.
//!
//! Nothing is decided here; `load` checks and compiles. The grammar is explained, table by table,
//! in `dialects/README.md`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::retry::Safety;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub service: Service,
    pub auth: Auth,
    #[serde(default)]
    pub account: Account,
    #[serde(default)]
    pub throttle: Throttle,
    #[serde(default)]
    pub page: BTreeMap<String, Page>,
    #[serde(default)]
    pub answer: Answer,
    #[serde(default)]
    pub error: ErrorPointers,
    pub key: KeyShape,
    pub op: BTreeMap<String, Op>,
    #[serde(default)]
    pub retire: Retire,
    #[serde(default)]
    pub refusal: BTreeMap<String, Refusal>,
    #[serde(default)]
    pub item: ItemMap,
    #[serde(default)]
    pub resource: BTreeMap<String, BTreeMap<String, Action>>,
    #[serde(default)]
    pub client: ClientNames,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    pub id: String,
    pub title: String,
    pub base_url: Option<String>,
    pub no_base_url: Option<String>,
    #[serde(default)]
    pub base_url_env: Vec<String>,
    pub base_path_drop: Option<String>,
    pub docs_url: Option<String>,
    pub request_id: Option<String>,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Auth {
    #[serde(rename = "use")]
    pub used: Vec<String>,
    pub manage: Vec<String>,
    pub key: Option<Credential>,
    pub token: Option<Credential>,
    pub login: Option<Credential>,
}

/// One credential; which keys are due depends on `mode`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credential {
    pub mode: String,
    pub name: Option<String>,
    pub word: Option<String>,
    #[serde(default)]
    pub env: Vec<String>,
    pub prefix: Option<String>,
    pub looks_like: Option<String>,
    #[serde(default)]
    pub other_prefixes: BTreeMap<String, String>,
    #[serde(default)]
    pub shapes: Vec<String>,
    pub is: Option<String>,
    pub login: Option<String>,
    pub refresh: Option<String>,
    pub access: Option<String>,
    pub refresh_token: Option<String>,
    pub cookie: Option<String>,
    pub csrf_cookie: Option<String>,
    pub csrf_header: Option<String>,
    pub lifetime: Option<u64>,
    #[serde(default)]
    pub lost: Vec<String>,
    pub source: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    #[serde(rename = "in", default)]
    pub place: AccountPlace,
    pub name: Option<String>,
    pub path: Option<String>,
    pub plain: Option<String>,
    pub me: Option<String>,
    #[serde(default)]
    pub reserved: Vec<String>,
    pub required: Option<String>,
    pub source: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AccountPlace {
    #[default]
    None,
    Path,
    Header,
    Body,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Throttle {
    pub read: Option<String>,
    pub write: Option<String>,
    #[serde(default)]
    pub unavailable_before_handler: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    pub style: PageStyle,
    pub items: String,
    pub size: Option<String>,
    pub position: Option<String>,
    pub more: Option<String>,
    pub total: Option<String>,
    #[serde(default)]
    pub sizes: Vec<u32>,
    pub max: Option<u32>,
    pub source: Option<String>,
}

/// How a list is cut into pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PageStyle {
    /// Everything at once.
    Single,
    /// By page number, from 1.
    Page,
    /// By number of items to skip.
    Offset,
    /// By a mark that the previous page carried.
    Cursor,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    #[serde(default)]
    pub object: String,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorPointers {
    #[serde(default)]
    pub message: Vec<String>,
    #[serde(default)]
    pub code: Vec<String>,
    #[serde(default)]
    pub fields: Vec<String>,
    #[serde(default)]
    pub limit: Vec<String>,
    pub retry_after: Option<String>,
}

/// A member name, or several of which the first present wins.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "must be the name of a member, or a list of names")]
pub(super) enum Names {
    One(String),
    Many(Vec<String>),
}

impl Names {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::Many(names) => names,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyShape {
    pub id: Names,
    pub name: Names,
    pub secret: Names,
    pub prefix: Option<Names>,
    pub scopes: Option<Names>,
    pub account_id: Option<Names>,
    pub created_at: Option<Names>,
    pub last_used_at: Option<Names>,
    pub expires_at: Option<Names>,
    pub archived_at: Option<Names>,
    pub revoked_at: Option<Names>,
    pub status: Vec<StatusRule>,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub known_scopes: Vec<String>,
    #[serde(default)]
    pub scope_presets: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub plan_limits: BTreeMap<String, PlanLimit>,
}

/// One line of the status rule as it is written; what fits together is a [`StatusRule`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusLine {
    from: Option<String>,
    map: Option<BTreeMap<String, String>>,
    is: Option<String>,
    when: Option<String>,
}

impl TryFrom<StatusLine> for StatusRule {
    type Error = &'static str;

    fn try_from(line: StatusLine) -> Result<Self, Self::Error> {
        match (line.from, line.map, line.is, line.when) {
            (Some(from), map, None, None) => Ok(Self::From { from, map: map.unwrap_or_default() }),
            (None, None, Some(is), Some(when)) => Ok(Self::When { is, when }),
            (None, None, Some(is), None) => Ok(Self::Else { is }),
            _ => Err("must be `{ from, map? }`, `{ is, when }` or `{ is }`"),
        }
    }
}

/// How many keys a plan allows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum PlanLimit {
    Keys(u64),
    Word(String),
}

/// One line of the status rule; the first that fits decides.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "StatusLine")]
pub(crate) enum StatusRule {
    /// The member holds the status, in the service's words.
    From {
        /// The member.
        from: String,
        /// Theirs to ours; words not listed are kept.
        map: BTreeMap<String, String>,
    },
    /// This status when the member is present and not null.
    When {
        /// Our status.
        is: String,
        /// The member.
        when: String,
    },
    /// This status otherwise.
    Else {
        /// Our status.
        is: String,
    },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Op {
    pub http: Option<String>,
    pub unsupported: Option<String>,
    pub same_as: Option<String>,
    #[serde(default)]
    pub body: BTreeMap<String, String>,
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    pub resend: Option<Safety>,
    pub page: Option<String>,
    pub answer: Option<String>,
    pub bucket: Option<String>,
    pub idempotency: Option<String>,
    #[serde(default)]
    pub needs: Vec<Need>,
    #[serde(default)]
    pub irreversible: bool,
    pub source: String,
}

/// What a key's state must be for an operation to make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Need {
    /// The key works.
    Active,
    /// The key is revoked.
    Revoked,
    /// The key has been used.
    Calls,
    /// The key has never been used.
    NoCalls,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retire {
    #[serde(default)]
    pub steps: Vec<String>,
    #[serde(default)]
    pub next_on: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    pub status: Option<u16>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub message_has: Option<String>,
    pub op: Option<String>,
    pub kind: String,
    pub reason: Option<String>,
    pub remedy: Option<String>,
    pub source: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ItemMap {
    pub id: Vec<String>,
    pub name: Vec<String>,
    pub status: Vec<String>,
    pub created_at: Vec<String>,
}

impl Default for ItemMap {
    fn default() -> Self {
        let same = |name: &str| vec![name.to_owned()];
        Self { id: same("id"), name: same("name"), status: same("status"), created_at: same("created_at") }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub http: Option<String>,
    pub body: Option<ActionBody>,
    #[serde(default)]
    pub query: Vec<String>,
    pub resend: Option<Safety>,
    pub page: Option<String>,
    pub returns: Option<Returns>,
    pub answer: Option<String>,
    pub bucket: Option<String>,
    pub at_most: Option<usize>,
    pub poll: Option<String>,
    #[serde(default)]
    pub done: Vec<String>,
    pub every: Option<f64>,
    pub source: String,
}

/// The members that an action's body may have: named ones (`?` marks optional), or any.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "must be `true`, for any JSON, or a list of the members")]
pub(super) enum ActionBody {
    Any(bool),
    Named(Vec<String>),
}

/// What an action answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Returns {
    /// One object with the common fields.
    Item,
    /// A list of them, in pages.
    Page,
    /// JSON of its own.
    Json,
    /// Nothing.
    Nothing,
    /// A stream of events.
    Events,
}

/// The names that the service's own pages use for a client.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(hidden)]
#[non_exhaustive]
pub struct ClientNames {
    /// The class in Python.
    pub python: Option<String>,
    /// The classes in JavaScript.
    #[serde(default)]
    pub node: Vec<String>,
    /// The class in C#.
    pub csharp: Option<String>,
    /// Options beyond the key.
    #[serde(default)]
    pub options: Vec<String>,
}
