-- Onboarding links, connections, token pairs and the refresh journal.

CREATE TABLE onboarding_link (
    seq           INTEGER PRIMARY KEY,
    id            BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    seller        INTEGER NOT NULL REFERENCES seller (seq),
    application   INTEGER NOT NULL REFERENCES application (seq) ON DELETE CASCADE,
    token_hash    BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    state         TEXT    NOT NULL CHECK (state IN ('open', 'used', 'revoked')),
    locale        TEXT    CHECK (locale IN ('es', 'pt', 'en')),
    return_url    TEXT,
    expected_user INTEGER CHECK (expected_user > 0),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX onboarding_link_of_seller ON onboarding_link (seller);
CREATE INDEX onboarding_link_of_application ON onboarding_link (application);

CREATE TABLE connection (
    seq                INTEGER PRIMARY KEY,
    id                 BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    seller             INTEGER NOT NULL REFERENCES seller (seq),
    application        INTEGER NOT NULL REFERENCES application (seq),
    kind               TEXT    NOT NULL CHECK (kind IN ('oauth', 'own')),
    upstream_user      INTEGER NOT NULL CHECK (upstream_user > 0),
    nickname           TEXT    NOT NULL,
    masked_email       TEXT,
    site               TEXT    NOT NULL CHECK (length(site) = 3),
    live_mode          INTEGER NOT NULL CHECK (live_mode IN (0, 1)),
    scopes             TEXT    NOT NULL CHECK (json_valid(scopes)),     -- an array of strings
    refreshable        INTEGER NOT NULL CHECK (refreshable IN (0, 1)),
    state              TEXT    NOT NULL CHECK (state IN
                           ('awaiting_confirmation', 'configuring', 'linked', 'needs_relink', 'revoked', 'erased')),
    reason             TEXT    CHECK (reason IN ('refresh_rejected', 'expired')),
    refresh_uncertain  INTEGER NOT NULL CHECK (refresh_uncertain IN (0, 1)),
    integrator_token   BLOB,
    webhook_state      TEXT    NOT NULL CHECK (webhook_state IN ('unset', 'valid', 'failed')),
    webhook_problem    TEXT,
    previous_webhook   BLOB,
    webhook_checked_at INTEGER,
    linked_at          INTEGER NOT NULL,
    last_proved_at     INTEGER,
    proved_by          TEXT,
    version            INTEGER NOT NULL CHECK (version >= 1),
    CHECK (integrator_token IS NULL OR state NOT IN ('revoked', 'erased'))
) STRICT;

-- One active connection per account and application, and per seller and application.
CREATE UNIQUE INDEX connection_active_account ON connection (upstream_user, application)
    WHERE state IN ('awaiting_confirmation', 'configuring', 'linked', 'needs_relink');
CREATE UNIQUE INDEX connection_active_seller ON connection (seller, application)
    WHERE state IN ('awaiting_confirmation', 'configuring', 'linked', 'needs_relink');
CREATE INDEX connection_of_seller ON connection (seller);
CREATE INDEX connection_of_application ON connection (application);

CREATE TABLE link_attempt (
    seq         INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    link        INTEGER NOT NULL REFERENCES onboarding_link (seq) ON DELETE CASCADE,
    state_hash  BLOB    NOT NULL UNIQUE CHECK (length(state_hash) = 32),
    cookie_hash BLOB    NOT NULL CHECK (length(cookie_hash) = 32),
    verifier    BLOB,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    consumed_at INTEGER,
    outcome     TEXT    CHECK (outcome <> ''),
    connection  INTEGER REFERENCES connection (seq)
) STRICT;

CREATE INDEX link_attempt_of_link ON link_attempt (link);
CREATE INDEX link_attempt_by_cookie ON link_attempt (cookie_hash);

-- The newest pair of a connection, in a table of its own so that few statements ever touch it.
CREATE TABLE token_pair (
    connection INTEGER PRIMARY KEY REFERENCES connection (seq),
    generation INTEGER NOT NULL CHECK (generation >= 1),
    access     BLOB    NOT NULL CHECK (length(access) > 0),
    refresh    BLOB    CHECK (length(refresh) > 0),
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE refresh_journal (
    seq        INTEGER PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    connection INTEGER NOT NULL REFERENCES connection (seq),
    generation INTEGER NOT NULL CHECK (generation >= 1),
    state      TEXT    NOT NULL CHECK (state IN
                   ('open', 'stored', 'refused', 'not_written', 'unanswered', 'superseded')),
    opened_at  INTEGER NOT NULL,
    closed_at  INTEGER,
    problem    TEXT,
    CHECK ((closed_at IS NULL) = (state = 'open'))
) STRICT;

-- A generation is never posted twice unless the first post was refused in so many words.
CREATE UNIQUE INDEX refresh_journal_unfinished ON refresh_journal (connection, generation)
    WHERE state IN ('open', 'unanswered');
CREATE INDEX refresh_journal_open ON refresh_journal (seq) WHERE state = 'open';
