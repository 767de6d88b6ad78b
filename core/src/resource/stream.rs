//! Server-sent events, as they arrive.
//!
//! Keep-alives count as signs of life and are not shown. A stream that breaks off is an error that
//! says how to go on: what was begun goes on at the service (SEC-84).

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::client::Client;
use crate::clock::Busy;
use crate::dialect::read;
use crate::error::{Error, ErrorKind, Outcome, Result, TimeoutScope};
use crate::json::{Document, Json, Node};
use crate::model::Meta;
use crate::pipeline::{Answered, Body};
use crate::wire::{BodySource, Fault};

/// Between two events, keep-alives included.
const STALL: Duration = Duration::from_secs(60);
/// A single event longer than this is a defect, not data.
const LONGEST_EVENT: usize = 8 * 1024 * 1024;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerEvent {
    /// Its name; `message` when the service gave none.
    pub event: String,
    /// Its data.
    pub data: String,
}

impl ServerEvent {
    /// The data as JSON.
    ///
    /// # Errors
    /// `decode`, reason `json`.
    pub fn json(&self) -> Result<Json> {
        read::json(self.data.as_bytes()).map(|document| document.root().json())
    }
}

/// Events as they arrive. Dropping it closes the connection.
///
/// ```no_run
/// # async fn f(client: keywright::Client) -> keywright::Result<()> {
/// let mut events = client.runs().stream("agent_1", &serde_json::json!({ "input": "hi" })).await?;
/// while let Some(event) = events.next().await {
///     let event = event?;
///     println!("{}: {}", event.event, event.data);
/// }
/// # Ok(())
/// # }
/// ```
pub struct EventStream {
    /// How its head came to be.
    pub meta: Meta,
    client: Client,
    operation: String,
    source: Option<Box<dyn BodySource>>,
    parser: Parser,
    ready: VecDeque<ServerEvent>,
    stall: Duration,
    /// The id of what runs, once the service has named it.
    run_id: Option<String>,
}

impl EventStream {
    pub(super) fn open(
        client: &Client,
        operation: &str,
        answered: Answered,
        meta: Meta,
        stall: Option<Duration>,
    ) -> Result<Self> {
        let Body::Open(source) = answered.body else { return Err(Error::new(ErrorKind::Internal)) };
        Ok(Self {
            meta,
            client: client.clone(),
            operation: operation.to_owned(),
            source: Some(source),
            parser: Parser::default(),
            ready: VecDeque::new(),
            stall: stall.unwrap_or(STALL),
            run_id: None,
        })
    }

    /// The id of the run behind the stream, once an event has named it: what to poll when the
    /// stream breaks off.
    #[must_use]
    pub fn run_id(&self) -> Option<&str> {
        self.run_id.as_deref()
    }

    /// The next event; `None` at the end. After an error it ends.
    pub async fn next(&mut self) -> Option<Result<ServerEvent>> {
        let clock = Arc::clone(&self.client.pipeline.clock);
        let _busy = Busy::on(&clock);
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            let source = self.source.as_mut()?;
            let chunk = tokio::select! {
                biased;
                chunk = source.chunk() => chunk.map_err(|error| error.fault),
                () = clock.sleep(self.stall) => Err(Fault::Timeout),
            };
            match chunk {
                Ok(Some(bytes)) if self.parser.push(&bytes, &mut self.ready) => self.note_run(),
                Ok(Some(_)) => return Some(Err(self.broken(Fault::TooLarge))),
                Ok(None) => self.source = None,
                Err(fault) => return Some(Err(self.broken(fault))),
            }
        }
    }

    fn note_run(&mut self) {
        if self.run_id.is_none() {
            let ids = self.ready.iter().filter_map(|event| Document::read(event.data.as_bytes()).ok());
            self.run_id = ids.filter_map(|data| data.root().get("run_id").and_then(Node::text_or_number)).next();
        }
    }

    fn broken(&mut self, fault: Fault) -> Error {
        self.source = None;
        let kind = match fault {
            Fault::Timeout => ErrorKind::Timeout,
            Fault::TooLarge | Fault::Encoding | Fault::Malformed => ErrorKind::Decode,
            Fault::Resolve
            | Fault::Connect
            | Fault::Unanswered
            | Fault::Resources
            | Fault::NoRoots
            | Fault::Certificate(_)
            | Fault::Tls(_)
            | Fault::Proxy(_)
            | Fault::Reset
            | Fault::Truncated => ErrorKind::Network,
        };
        let error = Error::new(kind).with(|data| {
            data.reason = match kind {
                ErrorKind::Decode => Some("too_large".into()),
                ErrorKind::Network => Some("truncated".into()),
                _ => None,
            };
            data.summary = Some("the stream broke off".to_owned());
            data.timeout_scope = (kind == ErrorKind::Timeout).then_some(TimeoutScope::Stall);
            data.outcome = Outcome::Applied;
            data.status = Some(self.meta.status);
            data.request_id.clone_from(&self.meta.request_id);
            data.operation = Some(self.operation.clone().into());
            data.remedy = Some(match &self.run_id {
                Some(id) => format!("the run goes on: wait for it with `runs.wait(\"{id}\")`"),
                None => "what was begun may go on at the service".to_owned(),
            });
        });
        self.client.named(error)
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("operation", &self.operation).field("run_id", &self.run_id).finish_non_exhaustive()
    }
}

