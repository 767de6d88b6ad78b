//! What can be read of a text that was cut.

use serde_json::{Map, Value};

use super::decode;

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
