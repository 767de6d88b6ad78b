//! Turns ids and raw paths into parts of a URL path that cannot mean anything else.
//!
//! An id becomes exactly one segment, whatever is in it; a raw path stays under the base URL.
//! What a server or a proxy on the way could read as another path (dots, slashes, their escapes)
//! is refused before anything is sent.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::error::{Error, Result};

/// The longest id, in bytes.
const LONGEST_ID: usize = 256;

/// What is encoded in a segment: all but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is encoded in a raw path: all that may not stand in one. The percent sign is handled apart.
const RAW: &AsciiSet = &SEGMENT
    .remove(b'/')
    .remove(b'%')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// An id as one path segment.
///
/// # Errors
/// `config`, naming `field` and never the id, when the text could change the path.
pub(crate) fn segment<'a>(id: &'a str, field: &str) -> Result<Cow<'a, str>> {
    let refuse = |reason: &str| Err(Error::config(field.to_owned(), reason, "pass the id as the service gave it"));
    if id.is_empty() {
        return refuse("is empty");
    }
    if id.len() > LONGEST_ID {
        return refuse("is longer than 256 bytes");
    }
    if id.chars().any(char::is_control) {
        return refuse("holds a control character");
    }
    if id.trim() != id {
        return refuse("begins or ends with white space");
    }
    if id.contains(['/', '\\', '?', '#']) || is_dot_segment(id.as_bytes()) {
        return refuse("holds characters that would change the path");
    }
    let decoded = decoded(id);
    let count = |bytes: &[u8]| bytes.iter().filter(|byte| matches!(byte, b'.' | b'/' | b'\\')).count();
    if count(&decoded) > count(id.as_bytes()) || is_dot_segment(&decoded) {
        return refuse("holds an escape that would change the path");
    }
    Ok(utf8_percent_encode(id, SEGMENT).into())
}

/// A whole path as a caller wrote it, ready to stand behind a base URL. Valid escapes are kept.
///
/// # Errors
/// `config`, naming `field`, when the path does not begin with one slash, or could leave the
/// place where it is put.
pub(crate) fn raw_path<'a>(path: &'a str, field: &'static str) -> Result<Cow<'a, str>> {
    let refuse = |reason: &str| Err(Error::config(field, reason, "pass a path such as /v1/agents, without query and fragment"));
    if !path.starts_with('/') {
        return refuse("does not begin with a slash");
    }
    let decoded = decoded(path);
    if path.chars().any(char::is_control) || decoded.iter().any(u8::is_ascii_control) {
        return refuse("holds a control character");
    }
    if path.contains("//") {
        return refuse("holds an empty segment");
    }
    if path.contains(['\\', '?', '#']) {
        return refuse("holds characters that end or change the path");
    }
    let slashes = |bytes: &[u8]| bytes.iter().filter(|byte| matches!(byte, b'/' | b'\\')).count();
    if slashes(&decoded) > slashes(path.as_bytes()) {
        return refuse("holds an escaped slash, which some servers read as one");
    }
    if decoded.split(|byte| matches!(byte, b'/' | b'\\')).any(is_dot_segment) {
        return refuse("holds a dot segment");
    }
    Ok(encode_raw(path))
}

/// The text as whoever decodes it most often reads it: escapes of escapes are resolved too. In one
/// pass, since what an escape stands for may only complete one that began before it.
fn decoded(text: &str) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        out.push(byte);
        while let [.., b'%', high, low] = out.as_slice()
            && let Some(byte) = hex(*high, *low)
        {
            out.truncate(out.len() - 3);
            out.push(byte);
        }
    }
    out
}

/// `.` and `..`, also with parameters behind them, which some servers cut off before they look.
fn is_dot_segment(segment: &[u8]) -> bool {
    let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
    matches!(name, b"." | b"..")
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    Some((value(high)? * 16 + value(low)?) as u8)
}

/// Keeps valid escapes and encodes everything else that may not stand in a path.
fn encode_raw(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return utf8_percent_encode(path, RAW).into();
    }
    let mut parts = path.split('%');
    let mut out: String = parts.next().map(|first| utf8_percent_encode(first, RAW).collect()).unwrap_or_default();
    for part in parts {
        let valid = part.len() >= 2 && part.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
        out.push_str(if valid { "%" } else { "%25" });
        out.extend(utf8_percent_encode(part, RAW));
    }
    out.into()
}

