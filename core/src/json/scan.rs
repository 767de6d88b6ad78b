//! One pass over a text: whether it is JSON as we accept it, and where each value stands.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use super::NotJson;
use super::node::{Kind, Mark};

/// As deep as the JSON library reads, which decodes what is scanned here.
const DEEPEST: usize = 127;
/// The largest integer that every language holds exactly.
const EXACT: u64 = (1 << 53) - 1;
/// Digits that a float holds whatever they are.
const SAFE_DIGITS: usize = 300;
/// The most values, names of members included, of a text up to 8 MiB. An answer of objects has one
/// in some 12 bytes; without a limit a text of nothing but values costs ten times as much as another
/// of its length, while every other call of the thread waits.
const MOST_VALUES: usize = 1 << 20;

/// The most values of a text of that length.
pub(super) const fn most_values(length: usize) -> usize {
    let proportional = length / 8;
    if proportional > MOST_VALUES { proportional } else { MOST_VALUES }
}

/// Whether a text that could not be read has more values than are read, by what stands between them.
pub(crate) fn holds_too_many_values(body: &[u8]) -> bool {
    let (mut values, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in body {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b',' | b':' | b'[' | b'{' if !is_text => values += 1,
            _ => {}
        }
    }
    values >= most_values(body.len())
}

/// The most places of a text of that length that may be no Unicode.
pub(super) const fn most_broken(length: usize) -> usize {
    1_024 + length / 16
}

/// What a text turned out to be.
pub(super) enum Scanned {
    /// JSON, with a mark for each of its values.
    Marks(Vec<Mark>),
    /// JSON but for integers that a double cannot hold: where their digits stand.
    LongIntegers(Vec<Range<usize>>),
}

/// Marks the values of a text.
pub(super) fn scan(text: &str) -> Result<Scanned, NotJson> {
    scanned(text, false).map(|(scanned, _)| scanned)
}

/// Marks the values of a text in which half a surrogate pair breaks only the text that it stands in,
/// and says where each of them stands.
pub(super) fn scan_list(text: &str) -> Result<(Scanned, Vec<usize>), NotJson> {
    scanned(text, true)
}

