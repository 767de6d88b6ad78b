//! References of a scenario: `"$k.key.id"` with its type, `"${k.key.id}"` inside a text.
//!
//! An unknown name is an error of the scenario, never an empty value.

use serde_json::{Map, Value};

use crate::wire::Names;

/// What the run knows by name.
#[derive(Debug, Clone, Default)]
pub struct Saved(Names);

impl Saved {
    /// Keeps a value.
    pub fn keep(&mut self, name: &str, value: Value) {
        self.0.set(name, value);
    }

    /// The value at a path.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, path: &str) -> Result<&Value, String> {
        self.0.get(path)
    }

    /// A value with its references and repetitions made real.
    ///
    /// # Errors
    /// When a reference has no value.
    pub fn resolve(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::String(text) => self.resolve_text(text),
            Value::Array(items) => items.iter().map(|item| self.resolve(item)).collect::<Result<_, _>>().map(Value::Array),
            Value::Object(members) => match repetition(members) {
                Some((count, of)) => Ok(repeated(count, &self.resolve(of)?)),
                None => self.resolve_members(members).map(Value::Object),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(value.clone()),
        }
    }

    /// The members of an object with their references made real.
    ///
    /// # Errors
    /// As [`Saved::resolve`].
    pub fn resolve_members(&self, members: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        members.iter().map(|(name, value)| Ok((name.clone(), self.resolve(value)?))).collect()
    }

    fn resolve_text(&self, text: &str) -> Result<Value, String> {
        match text.strip_prefix('$') {
            Some(path) if !path.starts_with('{') => self.get(path).cloned(),
            _ => self.fill(text).map(Value::String),
        }
    }

    fn fill(&self, text: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((plain, inner)) = rest.split_once("${") {
            let (path, after) = inner.split_once('}').ok_or_else(|| format!("`{text}` has an open reference"))?;
            out.push_str(plain);
            match self.get(path)? {
                Value::String(value) => out.push_str(value),
                other => out.push_str(&other.to_string()),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

impl From<Names> for Saved {
    fn from(names: Names) -> Self {
        Self(names)
    }
}

/// `{ repeat = N, of = VALUE }`.
fn repetition(members: &Map<String, Value>) -> Option<(usize, &Value)> {
    let count = members.get("repeat")?.as_u64()?;
    (members.len() == 2).then(|| members.get("of").map(|of| (usize::try_from(count).unwrap_or(0), of)))?
}

fn repeated(count: usize, of: &Value) -> Value {
    match of {
        Value::String(text) => Value::String(text.repeat(count)),
        other => Value::Array(vec![other.clone(); count]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn saved() -> Saved {
        let mut saved = Saved::default();
        saved.keep("k", json!({ "id": 5, "name": "ci" }));
        saved
    }

    #[test]
    fn a_reference_keeps_its_type_and_a_text_is_filled() {
        let value = saved().resolve(&json!({ "id": "$k.id", "path": "/a/${k.id}/${k.name}", "plain": "x$y" })).unwrap();
        assert_eq!(value, json!({ "id": 5, "path": "/a/5/ci", "plain": "x$y" }));
    }

    #[test]
    fn a_repetition_is_a_list_or_a_longer_text() {
        let value = saved().resolve(&json!([{ "repeat": 2, "of": { "id": "$k.id" } }, { "repeat": 3, "of": "ab" }])).unwrap();
        assert_eq!(value, json!([[{ "id": 5 }, { "id": 5 }], "ababab"]));
    }

    #[test]
    fn an_unknown_reference_is_an_error() {
        assert!(saved().resolve(&json!("$k.idd")).is_err());
        assert!(saved().resolve(&json!("/${nobody.id}")).is_err());
    }
}
