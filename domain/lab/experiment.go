package lab

import "time"

// Work is what an experiment does.
type Work string

const (
	// WorkBulk saves persons: an item is a person.
	WorkBulk Work = "bulk"
	// WorkCheck looks persons up: an item is an id.
	WorkCheck Work = "check"
	// WorkFetch gets documents from an upstream that is part of the lab: an item is a document.
	WorkFetch Work = "fetch"
)

// Works returns every work that there is.
func Works() []Work { return []Work{WorkBulk, WorkCheck, WorkFetch} }

// Experiment is the work that each strategy gets.
type Experiment struct {
	Work Work
	// Calls is how many calls of the use case there are, Items how many items each brings: 1 for WorkCheck.
	Calls, Items int
	// Gap is the time from one call to the next; 0 makes all of them at once.
	Gap time.Duration
	// Upstream is how documents are served, for WorkFetch.
	Upstream Upstream
	// Panic is the number, from 1, of the call whose first item makes the handler panic; 0 is none.
	Panic int
}

// Upstream is how a stub serves documents.
type Upstream struct {
	// Latency is how long an answer takes, give or take Jitter.
	Latency, Jitter time.Duration
	// Failures is the share of answers, from 0 to 1, that are failures.
	Failures float64
	// Slow is how long the first document of each call takes instead; 0 is as long as the others.
	Slow time.Duration
}

// Preset is an experiment with a story.
type Preset struct {
	// Name is its name in commands and paths, such as slow-upstream.
	Name string
	// Title is its name for people. Story says what to see, Choice when to choose which strategy.
	Title, Story, Choice string
	Experiment           Experiment
	Strategies           []Strategy
}
