//! What can be read of a text that is no JSON as a whole: cut, repeated, too deep or misspelled.
//!
//! Only the answer to a create or rotate is read in this way, because a new secret must not be lost
//! for what stands beside it. Nothing here recurses, so that no depth of nesting can exhaust the
//! stack: what is deeper than the rule for whole texts is gone past, and never kept.
//! Time and memory grow with the text alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Document, NotJson};

/// Members beyond so many are kept only when somebody asks for their names.
const MOST: usize = 256;

/// The object at a place of such a text, as far as its members are whole.
pub(crate) struct Partial<'a> {
    members: Vec<(Cow<'a, str>, &'a [u8])>,
    /// Something other than white space follows the outermost value, which is whole.
    pub(crate) has_trailing_text: bool,
}

impl<'a> Partial<'a> {
    /// Reads the object at a JSON pointer; of members beyond the first few only those that are
    /// `wanted`. `None` when no such object begins in the text.
    pub(crate) fn read(body: &'a [u8], pointer: &str, wanted: impl Fn(&str) -> bool) -> Option<Self> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let (root, rest) = value(body.trim_ascii_start())?;
        let has_trailing_text = rest.is_some_and(|rest| !rest.trim_ascii_start().is_empty());
        let mut places = vec![root];
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            // A member named twice is looked into twice: what is told apart is who decides.
            places = places.into_iter().flat_map(|place| at(place, &step)).collect();
        }
        places.retain(|place| place.starts_with(b"{"));
        (!places.is_empty()).then_some(())?;
        let mut members = Vec::new();
        for member in places.iter().flat_map(|place| Inside::of(place, &|_| true)) {
            if member.is_whole && (members.len() < MOST || wanted(&member.name)) {
                members.push((member.name, member.value));
            }
        }
        Some(Self { members, has_trailing_text })
    }

    /// The texts of the members of any of these names.
    pub(crate) fn texts(&self, names: &[String]) -> impl Iterator<Item = String> {
        self.named(names).filter_map(|value| serde_json::from_slice(value).ok())
    }

    /// How long the longest value of these names is.
    pub(crate) fn longest(&self, names: &[String]) -> usize {
        self.named(names).map(<[u8]>::len).max().unwrap_or(0)
    }

    fn named(&self, names: &[String]) -> impl Iterator<Item = &'a [u8]> {
        self.members.iter().filter(|(name, _)| names.iter().any(|wanted| wanted == name)).map(|(_, value)| *value)
    }

    /// The members whose meaning is beyond doubt, as a text of their own: JSON as we accept it, and
    /// named once.
    pub(crate) fn beyond_doubt(&self, without: impl Fn(&str) -> bool) -> String {
        let mut once: BTreeMap<&str, Option<&[u8]>> = BTreeMap::new();
        for (name, value) in self.members.iter().filter(|(name, _)| !without(name)) {
            once.entry(name).and_modify(|value| *value = None).or_insert(Some(value));
        }
        let mut text = String::from("{");
        for (name, value) in once.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            if let Ok(value) = std::str::from_utf8(value)
                && Document::part(value.as_bytes()).is_ok()
            {
                let comma = if text.len() > 1 { "," } else { "" };
                text.extend([comma, &serde_json::Value::from(name).to_string(), ":", value]);
            }
        }
        text.push('}');
        text
    }

    /// The value of a member that is beyond doubt.
    pub(crate) fn id(&self, names: &[String]) -> Option<String> {
        let read = |value: &[u8]| Document::part(value).ok()?.root().text_or_number().filter(|id| !id.is_empty());
        let told = |name| self.named(std::slice::from_ref(name)).filter_map(read).collect::<Vec<_>>();
        let mut told = names.iter().map(told).find(|told| !told.is_empty())?;
        told.dedup();
        told.pop().filter(|_| told.is_empty())
    }
}

/// The members of that name, or the item of that number. Of a list no more is read than up to there.
fn at<'a>(place: &'a [u8], step: &str) -> Vec<&'a [u8]> {
    if place.starts_with(b"[") {
        let item = step.parse().ok().and_then(|number| Inside::of(place, &|_| true).nth(number));
        return item.map(|item| item.value).into_iter().collect();
    }
    Inside::of(place, &|name| name == step).map(|member| member.value).collect()
}

/// A member of an object, or an item of a list under its number.
struct Member<'a> {
    name: Cow<'a, str>,
    value: &'a [u8],
    is_whole: bool,
}

/// The members of an object or the items of a list, up to where the text stops making sense.
struct Inside<'a, 'n> {
    rest: Option<&'a [u8]>,
    /// For a list, how many items were passed.
    count: Option<usize>,
    wanted: &'n dyn Fn(&str) -> bool,
}

