-- The call log: calls that began within a second in one row, and an index by seller.

CREATE TABLE call_block (
    seq     INTEGER PRIMARY KEY,
    second  INTEGER NOT NULL,                                           -- since 1970 UTC, not milliseconds
    sellers BLOB    NOT NULL CHECK (length(sellers) > 0 AND length(sellers) % 16 = 0),
    calls   BLOB    NOT NULL CHECK (length(calls) > 0)
) STRICT;

CREATE INDEX call_block_second ON call_block (second);

-- By the seller's ULID: a look-up of its seq for each row would cost more than the eight bytes.
CREATE TABLE call_seller (
    seller BLOB    NOT NULL CHECK (length(seller) = 16),
    second INTEGER NOT NULL,
    block  INTEGER NOT NULL,
    PRIMARY KEY (seller, second, block)
) STRICT, WITHOUT ROWID;