/// Cuts bytes into events, as the standard says: lines by LF, CR or CRLF, events by an empty line.
#[derive(Debug, Default)]
struct Parser {
    line: Vec<u8>,
    after_cr: bool,
    event: String,
    data: Vec<String>,
    held: usize,
}

impl Parser {
    /// Takes bytes; `false` when an event is longer than any can be.
    fn push(&mut self, bytes: &[u8], into: &mut VecDeque<ServerEvent>) -> bool {
        for byte in bytes {
            let follows_cr = std::mem::replace(&mut self.after_cr, *byte == b'\r');
            match byte {
                b'\n' if follows_cr => {}
                b'\n' | b'\r' => self.end_line(into),
                _ => {
                    self.line.push(*byte);
                    self.held += 1;
                }
            }
        }
        self.held <= LONGEST_EVENT
    }

    fn end_line(&mut self, into: &mut VecDeque<ServerEvent>) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            self.held = 0;
            let event = std::mem::take(&mut self.event);
            let data = std::mem::take(&mut self.data);
            if !data.is_empty() || !event.is_empty() {
                let event = if event.is_empty() { "message".to_owned() } else { event };
                into.push_back(ServerEvent { event, data: data.join("\n") });
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => self.data.push(value.to_owned()),
            // Comments keep the connection alive; ids and retry hints are for browsers.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(chunks: &[&[u8]]) -> Vec<ServerEvent> {
        let mut parser = Parser::default();
        let mut events = VecDeque::new();
        chunks.iter().for_each(|chunk| assert!(parser.push(chunk, &mut events)));
        events.into()
    }

    #[test]
    fn events_are_cut_at_empty_lines_whatever_ends_a_line() {
        let event = |event: &str, data: &str| ServerEvent { event: event.to_owned(), data: data.to_owned() };
        let want = vec![event("init", "{\"run_id\":\"r\"}"), event("message", "a\nb"), event("stream_end", "")];
        for end in ["\n", "\r\n", "\r"] {
            let text = format!(
                ": keepalive{end}{end}event: init{end}data: {{\"run_id\":\"r\"}}{end}{end}data:a{end}data: b{end}{end}event: stream_end{end}{end}event: cut"
            );
            assert_eq!(parse(&[text.as_bytes()]), want);
        }
    }

    proptest! {
        #[test]
        fn where_the_network_cuts_changes_nothing(cuts in proptest::collection::vec(0_usize..60, 0..6)) {
            let text = b"event: a\r\ndata: \xc3\xa9 1\r\n\r\n: ping\n\nevent: b\ndata: 2\n\n";
            let mut places: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            places.sort_unstable();
            let mut chunks = Vec::new();
            let mut from = 0;
            for place in places {
                chunks.push(&text[from..place]);
                from = place;
            }
            chunks.push(&text[from..]);
            prop_assert_eq!(parse(&chunks), parse(&[text]));
        }
    }
}
