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

/// The member of a closed list that a word names.
///
/// # Errors
/// `config`, naming the argument and every word that there is.
pub fn word<T: Copy>(given: &str, field: &str, all: &[T], as_str: fn(T) -> &'static str) -> Result<T, KeywrightError> {
    all.iter().copied().find(|one| as_str(*one) == given).ok_or_else(|| {
        let words: Vec<String> = all.iter().map(|one| format!("`{}`", as_str(*one))).collect();
        KeywrightError::config(field, "is not known", &format!("use one of {}", words.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Safety;

    #[test]
    fn a_word_is_one_of_those_that_there_are() {
        assert_eq!(word("never", "safety", Safety::ALL, Safety::as_str), Ok(Safety::Never));
        let error = word("Never", "safety", Safety::ALL, Safety::as_str).unwrap_err();
        assert_eq!(error.info().field.as_deref(), Some("safety"));
        assert!(error.to_string().contains("use one of `safe`, `idempotent`, `never`"), "{error}");
    }

    #[test]
    fn half_a_pair_is_refused_and_a_whole_one_kept() {
        assert_eq!(from_utf16(&[0x61, 0xd83d, 0xde00], "name").unwrap(), "a\u{1f600}");
        let error = from_utf16(&[0x61, 0xd83d], "name").unwrap_err();
        assert_eq!(error.info().field.as_deref(), Some("name"));
    }
}
