//! Server-sent events, as they arrive.
//!
//! Keep-alives count as signs of life and are not shown. A stream that breaks off is an error that
//! says how to go on: what was begun goes on at the service (SEC-84).

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;

use crate::auth::Credential;
use crate::checks::mask::{SecretsInUse, ServiceText};
use crate::client::Client;
use crate::dialect::{OpSpec, read};
use crate::json::{Document, Json, Node};
use crate::model::Meta;
use crate::model::error::{AttemptRecord, Error, ErrorKind, Outcome, Result, TimeoutScope};
use crate::pipeline::{Answered, Body, Done};
use crate::runtime;
use crate::runtime::clock::{Busy, Clock};
use crate::transport::wire::{BodySource, Fault, WireHead, WireResponse};

/// Between two events, keep-alives included.
const STALL: Duration = Duration::from_secs(60);
/// What is read of an answer that is no stream.
const EXCERPT: usize = 16 * 1024;
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
    /// The request that brought its head.
    attempts: Vec<AttemptRecord>,
    /// What must not be shown, whatever an event names.
    secrets: SecretsInUse,
    /// What an error tells, where the answer does not say what it is and has not begun yet.
    unsure: Option<Box<Opened>>,
}

/// An answer as it was opened, without its body.
struct Opened {
    op: Arc<OpSpec>,
    head: WireHead,
    credential: Option<Credential>,
    attempts: Vec<AttemptRecord>,
}

impl Opened {
    /// Says that it is no stream.
    fn refused(self, client: &Client, meta: &Meta, body: Bytes) -> Error {
        let Self { op, head, credential, attempts } = self;
        let words =
            if body.is_empty() { "the answer is empty where events are due" } else { "the answer is no stream of events" };
        let done = Done { answer: WireResponse { head, body }, meta: meta.clone(), credential, attempts };
        client.pipeline.unreadable(read::no_events(words), &op, &client.auth, &done)
    }
}

impl EventStream {
    pub(super) async fn open(
        client: &Client,
        op: &Arc<OpSpec>,
        answered: Answered,
        meta: Meta,
        stall: Option<Duration>,
    ) -> Result<Self> {
        let Answered { head, body, credential, attempts } = answered;
        let Body::Open(mut source) = body else { return Err(Error::new(ErrorKind::Internal)) };
        let secrets = client.auth.in_use().with(credential.iter().flat_map(Credential::secrets).cloned());
        let stall = stall.unwrap_or(STALL);
        let is_stream = says_events(&head);
        let opened = Opened { op: Arc::clone(op), head, credential, attempts: attempts.clone() };
        if is_stream == Some(false) {
            let body = beginning(&mut source, client.pipeline.clock.as_ref(), stall).await;
            return Err(opened.refused(client, &meta, body));
        }
        Ok(Self {
            meta,
            client: client.clone(),
            operation: op.name.clone(),
            source: Some(source),
            unsure: is_stream.is_none().then(|| Box::new(opened)),
            parser: Parser::default(),
            ready: VecDeque::new(),
            stall,
            run_id: None,
            attempts,
            secrets,
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
        if let Err(error) = runtime::check(self.client.pipeline.transport.needs_runtime()) {
            return Some(Err(self.client.named(error)));
        }
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
                Ok(Some(bytes)) if self.is_no_event(&bytes) => return Some(Err(self.refused(bytes))),
                Ok(Some(bytes)) if self.parser.push(&bytes, &mut self.ready) => self.note_run(),
                Ok(Some(_)) => return Some(Err(self.broken(Fault::TooLarge))),
                Ok(None) if self.parser.is_within_event() => return Some(Err(self.broken(Fault::Truncated))),
                Ok(None) => self.source = None,
                Err(fault) => return Some(Err(self.broken(fault))),
            }
        }
    }

    /// Whether an answer that does not say what it is begins as JSON or a page does.
    fn is_no_event(&mut self, bytes: &[u8]) -> bool {
        let text = bytes.strip_prefix(BOM).unwrap_or(bytes).trim_ascii_start();
        self.unsure.is_some() && matches!(text.first(), Some(b'{' | b'[' | b'<'))
    }

