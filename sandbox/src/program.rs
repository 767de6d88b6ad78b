//! The sandbox as a program: fixed or free ports, a directory that survives, one line of JSON.

use std::io::{Read as _, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::runtime::Builder;

use crate::clock::ClockMode;
use crate::control;
use crate::durable::Directory;
use crate::handle::Error;
use crate::host::{Host, InMemory, Ports, Storage};
use crate::options::Options;

/// What the program was told.
#[derive(Debug)]
#[non_exhaustive]
pub struct Program {
    /// How worlds begin.
    pub options: Options,
    /// Where to listen; a loopback address (S11).
    pub address: IpAddr,
    /// The port of the first service, those of the others follow; 0: any.
    pub port: u16,
    /// The port of the control API; 0: any.
    pub control_port: u16,
    /// Where worlds are kept; `None`: in memory.
    pub data: Option<PathBuf>,
    /// Whether to end when the standard input does (S3).
    pub watch_stdin: bool,
}

impl Program {
    /// In memory, on any ports of this address.
    #[must_use]
    pub fn new(options: Options, address: IpAddr) -> Self {
        Self { options, address, port: 0, control_port: 0, data: None, watch_stdin: false }
    }

    /// Runs until it is told to stop; writes one line when everything listens.
    ///
    /// # Errors
    /// When it cannot start.
    pub fn run(self, out: &mut dyn Write) -> Result<(), Error> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::from(error.to_string()))?;
        runtime.block_on(self.serve(out)).map_err(Error::from)
    }

    async fn serve(self, out: &mut dyn Write) -> Result<(), String> {
        let (storage, kept): (Box<dyn Storage>, Vec<u64>) = match self.data {
            Some(path) => {
                let directory = Directory::open(path)?;
                let kept = directory.kept();
                (Box::new(directory), kept)
            }
            None => (Box::new(InMemory), Vec::new()),
        };
        let host = Arc::new(Host::new(self.address, ClockMode::Real, Ports::Shared, storage)?);
        let first = host.open(&self.options, self.port).await?;
        for number in kept {
            host.open_as(number, &self.options, 0).await?;
        }
        let control = control::listen(&host, SocketAddr::new(self.address, self.control_port)).await?;
        let line = announcement(&first.description(), &control, &host.token);
        writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| error.to_string())?;
        if self.watch_stdin {
            let host = Arc::clone(&host);
            std::thread::spawn(move || {
                // Whatever ends the input ends the parent's interest.
                let _ = std::io::stdin().read_to_end(&mut Vec::new());
                host.stop.notify_one();
            });
        }
        host.stop.notified().await;
        Ok(())
    }
}

fn announcement(world: &Value, control: &str, token: &str) -> Value {
    let services = world["services"].as_object().cloned().unwrap_or_default();
    let urls: Map<String, Value> = services.iter().map(|(name, service)| (name.clone(), service["base_url"].clone())).collect();
    json!({ "urls": urls, "control": control, "token": token, "pid": std::process::id(), "world": world["world"],
        "services": services })
}

/// The route tables as text: where each route is known from, its method, path and service.
#[must_use]
pub fn route_table() -> String {
    let routes = Host::routes();
    let mut text = String::from("P printed on the page, C read in public code or docs, A assumed by us\n");
    for route in routes.as_array().into_iter().flatten() {
        let cell = |name: &str| route[name].as_str().unwrap_or_default().to_owned();
        text += &format!("{} {:9} {:6} {}\n", cell("mark"), cell("service"), cell("method"), cell("path"));
    }
    text
}
