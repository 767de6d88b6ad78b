//! One caller: calls at random, holds the keys it gets, and sometimes leaves in the middle.

use std::future::pending;
use std::sync::Arc;

use fastrand::Rng;
use keywright::testing::HttpTransport;
use keywright::{Client, Error, Outcome, Shared};
use serde_json::Value;
use tokio::task::yield_now;

use super::calls::{Act, Held, SERVICES, Service, options};
use super::recording_observer::{RecordedEvents, RecordingObserver};

/// So many keys of one service does a caller hold at most.
const MOST_KEYS: usize = 3;
/// How patient a caller is at most who will not wait for the end, in turns of the runtime.
const MOST_TURNS: u32 = 400;

/// What all callers have in common.
#[derive(Debug)]
pub(super) struct Home {
    pub handed_out: Value,
    pub shared: Shared,
    pub network: Arc<HttpTransport>,
}

/// How a call ended, as its caller saw it.
#[derive(Debug)]
pub(super) enum End {
    Done,
    Failed(Box<Error>),
    /// The caller did not wait for it.
    Left,
}

/// One call in the books.
#[derive(Debug)]
pub(super) struct Record {
    pub service: Service,
    pub act: Act,
    pub end: End,
    pub heard: RecordedEvents,
    /// Hears what goes on after the caller has left.
    pub later: Option<Arc<RecordingObserver>>,
}

/// One caller.
#[derive(Debug)]
pub(super) struct Worker {
    number: usize,
    chance: Rng,
    home: Arc<Home>,
    observer: Arc<RecordingObserver>,
    clients: Vec<Client>,
    agent: Option<String>,
    names: u64,
    /// The keys it holds, by service.
    pub held: Vec<Vec<Held>>,
    /// Its calls since the last judgement.
    pub books: Vec<Record>,
}

impl Worker {
    pub(super) fn new(number: usize, seed: u64, home: &Arc<Home>) -> Result<Self, String> {
        let observer = Arc::new(RecordingObserver::default());
        let clients = clients(home, &observer)?;
        let held = vec![Vec::new(); SERVICES.len()];
        let (home, chance) = (Arc::clone(home), Rng::with_seed(seed));
        Ok(Self { number, chance, home, observer, clients, agent: None, names: 0, held, books: Vec::new() })
    }

    /// Makes one call and books it.
    pub(super) async fn call(&mut self) -> Result<(), String> {
        let index = self.chance.usize(..SERVICES.len());
        let act = self.choose(index);
        let patience = (self.chance.usize(..100) == 0).then(|| self.chance.u32(1..MOST_TURNS));
        let service = SERVICES[index];
        let client = self.clients[index].clone();
        let agent = self.agent.clone().unwrap_or_default();
        let end = {
            let call = act.make(&client, service, &agent);
            let patience = async {
                match patience {
                    Some(turns) => turn(turns).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                biased;
                end = call => Some(end),
                () = patience => None,
            }
        };
        self.book(index, act, end)
    }

    fn choose(&mut self, index: usize) -> Act {
        let service = SERVICES[index];
        let held = &self.held[index];
        let any = |chance: &mut Rng| held[chance.usize(..held.len())].id.clone();
        match self.chance.usize(..100) {
            0..12 if held.len() < MOST_KEYS => {
                self.names += 1;
                let name = format!("soak {}-{}", self.number, self.names);
                Act::Create { name, recover: self.chance.bool() && service.name != "segops" }
            }
            0..12 => Act::Retire { id: any(&mut self.chance) },
            12..18 if !held.is_empty() => Act::Retire { id: any(&mut self.chance) },
            18..24 if service.rotates && !held.is_empty() => Act::Rotate { id: any(&mut self.chance) },
            24..40 if service.runs && self.agent.is_some() => Act::Run,
            40..44 if service.name != "segops" => Act::Keys,
            _ => Act::List,
        }
    }

    /// Takes what the call brought, gives up what nobody can say any more, and writes it down.
    fn book(&mut self, index: usize, act: Act, end: Option<Result<Option<Held>, Error>>) -> Result<(), String> {
        let in_doubt = match &end {
            None => true,
            Some(Err(error)) => !matches!(error.outcome(), Outcome::NotSent | Outcome::Rejected),
            Some(Ok(_)) => false,
        };
        let done = matches!(end, Some(Ok(_)));
        match &act {
            Act::Retire { id } if done || in_doubt => self.held[index].retain(|held| held.id != *id),
            Act::Rotate { id } if done || in_doubt => self.held[index].retain(|held| held.id != *id),
            Act::List | Act::Keys | Act::Run | Act::Create { .. } | Act::Retire { .. } | Act::Rotate { .. } => {}
        }
        let heard = self.observer.take();
        let left = end.is_none();
        let end = match end {
            None => End::Left,
            Some(Err(error)) => End::Failed(Box::new(error)),
            Some(Ok(made)) => {
                self.held[index].extend(made);
                End::Done
            }
        };
        let later = left.then(|| Arc::clone(&self.observer));
        self.books.push(Record { service: SERVICES[index], act, end, heard, later });
        if left {
            // What is told from now on belongs to the call that was left.
            self.observer = Arc::default();
            self.clients = clients(&self.home, &self.observer)?;
        }
        Ok(())
    }

    /// The agent that runs are started with.
    pub(super) fn knows_agent(&mut self, id: &str) {
        self.agent = Some(id.to_owned());
    }
}

/// Lets the others run so often: a call is left in the middle of whatever it does then, since
/// hardly any time passes on the clock while it makes progress.
async fn turn(times: u32) {
    for _ in 0..times {
        yield_now().await;
    }
}

fn clients(home: &Home, observer: &Arc<RecordingObserver>) -> Result<Vec<Client>, String> {
    let make = |service: &Service| {
        let options = options(&home.handed_out, *service).shared(home.shared.clone());
        let options = options.transport(home.network.clone()).observer(observer.clone());
        Client::new(service.name, options).map_err(|error| error.to_string())
    };
    SERVICES.iter().map(make).collect()
}
