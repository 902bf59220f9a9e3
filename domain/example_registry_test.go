package domain_test

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// The life of a person, on a store in memory.
func ExampleRegistry() {
	ctx := context.Background()
	registry, err := domain.NewRegistry(memstore.New(), 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	draft, err := domain.NewDraft("Ada", 36)
	if err != nil {
		fmt.Println(err)
		return
	}
	ada, err := registry.Create(ctx, draft)
	fmt.Println("created: ", ada, err)

	patch, err := domain.NewPatch(nil, new(int64(37)))
	if err != nil {
		fmt.Println(err)
		return
	}
	ada, err = registry.Patch(ctx, ada.ID(), patch)
	fmt.Println("patched: ", ada, err)

	fmt.Println("deleted: ", registry.Delete(ctx, ada.ID()))

	_, err = registry.Get(ctx, ada.ID())
	fmt.Println("gone:    ", domain.CodeOf(err))
	// Output:
	// created:  1 Ada (36) <nil>
	// patched:  1 Ada (37) <nil>
	// deleted:  <nil>
	// gone:     not_found
}

// registryOf returns a registry with pages of two persons, and these in it.
func registryOf(names ...string) *domain.Registry {
	registry, err := domain.NewRegistry(memstore.New(), 2)
	if err != nil {
		panic(err)
	}
	for i, name := range names {
		draft, err := domain.NewDraft(name, int64(20+i))
		if err != nil {
			panic(err)
		}
		if _, err := registry.Create(context.Background(), draft); err != nil {
			panic(err)
		}
	}
	return registry
}

func ExampleRegistry_Create() {
	registry := registryOf()
	draft, err := domain.NewDraft("Ada", 36)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(registry.Create(context.Background(), draft))

	_, err = registry.Create(context.Background(), domain.Draft{})
	fmt.Println(err)
	// Output:
	// 1 Ada (36) <nil>
	// invalid input [name blank]
}

func ExampleRegistry_Get() {
	registry := registryOf("Ada", "Bob")
	fmt.Println(registry.Get(context.Background(), 2))

	_, err := registry.Get(context.Background(), 3)
	fmt.Println(domain.CodeOf(err), "-", domain.MessageOf(err))
	// Output:
	// 2 Bob (21) <nil>
	// not_found - there is no person 3
}

func ExampleRegistry_List() {
	registry := registryOf("Ada", "Bob", "Cid")
	for _, number := range []int64{1, domain.LastPage} {
		page, err := registry.List(context.Background(), number)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("page", page.Number, "of", page.Pages(), page.Persons, "total", page.Total)
	}
	// Output:
	// page 1 of 2 [1 Ada (20) 2 Bob (21)] total 3
	// page 2 of 2 [3 Cid (22)] total 3
}

// The place is an id. Nobody needs to have it any more.
func ExampleRegistry_After() {
	registry := registryOf("Ada", "Bob", "Cid", "Dan")
	fmt.Println(registry.Delete(context.Background(), 2))
	for _, id := range []int64{math.MinInt64, 2} {
		slice, err := registry.After(context.Background(), id)
		fmt.Println(slice.Persons, "more:", slice.More, err)
	}
	// Output:
	// <nil>
	// [1 Ada (20) 3 Cid (22)] more: true <nil>
	// [3 Cid (22) 4 Dan (23)] more: false <nil>
}

func ExampleRegistry_Before() {
	registry := registryOf("Ada", "Bob", "Cid", "Dan")
	for _, id := range []int64{math.MaxInt64, 3} {
		slice, err := registry.Before(context.Background(), id)
		fmt.Println(slice.Persons, "more:", slice.More, err)
	}
	// Output:
	// [3 Cid (22) 4 Dan (23)] more: true <nil>
	// [1 Ada (20) 2 Bob (21)] more: false <nil>
}

func ExampleRegistry_All() {
	for person, err := range registryOf("Ada", "Bob", "Cid").All(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(person)
	}
	// Output:
	// 1 Ada (20)
	// 2 Bob (21)
	// 3 Cid (22)
}

func ExampleRegistry_Replace() {
	draft, err := domain.NewDraft("Bea", 50)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(registryOf("Ada", "Bob").Replace(context.Background(), 2, draft))
	// Output:
	// 2 Bea (50) <nil>
}

func ExampleRegistry_Patch() {
	patch, err := domain.NewPatch(new("Bea"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(registryOf("Ada", "Bob").Patch(context.Background(), 2, patch))
	// Output:
	// 2 Bea (21) <nil>
}

func ExampleRegistry_Delete() {
	registry := registryOf("Ada", "Bob")
	fmt.Println(registry.Delete(context.Background(), 2))
	fmt.Println(domain.CodeOf(registry.Delete(context.Background(), 2)))
	// Output:
	// <nil>
	// not_found
}

// A store reads as many persons as Limit says, the nearest first.
func ExampleSeekQuery() {
	query := domain.SeekQuery{From: 9, Backward: true, Size: 2}
	limit, err := query.Limit()
	fmt.Println("read", limit, err)

	found := []domain.Person{domain.StoredPerson(8, "Hal", 27), domain.StoredPerson(5, "Eve", 24), domain.StoredPerson(2, "Bob", 21)}
	slice := query.Slice(found)
	fmt.Println(slice.Persons, "more:", slice.More)

	_, err = domain.SeekQuery{}.Limit()
	fmt.Println(err)
	// Output:
	// read 3 <nil>
	// [5 Eve (24) 8 Hal (27)] more: true
	// a slice holds at least one person
}

// A store calls Window inside the snapshot from which it reads the page.
func ExamplePageQuery_Window() {
	window, err := domain.PageQuery{Number: domain.LastPage, Size: 10}.Window(23)
	fmt.Printf("page %d: skip %d, take %d (%v)\n", window.Number, window.Offset, window.Limit, err)

	_, err = domain.PageQuery{Number: 4, Size: 10}.Window(23)
	fmt.Println(domain.CodeOf(err))
	// Output:
	// page 3: skip 20, take 3 (<nil>)
	// not_found
}
