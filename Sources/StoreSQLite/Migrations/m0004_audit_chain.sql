-- The audit's chain: each line keeps the hash of the line before and its own. Lines from before it have neither.

ALTER TABLE audit ADD COLUMN previous_hash BLOB CHECK (length(previous_hash) = 32);
ALTER TABLE audit ADD COLUMN hash BLOB CHECK (length(hash) = 32 AND (hash IS NULL) = (previous_hash IS NULL));

-- Where the chain ends. audit_seal is the gateway's own function: a keyed hash, so that no other program can write it.
CREATE TABLE audit_head (
    seq       INTEGER PRIMARY KEY CHECK (seq = 1),
    unchained INTEGER NOT NULL CHECK (unchained >= 0),
    chained   INTEGER NOT NULL CHECK (chained >= 0),
    hash      BLOB    NOT NULL CHECK (length(hash) = 32),
    mac       BLOB    NOT NULL CHECK (length(mac) = 32)
) STRICT;

INSERT INTO audit_head (seq, unchained, chained, hash, mac)
SELECT 1, count(*), 0, zeroblob(32), audit_seal(count(*), 0, zeroblob(32)) FROM audit;