impl<'a, 'n> Inside<'a, 'n> {
    fn of(text: &'a [u8], wanted: &'n dyn Fn(&str) -> bool) -> Self {
        let count = text.starts_with(b"[").then_some(0);
        Self { rest: text.get(1..).filter(|_| matches!(text[0], b'{' | b'[')), count, wanted }
    }

    /// The name of the next member, and what follows it.
    fn name(&mut self, rest: &'a [u8]) -> Option<(Cow<'a, str>, &'a [u8])> {
        if let Some(count) = &mut self.count {
            *count += 1;
            return Some(((*count - 1).to_string().into(), rest));
        }
        let (name, rest) = text(rest)?;
        let rest = rest?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let spelled = name.get(1..name.len() - 1).unwrap_or_default();
        let name = match std::str::from_utf8(spelled) {
            Ok(plain) if !plain.contains('\\') => plain.into(),
            // A name that is no text is nobody's.
            _ => serde_json::from_slice::<String>(name).unwrap_or_default().into(),
        };
        Some((name, rest))
    }
}

impl<'a> Iterator for Inside<'a, '_> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        loop {
            let mut rest = self.rest.take()?.trim_ascii_start();
            while let Some(behind) = rest.strip_prefix(b",") {
                rest = behind.trim_ascii_start();
            }
            let (name, rest) = self.name(rest)?;
            let (value, after) = value(rest)?;
            self.rest = after;
            if (self.wanted)(&name) {
                return Some(Member { name, value, is_whole: after.is_some() });
            }
        }
    }
}

/// The value with which a text begins, and what follows it where it is whole. Nothing when no value
/// can begin so.
fn value(bytes: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    match bytes.first()? {
        b'"' => text(bytes),
        b'{' | b'[' => Some(nested(bytes)),
        _ => {
            let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
            let end = bytes.iter().position(is_end);
            let word = &bytes[..end.unwrap_or(bytes.len())];
            // Without what proves its end it may be longer.
            (!word.is_empty()).then(|| (word, end.map(|end| &bytes[end..])))
        }
    }
}

/// A text in quotes, the quotes included.
fn text(bytes: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let mut is_escaped = false;
    let closes = |byte: &u8| {
        let closes = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        closes
    };
    let inside = bytes.strip_prefix(b"\"")?;
    Some(match inside.iter().position(closes) {
        Some(end) => (&bytes[..end + 2], Some(&bytes[end + 2..])),
        None => (bytes, None),
    })
}

/// An object or a list with all that is in it, without looking at what that is. A bracket that closes
/// nothing is passed over.
fn nested(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut open = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => match text(&bytes[at..]) {
                Some((text, Some(_))) => at += text.len() - 1,
                _ => break,
            },
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            closing if open.last() == Some(&closing) => drop(open.pop()),
            _ => {}
        }
        at += 1;
        if open.is_empty() {
            return (&bytes[..at], Some(&bytes[at..]));
        }
    }
    (bytes, None)
}

