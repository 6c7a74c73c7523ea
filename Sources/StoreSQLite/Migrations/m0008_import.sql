-- Grants brought from another system, early warnings of connections that nothing renews, and how often keys seal.

-- While the other system may still renew a pair and answer at its webhook, the gateway does neither.
ALTER TABLE connection ADD COLUMN refresh_held INTEGER NOT NULL DEFAULT 0 CHECK (refresh_held IN (0, 1));
CREATE INDEX connection_held ON connection (application) WHERE refresh_held = 1;

-- The nearest warning that was told of this pair; a new pair starts without.
ALTER TABLE token_pair ADD COLUMN warned_days INTEGER CHECK (warned_days IN (1, 7, 14, 30));

-- How often a data key may have sealed, written down ahead. Of those from before it is not known: a tenth of the limit.
ALTER TABLE data_key ADD COLUMN sealings INTEGER NOT NULL DEFAULT 0 CHECK (sealings >= 0);
UPDATE data_key SET sealings = 10000000;
