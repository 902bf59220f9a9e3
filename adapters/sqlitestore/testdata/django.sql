-- A database as the original's `manage.py migrate` makes it (tables of other
-- Django apps cut down to a few), with persons written over the years: the first
-- and the last were deleted, and some rows are odd.

CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
CREATE TABLE "auth_user_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL);
CREATE TABLE "persons_person" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL, "age" integer unsigned NOT NULL CHECK ("age" >= 0));

INSERT INTO "django_migrations" VALUES (1, 'contenttypes', '0001_initial', '2023-04-01 10:00:00.123456'), (2, 'persons', '0001_initial', '2023-04-01 10:00:01.654321');
INSERT INTO "django_content_type" VALUES (1, 'persons', 'person');
INSERT INTO "auth_permission" VALUES (1, 1, 'add_person', 'Can add person');
INSERT INTO "auth_user" VALUES
    (3, 'pbkdf2_sha256$600000$abcdefghijklmnopqrstuv$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', '2023-04-01 10:00:00.123456', 1, 'root', '', 'root@example.org', 1, 1, '2023-04-01 09:00:00', ''),
    (5, '!unusable', NULL, 0, 'Änne', 'Ωmega', '', 0, 0, '2023-04-02 00:00:00.000100', 'Änne');
UPDATE "sqlite_sequence" SET "seq" = 9 WHERE "name" = 'auth_user';
INSERT INTO "auth_user_groups" VALUES (1, 3, 1), (2, 5, 1);
INSERT INTO "persons_person" VALUES
    (2, 'Ann', 31),
    (5, 'Änne Ωmega 👩‍🚀', 0),
    (9, ' spaces stay ', 99),
    (10, '', 5),
    (11, replace(hex(zeroblob(150)), '00', 'éé'), 2147483647),
    (12, 'older than today''s rules allow', 2147483648),
    (13, 'a' || char(0) || 'b', 1);
UPDATE "sqlite_sequence" SET "seq" = 40 WHERE "name" = 'persons_person';
