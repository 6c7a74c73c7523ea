-- Connections that the integrator confirms, what ended a connection, and what the provider says was taken back.

-- What a link asks for unless its creator says otherwise; the links from before go on as they were made.
ALTER TABLE application ADD COLUMN confirm TEXT NOT NULL DEFAULT 'on' CHECK (confirm IN ('on', 'off'));
ALTER TABLE onboarding_link ADD COLUMN confirm INTEGER NOT NULL DEFAULT 0 CHECK (confirm IN (0, 1));
ALTER TABLE onboarding_link ADD COLUMN allows_account_change INTEGER NOT NULL DEFAULT 0
    CHECK (allows_account_change IN (0, 1));
-- When a browser first started by it.
ALTER TABLE onboarding_link ADD COLUMN opened_at INTEGER;

ALTER TABLE connection ADD COLUMN revoked_by TEXT CHECK (revoked_by IN ('integrator', 'shop_owner', 'gateway'));
ALTER TABLE connection ADD COLUMN revoked_reason TEXT
    CHECK (revoked_reason IN ('requested', 'undone', 'deauthorized', 'not_confirmed', 'replaced'));
-- When the provider said that the shop owner took the permission back; NULL once that was looked into.
ALTER TABLE connection ADD COLUMN deauthorized_at INTEGER;

-- One that awaits confirmation stands beside the seller's working one, and takes its place once it is confirmed.
DROP INDEX connection_active_seller;
CREATE UNIQUE INDEX connection_usable_seller ON connection (seller, application)
    WHERE state IN ('configuring', 'linked', 'needs_relink');
CREATE UNIQUE INDEX connection_awaiting_seller ON connection (seller, application)
    WHERE state = 'awaiting_confirmation';
CREATE INDEX connection_awaiting ON connection (linked_at) WHERE state = 'awaiting_confirmation';
CREATE INDEX connection_deauthorized ON connection (seq) WHERE deauthorized_at IS NOT NULL;
