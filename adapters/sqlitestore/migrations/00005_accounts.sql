-- Users, in the table that Django makes for its own, and their sessions. Where the table
-- is there already, it is taken over as it is.

-- +goose Up
CREATE TABLE IF NOT EXISTS auth_user (
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
CREATE TABLE roster_sessions (
    key blob NOT NULL PRIMARY KEY,
    user_id integer NOT NULL,
    password blob NOT NULL,
    began integer NOT NULL,
    seen integer NOT NULL
) WITHOUT ROWID;
CREATE INDEX roster_sessions_user ON roster_sessions (user_id);

-- +goose Down
-- The users may be Django's, and stay.
DROP TABLE roster_sessions;
