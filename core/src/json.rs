//! JSON from a service, decoded strictly and the same way in all languages (security B69).
//!
//! A member named twice is an error, because two readers would see two different answers. A byte
//! order mark is tolerated. Integers that a double cannot hold exactly become text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The largest integer that every language holds exactly.
const EXACT: u64 = (1 << 53) - 1;

/// A body that is not JSON as we accept it. Carries no text of the body or of the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson;

/// Decodes a whole body.
pub(crate) fn decode(body: &[u8]) -> Result<Value, NotJson> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // A number that lost digits, or no JSON at all: with the long integers in quotes, what is
    // still too large for one was written as a float and is one.
    parse(body, Floats::Suspect).or_else(|NotJson| parse(&quote_long_integers(body), Floats::Trusted))
}

fn parse(body: &[u8], floats: Floats) -> Result<Value, NotJson> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Strict(floats).deserialize(&mut reader).map_err(|_| NotJson)?;
    reader.end().map_err(|_| NotJson)?;
    Ok(value)
}

/// Whether a large float may be an integer that the parser had to round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Floats {
    Suspect,
    Trusted,
}

/// Builds a `Value`, refusing repeated members and suspect floats.
#[derive(Clone, Copy)]
struct Strict(Floats);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(if value.unsigned_abs() > EXACT { value.to_string().into() } else { value.into() })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(if value > EXACT { value.to_string().into() } else { value.into() })
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // An integer too long for 64 bits arrives here, already rounded.
        if self.0 == Floats::Suspect && value.fract() == 0.0 && value.abs() > EXACT as f64 {
            return Err(E::custom("rounded"));
        }
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or(0).min(64));
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self)?;
            if object.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("repeated member"));
            }
        }
        Ok(Value::Object(object))
    }
}

/// The same text with each integer beyond a double in quotes; borrowed when there is none.
fn quote_long_integers(body: &[u8]) -> Cow<'_, [u8]> {
    let mut quoted: Option<Vec<u8>> = None;
    let mut copied = 0;
    let mut at = 0;
    let mut in_string = false;
    while at < body.len() {
        match body[at] {
            b'\\' if in_string => at += 2,
            b'"' => {
                in_string = !in_string;
                at += 1;
            }
            b'-' | b'0'..=b'9' if !in_string => {
                let start = at;
                while at < body.len() && matches!(body[at], b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9') {
                    at += 1;
                }
                if is_long_integer(&body[start..at]) {
                    let out = quoted.get_or_insert_default();
                    out.extend_from_slice(&body[copied..start]);
                    out.push(b'"');
                    out.extend_from_slice(&body[start..at]);
                    out.push(b'"');
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    match quoted {
        Some(mut out) => {
            out.extend_from_slice(&body[copied..]);
            Cow::Owned(out)
        }
        None => Cow::Borrowed(body),
    }
}

fn is_long_integer(number: &[u8]) -> bool {
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    let is_integer = digits.iter().all(u8::is_ascii_digit) && !digits.starts_with(b"0");
    is_integer
        && std::str::from_utf8(digits).is_ok_and(|digits| digits.parse().map_or(digits.len() > 15, |value: u64| value > EXACT))
}

/// The whole members of a body that was cut: everything up to the cut, nothing that it went through.
pub(crate) fn beginning(body: &[u8]) -> Option<Value> {
    let mut reader = Beginning { text: std::str::from_utf8(valid_part(body)).ok()?, at: 0 };
    reader.value().map(|(value, _)| value)
}

/// The text up to a character that the cut went through.
fn valid_part(body: &[u8]) -> &[u8] {
    match std::str::from_utf8(body) {
        Ok(_) => body,
        Err(error) => &body[..error.valid_up_to()],
    }
}

/// Reads a cut text from its beginning.
struct Beginning<'a> {
    text: &'a str,
    at: usize,
}

impl Beginning<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text.as_bytes().get(self.at).copied()
    }

    /// A value, and whether it is whole.
    fn value(&mut self) -> Option<(Value, bool)> {
        match self.peek()? {
            b'{' => Some(self.object()),
            b'[' => Some(self.list()),
            _ => self.scalar().map(|value| (value, true)),
        }
    }

    fn object(&mut self) -> (Value, bool) {
        self.at += 1;
        let mut members = Map::new();
        let whole = loop {
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    break true;
                }
                Some(b',') => self.at += 1,
                Some(_) => {}
                None => break false,
            }
            let Some(Value::String(name)) = self.scalar() else { break false };
            if self.peek() != Some(b':') {
                break false;
            }
            self.at += 1;
            let Some((value, whole)) = self.value() else { break false };
            members.insert(name, value);
            if !whole {
                break false;
            }
        };
        (Value::Object(members), whole)
    }

    fn list(&mut self) -> (Value, bool) {
        self.at += 1;
        let mut items = Vec::new();
        let whole = loop {
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    break true;
                }
                Some(b',') => self.at += 1,
                Some(_) => {}
                None => break false,
            }
            let Some((value, whole)) = self.value() else { break false };
            items.push(value);
            if !whole {
                break false;
            }
        };
        (Value::Array(items), whole)
    }

    /// A string, number or word, if something follows that proves its end.
    fn scalar(&mut self) -> Option<Value> {
        let first = self.peek()?;
        let rest = &self.text[self.at..];
        let end = if first == b'"' {
            let mut escaped = false;
            rest.bytes().skip(1).position(|byte| {
                let closes = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                closes
            })? + 2
        } else {
            rest.find(|c: char| matches!(c, ',' | '}' | ']') || c.is_whitespace())?
        };
        let value = decode(&rest.as_bytes()[..end]).ok()?;
        self.at += end;
        Some(value)
    }
}

