//! The control API: loopback, JSON, a bearer token, a listener of its own (S5).
//!
//! Separate from the data plane, so that no path or header of a service is magic.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
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
use crate::options::Options;
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
    let given = head.headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if !given.is_some_and(|given| same_text(given, &host.token)) {
        return Err(error(401, "the control token is missing or wrong"));
    }
    let body = Limited::new(body, LARGEST_BODY).collect().await.map_err(|_| error(413, "the body is too large"))?;
    let decode = |text: &str| percent_decode(text, false).unwrap_or_default();
    let query = head.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let ask = Ask {
        method: head.method.as_str().to_owned(),
        segments: head.uri.path().split('/').skip(1).map(decode).collect(),
        query: query.map(|(name, value)| (name.to_owned(), decode(value))).collect(),
        body: body.to_bytes().to_vec(),
    };
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
            false => Err(error(404, "there is no such world")),
        },
        (_, ["worlds", name, ..]) => {
            let world = host.world(name).ok_or_else(|| error(404, "there is no such world"))?;
            ask.segments.drain(..2);
            in_world(&world, &ask).await
        }
        _ => {
            let world = host.first().ok_or_else(|| error(404, "there is no world"))?;
            in_world(&world, &ask).await
        }
    }
}

async fn in_world(world: &Arc<World>, ask: &Ask) -> Outcome {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    match (ask.method.as_str(), segments.as_slice()) {
        ("GET", []) => ok(world.description()),
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
        _ => Err(error(404, "there is no such call")),
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

#[derive(Debug, Default, Deserialize)]
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
            if !service.plans().contains(&plan.as_str()) {
                return Err(error(400, &format!("{name} knows no plan `{plan}`")));
            }
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
            world.change_account(known(&service)?.name(), account, move |account| account.credits = credits).await
        }
        ("PUT", ["limits"]) => {
            limits(world, ask.read()?).await?;
            true
        }
        _ => return Err(error(404, "there is no such call")),
    };
    if changed { Ok(Reply::empty(204)) } else { Err(error(404, "there is no such tenant")) }
}

async fn limits(world: &World, limit: Limit) -> Result<(), Reply> {
    let service = limit.service.as_deref().map(known).transpose()?.map(|service| service.name());
    match (limit.count, limit.per, limit.concurrency) {
        (None, None, None) => world.set_rate(None).await,
        (None, None, Some(most)) => world.set_concurrency(service, most).await,
        (Some(count), per, None) => {
            let (per, _) = forward(per.as_deref().unwrap_or("PT60S"))?;
            let rate = Rate { service, category: limit.category, count, per, retry_after: true, status: 429 };
            let rate = rate.refusing(limit.status, limit.retry_after).map_err(|text| error(400, text))?;
            world.set_rate(Some(rate)).await;
        }
        _ => return Err(error(400, "a limit is `count` and `per`, or `concurrency`, or nothing")),
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
            None => Err(error(404, "there is no such rule")),
        },
        ("DELETE", ["faults"]) => {
            lock(&world.faults).clear();
            Ok(Reply::empty(204))
        }
        ("DELETE", ["faults", id]) => match lock(&world.faults).remove(id) {
            true => Ok(Reply::empty(204)),
            false => Err(error(404, "there is no such rule")),
        },
        _ => Err(error(404, "there is no such call")),
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
            let since = parameter("since").unwrap_or("0").parse().map_err(|_| error(400, "`since` is no number"))?;
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
        _ => Err(error(404, "there is no such call")),
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
    let advance = movement.advance.as_deref().map(forward).transpose()?;
    let jump = movement.jump.as_deref().map(duration).transpose()?;
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

fn duration(text: &str) -> Result<(Duration, bool), Reply> {
    parse_duration(text).ok_or_else(|| error(400, &format!("`{text}` is no ISO 8601 duration")))
}

fn forward(text: &str) -> Result<(Duration, bool), Reply> {
    let parsed = duration(text)?;
    if parsed.1 { Err(error(400, "only `jump` goes back")) } else { Ok(parsed) }
}

fn known(name: &str) -> Result<&'static dyn Service, Reply> {
    services::by_name(name).ok_or_else(|| error(404, &format!("there is no service `{name}`")))
}

impl Ask {
    /// Reads the body; an empty one as `{}`.
    fn read<T: DeserializeOwned>(&self) -> Result<T, Reply> {
        let body = if self.body.is_empty() { b"{}" } else { self.body.as_slice() };
        serde_json::from_slice(body).map_err(|problem| error(400, &problem.to_string()))
    }
}

fn ok(body: Value) -> Outcome {
    Ok(Reply::json(200, body))
}

fn error(status: u16, text: &str) -> Reply {
    Reply::json(status, json!({ "error": text }))
}
