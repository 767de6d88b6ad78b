//! Placeholders: `{{id}}` stands for any id, `{{key.id}}` for a value that the run knows.
//!
//! A name with a dot is a reference and must have a value; a name without one is a wildcard and
//! never has one. So a misspelt reference is an error and cannot match by accident.

use std::collections::BTreeMap;

use serde_json::Value;

/// The values that a run knows: `world` and the kept answers.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<String, Value>);

impl Names {
    /// Gives a name its value.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Whether the name has a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value at `key.data.0.id`.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, path: &str) -> Result<&Value, String> {
        let unknown = || format!("nothing is called {path}");
        let mut steps = path.split('.');
        let mut at = steps.next().and_then(|name| self.0.get(name)).ok_or_else(unknown)?;
        for step in steps {
            let below = match step.parse::<usize>() {
                Ok(index) => at.get(index),
                Err(_) => at.get(step),
            };
            at = below.ok_or_else(unknown)?;
        }
        Ok(at)
    }
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As it stands.
    Plain(&'a str),
    /// Any value of a kind.
    Wildcard(&'a str),
    /// The value that the run knows.
    Reference(&'a str),
}

/// Takes a text apart.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((plain, name, after)) = next_placeholder(rest) {
        if !plain.is_empty() {
            found.push(Piece::Plain(plain));
        }
        found.push(if name.contains('.') { Piece::Reference(name) } else { Piece::Wildcard(name) });
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Plain(rest));
    }
    found
}

fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (plain, inner) = text.split_once("{{")?;
    let (name, after) = inner.split_once("}}")?;
    Some((plain, name, after))
}

/// A value as it is written in a path or a header.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text with its references filled in; wildcards are handed to `wildcard`.
pub(super) fn fill_with(text: &str, names: &Names, wildcard: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(plain) => Ok(plain.to_owned()),
            Piece::Wildcard(kind) => wildcard(kind),
            Piece::Reference(path) => names.get(path).map(as_text),
        })
        .collect()
}

/// A text with its references filled in.
///
/// # Errors
/// When a reference has no value, or a wildcard stands where a value is due.
pub fn fill_text(text: &str, names: &Names) -> Result<String, String> {
    fill_with(text, names, |kind| Err(format!("{{{{{kind}}}}} stands for many values and cannot be sent")))
}

/// A JSON value with its references filled in, which keep their type where they stand alone.
///
/// # Errors
/// As [`fill_text`].
pub fn fill(value: &Value, names: &Names) -> Result<Value, String> {
    fill_each(value, &|text| match pieces(text).as_slice() {
        [Piece::Reference(path)] => names.get(path).cloned(),
        _ => fill_text(text, names).map(Value::String),
    })
}

/// A JSON value with every text in it replaced.
pub(super) fn fill_each(value: &Value, replace: &impl Fn(&str) -> Result<Value, String>) -> Result<Value, String> {
    match value {
        Value::String(text) => replace(text),
        Value::Array(items) => items.iter().map(|item| fill_each(item, replace)).collect::<Result<_, _>>().map(Value::Array),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| Ok((name.clone(), fill_each(member, replace)?)))
            .collect::<Result<_, String>>()
            .map(Value::Object),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.set("key", json!({ "id": 5, "data": [{ "name": "ci" }] }));
        names
    }

    #[test]
    fn a_reference_alone_keeps_its_type() {
        assert_eq!(fill(&json!({ "id": "{{key.id}}" }), &names()).unwrap(), json!({ "id": 5 }));
        assert_eq!(fill(&json!(["a-{{key.data.0.name}}"]), &names()).unwrap(), json!(["a-ci"]));
        assert_eq!(fill_text("/api-keys/{{key.id}}/", &names()).unwrap(), "/api-keys/5/");
    }

    #[test]
    fn an_unknown_reference_and_a_wildcard_cannot_be_sent() {
        assert!(fill_text("{{key.idd}}", &names()).is_err());
        assert!(fill_text("{{nobody.id}}", &names()).is_err());
        assert!(fill_text("{{id}}", &names()).is_err());
        assert!(fill(&json!({ "a": ["{{time}}"] }), &names()).is_err());
    }
}
