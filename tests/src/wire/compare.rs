//! Compares what was seen with what an example says, and tells every difference.
//!
//! A JSON object must have exactly the expected members; a list must hold a fitting element for
//! each expected one; headers and order beyond that are free.

use serde_json::Value;

use super::events;
use super::example::{Body, Request, Response};
use super::sample::fits;
use super::template::{self, Names, Piece, as_text, pieces};
use crate::http::{Answer, Call, path_and_query};

/// How the call that was seen differs from the example's request; empty when it fits.
///
/// # Errors
/// When the example itself makes no sense: a reference without a value, an unknown wildcard.
pub fn request_differs(expected: &Request, seen: &Call, names: &Names, service: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    if seen.method != expected.method {
        found.push(format!("method: {} instead of {}", seen.method, expected.method));
    }
    target_differs(expected, &seen.target, names, service, &mut found)?;
    headers_differ(&expected.headers, &seen.headers, names, service, &mut found)?;
    match (&expected.body, seen.body.is_empty()) {
        (None, true) => {}
        (None, false) => found.push("body: there is one, and none is due".to_owned()),
        (Some(_), true) => found.push("body: there is none".to_owned()),
        (Some(body), false) => match serde_json::from_slice(&seen.body) {
            Ok(value) => found.extend(value_differs(body, &value, names, service)?),
            Err(error) => found.push(format!("body: no JSON: {error}")),
        },
    }
    Ok(found)
}

/// How the answer that was seen differs from the example's; empty when it fits.
///
/// # Errors
/// As [`request_differs`].
pub fn answer_differs(expected: &Response, seen: &Answer, names: &Names, service: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let body = String::from_utf8_lossy(&seen.body);
    if seen.status != expected.status {
        found.push(format!("status: {} instead of {}: {body}", seen.status, expected.status));
    }
    headers_differ(&expected.headers, &seen.headers, names, service, &mut found)?;
    match &expected.body {
        None if seen.body.is_empty() => {}
        None => found.push(format!("body: there is one, and none is due: {body}")),
        Some(Body::Json(value)) => match serde_json::from_slice(&seen.body) {
            Ok(seen) => found.extend(value_differs(value, &seen, names, service)?),
            Err(error) => found.push(format!("body: no JSON: {error}")),
        },
        Some(Body::Events(due)) => events_differ(due, &events::read(&body)?, names, service, &mut found)?,
    }
    Ok(found)
}

fn target_differs(expected: &Request, seen: &str, names: &Names, service: &str, found: &mut Vec<String>) -> Result<(), String> {
    let (due_path, due_query) = path_and_query(&expected.target);
    let (path, query) = path_and_query(seen);
    if !text_fits(&due_path, &path, names, service)? {
        found.push(format!("path: {path} instead of {due_path}"));
    }
    for (name, due) in &due_query {
        match query.iter().find(|(seen, _)| seen == name) {
            None => found.push(format!("query: {name} is missing")),
            Some((_, value)) if !text_fits(due, value, names, service)? => {
                found.push(format!("query: {name} is {value} instead of {due}"))
            }
            Some(_) => {}
        }
    }
    for (name, _) in query.iter().filter(|(name, _)| due_query.iter().all(|(due, _)| due != name)) {
        found.push(format!("query: {name} is not due"));
    }
    Ok(())
}

type Headers = [(String, String)];

fn headers_differ(
    expected: &Headers,
    seen: &Headers,
    names: &Names,
    service: &str,
    found: &mut Vec<String>,
) -> Result<(), String> {
    for (name, due) in expected {
        let values: Vec<&str> =
            seen.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect();
        let mut fitting = false;
        for value in &values {
            fitting = fitting || header_fits(name, due, value, names, service)?;
        }
        if !fitting {
            found.push(if values.is_empty() {
                format!("header {name} is missing")
            } else {
                format!("header {name} does not fit")
            });
        }
    }
    Ok(())
}

