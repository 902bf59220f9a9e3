module github.com/seed-bbcc19ba/roster

go 1.26
