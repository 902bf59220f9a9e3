-- Persons, in the table that Django made for the original service. Where it is
-- there already, it is taken over as it is.

-- +goose Up
CREATE TABLE IF NOT EXISTS persons_person (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    name varchar(255) NOT NULL,
    age integer unsigned NOT NULL CHECK (age >= 0)
);

-- +goose Down
-- There is no way back: the table and its rows may be Django's.
