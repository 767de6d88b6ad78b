//! Changes to what a JSON body says.
//!
//! Written as text on purpose: a JSON library would refuse to write most of these.

use serde_json::{Map, Value};

use super::rule::ContentChange;

/// The body after the change. Where no object is found, it stays as it is.
pub(super) fn change(body: &[u8], change: ContentChange, member: Option<&str>, value: Option<&Value>) -> Vec<u8> {
    let text = String::from_utf8_lossy(body).into_owned();
    let name =
        |object: &Map<String, Value>| member.map(str::to_owned).or_else(|| object.keys().next().cloned()).unwrap_or_default();
    let edited = |edit: &mut dyn FnMut(&mut Map<String, Value>)| with_object(&text, edit).unwrap_or_else(|| text.clone());
    let raw = |raw: &str| {
        let mark = "\u{e000}";
        let marked = edited(&mut |object| drop(object.insert(name(object), Value::from(mark))));
        marked.replacen(&format!("\"{mark}\""), raw, 1)
    };
    let new = match change {
        ContentChange::Cut => return body[..body.len() * 2 / 3].to_vec(),
        ContentChange::Html => "<!doctype html><html><body><h1>Be right back</h1></body></html>".to_owned(),
        ContentChange::Empty => String::new(),
        ContentChange::ContentType => text,
        ContentChange::Bom => format!("\u{feff}{text}"),
        ContentChange::InvalidUtf8 => return invalid_utf8(raw("\"\u{e000}\"")),
        ContentChange::DuplicateKey => duplicate(&text, member),
        ContentChange::Deep => {
            let depth = value.and_then(Value::as_u64).and_then(|depth| usize::try_from(depth).ok()).unwrap_or(200);
            raw(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)))
        }
        ContentChange::Nan => raw("NaN"),
        ContentChange::HugeNumber => raw("18446744073709551617"),
        ContentChange::NumberAsText => edited(&mut |object| {
            let name = name(object);
            let numbers = object.iter_mut().filter(|(key, value)| value.is_number() && (member.is_none() || **key == name));
            for (_, value) in numbers {
                *value = Value::from(value.to_string());
            }
        }),
        ContentChange::Missing => edited(&mut |object| drop(object.shift_remove(&name(object)))),
        ContentChange::Extra => edited(&mut |object| {
            drop(object.insert(member.unwrap_or("surprise").to_owned(), value.cloned().unwrap_or(Value::Bool(true))));
        }),
        ContentChange::Set => edited(&mut |object| drop(object.insert(name(object), value.cloned().unwrap_or_default()))),
    };
    new.into_bytes()
}

/// Edits the object that the body is about: the first element of a list, the wrapped one, or the
/// body itself.
fn with_object(text: &str, edit: &mut dyn FnMut(&mut Map<String, Value>)) -> Option<String> {
    let mut body: Value = serde_json::from_str(text).ok()?;
    let places = ["/data/0", "/results/0", "/items/0", "/data", "/0", ""];
    let place = places.iter().find(|place| body.pointer(place).is_some_and(Value::is_object))?;
    edit(body.pointer_mut(place)?.as_object_mut()?);
    Some(body.to_string())
}

/// The member of the outermost object once more, with another value.
fn duplicate(text: &str, member: Option<&str>) -> String {
    let first = serde_json::from_str::<Map<String, Value>>(text).ok().and_then(|object| object.keys().next().cloned());
    match (text.strip_prefix('{'), member.map(str::to_owned).or(first)) {
        (Some(rest), Some(name)) => format!("{{{}:null,{rest}", Value::from(name)),
        _ => text.to_owned(),
    }
}

fn invalid_utf8(text: String) -> Vec<u8> {
    let (before, after) = text.split_once('\u{e000}').unwrap_or((&text, ""));
    [before.as_bytes(), b"\xff\xfe", after.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(kind: ContentChange, member: Option<&str>, value: Option<Value>) -> String {
        let body = br#"{"data":[{"id":"a","n":7}]}"#;
        String::from_utf8_lossy(&change(body, kind, member, value.as_ref())).into_owned()
    }

    #[test]
    fn each_change_says_what_it_should() {
        let cases = [
            (ContentChange::Cut, None, None, r#"{"data":[{"id":"a""#),
            (ContentChange::Nan, Some("n"), None, r#"{"data":[{"id":"a","n":NaN}]}"#),
            (ContentChange::HugeNumber, Some("n"), None, r#"{"data":[{"id":"a","n":18446744073709551617}]}"#),
            (ContentChange::NumberAsText, None, None, r#"{"data":[{"id":"a","n":"7"}]}"#),
            (ContentChange::Missing, Some("id"), None, r#"{"data":[{"n":7}]}"#),
            (ContentChange::Set, Some("id"), None, r#"{"data":[{"id":null,"n":7}]}"#),
            (ContentChange::Extra, None, None, r#"{"data":[{"id":"a","n":7,"surprise":true}]}"#),
            (ContentChange::Deep, Some("n"), Some(Value::from(2)), r#"{"data":[{"id":"a","n":[[]]}]}"#),
            (ContentChange::DuplicateKey, None, None, r#"{"data":null,"data":[{"id":"a","n":7}]}"#),
        ];
        for (kind, member, value, expected) in cases {
            assert_eq!(changed(kind, member, value), expected);
        }
        assert!(std::str::from_utf8(&change(b"{\"a\":1}", ContentChange::InvalidUtf8, None, None)).is_err());
    }
}
