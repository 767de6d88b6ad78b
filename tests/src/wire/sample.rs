//! What a wildcard stands for: which values fit it, and one that does.
//!
//! `{{secret}}` means the service's own key form, so a sandbox that hands out a key of another
//! shape is caught here and nowhere else.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::events::{self, Event};
use super::example::{Body, Response};
use super::template::{self, Names, Piece};
use crate::http::Answer;

/// How the keys of a service are written: a prefix, then groups of characters joined by dots.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    prefix: &'static str,
    groups: &'static [usize],
    fits: fn(u8) -> bool,
}

impl Form {
    /// Whether the text is a key of this form.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(self.prefix) else {
            return false;
        };
        let groups: Vec<&str> = rest.split('.').collect();
        groups.len() == self.groups.len()
            && groups.iter().zip(self.groups).all(|(group, length)| group.len() == *length && group.bytes().all(self.fits))
    }

    /// A key of this form.
    #[must_use]
    pub fn sample(&self) -> String {
        let groups: Vec<String> = self.groups.iter().map(|length| "a1b2c3d4".chars().cycle().take(*length).collect()).collect();
        format!("{}{}", self.prefix, groups.join("."))
    }
}

/// The form of a service's keys.
///
/// # Errors
/// When the service is not known here.
pub fn secret_form(service: &str) -> Result<Form, String> {
    let alphanumeric = |byte: u8| byte.is_ascii_alphanumeric();
    let form = match service {
        "seclai" => {
            Form { prefix: "sk-", groups: &[43], fits: |byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' }
        }
        "segops" => Form { prefix: "sk_live_", groups: &[24], fits: alphanumeric },
        "sidclaw" => Form { prefix: "ai_", groups: &[64], fits: |byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) },
        "seenty" => Form { prefix: "sk_live_", groups: &[28], fits: alphanumeric },
        "itellico" => Form { prefix: "sk-", groups: &[8, 32], fits: alphanumeric },
        "acme" => Form { prefix: "acme_", groups: &[32], fits: alphanumeric },
        other => return Err(format!("nobody said how the keys of {other} look")),
    };
    Ok(form)
}

/// Whether a value fits the wildcard `kind`.
pub(super) fn fits(kind: &str, value: &Value, service: &str) -> Result<bool, String> {
    let text = value.as_str();
    Ok(match kind {
        "any" => true,
        "text" => text.is_some_and(|text| !text.is_empty()),
        "number" => value.is_number() || text.is_some_and(|text| text.parse::<f64>().is_ok()),
        "flag" => value.is_boolean(),
        "list" => value.is_array(),
        "id" => value.as_u64().is_some_and(|id| id > 0) || text.is_some_and(is_id),
        "time" => text.is_some_and(is_time),
        "secret" => secret_form(service)?.fits(text.unwrap_or_default()),
        "jwt" => text.is_some_and(is_jwt),
        other => return Err(format!("{{{{{other}}}}} means nothing")),
    })
}

/// One value that fits the wildcard `kind`.
fn one(kind: &str, service: &str) -> Result<Value, String> {
    Ok(match kind {
        "any" => Value::Null,
        "text" => json!("sample"),
        "number" => json!(1),
        "flag" => json!(false),
        "list" => json!([]),
        "id" => json!(next_id()),
        "time" => json!("2026-03-23T10:00:00.000Z"),
        "secret" => json!(secret_form(service)?.sample()),
        "jwt" => json!(JWT),
        other => return Err(format!("{{{{{other}}}}} means nothing")),
    })
}

/// An id that no other sample has: two objects of one list are not the same.
fn next_id() -> String {
    static LAST: AtomicU64 = AtomicU64::new(0);
    format!("0191f7a0-0000-7000-8000-{:012}", LAST.fetch_add(1, Ordering::Relaxed) + 1)
}

