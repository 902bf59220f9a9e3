package domain

import "context"

// FindHandler returns the handler of Check: it looks up each id of a batch
// through finder. One failure leaves the others alone.
func FindHandler(finder PersonFinder) Handler[int64, Person] {
	return func(ctx context.Context, batch []int64) []Outcome[Person] {
		outcomes := make([]Outcome[Person], len(batch))
		for i, id := range batch {
			outcomes[i].Value, outcomes[i].Err = finder.Find(ctx, id)
		}
		return outcomes
	}
}

// Check is the use case of looking a person up through an executor: the same
// answer as Registry.Get, run wherever the executor runs it. It is safe for
// concurrent use when its executor is.
type Check struct {
	executor Executor[int64, Person]
}

// NewCheck returns the use case over an executor whose handler is FindHandler.
func NewCheck(executor Executor[int64, Person]) *Check {
	return &Check{executor: executor}
}

// Check returns the person, CodeNotFound, or what the executor answers:
// CodeUnavailable when it is full.
func (c *Check) Check(ctx context.Context, id int64) (Person, error) {
	outcome := c.executor.Execute(ctx, []int64{id})[0]
	return outcome.Value, outcome.Err
}
