-- The claims of requests that may come more than once: see domain.Claim.

-- +goose Up
CREATE TABLE roster_claims (
    key text NOT NULL PRIMARY KEY,
    request blob NOT NULL,
    made integer NOT NULL,
    first_id integer NOT NULL
) WITHOUT ROWID;
CREATE INDEX roster_claims_made ON roster_claims (made);

-- +goose Down
DROP TABLE roster_claims;
