package domain_test

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func ExampleBrowse() {
	store, ctx := memstore.New(), context.Background()
	for i, name := range []string{"Ann", "Bob", "Joanna", "Cid", "ANN"} {
		draft, err := domain.NewDraft(name, int64(30+i))
		if err != nil {
			log.Fatal(err)
		}
		if _, err := store.Create(ctx, draft); err != nil {
			log.Fatal(err)
		}
	}
	browse, err := domain.NewBrowse(store, domain.BrowseConfig{PageSize: 100, Look: 3})
	if err != nil {
		log.Fatal(err)
	}
	query := domain.BrowseQuery{Number: 1, Filter: domain.PersonFilter{Text: "ann"}}
	for {
		found, err := browse.Browse(ctx, query)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(found.Persons, "of", found.Looked)
		if found.Next == 0 {
			break
		}
		query.Before = found.Next
	}
	all := domain.Selection{All: true, Query: domain.BrowseQuery{Filter: query.Filter}, Count: 2}
	deleted, err := browse.Delete(ctx, all)
	fmt.Println(deleted, err)
	// Output:
	// [5 ANN (34) 3 Joanna (32)] of 3
	// [1 Ann (30)] of 2
	// 2 <nil>
}

func ExampleWithOrigin() {
	store := memstore.New()
	ctx := domain.WithOrigin(context.Background(), domain.Origin{Via: domain.ViaAdmin, Who: "ann"})
	draft, err := domain.NewDraft("Bob", 31)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := store.Create(ctx, draft); err != nil {
		log.Fatal(err)
	}
	changes, err := store.Changes(ctx, domain.ChangesQuery{Size: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, change := range changes {
		fmt.Println(change.Origin.Who, change.Kind, change.After)
	}
	// Output: ann created 1 Bob (31)
}

func ExampleSurvey_Findings() {
	survey := domain.NewSurvey(memstore.New(), nil)
	defer func() { _ = survey.Close() }()
	findings := survey.Findings(context.Background(), 1<<40)
	fmt.Println(len(findings.Ages), len(findings.Created), findings.Err)
	// Output: 0 24 <nil>
}
