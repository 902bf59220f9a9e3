package localexec_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
)

// shout prints the batches that it gets.
func shout(_ context.Context, batch []string) []domain.Outcome[string] {
	fmt.Println("batch", batch)
	outcomes := make([]domain.Outcome[string], len(batch))
	for i, word := range batch {
		outcomes[i].Value = word + "!"
	}
	return outcomes
}

// A whole call is one batch, and one call follows the other.
func ExampleSerial() {
	executor, err := localexec.New(shout, localexec.Serial(10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()

	for _, outcome := range executor.Execute(context.Background(), []string{"ready", "steady", "go"}) {
		fmt.Println(outcome.Value)
	}
	// Output:
	// batch [ready steady go]
	// ready!
	// steady!
	// go!
}

// Batches of two, one after the other.
func ExampleBatched() {
	executor, err := localexec.New(shout, localexec.Batched(2, 10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()

	outcomes := executor.Execute(context.Background(), []string{"a", "b", "c", "d", "e"})
	fmt.Println(len(outcomes), "outcomes, the last", outcomes[4].Value)
	// Output:
	// batch [a b]
	// batch [c d]
	// batch [e]
	// 5 outcomes, the last e!
}

// Two calls run at once: each of them waits until it has met the other.
func ExamplePooled() {
	var meeting sync.WaitGroup
	meeting.Add(2)
	meet := func(_ context.Context, batch []string) []domain.Outcome[string] {
		meeting.Done()
		meeting.Wait()
		return []domain.Outcome[string]{{Value: batch[0] + " has met somebody"}}
	}
	executor, err := localexec.New(meet, localexec.Pooled(2, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()

	names, answers := []string{"Ann", "Bob"}, make([]string, 2)
	var callers sync.WaitGroup
	for i, name := range names {
		callers.Go(func() { answers[i] = executor.Execute(context.Background(), []string{name})[0].Value })
	}
	callers.Wait()
	fmt.Println(answers[0])
	fmt.Println(answers[1])
	// Output:
	// Ann has met somebody
	// Bob has met somebody
}

// The items of one call run at once, and one that fails leaves the others alone.
func ExamplePerItem() {
	halve := func(_ context.Context, batch []int) []domain.Outcome[int] {
		if batch[0]%2 != 0 {
			return []domain.Outcome[int]{{Err: errors.New("odd")}}
		}
		return []domain.Outcome[int]{{Value: batch[0] / 2}}
	}
	executor, err := localexec.New(halve, localexec.PerItem(4, 10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()

	for _, outcome := range executor.Execute(context.Background(), []int{2, 3, 4}) {
		fmt.Println(outcome.Value, outcome.Err)
	}
	// Output:
	// 1 <nil>
	// 0 odd
	// 2 <nil>
}

// A full executor refuses a call at once, and a closed one refuses them all.
func ExampleExecutor_Execute() {
	executor, err := localexec.New(shout, localexec.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	executor.Close()

	for _, outcome := range executor.Execute(context.Background(), []string{"too", "late"}) {
		fmt.Println(domain.CodeOf(outcome.Err), "-", domain.MessageOf(outcome.Err))
	}
	// Output:
	// unavailable - the executor is closed
	// unavailable - the executor is closed
}
