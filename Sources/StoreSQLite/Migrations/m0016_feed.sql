-- A seller's events in the order in which they became the seller's: what was parked comes when it is routed, so that
-- nobody who reads on from where they were misses it.

ALTER TABLE event ADD COLUMN position INTEGER;
UPDATE event SET position = seq WHERE seller IS NOT NULL;
CREATE UNIQUE INDEX event_feed ON event (seller, position) WHERE seller IS NOT NULL;
