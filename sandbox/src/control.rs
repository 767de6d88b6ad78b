//! The control API: loopback, JSON, a bearer token, a listener of its own (S5).
//!
//! Separate from the data plane, so that no path or header of a service is magic.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::answer::outgoing;
use crate::clock::{Clock, ClockMode};
use crate::ctx::{Rate, same_text};
use crate::faults::FaultRule;
use crate::host::Host;
use crate::journal::{Expectation, JournalEntry};
use crate::loopback;
use crate::options::Options;
use crate::reading;
use crate::rules::rules;
use crate::service::{Reply, Service, Variant, percent_decode};
use crate::services;
use crate::state;
use crate::time::{Time, parse_duration};
use crate::world::{World, lock};

const LARGEST_BODY: usize = 64 << 20;

type Outcome = Result<Reply, Reply>;

/// A control request.
struct Ask {
    method: String,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Binds the control listener and tells its URL.
pub(crate) async fn listen(host: &Arc<Host>, address: SocketAddr) -> Result<String, String> {
    let bound = TcpListener::bind(address).await;
    let listener = bound.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tokio::spawn(accept(Arc::clone(host), listener));
    Ok(format!("http://{address}"))
}

async fn accept(host: Arc<Host>, listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let host = Arc::clone(&host);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let host = Arc::clone(&host);
                async move {
                    let (Ok(reply) | Err(reply)) = answer(&host, request).await;
                    let clock = host.first().map_or_else(still_clock, |world| world.clock.clone());
                    Ok::<_, std::convert::Infallible>(outgoing(reply, &clock))
                }
            });
            // A client that hangs up is no failure of ours.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn still_clock() -> Clock {
    Clock::new(ClockMode::Frozen, SystemTime::UNIX_EPOCH)
}

async fn answer(host: &Arc<Host>, request: hyper::Request<Incoming>) -> Outcome {
    let (head, body) = request.into_parts();
    loopback::check(&head)?;
    let given = head.headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if !given.is_some_and(|given| same_text(given, &host.token)) {
        let text =
            "the control token is missing or wrong: send `Authorization: Bearer <token>` with the `token` of the first line";
        return Err(error(401, text));
    }
    let body = Limited::new(body, LARGEST_BODY)
        .collect()
        .await
        .map_err(|_| error(413, "the body is larger than 64 MB: load fixtures in parts, or fewer of them"))?;
    let decode = |text: &str| {
        let malformed = || error(400, "the path or query is not percent-encoded UTF-8: write a plain `%` as `%25`");
        percent_decode(text, false).ok_or_else(malformed)
    };
    let query = head.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let query = query.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let path = head.uri.path().trim_start_matches('/');
    let segments = path.split('/').filter(|_| !path.is_empty());
    let ask = Ask {
        method: head.method.as_str().to_owned(),
        segments: segments.map(decode).collect::<Result<_, _>>()?,
        query: query.map(|(name, value)| Ok((decode(name)?, decode(value)?))).collect::<Result<_, Reply>>()?,
        body: body.to_bytes().to_vec(),
    };
    ask.check_query()?;
    route(host, ask).await
}

async fn route(host: &Arc<Host>, mut ask: Ask) -> Outcome {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    match (ask.method.as_str(), segments.as_slice()) {
        ("GET", ["health"]) => ok(json!({ "status": "ok" })),
        ("GET", ["version"]) => ok(json!({ "version": env!("CARGO_PKG_VERSION") })),
        ("GET", ["routes"]) => ok(Host::routes()),
        ("GET", ["rules"]) => {
            ok(rules().map(|rule| json!({ "id": rule.id, "source": rule.source, "text": rule.text })).collect())
        }
        ("POST", ["shutdown"]) => {
            host.stop.notify_one();
            ok(json!({ "status": "stopping" }))
        }
        ("POST", ["worlds"]) => {
            let options: Options = ask.read()?;
            let world = host.open(&options, 0).await.map_err(|text| error(400, &text))?;
            Ok(Reply::json(201, world.description()))
        }
        ("DELETE", ["worlds", name]) => match host.close(name) {
            true => Ok(Reply::empty(204)),
            false => Err(no_world(host, name)),
        },
        (_, ["worlds", name, ..]) => {
            let world = host.world(name).ok_or_else(|| no_world(host, name))?;
            ask.segments.drain(..2);
            in_world(&world, &ask).await
        }
        _ => {
            let world = host.first().ok_or_else(|| error(404, "there is no world left: make one with `POST /worlds`"))?;
            in_world(&world, &ask).await
        }
    }
}

