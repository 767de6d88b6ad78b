-- Columns are what is looked up by; `row` is the whole row as JSON. `n` keeps the order of insertion.
CREATE TABLE accounts (n INTEGER PRIMARY KEY, service TEXT NOT NULL, id TEXT NOT NULL, row TEXT NOT NULL, UNIQUE (service, id)) STRICT;
CREATE TABLE users (n INTEGER PRIMARY KEY, service TEXT NOT NULL, id TEXT NOT NULL, email TEXT NOT NULL, row TEXT NOT NULL, UNIQUE (service, id)) STRICT;
CREATE TABLE keys (n INTEGER PRIMARY KEY, service TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, hash TEXT NOT NULL, created INTEGER NOT NULL, row TEXT NOT NULL, UNIQUE (service, id), UNIQUE (service, hash)) STRICT;
CREATE INDEX keys_of_account ON keys (service, account, created);
CREATE TABLE calls (n INTEGER PRIMARY KEY, service TEXT NOT NULL, key TEXT NOT NULL, started INTEGER NOT NULL, row TEXT NOT NULL) STRICT;
CREATE INDEX calls_of_key ON calls (service, key, started);
CREATE TABLE usage (n INTEGER PRIMARY KEY, service TEXT NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL, row TEXT NOT NULL) STRICT;
CREATE INDEX usage_of_key ON usage (service, key, at);
CREATE TABLE objects (n INTEGER PRIMARY KEY, service TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, created INTEGER NOT NULL, row TEXT NOT NULL, UNIQUE (service, kind, id)) STRICT;
CREATE INDEX objects_of_account ON objects (service, kind, account, created);
CREATE TABLE sessions (n INTEGER PRIMARY KEY, service TEXT NOT NULL, id TEXT NOT NULL, row TEXT NOT NULL, UNIQUE (service, id)) STRICT;
CREATE TABLE replays (n INTEGER PRIMARY KEY, service TEXT NOT NULL, id TEXT NOT NULL, row TEXT NOT NULL, UNIQUE (service, id)) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
