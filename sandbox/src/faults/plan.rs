//! From an action to what goes out: a changed answer, or raw bytes with an ending.
//!
//! An answer that can still be sound HTTP goes out through the HTTP stack; everything else is
//! written here byte by byte.

use std::collections::BTreeMap;
use std::time::Duration;

use super::content;
use super::gzip::{bomb, gzip};
use super::rule::{Action, ContentChange, HeadChange, Phase, Place, Target, Values};
use super::script::{Ending, Piece, Wire};
use crate::service::{Body, Reply, Step};
use crate::time::Time;

/// What is sent in the end.
#[derive(Debug)]
pub(crate) enum Planned {
    Reply(Reply),
    Wire(Wire),
}

/// Where a redirect may lead to.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    pub(crate) own: String,
    pub(crate) other: String,
    /// Path and query of the request.
    pub(crate) target: String,
}

/// What happens instead of an answer, before the handler or after the commit; `answer` is the one
/// that is withheld.
pub(crate) fn instead(action: &Action, origins: &Origins, answer: Option<&Reply>, now: Time) -> Planned {
    if let Action::Status { status, headers, body } = action {
        return in_status(*status, headers, body, now);
    }
    if let Action::Redirect { status, to } = action {
        let reply = Reply::empty(*status);
        return Planned::Reply(match location(to, origins) {
            Some(location) => reply.header("Location", location),
            None => reply,
        });
    }
    if let Action::Raw { text } = action {
        let mut wire = Wire::default();
        wire.send(text.as_bytes());
        return Planned::Wire(wire);
    }
    match answer {
        Some(reply) => plan(action, Phase::AfterCommit, reply, now),
        None => Planned::Wire(Wire { ending: action.ending(), ..Wire::default() }),
    }
}

fn in_status(status: u16, headers: &BTreeMap<String, Values>, body: &str, now: Time) -> Planned {
    let mut reply = Reply { status, headers: Vec::new(), body: Body::Bytes(body.as_bytes().to_vec()) };
    for (name, values) in headers {
        reply.headers.extend(values.iter().map(|value| (name.clone(), value.clone())));
    }
    if !reply.has_header("content-type") && !body.is_empty() {
        let json = serde_json::from_str::<serde_json::Value>(body).is_ok();
        reply = reply.header("Content-Type", if json { "application/json" } else { "text/plain" });
    }
    // The HTTP stack gives no 1xx as an answer; the bytes do.
    if status >= 200 { Planned::Reply(reply) } else { Planned::Wire(Message::of(&reply, now).whole()) }
}

fn location(to: &Target, origins: &Origins) -> Option<String> {
    let Origins { own, other, target } = origins;
    Some(match to {
        Target::SameOrigin => format!("{own}/elsewhere"),
        Target::OtherPort => format!("{other}/elsewhere"),
        Target::OtherHost => "http://elsewhere.invalid/".to_owned(),
        Target::OtherScheme => format!("{}{target}", own.replacen("http:", "https:", 1)),
        Target::File => "file:///etc/hostname".to_owned(),
        Target::Relative => "/elsewhere".to_owned(),
        Target::Loop => format!("{own}{target}"),
        Target::None => return None,
        Target::Garbage => "ht!tp://[::".to_owned(),
    })
}

/// What becomes of an answer that is due.
pub(crate) fn plan(action: &Action, phase: Phase, reply: &Reply, now: Time) -> Planned {
    let mut message = Message::of(reply, now);
    if let Action::Reset { after } | Action::Close { after } | Action::Stall { after } = action {
        let before = if phase == Phase::InBody { message.head_length() } else { 0 };
        let mut wire = message.whole();
        wire.cut(before + after);
        return Planned::Wire(Wire { ending: action.ending(), ..wire });
    }
    if let Action::Content { change, member, value } = action {
        let bytes = content::change(&message.bytes(), *change, member.as_deref(), value.as_ref());
        if *change == ContentChange::ContentType {
            message.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            let said = value.as_ref().and_then(serde_json::Value::as_str);
            message.headers.extend(said.map(|said| ("Content-Type".to_owned(), said.to_owned())));
        } else if *change == ContentChange::Html {
            message.replace("Content-Type", "text/html");
        }
        return Planned::Wire(message.with_body(bytes));
    }
    Planned::Wire(body_fault(action, message))
}

