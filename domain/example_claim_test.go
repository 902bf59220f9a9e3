package domain_test

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// A client that never saw the answer asks again, with the same key.
func ExampleClaim() {
	registry, err := domain.NewRegistry(memstore.New(), 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	ann, err := domain.NewDraft("Ann", 31)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, request := range []string{"create Ann", "create Ann", "create Bob"} {
		claim, err := domain.NewClaim("8e03978e", []byte(request), time.Now())
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(registry.Create(context.Background(), claim.On(ann)[0]))
	}
	// Output:
	// 1 Ann (31) <nil>
	// 1 Ann (31) <nil>
	// 0  (0) the key was used for another request
}

// The same bulk twice is one bulk.
func ExampleBulkCreate_GenerateOnce() {
	store := memstore.New()
	executor, err := localexec.New(domain.CreateHandler(store), localexec.Serial(10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()
	bulk, err := domain.NewBulkCreate(executor, 10_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	claim, err := domain.NewClaim("8e03978e", []byte("generate 100"), time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		fmt.Println(bulk.GenerateOnce(context.Background(), claim, 100))
	}
	page, err := store.Page(context.Background(), domain.PageQuery{Number: 1, Size: 1})
	fmt.Println(page.Total, err)
	// Output:
	// 100 <nil>
	// 100 <nil>
	// 100 <nil>
}

// Of two who read the same person, the second to write is told.
func ExampleUnchanged() {
	ctx := context.Background()
	registry, err := domain.NewRegistry(memstore.New(), 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	draft, err := domain.NewDraft("Ann", 31)
	if err != nil {
		fmt.Println(err)
		return
	}
	read, err := registry.Create(ctx, draft)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, age := range []int64{32, 40} {
		older, err := domain.NewPatch(nil, &age)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(registry.Patch(ctx, read.ID(), older, domain.Unchanged(read)))
	}
	// Output:
	// 1 Ann (32) <nil>
	// 0  (0) the person is not as the condition wants it
}
