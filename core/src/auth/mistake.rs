//! Texts that are given in place of a credential by mistake: quotes and header names that were
//! copied too, variables that nobody has replaced, placeholders.
//!
//! A key that is one of these is refused before it is sent. A password may be any text, so the same
//! look at it only explains a refused login. What is said of a text never shows it.

use http::header::HeaderName;

use crate::checks::path::is_unreplaced;
use crate::dialect::{AuthMode, CredentialSpec};

/// Names of headers that are copied along with a key.
const HEADERS: [&str; 5] = ["authorization", "proxy-authorization", "x-api-key", "api-key", "apikey"];
/// Words that stand before a key in a header.
const SCHEMES: [&str; 5] = ["bearer", "apikey", "basic", "token", "key"];
/// What stands in examples and configuration files until somebody replaces it, without separators.
const PLACEHOLDERS: [&str; 30] = [
    "apikey",
    "apikeyhere",
    "asdf",
    "changeit",
    "changeme",
    "changethis",
    "dummy",
    "example",
    "fixme",
    "foo",
    "foobar",
    "insertkeyhere",
    "keyhere",
    "myapikey",
    "mykey",
    "nan",
    "nil",
    "none",
    "null",
    "placeholder",
    "redacted",
    "replaceme",
    "replacethis",
    "secret",
    "secretkey",
    "tbd",
    "todo",
    "token",
    "undefined",
    "unset",
];
/// A run of one of these letters is a blank to be filled in.
const BLANKS: [char; 4] = ['x', 'X', '*', '.'];
/// Fewer letters than these may be a short key of a test.
const SHORTEST_BLANK: usize = 3;
/// So many at the end are a blank whatever stands before them.
const LONGEST_BLANK: usize = 8;

/// What a text is instead of a key, as words that follow the name of the option, and what to do.
pub(super) fn in_key(text: &str, spec: &CredentialSpec) -> Option<(&'static str, &'static str)> {
    if let Some(found) = in_any(text) {
        return Some(found);
    }
    let lower = text.to_ascii_lowercase();
    let own = match &spec.mode {
        AuthMode::Header { name } => Some(HeaderName::as_str(name)),
        _ => None,
    };
    if let Some((name, _)) = lower.split_once(':')
        && HEADERS.iter().copied().chain(own).any(|header| name.trim() == header)
    {
        return Some(("begins with the name of a header", "give the key alone: the header is added when it is sent"));
    }
    let own = match &spec.mode {
        AuthMode::Scheme { word } => Some(word.to_ascii_lowercase()),
        _ => None,
    };
    let mut words = lower.split_whitespace();
    if let (Some(first), Some(_)) = (words.next(), words.next())
        && (SCHEMES.contains(&first) || own.is_some_and(|word| word == first))
    {
        return Some(("begins with a word of the header", "give the key alone: `Bearer` and the like are added when it is sent"));
    }
    let rest = spec.prefix.iter().chain(&spec.looks_like).find_map(|prefix| text.strip_prefix(prefix.as_str())).unwrap_or(text);
    is_placeholder(rest).then_some(("is a placeholder", "put the key in its place, as the service showed it"))
}

/// What a refused password suggests.
pub(super) fn in_password(text: &str) -> Option<&'static str> {
    if text.ends_with(['\n', '\r']) {
        return Some("the password ends in a line break, as one that was read from a file does");
    }
    if text.trim() != text {
        return Some("the password has white space at an edge");
    }
    if in_any(text).is_some() {
        return Some("the password looks as if it were in quotes, or a variable that nobody has replaced");
    }
    is_placeholder(text).then_some("the password looks like a placeholder")
}

fn in_any(text: &str) -> Option<(&'static str, &'static str)> {
    const QUOTES: [char; 7] = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'];
    if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
        return Some(("is in quotes, or has one at an edge", "give the text without them"));
    }
    if ["op://", "file://", "vault://", "env://"].iter().any(|start| text.starts_with(start)) {
        return Some(("is the address of a secret", "read it yourself and give the text: no store is asked here"));
    }
    if text.ends_with([',', ';']) {
        return Some(("ends in a comma or semicolon", "give the text without it"));
    }
    if is_unreplaced(text) {
        return Some(("is a name that nobody has replaced", "put the value in its place: nothing expands it here"));
    }
    let assigned = text.strip_prefix("export ").unwrap_or(text).split_once('=');
    if let Some((name, value)) = assigned
        && !value.trim_matches('=').is_empty()
        && (name.contains('_') || name.ends_with("KEY") || name.ends_with("TOKEN"))
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    {
        return Some(("is a whole line of an environment file", "give what stands behind the `=`"));
    }
    None
}