fn body_fault(action: &Action, message: Message) -> Wire {
    let bytes = message.bytes();
    match action {
        Action::KeepAliveRace => Wire { ending: Ending::ResetOnNext, ..message.whole() },
        Action::Head { change, count } => head_fault(message, *change, *count),
        Action::Truncate { after, at } => {
            let length = at.and_then(|at| place(&bytes, at)).or(*after).unwrap_or(bytes.len() / 2);
            let mut wire = message.whole();
            wire.cut(message.head_length() + length);
            wire
        }
        Action::TruncateChunk => {
            let size = format!("{:x}\r\n", bytes.len().max(2));
            message.followed_by(Framing::Chunked, [size.as_bytes(), &bytes[..bytes.len() / 2]])
        }
        Action::BadChunk { size } => message.followed_by(Framing::Chunked, [size.as_bytes(), b"\r\n", &bytes, b"\r\n0\r\n\r\n"]),
        Action::WrongLength { by } => message.followed_by(Framing::Length(bytes.len() as i64 + by), [bytes.as_slice()]),
        Action::Slow { bytes_per_second } => slow(&message, &bytes, *bytes_per_second),
        Action::Endless => flood(&message, None),
        Action::Oversize { bytes } => flood(&message, Some(*bytes)),
        Action::GzipBomb { bytes } => gzip_bomb(message.encoded("gzip"), *bytes),
        Action::BadGzip => message.encoded("gzip").with_body(broken(gzip(&bytes))),
        Action::GzipTrailing => message.encoded("gzip").with_body([gzip(&bytes), b"and more".to_vec()].concat()),
        Action::StackedEncoding => message.encoded("gzip, gzip").with_body(gzip(&gzip(&bytes))),
        Action::UnrequestedEncoding => message.encoded("br").with_body(bytes),
        // What is left acts on the connection or replaces the answer.
        Action::Status { .. }
        | Action::Redirect { .. }
        | Action::Delay { .. }
        | Action::Refuse { .. }
        | Action::Reset { .. }
        | Action::Close { .. }
        | Action::Stall { .. }
        | Action::Raw { .. }
        | Action::Content { .. } => message.whole(),
    }
}

fn slow(message: &Message, bytes: &[u8], bytes_per_second: usize) -> Wire {
    let mut wire = message.followed_by(Framing::Length(bytes.len() as i64), []);
    for bytes in bytes.chunks(bytes_per_second) {
        wire.pieces.push(Piece { wait: Duration::from_secs(1), bytes: bytes.to_vec(), times: Some(1) });
    }
    wire
}

/// Spaces: so many with a length, or chunks of them without end.
fn flood(message: &Message, bytes: Option<u64>) -> Wire {
    let times = bytes.map(|bytes| bytes.div_ceil(0x1_0000));
    let framing = times.map_or(Framing::Chunked, |times| Framing::Length((times * 0x1_0000) as i64));
    let mut wire = message.followed_by(framing, []);
    let spaces = vec![b' '; 0x1_0000];
    wire.repeat(if times.is_some() { spaces } else { chunk(&spaces, false) }, times);
    wire
}

fn gzip_bomb(message: Message, bytes: u64) -> Wire {
    let (head, block, times, tail) = bomb(bytes);
    let length = head.len() + block.len() * times as usize + tail.len();
    let mut wire = message.followed_by(Framing::Length(length as i64), [head.as_slice()]);
    wire.repeat(block, Some(times));
    wire.send(tail);
    wire
}

/// A wrong magic and a broken checksum: no reader gets past both.
fn broken(mut packed: Vec<u8>) -> Vec<u8> {
    packed[1] ^= 0xff;
    packed.iter_mut().rev().take(8).for_each(|byte| *byte ^= 0xff);
    packed
}

fn head_fault(mut message: Message, change: HeadChange, count: Option<usize>) -> Wire {
    let mut wire = Wire::default();
    let length = message.bytes().len() as i64;
    match change {
        HeadChange::InformationalFlood => {
            wire.repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", Some(count.unwrap_or(100) as u64));
            wire.pieces.extend(message.whole().pieces);
            return wire;
        }
        HeadChange::Http09 => {
            wire.send(message.bytes());
            return wire;
        }
        HeadChange::Cut => {
            let mut wire = message.whole();
            wire.cut(count.unwrap_or(20));
            return wire;
        }
        HeadChange::HeaderFlood => {
            message.headers.extend((0..count.unwrap_or(101)).map(|n| (format!("X-Flood-{n}"), "1".to_owned())));
        }
        HeadChange::HeaderSize => message.replace("X-Large", &"a".repeat(count.unwrap_or(65_537))),
        HeadChange::ObsFold => message.replace("X-Folded", "one\r\n two"),
        HeadChange::BareCr => message.replace("X-Odd", "one\rtwo"),
        HeadChange::Nul => message.replace("X-Odd", "one\0two"),
        HeadChange::TwoLengths => message.replace("content-length", &(length + 1).to_string()),
        HeadChange::LengthAndChunked => message.replace("content-length", &length.to_string()),
        HeadChange::NoContentWithBody => message.status = 204,
        HeadChange::NotModified => message.status = 304,
        HeadChange::SwitchingProtocols => message.status = 101,
        HeadChange::Http10 | HeadChange::BadStatus => {}
    }
    let framing = if change == HeadChange::LengthAndChunked {
        Framing::Chunked
    } else if change == HeadChange::Http10 {
        Framing::UntilClose
    } else {
        Framing::Length(length)
    };
    let mut head = message.head(framing);
    if change == HeadChange::Http10 {
        head = head.replacen("HTTP/1.1", "HTTP/1.0", 1);
    } else if change == HeadChange::BadStatus {
        head = head.replacen(&format!(" {} ", message.status), " 2x0 ", 1);
    }
    wire.send(head);
    match framing {
        Framing::Chunked => wire.send(chunk(&message.bytes(), true)),
        Framing::Length(_) | Framing::UntilClose => wire.send(message.bytes()),
    }
    wire
}

