//! Hides secrets in text that came from a service, before it reaches an error, an event or a log.
//!
//! What a service echoes is not ours to trust. Its text is a [`ServiceText`], which prints nowhere:
//! the only way from there to something that is shown is [`ServiceText::masked`], which hides every
//! secret that the client holds and everything that looks like a key (security H128, H130). The
//! members of an error that hold such text can be filled in no other way, so that a new path cannot
//! forget the mask.

mod needle;
mod shapes;
mod shown;
mod spelling;

use std::borrow::Cow;
use std::fmt;

use http::HeaderValue;
use serde_json::Value;

use crate::Secret;
use crate::json::Node;

pub(crate) use needle::Needle;
pub(crate) use shapes::Shapes;
pub(crate) use shown::{Masked, MaskedFields, MaskedIds};

const HIDDEN: &str = "[redacted]";
/// The longest text of a service that is shown, in characters; a longer one ends in dots.
const LONGEST_SHOWN: usize = 2_000;
/// The longest id that is taken for one, in bytes.
const LONGEST_ID: usize = 128;
/// How much of an answer that could not be read is shown, in characters.
const EXCERPT: usize = 200;
/// What is looked at beyond what is shown, so that a secret that begins in it is recognised although
/// it is cut: its beginning, in the longest spelling.
const BEYOND: usize = 1_024;

/// What must not be shown: every secret that a client holds, and whatever has the shape of one.
#[derive(Debug, Clone, Default)]
pub(crate) struct SecretsInUse {
    held: Vec<Secret>,
    shapes: Shapes,
}

impl SecretsInUse {
    pub(crate) fn new(shapes: Shapes) -> Self {
        Self { held: Vec::new(), shapes }
    }

    /// Nothing but the shapes that the built-in services' keys have: for the words of a caller.
    pub(crate) fn shapes_only() -> Self {
        Self::new(Shapes::default())
    }

    /// One more secret.
    pub(crate) fn add(&mut self, secret: &Secret) {
        if self.held.iter().all(|held| held.expose() != secret.expose()) {
            self.held.push(secret.clone());
        }
    }

    pub(crate) fn with(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        secrets.into_iter().for_each(|secret| self.add(&secret));
        self
    }

    fn mask(&self, text: &str, is_cut: bool) -> String {
        replaced(text, |found| {
            spelling::each_level(text, |level| {
                let mut tell = |from, to| found(level.origin(from), level.origin(to));
                self.held.iter().for_each(|secret| secret.needle().find(level.bytes(), is_cut, &mut tell));
                self.shapes.find(level.bytes(), &mut tell);
            });
        })
    }

    /// Whether one of them stands in a text.
    pub(crate) fn finds(&self, text: &str) -> bool {
        let mut is_found = false;
        spelling::each_level(text, |level| {
            self.held.iter().for_each(|secret| secret.needle().find(level.bytes(), false, &mut |_, _| is_found = true));
        });
        is_found
    }

    /// Hides what is held and leaves what only looks like a key: for words of our own.
    pub(crate) fn hide(&self, text: &str) -> String {
        replaced(text, |found| {
            spelling::each_level(text, |level| {
                let mut tell = |from, to| found(level.origin(from), level.origin(to));
                self.held.iter().for_each(|secret| secret.needle().find(level.bytes(), false, &mut tell));
            });
        })
    }
}

/// The text with the places that `search` tells replaced.
fn replaced(text: &str, search: impl FnOnce(&mut dyn FnMut(usize, usize))) -> String {
    let mut places = Vec::new();
    search(&mut |from, to| places.push((from, to)));
    if places.is_empty() {
        return text.to_owned();
    }
    places.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (from, to) in places {
        let (from, to) = (floor(text, from), ceil(text, to));
        if from >= copied && (from > copied || copied == 0) {
            out.push_str(&text[copied..from]);
            out.push_str(HIDDEN);
        }
        copied = copied.max(to);
    }
    out.push_str(&text[copied..]);
    out
}

