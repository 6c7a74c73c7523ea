-- A code works once: its exchange is written down before it is made, and its answer kept until it is a connection.
CREATE TABLE exchange_journal (
    seq        INTEGER PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    attempt    INTEGER NOT NULL UNIQUE REFERENCES link_attempt (seq) ON DELETE CASCADE,
    connection BLOB    NOT NULL UNIQUE CHECK (length(connection) = 16),  -- the id that it will have
    state      TEXT    NOT NULL CHECK (state IN
                   ('open', 'answered', 'stored', 'refused', 'not_written', 'unanswered', 'dropped')),
    opened_at  INTEGER NOT NULL,
    closed_at  INTEGER,
    problem    TEXT,
    answer     BLOB    CHECK (length(answer) > 0),
    CHECK ((closed_at IS NULL) = (state IN ('open', 'answered'))),
    CHECK ((answer IS NOT NULL) = (state = 'answered'))
) STRICT;

CREATE INDEX exchange_journal_unfinished ON exchange_journal (seq) WHERE state IN ('open', 'answered');
