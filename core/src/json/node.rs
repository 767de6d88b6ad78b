//! A scanned text and its values, each a view of its place.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde_json::Value;

use super::number::{decimal, whole};
use super::scan::{Scanned, most_broken, scan, scan_list};
use super::{Json, NotJson};

/// Half a surrogate pair, as JSON spells it.
const HALF: &str = "\\ud800";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    False,
    True,
    Integer,
    Float,
    /// Text whose spelling is its content.
    Text,
    /// Text with escapes.
    Escaped,
    /// Text with half a surrogate pair in it, which no text can hold.
    Broken,
    List,
    Object,
}

/// Where a value stands. The marks of an object's names and members, or a list's items, follow it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    /// The place of the mark behind it and all that is in it.
    pub after: u32,
}

/// A whole text that is JSON.
pub(crate) struct Document<'a> {
    text: Cow<'a, str>,
    marks: Vec<Mark>,
}

impl<'a> Document<'a> {
    /// Reads a body.
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, NotJson> {
        Self::part(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))
    }

    /// Reads a value out of a body, before which no byte order mark may stand.
    pub(super) fn part(body: &'a [u8]) -> Result<Self, NotJson> {
        Self::of(std::str::from_utf8(body).map_err(|_| NotJson)?.into())
    }

    /// Reads a text that it keeps.
    pub(crate) fn owned(text: String) -> Result<Document<'static>, NotJson> {
        Document::of(text.into())
    }

    /// Reads a body that may hold texts which are not whole Unicode: bytes that are no UTF-8, halves
    /// of surrogate pairs. Such a text reads as none; in what is kept of it the replacement
    /// character stands where it is broken.
    pub(crate) fn read_list(body: &'a [u8]) -> Result<Self, NotJson> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let mut text = String::with_capacity(body.len());
        let mut left = most_broken(body.len());
        for chunk in body.utf8_chunks() {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                left = left.checked_sub(1).ok_or(NotJson)?;
                text.push_str(HALF);
            }
        }
        Self::mended(text)
    }

    fn mended(text: String) -> Result<Self, NotJson> {
        match scan_list(&text)? {
            (Scanned::Marks(marks), halves) => Ok(Self { text: replaced(text, &halves).into(), marks }),
            (Scanned::LongIntegers(places), _) => Self::mended(quoted(&text, &places)),
        }
    }

    fn of(text: Cow<'a, str>) -> Result<Self, NotJson> {
        match scan(&text)? {
            Scanned::Marks(marks) => Ok(Self { text, marks }),
            Scanned::LongIntegers(places) => Self::of(quoted(&text, &places).into()),
        }
    }

    pub(crate) fn root(&self) -> Node<'_> {
        Node::new(&self.text, &self.marks, 0)
    }
}

/// The text with quotes around these places.
fn quoted(text: &str, places: &[Range<usize>]) -> String {
    let mut quoted = String::with_capacity(text.len() + 2 * places.len());
    let mut copied = 0;
    for place in places {
        quoted.extend([&text[copied..place.start], "\"", &text[place.clone()], "\""]);
        copied = place.end;
    }
    quoted.push_str(&text[copied..]);
    quoted
}

/// The text with the replacement character at these places, each of which is as long.
fn replaced(mut text: String, halves: &[usize]) -> String {
    for half in halves {
        text.replace_range(*half..*half + HALF.len(), "\\ufffd");
    }
    text
}

impl fmt::Debug for Document<'_> {
    /// It is a service's, and may hold a new key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.text.len())
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({:?}, {} bytes)", self.kind(), self.raw().len())
    }
}

/// A value of a document.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    text: &'a str,
    marks: &'a [Mark],
    place: usize,
}

impl<'a> Node<'a> {
    pub(super) fn new(text: &'a str, marks: &'a [Mark], place: usize) -> Self {
        Self { text, marks, place }
    }

    fn mark(self) -> Mark {
        self.marks[self.place]
    }

    fn kind(self) -> Kind {
        self.mark().kind
    }

    /// The values directly inside it; of an object, names and members in turn.
    fn inside(self) -> impl Iterator<Item = Self> + Clone {
        let end = if matches!(self.kind(), Kind::List | Kind::Object) { self.mark().after as usize } else { 0 };
        let first = self.place + 1;
        std::iter::successors((first < end).then_some(first), move |place| {
            let next = self.marks[*place].after as usize;
            (next < end).then_some(next)
        })
        .map(move |place| Self { place, ..self })
    }

