//! A value that must not print: key text, passwords, tokens.
//!
//! There is one way to read it, [`Secret::expose`], so that every place which does is found by
//! one search. Redaction goes by type, never by a list of header names.

use std::fmt;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::checks::mask::Needle;

/// Text that prints nowhere and is wiped when its last copy is dropped.
///
/// Clones share one buffer. There is no `Serialize`, and `Debug` and `Display` show a placeholder.
///
/// ```
/// use keywright::Secret;
///
/// let key = Secret::new("sk_live_abc");
/// assert_eq!(format!("{key:?} {key}"), "Secret([redacted]) [redacted]");
/// assert_eq!(key.expose(), "sk_live_abc");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<Held>);

struct Held {
    text: Zeroizing<String>,
    /// Made when an answer is first searched for it.
    needle: OnceLock<Needle>,
}

impl Secret {
    /// The longest that a service may give, in bytes: more than any key or token, and little enough
    /// that no work with it is felt.
    pub(crate) const LONGEST: usize = 8 * 1024;

    /// Takes ownership of the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Held { text: Zeroizing::new(text.into()), needle: OnceLock::new() }))
    }

    /// The text itself: the only way to read it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0.text
    }

    /// It prepared for being searched for in what a service sends.
    pub(crate) fn needle(&self) -> &Needle {
        self.0.needle.get_or_init(|| Needle::of(self.expose()))
    }

    /// The first eight hexadecimal digits of the SHA-256 of the text: enough to tell two keys
    /// apart in a log, useless to anyone who wants the key.
    ///
    /// ```
    /// assert_eq!(keywright::Secret::new("sk_live_abc").fingerprint().len(), 8);
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.expose().as_bytes());
        digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}
