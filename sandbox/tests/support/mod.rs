//! A plain HTTP client on a bare socket, so that the tests see exactly what is sent.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "each test file uses a part of it")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that can be used several times.
pub struct Connection {
    reader: BufReader<TcpStream>,
    base: String,
}

impl Connection {
    pub fn to(url: &str) -> std::io::Result<Self> {
        let rest = url.strip_prefix("http://").expect("a plain URL");
        let (host, base) = rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
        Ok(Self { reader: BufReader::new(TcpStream::connect(host)?), base })
    }

    pub fn stream(&self) -> &TcpStream {
        self.reader.get_ref()
    }

    /// Sends a request; `headers` as `Name: value` lines.
    pub fn send(&mut self, method: &str, path: &str, headers: &[&str], body: &str) -> std::io::Result<()> {
        let mut text = format!("{method} {}{path} HTTP/1.1\r\nHost: localhost\r\n", self.base);
        headers.iter().for_each(|header| text += &format!("{header}\r\n"));
        if !body.is_empty() {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        self.reader.get_mut().write_all(format!("{text}\r\n{body}").as_bytes())
    }

    /// Reads one answer; fails as the connection fails.
    pub fn receive(&mut self) -> std::io::Result<Answer> {
        let mut answer = self.head()?;
        if answer.header("transfer-encoding").is_some() {
            while let Some(chunk) = self.chunk()? {
                answer.body.extend(chunk);
            }
        } else if let Some(length) = answer.header("content-length") {
            answer.body = vec![0; length.parse().unwrap()];
            self.reader.read_exact(&mut answer.body)?;
        }
        Ok(answer)
    }

    pub fn head(&mut self) -> std::io::Result<Answer> {
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut head = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(": ").expect("a header");
            head.push((name.to_owned(), value.to_owned()));
        }
        Ok(Answer { status: status.ok_or(std::io::ErrorKind::InvalidData)?, head, body: Vec::new() })
    }

    /// The next chunk of a chunked body.
    pub fn chunk(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let size = usize::from_str_radix(&self.line()?, 16).map_err(|_| std::io::ErrorKind::InvalidData)?;
        let mut chunk = vec![0; size];
        self.reader.read_exact(&mut chunk)?;
        self.line()?;
        Ok((size > 0).then_some(chunk))
    }

    /// So many bytes.
    pub fn some(&mut self, count: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.reader.read_exact(&mut bytes).map(|()| bytes)
    }

    /// Everything until the connection ends, and how it ended.
    pub fn rest(&mut self) -> (Vec<u8>, std::io::Result<()>) {
        let mut bytes = Vec::new();
        let mut buffer = [0; 65_536];
        loop {
            match self.reader.read(&mut buffer) {
                Ok(0) => return (bytes, Ok(())),
                Ok(count) => bytes.extend(&buffer[..count]),
                Err(error) => return (bytes, Err(error)),
            }
        }
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// One request on a connection of its own.
pub fn try_call(url: &str, method: &str, path: &str, headers: &[&str], body: &str) -> std::io::Result<Answer> {
    let mut connection = Connection::to(url)?;
    connection.send(method, path, headers, body)?;
    connection.receive()
}

#[track_caller]
pub fn call(url: &str, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
    try_call(url, method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}
