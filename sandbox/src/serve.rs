//! One request through one service: guard, strict checks, handler, call row.
//!
//! Pure and synchronous, within one transaction; the network is in `http.rs`.

use serde_json::Value;

use crate::ctx::{Ctx, digest, hmac};
use crate::rules;
use crate::service::{self, Answer, Body, PUBLIC, Refusal, Reply, Request, Route, Service};
use crate::store::Replay;
use crate::time::Time;
use crate::world::Inner;

/// How long an idempotency key is remembered (behaviour 7.6).
const REMEMBERED: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// An answer, and the rule that refused if one did.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) reply: Reply,
    pub(crate) rule: Option<&'static str>,
}

/// Answers a request.
pub(crate) fn serve(inner: &mut Inner, service: &'static dyn Service, req: &mut Request, at: (Time, u32)) -> Served {
    let Inner { store, settings, windows } = inner;
    let (strict, idempotent) = (settings.strict, settings.idempotency);
    let mut ctx = Ctx::new(service, store.as_mut(), settings, windows, at);
    let fitting = service::fitting(service.routes(), &req.path, strict);
    let route = fitting.iter().find(|(route, _)| route.method == req.method).cloned();
    let outcome = match route {
        Some((route, params)) => {
            req.params = params;
            admitted(&mut ctx, service, req, route, idempotent)
        }
        None => Err(unrouted(&mut ctx, service, req, &fitting)),
    };
    let reply = match outcome {
        Ok(reply) | Err(reply) => service.finish(&mut ctx, req, reply),
    };
    let reply = ctx.limiter().unwrap_or(reply);
    let error = match &reply.body {
        Body::Json(json) if reply.status >= 400 => service.error_text(json),
        Body::Json(_) | Body::Empty | Body::Bytes(_) | Body::Script(_) => None,
    };
    ctx.record(req, reply.status, error);
    Served { rule: ctx.refused_by(), reply }
}

fn admitted(ctx: &mut Ctx<'_>, service: &dyn Service, req: &Request, route: &Route, idempotent: bool) -> Answer {
    if route.needs != PUBLIC {
        service.guard(ctx, req, Some(route.needs))?;
    }
    ctx.check_head(req, route)?;
    let replayed = idempotent && req.method == "POST" && ctx.holds(&rules::IDEMPOTENCY);
    match req.header("idempotency-key").filter(|_| replayed) {
        Some(key) => once(ctx, req, key, route),
        None => (route.handler)(ctx, req),
    }
}

fn unrouted(ctx: &mut Ctx<'_>, service: &dyn Service, req: &Request, fitting: &[(&Route, Vec<(&str, String)>)]) -> Reply {
    let public = fitting.iter().any(|(route, _)| route.needs == PUBLIC);
    if !public && let Err(refusal) = service.guard(ctx, req, None) {
        return refusal;
    }
    service.refuse(if fitting.is_empty() { Refusal::NoRoute } else { Refusal::Method })
}

/// Runs the handler, or gives again what it answered to the same idempotency key. The kept answer
/// is sealed with that key, so the store alone shows no secret (S14).
fn once(ctx: &mut Ctx<'_>, req: &Request, key: &str, route: &Route) -> Answer {
    let secrets: Vec<&str> = crate::faults::credentials(&req.headers).collect();
    let secret = format!("{}\n{key}", secrets.join("\n"));
    let (id, seal) = (digest(&secret), digest(&format!("seal\n{secret}")));
    let request = digest(&format!("{} {}\n{}", req.method, req.path, String::from_utf8_lossy(&req.body)));
    let earlier = ctx.store.replay(ctx.service(), &id).filter(|replay| ctx.now < replay.at.plus(REMEMBERED));
    if let Some(replay) = earlier {
        let refusal = ctx.refuse(Refusal::IdempotencyConflict);
        ctx.check(&rules::IDEMPOTENCY, replay.request == request, || refusal)?;
        let body = sealed(&seal, &replay.sealed);
        return Ok(match serde_json::from_slice::<Value>(&body) {
            Ok(json) => Reply::json(replay.status, json),
            Err(_) => Reply::empty(replay.status),
        });
    }
    let reply = (route.handler)(ctx, req)?;
    let text = match &reply.body {
        Body::Json(json) => json.to_string(),
        Body::Empty | Body::Bytes(_) | Body::Script(_) => String::new(),
    };
    let (service, status) = (ctx.service().to_owned(), reply.status);
    let sealed = sealed(&seal, text.as_bytes());
    ctx.store.put_replay(Replay { service, id, request, status, sealed, at: ctx.now });
    Ok(reply)
}

/// Seals and opens: the bytes combined with a key stream that only the idempotency key gives.
fn sealed(seal: &str, bytes: &[u8]) -> Vec<u8> {
    let mut key = [0; 32];
    key.copy_from_slice(&seal.as_bytes()[..32]);
    let stream = (0_u64..).flat_map(|block| hmac(&key, &block.to_be_bytes()));
    bytes.iter().zip(stream).map(|(byte, with)| byte ^ with).collect()
}
