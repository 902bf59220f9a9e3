-- The claims of requests that may come more than once: see domain.Claim.

-- +goose Up
CREATE TABLE roster_claims (
    key text PRIMARY KEY,
    request bytea NOT NULL,
    made timestamptz NOT NULL,
    ids bigint[] NOT NULL
);
CREATE INDEX roster_claims_made ON roster_claims (made);

-- +goose Down
DROP TABLE roster_claims;
