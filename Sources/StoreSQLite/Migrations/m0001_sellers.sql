-- Sellers, applications, keys and the vault. Ids are ULIDs of 16 bytes, times are milliseconds since 1970 UTC.

CREATE TABLE seller (
    seq          INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    external_ref TEXT    UNIQUE CHECK (length(external_ref) BETWEEN 1 AND 64),
    name         TEXT    NOT NULL CHECK (name <> ''),
    state        TEXT    NOT NULL CHECK (state IN ('active', 'disabled')),
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE application (
    seq             INTEGER PRIMARY KEY,
    id              BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    name            TEXT    NOT NULL CHECK (name <> ''),
    brand           TEXT    NOT NULL CHECK (brand <> ''),
    support_contact TEXT,
    site            TEXT    NOT NULL CHECK (length(site) = 3),
    mode            TEXT    NOT NULL CHECK (mode IN ('live', 'test')),
    client_id       TEXT    NOT NULL CHECK (client_id <> ''),
    pkce            TEXT    NOT NULL CHECK (pkce IN ('required', 'off')),
    return_urls     TEXT    NOT NULL CHECK (json_valid(return_urls)),   -- an array of strings
    created_at      INTEGER NOT NULL,
    UNIQUE (client_id, mode)
) STRICT;

CREATE TABLE application_secret (
    seq         INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    application INTEGER NOT NULL REFERENCES application (seq) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('client', 'webhook')),
    sealed      BLOB    NOT NULL CHECK (length(sealed) > 0),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER
) STRICT;

CREATE INDEX application_secret_of ON application_secret (application, kind);

CREATE TABLE test_user (
    seq             INTEGER PRIMARY KEY,
    id              BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    application     INTEGER NOT NULL REFERENCES application (seq) ON DELETE CASCADE,
    upstream_user   INTEGER NOT NULL CHECK (upstream_user > 0),
    nickname        TEXT    NOT NULL,
    site            TEXT    NOT NULL CHECK (length(site) = 3),
    sealed_password BLOB    NOT NULL CHECK (length(sealed_password) > 0),
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX test_user_of ON test_user (application);

CREATE TABLE api_key (
    seq         INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    name        TEXT    NOT NULL CHECK (name <> ''),
    mode        TEXT    NOT NULL CHECK (mode IN ('live', 'test')),
    scopes      TEXT    NOT NULL,                                       -- words, a space between them
    seller      INTEGER REFERENCES seller (seq),
    secret_hash BLOB    NOT NULL CHECK (length(secret_hash) = 32),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    revoked_at  INTEGER
) STRICT;

CREATE INDEX api_key_of_seller ON api_key (seller) WHERE seller IS NOT NULL;

CREATE TABLE data_key (
    seq         INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    seller      INTEGER REFERENCES seller (seq),                        -- NULL: the installation's
    keyring_key TEXT    NOT NULL CHECK (keyring_key <> ''),
    wrapped     BLOB    NOT NULL CHECK (length(wrapped) > 0),
    created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX data_key_of_seller ON data_key (seller);
CREATE INDEX data_key_by_keyring_key ON data_key (keyring_key);

CREATE TABLE canary (
    seq    INTEGER PRIMARY KEY CHECK (seq = 1),
    sealed BLOB    NOT NULL CHECK (length(sealed) > 0)
) STRICT;

CREATE TABLE idempotency (
    api_key      INTEGER NOT NULL REFERENCES api_key (seq),
    key          TEXT    NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash BLOB    NOT NULL CHECK (length(request_hash) > 0),
    status       INTEGER NOT NULL CHECK (status BETWEEN 100 AND 599),
    resource     TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (api_key, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    done_at INTEGER NOT NULL,
    actor   TEXT    NOT NULL CHECK (actor <> ''),
    action  TEXT    NOT NULL CHECK (action <> ''),
    subject TEXT    NOT NULL,
    seller  INTEGER REFERENCES seller (seq),
    request TEXT
) STRICT;

CREATE INDEX audit_of_seller ON audit (seller) WHERE seller IS NOT NULL;
