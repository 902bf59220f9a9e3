-- Jobs, for lists too long for one request: see ports.JobStore.

-- +goose Up

CREATE TABLE roster_jobs (
    id uuid PRIMARY KEY, -- of version 7: in the order of their making
    kind text NOT NULL,
    state text NOT NULL,
    format text NOT NULL,
    dry_run boolean NOT NULL,
    atomic boolean NOT NULL,
    total bigint NOT NULL,
    done bigint NOT NULL,
    rejected bigint NOT NULL,
    chunks integer NOT NULL,
    open_chunks integer NOT NULL,
    created timestamptz NOT NULL,
    changed timestamptz NOT NULL,
    started timestamptz,
    ended timestamptz,
    reason text NOT NULL,
    claim_key text UNIQUE,
    claim_request bytea,
    claim_made timestamptz
);

-- Those that somebody has to look after, and those that are to be forgotten.
CREATE INDEX roster_jobs_changed ON roster_jobs (changed) WHERE state IN ('receiving', 'queued', 'running');
CREATE INDEX roster_jobs_ended ON roster_jobs (ended) WHERE ended IS NOT NULL;

-- The chunks that have not ended. Foreign keys would lock the row of the job, which
-- all its workers want, for longer than a change of it takes; whoever adds a chunk or a
-- refusal changes the job in the same transaction, so there is one.
CREATE TABLE roster_job_chunks (
    job uuid NOT NULL,
    number integer NOT NULL,
    first bigint NOT NULL,
    rows integer NOT NULL,
    text bytea,
    PRIMARY KEY (job, number)
);

-- A text is read once and goes. lz4 makes a quarter of it in less time than the rest would
-- take to be written; PostgreSQL's own compression, which every server has, costs more than it saves.
-- +goose StatementBegin
DO $$
BEGIN
    ALTER TABLE roster_job_chunks ALTER COLUMN text SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    ALTER TABLE roster_job_chunks ALTER COLUMN text SET STORAGE EXTERNAL;
END $$;
-- +goose StatementEnd

-- Fields and codes are in the order of their bytes, as in Go.
CREATE TABLE roster_job_refusals (
    job uuid NOT NULL,
    line bigint NOT NULL,
    field text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    "limit" bigint NOT NULL,
    PRIMARY KEY (job, line, field, code)
);

-- Jobs that are gone and whose refusals are not all gone yet.
CREATE TABLE roster_job_remains (
    job uuid PRIMARY KEY
);

-- +goose Down

DROP TABLE roster_job_remains;
DROP TABLE roster_job_refusals;
DROP TABLE roster_job_chunks;
DROP TABLE roster_jobs;
