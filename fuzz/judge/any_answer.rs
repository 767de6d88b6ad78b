//! What one input of the fuzz target `any_answer` means, and what must hold whatever it is: no panic,
//! no overflow of the stack, no secret in anything that is printed.
//!
//! The first bytes say who is asked for what and how the answer comes; the rest is its body, in which
//! the bytes 1 to 6 stand for secrets that the client holds, in several spellings. The ordinary tests
//! replay the committed inputs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Once};

use keywright::testing::{Fault, Phase, Reached, ReplayTransport, Reply, TransportError};
use keywright::{
    Account, ActionResult, Arguments, CallOptions, CallsQuery, Client, ClientOptions, CreateKey, Dialect, Error, Event,
    Management, ManualClock, Observer, PageRequest, UpdateKey, UsageQuery,
};
use serde_json::{Value, json};

const MARK: &str = "canary";
const KEY: &str = "sk_live_CANARYkey/odd+x=1~";
const KEY_OF_A_SHAPE: &str = "sk-CANARY0123456789abcdef";
const PASSWORD: &str = "pass/CANARY \"word<&";
/// What a service gives out: known only once it stands where a new secret does.
const NEW: &str = "odd/brand+new=secret~";

/// Keys and what the dialects declare.
const KEY_CALLS: [&str; 11] =
    ["create", "rotate", "list", "get", "update", "archive", "revoke", "reactivate", "delete", "retire", "calls"];
const OTHER_CALLS: [&str; 4] = ["usage", "raw get", "raw post", "walk"];

pub struct Case<'a> {
    service: &'static str,
    call: u8,
    status: u16,
    flags: u8,
    body: &'a [u8],
}

thread_local! {
    /// Everything that is printed while one input is judged, all of it on this thread.
    static HEARD: RefCell<String> = const { RefCell::new(String::new()) };
}

fn hear(text: &str) {
    HEARD.with_borrow_mut(|heard| {
        heard.push_str(text);
        heard.push('\n');
    });
}

impl<'a> Case<'a> {
    /// How many calls each service has at least: those on keys, and some of its own.
    pub const STATUSES: [u16; 16] = [200, 201, 201, 204, 301, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503, 299];

    pub fn read(data: &'a [u8]) -> Option<Self> {
        let [service, call, status, flags, body @ ..] = data else { return None };
        // The fuzzer learns what it is compared with.
        if data.to_ascii_lowercase().windows(MARK.len()).any(|part| part == MARK.as_bytes()) {
            return None;
        }
        let service = Dialect::BUILTIN[usize::from(*service) % Dialect::BUILTIN.len()];
        let status = Self::STATUSES[usize::from(*status) % Self::STATUSES.len()];
        Some(Self { service, call: *call, status, flags: *flags, body })
    }

    /// The length of the answer.
    pub fn size(&self) -> usize {
        self.answer().len()
    }

    /// The body with what stands for secrets filled in, repeated where the input says so.
    fn answer(&self) -> Vec<u8> {
        let escaped: String = NEW.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        let held = self.held();
        let percent: String = held.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let other = self.other_secret();
        let json = Value::from(&*other).to_string();
        let mut body = Vec::with_capacity(self.body.len());
        for byte in self.body {
            match byte {
                1 => body.extend(held.as_bytes()),
                2 => body.extend(json.trim_matches('"').as_bytes()),
                3 => body.extend(NEW.as_bytes()),
                4 => body.extend(percent.as_bytes()),
                5 => body.extend(escaped.as_bytes()),
                6 => body.extend(other.as_bytes()),
                byte => body.push(*byte),
            }
        }
        if self.flags & 0x80 == 0 { body } else { body.repeat(50) }
    }

