-- Events, endpoints, deliveries and attempts. The hot rows are lean: no seller, no type, no URL in a delivery.

-- A notification and the event made from it are one row. AUTOINCREMENT: a sequence is never given twice.
CREATE TABLE event (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    seller        INTEGER REFERENCES seller (seq),
    connection    INTEGER REFERENCES connection (seq),
    application   INTEGER REFERENCES application (seq) ON DELETE SET NULL,
    type          TEXT    NOT NULL CHECK (type <> ''),
    state         TEXT    NOT NULL CHECK (state IN ('routed', 'parked')),
    live_mode     INTEGER NOT NULL CHECK (live_mode IN (0, 1)),
    proof         TEXT    NOT NULL CHECK (proof IN ('fetched', 'signature', 'path', 'gateway')),
    resource      TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    notification  BLOB    CHECK (length(notification) = 16),
    channel       TEXT    CHECK (channel IN ('app', 'con')),
    topic         TEXT,
    action        TEXT,
    upstream_user INTEGER CHECK (upstream_user > 0),
    identity_hash BLOB    CHECK (length(identity_hash) = 32),
    received      BLOB,
    body          BLOB    NOT NULL CHECK (length(body) > 0),
    CHECK (seller IS NULL OR state = 'routed'),
    CHECK ((notification IS NULL) = (channel IS NULL)),
    CHECK ((notification IS NULL) = (identity_hash IS NULL)),
    CHECK ((notification IS NULL) = (received IS NULL))
) STRICT;

CREATE UNIQUE INDEX event_identity ON event (application, identity_hash) WHERE identity_hash IS NOT NULL;
CREATE INDEX event_of_seller ON event (seller) WHERE seller IS NOT NULL;
CREATE INDEX event_parked ON event (upstream_user, application) WHERE state = 'parked';

CREATE TABLE endpoint (
    seq            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    seller         INTEGER REFERENCES seller (seq),                     -- NULL: the integrator's
    url            TEXT    NOT NULL CHECK (url <> ''),
    description    TEXT    NOT NULL,
    topics         TEXT    NOT NULL CHECK (topics <> ''),               -- patterns, a space between them
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'disabled')),
    timeout_ms     INTEGER NOT NULL CHECK (timeout_ms > 0),
    waits_until_at INTEGER,
    created_at     INTEGER NOT NULL,
    removed_at     INTEGER
) STRICT;

CREATE INDEX endpoint_of_seller ON endpoint (seller) WHERE removed_at IS NULL;

CREATE TABLE endpoint_secret (
    seq        INTEGER PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    endpoint   INTEGER NOT NULL REFERENCES endpoint (seq),
    sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;

CREATE INDEX endpoint_secret_of ON endpoint_secret (endpoint);

CREATE TABLE delivery (
    seq            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    event          INTEGER NOT NULL REFERENCES event (seq),
    endpoint       INTEGER NOT NULL REFERENCES endpoint (seq),
    is_test        INTEGER NOT NULL CHECK (is_test IN (0, 1)),
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'sending', 'delivered', 'exhausted', 'canceled')),
    attempts       INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    failures       INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    last_status    INTEGER,
    last_failure   TEXT,
    due_at         INTEGER,
    lease_until_at INTEGER,
    claim          BLOB    CHECK (length(claim) = 16),
    created_at     INTEGER NOT NULL,
    closed_at      INTEGER,
    UNIQUE (event, endpoint),
    CHECK ((closed_at IS NULL) = (state IN ('pending', 'sending'))),
    CHECK ((due_at IS NULL) = (closed_at IS NOT NULL)),
    CHECK ((claim IS NULL) = (state <> 'sending')),
    CHECK ((lease_until_at IS NULL) = (state <> 'sending'))
) STRICT;

CREATE INDEX delivery_of_endpoint ON delivery (endpoint, event);
CREATE INDEX delivery_due ON delivery (endpoint, due_at) WHERE state = 'pending';
CREATE INDEX delivery_test_due ON delivery (endpoint, due_at) WHERE state = 'pending' AND is_test = 1;
CREATE INDEX delivery_sending ON delivery (endpoint, lease_until_at) WHERE state = 'sending';

CREATE TABLE attempt (
    seq        INTEGER PRIMARY KEY,
    delivery   INTEGER NOT NULL REFERENCES delivery (seq),
    number     INTEGER NOT NULL CHECK (number >= 1),
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    status     INTEGER,
    failure    TEXT    CHECK (failure IN
                   ('dns', 'connect', 'tls', 'timeout', 'reset', 'blocked_address', 'status', 'protocol', 'unknown')),
    excerpt    BLOB,
    address    TEXT,
    is_late    INTEGER NOT NULL DEFAULT 0 CHECK (is_late IN (0, 1)),
    UNIQUE (delivery, number)
) STRICT;