    /// How many values it is, with all that is in it.
    #[cfg(test)]
    pub(super) fn all(self) -> usize {
        self.mark().after as usize - self.place
    }

    /// Names and values of an object; nothing of anything else.
    pub(crate) fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let mut inside = self.is_object().then(|| self.inside()).into_iter().flatten();
        std::iter::from_fn(move || Some((inside.next()?, inside.next()?)))
    }

    /// The names and values of every object in it, at any depth.
    pub(crate) fn everywhere(self) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        let within = self.place..self.mark().after as usize;
        let objects = within.map(move |place| Self { place, ..self }).filter(|node| node.is_object());
        objects.flat_map(Self::members).filter_map(|(name, value)| Some((name.text()?, value)))
    }

    /// The items of a list.
    pub(crate) fn items(self) -> Option<impl Iterator<Item = Self> + Clone> {
        (self.kind() == Kind::List).then(|| self.inside())
    }

    /// The member of that name.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        self.members().find(|(found, _)| found.is_text(name)).map(|(_, value)| value)
    }

    fn is_text(self, text: &str) -> bool {
        if self.kind() == Kind::Text { self.spelled() == text } else { self.text().is_some_and(|own| own == text) }
    }

    /// What stands at a JSON pointer.
    pub(crate) fn pointer(self, pointer: &str) -> Option<Self> {
        let Some(path) = pointer.strip_prefix('/') else { return pointer.is_empty().then_some(self) };
        path.split('/').try_fold(self, |node, part| {
            let name: Cow<'_, str> =
                if part.contains('~') { part.replace("~1", "/").replace("~0", "~").into() } else { part.into() };
            match node.items() {
                Some(mut items) => items.nth(name.parse().ok()?),
                None => node.get(&name),
            }
        })
    }

    /// What stands at the first of the pointers that leads to something that is not null.
    pub(crate) fn first(self, pointers: &[String]) -> Option<Self> {
        pointers.iter().find_map(|pointer| self.pointer(pointer).filter(|found| !found.is_null()))
    }

    /// The first member of that name that is present and not null.
    pub(crate) fn member(self, names: &[impl AsRef<str>]) -> Option<Self> {
        names.iter().find_map(|name| self.get(name.as_ref()).filter(|found| !found.is_null()))
    }

    pub(crate) fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    pub(crate) fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    pub(crate) fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// A whole number of any spelling, as text too; none below 0.
    pub(crate) fn count(self) -> Option<u64> {
        whole(&self.number_text()?)?.parse().ok()
    }

    /// A number of any spelling, as text too.
    pub(crate) fn decimal(self) -> Option<f64> {
        decimal(&self.number_text()?)
    }

    fn number_text(self) -> Option<Cow<'a, str>> {
        match self.kind() {
            Kind::Integer | Kind::Float => Some(self.raw().into()),
            _ => self.text(),
        }
    }

    /// Text, decoded.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self.kind() {
            Kind::Text => Some(self.spelled().into()),
            Kind::Escaped => serde_json::from_str(self.raw()).ok().map(String::into),
            _ => None,
        }
    }

    /// Text, or a number as text: services disagree on which ids are.
    pub(crate) fn text_or_number(self) -> Option<String> {
        match self.kind() {
            Kind::Integer => Some(self.raw().to_owned()),
            // As it is spelled, unless it is a whole number: that has one spelling.
            Kind::Float => Some(whole(self.raw()).unwrap_or_else(|| self.raw().to_owned())),
            _ => self.text().map(Cow::into_owned),
        }
    }

    /// What stands between the quotes.
    fn spelled(self) -> &'a str {
        let quoted = self.raw();
        &quoted[1..quoted.len() - 1]
    }

    /// Its text in the document.
    pub(crate) fn raw(self) -> &'a str {
        let mark = self.mark();
        &self.text[mark.start as usize..mark.end as usize]
    }

    /// It alone, to be kept.
    pub(crate) fn json(self) -> Json {
        Json::scanned(self.raw())
    }

    /// It as a tree.
    pub(crate) fn value(self) -> Value {
        self.json().into_value()
    }
}
