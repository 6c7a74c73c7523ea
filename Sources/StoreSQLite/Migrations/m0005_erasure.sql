-- Sellers may be erased: the row stays, since others point at it, without name and ref (invariant 9).

CREATE TABLE seller_new (
    seq          INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    external_ref TEXT    UNIQUE CHECK (length(external_ref) BETWEEN 1 AND 64),
    name         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'disabled', 'erased')),
    created_at   INTEGER NOT NULL,
    CHECK ((name = '') = (state = 'erased')),
    CHECK (external_ref IS NULL OR state <> 'erased')
) STRICT;

INSERT INTO seller_new SELECT seq, id, external_ref, name, state, created_at FROM seller;
DROP TABLE seller;
ALTER TABLE seller_new RENAME TO seller;

-- What was destroyed; no name and no ref, so that it may stay for good.
CREATE TABLE erasure (
    seller      INTEGER PRIMARY KEY REFERENCES seller (seq),
    ref_hash    BLOB    CHECK (length(ref_hash) = 32),
    data_keys   BLOB    NOT NULL CHECK (length(data_keys) % 16 = 0),    -- ids, one after the other
    erased_at   INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;

CREATE INDEX erasure_unfinished ON erasure (seller) WHERE finished_at IS NULL;
