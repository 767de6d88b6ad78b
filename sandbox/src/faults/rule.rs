//! The grammar of fault rules, as JSON or TOML can hold them; `README.md` lists it for users.
//!
//! A rule that could never fire where it was put is refused when it is added, not found out later.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::script::Ending;
use crate::services;
use crate::time::parse_duration;

/// One fault: whom it hits, when, and what happens then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultRule {
    /// Chosen by the sandbox when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which requests it hits.
    #[serde(default, rename = "match")]
    pub matcher: Matcher,
    /// At which point of the request.
    pub phase: Phase,
    /// What happens.
    pub action: Action,
    /// So many fitting requests pass first.
    #[serde(default)]
    pub skip: u32,
    /// How often it fires; 0: without end.
    #[serde(default = "once")]
    pub times: u32,
    /// How likely it fires for a fitting request; drawn from the world's seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

fn once() -> u32 {
    1
}

/// Which requests a rule hits: those that fit everything given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Matcher {
    /// The name of a service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// A path as in the route table (`/agents/{id}`), or with `*` for one segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// An HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A key text, or its `sha256:` form as in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Headers and their values; `*` fits any value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, String>,
}

/// When a rule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Phase {
    /// When a connection is made.
    Accept,
    /// When the request was read and before anything is done.
    BeforeHandler,
    /// When everything is done and stored, and nothing was answered.
    AfterCommit,
    /// In the head of the answer.
    InHeaders,
    /// In the body of the answer.
    InBody,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Action {
    /// Answers so instead.
    Status {
        /// The status code.
        status: u16,
        /// Further headers; a list of values sends the header several times.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, Values>,
        /// The body.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        body: String,
    },
    /// Redirects.
    Redirect {
        /// The status code.
        status: u16,
        /// Where to.
        to: Target,
    },
    /// Waits on the world's clock, then goes on.
    Delay {
        /// How long.
        by: Span,
    },
    /// Closes the listener for so long on the world's clock, so that connections are refused.
    Refuse {
        /// How long.
        #[serde(rename = "for")]
        lasts: Span,
    },
    /// Resets the connection (RST) after so many bytes of the answer.
    Reset {
        /// Bytes of the answer, its head included; in phase `in_body` of the body.
        #[serde(default)]
        after: usize,
    },
    /// Closes the connection (FIN) after so many bytes of the answer.
    Close {
        /// As in `reset`.
        #[serde(default)]
        after: usize,
    },
    /// Sends so many bytes of the answer and then nothing, with the connection open.
    Stall {
        /// As in `reset`.
        #[serde(default)]
        after: usize,
    },
    /// Answers, keeps the connection open, and resets it when the next request comes.
    KeepAliveRace,
    /// Sends this text instead of an answer and closes.
    Raw {
        /// The bytes.
        text: String,
    },
    /// Breaks the head.
    Head {
        /// How.
        change: HeadChange,
        /// How many lines or bytes, where a flood is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<usize>,
    },
    /// Announces the whole body, sends so much of it and closes.
    Truncate {
        /// Bytes of the body.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<usize>,
        /// A place in the body instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Place>,
    },
    /// Closes within a chunk.
    TruncateChunk,
    /// Announces a chunk size that is no number.
    BadChunk {
        /// The text in the place of the size.
        #[serde(default = "no_number")]
        size: String,
    },
    /// Sends the body at this pace on the world's clock.
    Slow {
        /// How many bytes each second.
        bytes_per_second: usize,
    },
    /// Sends a body without end.
    Endless,
    /// Sends a body of so many bytes.
    Oversize {
        /// How many.
        #[serde(default = "sixty_four_mib")]
        bytes: u64,
    },
    /// Announces a length that differs from the body's by so much.
    WrongLength {
        /// Added to the true length.
        by: i64,
    },
    /// Sends so many zeros, compressed.
    GzipBomb {
        /// How many.
        #[serde(default = "half_gib")]
        bytes: u64,
    },
    /// Announces gzip and sends something else.
    BadGzip,
    /// Sends gzip with something behind its end.
    GzipTrailing,
    /// Compresses twice and says so.
    StackedEncoding,
    /// Announces an encoding that nobody asked for.
    UnrequestedEncoding,
    /// Changes what the body says.
    Content {
        /// How.
        change: ContentChange,
        /// The member of the (first) object that is meant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<String>,
        /// A value: of the member, of the content type; the depth of the nesting.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<serde_json::Value>,
    },
}

fn no_number() -> String {
    "zz".to_owned()
}

fn sixty_four_mib() -> u64 {
    64 << 20
}

fn half_gib() -> u64 {
    512 << 20
}

/// A place in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Place {
    /// In the middle of the key that the answer hands out.
    InsideSecret,
    /// Right after the closing quote of that key.
    AfterSecret,
}

/// Where a redirect leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Target {
    /// Another path of the same origin, in full.
    SameOrigin,
    /// Another service of the world.
    OtherPort,
    /// A host that is not ours.
    OtherHost,
    /// The same host by another scheme.
    OtherScheme,
    /// A file.
    File,
    /// A path.
    Relative,
    /// The same URL again.
    Loop,
    /// No `Location` at all.
    None,
    /// No URL.
    Garbage,
}

/// How a head is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HeadChange {
    /// Many `103` before the answer.
    InformationalFlood,
    /// Many headers.
    HeaderFlood,
    /// One long header.
    HeaderSize,
    /// A header that goes on in the next line.
    ObsFold,
    /// Two different lengths.
    TwoLengths,
    /// A length and chunks.
    LengthAndChunked,
    /// HTTP/1.0 without a length.
    Http10,
    /// No head at all.
    Http09,
    /// A status that is no number.
    BadStatus,
    /// 204 with a body.
    NoContentWithBody,
    /// 304.
    NotModified,
    /// 101.
    SwitchingProtocols,
    /// A carriage return alone within a header.
    BareCr,
    /// A NUL within a header.
    Nul,
    /// Closes within the head.
    Cut,
}

