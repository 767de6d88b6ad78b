//! A loopback server that gives prepared answers and keeps what it was asked.
//!
//! Asked more often than it has answers, it refuses with 599, so that a request too many shows.

use std::collections::VecDeque;
use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::message::{Answer, Call, Length, read_chunks, read_exactly, read_head, write_head};

/// A server on a port of its own, for as long as the process lives.
#[derive(Debug, Clone)]
pub struct Listener {
    base_url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    answers: VecDeque<Answer>,
    calls: Vec<Call>,
}

impl Listener {
    /// Starts to listen; the answers are given in their order.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(answers: impl IntoIterator<Item = Answer>) -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let state = Arc::new(Mutex::new(State { answers: answers.into_iter().collect(), calls: Vec::new() }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A peer that hangs up is the peer's business: what counts is what was asked.
                std::thread::spawn(move || drop(serve(&stream, &shared)));
            }
        });
        Ok(Self { base_url: format!("http://{address}"), state })
    }

    /// Where it listens.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What it was asked so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state).calls.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: &TcpStream, state: &Mutex<State>) -> Result<(), String> {
    let mut from = BufReader::new(stream);
    while let Some((first, headers)) = read_head(&mut from)? {
        let mut words = first.split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let body = match Length::of(&headers)? {
            Length::Exactly(length) => read_exactly(&mut from, length)?,
            Length::Chunked => read_chunks(&mut from)?,
            Length::Unknown => Vec::new(),
        };
        let answer = {
            let mut state = lock(state);
            state.calls.push(Call { method, target, headers, body });
            state.answers.pop_front().unwrap_or_else(too_many)
        };
        write_answer(stream, answer)?;
    }
    Ok(())
}

fn too_many() -> Answer {
    Answer { status: 599, headers: Vec::new(), body: b"{}".to_vec() }
}

fn write_answer(mut stream: &TcpStream, answer: Answer) -> Result<(), String> {
    let mut headers = answer.headers;
    if answer.status != 204 {
        headers.push(("Content-Length".to_owned(), answer.body.len().to_string()));
    }
    let mut bytes = write_head(&format!("HTTP/1.1 {} Scripted", answer.status), &headers).into_bytes();
    bytes.extend(answer.body);
    stream.write_all(&bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::send;

    #[test]
    fn what_is_asked_is_kept_and_one_too_many_is_refused() {
        let listener =
            Listener::start([Answer { status: 201, headers: vec![("X-A".into(), "1".into())], body: b"{}".to_vec() }]).unwrap();
        let call = Call {
            method: "POST".into(),
            target: "/a?b=1".into(),
            headers: vec![("X-Key".into(), "k".into())],
            body: b"[]".to_vec(),
        };
        let answer = send(&format!("{}/prefix/", listener.base_url()), &call).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (201, &b"{}"[..]));
        assert_eq!(send(listener.base_url(), &call).unwrap().status, 599);
        let calls = listener.calls();
        assert_eq!((calls.len(), calls[0].target.as_str(), calls[0].body.as_slice()), (2, "/prefix/a?b=1", &b"[]"[..]));
    }
}
