//! The store that survives a kill: one SQLite file per world (S6).
//!
//! No method can fail on its own: the first error is remembered, everything after it does nothing,
//! and the commit undoes the transaction. So nothing is ever answered that is not on the disk (S13).

use std::cell::RefCell;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Params, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Account, Call, Dump, Key, Object, Replay, Session, Store, Usage, User};
use crate::time::Time;

/// What brings a file from one `user_version` to the next.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

const TABLES: [&str; 9] = ["accounts", "users", "keys", "calls", "usage", "objects", "sessions", "replays", "counters"];

/// A world's rows in a file.
#[derive(Debug)]
pub(crate) struct SqliteStore {
    db: Connection,
    failed: RefCell<Option<rusqlite::Error>>,
}

/// Takes from everybody but the owner what they may do with a file; one that is not there is left.
fn tighten(path: &str) -> std::io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => fs::set_permissions(path, fs::Permissions::from_mode(0o600)),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

impl SqliteStore {
    /// Opens the file, or makes it, readable by its owner alone; one that others may read or write
    /// is closed to them first.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        if !path.exists() {
            let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            made.map_err(|error| wrong(&error))?;
        }
        for suffix in ["", "-wal", "-shm"] {
            tighten(&format!("{}{suffix}", path.display())).map_err(|error| wrong(&error))?;
        }
        let db = Connection::open(path).and_then(prepared).map_err(|error| wrong(&error))?;
        Ok(Self { db, failed: RefCell::new(None) })
    }

    /// Removes the file with its log.
    pub(crate) fn remove(path: &Path) {
        for suffix in ["", "-wal", "-shm"] {
            // What is not there needs no removing.
            let _ = fs::remove_file(format!("{}{suffix}", path.display()));
        }
    }

    pub(crate) fn is_new(&self) -> bool {
        self.one::<Account>("SELECT row FROM accounts LIMIT 1", []).is_none()
    }

    /// Notes an error; the rest of the transaction is in vain.
    fn note<T>(&self, result: rusqlite::Result<T>) -> Option<T> {
        result.map_err(|error| self.failed.borrow_mut().get_or_insert(error).to_string()).ok()
    }

    fn run(&self, sql: &str, params: impl Params) -> usize {
        if self.failed.borrow().is_some() {
            return 0;
        }
        let done = self.db.prepare_cached(sql).and_then(|mut statement| statement.execute(params));
        self.note(done).unwrap_or_default()
    }

    fn one<T: DeserializeOwned>(&self, sql: &str, params: impl Params) -> Option<T> {
        let found = self
            .db
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(params, |row| row.get::<_, String>(0)).optional());
        self.note(found).flatten().and_then(|text| self.read(&text))
    }

    fn all<T: DeserializeOwned>(&self, sql: &str, params: impl Params) -> Vec<T> {
        let found = self.db.prepare_cached(sql).and_then(|mut statement| {
            statement.query_map(params, |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<String>>>()
        });
        self.note(found).unwrap_or_default().iter().filter_map(|text| self.read(text)).collect()
    }

    fn read<T: DeserializeOwned>(&self, text: &str) -> Option<T> {
        let parsed = serde_json::from_str(text);
        self.note(parsed.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error))))
    }

    fn text<T: Serialize>(&self, row: &T) -> String {
        let text = serde_json::to_string(row);
        self.note(text.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))).unwrap_or_default()
    }
}

/// WAL with a full sync at each commit, one process at a time, and the newest schema.
fn prepared(mut db: Connection) -> rusqlite::Result<Connection> {
    db.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    db.set_prepared_statement_cache_capacity(64);
    let version: u32 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(version as usize) {
        let change = db.transaction()?;
        change.execute_batch(migration)?;
        change.execute_batch(&format!("PRAGMA user_version = {}", index + 1))?;
        change.commit()?;
    }
    Ok(db)
}

impl Store for SqliteStore {
    fn begin(&mut self) {
        *self.failed.borrow_mut() = None;
        self.run("BEGIN IMMEDIATE", []);
    }

