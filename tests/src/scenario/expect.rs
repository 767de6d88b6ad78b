//! Compares a result with what a step expects, partially.
//!
//! A matcher that nobody knows is an error: `"~nul"` must not quietly be a text.

use serde_json::Value;

use super::values::Saved;

/// How a result differs from what is expected; empty when it fits.
///
/// # Errors
/// When the expectation itself makes no sense.
pub fn differs(expected: &Value, seen: &Value, saved: &Saved) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    compare(expected, Some(seen), saved, "", &mut found)?;
    Ok(found)
}

fn compare(expected: &Value, seen: Option<&Value>, saved: &Saved, at: &str, found: &mut Vec<String>) -> Result<(), String> {
    let shown = seen.map_or_else(|| "nothing".to_owned(), Value::to_string);
    match (expected, seen) {
        (Value::String(text), _) if text.starts_with('~') => {
            if !fits(&text[1..], seen.unwrap_or(&Value::Null), saved)? {
                found.push(format!("{at}: {shown} does not fit {text}"));
            }
        }
        (Value::Object(due), Some(Value::Object(members))) => {
            for (name, value) in due {
                compare(value, members.get(name), saved, &format!("{at}/{name}"), found)?;
            }
        }
        (Value::Array(due), Some(Value::Array(items))) => {
            for (index, value) in due.iter().enumerate() {
                if !any_fits(value, items, saved)? {
                    found.push(format!("{at}/{index}: no element fits {value} in {shown}"));
                }
            }
        }
        (_, Some(seen)) if same(&saved.resolve(expected)?, seen) => {}
        _ => found.push(format!("{at}: {shown} instead of {expected}")),
    }
    Ok(())
}

fn any_fits(expected: &Value, items: &[Value], saved: &Saved) -> Result<bool, String> {
    for item in items {
        if differs(expected, item, saved)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Equality; numbers by value, ids also across text and number, since one service numbers its keys.
fn same(expected: &Value, seen: &Value) -> bool {
    match (expected, seen) {
        (Value::Number(due), Value::Number(number)) => due.as_f64() == number.as_f64(),
        (Value::Number(due), Value::String(text)) | (Value::String(text), Value::Number(due)) => due.to_string() == *text,
        _ => expected == seen,
    }
}

fn fits(matcher: &str, seen: &Value, saved: &Saved) -> Result<bool, String> {
    let (word, rest) = matcher.split_once(' ').unwrap_or((matcher, ""));
    let text = seen.as_str();
    Ok(match word {
        "any" => !seen.is_null(),
        "null" => seen.is_null(),
        "time" => text.is_some_and(is_time),
        "starts" => text.is_some_and(|text| text.starts_with(rest)),
        "ends" => text.is_some_and(|text| text.ends_with(rest)),
        "has" => text.is_some_and(|text| text.contains(rest)),
        "lacks" => lacks(rest, seen, saved)?,
        "length" => text.is_some_and(|text| text.chars().count().to_string() == rest),
        "count" => seen.as_array().is_some_and(|items| items.len().to_string() == rest),
        "min" => seen.as_array().map(Vec::len) >= Some(rest.parse().map_err(|_| format!("`~{matcher}` has no number"))?),
        "first" => match seen.as_array().and_then(|items| items.first()) {
            Some(first) => differs(&table(rest)?, first, saved)?.is_empty(),
            None => false,
        },
        _ => return Err(format!("`~{matcher}` is no matcher")),
    })
}

fn lacks(what: &str, seen: &Value, saved: &Saved) -> Result<bool, String> {
    let what = match saved.resolve(&Value::String(what.to_owned()))? {
        Value::String(text) => text,
        other => other.to_string(),
    };
    if what.is_empty() {
        return Err("`~lacks` has nothing to look for".to_owned());
    }
    Ok(!seen.to_string().contains(&what))
}

fn table(text: &str) -> Result<Value, String> {
    let document: Value = toml::from_str(&format!("it = {text}")).map_err(|error| format!("`~first {text}`: {error}"))?;
    document.get("it").cloned().ok_or_else(|| format!("`~first {text}` has no table"))
}

fn is_time(text: &str) -> bool {
    text.len() >= 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T' && text[..4].bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn saved() -> Saved {
        let mut saved = Saved::default();
        saved.keep("k", json!({ "id": 5, "secret": "sk-1" }));
        saved
    }

    fn fits_one(expected: Value, seen: Value) -> bool {
        differs(&expected, &seen, &saved()).unwrap().is_empty()
    }

    #[test]
    fn what_is_not_named_is_free() {
        assert!(fits_one(json!({ "a": 1 }), json!({ "a": 1.0, "b": 2 })));
        assert!(fits_one(json!([{ "a": 2 }]), json!([{ "a": 1 }, { "a": 2, "c": 3 }])));
        assert!(fits_one(json!({ "id": "$k.id" }), json!({ "id": "5" })));
        assert!(fits_one(json!({ "gone": "~null" }), json!({})));
    }

    #[test]
    fn every_matcher_fits_and_refuses() {
        for (matcher, good, bad) in [
            ("~any", json!(0), json!(null)),
            ("~null", json!(null), json!("")),
            ("~time", json!("2026-03-23T10:00:00.000Z"), json!("2026-03-23")),
            ("~starts sk-", json!("sk-1"), json!("ai_1")),
            ("~ends ...", json!("sk-..."), json!("sk-")),
            ("~has b c", json!("ab cd"), json!("abc")),
            ("~lacks $k.secret", json!({ "a": ["sk-2"] }), json!({ "a": ["sk-1"] })),
            ("~lacks x", json!(null), json!("axb")),
            ("~length 2", json!("éa"), json!("a")),
            ("~count 1", json!([1]), json!([])),
            ("~min 2", json!([1, 2, 3]), json!([1])),
            ("~first { a = 1 }", json!([{ "a": 1 }, { "a": 2 }]), json!([{ "a": 2 }, { "a": 1 }])),
        ] {
            assert!(fits_one(json!(matcher), good), "{matcher}");
            assert!(!fits_one(json!(matcher), bad), "{matcher}");
        }
    }

    #[test]
    fn what_differs_is_found() {
        for (expected, seen) in [
            (json!({ "a": 1 }), json!({})),
            (json!({ "a": 1 }), json!({ "a": 2 })),
            (json!({ "a": { "b": true } }), json!({ "a": { "b": false } })),
            (json!([1]), json!([])),
            (json!({ "a": [] }), json!({ "a": {} })),
        ] {
            assert!(!fits_one(expected.clone(), seen), "{expected}");
        }
    }

    #[test]
    fn an_expectation_without_sense_is_an_error() {
        for text in ["~nul", "~min x", "~lacks $nobody.x", "~first {", "$nobody.x"] {
            assert!(differs(&json!(text), &json!([1]), &saved()).is_err(), "{text}");
        }
    }
}
