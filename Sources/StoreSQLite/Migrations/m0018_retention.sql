-- What is kept for how long: payloads and attempts for a month, what became of them for a year.

-- A payload that was forgotten leaves its hash and its size. body and received become one zero byte then: that they may
-- not be NULL can't be changed where they stand.
ALTER TABLE event ADD COLUMN forgotten_at INTEGER;
ALTER TABLE event ADD COLUMN body_sha256 BLOB CHECK (length(body_sha256) = 32);
ALTER TABLE event ADD COLUMN body_size INTEGER CHECK (body_size >= 0);

CREATE INDEX event_kept ON event (created_at) WHERE forgotten_at IS NULL;
CREATE INDEX event_known ON event (created_at) WHERE forgotten_at IS NOT NULL AND identity_hash IS NOT NULL;
