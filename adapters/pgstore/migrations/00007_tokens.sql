-- API tokens: see account.APIToken.

-- +goose Up
CREATE TABLE roster_tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key bytea NOT NULL UNIQUE, -- a hash
    name text NOT NULL,
    scope text NOT NULL,
    created timestamptz NOT NULL,
    expires timestamptz, -- NULL is never, here and below
    last_used timestamptz,
    revoked timestamptz
);

-- +goose Down
DROP TABLE roster_tokens;