fn scanned(text: &str, takes_halves: bool) -> Result<(Scanned, Vec<usize>), NotJson> {
    // Offsets are kept in 32 bits; no answer is that long.
    u32::try_from(text.len()).map_err(|_| NotJson)?;
    // Three marks for a member of a usual object take some 40 bytes of text.
    let marks = Vec::with_capacity(text.len() / 12 + 1);
    let mut scanner =
        Scanner { text, bytes: text.as_bytes(), at: 0, depth: 0, marks, long: Vec::new(), takes_halves, halves: Vec::new() };
    scanner.space();
    scanner.value()?;
    if scanner.at != text.len() {
        return Err(NotJson);
    }
    let scanned = if scanner.long.is_empty() { Scanned::Marks(scanner.marks) } else { Scanned::LongIntegers(scanner.long) };
    Ok((scanned, scanner.halves))
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    marks: Vec<Mark>,
    long: Vec<Range<usize>>,
    takes_halves: bool,
    /// Where halves of surrogate pairs stand.
    halves: Vec<usize>,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        count_step();
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Goes past a byte, if it comes next.
    fn passes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// A value and the white space behind it.
    fn value(&mut self) -> Result<(), NotJson> {
        match self.peek().ok_or(NotJson)? {
            b'"' => self.string()?,
            b'{' => self.object()?,
            b'[' => self.list()?,
            b't' => self.word("true", Kind::True)?,
            b'f' => self.word("false", Kind::False)?,
            b'n' => self.word("null", Kind::Null)?,
            _ => self.number()?,
        }
        self.space();
        Ok(())
    }

    fn open(&mut self, kind: Kind) -> Result<usize, NotJson> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(NotJson);
        }
        self.push(Mark { kind, start: self.at as u32, end: 0, after: 0 })?;
        self.at += 1;
        self.space();
        Ok(self.marks.len() - 1)
    }

    fn close(&mut self, opened: usize) {
        self.depth -= 1;
        let after = self.marks.len() as u32;
        if let Some(mark) = self.marks.get_mut(opened) {
            mark.end = self.at as u32;
            mark.after = after;
        }
    }

    fn mark(&mut self, kind: Kind, start: usize) -> Result<(), NotJson> {
        let after = self.marks.len() as u32 + 1;
        self.push(Mark { kind, start: start as u32, end: self.at as u32, after })
    }

    fn push(&mut self, mark: Mark) -> Result<(), NotJson> {
        if self.marks.len() >= most_values(self.text.len()) {
            return Err(NotJson);
        }
        self.marks.push(mark);
        Ok(())
    }

    fn list(&mut self) -> Result<(), NotJson> {
        let opened = self.open(Kind::List)?;
        if !self.passes(b']') {
            loop {
                self.value()?;
                if self.passes(b']') {
                    break;
                }
                self.comma()?;
            }
        }
        self.close(opened);
        Ok(())
    }

    fn object(&mut self) -> Result<(), NotJson> {
        let opened = self.open(Kind::Object)?;
        let mut names = Names::default();
        if !self.passes(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    return Err(NotJson);
                }
                self.string()?;
                if let Some(Mark { kind, start, end, .. }) = self.marks.last() {
                    if *kind == Kind::Broken {
                        return Err(NotJson);
                    }
                    names.note(*kind, &self.bytes[*start as usize..*end as usize]);
                }
                self.space();
                if !self.passes(b':') {
                    return Err(NotJson);
                }
                self.space();
                self.value()?;
                if self.passes(b'}') {
                    break;
                }
                self.comma()?;
            }
        }
        self.close(opened);
        // With long integers it is read once more.
        let is_last = self.long.is_empty();
        if is_last && names.may_repeat() && self.repeats(opened) { Err(NotJson) } else { Ok(()) }
    }

    fn comma(&mut self) -> Result<(), NotJson> {
        if !self.passes(b',') {
            return Err(NotJson);
        }
        self.space();
        Ok(())
    }

    /// Whether a member of the object is named twice.
    ///
    /// Numbers are sorted several times faster than texts, and nobody can choose names whose numbers
    /// are equal: where two are, it is the same name, which ends the reading.
    fn repeats(&self, object: usize) -> bool {
        let node = super::Node::new(self.text, &self.marks, object);
        let names = || node.members().filter_map(|(name, _)| name.text()).inspect(|_| count_step());
        let state = RandomState::new();
        let mut numbers: Vec<u64> = names().map(|name| state.hash_one(&*name)).collect();
        numbers.sort_unstable_by(|a, b| {
            count_step();
            a.cmp(b)
        });
        let is_same = |number: u64| {
            let mut same = names().filter(|name| state.hash_one(&**name) == number);
            let first = same.next();
            same.any(|name| Some(name) == first)
        };
        numbers.windows(2).filter(|pair| pair[0] == pair[1]).any(|pair| is_same(pair[0]))
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<(), NotJson> {
        let start = self.at;
        if !self.bytes[start..].starts_with(word.as_bytes()) {
            return Err(NotJson);
        }
        self.at += word.len();
        self.mark(kind, start)
    }

    /// Text in quotes; the quotes are part of the mark.
    fn string(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        self.at += 1;
        let (mut kind, halves) = (Kind::Text, self.halves.len());
        loop {
            while PLAIN[usize::from(self.peek().ok_or(NotJson)?)] {
                self.at += 1;
            }
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return self.mark(if self.halves.len() > halves { Kind::Broken } else { kind }, start);
                }
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.escape()?;
                }
                Some(_) | None => return Err(NotJson),
            }
        }
    }

    fn escape(&mut self) -> Result<(), NotJson> {
        self.at += 2;
        match self.bytes.get(self.at - 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => {
                let start = self.at - 2;
                match self.unit()? {
                    0xdc00..0xe000 => self.half(start),
                    0xd800..0xdc00 => {
                        let behind = self.at;
                        let is_pair = self.bytes[self.at..].starts_with(b"\\u") && {
                            self.at += 2;
                            (0xdc00..0xe000).contains(&self.unit()?)
                        };
                        if is_pair {
                            return Ok(());
                        }
                        self.at = behind;
                        self.half(start)
                    }
                    _ => Ok(()),
                }
            }
            Some(_) | None => Err(NotJson),
        }
    }

    /// Half a pair is no character.
    fn half(&mut self, start: usize) -> Result<(), NotJson> {
        self.halves.push(start);
        if self.takes_halves && self.halves.len() <= most_broken(self.text.len()) { Ok(()) } else { Err(NotJson) }
    }

    /// The four hexadecimal digits of a code unit.
    fn unit(&mut self) -> Result<u32, NotJson> {
        let digits = self.bytes.get(self.at..self.at + 4).ok_or(NotJson)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| Ok(unit * 16 + char::from(*digit).to_digit(16).ok_or(NotJson)?))
    }

    fn number(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        self.passes(b'-');
        let digits = self.at;
        let leads_with_zero = self.peek() == Some(b'0');
        if self.digits()? > 1 && leads_with_zero {
            return Err(NotJson);
        }
        let whole = digits..self.at;
        let mut kind = Kind::Integer;
        if self.passes(b'.') {
            kind = Kind::Float;
            self.digits()?;
        }
        let has_exponent = self.passes(b'e') || self.passes(b'E');
        if has_exponent {
            kind = Kind::Float;
            let _sign = self.passes(b'+') || self.passes(b'-');
            self.digits()?;
        }
        if kind == Kind::Integer && is_long(&self.text[whole.clone()]) {
            self.long.push(start..self.at);
        }
        let may_be_infinite = has_exponent || whole.len() > SAFE_DIGITS;
        if kind == Kind::Float && may_be_infinite && !self.text[start..self.at].parse().is_ok_and(f64::is_finite) {
            return Err(NotJson);
        }
        self.mark(kind, start)
    }

    /// Goes past digits, of which there must be one, and counts them.
    fn digits(&mut self) -> Result<usize, NotJson> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(NotJson) } else { Ok(self.at - start) }
    }
}

fn is_long(digits: &str) -> bool {
    digits.len() > 15 && digits.parse().map_or(true, |value: u64| value > EXACT)
}

#[cfg(test)]
thread_local! {
    /// Bytes that were looked at and names that were compared on this thread.
    pub(super) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// For the tests, which hold the work to the length of the text.
#[inline]
fn count_step() {
    #[cfg(test)]
    STEPS.set(STEPS.get() + 1);
}

/// What may stand in a text as it is.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 0x20 {
        plain[byte] = false;
        byte += 1;
    }
    plain[b'"' as usize] = false;
    plain[b'\\' as usize] = false;
    plain
};

/// Which names an object has, as far as two numbers tell: enough to be sure of most objects that no
/// name comes twice.
#[derive(Default)]
struct Names {
    count: u32,
    seen: u128,
    has_escapes: bool,
}

impl Names {
    fn note(&mut self, kind: Kind, quoted: &[u8]) {
        self.count += 1;
        self.has_escapes |= kind == Kind::Escaped;
        let hash = quoted.iter().fold(quoted.len() as u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(*byte)));
        self.seen |= 1 << (hash % 127);
    }

    fn may_repeat(&self) -> bool {
        self.has_escapes || self.seen.count_ones() < self.count
    }
}
