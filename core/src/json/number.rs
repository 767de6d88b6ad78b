//! Numbers as services spell them: `5`, `5.0`, `5e0` and `"5"` are one number, and none becomes
//! another one.

/// Longer texts of digits are no count and no id of anybody.
const MOST_DIGITS: i64 = 40;

/// The digits of a number that is whole however it is spelled: `1e2` as `100`. `None` when it is
/// not whole, or longer than any id.
pub(super) fn whole(text: &str) -> Option<String> {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i64 = exponent.parse().ok()?;
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if before.is_empty() || !is_number(before) || !is_number(after) {
        return None;
    }
    let digits = format!("{before}{after}");
    // Where the point stands, counted from the beginning.
    let point = i64::try_from(before.len()).ok()?.checked_add(exponent)?;
    let significant = digits.trim_end_matches('0').len() as i64;
    let number = match digits.trim_start_matches('0') {
        "" => return Some("0".to_owned()),
        _ if point < significant || point > MOST_DIGITS => return None,
        _ => digits.chars().chain(std::iter::repeat('0')).take(usize::try_from(point).ok()?).collect::<String>(),
    };
    Some(format!("{sign}{}", number.trim_start_matches('0')))
}

/// The number that a text holds and nothing else, by JSON's grammar; `None` beyond what a double
/// can hold.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let number: f64 = serde_json::from_str(text).ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_the_same_however_it_is_spelled() {
        for (text, digits) in [
            ("5", "5"),
            ("5.0", "5"),
            ("1e2", "100"),
            ("1E+2", "100"),
            ("1.25e2", "125"),
            ("1500e-2", "15"),
            ("-3.0", "-3"),
            ("0.0", "0"),
            ("-0", "0"),
            ("0e99", "0"),
            ("123456789012345678901234567890.0", "123456789012345678901234567890"),
        ] {
            assert_eq!(whole(text).as_deref(), Some(digits), "{text}");
        }
        for text in ["", "1.5", "125e-2", "1e400", "1e99999999999999999999", "-", ".", "1.2.3", "0x10", "5 ", "NaN"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn a_decimal_is_read_whole_or_not_at_all() {
        assert_eq!(["3.5", "-2", "1e2"].map(decimal), [Some(3.5), Some(-2.0), Some(100.0)]);
        assert_eq!(["", "3,5", "1e999", "NaN", "inf", "\"3\"", "3 x"].map(decimal), [None; 7]);
    }
}
