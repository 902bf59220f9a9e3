-- The tables as they are after all migrations. To change them: edit this file,
-- let `roster makemigrations` write the migration that leads here, and review it.

CREATE TABLE persons_person (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    name varchar(255) NOT NULL,
    age integer unsigned NOT NULL CHECK (age >= 0)
);

-- What a request with a key was answered: the persons from first_id on. made is in
-- seconds since 1970.
CREATE TABLE roster_claims (
    key text NOT NULL PRIMARY KEY,
    request blob NOT NULL,
    made integer NOT NULL,
    first_id integer NOT NULL
) WITHOUT ROWID;
CREATE INDEX roster_claims_made ON roster_claims (made);

-- Work on long lists: see domain.Job. number is what the tables below call a job: it is
-- shorter than its id, and never given again, so that what is left of a job that was
-- removed is nobody else's. Times are in microseconds since 1970; started and ended are
-- NULL before that, and the claim where the job has none.
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
    claim_made integer,
    via text NOT NULL DEFAULT '',
    who text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX roster_jobs_id ON roster_jobs (id);
CREATE UNIQUE INDEX roster_jobs_claim_key ON roster_jobs (claim_key);
CREATE INDEX roster_jobs_state ON roster_jobs (state, changed);
CREATE INDEX roster_jobs_ended ON roster_jobs (ended);

-- The chunks that have not ended. text is NULL where the rows are made up. A text of
-- more than a page lies in pages of its own, with a ROWID or without, and the key is
-- all that chunks are looked for by, so there is none.
CREATE TABLE roster_job_chunks (
    job integer NOT NULL,
    number integer NOT NULL,
    first_row integer NOT NULL,
    row_count integer NOT NULL,
    text blob,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;

-- What is wrong with which rows. bound is the Problem's Limit.
CREATE TABLE roster_job_refusals (
    job integer NOT NULL,
    line integer NOT NULL,
    field text NOT NULL,
    code text NOT NULL,
    bound integer NOT NULL,
    PRIMARY KEY (job, line, field, code)
) WITHOUT ROWID;

-- What was done to persons: see domain.Change. at is in microseconds since 1970, and so is
-- number where it can be: it is never less than at, and greater than all before, so that one
-- order is both. Each row is in one of the indexes.
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

-- Users, in Django's own table and words: its times are texts in UTC, as in
-- "2026-11-23 12:00:00.123456". last_login is NULL for who never signed in.
CREATE TABLE auth_user (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    password varchar(128) NOT NULL,
    last_login datetime NULL,
    is_superuser bool NOT NULL,
    username varchar(150) NOT NULL UNIQUE,
    last_name varchar(150) NOT NULL,
    email varchar(254) NOT NULL,
    is_staff bool NOT NULL,
    is_active bool NOT NULL,
    date_joined datetime NOT NULL,
    first_name varchar(150) NOT NULL
);

-- The sessions of users: see account.Session. key and password are hashes, times are in
-- microseconds since 1970. No foreign key: it would keep Django from deleting a user.
CREATE TABLE roster_sessions (
    key blob NOT NULL PRIMARY KEY,
    user_id integer NOT NULL,
    password blob NOT NULL,
    began integer NOT NULL,
    seen integer NOT NULL
) WITHOUT ROWID;
CREATE INDEX roster_sessions_user ON roster_sessions (user_id);

-- API tokens: see account.APIToken. key is a hash, times are in microseconds since 1970, and NULL is
-- never. No token is removed: one that was revoked says in the history who did something.
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
