-- What is looked up at the provider before receivers are told: no notification's body is signed, so what it says of
-- money is not passed on under our own signature until the provider has said so itself.

ALTER TABLE endpoint ADD COLUMN expand INTEGER NOT NULL DEFAULT 1 CHECK (expand IN (0, 1));

-- One row for each event that has something to be looked up.
CREATE TABLE proof (
    event    INTEGER PRIMARY KEY REFERENCES event (seq),
    seller   INTEGER NOT NULL REFERENCES seller (seq),
    state    TEXT    NOT NULL CHECK (state IN ('open', 'disputed', 'fetched', 'unproved', 'contradicted')),
    is_claim INTEGER NOT NULL CHECK (is_claim IN (0, 1)),
    since_at INTEGER NOT NULL,
    tell_at  INTEGER,                                   -- told unproved from then on; NULL: not without proof
    next_at  INTEGER,                                   -- when the provider is asked (again); NULL: no more
    tries    INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    expanded BLOB    CHECK (length(expanded) > 0),      -- the body with what the provider said in it, sealed
    CHECK ((next_at IS NULL) = (state NOT IN ('open', 'disputed'))),
    CHECK (expanded IS NULL OR state = 'fetched')
) STRICT;

CREATE INDEX proof_due ON proof (next_at) WHERE next_at IS NOT NULL;
-- What a seller's feed waits for.
CREATE INDEX proof_open ON proof (seller, tell_at) WHERE state = 'open';

-- 1: waits for the proof of its event; 2: what its event says is disputed, and nothing waits behind it.
ALTER TABLE delivery ADD COLUMN awaits_proof INTEGER NOT NULL DEFAULT 0 CHECK (awaits_proof IN (0, 1, 2));

-- Two more reasons; a column's CHECK can't be changed where it stands.
ALTER TABLE delivery ADD COLUMN given_up_for TEXT
    CHECK (given_up_for IN ('schedule', 'expired_held', 'contradicted', 'unproved'));
UPDATE delivery SET given_up_for = reason WHERE reason IS NOT NULL;
ALTER TABLE delivery DROP COLUMN reason;
ALTER TABLE delivery RENAME COLUMN given_up_for TO reason;
