-- API tokens: see account.APIToken.

-- +goose Up
CREATE TABLE roster_tokens (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    key blob NOT NULL UNIQUE,
    name text NOT NULL,
    scope text NOT NULL,
    created integer NOT NULL,
    expires integer,
    last_used integer,
    revoked integer
);

-- +goose Down
DROP TABLE roster_tokens;