    fn refused(&mut self, bytes: Bytes) -> Error {
        self.source = None;
        match self.unsure.take() {
            Some(opened) => opened.refused(&self.client, &self.meta, bytes),
            None => Error::new(ErrorKind::Internal),
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
            data.timeout_scope = (kind == ErrorKind::Timeout).then_some(TimeoutScope::Read);
            data.outcome = Outcome::Applied;
            data.status = Some(self.meta.status);
            data.attempts.clone_from(&self.attempts);
            data.operation = Some(self.operation.clone().into());
            data.remedy = Some(match self.shown_id() {
                Some(id) => format!("the run goes on: wait for it with `runs.wait(\"{id}\")`"),
                None => "what was begun may go on at the service".to_owned(),
            });
        });
        self.client.named(error).hiding(&self.secrets)
    }

    /// The id of the run, as it may be shown.
    fn shown_id(&self) -> Option<String> {
        Some(ServiceText::of(self.run_id.as_deref()?).masked_id(&self.secrets)?.into_string())
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("operation", &self.operation)
            .field("run_id", &self.shown_id())
            .finish_non_exhaustive()
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Whether an answer says that it is a stream; `None` when it does not say what it is.
fn says_events(head: &WireHead) -> Option<bool> {
    // These have no body.
    if matches!(head.status, 204 | 205) {
        return Some(false);
    }
    let stated = head.headers.get(CONTENT_TYPE)?.to_str().unwrap_or_default();
    let media = stated.split(';').next().unwrap_or_default().trim();
    (!media.is_empty()).then(|| media.eq_ignore_ascii_case("text/event-stream"))
}

/// The beginning of a body, as far as it comes.
async fn beginning(source: &mut Box<dyn BodySource>, clock: &dyn Clock, stall: Duration) -> Bytes {
    let mut read = Vec::new();
    while read.len() < EXCERPT {
        let chunk = tokio::select! {
            biased;
            chunk = source.chunk() => chunk.ok().flatten(),
            () = clock.sleep(stall) => None,
        };
        let Some(chunk) = chunk else { break };
        read.extend_from_slice(&chunk);
    }
    read.into()
}

/// Cuts bytes into events, as the standard says: lines by LF, CR or CRLF, events by an empty line.
#[derive(Debug, Default)]
struct Parser {
    /// Whether the first line has been read.
    has_begun: bool,
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

    /// Whether something has been read that is not the end of an event, nor a comment.
    fn is_within_event(&self) -> bool {
        let line = self.line.strip_prefix(if self.has_begun { &[][..] } else { BOM }).unwrap_or(&self.line);
        !self.data.is_empty() || !self.event.is_empty() || !line.is_empty() && !line.starts_with(b":")
    }

    fn end_line(&mut self, into: &mut VecDeque<ServerEvent>) {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.has_begun, true) && line.starts_with(BOM) {
            line.drain(..BOM.len());
        }
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
            // Comments keep the connection alive; ids and retry server delays are for browsers.
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
    fn a_mark_of_byte_order_belongs_to_no_event_however_it_arrives() {
        let whole = b"\xef\xbb\xbfevent: a\ndata: \xef\xbb\xbf1\n\n";
        let want = [ServerEvent { event: "a".to_owned(), data: "\u{feff}1".to_owned() }];
        assert_eq!(parse(&[whole]), want);
        assert_eq!(parse(&[&whole[..1], &whole[1..2], &whole[2..]]), want);
    }

    #[test]
    fn what_stands_behind_the_last_event_is_known() {
        for (text, within) in [
            ("", false),
            ("data: 1\n\n", false),
            ("data: 1\n\n: keepal", false),
            ("\u{feff}: keepal", false),
            ("\u{feff}", false),
            ("data: 1\n\nda", true),
            ("data: 1\n", true),
            ("event: end\n", true),
        ] {
            let mut parser = Parser::default();
            assert!(parser.push(text.as_bytes(), &mut VecDeque::new()));
            assert_eq!(parser.is_within_event(), within, "{text:?}");
        }
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
