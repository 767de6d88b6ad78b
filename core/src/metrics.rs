//! Counts what calls do, for a dashboard: an [`Observer`] that renders the Prometheus text format.
//!
//! A label never holds an id, a name or a key (`behaviour.md` section 8).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::observe::{Event, EventName, Observer};

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
        let series = self.lock();
        let mut text = String::new();
        write_family(&mut text, "counter", &series.counters);
        write_family(&mut text, "gauge", &series.gauges);
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

impl Observer for Metrics {
    fn event(&self, event: &Event) {
        let service = format!("service=\"{}\"", event.service);
        let of_operation = || format!("{service},op=\"{}\"", event.operation);
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
            EventName::AttemptStart | EventName::LaneOpen | EventName::Salvaged | EventName::Warning => {}
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
