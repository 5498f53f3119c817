-- Every instant is microseconds UTC. Row ids are never used twice.

CREATE TABLE resource (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  server_id TEXT,
  local_id TEXT UNIQUE,
  version TEXT,
  last_updated INTEGER,
  state TEXT NOT NULL CHECK (state IN ('held', 'local', 'stub', 'wanted', 'gone', 'unreadable')),
  kind TEXT,
  note TEXT, -- why it is gone
  UNIQUE (type, server_id)
);
CREATE INDEX resource_wanted ON resource (type, id) WHERE state = 'wanted';
CREATE INDEX resource_gone ON resource (id) WHERE state = 'gone';

CREATE TABLE resource_text (
  id INTEGER PRIMARY KEY REFERENCES resource (id) ON DELETE CASCADE,
  server_json TEXT, -- byte for byte as it came
  local_json TEXT   -- with the waiting intents applied; NULL where it would be the same
);

CREATE TABLE resource_version (
  id INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  version TEXT,
  last_updated INTEGER,
  replaced INTEGER NOT NULL,
  server_json TEXT NOT NULL
);
CREATE INDEX resource_version_id ON resource_version (id);

CREATE TABLE intent (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  action TEXT NOT NULL,
  target INTEGER NOT NULL REFERENCES resource (id),
  args TEXT NOT NULL,
  basis TEXT,
  chain TEXT NOT NULL,
  not_before INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  state INTEGER NOT NULL DEFAULT 0, -- ZqIntentState
  attempts INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  policy TEXT,
  creates INTEGER NOT NULL DEFAULT 0 -- its push makes the resource
);
CREATE INDEX intent_chain ON intent (chain, seq);
CREATE INDEX intent_target ON intent (target, seq);

CREATE TABLE cursor (
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  high TEXT,
  low TEXT,
  filled INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, scope)
);

CREATE TABLE draft (
  scope TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  updated INTEGER NOT NULL
);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT,
  what TEXT NOT NULL,
  target INTEGER NOT NULL,
  patient INTEGER NOT NULL,
  hash TEXT NOT NULL -- SHA-256 of the row before and this one
);

CREATE TABLE unreadable (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  resource INTEGER UNIQUE REFERENCES resource (id) ON DELETE CASCADE,
  type TEXT,
  server_id TEXT,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  hash TEXT UNIQUE, -- of what has no id of its own, so that it counts once
  raw BLOB
);

CREATE TABLE projection (
  kind TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'building')),
  done_to INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

PRAGMA user_version = 1;
