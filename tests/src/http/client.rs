//! Sends one request on a connection of its own.
//!
//! Nothing is added but what HTTP/1.1 demands (`Host`, `Content-Length`, `Connection: close`), so
//! an example says everything else itself.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::message::{Answer, Call, Length, read_chunks, read_exactly, read_head, write_head};

/// A guard against a peer that never answers; nothing waits for it in a passing run.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends a call to `http://host:port`, with the base's path in front of its target.
///
/// # Errors
/// Says what failed, without the values of headers.
pub fn send(base_url: &str, call: &Call) -> Result<Answer, String> {
    let place = base_url.strip_prefix("http://").ok_or_else(|| format!("{base_url} is not plain HTTP"))?;
    let (address, prefix) = place.find('/').map_or((place, ""), |at| place.split_at(at));
    let mut stream = TcpStream::connect(address).map_err(|error| format!("{address}: {error}"))?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
    let mut headers = vec![("Host".to_owned(), address.to_owned()), ("Connection".to_owned(), "close".to_owned())];
    headers.extend(call.headers.iter().cloned());
    if !call.body.is_empty() {
        headers.push(("Content-Length".to_owned(), call.body.len().to_string()));
    }
    let first = format!("{} {}{} HTTP/1.1", call.method, prefix.trim_end_matches('/'), call.target);
    let mut bytes = write_head(&first, &headers).into_bytes();
    bytes.extend(&call.body);
    stream.write_all(&bytes).map_err(|error| format!("sending: {error}"))?;
    read_answer(&mut BufReader::new(stream))
}

fn read_answer(from: &mut BufReader<TcpStream>) -> Result<Answer, String> {
    let (first, headers) = read_head(from)?.ok_or("the connection was closed without an answer")?;
    let status =
        first.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| format!("`{first}` has no status"))?;
    let body = match Length::of(&headers)? {
        Length::Exactly(length) => read_exactly(from, length)?,
        Length::Chunked => read_chunks(from)?,
        Length::Unknown => {
            let mut body = Vec::new();
            from.read_to_end(&mut body).map_err(|error| format!("reading: {error}"))?;
            body
        }
    };
    Ok(Answer { status, headers, body })
}
