//! Reads what the control API and the handle are told, and says in words of our own what is wrong.
//!
//! A problem names the member by its place in the JSON, what was found there, and what may stand
//! there instead. The sentences of the JSON library are never passed on.

use std::fmt::{self, Display};

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer as _, Unexpected, Visitor};
use serde_json::{Map, Value};

/// Reads a JSON text; an empty one as `{}`.
///
/// # Errors
/// The sentence that says where it is wrong, and what is right there.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return read_value(Value::Object(Map::new()));
    }
    let value = serde_json::from_slice(text).map_err(|problem| {
        let (line, column) = (problem.line(), problem.column());
        format!("the body is no JSON (line {line}, column {column}): send one JSON object in UTF-8")
    })?;
    read_value(value)
}

/// Reads a JSON value.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_value<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    T::deserialize(Reader(value)).map_err(|problem| problem.to_string())
}

/// What is wrong, and where: member names and places in lists, the innermost first.
#[derive(Debug)]
struct Problem {
    place: Vec<String>,
    text: String,
}

impl Problem {
    fn new(text: String) -> Self {
        Self { place: Vec::new(), text }
    }

    fn within(mut self, place: String) -> Self {
        self.place.push(place);
        self
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place: Vec<&str> = self.place.iter().rev().map(String::as_str).collect();
        match place.is_empty() {
            true => write!(f, "the body {}", self.text),
            false => write!(f, "`{}` {}", place.join("."), self.text),
        }
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    /// The sentences of our own types; where a library speaks of its own forms, ours instead.
    fn custom<T: Display>(text: T) -> Self {
        let text = text.to_string();
        let foreign = text.starts_with("data did not match");
        Self::new(if foreign { "has none of the forms that this member may have".to_owned() } else { format!("is {text}") })
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("is {}; it must be {}", kind(found), wanted(expected)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self::new(format!("has {length} elements; it must be {}", wanted(expected)))
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        Self::new(format!("is `{found}`, which is not known; it must be {}", one_of(known)))
    }

    fn unknown_field(found: &str, known: &'static [&'static str]) -> Self {
        let may = if known.is_empty() { "nothing may stand here".to_owned() } else { format!("there may be {}", one_of(known)) };
        Self::new(format!("is not known here; {may}")).within(found.to_owned())
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new("is missing: add it".to_owned()).within(name.to_owned())
    }
}

fn one_of(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        all => all.concat(),
    }
}

fn kind(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(flag) => format!("`{flag}`"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        // A text may be a secret, so its words are not shown.
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "a text".to_owned(),
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        _ => "an object".to_owned(),
    }
}

/// What may stand there, by the word that types have for it.
fn wanted(expected: &dyn de::Expected) -> String {
    let word = expected.to_string();
    let ours = match word.as_str() {
        "a string" | "a borrowed string" | "a character" | "string or map" => "a text",
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" | "an array" => "a list",
        "unit" => "null",
        other if other.contains("enum") || other.contains("identifier") => "a word, or an object with one of its kinds",
        _ => "an object",
    };
    ours.to_owned()
}

/// A JSON value as a source of our types.
#[derive(Debug)]
struct Reader(Value);

impl<'de> Deserializer<'de> for Reader {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter().enumerate())),
            Value::Object(members) => visitor.visit_map(Members { rest: members.into_iter(), value: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    /// An object only: a list of the members without their names is nobody's intention.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match &self.0 {
            Value::Object(_) => self.deserialize_any(visitor),
            other => Err(<Problem as de::Error>::invalid_type(unexpected(other), &"an object")),
        }
    }

    /// Every enum of this crate that is read as such is a word.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.0 {
            Value::String(word) => {
                let word: StrDeserializer<'_, Problem> = word.as_str().into_deserializer();
                visitor.visit_enum(word)
            }
            other => {
                let problem = <Problem as de::Error>::invalid_type(unexpected(&other), &"a string");
                Err(Problem::new(format!("{}: {}", problem.text, one_of(known))))
            }
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(flag) => Unexpected::Bool(*flag),
        Value::Number(number) => Unexpected::Float(number.as_f64().unwrap_or_default()),
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

