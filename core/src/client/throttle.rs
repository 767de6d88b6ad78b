//! How a service throttles a client just now, for dashboards.
//!
//! Several keys may share a bucket's name and nothing here tells them apart, so of each bucket the
//! worst limiter is shown; nor is the origin, whose host may be a tenant's name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::time::SignedDuration;

use crate::pipeline::shared::Shared;
use crate::retry::LimiterView;

/// How a service throttles a client and all that share its limiters: no key, no id, no name.
///
/// ```
/// use keywright::{Client, ClientOptions};
///
/// let client = Client::new("seclai", ClientOptions::new().api_key("sk-example"))?;
/// let view = client.throttle();
/// for (bucket, limiter) in &view.limiters {
///     println!("{bucket}: {} wait, closed for {:?}", limiter.waiting, limiter.cool_down);
/// }
/// assert!(view.budget_remaining > 0, "nothing was retried yet");
/// # Ok::<(), keywright::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ThrottleView {
    /// The service's id.
    pub service: Arc<str>,
    /// How many whole retries the budget has left.
    pub budget_remaining: u64,
    /// The limiters that are remembered, by bucket; of several keys in one bucket, the worst.
    pub limiters: BTreeMap<Arc<str>, LimiterView>,
}

impl ThrottleView {
    pub(crate) fn of(shared: &Shared, service: &Arc<str>, origin: &str) -> Self {
        let mut limiters = BTreeMap::new();
        for (bucket, limiter) in shared.limiters().views_of(origin) {
            limiters.entry(bucket).and_modify(|known: &mut LimiterView| *known = known.worst(limiter)).or_insert(limiter);
        }
        let budget_remaining = shared.budgets().remaining(origin, shared.clock().monotonic());
        Self { service: Arc::clone(service), budget_remaining, limiters }
    }

    /// How far the service's clock is ahead; where answers disagree, the farthest.
    #[must_use]
    pub fn clock_skew(&self) -> SignedDuration {
        self.limiters.values().map(|limiter| limiter.skew).max_by_key(|skew| skew.unsigned_abs()).unwrap_or_default()
    }
}
