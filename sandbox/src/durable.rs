//! The writer of a durable world: one thread, one transaction for all requests that wait.
//!
//! A group is answered only after its commit, and not at all if that fails (S13).

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

use crate::ctx::{Settings, Windows};
use crate::host::Storage;
use crate::store::SqliteStore;
use crate::world::{Backend, Inner, Job};

/// The most requests in one transaction, so that none waits long.
const GROUP: usize = 256;

/// A directory with one file per world.
#[derive(Debug)]
pub(crate) struct Directory(PathBuf);

impl Directory {
    /// Opens the directory, or makes it, for its owner alone. One that others may write to is
    /// refused: what they put there would be opened as a world.
    pub(crate) fn open(path: PathBuf) -> Result<Self, String> {
        let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(wrong)?;
        let mode = fs::metadata(&path).map_err(wrong)?.permissions().mode() & 0o7777;
        if mode & 0o022 != 0 {
            let path = path.display();
            return Err(format!("others may write to {path} (mode {mode:04o}): `chmod 700 {path}`, or name another directory"));
        }
        Ok(Self(path))
    }

    /// The numbers of the worlds that are kept here, but the first.
    pub(crate) fn kept(&self) -> Vec<u64> {
        let files = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let number = |name: &str| name.strip_prefix('w')?.strip_suffix(".db")?.parse().ok();
        let mut numbers: Vec<u64> = files.filter_map(|file| number(file.file_name().to_str()?)).collect();
        numbers.retain(|number| *number > 1);
        numbers.sort_unstable();
        numbers
    }

    fn file(&self, world: &str) -> PathBuf {
        self.0.join(format!("{world}.db"))
    }
}

impl Storage for Directory {
    fn open(&self, world: &str, settings: Settings) -> Result<(Backend, bool), String> {
        let store = SqliteStore::open(&self.file(world))?;
        let new = store.is_new();
        let settings = Settings { durable: true, ..settings };
        let inner = Inner { store: Box::new(store), settings, windows: Windows::default() };
        let (jobs, work) = channel();
        let thread = std::thread::Builder::new().name(format!("store of {world}"));
        thread.spawn(move || write(inner, &work)).map_err(|error| error.to_string())?;
        Ok((Backend::Writer(jobs), new))
    }

    fn forget(&self, world: &str) {
        SqliteStore::remove(&self.file(world));
    }
}

/// Works until nobody is left who could ask.
fn write(mut inner: Inner, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        inner.store.begin();
        let mut after = vec![first(&mut inner)];
        while after.len() < GROUP
            && let Ok(next) = jobs.try_recv()
        {
            after.push(next(&mut inner));
        }
        if inner.store.commit() {
            after.into_iter().for_each(|tell| tell());
        }
    }
}
