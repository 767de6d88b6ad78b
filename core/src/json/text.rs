//! JSON of a service, kept as its text.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// JSON as a service sent it. It is read when it is first looked at, so that a list whose items
/// nobody looks into costs no more than its text; it reads like a [`serde_json::Value`].
///
/// It has been checked already: no member is named twice, and an integer that a double cannot hold
/// is text.
///
/// ```
/// let json = keywright::Json::from(serde_json::json!({ "credits": 3 }));
/// assert_eq!(json["credits"], 3);
/// assert_eq!(json.as_str(), r#"{"credits":3}"#);
/// ```
#[derive(Clone)]
pub struct Json {
    // One of the two is there from the beginning.
    text: OnceLock<Box<str>>,
    value: OnceLock<Box<Value>>,
}

impl Json {
    /// Of a text that was scanned.
    pub(super) fn scanned(text: &str) -> Self {
        Self { text: OnceLock::from(Box::from(text)), value: OnceLock::new() }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.get_or_init(|| written(self.value.get().map(Box::as_ref)))
    }

    /// The text, and nothing else of it.
    #[must_use]
    pub fn into_text(self) -> Box<str> {
        let Self { text, value } = self;
        text.into_inner().unwrap_or_else(|| written(value.get().map(Box::as_ref)))
    }

    /// The value, owned.
    #[must_use]
    pub fn into_value(self) -> Value {
        let Self { text, value } = self;
        *value.into_inner().unwrap_or_else(|| read(text.get().map(Box::as_ref)))
    }
}

/// What was scanned can be read: the tests of this module hold both to each other.
fn read(text: Option<&str>) -> Box<Value> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn written(value: Option<&Value>) -> Box<str> {
    value.map(Value::to_string).unwrap_or_default().into()
}

impl Deref for Json {
    type Target = Value;

    fn deref(&self) -> &Value {
        self.value.get_or_init(|| read(self.text.get().map(Box::as_ref)))
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self { text: OnceLock::new(), value: OnceLock::from(Box::new(value)) }
    }
}

impl From<Json> for Value {
    fn from(json: Json) -> Self {
        json.into_value()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        let (own, others) = (self.text.get(), other.text.get());
        own.is_some() && own == others || **self == **other
    }
}

impl PartialEq<Value> for Json {
    fn eq(&self, other: &Value) -> bool {
        **self == *other
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}
