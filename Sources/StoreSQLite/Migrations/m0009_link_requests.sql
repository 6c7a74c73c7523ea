-- What a shop owner's pages remember: that a new link was asked for, and which account was refused.

-- When a shop owner asked for a link in place of one that can't be used any more; once in a link's life.
ALTER TABLE onboarding_link ADD COLUMN asked_at INTEGER;

-- The masked name of the account that an attempt was refused for, so that its owner sees which one it was.
ALTER TABLE link_attempt ADD COLUMN refused_account TEXT CHECK (length(refused_account) <= 100);
