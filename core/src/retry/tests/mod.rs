//! The cases of `tests/vectors`, and properties that hold for all others.

mod arithmetic;
mod limiter_cases;
mod limiter_properties;
mod limiter_waiters;
mod registry;

use std::path::Path;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::model::error::{Outcome, Stop};
use crate::transport::wire::{BadCertificate, Fault, Phase, Reached, TransportError, WireHead};

/// The cases of one group; a field that this runner does not know fails it.
fn cases<Case: DeserializeOwned>(group: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/vectors/{group}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One answer as a case writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    /// What the dialect read from the body, in seconds.
    server_delay_in_body: Option<f64>,
}

impl Reply {
    fn head(&self) -> WireHead {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().expect("a header name");
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a header value"));
        }
        WireHead { status: self.status, headers }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Failing {
    Refused,
    Reset,
    Truncated,
    Certificate,
}

impl Failing {
    fn error(self) -> TransportError {
        let (fault, phase, reached) = match self {
            Self::Refused => (Fault::Connect, Phase::Connect, Reached::Nothing),
            Self::Reset => (Fault::Reset, Phase::Send, Reached::Request),
            Self::Truncated => (Fault::Truncated, Phase::Body, Reached::Head),
            Self::Certificate => (Fault::Certificate(BadCertificate::Expired), Phase::Tls, Reached::Nothing),
        };
        TransportError { fault, phase, reached, reused: false }
    }
}

fn stop(name: &str) -> Stop {
    *Stop::ALL.iter().find(|stop| stop.as_str() == name).unwrap_or_else(|| panic!("no such stop: {name}"))
}

fn outcome(name: &str) -> Outcome {
    *Outcome::ALL.iter().find(|outcome| outcome.as_str() == name).unwrap_or_else(|| panic!("no such outcome: {name}"))
}

fn seconds(number: f64) -> Duration {
    Duration::from_secs_f64(number)
}

fn is_near(found: Duration, expected: f64) -> bool {
    (found.as_secs_f64() - expected).abs() < 1e-6
}
