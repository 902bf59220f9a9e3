package domain_test

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// A hundred persons in batches of 40, each saved as a whole.
func ExampleBulkCreate_Generate() {
	store := memstore.New()
	executor, err := localexec.New(domain.CreateHandler(store), localexec.Batched(40, 10))
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

	fmt.Println(bulk.Generate(context.Background(), 100))
	fmt.Println(store.Find(context.Background(), 100))

	_, err = bulk.Generate(context.Background(), 10_001)
	fmt.Println(err)
	// Output:
	// 100 <nil>
	// 100 Person 99 (99) <nil>
	// invalid input [count too_big (10000)]
}

// With an executor that makes a call one batch, a call is all or nothing.
func ExampleBulkCreate_Create() {
	executor, err := localexec.New(domain.CreateHandler(memstore.New()), localexec.Serial(10))
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

	var drafts []domain.Draft
	for _, name := range []string{"Ada", "Bob"} {
		draft, err := domain.NewDraft(name, 36)
		if err != nil {
			fmt.Println(err)
			return
		}
		drafts = append(drafts, draft)
	}
	outcomes, err := bulk.Create(context.Background(), drafts)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, outcome := range outcomes {
		fmt.Println(outcome.Value, outcome.Err)
	}
	// Output:
	// 1 Ada (36) <nil>
	// 2 Bob (36) <nil>
}

func ExampleGeneratedDraft() {
	draft := domain.GeneratedDraft(250)
	fmt.Println(draft.Name(), draft.Age())
	// Output: Person 250 50
}

func ExampleTally() {
	succeeded, first := domain.Tally([]domain.Outcome[int]{{Value: 7}, {Err: domain.NotFound(8)}, {Err: domain.NotFound(9)}})
	fmt.Println(succeeded, first)
	// Output: 1 there is no person 8
}

// Whether a bulk may be made can be asked before anything is paid for it.
func ExampleBulkCreate_CheckCount() {
	executor, err := localexec.New(domain.CreateHandler(memstore.New()), localexec.Serial(10))
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
	fmt.Println(bulk.CheckCount(10_000))
	fmt.Println(bulk.CheckCount(0))
	// Output:
	// <nil>
	// invalid input [count too_small (1)]
}
