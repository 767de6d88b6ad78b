//! The spellings in which a service may write a secret back.
//!
//! A text is looked at as it stands and with its escapes resolved, once for each level of nesting:
//! JSON in JSON, a URL in a form. These are known, in upper and lower case, alone and nested up to
//! [`DEEPEST`]:
//!
//! - `\"`, `\\`, `\/`, `\'`, `\n` and their kin, `\u0026`, `\x26` (JSON, JavaScript, Python);
//! - `%26` (URLs and forms);
//! - `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&apos;`, `&#38;`, `&#x26;` (HTML, XML).
//!
//! Letters are compared without regard to case, because a host is shown in lower case.

use zeroize::Zeroizing;

/// JSON in a form in JSON: more is not seen in the wild, and each level costs one more pass.
const DEEPEST: usize = 3;
/// The longest entity: `&#x10ffff;`.
const LONGEST_ENTITY: usize = 10;

/// A text with some of its escapes resolved, in lower case, and where each byte comes from.
pub(super) struct Level {
    /// Wiped, because it may be of a secret.
    bytes: Zeroizing<Vec<u8>>,
    /// Where each byte begins in the text as it was given; one more for the end. Nothing is kept
    /// while bytes still stand where they stood.
    origins: Option<Vec<u32>>,
}

impl Level {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where a byte comes from.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origins.as_ref().map_or(at, |origins| origins.get(at).map_or(0, |origin| *origin as usize))
    }

    /// The text with one level of escapes resolved; `None` when it has none.
    fn resolved(&self) -> Option<Self> {
        if !self.bytes.iter().any(|byte| matches!(byte, b'\\' | b'%' | b'&')) {
            return None;
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.bytes.len()));
        let mut origins = Vec::with_capacity(self.bytes.len() + 1);
        let mut at = 0;
        let mut has_changed = false;
        while at < self.bytes.len() {
            let (character, length) = match escape(&self.bytes[at..]) {
                Some((character, length)) => {
                    has_changed = true;
                    (character, length)
                }
                None => (Resolved::Byte(self.bytes[at]), 1),
            };
            match character {
                Resolved::Byte(byte) => bytes.push(byte.to_ascii_lowercase()),
                Resolved::Character(character) => {
                    bytes.extend(character.to_ascii_lowercase().encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            origins.resize(bytes.len(), self.origin(at) as u32);
            at += length;
        }
        origins.push(self.origin(self.bytes.len()) as u32);
        has_changed.then_some(Self { bytes, origins: Some(origins) })
    }
}

/// Shows the text as it stands and then with ever more of its escapes resolved.
pub(super) fn each_level(text: &str, mut look: impl FnMut(&Level)) {
    // Origins are kept in 32 bits; no answer is that long.
    let Ok(_) = u32::try_from(text.len()) else { return };
    let mut level = Level { bytes: Zeroizing::new(text.to_ascii_lowercase().into_bytes()), origins: None };
    look(&level);
    for _ in 0..DEEPEST {
        let Some(next) = level.resolved() else { return };
        level = next;
        look(&level);
    }
}

enum Resolved {
    Byte(u8),
    Character(char),
}

/// What an escape at the beginning of the bytes stands for, and how long it is.
fn escape(bytes: &[u8]) -> Option<(Resolved, usize)> {
    match bytes {
        [b'%', high, low, ..] => Some((Resolved::Byte(hex(&[*high, *low])? as u8), 3)),
        [b'\\', b'u', ..] => unicode(bytes),
        [b'\\', b'x', high, low, ..] => Some((Resolved::Byte(hex(&[*high, *low])? as u8), 4)),
        [b'\\', escaped, ..] => {
            let byte = match escaped {
                b'"' | b'\\' | b'/' | b'\'' => *escaped,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 0x08,
                b'f' => 0x0c,
                _ => return None,
            };
            Some((Resolved::Byte(byte), 2))
        }
        [b'&', ..] => entity(bytes),
        _ => None,
    }
}

/// `\u0026`, or two halves of a character.
fn unicode(bytes: &[u8]) -> Option<(Resolved, usize)> {
    let unit = |at: usize| hex(bytes.get(at..at + 4)?);
    let first = unit(2)?;
    if let Some(character) = char::from_u32(first) {
        return Some((Resolved::Character(character), 6));
    }
    let second = bytes.get(6..8).filter(|between| *between == b"\\u").and_then(|_| unit(8))?;
    let pair = char::decode_utf16([first as u16, second as u16]).next()?.ok()?;
    Some((Resolved::Character(pair), 12))
}

fn entity(bytes: &[u8]) -> Option<(Resolved, usize)> {
    let end = bytes.iter().take(LONGEST_ENTITY).position(|byte| *byte == b';')?;
    let character = match &bytes[1..end] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x', digits @ ..] => char::from_u32(hex(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        _ => return None,
    };
    Some((Resolved::Character(character), end + 1))
}

fn hex(digits: &[u8]) -> Option<u32> {
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    (!digits.is_empty()).then_some(())?;
    digits.iter().try_fold(0_u32, |sum, digit| sum.checked_mul(16)?.checked_add(value(digit)?))
}
