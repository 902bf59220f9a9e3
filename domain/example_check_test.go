package domain_test

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Four lookups at once, and ten more that wait; one more is refused.
func ExampleCheck_Check() {
	store := memstore.New()
	executor, err := localexec.New(domain.FindHandler(store), localexec.Pooled(4, 10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()
	check := domain.NewCheck(executor)

	draft, err := domain.NewDraft("Ada", 36)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := store.Create(context.Background(), draft); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(check.Check(context.Background(), 1))

	_, err = check.Check(context.Background(), 2)
	fmt.Println(domain.CodeOf(err))
	// Output:
	// 1 Ada (36) <nil>
	// not_found
}
