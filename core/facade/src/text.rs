//! Text from a language whose strings may hold what UTF-8 cannot.
//!
//! Half a surrogate pair must not become U+FFFD on its way: a key with one in it would be another
//! key (security I19).

use crate::api::KeywrightError;

/// The text of UTF-16 code units.
///
/// # Errors
/// `config`, naming the argument, when half a surrogate pair stands alone in it.
pub fn from_utf16(units: &[u16], field: &str) -> Result<String, KeywrightError> {
    String::from_utf16(units).map_err(|_| lone_surrogate(field))
}

/// What is said of an argument that holds half a surrogate pair.
#[must_use]
pub fn lone_surrogate(field: &str) -> KeywrightError {
    KeywrightError::config(field, "holds half a surrogate pair, which is no character", "remove it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_pair_is_refused_and_a_whole_one_kept() {
        assert_eq!(from_utf16(&[0x61, 0xd83d, 0xde00], "name").unwrap(), "a\u{1f600}");
        let error = from_utf16(&[0x61, 0xd83d], "name").unwrap_err();
        assert_eq!(error.info().field.as_deref(), Some("name"));
    }
}
