package lab

import "time"

// Report is what happened when the same work was done by several strategies, one after the other.
type Report struct {
	Experiment Experiment
	// Made is when it began.
	Made time.Time
	// Runs are in the order of the strategies.
	Runs []Run
}

// Run is what happened with one strategy. All its moments count from its beginning.
type Run struct {
	Strategy Strategy
	// Took is the time until the last call was answered.
	Took time.Duration
	// Calls are in the order in which they were made.
	Calls []Call
	// Batches are in the order in which they began.
	Batches []Batch
	// Samples are in the order of time.
	Samples []Sample
}

// Call is one call of the use case.
type Call struct {
	// Asked is when it was made, Answered when it was answered.
	Asked, Answered time.Duration
	// Items is what it brought; Failed is how many of these failed.
	Items, Failed int
	// Refused tells that there was no room for it: nothing of it was done.
	Refused bool
}

// Batch is one call of the handler, by one worker. What lies between Call.Asked and Began was waiting.
type Batch struct {
	// Call is the index of its call in Run.Calls.
	Call int
	// Worker is the least number, from 0, that no other batch had while this one ran.
	Worker int
	// Began and Ended are when its handler was called and had answered.
	Began, Ended time.Duration
	// Items is what it held; Failed is how many of these failed.
	Items, Failed int
	// Panicked tells that its handler did.
	Panicked bool
}

// Sample is what a moment looked like.
type Sample struct {
	At time.Duration
	// Running and Waiting are the executor's (domain.Load), Refused counts from the run's beginning.
	Running, Waiting, Refused int
	// Goroutines are those of the process, Heap are the bytes of its objects, with those that nobody needs any more.
	Goroutines int
	Heap       uint64
}
