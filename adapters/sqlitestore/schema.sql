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
