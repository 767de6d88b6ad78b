//! A world: isolated tenants with their clock, faults and journal (S4).
//!
//! One request is one store transaction. Nothing is answered before its effects, the call row
//! included, are committed (S13): [`World::apply`] completes after the commit.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::ctx::{Ctx, Settings, Windows, digest};
use crate::faults::{Faults, credentials};
use crate::journal::Journal;
use crate::options::Birth;
use crate::service::{Credentials, Request, Service, Variant};
use crate::services;
use crate::store::Store;
use crate::time::Time;

/// What a listener is told: to refuse connections for so long; it answers when it does.
pub(crate) type Refuse = (Duration, oneshot::Sender<()>);

/// The store with the settings that its transactions read.
pub(crate) struct Inner {
    pub(crate) store: Box<dyn Store>,
    pub(crate) settings: Settings,
    pub(crate) windows: Windows,
}

/// Work within a transaction; what it returns runs after the commit.
pub(crate) type Job = Box<dyn FnOnce(&mut Inner) -> Box<dyn FnOnce() + Send> + Send>;

/// Where transactions run.
pub(crate) enum Backend {
    /// At once, under a lock; there is nothing to commit.
    Memory(Box<Mutex<Inner>>),
    /// On a writer of its own that commits in groups.
    #[cfg_attr(not(feature = "binary"), expect(dead_code, reason = "only the durable store has a writer"))]
    Writer(std::sync::mpsc::Sender<Job>),
}

/// Counts of sockets, for leak tests.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    pub(crate) open: AtomicU64,
    pub(crate) total: AtomicU64,
}

/// What a world was told to be, for when it begins anew.
#[derive(Debug)]
pub(crate) struct Born {
    pub(crate) seed: [u8; 32],
    /// Whether idempotency keys are honoured.
    pub(crate) idempotency: bool,
    pub(crate) variants: Vec<(&'static str, Variant)>,
    pub(crate) clock: Birth,
}

/// One isolated world.
pub(crate) struct World {
    pub(crate) name: String,
    pub(crate) clock: Clock,
    pub(crate) birth: Born,
    backend: Backend,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) sockets: Sockets,
    /// Requests in flight by service and credential.
    pub(crate) in_flight: Mutex<HashMap<String, u32>>,
    /// Idempotency keys whose first request is in flight.
    in_progress: Mutex<HashSet<String>>,
    born: Mutex<BTreeMap<&'static str, Credentials>>,
    pub(crate) base_urls: Mutex<BTreeMap<&'static str, String>>,
    pub(crate) listeners: Mutex<HashMap<&'static str, mpsc::UnboundedSender<Refuse>>>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("name", &self.name).field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl World {
    pub(crate) fn new(name: String, clock: Clock, birth: Born, backend: Backend) -> Self {
        Self {
            name,
            clock,
            backend,
            journal: Mutex::default(),
            faults: Mutex::new(Faults::new(birth.seed)),
            birth,
            sockets: Sockets::default(),
            in_flight: Mutex::default(),
            in_progress: Mutex::default(),
            born: Mutex::default(),
            base_urls: Mutex::default(),
            listeners: Mutex::default(),
        }
    }

