//! Names in the forms that languages write them in.

/// `KeyPage`, `HTTPCode` as `key_page`, `http_code`.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    for (place, c) in name.char_indices() {
        let next_is_lower = name[place + c.len_utf8()..].starts_with(|next: char| next.is_lowercase());
        if c.is_uppercase() && before != '_' && (!before.is_uppercase() || next_is_lower) {
            out.push('_');
        }
        out.extend(c.to_lowercase());
        before = c;
    }
    out
}

/// `key_page` as `KeyPage`.
pub fn pascal(name: &str) -> String {
    name.split('_').map(capitalized).collect()
}

/// `key_page` as `keyPage`.
pub fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(capitalized).collect::<String>()
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_every_form() {
        for (pascal_form, snake_form, camel_form) in [
            ("KeyPage", "key_page", "keyPage"),
            ("Id", "id", "id"),
            ("RetryAfterTooLong", "retry_after_too_long", "retryAfterTooLong"),
        ] {
            assert_eq!(snake(pascal_form), snake_form);
            assert_eq!(pascal(snake_form), pascal_form);
            assert_eq!(camel(snake_form), camel_form);
        }
        assert_eq!(snake("HTTPCode"), "http_code");
    }
}