/// How a body's content is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ContentChange {
    /// Its last third is missing, the length fits.
    Cut,
    /// HTML.
    Html,
    /// Nothing.
    Empty,
    /// Another `Content-Type`; none when `value` is null.
    ContentType,
    /// A byte order mark in front.
    Bom,
    /// A byte that is no UTF-8.
    InvalidUtf8,
    /// The member twice.
    DuplicateKey,
    /// A member nested `value` deep.
    Deep,
    /// The member is `NaN`.
    Nan,
    /// The member is 2^64 + 1.
    HugeNumber,
    /// The member, if a number, is a text.
    NumberAsText,
    /// The member is missing.
    Missing,
    /// One member more.
    Extra,
    /// The member is `value`.
    Set,
}

/// One header value, or several for several lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Values {
    /// One line.
    One(String),
    /// Several lines.
    Many(Vec<String>),
}

impl Values {
    pub(super) fn iter(&self) -> std::slice::Iter<'_, String> {
        match self {
            Self::One(value) => std::slice::from_ref(value).iter(),
            Self::Many(values) => values.iter(),
        }
    }
}

/// A duration, written as in ISO 8601 (`PT1.5S`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("PT{}S", self.0.as_secs_f64()))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let forward = parse_duration(&text).filter(|(_, negative)| !negative);
        let duration = forward.map(|(duration, _)| duration);
        duration.map(Self).ok_or_else(|| serde::de::Error::custom("not a duration such as PT1.5S"))
    }
}

impl Phase {
    fn word(self) -> &'static str {
        match self {
            Self::Accept => "`accept`",
            Self::BeforeHandler => "`before_handler`",
            Self::AfterCommit => "`after_commit`",
            Self::InHeaders => "`in_headers`",
            Self::InBody => "`in_body`",
        }
    }
}

impl FaultRule {
    /// A rule that fires once, for every request.
    #[must_use]
    pub fn new(phase: Phase, action: Action) -> Self {
        Self { id: None, matcher: Matcher::default(), phase, action, skip: 0, times: 1, probability: None }
    }

    /// The service whose connections are refused, and for how long, if that is what it does.
    pub(crate) fn refusal(&self) -> Option<(String, Duration)> {
        match (&self.action, &self.matcher.service) {
            (Action::Refuse { lasts }, Some(service)) => Some((service.clone(), lasts.0)),
            _ => None,
        }
    }

    /// Why the rule could never work, if so.
    pub(super) fn problem(&self) -> Option<String> {
        if self.probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            return Some("`probability` is not between 0 and 1: leave it out, or give a part such as 0.5".to_owned());
        }
        if let Action::Status { status, .. } | Action::Redirect { status, .. } = &self.action
            && !(100..=999).contains(status)
        {
            return Some(format!("`action.status` is {status}, which is no status: give 100 to 999"));
        }
        if let Action::Slow { bytes_per_second: 0 } = &self.action {
            return Some("`action.bytes_per_second` is 0: give more, or use `stall`".to_owned());
        }
        if let Action::Refuse { .. } = &self.action
            && (self.matcher.service.is_none() || self.times != 1 || self.skip > 0 || self.probability.is_some())
        {
            return Some("`refuse` acts at once on one service: it takes a `service`, and fires once".to_owned());
        }
        if let Some(service) = &self.matcher.service
            && let Err(unknown) = services::known(service)
        {
            return Some(format!("`match.service`: {unknown}"));
        }
        let only_service = Matcher { service: self.matcher.service.clone(), ..Matcher::default() };
        if self.phase == Phase::Accept && self.matcher != only_service {
            return Some("at `accept` nothing but the service is known: match on `service` alone".to_owned());
        }
        (!self.action.phases().contains(&self.phase)).then(|| {
            format!(
                "`phase` does not fit: this action works in {}",
                self.action.phases().iter().map(|phase| phase.word()).collect::<Vec<_>>().join(", ")
            )
        })
    }
}

impl Action {
    /// How it ends a connection.
    pub(crate) fn ending(&self) -> Ending {
        if matches!(self, Self::Reset { .. }) {
            Ending::Reset
        } else if matches!(self, Self::Stall { .. }) {
            Ending::Stall
        } else {
            Ending::Close
        }
    }

    fn phases(&self) -> &'static [Phase] {
        use Phase::{Accept, AfterCommit, BeforeHandler, InBody, InHeaders};
        match self {
            Self::Refuse { .. } => &[Accept],
            Self::Raw { .. } => &[Accept, BeforeHandler, AfterCommit],
            Self::Status { .. } | Self::Redirect { .. } | Self::Delay { .. } => &[BeforeHandler, AfterCommit],
            Self::Reset { .. } | Self::Close { .. } | Self::Stall { .. } => {
                &[Accept, BeforeHandler, AfterCommit, InHeaders, InBody]
            }
            Self::KeepAliveRace => &[AfterCommit],
            Self::Head { .. } => &[InHeaders],
            Self::Truncate { .. }
            | Self::TruncateChunk
            | Self::BadChunk { .. }
            | Self::Slow { .. }
            | Self::Endless
            | Self::Oversize { .. }
            | Self::WrongLength { .. }
            | Self::GzipBomb { .. }
            | Self::BadGzip
            | Self::GzipTrailing
            | Self::StackedEncoding
            | Self::UnrequestedEncoding
            | Self::Content { .. } => &[InBody],
        }
    }
}
