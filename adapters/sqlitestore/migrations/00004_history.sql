-- What was done to persons: see domain.Change. And who gave a job, and by which way.

-- +goose Up
CREATE TABLE roster_history (
    number integer NOT NULL PRIMARY KEY,
    at integer NOT NULL,
    via text NOT NULL,
    who text NOT NULL,
    job text NOT NULL,
    kind text NOT NULL,
    first integer NOT NULL,
    count integer NOT NULL,
    before_name text,
    before_age integer,
    after_name text,
    after_age integer
);
CREATE INDEX roster_history_person ON roster_history (first) WHERE count = 1;
CREATE INDEX roster_history_batch ON roster_history (first) WHERE count > 1;
ALTER TABLE roster_jobs ADD COLUMN via text NOT NULL DEFAULT '';
ALTER TABLE roster_jobs ADD COLUMN who text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE roster_jobs DROP COLUMN who;
ALTER TABLE roster_jobs DROP COLUMN via;
DROP TABLE roster_history;
