-- Who is cut off from the provider. Without a seller: every one, but for those that are exempt.

CREATE TABLE quarantine (
    seller    INTEGER REFERENCES seller (seq),
    is_exempt INTEGER NOT NULL CHECK (is_exempt IN (0, 1)),
    began_at  INTEGER NOT NULL,
    CHECK (seller IS NOT NULL OR is_exempt = 0)
) STRICT;

CREATE UNIQUE INDEX quarantine_of ON quarantine (coalesce(seller, 0));
