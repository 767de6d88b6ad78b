//! What one example says.
//!
//! Values stay templates here; they get a meaning only with the [`Names`](super::Names) of one run.

use serde_json::Value;

use super::events::Event;

/// One request and its answer, and what must be true before.
#[derive(Debug, Clone)]
pub struct Example {
    /// The folder: `seclai`.
    pub service: String,
    /// The file in that folder: `assumed/key_create.http`.
    pub file: String,
    /// The line of the service's page, or `assumed`.
    pub page: String,
    /// The requirement rows that it proves.
    pub rows: Vec<String>,
    /// What must be true before, in order.
    pub given: Vec<Given>,
    /// What the client sends on its own before the request: a login.
    pub first: Option<First>,
    /// How the client of this example differs from the usual one.
    pub client: Option<toml::Table>,
    /// The scenario step that makes the client send the request.
    pub drive: Drive,
    /// The request.
    pub request: Request,
    /// The answer.
    pub response: Response,
}

impl Example {
    /// The name that a report shows.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.service, self.file)
    }

    /// Whether the service's page prints it.
    #[must_use]
    pub fn is_printed(&self) -> bool {
        self.page != "assumed"
    }
}

/// Another example that the client goes through by itself before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// What its answer is called here.
    pub name: String,
    /// Its file.
    pub file: String,
}

/// One thing that must be true before the request.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// Another example was gone through, its answer kept under a name, its key perhaps another one.
    Example {
        /// What its answer is called, if anything.
        name: Option<String>,
        /// Its file.
        file: String,
        /// The key that takes the place of the world's own.
        key: Option<String>,
    },
    /// The world's clock stands at this instant.
    Clock(String),
    /// The world's clock has moved on by this ISO 8601 duration.
    Advance(String),
    /// The world was born on this plan.
    Plan(String),
    /// The tenant has fallen to this plan since.
    Downgrade(String),
    /// The service is served as this variant.
    Variant(String),
    /// This many credits are left.
    Credits(u32),
    /// So many requests are allowed per ISO 8601 duration.
    Limit {
        /// How many.
        count: u32,
        /// Per which time.
        per: String,
    },
    /// This account is switched off.
    Inactive(String),
}

/// How the client is made to send the request.
#[derive(Debug, Clone)]
pub enum Drive {
    /// By this scenario step.
    Step(toml::Table),
    /// Not at all, and why.
    None(String),
}

/// A request as a matcher.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`.
    pub method: String,
    /// Path and query, with placeholders.
    pub target: String,
    /// The named headers.
    pub headers: Vec<(String, String)>,
    /// The body, if there must be one.
    pub body: Option<Value>,
}

/// An answer as a matcher.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The named headers.
    pub headers: Vec<(String, String)>,
    /// The body, if there must be one.
    pub body: Option<Body>,
}

/// What an answer carries.
#[derive(Debug, Clone)]
pub enum Body {
    /// One JSON value.
    Json(Value),
    /// A stream of server-sent events.
    Events(Vec<Event>),
}
