//! The text of a key: trimmed at the edges, checked, and never shown.
//!
//! What a paste adds around a key is removed; what stands inside it is refused before any I/O, by
//! position and never by content (security K1 to K10, ITE-57, ITE-62, ITE-63).

use super::mistake;
use crate::Secret;
use crate::dialect::{AuthMode, CredentialSpec};
use crate::model::error::{Error, Result};

/// More than any service gives out, less than any server takes as a header.
pub(crate) const LONGEST: usize = 4096;
/// Real keys are longer; the prefixes that pages show are shorter.
const SHORTEST_WHOLE: usize = 16;

/// A key's text that can be sent, and what is odd about it.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub secret: Secret,
    pub warning: Option<String>,
}

/// Trims and checks the text of a credential.
///
/// # Errors
/// `config` naming `field`.
pub(crate) fn parse(text: &str, field: &str, spec: &CredentialSpec, title: &str, check_shape: bool) -> Result<Parsed> {
    let trimmed = text.trim_matches(is_padding);
    if trimmed.is_empty() {
        return Err(Error::config(field.to_owned(), "is empty", format!("give the whole key as {title} showed it")));
    }
    if trimmed.len() > LONGEST {
        return Err(Error::config(
            field.to_owned(),
            "is too long to be a key",
            "check that it is the key and not a file or a list of keys",
        ));
    }
    if check_shape && let Some((words, remedy)) = mistake::in_key(trimmed, spec) {
        return Err(Error::config(field.to_owned(), words, remedy));
    }
    if let Some((place, odd)) = trimmed.chars().enumerate().find(|(_, c)| !c.is_ascii_graphic()) {
        let what = match odd {
            ' ' => "a space",
            _ if odd.is_ascii() => "a control character",
            _ => "a non-ASCII character",
        };
        return Err(Error::config(field.to_owned(), format!("holds {what} at position {}", place + 1), "copy the key again"));
    }
    if check_shape {
        prefix_rule(trimmed, field, spec, title)?;
    }
    let odd = spec.looks_like.as_deref().filter(|start| !trimmed.starts_with(start));
    let warning = odd.map(|start| format!("the key of {title} usually begins with `{start}`"));
    let warning = warning.or_else(|| (trimmed.len() != text.len()).then(|| "white space around the key was removed".to_owned()));
    Ok(Parsed { secret: Secret::new(trimmed), warning })
}

/// White space, and what editors and web pages leave around a copied text.
fn is_padding(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}')
}

fn prefix_rule(text: &str, field: &str, spec: &CredentialSpec, title: &str) -> Result<()> {
    let Some(prefix) = spec.prefix.as_deref().filter(|prefix| !text.starts_with(prefix)) else { return Ok(()) };
    let other = spec.other_prefixes.iter().find(|(start, _)| text.starts_with(start.as_str()));
    let reason = match other {
        Some((start, what)) => format!("begins with `{start}`: that is {what}; keys of {title} begin with `{prefix}`"),
        None => format!("does not begin with `{prefix}`, as every key of {title} does"),
    };
    Err(Error::config(field.to_owned(), reason, "give a key of this service, or set `check_key_shape` to false"))
}

/// What the shape of a refused key suggests, for the error that reports the 401.
pub(crate) fn suspicion(text: &str, spec: &CredentialSpec) -> Option<String> {
    if text.ends_with("...") {
        return Some("the key looks shortened: it ends in three dots".to_owned());
    }
    if let AuthMode::Jwt { .. } | AuthMode::CookieCsrf { .. } = spec.mode {
        return None;
    }
    if text.len() < SHORTEST_WHOLE {
        return Some("the key looks like a prefix: give the whole key".to_owned());
    }
    const OTHERS: [(&str, &str); 3] = [("ai_", "SidClaw"), ("sk_", "SegOps or Seenty"), ("sk-", "itellicoAI or Seclai")];
    let expected = spec.prefix.as_deref().or(spec.looks_like.as_deref());
    let foreign =
        OTHERS.iter().find(|(start, _)| text.starts_with(start) && expected.is_some_and(|expected| !expected.starts_with(start)));
    foreign.map(|(start, owner)| format!("the key begins with `{start}`, as keys of {owner} do"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;

    fn check(service: &str, text: &str) -> Result<Parsed> {
        let dialect = Dialect::builtin(service).unwrap();
        parse(text, "api_key", dialect.0.auth.key.as_ref().unwrap(), dialect.title(), true)
    }

    #[test]
    fn what_a_paste_adds_around_a_key_is_removed() {
        for text in [" sk_x", "sk_x\r\n", "\u{feff}sk_x", "\u{a0}sk_x\u{200b}", "\tsk_x\n\n"] {
            assert_eq!(check("segops", text).unwrap().secret.expose(), "sk_x", "{text:?}");
        }
    }

    #[test]
    fn what_stands_inside_a_key_is_refused_by_position() {
        for (text, place) in [
            ("sk_x\r\nX-Evil: 1", 5),
            ("sk_\ty", 4),
            ("sk_\0y", 4),
            ("sk_\u{7f}y", 4),
            ("sk_\u{2028}y", 4),
            ("sk_\u{feff}y", 4),
            ("sk_ключ", 4),
            ("sk\u{ff3f}x", 3),
            ("sk_a\u{2026}", 5),
            ("sk_a b", 5),
        ] {
            let error = check("segops", text).unwrap_err();
            assert_eq!(error.field(), Some("api_key"));
            assert!(error.to_string().contains(&format!("position {place}")), "{error}");
            assert!(!error.to_string().contains("Evil"));
        }
    }

    #[test]
    fn the_prefix_is_a_rule_only_where_the_page_says_so() {
        assert!(check("segops", "pk_live_x").unwrap_err().to_string().contains("browser key"));
        assert!(check("seenty", "sk_test_x").is_err() && check("itellico", "ai_x").is_err());
        assert!(check("sidclaw", "odd").unwrap().warning.is_some());
        assert!(check("seclai", "anything").unwrap().warning.is_none());
        assert!(check("seclai", " \n").unwrap_err().to_string().contains("is empty"));
    }

    #[test]
    fn a_refused_key_is_looked_at() {
        let spec = |service: &str| Dialect::builtin(service).unwrap();
        let guess = |service: &str, text: &str| suspicion(text, spec(service).0.auth.key.as_ref().unwrap());
        assert!(guess("itellico", "sk-a1b2c3d4.xyz789...").unwrap().contains("shortened"));
        assert!(guess("itellico", "sk-a1b2c3d4").unwrap().contains("prefix"));
        assert!(guess("sidclaw", "sk_live_0123456789abcdef").unwrap().contains("SegOps"));
        assert!(guess("sidclaw", "ai_0123456789abcdef0123").is_none());
    }
}
