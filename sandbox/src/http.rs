//! Sockets: listeners, connections, and the way of a request past its faults.
//!
//! HTTP is spoken by hyper for as long as the answer is sound HTTP. For anything else the
//! connection is taken off it and a script has the bare socket to itself.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::Poll;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::answer::outgoing;
use crate::clock::Clock;
use crate::faults::{self, Action, Fired, Origins, Phase, Planned, Subject, Wire};
use crate::loopback;
use crate::rules::IDEMPOTENCY;
use crate::serve::{Served, serve};
use crate::service::{self, Refusal, Reply, Request, Service};
use crate::services;
use crate::world::{OpenSocket, Refuse, World, lock};

/// The largest request body.
const LARGEST_BODY: usize = 10 << 20;

/// The worlds of one server by name; those without listeners of their own are reached through
/// `/{world}/{service}/...` on any listener.
pub(crate) type Worlds = RwLock<HashMap<String, Arc<World>>>;

/// A listener's world and service.
#[derive(Clone)]
struct Place {
    worlds: Arc<Worlds>,
    world: Arc<World>,
    service: &'static dyn Service,
}

/// Binds a listener for one service of a world and tells its address.
pub(crate) async fn listen(
    worlds: &Arc<Worlds>,
    world: &Arc<World>,
    service: &'static dyn Service,
    address: SocketAddr,
) -> io::Result<(SocketAddr, impl Future<Output = ()> + Send + 'static)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (tell, told) = mpsc::unbounded_channel();
    lock(&world.listeners).insert(service.name(), tell);
    let place = Place { worlds: Arc::clone(worlds), world: Arc::clone(world), service };
    Ok((address, accept(place, listener, address, told)))
}

async fn accept(place: Place, mut listener: TcpListener, address: SocketAddr, mut refusals: mpsc::UnboundedReceiver<Refuse>) {
    loop {
        let Some((lasts, refusing)) = accept_until_refused(&place, &listener, &mut refusals).await else { return };
        drop(listener);
        let mut sleep = place.world.clock.sleep(lasts);
        // Asleep before it is told, so that the clock cannot pass the end unseen.
        let _ = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut sleep).poll(cx))).await;
        // Whoever asked may be gone; the refusal holds all the same.
        let _ = refusing.send(());
        sleep.await;
        match TcpListener::bind(address).await {
            Ok(again) => listener = again,
            Err(_) => return,
        }
    }
}

/// Serves connections until there is an order to refuse them; those that are open end then, or
/// they would be used instead of being refused.
async fn accept_until_refused(
    place: &Place,
    listener: &TcpListener,
    refusals: &mut mpsc::UnboundedReceiver<Refuse>,
) -> Option<Refuse> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            refuse = refusals.recv() => {
                connections.shutdown().await;
                return refuse;
            }
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(place.clone(), stream));
                }
                while connections.try_join_next().is_some() {}
            }
        }
    }
}

async fn connection(place: Place, stream: TcpStream) {
    let socket = OpenSocket::of(&place.world);
    // Small answers must not wait for an acknowledgement.
    let _ = stream.set_nodelay(true);
    let subject = Subject { service: place.service.name(), method: "", path: "", routes: &[], headers: &[] };
    let fired = lock(&place.world.faults).take(&[Phase::Accept], &subject);
    if let Some(fired) = fired {
        return faults::run(stream, on_accept(&fired.action), place.world.clock.clone()).await;
    }
    let taken: Arc<Mutex<Option<(Wire, Clock)>>> = Arc::default();
    let (slot, number) = (Arc::clone(&taken), socket.1);
    let service = service_fn(move |request| {
        let (place, slot) = (place.clone(), Arc::clone(&slot));
        Box::pin(async move {
            let (clock, planned) = answer(place, request, number).await;
            match planned {
                Planned::Reply(reply) => Ok(outgoing(reply, &clock)),
                Planned::Wire(wire) => {
                    *lock(&slot) = Some((wire, clock));
                    Err(TakenOver)
                }
            }
        })
    });
    let mut http = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // However HTTP ended, the client is to see no more of it than the closed socket.
    let _ = std::future::poll_fn(|cx| Pin::new(&mut http).poll_without_shutdown(cx)).await;
    let stream = http.into_parts().io.into_inner();
    let wire = lock(&taken).take();
    if let Some((wire, clock)) = wire {
        faults::run(stream, wire, clock).await;
    }
}

/// The script has the connection from here; HTTP is to let go of it without a word.
#[derive(Debug)]
struct TakenOver;

impl std::fmt::Display for TakenOver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection was taken over")
    }
}

impl std::error::Error for TakenOver {}

fn on_accept(action: &Action) -> Wire {
    let mut wire = Wire { ending: action.ending(), ..Wire::default() };
    if let Action::Raw { text } = action {
        wire.send(text.as_bytes());
    }
    wire
}