struct Items(std::iter::Enumerate<std::vec::IntoIter<Value>>);

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Problem> {
        let Some((index, item)) = self.0.next() else { return Ok(None) };
        seed.deserialize(Reader(item)).map(Some).map_err(|problem| problem.within(index.to_string()))
    }
}

struct Members {
    rest: serde_json::map::IntoIter,
    value: Option<(String, Value)>,
}

impl<'de> de::MapAccess<'de> for Members {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        let key = seed.deserialize(Reader(Value::String(name.clone())));
        self.value = Some((name, value));
        key.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let (name, value) = self.value.take().unwrap_or_default();
        seed.deserialize(Reader(value)).map_err(|problem| problem.within(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::FaultRule;
    use crate::options::Options;
    use serde_json::json;

    fn rule(value: Value) -> String {
        read_value::<FaultRule>(value).unwrap_err()
    }

    #[test]
    fn a_problem_names_place_reason_and_remedy() {
        let action = json!({ "kind": "status", "status": 503 });
        let with = |name: &str, value: Value| {
            let mut rule = json!({ "phase": "before_handler", "action": action });
            rule[name] = value;
            rule
        };
        assert!(read_value::<FaultRule>(with("times", json!(2))).is_ok());
        for (given, said) in [
            (with("times", json!("two")), "`times` is a text; it must be a whole number, not negative"),
            (with("times", json!(-1)), "`times` is the number -1; it must be a whole number, not negative"),
            (with("colour", json!(1)), "`colour` is not known here; there may be `id`, `match`, `phase`"),
            (with("phase", json!("later")), "`phase` is `later`, which is not known; it must be `accept`"),
            (with("phase", json!({})), "`phase` is an object; it must be a text: `accept`"),
            (with("match", json!({ "service": 1 })), "`match.service` is the number 1; it must be a text"),
            (with("match", json!({ "header": { "x-a": [] } })), "`match.header.x-a` is a list; it must be a text"),
            (with("action", json!({ "kind": "explode" })), "`action.kind` is `explode`, which is not known"),
            (with("action", json!({ "status": 503 })), "`action.kind` is missing"),
            (with("action", json!("reset")), "`action` is a text; it must be a word, or an object with one of its kinds"),
            (with("action", json!({ "kind": "delay", "by": 5 })), " is the number 5; it must be a text"),
            (with("action", json!({ "kind": "delay", "by": "soon" })), " is not a duration such as PT1.5S"),
            (with("action", json!({ "kind": "status", "status": 503, "body": {} })), " is an object; it must be a text"),
            (json!({ "action": action }), "`phase` is missing: add it"),
            (json!([]), "the body is a list; it must be an object"),
            (json!(null), "the body is null; it must be an object"),
        ] {
            let said_then = rule(given.clone());
            assert!(said_then.contains(said), "{given}: {said_then}");
            for foreign in ["invalid type", "expected", "struct", "enum", "data did not match", "missing field", "unknown field"]
            {
                assert!(!said_then.contains(foreign), "{given}: {said_then}");
            }
        }
        let choice = read_value::<Options>(json!({ "plan": 3 })).unwrap_err();
        assert_eq!(choice, "`plan` has none of the forms that this member may have");
    }

    #[test]
    fn a_text_that_is_no_json_is_told_by_its_place() {
        let said = read::<Options>(b"{\"seed\": }").unwrap_err();
        assert!(said.starts_with("the body is no JSON (line 1, column 10)"), "{said}");
        assert!(read::<Options>(b"  ").is_ok() && read::<Options>(b"").is_ok());
        assert!(read::<Options>(b"\xff").is_err());
    }

    #[test]
    fn a_text_is_never_repeated_where_another_type_is_due() {
        let said = rule(json!({ "phase": "accept", "action": { "kind": "reset" }, "times": "sk_live_secret" }));
        assert!(!said.contains("sk_live_secret"), "{said}");
    }
}