async fn in_world(world: &Arc<World>, ask: &Ask) -> Outcome {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    match (ask.method.as_str(), segments.as_slice()) {
        ("GET", []) => {
            let mut description = world.description();
            description["calls"] = json!(CALLS);
            ok(description)
        }
        ("POST", ["reset"]) => {
            world.reset().await;
            ok(world.description())
        }
        ("GET", ["fixtures"]) => world.fixtures().await.map_or_else(|text| Err(error(500, &text)), ok),
        ("PUT", ["fixtures"]) => {
            let loaded = world.load_fixtures(ask.read()?).await;
            loaded.map(|()| Reply::empty(204)).map_err(|text| error(400, &text))
        }
        ("GET", ["clock"]) => ok(clock_json(world)),
        ("POST", ["clock"]) => {
            move_clock(&world.clock, &ask.read()?)?;
            ok(clock_json(world))
        }
        (_, ["faults", ..]) => faults(world, ask).await,
        (_, ["journal", ..]) => journal(world, ask),
        ("GET", ["finish"]) => {
            let left = state::unfinished(world);
            let status = if left.is_empty() { 200 } else { 409 };
            Ok(Reply::json(status, json!({ "unfinished": left })))
        }
        ("GET", ["connections"]) => {
            let (open, total) = (&world.sockets.open, &world.sockets.total);
            // No TLS is spoken, so there is no version of it to tell.
            ok(json!({ "open": open.load(Ordering::Relaxed), "total": total.load(Ordering::Relaxed), "tls": null }))
        }
        ("PUT" | "POST", _) => settings(world, ask).await,
        _ => Err(ask.unknown()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    plan: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Active {
    active: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToVariant {
    variant: Variant,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Credits {
    #[serde(default = "seclai")]
    service: String,
    #[serde(default)]
    account: Option<String>,
    /// `null`: no end.
    credits: Option<f64>,
}

fn seclai() -> String {
    "seclai".to_owned()
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Limit {
    service: Option<String>,
    category: Option<String>,
    count: Option<u64>,
    per: Option<String>,
    retry_after: Option<bool>,
    status: Option<u16>,
    concurrency: Option<u32>,
}

async fn settings(world: &World, ask: &Ask) -> Outcome {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    // `-` stands for the tenant that the world was born with.
    let tenant = |name: &str| (name != "-").then(|| name.to_owned());
    let changed = match (ask.method.as_str(), segments.as_slice()) {
        ("PUT", ["plans", name, of]) => {
            let (service, Plan { plan }) = (known(name)?, ask.read()?);
            services::check_plan(service, &plan).map_err(|text| error(400, &text))?;
            world.change_account(service.name(), tenant(of), move |account| account.plan = plan).await
        }
        ("PUT", ["accounts", name, of]) => {
            let (service, Active { active }) = (known(name)?, ask.read()?);
            world.change_account(service.name(), tenant(of), move |account| account.active = active).await
        }
        ("PUT", ["variants", name]) => {
            let (service, ToVariant { variant }) = (known(name)?, ask.read()?);
            world.set_variant(service.name(), variant).await;
            true
        }
        ("POST", ["credits"]) => {
            let Credits { service, account, credits } = ask.read()?;
            if credits.is_some_and(|credits| credits < 0.0) {
                return Err(error(400, "`credits` is negative: give what is left, or null for no end"));
            }
            world.change_account(known(&service)?.name(), account, move |account| account.credits = credits).await
        }
        ("PUT", ["limits"]) => {
            limits(world, ask.read()?).await?;
            true
        }
        _ => return Err(ask.unknown()),
    };
    let text = "there is no such tenant: name one by its id or slug, or `-` (`account` left out) for the one that the world was born with";
    if changed { Ok(Reply::empty(204)) } else { Err(error(404, text)) }
}

async fn limits(world: &World, limit: Limit) -> Result<(), Reply> {
    let of = limit.service.as_deref().map(known).transpose()?;
    let service = of.map(Service::name);
    if let Some(category) = &limit.category {
        services::check_category(of, category).map_err(|text| error(400, &text))?;
    }
    let is_rate =
        [limit.per.is_some(), limit.category.is_some(), limit.retry_after.is_some(), limit.status.is_some()].contains(&true);
    match (limit.count, limit.concurrency) {
        (None, None) if limit == Limit::default() => world.set_rate(None).await,
        (None, Some(most)) if !is_rate => {
            world.set_concurrency(service, most).await;
        }
        (Some(count), None) => {
            let (per, _) = forward("per", limit.per.as_deref().unwrap_or("PT60S"))?;
            if per.is_zero() {
                return Err(error(400, "`per` is no time at all: give the length of the window, such as \"PT60S\""));
            }
            let rate = Rate { service, category: limit.category, count, per, retry_after: true, status: 429 };
            let rate = rate.refusing(limit.status, limit.retry_after).map_err(|text| error(400, text))?;
            world.set_rate(Some(rate)).await;
        }
        _ => {
            let text = "a limit is `count` (with `per`, `category`, `status` and `retry_after` if wanted) or `concurrency`, each with a \
                        `service` if wanted; `{}` takes all limits back";
            return Err(error(400, text));
        }
    }
    Ok(())
}

async fn faults(world: &World, ask: &Ask) -> Outcome {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    match (ask.method.as_str(), segments.as_slice()) {
        ("POST", ["faults"]) => {
            let rule: FaultRule = ask.read()?;
            let id = world.add_fault(rule).await.map_err(|text| error(400, &text))?;
            Ok(Reply::json(201, json!({ "id": id })))
        }
        ("GET", ["faults"]) => ok(json!(lock(&world.faults).all())),
        ("GET", ["faults", id]) => match lock(&world.faults).one(id) {
            Some(status) => ok(json!(status)),
            None => Err(no_rule(id)),
        },
        ("DELETE", ["faults"]) => {
            lock(&world.faults).clear();
            Ok(Reply::empty(204))
        }
        ("DELETE", ["faults", id]) => match lock(&world.faults).remove(id) {
            true => Ok(Reply::empty(204)),
            false => Err(no_rule(id)),
        },
        _ => Err(ask.unknown()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verify {
    expect: Vec<Expectation>,
    #[serde(default)]
    strict_order: bool,
}

fn journal(world: &World, ask: &Ask) -> Outcome {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    match (ask.method.as_str(), segments.as_slice()) {
        ("GET", ["journal"]) => {
            let parameter = |name: &str| ask.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            let since = parameter("since").unwrap_or("0").parse();
            let text = "`since` is no whole number: give the `n` of the last entry that was seen";
            let since = since.map_err(|_| error(400, text))?;
            let text = parameter("match").unwrap_or_default();
            let mut entries = lock(&world.journal).since(since);
            entries.retain(|entry: &JournalEntry| format!("{} {}", entry.service, entry.call()).contains(text));
            ok(json!({ "entries": entries }))
        }
        ("DELETE", ["journal"]) => {
            lock(&world.journal).clear();
            Ok(Reply::empty(204))
        }
        ("POST", ["journal", "verify"]) => {
            let Verify { expect, strict_order } = ask.read()?;
            let misses = lock(&world.journal).verify(&expect, strict_order);
            let status = if misses.is_empty() { 200 } else { 409 };
            Ok(Reply::json(status, json!({ "ok": misses.is_empty(), "misses": misses })))
        }
        _ => Err(ask.unknown()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Move {
    mode: Option<ClockMode>,
    set: Option<Time>,
    advance: Option<String>,
    jump: Option<String>,
}

fn move_clock(clock: &Clock, movement: &Move) -> Result<(), Reply> {
    let advance = movement.advance.as_deref().map(|text| forward("advance", text)).transpose()?;
    let jump = movement.jump.as_deref().map(|text| duration("jump", text)).transpose()?;
    if let Some(mode) = movement.mode {
        clock.set_mode(mode);
    }
    if let Some(to) = movement.set {
        clock.set(to.into());
    }
    if let Some((by, _)) = advance {
        clock.advance(by);
    }
    if let Some((by, back)) = jump {
        clock.jump(by, back);
    }
    Ok(())
}

fn clock_json(world: &World) -> Value {
    json!({ "mode": world.clock.mode(), "now": world.now(), "monotonic": world.clock.monotonic().as_secs_f64() })
}

fn duration(member: &str, text: &str) -> Result<(Duration, bool), Reply> {
    let text = parse_duration(text).ok_or_else(|| {
        format!("`{member}` is no ISO 8601 duration of days or smaller: write it as \"PT61M\", \"PT1.5S\" or \"P2D\"")
    });
    text.map_err(|text| error(400, &text))
}

fn forward(member: &str, text: &str) -> Result<(Duration, bool), Reply> {
    let parsed = duration(member, text)?;
    let back = || error(400, &format!("`{member}` is negative: leave out the sign; only `jump` goes back"));
    if parsed.1 { Err(back()) } else { Ok(parsed) }
}

fn known(name: &str) -> Result<&'static dyn Service, Reply> {
    services::known(name).map_err(|text| error(404, &text))
}

fn no_world(host: &Host, name: &str) -> Reply {
    let mut known: Vec<String> = host.worlds.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
    known.sort();
    error(404, &format!("there is no world `{name}`: there are {}, and `POST /worlds` makes more", known.join(", ")))
}

fn no_rule(id: &str) -> Reply {
    error(404, &format!("there is no fault rule `{id}`: `GET /faults` lists them"))
}

impl Ask {
    /// Reads the body; an empty one as `{}`.
    fn read<T: DeserializeOwned>(&self) -> Result<T, Reply> {
        reading::read(&self.body).map_err(|text| error(400, &text))
    }

    /// No call but the one for the journal has a query.
    fn check_query(&self) -> Result<(), Reply> {
        let of_journal = self.method == "GET" && self.segments.last().is_some_and(|last| last == "journal");
        let known: &[&str] = if of_journal { &["since", "match"] } else { &[] };
        let Some((name, _)) = self.query.iter().find(|(name, _)| !known.contains(&name.as_str())) else { return Ok(()) };
        let may = if of_journal { "there may be `since` and `match`" } else { "this call has none" };
        Err(error(400, &format!("the query parameter `{name}` is not known: {may}")))
    }

    fn unknown(&self) -> Reply {
        let path = self.segments.join("/");
        error(404, &format!("there is no call `{} /{path}`: `GET /` lists all", self.method))
    }
}

/// Every call, for whoever asks `/` what there is.
const CALLS: [&str; 27] = [
    "GET /health",
    "GET /version",
    "GET /routes",
    "GET /rules",
    "POST /worlds",
    "DELETE /worlds/{world}",
    "GET /worlds/{world}, and so on: every call below of another world",
    "POST /shutdown",
    "GET /",
    "POST /reset",
    "GET /fixtures",
    "PUT /fixtures",
    "GET /clock",
    "POST /clock",
    "GET /faults",
    "POST /faults",
    "DELETE /faults",
    "GET /faults/{id}",
    "DELETE /faults/{id}",
    "GET /finish",
    "GET /journal",
    "DELETE /journal",
    "POST /journal/verify",
    "PUT /plans/{service}/{tenant}, PUT /accounts/{service}/{tenant}, POST /credits",
    "PUT /limits",
    "PUT /variants/{service}",
    "GET /connections",
];

fn ok(body: Value) -> Outcome {
    Ok(Reply::json(200, body))
}

fn error(status: u16, text: &str) -> Reply {
    Reply::json(status, json!({ "error": text }))
}
