-- A database as the original's `manage.py migrate` makes it (tables of other
-- Django apps cut down to a few), with persons written over the years: the first
-- and the last were deleted, and some rows are odd.

CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
CREATE TABLE "persons_person" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL, "age" integer unsigned NOT NULL CHECK ("age" >= 0));

INSERT INTO "django_migrations" VALUES (1, 'contenttypes', '0001_initial', '2023-04-01 10:00:00.123456'), (2, 'persons', '0001_initial', '2023-04-01 10:00:01.654321');
INSERT INTO "django_content_type" VALUES (1, 'persons', 'person');
INSERT INTO "auth_permission" VALUES (1, 1, 'add_person', 'Can add person');
INSERT INTO "persons_person" VALUES
    (2, 'Ann', 31),
    (5, 'Änne Ωmega 👩‍🚀', 0),
    (9, ' spaces stay ', 99),
    (10, '', 5),
    (11, replace(hex(zeroblob(150)), '00', 'éé'), 2147483647),
    (12, 'older than today''s rules allow', 2147483648),
    (13, 'a' || char(0) || 'b', 1);
UPDATE "sqlite_sequence" SET "seq" = 40 WHERE "name" = 'persons_person';
