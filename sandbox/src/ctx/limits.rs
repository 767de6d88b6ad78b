//! Rate limits: a fixed window per tenant and category, and a limit of requests at once.
//!
//! Off unless the service names numbers for its plan or the control API sets some (ITE-60, SID-31,
//! SEG-32).

use std::collections::HashMap;
use std::time::Duration;

use super::Ctx;
use crate::rules;
use crate::service::{Body, Reply};
use crate::time::Time;

/// Limits that the control API has set; they win over those of a plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    pub(crate) rates: Vec<Rate>,
    pub(crate) concurrency: Vec<(Option<&'static str>, u32)>,
}

/// So many requests in so long a window.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    /// `None`: every service.
    pub(crate) service: Option<&'static str>,
    /// `None`: every category.
    pub(crate) category: Option<String>,
    pub(crate) count: u64,
    pub(crate) per: Duration,
    /// Whether the refusal names a `Retry-After` (ITE-61 knows services that do not).
    pub(crate) retry_after: bool,
    /// 429 of the service, or 503 of a limiter in front of it.
    pub(crate) status: u16,
}

impl Rate {
    /// As it is asked for from outside: a limiter with 503 says nothing about when to return,
    /// unless it is told to.
    ///
    /// # Errors
    /// When there is no such refusal.
    pub(crate) fn refusing(self, status: Option<u16>, retry_after: Option<bool>) -> Result<Self, &'static str> {
        let status = status.unwrap_or(429);
        if !matches!(status, 429 | 503) {
            return Err("a limit refuses with 429 or 503");
        }
        Ok(Self { status, retry_after: retry_after.unwrap_or(status == 429), ..self })
    }
}

/// The windows of a world by service, tenant and category.
#[derive(Debug, Default)]
pub(crate) struct Windows(HashMap<(&'static str, String, &'static str), (Time, u64)>);

impl Windows {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Where a caller stands in its window after this request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    /// When the next window begins.
    pub(crate) reset: Time,
    pub(crate) allowed: bool,
    /// What a refusal is answered with.
    pub(crate) status: u16,
    /// Whole seconds until `reset`, rounded up; `None` where it is not to be said.
    pub(crate) retry_after: Option<u64>,
}

impl Ctx<'_> {
    /// Counts this request in the caller's window of this category. `plan` is what the tenant's
    /// plan grants per minute, if anything; without it and without a set limit there is no window.
    pub(crate) fn count(&mut self, category: &'static str, plan: Option<u64>) -> Option<Window> {
        let service = self.service();
        let fits = |rate: &&Rate| {
            rate.service.is_none_or(|of| of == service) && rate.category.as_deref().is_none_or(|of| of == category)
        };
        let set = self.settings.limits.rates.iter().rev().find(fits);
        let minute = Duration::from_secs(60);
        let (limit, per, say, status) = match (set, plan) {
            (Some(rate), _) => (rate.count, rate.per, rate.retry_after, rate.status),
            (None, Some(limit)) => (limit, minute, true, 429),
            (None, None) => return None,
        };
        let window = self.windows.0.entry((service, self.caller.account.clone(), category)).or_insert((self.now, 0));
        if self.now >= window.0.plus(per) || self.now < window.0 {
            *window = (self.now, 0);
        }
        let (reset, allowed) = (window.0.plus(per), window.1 < limit);
        window.1 += u64::from(allowed);
        let remaining = limit - window.1.min(limit);
        let wait = u64::try_from((reset.0 - self.now.0).max(0)).unwrap_or_default().div_ceil(1000);
        let allowed = allowed || !self.holds(&rules::RATE_LIMIT);
        self.window = Some(Window { limit, remaining, reset, allowed, status, retry_after: say.then_some(wait) });
        self.window
    }

    /// The window that this request was counted in, for services that tell it on every answer.
    pub(crate) fn window(&self) -> Option<Window> {
        self.window
    }

    /// The answer of a limiter in front of the service, where one has refused this request: it is
    /// none of the service's own.
    pub(crate) fn limiter(&self) -> Option<Reply> {
        let window = self.window.filter(|window| !window.allowed && window.status == 503)?;
        let page = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n\
            <center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n";
        let reply = Reply { body: Body::Bytes(page.into()), ..Reply::empty(503) }.header("Content-Type", "text/html");
        Some(match window.retry_after {
            Some(wait) => reply.header("Retry-After", wait),
            None => reply,
        })
    }

    /// Whether the caller's credential has no more requests in flight than allowed, this one
    /// included.
    pub(crate) fn within_concurrency(&self) -> bool {
        let service = self.service();
        let fits = |(of, _): &&(Option<&str>, u32)| of.is_none_or(|of| of == service);
        let limit = self.settings.limits.concurrency.iter().rev().find(fits);
        limit.is_none_or(|(_, limit)| self.in_flight <= *limit) || !self.holds(&rules::CONCURRENCY_LIMIT)
    }
}
