package domain_test

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// A list that is searched or sorted is made of the latest persons, here three at a time, and says where it goes on.
func ExampleBrowse_Browse() {
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
	// Output:
	// [5 ANN (34) 3 Joanna (32)] of 3
	// [1 Ann (30)] of 2
}

// Persons picked one by one; one who is gone is left out.
func ExampleBrowse_Selected() {
	browse, err := domain.NewBrowse(memstoreOf("Ann", "Bob", "Cid"), domain.BrowseConfig{PageSize: 100, Look: 1000})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(browse.Selected(context.Background(), domain.Selection{IDs: []int64{3, 1, 7}}))
	// Output: [1 Ann (30) 3 Cid (30)] <nil>
}

// All of a list, as it was seen: not who came meanwhile.
func ExampleBrowse_Delete() {
	store, ctx := memstoreOf("Ann", "Bob", "Anna"), context.Background()
	browse, err := domain.NewBrowse(store, domain.BrowseConfig{PageSize: 100, Look: 1000})
	if err != nil {
		log.Fatal(err)
	}
	query := domain.BrowseQuery{Number: 1, Filter: domain.PersonFilter{Text: "ann"}}
	seen, err := browse.Browse(ctx, query)
	if err != nil {
		log.Fatal(err)
	}
	draft, err := domain.NewDraft("Hannah", 30)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := store.Create(ctx, draft); err != nil {
		log.Fatal(err)
	}
	fmt.Println(browse.Delete(ctx, domain.Selection{All: true, Query: query, Count: seen.Total, Newest: seen.Newest, Next: seen.Next}))
	fmt.Println(store.Find(ctx, 4))
	// Output:
	// 2 <nil>
	// 4 Hannah (30) <nil>
}

// memstoreOf returns a store of persons of 30 years.
func memstoreOf(names ...string) *memstore.Store {
	store := memstore.New()
	for _, name := range names {
		draft, err := domain.NewDraft(name, 30)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := store.Create(context.Background(), draft); err != nil {
			log.Fatal(err)
		}
	}
	return store
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