/// `{"alg":"HS256","typ":"JWT"}` . `{"iat":1774260000,"exp":1774263600}` . three bytes.
const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3NzQyNjAwMDAsImV4cCI6MTc3NDI2MzYwMH0.AAAA";

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/')
}

/// RFC 3339 with milliseconds and `Z`, the one form that the services document.
fn is_time(text: &str) -> bool {
    let form = b"0000-00-00T00:00:00.000Z";
    text.len() == form.len()
        && text.bytes().zip(form).all(|(byte, like)| if *like == b'0' { byte.is_ascii_digit() } else { byte == *like })
}

fn is_jwt(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let encoded =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    parts.len() == 3 && parts.iter().all(encoded)
}

/// A text that fits a template.
///
/// # Errors
/// When a reference has no value or a wildcard has no meaning.
pub fn sample_text(text: &str, names: &Names, service: &str) -> Result<String, String> {
    // Inside a text "any" is a run of characters, and `null` is none.
    template::fill_with(text, names, |kind| {
        if kind == "any" { Ok("1234abcd".to_owned()) } else { one(kind, service).map(|value| template::as_text(&value)) }
    })
}

/// An answer that fits the example, as a service could have given it.
///
/// # Errors
/// As [`sample_text`].
pub fn sample(response: &Response, names: &Names, service: &str) -> Result<Answer, String> {
    let headers = response
        .headers
        .iter()
        .map(|(name, value)| Ok((name.clone(), sample_text(value, names, service)?)))
        .collect::<Result<_, String>>()?;
    let body = match &response.body {
        None => String::new(),
        Some(Body::Json(value)) => sample_value(value, names, service)?.to_string(),
        Some(Body::Events(due)) => {
            let filled =
                due.iter().map(|event| Ok(Event { name: event.name.clone(), data: sample_value(&event.data, names, service)? }));
            events::write(&filled.collect::<Result<Vec<_>, String>>()?)
        }
    };
    Ok(Answer { status: response.status, headers, body: body.into_bytes() })
}

fn sample_value(value: &Value, names: &Names, service: &str) -> Result<Value, String> {
    template::fill_each(value, &|text| match template::pieces(text).as_slice() {
        [Piece::Wildcard(kind)] => one(kind, service),
        [Piece::Reference(path)] => names.get(path).cloned(),
        _ => sample_text(text, names, service).map(Value::String),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [&str; 9] = ["any", "text", "number", "flag", "list", "id", "time", "secret", "jwt"];

    #[test]
    fn every_sample_fits_its_own_wildcard() {
        for service in ["seclai", "segops", "sidclaw", "seenty", "itellico", "acme"] {
            for kind in KINDS {
                assert!(fits(kind, &one(kind, service).unwrap(), service).unwrap(), "{service} {kind}");
            }
        }
    }

    #[test]
    fn every_wildcard_but_any_refuses_something() {
        for kind in KINDS.into_iter().filter(|kind| *kind != "any") {
            assert!(!fits(kind, &Value::Null, "seclai").unwrap(), "{kind}");
        }
        assert!(fits("anything", &Value::Null, "seclai").is_err());
    }

    #[test]
    fn a_time_without_milliseconds_or_zone_does_not_fit() {
        for text in
            ["2026-03-23T10:00:00Z", "2026-03-23T10:00:00.000", "2026-03-23T10:00:00.000+01:00", "2026-03-23 10:00:00.000Z"]
        {
            assert!(!fits("time", &json!(text), "seclai").unwrap(), "{text}");
        }
    }

    #[test]
    fn a_key_of_another_service_does_not_fit() {
        let seenty = secret_form("seenty").unwrap().sample();
        assert!(!fits("secret", &json!(seenty), "segops").unwrap());
        assert!(!fits("secret", &json!(format!("{seenty}x")), "seenty").unwrap());
        assert!(!fits("secret", &json!("sk-a1b2c3d4"), "itellico").unwrap());
    }
}