/// Where the place is in a body, in bytes.
fn place(body: &[u8], place: Place) -> Option<usize> {
    let text = std::str::from_utf8(body).ok()?;
    let start = ["\"key\":\"", "\"token\":\"", "\"access\":\""].iter().find_map(|name| Some(text.find(name)? + name.len()))?;
    let length = text[start..].find('"')?;
    Some(match place {
        Place::InsideSecret => start + length / 2,
        Place::AfterSecret => start + length + 1,
    })
}

#[derive(Debug, Clone, Copy)]
enum Framing {
    Length(i64),
    Chunked,
    UntilClose,
}

/// An answer on its way to bytes.
#[derive(Debug)]
struct Message {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<(Duration, Vec<u8>)>,
    streamed: bool,
}

impl Message {
    fn of(reply: &Reply, now: Time) -> Self {
        let mut headers = reply.headers.clone();
        if !reply.has_header("date") {
            headers.insert(0, ("Date".to_owned(), now.imf()));
        }
        let (body, streamed) = match &reply.body {
            Body::Empty => (Vec::new(), false),
            Body::Bytes(bytes) => (vec![(Duration::ZERO, bytes.clone())], false),
            Body::Json(json) => {
                if !reply.has_header("content-type") {
                    headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
                }
                (vec![(Duration::ZERO, json.to_string().into_bytes())], false)
            }
            Body::Script(steps) => (timed(steps), true),
        };
        Self { status: reply.status, headers, body, streamed }
    }

    fn bytes(&self) -> Vec<u8> {
        self.body.iter().flat_map(|(_, bytes)| bytes).copied().collect()
    }

    fn replace(&mut self, name: &str, value: &str) {
        self.headers.retain(|(header, _)| !header.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn encoded(mut self, encoding: &str) -> Self {
        self.replace("Content-Encoding", encoding);
        self
    }

    fn framing(&self) -> Framing {
        if self.streamed { Framing::Chunked } else { Framing::Length(self.bytes().len() as i64) }
    }

    fn head(&self, framing: Framing) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        match framing {
            Framing::Length(length) => head += &format!("Content-Length: {length}\r\n"),
            Framing::Chunked => head += "Transfer-Encoding: chunked\r\n",
            Framing::UntilClose => {}
        }
        head + "\r\n"
    }

    fn head_length(&self) -> usize {
        self.head(self.framing()).len()
    }

    /// The head with this framing, and then these bytes as they are.
    fn followed_by<const N: usize>(&self, framing: Framing, parts: [&[u8]; N]) -> Wire {
        let mut wire = Wire::default();
        wire.send(self.head(framing));
        parts.into_iter().for_each(|part| wire.send(part));
        wire
    }

    fn whole(&self) -> Wire {
        let mut wire = self.followed_by(self.framing(), []);
        let count = self.body.len();
        for (index, (wait, bytes)) in self.body.iter().enumerate() {
            let bytes = if self.streamed { chunk(bytes, index + 1 == count) } else { bytes.clone() };
            wire.pieces.push(Piece { wait: *wait, bytes, times: Some(1) });
        }
        wire
    }

    fn with_body(mut self, bytes: Vec<u8>) -> Wire {
        self.streamed = false;
        self.body = vec![(Duration::ZERO, bytes)];
        self.whole()
    }
}

fn timed(steps: &[Step]) -> Vec<(Duration, Vec<u8>)> {
    let (mut pieces, mut wait) = (Vec::new(), Duration::ZERO);
    for step in steps {
        match step {
            Step::Wait(more) => wait += *more,
            Step::Send(text) => pieces.push((std::mem::take(&mut wait), text.clone().into_bytes())),
        }
    }
    pieces
}

fn chunk(bytes: &[u8], last: bool) -> Vec<u8> {
    let size = format!("{:x}\r\n", bytes.len());
    let end: &[u8] = if last { b"\r\n0\r\n\r\n" } else { b"\r\n" };
    [size.as_bytes(), bytes, end].concat()
}

fn reason(status: u16) -> &'static str {
    hyper::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Odd")
}