    fn key(&self) -> &'static str {
        match self.service {
            // Who logs in holds no key but what the login gave.
            "segops" if self.logs_in() => "e30.e30.CANARYaccess",
            "sidclaw" if self.logs_in() => "CANARYsession",
            "itellico" => KEY_OF_A_SHAPE,
            _ => KEY,
        }
    }

    /// Whether the client was given a login instead of a key.
    fn logs_in(&self) -> bool {
        matches!(self.service, "segops" | "sidclaw") && self.flags & 64 == 0
    }

    /// What the client holds. A key that it was never given is known by its shape alone, which no
    /// letter may stand before.
    fn held(&self) -> String {
        if self.logs_in() { self.other_secret() } else { self.key().to_owned() }
    }

    /// Another secret that the client holds.
    fn other_secret(&self) -> String {
        match self.service {
            "segops" | "sidclaw" => PASSWORD.to_owned(),
            "seenty" => PASSWORD.replace([' ', '"', '<', '&'], "/"),
            _ => self.key().to_owned(),
        }
    }

    fn reply(&self) -> Reply {
        let body = self.answer();
        let media = ["application/json", "text/html", "text/event-stream", "application/problem+json"];
        let mut reply = Reply::status(self.status);
        if self.flags & 4 == 0 {
            reply = reply.header("content-type", media[usize::from(self.flags & 3)]);
        }
        if self.flags & 8 != 0 {
            reply = reply.header("x-request-id", self.key()).header("set-cookie", "session=s; Path=/").header("retry-after", "1");
        }
        let size = if self.flags & 16 == 0 { body.len().max(1) } else { 7 };
        reply = body.chunks(size).fold(reply, |reply, chunk| reply.chunk(chunk.to_vec()));
        let cut = TransportError { fault: Fault::Truncated, phase: Phase::Body, reached: Reached::Head, reused: false };
        if self.flags & 32 == 0 { reply } else { reply.cut(cut) }
    }

    fn client(&self) -> (Client, ManualClock) {
        let clock = ManualClock::at("2023-09-29T16:26:37Z".parse().expect("a time"));
        let login = json!({ "access": "e30.e30.CANARYaccess", "refresh": "CANARY/refresh" }).to_string();
        let login =
            Reply::json(200, login).header("set-cookie", "session=CANARYsession").header("set-cookie", "csrf_token=CANARYcsrf");
        let logs_in = self.logs_in();
        let script = if logs_in { ReplayTransport::new().answer(login) } else { ReplayTransport::new() };
        let options = ClientOptions::new()
            .env::<&str, &str>([])
            .base_url("https://api.example.test")
            .clock(Arc::new(clock.clone()))
            .isolated_limits(true)
            .calls(CallOptions::new().max_attempts(2))
            .observer(Arc::new(Ear))
            .transport(Arc::new(script.endless(self.reply())));
        // With a key only what manages keys would log in.
        let options = if logs_in { options } else { options.api_key(self.key()) };
        let options = match self.service {
            "segops" | "sidclaw" => options.management(Management::login("ops@acme.test", self.other_secret())),
            "seenty" => options.management(Management::token(self.other_secret())),
            _ => options,
        };
        let options = if self.service == "segops" { options.account(Account::id("acme")) } else { options };
        let client = Client::new(self.service, options).expect("a client");
        // What waits for a run would ask for ever.
        let bounded = client.options(CallOptions::new().timeout(std::time::Duration::from_secs(60)));
        (bounded.expect("options"), clock)
    }

    /// Makes the call and searches what came of it. Gives how many requests of the call were answered.
    pub fn judge(&self) -> usize {
        thread_local! {
            static RUNTIME: RefCell<Option<tokio::runtime::Runtime>> = const { RefCell::new(None) };
        }
        listen();
        HEARD.take();
        let answered = RUNTIME.with_borrow_mut(|runtime| {
            let runtime =
                runtime.get_or_insert_with(|| tokio::runtime::Builder::new_current_thread().build().expect("a runtime"));
            runtime.block_on(async {
                let (client, clock) = self.client();
                hear(&format!("{client:?}"));
                on(&clock, self.call(&client)).await
            })
        });
        let heard = HEARD.take().to_ascii_lowercase();
        if let Some(at) = heard.find(MARK) {
            let around: String = heard.chars().skip(heard[..at].chars().count().saturating_sub(100)).take(200).collect();
            panic!("{} {} {}: a secret is shown: {around}", self.service, self.call, self.status);
        }
        answered
    }

    async fn call(&self, client: &Client) -> usize {
        let own: Vec<_> = client.dialect().capabilities().into_iter().filter(|it| !it.name.starts_with("keys.")).collect();
        let mut place = usize::from(self.call) % (KEY_CALLS.len() + OTHER_CALLS.len() + own.len());
        if place < KEY_CALLS.len() {
            return self.key_call(client, KEY_CALLS[place]).await;
        }
        place -= KEY_CALLS.len();
        if place < OTHER_CALLS.len() {
            return self.other_call(client, OTHER_CALLS[place]).await;
        }
        let action = &own[place - OTHER_CALLS.len()];
        let path = action.http.clone().unwrap_or_default();
        let places = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let mut arguments = places.fold(Arguments::new(), |arguments, name| arguments.path_param(name, "x"));
        if let Some(body) = body(&action.name) {
            arguments = arguments.body(body);
        }
        match client.call_action(&action.name, arguments.query("user_id", "u")).await {
            Ok(ActionResult::Events(mut events)) => {
                while let Some(event) = events.next().await {
                    hear(&format!("{:?}", events));
                    said(event.map(|_| ()))
                }
                1
            }
            result => answered(result.map(|_| ())),
        }
    }

    async fn key_call(&self, client: &Client, name: &str) -> usize {
        let keys = client.keys();
        match name {
            "create" | "rotate" => {
                let made =
                    if name == "create" { keys.create(CreateKey::new().name("ci")).await } else { keys.rotate("k1").await };
                if let Ok(made) = &made
                    && made.secret.expose() == NEW
                {
                    // Of anything else a service may show what it likes in its own data.
                    let shown = format!("{made:?} {}", made.key.data).to_ascii_lowercase();
                    assert!(!shown.contains(&NEW.to_ascii_lowercase()), "the new secret is shown");
                }
                answered(made.map(|_| ()))
            }
            "list" => answered(keys.list(PageRequest::new()).await.map(|_| ())),
            "get" => answered(keys.get("k1").await.map(|_| ())),
            "update" => answered(keys.update("k1", UpdateKey::new().name("n")).await.map(|_| ())),
            "archive" => answered(keys.archive("k1").await.map(|_| ())),
            "revoke" => answered(keys.revoke("k1").await.map(|_| ())),
            "reactivate" => answered(keys.reactivate("k1").await.map(|_| ())),
            "delete" => answered(keys.delete("k1").await.map(|_| ())),
            "retire" => answered(keys.retire("k1").await.map(|_| ())),
            _ => answered(keys.calls("k1", CallsQuery::new()).await.map(|_| ())),
        }
    }

    async fn other_call(&self, client: &Client, name: &str) -> usize {
        match name {
            "usage" => answered(client.keys().usage("k1", UsageQuery::new()).await.map(|_| ())),
            "raw get" | "raw post" => {
                let request = if name == "raw get" { client.get("/x") } else { client.post("/api-keys").json(&1) };
                let answer = match request.await {
                    Ok(answer) => answer,
                    Err(error) => return answered(Err(error)),
                };
                hear(&format!("{answer:?}"));
                said(answer.json::<Vec<BTreeMap<String, u8>>>().map(|_| ()));
                said(answer.json::<BTreeMap<String, BTreeMap<String, u8>>>().map(|_| ()));
                answered(answer.text().map(|_| ()))
            }
            _ => {
                let mut all = match client.keys().list(PageRequest::new()).await {
                    Ok(page) => page.into_stream(),
                    Err(error) => return answered(Err(error)),
                };
                for _ in 0..20 {
                    match all.next().await {
                        Some(item) => said(item.map(|_| ())),
                        None => break,
                    }
                }
                1
            }
        }
    }
}

