//! The store of the in-process form: maps in memory.
//!
//! Memory stays flat over a million requests: of each key the newest calls are kept, up to
//! [`CALLS_PER_KEY`].

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::{Account, Call, Dump, Key, Object, Replay, Session, Store, Usage, User};
use crate::time::Time;

/// How many calls of one key are remembered.
const CALLS_PER_KEY: usize = 10_000;

type Id = (String, String);

/// Rows in the order of their number, which is given once, when a row is first put.
#[derive(Debug)]
struct Rows<T> {
    numbers: HashMap<Id, u64>,
    rows: BTreeMap<u64, T>,
    last: u64,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), rows: BTreeMap::new(), last: 0 }
    }
}

impl<T: Clone> Rows<T> {
    fn put(&mut self, id: Id, row: T) {
        let number = *self.numbers.entry(id).or_insert_with(|| {
            self.last += 1;
            self.last
        });
        self.rows.insert(number, row);
    }

    fn get(&self, service: &str, id: &str) -> Option<&T> {
        self.rows.get(self.numbers.get(&(service.to_owned(), id.to_owned()))?)
    }

    fn remove(&mut self, service: &str, id: &str) -> Option<T> {
        let number = self.numbers.remove(&(service.to_owned(), id.to_owned()))?;
        self.rows.remove(&number)
    }

    fn all(&self) -> Vec<T> {
        self.rows.values().cloned().collect()
    }
}

/// A world's rows in memory.
#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    accounts: Rows<Account>,
    users: Rows<User>,
    keys: Rows<Key>,
    key_hashes: HashMap<Id, String>,
    calls: HashMap<Id, VecDeque<Call>>,
    usage: HashMap<Id, Vec<Usage>>,
    objects: HashMap<String, Rows<Object>>,
    sessions: Rows<Session>,
    replays: Rows<Replay>,
    counters: HashMap<String, u64>,
}

fn pair(service: &str, id: &str) -> Id {
    (service.to_owned(), id.to_owned())
}

impl Store for MemoryStore {
    fn put_account(&mut self, account: Account) {
        self.accounts.put(pair(&account.service, &account.id), account);
    }

    fn account(&self, service: &str, id: &str) -> Option<Account> {
        self.accounts.get(service, id).cloned()
    }

    fn accounts(&self, service: &str) -> Vec<Account> {
        self.accounts.rows.values().filter(|account| account.service == service).cloned().collect()
    }

    fn put_user(&mut self, user: User) {
        self.users.put(pair(&user.service, &user.id), user);
    }

    fn user(&self, service: &str, id: &str) -> Option<User> {
        self.users.get(service, id).cloned()
    }

    fn user_by_email(&self, service: &str, email: &str) -> Option<User> {
        self.users.rows.values().find(|user| user.service == service && user.email == email).cloned()
    }

    fn put_key(&mut self, key: Key) {
        let id = pair(&key.service, &key.id);
        if let Some(old) = self.keys.get(&key.service, &key.id)
            && old.hash != key.hash
        {
            self.key_hashes.remove(&pair(&key.service, &old.hash));
        }
        self.key_hashes.insert(pair(&key.service, &key.hash), key.id.clone());
        self.keys.put(id, key);
    }

    fn key(&self, service: &str, id: &str) -> Option<Key> {
        self.keys.get(service, id).cloned()
    }

    fn key_by_hash(&self, service: &str, hash: &str) -> Option<Key> {
        self.keys.get(service, self.key_hashes.get(&pair(service, hash))?).cloned()
    }

    fn keys(&self, service: &str, account: &str) -> Vec<Key> {
        let mine = |key: &&Key| key.service == service && key.account == account;
        newest_first(self.keys.rows.values().filter(mine).cloned().collect(), |key| key.created)
    }

    fn delete_key(&mut self, service: &str, id: &str) -> bool {
        let Some(key) = self.keys.remove(service, id) else { return false };
        self.key_hashes.remove(&pair(service, &key.hash));
        self.calls.remove(&pair(service, id));
        self.usage.remove(&pair(service, id));
        true
    }

