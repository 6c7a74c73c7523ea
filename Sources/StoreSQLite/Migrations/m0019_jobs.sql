-- Long work that goes on where it was after a restart; so far what replays deliveries.

CREATE TABLE job (
    seq       INTEGER PRIMARY KEY,
    id        BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    state     TEXT    NOT NULL CHECK (state IN ('running', 'finished', 'canceled')),
    endpoint  INTEGER NOT NULL REFERENCES endpoint (seq),
    since_at  INTEGER NOT NULL,
    until_at  INTEGER NOT NULL,
    states    TEXT    NOT NULL CHECK (states <> ''),        -- of the deliveries that are replayed, a space between them
    resource  TEXT,
    position  INTEGER NOT NULL DEFAULT 0,                   -- the last delivery that was looked at
    last      INTEGER NOT NULL,                             -- the last one that there was when it began
    replayed  INTEGER NOT NULL DEFAULT 0 CHECK (replayed >= 0),
    estimate  INTEGER NOT NULL CHECK (estimate >= 0),
    created_at INTEGER NOT NULL,
    ended_at  INTEGER,
    CHECK ((ended_at IS NULL) = (state = 'running'))
) STRICT;

CREATE INDEX job_running ON job (seq) WHERE state = 'running';

-- Sent again because somebody asked: by a job, or 0 by hand. Nothing waits behind it in its line.
ALTER TABLE delivery ADD COLUMN replay INTEGER CHECK (replay >= 0);
CREATE INDEX delivery_replayed ON delivery (replay) WHERE replay > 0 AND state IN ('pending', 'sending');
-- By endpoint, newest first or oldest first: for lists and for jobs.
CREATE INDEX delivery_of_endpoint ON delivery (endpoint);
