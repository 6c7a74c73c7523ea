-- That a backup took the database's place, and what became of the pairs in it.

CREATE TABLE restore (
    seq         INTEGER PRIMARY KEY CHECK (seq = 1),                    -- the newest one
    backup      TEXT    NOT NULL CHECK (backup <> ''),
    restored_at INTEGER NOT NULL,
    adopted     INTEGER NOT NULL CHECK (adopted >= 0),
    held        INTEGER NOT NULL CHECK (held >= 0)
) STRICT;

CREATE TABLE restored_connection (
    connection INTEGER PRIMARY KEY REFERENCES connection (seq),
    generation INTEGER NOT NULL CHECK (generation >= 1),
    outcome    TEXT    NOT NULL CHECK (outcome IN ('waiting', 'works', 'renewed', 'needs_relink', 'ended')),
    tried_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX restored_connection_waiting ON restored_connection (tried_at) WHERE outcome = 'waiting';