    fn commit(&mut self) -> bool {
        self.run("COMMIT", []);
        let failed = self.failed.borrow_mut().take();
        if let Some(error) = &failed {
            // Without this a full disk would look like a network fault to whoever runs the program.
            eprintln!("keywright-sandbox: nothing of this group was stored: {error}");
            // A failed commit may have ended the transaction already.
            let _ = self.db.execute_batch("ROLLBACK");
        }
        failed.is_none()
    }

    fn put_account(&mut self, account: Account) {
        let sql = "INSERT INTO accounts (service, id, row) VALUES (?1, ?2, ?3)
            ON CONFLICT (service, id) DO UPDATE SET row = excluded.row";
        self.run(sql, params![account.service, account.id, self.text(&account)]);
    }

    fn account(&self, service: &str, id: &str) -> Option<Account> {
        self.one("SELECT row FROM accounts WHERE service = ?1 AND id = ?2", [service, id])
    }

    fn accounts(&self, service: &str) -> Vec<Account> {
        self.all("SELECT row FROM accounts WHERE service = ?1 ORDER BY n", [service])
    }

    fn put_user(&mut self, user: User) {
        let sql = "INSERT INTO users (service, id, email, row) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (service, id) DO UPDATE SET email = excluded.email, row = excluded.row";
        self.run(sql, params![user.service, user.id, user.email, self.text(&user)]);
    }

    fn user(&self, service: &str, id: &str) -> Option<User> {
        self.one("SELECT row FROM users WHERE service = ?1 AND id = ?2", [service, id])
    }

    fn user_by_email(&self, service: &str, email: &str) -> Option<User> {
        self.one("SELECT row FROM users WHERE service = ?1 AND email = ?2 ORDER BY n", [service, email])
    }

    fn put_key(&mut self, key: Key) {
        let sql = "INSERT INTO keys (service, id, account, hash, created, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (service, id) DO UPDATE SET account = excluded.account, hash = excluded.hash,
            created = excluded.created, row = excluded.row";
        self.run(sql, params![key.service, key.id, key.account, key.hash, key.created.0, self.text(&key)]);
    }

    fn key(&self, service: &str, id: &str) -> Option<Key> {
        self.one("SELECT row FROM keys WHERE service = ?1 AND id = ?2", [service, id])
    }

    fn key_by_hash(&self, service: &str, hash: &str) -> Option<Key> {
        self.one("SELECT row FROM keys WHERE service = ?1 AND hash = ?2", [service, hash])
    }

    fn keys(&self, service: &str, account: &str) -> Vec<Key> {
        let sql = "SELECT row FROM keys WHERE service = ?1 AND account = ?2 ORDER BY created DESC, n DESC";
        self.all(sql, [service, account])
    }

    fn delete_key(&mut self, service: &str, id: &str) -> bool {
        self.run("DELETE FROM calls WHERE service = ?1 AND key = ?2", [service, id]);
        self.run("DELETE FROM usage WHERE service = ?1 AND key = ?2", [service, id]);
        self.run("DELETE FROM keys WHERE service = ?1 AND id = ?2", [service, id]) > 0
    }

    fn add_call(&mut self, call: Call) {
        let sql = "INSERT INTO calls (service, key, started, row) VALUES (?1, ?2, ?3, ?4)";
        self.run(sql, params![call.service, call.key, call.started.0, self.text(&call)]);
    }

    fn calls(&self, service: &str, key: &str) -> Vec<Call> {
        let sql = "SELECT row FROM calls WHERE service = ?1 AND key = ?2 ORDER BY started DESC, n DESC";
        self.all(sql, [service, key])
    }

    fn add_usage(&mut self, usage: Usage) {
        let sql = "INSERT INTO usage (service, key, source, at, row) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.run(sql, params![usage.service, usage.key, usage.source, usage.at.0, self.text(&usage)]);
    }

    fn usage(&self, service: &str, key: &str, from: Time, to: Time) -> Vec<Usage> {
        let sql = "SELECT row FROM usage WHERE service = ?1 AND key = ?2 AND at >= ?3 AND at < ?4 ORDER BY at, n";
        self.all(sql, params![service, key, from.0, to.0])
    }

