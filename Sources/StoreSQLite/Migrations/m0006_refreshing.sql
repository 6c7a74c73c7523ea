-- Refreshing ahead of expiry, and what keeps an answer from being lost.

-- A connection may need the shop owner because the answer with its newest pair was lost; CHECKs need a table anew.
CREATE TABLE connection_anew (
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
    reason             TEXT    CHECK (reason IN ('refresh_rejected', 'rotation_lost', 'expired')),
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
INSERT INTO connection_anew SELECT * FROM connection;
DROP TABLE connection;
ALTER TABLE connection_anew RENAME TO connection;

CREATE UNIQUE INDEX connection_active_account ON connection (upstream_user, application)
    WHERE state IN ('awaiting_confirmation', 'configuring', 'linked', 'needs_relink');
CREATE UNIQUE INDEX connection_active_seller ON connection (seller, application)
    WHERE state IN ('awaiting_confirmation', 'configuring', 'linked', 'needs_relink');
CREATE INDEX connection_of_seller ON connection (seller);
CREATE INDEX connection_of_application ON connection (application);
CREATE INDEX connection_uncertain ON connection (seq) WHERE refresh_uncertain = 1;

ALTER TABLE refresh_journal ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refresh_journal ADD COLUMN is_last_try INTEGER NOT NULL DEFAULT 0 CHECK (is_last_try IN (0, 1));
-- A pair whose place another one took: it may be the provider's newest, and is tried before a shop is asked again.
ALTER TABLE refresh_journal ADD COLUMN answer BLOB CHECK (length(answer) > 0);
CREATE INDEX refresh_journal_of_connection ON refresh_journal (connection, generation);
CREATE INDEX refresh_journal_answer ON refresh_journal (opened_at) WHERE answer IS NOT NULL;

CREATE INDEX token_pair_by_expiry ON token_pair (expires_at);

-- The provider refuses the application itself: nothing is renewed ahead of expiry until an operator says so.
ALTER TABLE application ADD COLUMN refresh_stopped_at INTEGER;
ALTER TABLE application ADD COLUMN refresh_stop_reason TEXT CHECK (refresh_stop_reason <> '');
