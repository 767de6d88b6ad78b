//! RFC 3339, written strictly and read as it is met.

use std::fmt;

use super::{Civil, Timestamp};

/// The longest year that is read: `Instant.MAX` of some libraries has that many digits.
const LONGEST_YEAR: usize = 10;

/// Reads a time; `None` when it is none.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let mut rest = Rest(text.as_bytes());
    let year = rest.year()?;
    let month = rest.after(b"-")?.two()?;
    let day = rest.after(b"-")?.two()?;
    let hour = rest.after(b"Tt ")?.two()?;
    let minute = rest.after(b":")?.two()?;
    let second = if rest.after(b":").is_some() { rest.two()? } else { 0 };
    let micro = if rest.after(b".,").is_some() { rest.micros()? } else { 0 };
    let offset = rest.offset()?;
    Civil { year, month, day, hour, minute, second, micro }.instant(-offset)
}

/// Whether a text is the zero time without a zone, as .NET and Java write it.
pub(super) fn is_bare_zero(text: &str) -> bool {
    text.len() < 32 && !text.ends_with(['Z', 'z']) && read(&format!("{text}Z")) == Some(Timestamp::MIN)
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// Steps over one of these letters.
    fn after(&mut self, letters: &[u8]) -> Option<&mut Self> {
        let (first, rest) = self.0.split_first()?;
        letters.contains(first).then(|| {
            self.0 = rest;
            self
        })
    }

    /// So many digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
    }

    fn two(&mut self) -> Option<i64> {
        self.digits(2)
    }

    fn count_digits(&self) -> usize {
        self.0.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// Four digits; or a sign and more, as ISO 8601 writes years beyond them.
    fn year(&mut self) -> Option<i64> {
        let sign = if self.after(b"-").is_some() {
            -1
        } else if self.after(b"+").is_some() {
            1
        } else {
            return self.digits(4);
        };
        let count = self.count_digits();
        (4..=LONGEST_YEAR).contains(&count).then(|| self.digits(count).map(|year| sign * year))?
    }

    /// Decimals of a second; those beyond microseconds are dropped.
    fn micros(&mut self) -> Option<i64> {
        let count = self.count_digits();
        let kept = count.min(6);
        let number = self.digits(kept).filter(|_| kept > 0)?;
        self.0 = &self.0[count - kept..];
        Some((kept..6).fold(number, |number, _| number * 10))
    }

    /// The seconds east of UTC, to the end of the text.
    fn offset(mut self) -> Option<i64> {
        let sign = match self.0 {
            b"Z" | b"z" => return Some(0),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            _ => return None,
        };
        self.after(b"+-")?;
        let (mut parts, mut count) = ([0; 3], 0);
        while count < parts.len() && !self.0.is_empty() {
            if count > 0 {
                self.after(b":");
            }
            parts[count] = self.two()?;
            count += 1;
        }
        let [hours, minutes, seconds] = parts;
        let is_offset = count > 0 && self.0.is_empty() && hours < 24 && minutes < 60 && seconds < 60;
        is_offset.then_some(sign * (hours * 3600 + minutes * 60 + seconds))
    }
}

/// Writes a time; the formatter's precision is the number of decimals.
pub(super) fn write(at: Timestamp, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Civil { year, month, day, hour, minute, second, micro } = Civil::of(at);
    write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
    let decimals = f.precision().unwrap_or_else(|| needed(micro)).min(6);
    if decimals > 0 {
        let shown = (decimals..6).fold(micro, |number, _| number / 10);
        write!(f, ".{shown:0decimals$}")?;
    }
    f.write_str("Z")
}

/// How many decimals say it all.
fn needed(micro: i64) -> usize {
    let (mut micro, mut decimals) = (micro, 6);
    while decimals > 0 && micro % 10 == 0 {
        micro /= 10;
        decimals -= 1;
    }
    decimals
}