/// For the fuzz target: everything that is read of any text, at the places where dialects look.
pub(crate) fn read_all(body: &[u8]) -> Result<(), NotJson> {
    let names = ["key".to_owned(), "id".to_owned()];
    for pointer in ["", "/data", "/data/0", "/a~1b/c"] {
        let Some(partial) = Partial::read(body, pointer, |name| names.iter().any(|wanted| wanted == name)) else { continue };
        let text = partial.beyond_doubt(|name| name == "key");
        // What is beyond doubt is JSON, unless one level more is one too many.
        let document = Document::read(text.as_bytes());
        if document.is_err() && text.matches(['{', '[']).count() < 100 {
            return Err(NotJson);
        }
        let _ = (partial.texts(&names).count(), partial.longest(&names), partial.id(&names), partial.has_trailing_text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::decode;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The texts under `key`, and what is beyond doubt beside them.
    fn read(body: &[u8], pointer: &str) -> Option<(Vec<String>, serde_json::Value)> {
        let partial = Partial::read(body, pointer, |name| name == "key")?;
        let rest = decode(partial.beyond_doubt(|name| name == "key").as_bytes()).unwrap();
        Some((partial.texts(&names(&["key"])).collect(), rest))
    }

    #[test]
    fn of_a_cut_body_the_whole_members_are_read() {
        let body = br#"{"data":{"id":"k1","tags":["a","b"],"key":"s\"ecret","n":12}}"#;
        let whole = (vec!["s\"ecret".to_owned()], json!({"id": "k1", "tags": ["a", "b"], "n": 12}));
        assert_eq!(read(body, "/data"), Some(whole));
        for end in 0..body.len() {
            let (keys, rest) = read(&body[..end], "/data").unwrap_or_default();
            assert!(keys.iter().all(|key| key == "s\"ecret"), "{end}");
            assert!(rest.get("n").is_none_or(|n| n == 12), "a number that may go on is none: {end}");
        }
    }

    #[test]
    fn everything_beside_a_text_may_be_wrong() {
        for beside in
            [r#""x":[[1,}"#, r#""x":"\ud800""#, r#""\ud800":1"#, r#""x":1,"x":2"#, r#""x" 1 "#, r#""x":nul"#, r#""x":1e999"#, ""]
        {
            for body in [format!(r#"{{"key":"good",{beside}}}"#), format!(r#"{{"key":"good","id":1,{beside}"#)] {
                assert_eq!(read(body.as_bytes(), "").unwrap().0, ["good"], "{body}");
            }
        }
        for beside in [r#""x":"\ud800""#, r#""x":1,"x":2"#, r#""x":[[1],{}]"#, r#""x":1e999"#, r#""":"\u0000""#] {
            let body = format!(r#"{{{beside},"key":"good"}}"#);
            assert_eq!(read(body.as_bytes(), "").unwrap().0, ["good"], "{body}");
        }
        assert_eq!(read(b"{\"x\":\"\xe9\",\"id\":7,\"key\":\"good\"}", ""), Some((vec!["good".to_owned()], json!({"id": 7}))));
        assert_eq!(read(br#"{"x":1,"x":2,"y":3}"#, "").unwrap().1, json!({"y": 3}), "a member named twice is in doubt");
    }

    #[test]
    fn no_depth_exhausts_the_stack_and_what_is_too_deep_is_not_kept() {
        for open in ["[", "{\"a\":"] {
            let deep = open.repeat(1_000_000);
            let body = format!("{{\"id\":1,\"x\":{deep}");
            assert_eq!(read(body.as_bytes(), ""), Some((vec![], json!({"id": 1}))));
        }
        let body = format!(r#"{{"x":{}{},"key":"good"}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(read(body.as_bytes(), ""), Some((vec!["good".to_owned()], json!({}))));
    }

    #[test]
    fn members_of_one_name_are_all_seen_and_an_id_is_one_or_none() {
        assert_eq!(read(br#"{"data":{"key":"a"},"data":{"key":"b"}}"#, "/data").unwrap().0, ["a", "b"]);
        let id = |body: &str| Partial::read(body.as_bytes(), "", |_| false).unwrap().id(&names(&["id", "uid"]));
        assert_eq!(id(r#"{"id":1,"uid":2}"#), Some("1".to_owned()));
        assert_eq!(id(r#"{"id":null,"uid":2}"#), Some("2".to_owned()));
        assert_eq!(id(r#"{"id":1,"id":"1"}"#), Some("1".to_owned()));
        for body in [r#"{"id":1,"id":2}"#, r#"{"id":""}"#, r#"{"id":{}}"#, r#"{"id":true}"#, r#"{"id":12"#, "{"] {
            assert_eq!(id(body), None, "{body}");
        }
        let many: String = (0..1_000).map(|n| format!("\"m{n}\":1,")).collect();
        let (keys, rest) = read(format!("{{{many}\"key\":\"last\"}}").as_bytes(), "").unwrap();
        assert_eq!((keys, rest.as_object().unwrap().len()), (vec!["last".to_owned()], MOST));
    }

    #[test]
    fn a_byte_order_mark_within_a_text_is_no_part_of_a_value() {
        let body = "{\"id\":\u{feff}\"k1\",\"x\":\u{feff}1,\"key\":\"good\"}";
        assert_eq!(read(body.as_bytes(), ""), Some((vec!["good".to_owned()], json!({}))));
        assert_eq!(Partial::read(body.as_bytes(), "", |_| false).unwrap().id(&names(&["id"])), None);
        assert_eq!(read_all(body.as_bytes()), Ok(()));
    }

    #[test]
    fn text_behind_a_whole_value_is_told() {
        let trailing = |body: &str| Partial::read(body.as_bytes(), "", |_| true).unwrap().has_trailing_text;
        assert!(trailing("{}{}") && trailing("{\"a\":{}} x") && trailing("\u{feff}{}\0"));
        assert!(!trailing("{}") && !trailing("{} \r\n\t") && !trailing("{\"a\":") && !trailing("{\"a\":\"}}"));
        assert!(Partial::read(b"[1]", "", |_| true).is_none() && Partial::read(b"x{}", "", |_| true).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(body in r#"([\[{\]}:," \\]|"(key|id|data|a)"|1|é|\\u00e9|null){0,60}"#) {
            prop_assert_eq!(read_all(body.as_bytes()), Ok(()));
        }

        #[test]
        fn of_a_whole_object_everything_is_read(
            members in prop::collection::btree_map("[a-d\"\\\\]{1,2}", prop_oneof![Just(json!(1)), Just(json!([{"x": "}"}])), "\\PC{0,5}".prop_map(serde_json::Value::from)], 0..6),
        ) {
            let whole = serde_json::Value::Object(members.into_iter().collect());
            prop_assert_eq!(read(whole.to_string().as_bytes(), "").unwrap().1, whole);
        }
    }
}