/// The beginning of the character that stands there.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The end of the character that ends there or behind it.
fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Text that came from a service. It prints nowhere; see the module.
#[derive(Clone)]
pub(crate) struct ServiceText<'a>(Cow<'a, str>);

impl<'a> ServiceText<'a> {
    pub(crate) fn of(text: impl Into<Cow<'a, str>>) -> Self {
        Self(text.into())
    }

    /// The text at a place of an answer.
    pub(crate) fn at(node: Node<'a>) -> Option<Self> {
        node.text().map(Self)
    }

    /// A header, where it is text.
    pub(crate) fn header(value: &'a HeaderValue) -> Option<Self> {
        value.to_str().ok().map(Self::of)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is these words: for comparing with what a dialect names, never for showing.
    pub(crate) fn is(&self, words: &str) -> bool {
        self.0 == words
    }

    /// Whether these words stand in it.
    pub(crate) fn has(&self, words: &str) -> bool {
        self.0.contains(words)
    }

    /// Whether these bytes hold it, in any spelling.
    pub(crate) fn stands_in(&self, bytes: &[u8]) -> bool {
        SecretsInUse::default().with([Secret::new(&*self.0)]).finds(&String::from_utf8_lossy(bytes))
    }

    /// It as it may be shown: masked, and only then cut.
    pub(crate) fn masked(&self, secrets: &SecretsInUse) -> Masked {
        Masked::new(self.shown(secrets, LONGEST_SHOWN, false))
    }

    /// As [`Self::masked_id`], of a text that was read from an answer that is broken: it may end in the
    /// middle of a secret, at a quote that belongs to it.
    pub(crate) fn masked_id_of_broken(&self, secrets: &SecretsInUse) -> Option<Masked> {
        (self.0.len() <= LONGEST_ID).then(|| Masked::new(self.shown(secrets, LONGEST_ID, true)))
    }

    /// An id as it may be shown; nothing when it is longer than any id.
    pub(crate) fn masked_id(&self, secrets: &SecretsInUse) -> Option<Masked> {
        (self.0.len() <= LONGEST_ID).then(|| self.masked(secrets))
    }

    fn shown(&self, secrets: &SecretsInUse, at_most: usize, is_cut: bool) -> String {
        let window = 4 * at_most + BEYOND;
        let head = &self.0[..floor(&self.0, window)];
        let is_cut = is_cut || head.len() < self.0.len();
        let masked = secrets.mask(head, is_cut);
        match masked.char_indices().nth(at_most) {
            Some((end, _)) => format!("{}...", &masked[..end]),
            None => masked,
        }
    }
}

impl fmt::Debug for ServiceText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceText({} bytes)", self.0.len())
    }
}

/// The first printable characters of a body that could not be read, masked.
pub(crate) fn excerpt(body: &[u8], secrets: &SecretsInUse) -> Option<Masked> {
    let begin = body.iter().position(|byte| *byte > b' ').unwrap_or(body.len());
    let head = &body[begin..body.len().min(begin + 4 * EXCERPT + BEYOND)];
    let text = String::from_utf8_lossy(head);
    // The body itself may have been cut, in the middle of a secret.
    let masked = secrets.mask(text.trim_end(), true);
    let shown: String = masked.chars().map(|c| if c.is_control() { ' ' } else { c }).take(EXCERPT).collect();
    (!shown.is_empty()).then(|| Masked::new(shown))
}

/// Hides a secret in every text of a JSON value, and in the names of its members. What only looks
/// like a key stays: the prefix that a service shows does.
pub(crate) fn hide_in(value: &mut Value, secret: &Secret) {
    let secrets = SecretsInUse::shapes_only().with([secret.clone()]);
    hide_all(value, &secrets);
}

fn hide_all(value: &mut Value, secrets: &SecretsInUse) {
    match value {
        Value::String(text) => *text = secrets.hide(text),
        Value::Array(items) => items.iter_mut().for_each(|item| hide_all(item, secrets)),
        Value::Object(members) => {
            let masked = std::mem::take(members).into_iter().map(|(name, mut member)| {
                hide_all(&mut member, secrets);
                (secrets.hide(&name), member)
            });
            *members = masked.collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests;
