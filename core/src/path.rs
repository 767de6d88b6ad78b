//! Turns ids and raw paths into parts of a URL path that cannot mean anything else.
//!
//! An id becomes exactly one segment, whatever is in it; a raw path stays under the base URL.
//! What a server or a proxy on the way could read as another path (dots, slashes, their escapes)
//! is refused before anything is sent (`security.md` case 15).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, Result};

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
pub(crate) fn segment<'a>(id: &'a str, field: &'static str) -> Result<Cow<'a, str>> {
    let refuse = |reason: &str| Err(Error::config(field, reason, "pass the id as the service gave it"));
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
    if id == "." || id == ".." || id.contains(['/', '\\', '?', '#']) {
        return refuse("holds characters that would change the path");
    }
    if escapes(id).any(|byte| matches!(byte, b'.' | b'/' | b'\\')) {
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
    if path.chars().any(char::is_control) || escapes(path).any(|byte| byte.is_ascii_control()) {
        return refuse("holds a control character");
    }
    if path.contains("//") {
        return refuse("holds an empty segment");
    }
    if path.contains(['\\', '?', '#']) {
        return refuse("holds characters that end or change the path");
    }
    if has_dot_segment(path) {
        return refuse("holds a dot segment");
    }
    Ok(encode_raw(path))
}

/// Whether any reader of the path, however often it decodes, finds `.` or `..` between separators.
fn has_dot_segment(path: &str) -> bool {
    let mut text = Cow::Borrowed(path);
    loop {
        if text.split(['/', '\\']).any(|segment| segment == "." || segment == "..") {
            return true;
        }
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == *text {
            return false;
        }
        text = Cow::Owned(decoded);
    }
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

/// The bytes that the escapes of a text stand for.
fn escapes(text: &str) -> impl Iterator<Item = u8> {
    text.as_bytes().windows(3).filter(|window| window[0] == b'%').filter_map(|window| {
        let digits = std::str::from_utf8(&window[1..]).ok()?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())?
    })
}
