//! A running sandbox from within: its worlds, their listeners, and the control listener.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::clock::{ClockMode, drive};
use crate::ctx::{Settings, Windows, hex};
use crate::http::{Worlds, listen};
use crate::options::Options;
use crate::services;
use crate::store::MemoryStore;
use crate::world::{Backend, Born, Inner, World, lock};

/// Where worlds keep their rows.
pub(crate) trait Storage: Send + Sync {
    /// The backend of the world of this name, and whether it is new and has to be seeded.
    fn open(&self, world: &str, settings: Settings) -> Result<(Backend, bool), String>;

    /// Removes what a closed world has left.
    fn forget(&self, world: &str);
}

/// Rows that end with their world.
#[derive(Debug)]
pub(crate) struct InMemory;

impl Storage for InMemory {
    fn open(&self, _: &str, settings: Settings) -> Result<(Backend, bool), String> {
        let inner = Inner { store: Box::<MemoryStore>::default(), settings, windows: Windows::default() };
        Ok((Backend::Memory(Box::new(Mutex::new(inner))), true))
    }

    fn forget(&self, _: &str) {}
}

/// How worlds after the first are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ports {
    /// By listeners of their own.
    Own,
    /// As `/{world}/{service}/...` on those of the first world.
    Shared,
}

/// The worlds of one sandbox.
pub(crate) struct Host {
    pub(crate) worlds: Arc<Worlds>,
    pub(crate) address: IpAddr,
    pub(crate) mode: ClockMode,
    pub(crate) further: Ports,
    pub(crate) token: String,
    storage: Box<dyn Storage>,
    first: Mutex<Option<Arc<World>>>,
    tasks: Mutex<HashMap<String, Vec<AbortHandle>>>,
    made: Mutex<u64>,
    pub(crate) stop: Notify,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Host {
    pub(crate) fn new(address: IpAddr, mode: ClockMode, further: Ports, storage: Box<dyn Storage>) -> Result<Self, String> {
        if !address.is_loopback() {
            // It mints admin sessions for whoever asks (S11).
            return Err(format!("{address} is no loopback address"));
        }
        let mut token = [0; 16];
        getrandom::fill(&mut token).map_err(|error| format!("no randomness: {error}"))?;
        Ok(Self {
            worlds: Arc::default(),
            address,
            mode,
            further,
            token: hex(&token),
            storage,
            first: Mutex::default(),
            tasks: Mutex::default(),
            made: Mutex::default(),
            stop: Notify::new(),
        })
    }

    pub(crate) fn first(&self) -> Option<Arc<World>> {
        lock(&self.first).clone()
    }

    pub(crate) fn world(&self, name: &str) -> Option<Arc<World>> {
        self.worlds.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Makes a world under the next free name.
    pub(crate) async fn open(&self, options: &Options, port: u16) -> Result<Arc<World>, String> {
        // Taken at once, so that two callers never get the same.
        let number = {
            let mut made = lock(&self.made);
            *made += 1;
            *made
        };
        self.open_as(number, options, port).await
    }

    /// Makes a world, or opens the one that is kept under this number. With a port its first
    /// service listens there and the others on the ports that follow; 0: on any.
    pub(crate) async fn open_as(&self, number: u64, options: &Options, port: u16) -> Result<Arc<World>, String> {
        let name = {
            let mut made = lock(&self.made);
            *made = number.max(*made);
            format!("w{number}")
        };
        let settings = options.settings()?;
        let (clock, birth) = options.make_clock(self.mode)?;
        let born =
            Born { seed: settings.seed, idempotency: settings.idempotency, variants: settings.variants.clone(), clock: birth };
        let (backend, new) = self.storage.open(&name, settings)?;
        let world = Arc::new(World::new(name.clone(), clock, born, backend));
        world.give_birth(new, options).await?;
        let driver = tokio::spawn(drive(&world.clock));
        lock(&self.tasks).entry(name.clone()).or_default().push(driver.abort_handle());
        self.reach(&world, port).await?;
        lock(&self.first).get_or_insert_with(|| Arc::clone(&world));
        self.worlds.write().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::clone(&world));
        Ok(world)
    }

    async fn reach(&self, world: &Arc<World>, port: u16) -> Result<(), String> {
        let shared = self.first().filter(|_| self.further == Ports::Shared);
        for (offset, service) in (0..).zip(services::ALL) {
            let name = service.name();
            let url = match &shared {
                Some(first) => format!("{}/{}/{name}", first.base_url(name), world.name),
                None => {
                    let port = if port == 0 { 0 } else { port + offset };
                    let address = SocketAddr::new(self.address, port);
                    let listening = listen(&self.worlds, world, *service, address).await;
                    let (address, accept) = listening.map_err(|error| format!("cannot listen on {address}: {error}"))?;
                    let task = tokio::spawn(accept);
                    lock(&self.tasks).entry(world.name.clone()).or_default().push(task.abort_handle());
                    format!("http://{address}")
                }
            };
            lock(&world.base_urls).insert(name, url);
        }
        Ok(())
    }

    /// Ends a world: its listeners close, its connections with them.
    pub(crate) fn close(&self, name: &str) -> bool {
        let known = self.worlds.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        for task in lock(&self.tasks).remove(name).into_iter().flatten() {
            task.abort();
        }
        self.storage.forget(name);
        known.is_some()
    }

    /// The rows of the route tables, for `--routes` and the control API.
    pub(crate) fn routes() -> Value {
        let rows = services::ALL.iter().flat_map(|service| {
            service.routes().iter().map(|route| {
                json!({ "service": service.name(), "method": route.method, "path": route.path,
                    "mark": route.mark.letter(), "needs": route.needs })
            })
        });
        rows.collect()
    }
}
