-- The delivery engine: turns of endpoints, order per resource, health, rates, counts that nobody has to count.

-- What is told of an endpoint, and how it is served.
ALTER TABLE endpoint ADD COLUMN format TEXT NOT NULL DEFAULT 'envelope' CHECK (format IN ('envelope', 'passthrough'));
ALTER TABLE endpoint ADD COLUMN ordering TEXT NOT NULL DEFAULT 'relaxed' CHECK (ordering IN ('none', 'relaxed', 'strict'));
ALTER TABLE endpoint ADD COLUMN concurrency INTEGER NOT NULL DEFAULT 4 CHECK (concurrency BETWEEN 1 AND 64);
ALTER TABLE endpoint ADD COLUMN rate INTEGER CHECK (rate BETWEEN 1 AND 1000);          -- a second; NULL: no limit
ALTER TABLE endpoint ADD COLUMN rate_used_us INTEGER NOT NULL DEFAULT 0;               -- up to when tokens are taken
ALTER TABLE endpoint ADD COLUMN reason TEXT CHECK (reason IN ('gone', 'failing'));     -- why it is disabled
ALTER TABLE endpoint ADD COLUMN health TEXT;                                           -- JSON; NULL: nothing failed
-- When its next turn is. Never later than the truth: a turn in vain is put right by whoever takes it.
ALTER TABLE endpoint ADD COLUMN turn_at INTEGER;
CREATE INDEX endpoint_turn ON endpoint (turn_at) WHERE turn_at IS NOT NULL;
UPDATE endpoint SET turn_at = 0 WHERE removed_at IS NULL;
UPDATE endpoint SET reason = 'gone' WHERE state = 'disabled';

-- One line holds the deliveries of one resource to one endpoint; each old row is a line of its own.
ALTER TABLE delivery ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN place INTEGER NOT NULL DEFAULT 1 CHECK (place >= 1);   -- in its line, from 1
ALTER TABLE delivery ADD COLUMN rank INTEGER NOT NULL DEFAULT 2 CHECK (rank IN (0, 1, 2)); -- test, urgent, all else
ALTER TABLE delivery ADD COLUMN is_blocked INTEGER NOT NULL DEFAULT 0 CHECK (is_blocked IN (0, 1));
ALTER TABLE delivery ADD COLUMN failing_since_at INTEGER;
ALTER TABLE delivery ADD COLUMN was_overtaken INTEGER NOT NULL DEFAULT 0 CHECK (was_overtaken IN (0, 1));
ALTER TABLE delivery ADD COLUMN has_overtaken INTEGER NOT NULL DEFAULT 0 CHECK (has_overtaken IN (0, 1));
ALTER TABLE delivery ADD COLUMN was_probe INTEGER NOT NULL DEFAULT 0 CHECK (was_probe IN (0, 1));
ALTER TABLE delivery ADD COLUMN reason TEXT CHECK (reason IN ('schedule', 'expired_held'));
UPDATE delivery SET line = seq, rank = iif(is_test = 1, 0, 2);
UPDATE delivery SET reason = 'schedule' WHERE state = 'exhausted';
DROP INDEX delivery_test_due;
ALTER TABLE delivery DROP COLUMN is_test;
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (endpoint, rank, due_at) WHERE state = 'pending' AND is_blocked = 0;
DROP INDEX delivery_of_endpoint;
CREATE INDEX delivery_line ON delivery (endpoint, line);
CREATE INDEX delivery_failing ON delivery (failing_since_at)
    WHERE state = 'pending' AND failing_since_at IS NOT NULL AND was_overtaken = 0;
-- By age, for what has waited too long.
CREATE INDEX delivery_waiting ON delivery (due_at) WHERE state = 'pending';

CREATE TABLE delivery_count (
    state  TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_count
    SELECT s.state, (SELECT count(*) FROM delivery d WHERE d.state = s.state) FROM
        (SELECT 'pending' AS state UNION ALL SELECT 'sending' UNION ALL SELECT 'delivered'
            UNION ALL SELECT 'exhausted' UNION ALL SELECT 'canceled') s;
CREATE TRIGGER delivery_added AFTER INSERT ON delivery BEGIN
    UPDATE delivery_count SET number = number + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER delivery_moved AFTER UPDATE OF state ON delivery WHEN OLD.state <> NEW.state BEGIN
    UPDATE delivery_count SET number = number - 1 WHERE state = OLD.state;
    UPDATE delivery_count SET number = number + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER delivery_removed AFTER DELETE ON delivery BEGIN
    UPDATE delivery_count SET number = number - 1 WHERE state = OLD.state;
END;
