//! What looks like a key: the beginnings that the dialects name.
//!
//! A sixth service brings its own with its file. Only the beginning of a JSON web token belongs to
//! no service.

use std::sync::{Arc, OnceLock};

/// A JSON web token begins with an encoded `{"`.
const JSON_WEB_TOKEN: &str = "eyj";
/// A shorter beginning is that of many words.
const LEAST: usize = 3;
/// Shorter runs are words, not secrets.
const SHORTEST: usize = 12;

/// The beginnings by which keys and tokens are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shapes {
    /// Those of a service of the caller's own; the built-in services' are always known.
    own: Option<Arc<[String]>>,
}

impl Shapes {
    /// The beginnings that one dialect names.
    pub(crate) fn of(names: impl Iterator<Item = String>) -> Self {
        Self { own: Some(names.map(|name| name.to_ascii_lowercase()).filter(|name| name.len() >= LEAST).collect()) }
    }

    pub(crate) fn names(&self) -> &[String] {
        self.own.as_deref().unwrap_or_default()
    }

    /// Tells each run in a text, folded to lower case, that looks like a key.
    pub(super) fn find(&self, text: &[u8], found: &mut impl FnMut(usize, usize)) {
        let known = || built_in().iter().chain(self.names()).map(String::as_str).chain([JSON_WEB_TOKEN]);
        let mut at = 0;
        while at < text.len() {
            let begins = at == 0 || !text[at - 1].is_ascii_alphanumeric();
            if begins && text[at].is_ascii_alphanumeric() && known().any(|name| text[at..].starts_with(name.as_bytes())) {
                let length = text[at..].iter().position(|byte| !is_key_byte(*byte)).unwrap_or(text.len() - at);
                if length >= SHORTEST {
                    found(at, at + length);
                    at += length;
                    continue;
                }
            }
            at += 1;
        }
    }
}

/// What stands in keys and tokens: the characters of base64 in both alphabets, and what joins parts.
fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'+' | b'/' | b'=')
}

/// Those of the built-in services, from their files.
fn built_in() -> &'static [String] {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = crate::dialect::shapes_of_built_in();
        names.sort_unstable();
        names.dedup();
        names
    })
}
