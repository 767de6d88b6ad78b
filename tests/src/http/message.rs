//! One request and one answer, and how they are read from a connection.
//!
//! Reading is strict where it decides what was said (lengths, chunks) and leaves the rest as it came.

use std::io::{BufRead, Read};

/// A request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// `GET`.
    pub method: String,
    /// Path and query as they stand on the wire.
    pub target: String,
    /// All headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// All headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The cookies that the answer sets, by name.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        lines.filter_map(|(_, value)| value.split(';').next()?.split_once('='))
    }
}

/// Path and query pairs of a target, percent-decoded.
#[must_use]
pub fn path_and_query(target: &str) -> (String, Vec<(String, String)>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
    });
    (decoded(path), pairs.collect())
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A first line and its headers.
pub(super) type Head = (String, Vec<(String, String)>);

/// Reads a head; `None` when the other side closed before it said anything.
pub(super) fn read_head(from: &mut impl BufRead) -> Result<Option<Head>, String> {
    let Some(first) = read_line(from)? else {
        return Ok(None);
    };
    let mut headers = Vec::new();
    loop {
        let line = read_line(from)?.ok_or("the head was cut")?;
        if line.is_empty() {
            return Ok(Some((first, headers)));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| format!("`{line}` is no header"))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn read_line(from: &mut impl BufRead) -> Result<Option<String>, String> {
    let mut line = String::new();
    let read = from.read_line(&mut line).map_err(|error| error.to_string())?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// What a body's end is known by.
pub(super) enum Length {
    /// So many bytes.
    Exactly(usize),
    /// Chunks.
    Chunked,
    /// Nothing says so.
    Unknown,
}

impl Length {
    pub(super) fn of(headers: &[(String, String)]) -> Result<Self, String> {
        let header =
            |name: &str| headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        if header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            return Ok(Self::Chunked);
        }
        match header("content-length") {
            Some(length) => length.parse().map(Self::Exactly).map_err(|_| format!("`{length}` is no length")),
            None => Ok(Self::Unknown),
        }
    }
}

pub(super) fn read_exactly(from: &mut impl Read, length: usize) -> Result<Vec<u8>, String> {
    let mut body = vec![0; length];
    from.read_exact(&mut body).map_err(|error| format!("the body was cut: {error}"))?;
    Ok(body)
}

pub(super) fn read_chunks(from: &mut impl BufRead) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let line = read_line(from)?.ok_or("a chunk was cut")?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(|_| format!("`{line}` is no chunk length"))?;
        body.extend(read_exactly(from, length)?);
        read_line(from)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

/// Writes headers and an empty line.
pub(super) fn write_head(first: &str, headers: &[(String, String)]) -> String {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{first}\r\n{lines}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_decoded_once_and_taken_apart() {
        let (path, query) = path_and_query("/a%2Fb/%C3%A9?x=1%2B1&y=a+b&z");
        assert_eq!(path, "/a/b/é");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(query, [pair("x", "1+1"), pair("y", "a b"), pair("z", "")]);
    }

    #[test]
    fn chunks_are_joined_and_a_cut_chunk_is_an_error() {
        assert_eq!(read_chunks(&mut &b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"[..]).unwrap(), b"abc");
        assert!(read_chunks(&mut &b"5\r\nab"[..]).is_err());
    }
}
