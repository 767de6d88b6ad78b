//! Hides secrets in text that came from a service, before it reaches an error or a log.
//!
//! What a service echoes is not ours to trust: the key in use is hidden wherever it stands, as it
//! is or as JSON spells it, and so is everything that looks like a key or a token (security H128,
//! H130).

use serde_json::Value;

use crate::Secret;

/// The beginnings that keys and tokens are known by.
const PREFIXES: [&str; 8] = ["sk_", "sk-", "pk_", "mk_", "ai_", "acme_", "eyJ", "kw_"];
/// Shorter runs are words, not secrets.
const SHORTEST: usize = 12;
/// Longer than any key that is sent.
const LONGEST: usize = 8 * 1024;
const HIDDEN: &str = "[redacted]";

/// The text with the given secrets and everything of a key's shape replaced.
pub(crate) fn mask(text: &str, secrets: &[Secret]) -> String {
    // A shorter one would take words apart and is no secret anyway.
    let long = secrets.iter().map(Secret::expose).filter(|secret| secret.len() >= 4);
    let text = long.fold(text.to_owned(), |text, secret| hide(&text, secret));
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let word = rest.find(|c: char| !is_key_char(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(word);
        let shape =
            PREFIXES.iter().any(|prefix| run.starts_with(prefix)) && run.len() >= SHORTEST && run.len() > "sk_live_".len();
        out.push_str(if shape { HIDDEN } else { run });
        let next = after.chars().next().map_or(0, char::len_utf8);
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}

fn hide(text: &str, secret: &str) -> String {
    let text = text.replace(secret, HIDDEN);
    let spelled = Value::from(secret).to_string();
    let escaped = spelled.trim_matches('"');
    if escaped == secret { text } else { text.replace(escaped, HIDDEN) }
}

/// Hides a secret in every text of a JSON value, and in the names of its members. What only looks
/// like a key stays: the prefix that a service shows does.
pub(crate) fn hide_in(value: &mut Value, secret: &str) {
    match value {
        Value::String(text) => *text = hide(text, secret),
        Value::Array(items) => items.iter_mut().for_each(|item| hide_in(item, secret)),
        Value::Object(members) => {
            let masked = std::mem::take(members).into_iter().map(|(name, mut member)| {
                hide_in(&mut member, secret);
                (hide(&name, secret), member)
            });
            *members = masked.collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The first printable characters of a body that could not be read, masked.
pub(crate) fn excerpt(body: &[u8], secrets: &[Secret]) -> Option<String> {
    const SHOWN: usize = 200;
    // Masked before it is cut: half a key at the end would no longer look like one. What is shown
    // stands in the first bytes, so that a key which begins there is whole in what is masked.
    let begin = body.iter().position(|byte| *byte > b' ').unwrap_or(body.len());
    let head = &body[begin..body.len().min(begin + 4 * SHOWN + LONGEST)];
    let text: String = String::from_utf8_lossy(head).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let shown: String = mask(text.trim_end(), secrets).chars().take(SHOWN).collect();
    (!shown.is_empty()).then_some(shown)
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_in_use_and_whatever_looks_like_one_is_hidden() {
        assert_eq!(mask("key my-own-odd-key is bad", &[Secret::new("my-own-odd-key")]), "key [redacted] is bad");
        assert_eq!(mask("no \"sk_live_abcdefgh12345678\"!", &[]), "no \"[redacted]\"!");
        assert_eq!(mask("token eyJhbGciOi.eyJzdWIi.sig", &[]), "token [redacted]");
        assert_eq!(mask(r#"["a\"b\\c"]"#, &[Secret::new(r#"a"b\c"#)]), r#"["[redacted]"]"#);
    }

    #[test]
    fn plain_words_and_shown_prefixes_stay() {
        for text in [
            "This API key has call history and cannot be deleted.",
            "keys begin with sk_live_",
            "ai_1234",
            "ApiKey 'key_abc123' not found",
            "é sk_ é",
        ] {
            assert_eq!(mask(text, &[]), text);
        }
    }

    #[test]
    fn an_excerpt_is_short_printable_and_masked() {
        let body = format!("\u{0}<html>{} sk_live_{}", "x".repeat(180), "k".repeat(500));
        let shown = excerpt(body.as_bytes(), &[]).unwrap();
        assert!(shown.chars().count() <= 200 && !shown.contains("kkkk") && !shown.contains('\u{0}'));
        assert_eq!(excerpt(b"", &[]), None);
        for before in [0, 150, 190, 199, 795, 3190, 3199] {
            let body = format!("{}odd/key=of no shape{}", " ".repeat(before), "y".repeat(4000));
            let shown = excerpt(body.as_bytes(), &[Secret::new("odd/key=of no shape")]).unwrap();
            assert!(!shown.contains("odd"), "{before}: {shown}");
        }
    }
}
