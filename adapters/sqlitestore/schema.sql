-- The tables as they are after all migrations. To change them: edit this file,
-- let `roster makemigrations` write the migration that leads here, and review it.

CREATE TABLE persons_person (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    name varchar(255) NOT NULL,
    age integer unsigned NOT NULL CHECK (age >= 0)
);