fn header_fits(name: &str, due: &str, seen: &str, names: &Names, service: &str) -> Result<bool, String> {
    if name.eq_ignore_ascii_case("content-type") {
        return Ok(seen.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(due)));
    }
    if !name.eq_ignore_ascii_case("cookie") {
        return text_fits(due, seen, names, service);
    }
    for cookie in due.split("; ") {
        let cookie = template::fill_text(cookie, names)?;
        if !seen.split(';').any(|other| other.trim() == cookie) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn events_differ(
    due: &[super::Event],
    seen: &[super::Event],
    names: &Names,
    service: &str,
    found: &mut Vec<String>,
) -> Result<(), String> {
    let mut rest = seen.iter();
    for event in due {
        let mut fitting = false;
        for other in rest.by_ref() {
            fitting = other.name == event.name && value_differs(&event.data, &other.data, names, service)?.is_empty();
            if fitting {
                break;
            }
        }
        if !fitting {
            found.push(format!("event {} with {} does not come", event.name, event.data));
        }
    }
    Ok(())
}

/// How a JSON value differs from a template; empty when it fits.
///
/// # Errors
/// As [`request_differs`].
pub fn value_differs(expected: &Value, seen: &Value, names: &Names, service: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    Comparison { names, service, found: &mut found }.value(expected, seen, "")?;
    Ok(found)
}

struct Comparison<'a> {
    names: &'a Names,
    service: &'a str,
    found: &'a mut Vec<String>,
}

impl Comparison<'_> {
    fn value(&mut self, expected: &Value, seen: &Value, at: &str) -> Result<(), String> {
        match (expected, seen) {
            (Value::Object(due), Value::Object(members)) => {
                for (name, value) in due {
                    match members.get(name) {
                        Some(member) => self.value(value, member, &format!("{at}/{name}"))?,
                        None => self.found.push(format!("{at}/{name}: is missing")),
                    }
                }
                for name in members.keys().filter(|name| !due.contains_key(*name)) {
                    self.found.push(format!("{at}/{name}: is not due"));
                }
            }
            (Value::Array(due), Value::Array(items)) => {
                for (index, value) in due.iter().enumerate() {
                    self.element(value, items, &format!("{at}/{index}"))?;
                }
            }
            (Value::String(text), _) => self.text(text, seen, at)?,
            (Value::Number(due), Value::Number(number)) if due.as_f64() == number.as_f64() => {}
            _ if expected == seen => {}
            _ => self.found.push(format!("{at}: {seen} instead of {expected}")),
        }
        Ok(())
    }

    fn element(&mut self, expected: &Value, items: &[Value], at: &str) -> Result<(), String> {
        let mut nearest: Option<Vec<String>> = None;
        for item in items {
            let differences = value_differs(expected, item, self.names, self.service)?;
            if differences.is_empty() {
                return Ok(());
            }
            if nearest.as_ref().is_none_or(|least| differences.len() < least.len()) {
                nearest = Some(differences);
            }
        }
        let nearest = nearest.map_or_else(|| "the list is empty".to_owned(), |differences| differences.join(", "));
        self.found.push(format!("{at}: no element fits; the nearest: {nearest}"));
        Ok(())
    }

    fn text(&mut self, text: &str, seen: &Value, at: &str) -> Result<(), String> {
        let fitting = match (pieces(text).as_slice(), seen) {
            ([Piece::Wildcard(kind)], _) => fits(kind, seen, self.service)?,
            ([Piece::Reference(path)], _) => self.names.get(path)? == seen,
            (_, Value::String(seen)) => text_fits(text, seen, self.names, self.service)?,
            _ => false,
        };
        if !fitting {
            self.found.push(format!("{at}: {seen} instead of {text}"));
        }
        Ok(())
    }
}

/// Whether a text fits a template: plain pieces as they stand, a wildcard at least one character.
fn text_fits(template: &str, seen: &str, names: &Names, service: &str) -> Result<bool, String> {
    fit_pieces(&pieces(template), seen, names, service)
}

fn fit_pieces(pieces: &[Piece<'_>], seen: &str, names: &Names, service: &str) -> Result<bool, String> {
    match pieces.split_first() {
        None => Ok(seen.is_empty()),
        Some((Piece::Plain(plain), rest)) => match seen.strip_prefix(plain) {
            Some(after) => fit_pieces(rest, after, names, service),
            None => Ok(false),
        },
        Some((Piece::Reference(path), rest)) => match seen.strip_prefix(as_text(names.get(path)?).as_str()) {
            Some(after) => fit_pieces(rest, after, names, service),
            None => Ok(false),
        },
        Some((Piece::Wildcard(kind), rest)) => {
            for end in seen.char_indices().map(|(at, char)| at + char.len_utf8()) {
                let (head, tail) = seen.split_at(end);
                if fits(kind, &Value::String(head.to_owned()), service)? && fit_pieces(rest, tail, names, service)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
