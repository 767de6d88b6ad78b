//! Path templates: literal text and `{name}` places, no expressions.
//!
//! A place is filled with one encoded segment, so that no id can leave its place (security I15).

use std::borrow::Cow;

use crate::checks::path;
use crate::model::error::Result;

/// A path with places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    /// Whether the account's own path comes first: `{account}` always, `{account?}` when one is given.
    pub(crate) account: AccountPart,
    parts: Vec<Part>,
}

/// Whether a path begins with the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountPart {
    /// It does not.
    Absent,
    /// It does, `me` when none was given.
    Always,
    /// It does when one was given.
    WhenGiven,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(String),
}

impl Template {
    /// Reads a template; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> std::result::Result<Self, String> {
        let (account, mut rest) = match text {
            _ if text.starts_with("{account}") => (AccountPart::Always, &text["{account}".len()..]),
            _ if text.starts_with("{account?}") => (AccountPart::WhenGiven, &text["{account?}".len()..]),
            _ => (AccountPart::Absent, text),
        };
        if !(rest.starts_with('/') || rest.is_empty() && account != AccountPart::Absent) {
            return Err(format!("the path `{text}` must begin with `/`, `{{account}}` or `{{account?}}`"));
        }
        let mut parts = Vec::new();
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').ok_or_else(|| format!("the path `{text}` has a `{{` without `}}`"))? + open;
            let name = &rest[open + 1..close];
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
                return Err(format!("the path `{text}` has a place `{{{name}}}` that is not a lower-case name"));
            }
            if open > 0 {
                parts.push(Part::Text(rest[..open].to_owned()));
            }
            parts.push(Part::Place(name.to_owned()));
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { account, parts })
    }

    /// The names of the places, in order.
    pub(crate) fn places(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Place(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Whether a path, without that of the account, is one that this makes.
    pub(crate) fn fits(&self, path: &str) -> bool {
        let mut rest = path.trim_end_matches('/');
        self.parts.iter().all(|part| {
            let length = match part {
                Part::Text(text) => rest.starts_with(text.as_str()).then_some(text.len()),
                Part::Place(_) => Some(rest.find('/').unwrap_or(rest.len())),
            };
            rest = length.map_or(rest, |length| &rest[length..]);
            length.is_some()
        }) && rest.is_empty()
    }

    /// The path with every place filled.
    ///
    /// # Errors
    /// `config` naming the argument whose value is missing or cannot be a path segment.
    pub(crate) fn fill<'a>(&self, value: impl Fn(&str) -> Option<&'a str>, into: &mut String) -> Result<()> {
        for part in &self.parts {
            match part {
                Part::Text(text) => into.push_str(text),
                Part::Place(name) => {
                    let segment: Cow<'_, str> = path::segment(value(name).unwrap_or_default(), name)?;
                    into.push_str(&segment);
                }
            }
        }
        Ok(())
    }
}