/// Whether a name, as that of an account, is one that nobody has replaced: `{account-id}`, `<id>`.
pub(crate) fn is_unreplaced(text: &str) -> bool {
    let is_wrapped = |open: &str, close: &str| text.starts_with(open) && text.ends_with(close) && text.len() > 1;
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    ["{}", "<>", "[]"].iter().any(|pair| is_wrapped(&pair[..1], &pair[1..]))
        || is_wrapped("%", "%") && is_name(text.trim_matches('%'))
        || is_wrapped("${", "}")
        || is_wrapped("$(", ")")
        || text.strip_prefix('$').is_some_and(is_name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;
    use crate::ErrorKind;

    #[test]
    fn an_id_that_could_change_the_path_is_refused_without_being_shown() {
        let long = "x".repeat(257);
        let ids = [
            "",
            ".",
            "..",
            "../agents",
            "a/b",
            "a\\b",
            "%2e%2e",
            "%2E",
            "a%2Fb",
            "%5c",
            "a?b",
            "a#b",
            "a\n",
            "..\n",
            "a\0b",
            "a\u{7f}",
            "a\u{85}b",
            " a",
            "a ",
            "\u{a0}a",
            "a\t",
            "%252e",
            "%25252F",
            "..;",
            "..;a=b",
            "..%3b",
            "%2525%32%65",
            &long,
        ];
        for id in ids {
            let error = segment(id, "key_id").unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("key_id")), "{id:?}");
        }
        assert!(!segment("canary/..", "key_id").unwrap_err().to_string().contains("canary"));
    }

    #[test]
    fn every_other_id_becomes_one_segment() {
        let cases = [
            ("key_7f-3.a~", "key_7f-3.a~"),
            ("a:b", "a%3Ab"),
            ("x=", "x%3D"),
            ("a;b", "a%3Bb"),
            ("a b", "a%20b"),
            ("\u{e9}", "%C3%A9"),
            ("a%b", "a%25b"),
            ("...", "..."),
            ("me", "me"),
        ];
        for (id, expected) in cases {
            assert_eq!(segment(id, "key_id").unwrap(), expected);
        }
        assert!(segment(&"x".repeat(256), "key_id").is_ok());
        assert!(matches!(segment("key_1", "key_id").unwrap(), Cow::Borrowed(_)), "the usual id costs no copy");
    }

    #[test]
    fn a_raw_path_that_could_leave_its_place_is_refused() {
        let paths = [
            "",
            "v1",
            "https://evil.test",
            "//evil",
            "/a//b",
            "/a?b",
            "/a#b",
            "/a\\b",
            "/.",
            "/..",
            "/a/../b",
            "/a/.",
            "/%2e",
            "/a/%2E%2e/b",
            "/a/.%2e",
            "/%252e%252e/b",
            "/a%2f..%2fb",
            "/a%5c..",
            "/a\nb",
            "/a%0d%0aX: y",
            "/%00",
            "/\u{85}",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a%252fb",
            "/a%25%32%66b",
            "/..;/admin",
            "/a/..;x=1/b",
            "/.;/a",
            "/%2e%2e;/a",
            "/..%3b/a",
            "/a%250ab",
        ];
        for path in paths {
            assert_eq!(raw_path(path, "path").unwrap_err().field(), Some("path"), "{path:?}");
        }
    }

    #[test]
    fn a_raw_path_keeps_its_escapes_and_gets_the_missing_ones() {
        let cases = [
            ("/", "/"),
            ("/v1/agents/", "/v1/agents/"),
            ("/a%20b/c%3Fd", "/a%20b/c%3Fd"),
            ("/a;b/..c;d/e..;f", "/a;b/..c;d/e..;f"),
            ("/a b/\u{e9}", "/a%20b/%C3%A9"),
            ("/100%/x%zz%4", "/100%25/x%25zz%254"),
            ("/a:b@c;d=e,f'(g)*!$&+", "/a:b@c;d=e,f'(g)*!$&+"),
            ("/[x]\"<>^`{|}", "/%5Bx%5D%22%3C%3E%5E%60%7B%7C%7D"),
            ("/...", "/..."),
        ];
        for (path, expected) in cases {
            assert_eq!(raw_path(path, "path").unwrap(), expected);
        }
    }

    /// A path that some reader resolves once more for each of its parts.
    #[test]
    fn a_long_path_takes_no_longer_for_each_of_its_parts() {
        let nested = format!("/%{}2e", "25".repeat(40_000));
        assert!(raw_path(&nested, "path").is_err());
        for part in ["%25", "%2", "a%", "/a;", ".."] {
            let _ = raw_path(&format!("/{}", part.repeat(1_000_000)), "path");
        }
    }

    proptest! {
        /// What whoever decodes a path again and again ends with is what is checked.
        #[test]
        fn every_number_of_decodings_is_seen(path in "(%|2|5|e|E|f|[.]|/|;|a){0,24}") {
            let mut text = path.clone().into_bytes();
            for _ in 0..12 {
                let leads_away = text.split(|byte| matches!(byte, b'/' | b'\\')).any(is_dot_segment);
                prop_assert!(!leads_away || raw_path(&["/", &path].concat(), "path").is_err());
                text = percent_encoding::percent_decode(&text).collect();
            }
            let once: Vec<u8> = percent_encoding::percent_decode(&decoded(&path)).collect();
            prop_assert_eq!(once, decoded(&path));
        }

        #[test]
        fn a_segment_is_one_segment_and_comes_back_unchanged(id in "\\PC{0,40}") {
            if let Ok(encoded) = segment(&id, "id") {
                prop_assert!(!encoded.contains(['/', '?', '#', '\\', ';', ' ']));
                prop_assert_eq!(percent_decode_str(&encoded).decode_utf8().unwrap(), id.as_str());
            }
        }

        #[test]
        fn a_raw_path_is_stable(path in "/(%[0-9a-f]{2}|[a-z%.é ]){0,12}") {
            if let Ok(once) = raw_path(&path, "path") {
                prop_assert_eq!(raw_path(&once, "path").unwrap(), once.as_ref());
            }
        }
    }
}
