//! Takes the arguments of a step one by one.
//!
//! What is left over at the end is an argument that nobody read, and an error of the scenario.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo, Unit};
use keywright::Timestamp;
use serde_json::{Map, Value};

use super::Failure;

/// The arguments that have not been read yet.
#[derive(Debug)]
pub(super) struct Taken(Map<String, Value>);

impl Taken {
    pub(super) fn new(arguments: Map<String, Value>) -> Self {
        Self(arguments)
    }

    /// An argument that must be there, as text.
    pub(super) fn text(&mut self, name: &str) -> Result<String, Failure> {
        self.text_or_none(name)?.ok_or_else(|| Failure::Scenario(format!("`{name}` is missing")))
    }

    /// An argument as text.
    pub(super) fn text_or_none(&mut self, name: &str) -> Result<Option<String>, Failure> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(Failure::Scenario(format!("`{name}` is no text: {other}"))),
        }
    }

    /// An argument as an instant.
    pub(super) fn time(&mut self, name: &str) -> Result<Option<Timestamp>, Failure> {
        let text = self.text_or_none(name)?;
        text.map(|text| text.parse().map_err(|error| Failure::Scenario(format!("`{name}`: {error}")))).transpose()
    }

    /// An argument as a count.
    pub(super) fn count(&mut self, name: &str) -> Result<Option<u32>, Failure> {
        let text = self.text_or_none(name)?;
        text.map(|text| text.parse().map_err(|_| Failure::Scenario(format!("`{name}` is no count")))).transpose()
    }

    /// An argument as true or false.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.0.remove(name) == Some(Value::Bool(true))
    }

    /// An argument as texts.
    pub(super) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Failure> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(list) => serde_json::from_value(list).map(Some).map_err(|error| Failure::Scenario(format!("`{name}`: {error}"))),
        }
    }

    /// An argument as it is.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// All that is left, as one object.
    pub(super) fn rest(self) -> Value {
        Value::Object(self.0)
    }

    /// That nothing is left.
    pub(super) fn end(self) -> Result<(), Failure> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(Failure::Scenario(format!("nothing takes `{name}` here"))),
        }
    }
}

/// An ISO 8601 duration; a day is 24 hours.
///
/// # Errors
/// When it is none, or negative.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = |error: jiff::Error| format!("`{text}`: {error}");
    let span: Span = text.parse().map_err(wrong)?;
    let seconds = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).map_err(wrong)?;
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("`{text}`: {error}"))
}