    fn delete_usage(&mut self, service: &str, source: &str) {
        self.run("DELETE FROM usage WHERE service = ?1 AND source = ?2", [service, source]);
    }

    fn put_object(&mut self, object: Object) {
        let Object { service, kind, id, account, created, .. } = &object;
        let sql = "INSERT INTO objects (service, kind, id, account, created, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (service, kind, id) DO UPDATE SET account = excluded.account, row = excluded.row";
        self.run(sql, params![service, kind, id, account, created.0, self.text(&object)]);
    }

    fn object(&self, service: &str, kind: &str, id: &str) -> Option<Object> {
        self.one("SELECT row FROM objects WHERE service = ?1 AND kind = ?2 AND id = ?3", [service, kind, id])
    }

    fn objects(&self, service: &str, kind: &str, account: &str) -> Vec<Object> {
        let sql = "SELECT row FROM objects WHERE service = ?1 AND kind = ?2 AND account = ?3
            ORDER BY created DESC, n DESC";
        self.all(sql, [service, kind, account])
    }

    fn delete_object(&mut self, service: &str, kind: &str, id: &str) -> bool {
        self.run("DELETE FROM objects WHERE service = ?1 AND kind = ?2 AND id = ?3", [service, kind, id]) > 0
    }

    fn put_session(&mut self, session: Session) {
        let sql = "INSERT INTO sessions (service, id, row) VALUES (?1, ?2, ?3)
            ON CONFLICT (service, id) DO UPDATE SET row = excluded.row";
        self.run(sql, params![session.service, session.hash, self.text(&session)]);
    }

    fn session(&self, service: &str, hash: &str) -> Option<Session> {
        self.one("SELECT row FROM sessions WHERE service = ?1 AND id = ?2", [service, hash])
    }

    fn put_replay(&mut self, replay: Replay) {
        let sql = "INSERT INTO replays (service, id, row) VALUES (?1, ?2, ?3)
            ON CONFLICT (service, id) DO UPDATE SET row = excluded.row";
        self.run(sql, params![replay.service, replay.id, self.text(&replay)]);
    }

    fn replay(&self, service: &str, id: &str) -> Option<Replay> {
        self.one("SELECT row FROM replays WHERE service = ?1 AND id = ?2", [service, id])
    }

    fn next(&mut self, counter: &str) -> u64 {
        let sql = "INSERT INTO counters (name, value) VALUES (?1, 1)
            ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING CAST(value AS TEXT)";
        self.one(sql, [counter]).unwrap_or_default()
    }

    fn dump(&self) -> Dump {
        let counters = "SELECT json_array(name, value) FROM counters ORDER BY name";
        Dump {
            accounts: self.all("SELECT row FROM accounts ORDER BY n", []),
            users: self.all("SELECT row FROM users ORDER BY n", []),
            keys: self.all("SELECT row FROM keys ORDER BY n", []),
            calls: self.all("SELECT row FROM calls ORDER BY n", []),
            usage: self.all("SELECT row FROM usage ORDER BY n", []),
            objects: self.all("SELECT row FROM objects ORDER BY n", []),
            sessions: self.all("SELECT row FROM sessions ORDER BY n", []),
            replays: self.all("SELECT row FROM replays ORDER BY n", []),
            counters: self.all(counters, []),
        }
    }

    fn load(&mut self, dump: Dump) {
        for table in TABLES {
            self.run(&format!("DELETE FROM {table}"), []);
        }
        dump.accounts.into_iter().for_each(|row| self.put_account(row));
        dump.users.into_iter().for_each(|row| self.put_user(row));
        dump.keys.into_iter().for_each(|row| self.put_key(row));
        dump.calls.into_iter().for_each(|row| self.add_call(row));
        dump.usage.into_iter().for_each(|row| self.add_usage(row));
        dump.objects.into_iter().for_each(|row| self.put_object(row));
        dump.sessions.into_iter().for_each(|row| self.put_session(row));
        dump.replays.into_iter().for_each(|row| self.put_replay(row));
        for (name, value) in dump.counters {
            self.run("INSERT INTO counters (name, value) VALUES (?1, ?2)", params![name, value.cast_signed()]);
        }
    }
}
