-- What clients have taken of their rate: see adapters/pglimiter. Nothing here is worth a
-- wait for the disk, so a crash of the server empties it.

-- +goose Up

CREATE UNLOGGED TABLE roster_rates (
    key bytea PRIMARY KEY, -- the SHA-256 of the client's
    full_at bigint NOT NULL, -- when all will have come back, in nanoseconds since 1970
    part bigint NOT NULL -- and in parts of a nanosecond
) WITH (fillfactor = 50); -- with room for the next version of a row in its page, which then needs no entry in the index

-- +goose Down

DROP TABLE roster_rates;
