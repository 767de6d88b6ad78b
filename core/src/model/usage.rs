//! The calls made with a key, and the credits it has used.

use std::time::Duration;

use crate::json::Json;
use crate::model::time::Timestamp;

use crate::model::wire_enum::wire_enum;

/// One call made with a key.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CallRecord {
    /// The id of the record, where it has one.
    pub id: Option<String>,
    /// The method: `GET`, `POST`, or any other word the service used.
    pub method: String,
    /// The path, without host and query.
    pub endpoint: String,
    /// The HTTP status it was answered with; 0, which is none, where the service's words for it could not be read (they are
    /// in `data`).
    pub status: u16,
    /// What went wrong, in the service's words; `None` when nothing did.
    pub error: Option<String>,
    /// When it was made.
    pub started_at: Option<Timestamp>,
    /// The record as the service sent it.
    pub data: Json,
}

/// Which calls to list. What the service cannot filter is filtered here.
///
/// ```no_run
/// # async fn f(client: keywright::Client) -> keywright::Result<()> {
/// use keywright::CallsQuery;
///
/// let refused = client.keys().calls("key_1", CallsQuery::new().status(403).page_size(50)).await?;
/// for call in &refused.items {
///     println!("{} {} {:?}", call.method, call.endpoint, call.error);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct CallsQuery {
    /// Only this method.
    pub method: Option<String>,
    /// Only this status.
    pub status: Option<u16>,
    /// Only this path.
    pub endpoint: Option<String>,
    /// Only from this time on.
    pub from: Option<Timestamp>,
    /// Only before this time.
    pub to: Option<Timestamp>,
    /// How many in a page.
    pub page_size: Option<u32>,
    /// Where to begin, from [`Page::next_token`](crate::Page::next_token); with the latest when not given.
    pub after: Option<String>,
}

impl CallsQuery {
    /// All calls.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only this status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Only this path.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Only from this time on.
    #[must_use]
    pub fn from(mut self, time: Timestamp) -> Self {
        self.from = Some(time);
        self
    }

    /// Only before this time.
    #[must_use]
    pub fn to(mut self, time: Timestamp) -> Self {
        self.to = Some(time);
        self
    }

    /// How many in a page.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.page_size = Some(size);
        self
    }

    /// Goes on where an earlier page ended.
    #[must_use]
    pub fn after(mut self, token: impl Into<String>) -> Self {
        self.after = Some(token.into());
        self
    }

    /// Whether a record fits, for what the service did not filter.
    pub(crate) fn fits(&self, record: &CallRecord) -> bool {
        let method = self.method.as_deref().is_none_or(|method| record.method.eq_ignore_ascii_case(method));
        let status = self.status.is_none_or(|status| record.status == status);
        let endpoint = self.endpoint.as_deref().is_none_or(|endpoint| record.endpoint == endpoint);
        let from = self.from.is_none_or(|from| record.started_at.is_none_or(|at| at >= from));
        let to = self.to.is_none_or(|to| record.started_at.is_none_or(|at| at < to));
        method && status && endpoint && from && to
    }
}

wire_enum! {
    /// How long a slice of a report is.
    Granularity {
        /// A day, UTC.
        Day = "day",
        /// A week from Monday, UTC.
        Week = "week",
        /// A month, UTC.
        Month = "month",
    }
}

/// Which time a report covers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum UsageRange {
    /// The last 24 hours.
    H24,
    /// The last 7 days.
    D7,
    /// The last 30 days.
    D30,
    /// From the first time up to, and without, the second.
    Custom {
        /// The beginning.
        from: Timestamp,
        /// The end.
        to: Timestamp,
    },
}

impl UsageRange {
    /// The times it stands for.
    pub(crate) fn bounds(self, now: Timestamp) -> (Timestamp, Timestamp) {
        const HOUR: u64 = 3600;
        let last = |hours: u64| (now - Duration::from_secs(hours * HOUR), now);
        match self {
            Self::H24 => last(24),
            Self::D7 => last(7 * 24),
            Self::D30 => last(30 * 24),
            Self::Custom { from, to } => (from, to),
        }
    }
}

/// What to report.
///
/// ```no_run
/// # async fn f(client: keywright::Client) -> keywright::Result<()> {
/// use keywright::{Granularity, UsageQuery, UsageRange};
///
/// let month = UsageQuery::new().range(UsageRange::D30).granularity(Granularity::Week);
/// let report = client.keys().usage("key_1", month).await?;
/// println!("{} credits", report.total);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct UsageQuery {
    /// The time; the service's default (30 days) when not given.
    pub range: Option<UsageRange>,
    /// The slices; chosen by the length of the range when not given.
    pub granularity: Option<Granularity>,
}

impl UsageQuery {
    /// The service's default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the time.
    #[must_use]
    pub fn range(mut self, range: UsageRange) -> Self {
        self.range = Some(range);
        self
    }

    /// Sets the slices.
    #[must_use]
    pub fn granularity(mut self, granularity: Granularity) -> Self {
        self.granularity = Some(granularity);
        self
    }
}

/// The credits that one key has used.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UsageReport {
    /// The slices' length, in the service's words: `day`, `week`, `month`.
    pub granularity: String,
    /// All credits of the range.
    pub total: f64,
    /// Slice by slice, in order of time.
    pub slices: Vec<UsageSlice>,
}

/// The credits of one slice.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UsageSlice {
    /// When it begins.
    pub start: Option<Timestamp>,
    /// Its credits.
    pub credits: f64,
    /// What they were used for.
    pub activities: Vec<Activity>,
}

/// The credits of one activity.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Activity {
    /// Which: `agent_run`.
    pub activity: String,
    /// Its credits.
    pub credits: f64,
    /// Where it came from: `api`, `ui`.
    pub origin: Option<String>,
}