    /// Runs a transaction and completes after its commit.
    pub(crate) async fn apply<R: Send + 'static>(&self, work: impl FnOnce(&mut Inner) -> R + Send + 'static) -> Option<R> {
        match &self.backend {
            Backend::Memory(inner) => Some(work(&mut lock(inner))),
            Backend::Writer(jobs) => {
                let (tell, told) = oneshot::channel();
                let job: Job = Box::new(move |inner| {
                    let result = work(inner);
                    Box::new(move || drop(tell.send(result)))
                });
                jobs.send(job).ok()?;
                told.await.ok()
            }
        }
    }

    pub(crate) fn now(&self) -> Time {
        Time::from(self.clock.now())
    }

    /// Fills an empty store with what every world is born with.
    pub(crate) async fn seed(&self) {
        let now = self.now();
        let born = self.apply(move |inner| born_into(inner, now)).await;
        self.set_born(born.unwrap_or_default());
    }

    pub(crate) fn set_born(&self, born: BTreeMap<&'static str, Credentials>) {
        *lock(&self.born) = born;
    }

    /// What the world hands out, as `POST /worlds` answers it.
    pub(crate) fn description(&self) -> Value {
        let (born, urls) = (lock(&self.born), lock(&self.base_urls));
        let mut services = Map::new();
        for (name, credentials) in born.iter() {
            let mut members = Map::from_iter([("base_url".to_owned(), json!(urls.get(name)))]);
            members.extend(credentials.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
            services.insert((*name).to_owned(), Value::Object(members));
        }
        json!({ "world": self.name, "services": services })
    }

    pub(crate) fn credential(&self, service: &str, member: &str) -> Option<String> {
        lock(&self.born).get(service)?.get(member)?.clone()
    }

    pub(crate) fn base_url(&self, service: &str) -> String {
        lock(&self.base_urls).get(service).cloned().unwrap_or_default()
    }

    /// `None` while an earlier request with the same idempotency key is still in flight.
    pub(crate) fn first_of_its_key(self: &Arc<Self>, req: &Request) -> Option<InProgress> {
        let key = req.header("idempotency-key").filter(|_| self.birth.idempotency && req.method == "POST");
        let secrets: Vec<&str> = credentials(&req.headers).collect();
        let id = key.map(|key| digest(&format!("{} {key}", secrets.join(" "))));
        let first = id.as_ref().is_none_or(|id| lock(&self.in_progress).insert(id.clone()));
        first.then(|| InProgress { world: Arc::clone(self), id })
    }

    /// The number of requests with this credential now in flight, this one included, until the
    /// guard is dropped.
    pub(crate) fn begin(self: &Arc<Self>, service: &dyn Service, req: &Request) -> InFlight {
        let secrets: Vec<&str> = credentials(&req.headers).collect();
        let credential = format!("{} {}", service.name(), digest(&secrets.join(" ")));
        let mut all = lock(&self.in_flight);
        let count = all.entry(credential.clone()).or_default();
        *count += 1;
        InFlight { world: Arc::clone(self), credential, count: *count }
    }
}

/// Keeps an idempotency key in progress while it lives.
#[derive(Debug)]
pub(crate) struct InProgress {
    world: Arc<World>,
    id: Option<String>,
}

impl Drop for InProgress {
    fn drop(&mut self) {
        if let Some(id) = &self.id {
            lock(&self.world.in_progress).remove(id);
        }
    }
}

/// Makes what every world is born with, and tells its secrets.
pub(crate) fn born_into(inner: &mut Inner, now: Time) -> BTreeMap<&'static str, Credentials> {
    let Inner { store, settings, windows } = inner;
    let mut born = BTreeMap::new();
    for service in services::ALL {
        born.insert(service.name(), Ctx::new(*service, store.as_mut(), settings, windows, (now, 0)).seed());
    }
    born
}

/// Counts a request as in flight while it lives.
#[derive(Debug)]
pub(crate) struct InFlight {
    world: Arc<World>,
    credential: String,
    pub(crate) count: u32,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut all = lock(&self.world.in_flight);
        if let Some(count) = all.get_mut(&self.credential) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.credential);
            }
        }
    }
}

/// Counts a socket as open while it lives.
#[derive(Debug)]
pub(crate) struct OpenSocket(Arc<World>, pub(crate) u64);

impl OpenSocket {
    pub(crate) fn of(world: &Arc<World>) -> Self {
        world.sockets.open.fetch_add(1, Ordering::Relaxed);
        let number = world.sockets.total.fetch_add(1, Ordering::Relaxed) + 1;
        Self(Arc::clone(world), number)
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.0.sockets.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A poisoned lock still guards whole rows: handlers put them one by one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
