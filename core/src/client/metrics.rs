//! Counts what calls do, for a dashboard: an [`Observer`] that renders the Prometheus text format.
//!
//! A label never holds an id, a name or a key.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::client::throttle::ThrottleView;
use crate::runtime::observe::{Event, EventName, Observer};

/// The upper ends of the buckets of times, in seconds.
const BUCKETS: [f64; 9] = [0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 120.0];

/// Counters and times of all calls that it observes.
///
/// ```
/// use std::sync::Arc;
/// use keywright::{ClientOptions, Metrics};
///
/// let metrics = Arc::new(Metrics::new());
/// let options = ClientOptions::new().observer(metrics.clone());
/// assert_eq!(metrics.render(), "");
/// # drop(options);
/// ```
///
/// | Metric | Labels | What |
/// |---|---|---|
/// | `keywright_calls_total` | `service`, `op`, `result` | calls that ended: `ok`, or the error's kind |
/// | `keywright_call_seconds` | `service`, `op` | how long they took, as a histogram |
/// | `keywright_inflight` | `service` | calls that run |
/// | `keywright_attempts_total` | `service`, `outcome` | requests, by the class of their status; `none` without one |
/// | `keywright_retries_total` | `service`, `reason` | requests made again: `throttled`, `transient` |
/// | `keywright_throttled_total` | `service` | refusals because of too many requests |
/// | `keywright_queue_seconds` | `service` | waits in the limiter, as a histogram |
/// | `keywright_budget_empty_total` | `service` | retries that the budget did not allow |
/// | `keywright_auth_refresh_total` | `service`, `result` | logins and renewals |
/// | `keywright_outcome_unknown_total` | `service` | creations and rotations of which nobody knows |
/// | `keywright_orphan_keys_total` | `service` | keys whose secret nobody received |
/// | `keywright_limiter_rate` | `service`, `bucket` | the learned rate, in requests per second; absent before a refusal |
/// | `keywright_limiter_cooldown_seconds` | `service`, `bucket` | what is left of the cool-down |
/// | `keywright_budget_remaining` | `service` | retries that the budget has left |
/// | `keywright_clock_skew_seconds` | `service` | how far the service's clock is ahead |
///
/// The last four belong to what clients share: [`Metrics::render_with`] adds them.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<Series>);

#[derive(Debug, Default)]
struct Series {
    counters: BTreeMap<(&'static str, String), u64>,
    gauges: BTreeMap<(&'static str, String), i64>,
    times: BTreeMap<(&'static str, String), Histogram>,
}

#[derive(Debug, Default)]
struct Histogram {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    sum: f64,
}

impl Metrics {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything so far, in the Prometheus text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.render_with(&[])
    }

    /// Everything so far, and how services throttle just now: one view for each, from
    /// [`Client::throttle`](crate::Client::throttle). Of several views of one service, the worst.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use keywright::{Client, ClientOptions, Metrics};
    ///
    /// let metrics = Arc::new(Metrics::new());
    /// let client = Client::new("seclai", ClientOptions::new().api_key("sk-example").observer(metrics.clone()))?;
    /// let text = metrics.render_with(&[client.throttle()]);
    /// assert!(text.contains("keywright_budget_remaining{service=\"seclai\"}"));
    /// # Ok::<(), keywright::Error>(())
    /// ```
    #[must_use]
    pub fn render_with(&self, throttles: &[ThrottleView]) -> String {
        let series = self.lock();
        let mut text = String::new();
        write_family(&mut text, "counter", &series.counters);
        write_family(&mut text, "gauge", &series.gauges);
        write_family(&mut text, "gauge", &throttle_gauges(throttles));
        let mut last = "";
        for ((name, labels), histogram) in &series.times {
            if std::mem::replace(&mut last, name) != *name {
                let _ = writeln!(text, "# TYPE {name} histogram");
            }
            histogram.write(&mut text, name, labels);
        }
        text
    }

    fn lock(&self) -> MutexGuard<'_, Series> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_family<T: std::fmt::Display>(text: &mut String, kind: &str, series: &BTreeMap<(&'static str, String), T>) {
    let mut last = "";
    for ((name, labels), value) in series {
        if std::mem::replace(&mut last, name) != *name {
            let _ = writeln!(text, "# TYPE {name} {kind}");
        }
        let _ = writeln!(text, "{name}{{{labels}}} {value}");
    }
}

fn throttle_gauges(throttles: &[ThrottleView]) -> BTreeMap<(&'static str, String), f64> {
    let mut gauges: BTreeMap<_, f64> = BTreeMap::new();
    let mut note = |name, labels, value: f64, is_worse: fn(f64, f64) -> bool| {
        let known = gauges.entry((name, labels)).or_insert(value);
        if is_worse(value, *known) {
            *known = value;
        }
    };
    for view in throttles {
        let service = label("service", &view.service);
        note("keywright_budget_remaining", service.clone(), view.budget_remaining as f64, |new, known| new < known);
        let skew = view.clock_skew().as_secs_f64();
        note("keywright_clock_skew_seconds", service.clone(), skew, |new, known| new.abs() > known.abs());
        for (bucket, limiter) in &view.limiters {
            let labels = format!("{service},{}", label("bucket", bucket));
            if let Some(rate) = limiter.rate {
                note("keywright_limiter_rate", labels.clone(), rate, |new, known| new < known);
            }
            let cool_down = limiter.cool_down.as_secs_f64();
            note("keywright_limiter_cooldown_seconds", labels, cool_down, |new, known| new > known);
        }
    }
    gauges
}

/// A label whose text a dialect chose: quoted as the format asks.
fn label(name: &str, text: &str) -> String {
    let text = text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n");
    format!("{name}=\"{text}\"")
}

impl Observer for Metrics {
    fn event(&self, event: &Event) {
        let service = label("service", &event.service);
        let of_operation = || format!("{service},{}", label("op", &event.operation));
        let mut series = self.lock();
        match event.name {
            EventName::CallStart => *series.gauges.entry(("keywright_inflight", service)).or_default() += 1,
            EventName::CallEnd => {
                let result = event.error.map_or("ok", |kind| kind.as_str());
                series.count("keywright_calls_total", format!("{},result=\"{result}\"", of_operation()));
                series.time("keywright_call_seconds", of_operation(), event.duration);
                *series.gauges.entry(("keywright_inflight", service)).or_default() -= 1;
            }
            EventName::AttemptEnd => {
                let outcome = event.status.map_or_else(|| "none".to_owned(), |status| format!("{}xx", status / 100));
                series.count("keywright_attempts_total", format!("{service},outcome=\"{outcome}\""));
            }
            EventName::Queued => series.time("keywright_queue_seconds", service, event.duration),
            EventName::Throttled => {
                series.count("keywright_retries_total", format!("{service},reason=\"throttled\""));
                series.count("keywright_throttled_total", service);
            }
            EventName::Backoff => series.count("keywright_retries_total", format!("{service},reason=\"transient\"")),
            EventName::BudgetEmpty => series.count("keywright_budget_empty_total", service),
            EventName::AuthRefresh => {
                let result = event.error.map_or("ok", |kind| kind.as_str());
                series.count("keywright_auth_refresh_total", format!("{service},result=\"{result}\""));
            }
            EventName::OutcomeUnknown => series.count("keywright_outcome_unknown_total", service),
            EventName::OrphanKey => series.count("keywright_orphan_keys_total", service),
            EventName::AttemptStart | EventName::LimiterOpen | EventName::PartialAnswer | EventName::Warning => {}
        }
    }
}

impl Series {
    fn count(&mut self, name: &'static str, labels: String) {
        *self.counters.entry((name, labels)).or_default() += 1;
    }