/// What the actions require.
fn body(action: &str) -> Option<Value> {
    let body = match action {
        "runs.create" | "runs.stream" => json!({ "input": "x" }),
        "events.track" => json!({ "event": "e", "user_id": "u" }),
        "events.track_batch" => json!({ "events": [{ "event": "e", "user_id": "u" }] }),
        _ if [".create", ".update", ".call", ".record", ".evaluate"].iter().any(|end| action.ends_with(end)) => {
            json!({ "name": "x" })
        }
        _ => return None,
    };
    Some(body)
}

fn said(result: Result<(), Error>) {
    let Err(error) = result else { return };
    let mut text = format!("{error} {error:?} {error:#?} {:?} {:?}", error.candidates(), error.fields());
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        let _ = write!(text, " {error} {error:?}");
        cause = error.source();
    }
    hear(&text);
}

/// Whether the answer got as far as being read.
fn answered(result: Result<(), Error>) -> usize {
    let was_sent = match &result {
        Ok(()) => 1,
        Err(error) => error.attempts().len(),
    };
    said(result);
    was_sent
}

#[derive(Debug)]
struct Ear;

impl Observer for Ear {
    fn event(&self, event: &Event) {
        hear(&format!("{event:?}"));
    }
}

/// Runs a call and moves the clock whenever nothing else moves.
async fn on<T>(clock: &ManualClock, call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    loop {
        tokio::select! {
            biased;
            result = &mut call => return result,
            () = async { for _ in 0..50 { tokio::task::yield_now().await } } => { clock.advance_to_next(); }
        }
    }
}

/// Hears every log line.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Logs).expect("the only one"));
}

struct Logs;

struct Line(String);

impl tracing::field::Visit for Line {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl tracing::Subscriber for Logs {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        let mut line = Line(String::new());
        span.record(&mut line);
        hear(&line.0);
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        hear(&line.0);
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}