    fn add_call(&mut self, call: Call) {
        let calls = self.calls.entry(pair(&call.service, &call.key)).or_default();
        if calls.len() == CALLS_PER_KEY {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    fn calls(&self, service: &str, key: &str) -> Vec<Call> {
        let calls = self.calls.get(&pair(service, key)).into_iter().flatten().cloned().collect();
        newest_first(calls, |call| call.started)
    }

    fn add_usage(&mut self, usage: Usage) {
        self.usage.entry(pair(&usage.service, &usage.key)).or_default().push(usage);
    }

    fn usage(&self, service: &str, key: &str, from: Time, to: Time) -> Vec<Usage> {
        let rows = self.usage.get(&pair(service, key)).into_iter().flatten();
        let mut rows: Vec<Usage> = rows.filter(|usage| usage.at >= from && usage.at < to).cloned().collect();
        rows.sort_by_key(|usage| usage.at);
        rows
    }

    fn delete_usage(&mut self, service: &str, source: &str) {
        for ((of, _), rows) in &mut self.usage {
            if of == service {
                rows.retain(|usage| usage.source != source);
            }
        }
    }

    fn put_object(&mut self, object: Object) {
        let rows = self.objects.entry(object.kind.clone()).or_default();
        rows.put(pair(&object.service, &object.id), object);
    }

    fn object(&self, service: &str, kind: &str, id: &str) -> Option<Object> {
        self.objects.get(kind)?.get(service, id).cloned()
    }

    fn objects(&self, service: &str, kind: &str, account: &str) -> Vec<Object> {
        let rows = self.objects.get(kind).into_iter().flat_map(|rows| rows.rows.values());
        let mine = |object: &&Object| object.service == service && object.account == account;
        newest_first(rows.filter(mine).cloned().collect(), |object| object.created)
    }

    fn delete_object(&mut self, service: &str, kind: &str, id: &str) -> bool {
        self.objects.get_mut(kind).and_then(|rows| rows.remove(service, id)).is_some()
    }

    fn put_session(&mut self, session: Session) {
        self.sessions.put(pair(&session.service, &session.hash), session);
    }

    fn session(&self, service: &str, hash: &str) -> Option<Session> {
        self.sessions.get(service, hash).cloned()
    }

    fn put_replay(&mut self, replay: Replay) {
        self.replays.put(pair(&replay.service, &replay.id), replay);
    }

    fn replay(&self, service: &str, id: &str) -> Option<Replay> {
        self.replays.get(service, id).cloned()
    }

    fn next(&mut self, counter: &str) -> u64 {
        let value = self.counters.entry(counter.to_owned()).or_default();
        *value += 1;
        *value
    }

    fn dump(&self) -> Dump {
        let mut counters: Vec<(String, u64)> = self.counters.iter().map(|(name, value)| (name.clone(), *value)).collect();
        counters.sort();
        let mut calls: Vec<Call> = self.calls.values().flatten().cloned().collect();
        calls.sort_by(|a, b| (a.started, &a.id).cmp(&(b.started, &b.id)));
        let mut usage: Vec<Usage> = self.usage.values().flatten().cloned().collect();
        usage.sort_by(|a, b| (a.at, &a.source).cmp(&(b.at, &b.source)));
        let mut objects: Vec<Object> = self.objects.values().flat_map(Rows::all).collect();
        objects.sort_by(|a, b| (a.created, &a.kind, &a.id).cmp(&(b.created, &b.kind, &b.id)));
        Dump {
            accounts: self.accounts.all(),
            users: self.users.all(),
            keys: self.keys.all(),
            calls,
            usage,
            objects,
            sessions: self.sessions.all(),
            replays: self.replays.all(),
            counters,
        }
    }

    fn load(&mut self, dump: Dump) {
        *self = Self::default();
        dump.accounts.into_iter().for_each(|row| self.put_account(row));
        dump.users.into_iter().for_each(|row| self.put_user(row));
        dump.keys.into_iter().for_each(|row| self.put_key(row));
        dump.calls.into_iter().for_each(|row| self.add_call(row));
        dump.usage.into_iter().for_each(|row| self.add_usage(row));
        dump.objects.into_iter().for_each(|row| self.put_object(row));
        dump.sessions.into_iter().for_each(|row| self.put_session(row));
        dump.replays.into_iter().for_each(|row| self.put_replay(row));
        self.counters = dump.counters.into_iter().collect();
    }
}

/// Turns rows in the order they were put into newest first; a stable sort keeps the order of those
/// made at the same time.
fn newest_first<T>(mut rows: Vec<T>, time: impl Fn(&T) -> Time) -> Vec<T> {
    rows.reverse();
    rows.sort_by_key(|row| std::cmp::Reverse(time(row)));
    rows
}