/// What stands at the first of the pointers that leads to something.
pub(crate) fn first<'a>(value: &'a Value, pointers: &[String]) -> Option<&'a Value> {
    pointers.iter().find_map(|pointer| value.pointer(pointer)).filter(|found| !found.is_null())
}

/// The first member of that name that is present and not null.
pub(crate) fn member<'a>(value: &'a Value, names: &[String]) -> Option<&'a Value> {
    names.iter().find_map(|name| value.get(name)).filter(|found| !found.is_null())
}

/// Text, or a number as text: services disagree on which ids are.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_named_twice_is_refused_at_any_depth() {
        assert_eq!(decode(br#"{"a":1,"a":1}"#), Err(NotJson));
        assert_eq!(decode(br#"[{"b":{"a":1,"a":2}}]"#), Err(NotJson));
        assert_eq!(decode(br#"{"a":{"a":1}}"#), Ok(json!({"a": {"a": 1}})));
    }

    #[test]
    fn integers_beyond_a_double_are_text_and_exact() {
        let body = br#"{"a":9007199254740991,"b":9007199254740992,"c":-9007199254740993,"d":18446744073709551616,"e":"18446744073709551616"}"#;
        let want = json!({"a": 9_007_199_254_740_991_u64, "b": "9007199254740992", "c": "-9007199254740993", "d": "18446744073709551616", "e": "18446744073709551616"});
        assert_eq!(decode(body), Ok(want));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for body in ["", "{", "{}x", "NaN", "[1,]", "{\"a\":\"\\ud800\"}", "1e400", "\u{1}", "<html>", "{'a':1}"] {
            assert_eq!(decode(body.as_bytes()), Err(NotJson), "{body}");
        }
        assert_eq!(decode(b"\xff\xfe"), Err(NotJson));
        assert_eq!(decode(&[b'['; 100_000]), Err(NotJson));
        assert_eq!(decode(b"\xef\xbb\xbf{}"), Ok(json!({})));
        assert_eq!(decode(b"1e300"), Ok(json!(1e300)));
        assert_eq!(decode(b"-0.0"), Ok(json!(-0.0)));
    }

    #[test]
    fn of_a_cut_body_the_whole_members_are_read() {
        let body = br#"{"data":{"id":"k1","tags":["a","b"],"key":"s\"ecret","n":12}}"#;
        let whole: Value = decode(body).unwrap();
        assert_eq!(beginning(body), Some(whole));
        let cut_after = |text: &str| {
            beginning(&body[..body.windows(text.len()).position(|part| part == text.as_bytes()).unwrap() + text.len()])
        };
        assert_eq!(cut_after("ecret\""), Some(json!({"data": {"id": "k1", "tags": ["a", "b"], "key": "s\"ecret"}})));
        assert_eq!(cut_after("ecret"), Some(json!({"data": {"id": "k1", "tags": ["a", "b"]}})));
        assert_eq!(cut_after("12"), cut_after("ecret\""));
        for end in 0..body.len() {
            let read = beginning(&body[..end]).unwrap_or_default();
            let key = read.pointer("/data/key");
            assert!(key.is_none() || key == Some(&json!("s\"ecret")), "{end}");
        }
    }

    #[test]
    fn long_digits_inside_text_are_left_alone() {
        let body = br#"{"a":"x\"12345678901234567890","n":12345678901234567890123}"#;
        assert_eq!(decode(body), Ok(json!({"a": "x\"12345678901234567890", "n": "12345678901234567890123"})));
    }
}