    fn time(&mut self, name: &'static str, labels: String, duration: Option<Duration>) {
        self.times.entry((name, labels)).or_default().note(duration.unwrap_or_default().as_secs_f64());
    }
}

impl Histogram {
    fn note(&mut self, seconds: f64) {
        let fits = BUCKETS.iter().zip(&mut self.buckets).filter(|(end, _)| seconds <= **end);
        fits.for_each(|(_, bucket)| *bucket += 1);
        self.count += 1;
        self.sum += seconds;
    }

    fn write(&self, text: &mut String, name: &str, labels: &str) {
        for (end, count) in BUCKETS.iter().zip(self.buckets) {
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{end}\"}} {count}");
        }
        let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", self.count);
        let _ = writeln!(text, "{name}_sum{{{labels}}} {}", self.sum);
        let _ = writeln!(text, "{name}_count{{{labels}}} {}", self.count);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::time::SignedDuration;

    use super::*;
    use crate::retry::LimiterView;

    fn view(bucket: &str, rate: Option<f64>, cool_down: u64, skew: i64, budget_remaining: u64) -> ThrottleView {
        let skew = SignedDuration::from_secs(skew);
        let limiter = LimiterView { rate, cool_down: Duration::from_secs(cool_down), in_flight: 0, waiting: 0, skew };
        ThrottleView { service: "seclai".into(), budget_remaining, limiters: BTreeMap::from([(Arc::from(bucket), limiter)]) }
    }

    #[test]
    fn of_several_views_of_a_service_the_worst_is_rendered_once() {
        let views = [view("all", Some(2.5), 0, 3, 90), view("all", None, 7, -4, 100), view("all", Some(0.5), 2, 1, 95)];
        let text = Metrics::new().render_with(&views);
        let expected = "\
# TYPE keywright_budget_remaining gauge
keywright_budget_remaining{service=\"seclai\"} 90
# TYPE keywright_clock_skew_seconds gauge
keywright_clock_skew_seconds{service=\"seclai\"} -4
# TYPE keywright_limiter_cooldown_seconds gauge
keywright_limiter_cooldown_seconds{service=\"seclai\",bucket=\"all\"} 7
# TYPE keywright_limiter_rate gauge
keywright_limiter_rate{service=\"seclai\",bucket=\"all\"} 0.5
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_bucket_without_a_learned_pace_has_no_rate_and_its_name_is_quoted() {
        let text = Metrics::new().render_with(&[view("a\"b\\c\nd", None, 0, 0, 1)]);
        assert!(!text.contains("keywright_limiter_rate"), "{text}");
        assert!(text.contains(r#"{service="seclai",bucket="a\"b\\c\nd"} 0"#), "{text}");
    }
}
