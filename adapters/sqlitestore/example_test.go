package sqlitestore_test

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func ExampleOpen() {
	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, sqlitestore.Config{Path: ""}) // in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	applied, err := store.Migrate(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, migration := range applied {
		fmt.Println("applied:", migration.Version, migration.Name)
	}

	draft, err := domain.NewDraft("Ann", 31)
	if err != nil {
		fmt.Println(err)
		return
	}
	person, err := store.Create(ctx, draft)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("saved:", person)
	// Output:
	// applied: 1 persons
	// applied: 2 claims
	// applied: 3 jobs
	// applied: 4 history
	// applied: 5 accounts
	// applied: 6 tokens
	// saved: 1 Ann (31)
}

// Migrating again finds nothing to do.
func ExampleStore_Migrate() {
	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, sqlitestore.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	for range 2 {
		applied, err := store.Migrate(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("applied:", len(applied))
	}
	migrations, err := store.Migrations(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, migration := range migrations {
		fmt.Println(migration.Version, migration.Name, "pending:", migration.AppliedAt.IsZero())
	}
	// Output:
	// applied: 6
	// applied: 0
	// 1 persons pending: false
	// 2 claims pending: false
	// 3 jobs pending: false
	// 4 history pending: false
	// 5 accounts pending: false
	// 6 tokens pending: false
}

func ExampleNextMigration() {
	filename, content, err := sqlitestore.NextMigration("add_email",
		[]string{"ALTER TABLE persons_person ADD COLUMN email varchar(254) NULL"},
		[]string{"ALTER TABLE persons_person DROP COLUMN email"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(filename)
	fmt.Print(content)
	// Output:
	// 00007_add_email.sql
	// -- +goose Up
	// ALTER TABLE persons_person ADD COLUMN email varchar(254) NULL;
	//
	// -- +goose Down
	// ALTER TABLE persons_person DROP COLUMN email;
}