fn is_placeholder(text: &str) -> bool {
    let mut letters = text.chars();
    if let Some(first) = letters.next().filter(|first| BLANKS.contains(first))
        && text.len() >= SHORTEST_BLANK
        && letters.all(|letter| letter == first)
    {
        return true;
    }
    let word: String = text.chars().filter(|c| !matches!(c, '-' | '_' | ' ' | '.')).map(|c| c.to_ascii_lowercase()).collect();
    let is_yours = ["your", "insert", "enter", "paste"].iter().any(|start| word.starts_with(start))
        && ["key", "token", "secret", "here"].iter().any(|end| word.ends_with(end));
    let last = text.chars().next_back().filter(|last| BLANKS.contains(last) && *last != '.');
    let is_blank = last.is_some_and(|last| text.chars().rev().take_while(|letter| *letter == last).count() >= LONGEST_BLANK);
    is_yours || is_blank || PLACEHOLDERS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;

    fn key(service: &str, text: &str) -> Option<&'static str> {
        in_key(text, Dialect::builtin(service).unwrap().0.auth.key.as_ref().unwrap()).map(|(words, _)| words)
    }

    #[test]
    fn what_is_copied_along_with_a_key_is_named() {
        for (text, words) in [
            ("\"sk-a1b2c3d4.xyz789\"", "quotes"),
            ("'sk-a1b2c3d4.xyz789'", "quotes"),
            ("`sk-a1b2c3d4`", "quotes"),
            ("\u{201c}sk-a1b2\u{201d}", "quotes"),
            ("\"sk-a1b2c3d4.xyz789", "quotes"),
            ("Bearer sk-a1b2c3d4.xyz789", "word of the header"),
            ("bearer  sk-a1b2c3d4.xyz789", "word of the header"),
            ("ApiKey sk_live_abc", "word of the header"),
            ("X-API-Key: sk-a1b2c3d4.xyz789", "name of a header"),
            ("x-api-key:sk-a1b2c3d4.xyz789", "name of a header"),
            ("Authorization: Bearer sk-a1b2", "name of a header"),
            ("SECLAI_API_KEY=sk-a1b2c3", "environment file"),
            ("export SECLAI_API_KEY=sk-a1b2c3", "environment file"),
        ] {
            assert!(key("seclai", text).is_some_and(|found| found.contains(words)), "{text}: {:?}", key("seclai", text));
        }
    }

    #[test]
    fn a_placeholder_is_named_with_and_without_the_prefix_of_the_service() {
        for text in [
            "YOUR_API_KEY",
            "your-api-key",
            "your_seclai_api_key",
            "YOUR API KEY HERE",
            "<your key>",
            "{account-id}",
            "{{ secrets.KEY }}",
            "[redacted]",
            "[secret]",
            "${SECLAI_API_KEY}",
            "$SECLAI_API_KEY",
            "$(cat key)",
            "%SECLAI_API_KEY%",
            "changeme",
            "change-me",
            "None",
            "null",
            "undefined",
            "nil",
            "TODO",
            "xxxxxxxx",
            "****",
            "placeholder",
            "***",
            "sk-xxxxxxxxxxxx",
            "op://vault/item",
            "sk-a1b2c3d4.xyz789,",
            "insert-key-here",
        ] {
            assert!(key("seclai", text).is_some(), "{text}");
        }
        for (service, text) in
            [("itellico", "sk-xxxxxxxx"), ("seenty", "sk_live_your_key"), ("sidclaw", "ai_...."), ("segops", "sk_changeme")]
        {
            assert!(key(service, text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_key_passes() {
        for text in [
            "sk-a1b2c3d4.xyz789...",
            "sk_x",
            "a=b=",
            "QUJDRA==",
            "A1B2C3=",
            "/abc+def/ghi=",
            "key_abc123",
            "nonesuch-key",
            "x1x1x1",
            "tokens-are-fine",
        ] {
            assert_eq!(key("seclai", text), None, "{text}");
        }
    }

    #[test]
    fn a_password_is_only_explained() {
        assert!(in_password("hunter2\n").unwrap().contains("line break"));
        assert!(in_password(" hunter2").unwrap().contains("white space"));
        assert!(in_password("\"hunter2\"").unwrap().contains("quotes"));
        assert!(in_password("changeme").unwrap().contains("placeholder"));
        assert_eq!(in_password("correct horse battery staple"), None);
    }
}
