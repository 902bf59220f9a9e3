package memstore_test

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func ExampleNew() {
	registry, err := domain.NewRegistry(memstore.New(), 100)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for _, name := range []string{"Ann", "Bob"} {
		draft, err := domain.NewDraft(name, 31)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := registry.Create(ctx, draft); err != nil {
			log.Fatal(err)
		}
	}
	page, err := registry.List(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Persons, "of", page.Total)
	// Output: [1 Ann (31) 2 Bob (31)] of 2
}
