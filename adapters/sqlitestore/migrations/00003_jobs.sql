-- Jobs, their chunks and what was refused of them: see domain.Job.

-- +goose Up
CREATE TABLE roster_jobs (
    number integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    id text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    format text NOT NULL,
    dry_run integer NOT NULL,
    atomic integer NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    rejected integer NOT NULL,
    chunks integer NOT NULL,
    chunks_left integer NOT NULL,
    created integer NOT NULL,
    changed integer NOT NULL,
    started integer,
    ended integer,
    reason text NOT NULL,
    claim_key text,
    claim_request blob,
    claim_made integer
);
CREATE UNIQUE INDEX roster_jobs_id ON roster_jobs (id);
CREATE UNIQUE INDEX roster_jobs_claim_key ON roster_jobs (claim_key);
CREATE INDEX roster_jobs_state ON roster_jobs (state, changed);
CREATE INDEX roster_jobs_ended ON roster_jobs (ended);
CREATE TABLE roster_job_chunks (
    job integer NOT NULL,
    number integer NOT NULL,
    first_row integer NOT NULL,
    row_count integer NOT NULL,
    text blob,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE TABLE roster_job_refusals (
    job integer NOT NULL,
    line integer NOT NULL,
    field text NOT NULL,
    code text NOT NULL,
    bound integer NOT NULL,
    PRIMARY KEY (job, line, field, code)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE roster_job_refusals;
DROP TABLE roster_job_chunks;
DROP TABLE roster_jobs;
