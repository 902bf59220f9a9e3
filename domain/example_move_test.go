package domain_test

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Everybody keeps their id, and no id is given again, not even that of somebody who was deleted.
func ExampleMove_Run() {
	ctx, source, target := context.Background(), memstoreOf("Ann", "Bob", "Cid"), memstore.New()
	if err := source.Delete(ctx, 3); err != nil {
		log.Fatal(err)
	}
	moved, err := domain.NewMove(source, target).Run(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(moved.Persons, "persons, last id", moved.LastID)

	draft, err := domain.NewDraft("Dora", 30)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(target.Create(ctx, draft))
	// Output:
	// 2 persons, last id 3
	// 4 Dora (30) <nil>
}
