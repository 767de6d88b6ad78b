//! The scalars that a plain string, number or flag would not tell apart.

use std::fmt;

use keywright::Timestamp;
use serde_json::Value;

use super::error::KeywrightError;
use crate::process::Result;

/// A key, password or token. Prints nowhere; `expose` is the only way to read it.
#[derive(Clone)]
pub struct Secret(keywright::Secret);

impl Secret {
    /// Takes the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(keywright::Secret::new(text))
    }

    /// The text itself: the only way to read it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The first eight hexadecimal digits of the SHA-256 of the text: enough to tell two keys
    /// apart in a log.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl From<keywright::Secret> for Secret {
    fn from(secret: keywright::Secret) -> Self {
        Self(secret)
    }
}

impl From<Secret> for keywright::Secret {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

/// JSON: text where it crosses, decoded already by the core's rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub keywright::Json);

impl Json {
    /// Reads a text by the core's rules.
    ///
    /// # Errors
    /// `config`, naming the argument, when it is no JSON.
    pub fn parse(text: &str, field: &str) -> Result<Self> {
        serde_json::from_str::<Value>(text).map(Self::from).map_err(|_| {
            KeywrightError::config(
                field,
                "cannot be sent as JSON",
                "use names that are text, whole Unicode, finite numbers and at most 127 levels",
            )
        })
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value.into())
    }
}

impl From<keywright::Json> for Json {
    fn from(json: keywright::Json) -> Self {
        Self(json)
    }
}

/// A time limit in seconds; infinity is no limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit(pub f64);

/// An instant that a caller gave, in microseconds since 1970.
///
/// # Errors
/// `config`, naming the argument, outside the years 1 to 9999.
pub fn instant(micros: i64, field: &str) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros)
        .map_err(|_| KeywrightError::config(field, "is too far away", "give a time between the years 1 and 9999"))
}

/// Whether the host has a function that gives the API key for every call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyFunction(pub bool);

/// The host's number of its function that stores a new secret before the call returns; 0 is none.
/// The request that asks for it gives the number back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliverFunction(pub u64);

/// Whether the host has a function that receives events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventFunction(pub bool);

/// Decodes JSON strictly: a member named twice is an error, integers beyond 2^53 - 1 become text.
///
/// # Errors
/// `decode`, reason `json`.
#[cfg_attr(feature = "uniffi", uniffi::export)]
pub fn decode_json(body: Vec<u8>) -> Result<Json> {
    Ok(Json(keywright::decode_json(&body)?))
}

/// The version of this library: a package of another version refuses to load it.
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[must_use]
pub fn build_info() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

#[cfg(feature = "uniffi")]
mod across {
    use super::*;

    uniffi::custom_type!(Secret, String, {
        lower: |secret| secret.expose().to_owned(),
        try_lift: |text| Ok(Secret::new(text)),
    });
    uniffi::custom_type!(Json, String, {
        lower: |json| json.0.into_text().into(),
        // The error of the surface itself: any other would look like a defect.
        try_lift: |text| Ok(Json::parse(&text, "json")?),
    });
    uniffi::custom_type!(Timestamp, i64, {
        remote,
        lower: |at| at.as_microsecond(),
        try_lift: |micros| Ok(instant(micros, "time")?),
    });
    uniffi::custom_type!(Limit, f64, { lower: |limit| limit.0, try_lift: |seconds| Ok(Limit(seconds)) });
    uniffi::custom_type!(KeyFunction, bool, { lower: |given| given.0, try_lift: |given| Ok(KeyFunction(given)) });
    uniffi::custom_type!(DeliverFunction, u64, { lower: |given| given.0, try_lift: |given| Ok(DeliverFunction(given)) });
    uniffi::custom_type!(EventFunction, bool, { lower: |given| given.0, try_lift: |given| Ok(EventFunction(given)) });
}