/// The answer to a request, its faults included, and the clock on which to give it.
async fn answer(place: Place, request: hyper::Request<Incoming>, connection: u64) -> (Clock, Planned) {
    let (head, body) = request.into_parts();
    if let Err(refusal) = loopback::check(&head) {
        return (place.world.clock.clone(), Planned::Reply(refusal));
    }
    let body = Limited::new(body, LARGEST_BODY).collect().await;
    let too_large = body.as_ref().is_err_and(|error| error.is::<http_body_util::LengthLimitError>());
    let mut req = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: pairs(head.uri.query().unwrap_or_default()),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), lossy(value.as_bytes()))).collect(),
        body: body.map(|body| body.to_bytes().to_vec()).unwrap_or_default(),
        params: Vec::new(),
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let (world, service) = place.of(&mut req);
    let clock = world.clock.clone();
    let exchange = Exchange::begin(world, service, &req, connection);
    if too_large {
        let reply = service.refuse(Refusal::TooLarge);
        exchange.told(&reply, None);
        return (clock, Planned::Reply(reply));
    }
    (clock, exchange.finish(req, target).await)
}

impl Place {
    /// Whom the request is for; a world's name and service in front of the path are taken off.
    fn of(&self, req: &mut Request) -> (Arc<World>, &'static dyn Service) {
        let mut segments = req.path.splitn(4, '/').skip(1);
        let (name, service) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        let world = self.worlds.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        match (world, services::by_name(service)) {
            (Some(world), Some(service)) => {
                req.path = format!("/{}", segments.next().unwrap_or_default());
                (world, service)
            }
            _ => (Arc::clone(&self.world), self.service),
        }
    }
}

/// One request on its way.
struct Exchange {
    world: Arc<World>,
    service: &'static dyn Service,
    n: u64,
}

impl Exchange {
    fn begin(world: Arc<World>, service: &'static dyn Service, req: &Request, connection: u64) -> Self {
        let n = lock(&world.journal).begin(service.name(), req, connection, world.now());
        Self { world, service, n }
    }

    async fn finish(self, mut req: Request, target: String) -> Planned {
        let world = Arc::clone(&self.world);
        let in_flight = world.begin(self.service, &req);
        let Some(_first) = world.first_of_its_key(&req) else {
            let reply = self.service.refuse(Refusal::IdempotencyConflict).header("Retry-After", 1);
            self.told(&reply, Some(IDEMPOTENCY.id));
            return Planned::Reply(reply);
        };
        let fired = self.fault(&req);
        let own = world.base_url(self.service.name());
        let other = services::ALL.iter().find(|other| other.name() != self.service.name());
        let other = other.map_or_else(String::new, |other| world.base_url(other.name()));
        let origins = Origins { own, other, target };
        if let Some(Fired { action, phase: Phase::BeforeHandler, .. }) = &fired {
            let Action::Delay { by } = action else { return self.instead(action, &origins, None) };
            world.clock.parked().sleep(by.0).await;
        }
        let (service, now, count) = (self.service, world.now(), in_flight.count);
        let served = world.apply(move |inner| serve(inner, service, &mut req, (now, count))).await;
        let Some(Served { reply, rule }) = served else {
            // The store is gone: nothing was committed, so nothing may be answered (S13).
            return Planned::Wire(Wire::default());
        };
        self.told(&reply, rule);
        match fired {
            None | Some(Fired { phase: Phase::BeforeHandler | Phase::Accept, .. }) => Planned::Reply(reply),
            Some(Fired { phase: Phase::AfterCommit, action: Action::Delay { by }, .. }) => {
                world.clock.parked().sleep(by.0).await;
                Planned::Reply(reply)
            }
            Some(Fired { phase: Phase::AfterCommit, action, .. }) => self.instead(&action, &origins, Some(&reply)),
            Some(Fired { phase: phase @ (Phase::InHeaders | Phase::InBody), action, .. }) => {
                faults::plan(&action, phase, &reply, world.now())
            }
        }
    }

    fn fault(&self, req: &Request) -> Option<Fired> {
        let routes = service::fitting(self.service.routes(), &req.path, false);
        let routes: Vec<&'static str> = routes.iter().map(|(route, _)| route.path).collect();
        let (service, method, path) = (self.service.name(), req.method.as_str(), req.path.as_str());
        let subject = Subject { service, method, path, routes: &routes, headers: &req.headers };
        let phases = [Phase::BeforeHandler, Phase::AfterCommit, Phase::InHeaders, Phase::InBody];
        let fired = lock(&self.world.faults).take(&phases, &subject)?;
        let id = fired.id.clone();
        lock(&self.world.journal).amend(self.n, |entry| entry.fault = Some(id));
        Some(fired)
    }

    fn instead(&self, action: &Action, origins: &Origins, answer: Option<&Reply>) -> Planned {
        let planned = faults::instead(action, origins, answer, self.world.now());
        if let Planned::Reply(reply) = &planned {
            self.told(reply, None);
        }
        planned
    }

    fn told(&self, reply: &Reply, rule: Option<&str>) {
        lock(&self.world.journal).amend(self.n, |entry| {
            entry.status = Some(reply.status);
            entry.rule = rule.map(str::to_owned);
        });
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| service::percent_decode(text, true).unwrap_or_else(|| text.to_owned());
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts.map(|part| part.split_once('=').unwrap_or((part, ""))).map(|(name, value)| (decode(name), decode(value))).collect()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
