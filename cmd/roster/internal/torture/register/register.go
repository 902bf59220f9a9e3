// Package register judges whether answers about a person can be explained by one
// person who changes from one moment to the next: whether they are linearizable.
package register

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// Verb is what is asked of a person.
type Verb string

// The verbs.
const (
	Create Verb = "create"
	Get    Verb = "get"
	Put    Verb = "put"
	Patch  Verb = "patch"
	Delete Verb = "delete"
)

// Look is a person but for the id.
type Look struct {
	Name string
	Age  int
}

// Request is what was asked. A Patch has one of the two fields.
type Request struct {
	Verb     Verb
	Look     Look
	OnlyName bool
	OnlyAge  bool
}

// Reply is what was answered.
type Reply struct {
	Unknown bool // no answer came: it was done or not
	Found   bool // there was such a person
	Look    Look // after the request; of no interest for Delete
}

// Operation is a request with its reply, and when it was asked and answered.
type Operation struct {
	Request     Request
	Reply       Reply
	Asked, Done time.Duration
}

// state is what a person is at a moment.
type state struct {
	used  bool // somebody had or has the id
	there bool
	look  Look
}

// model is a person. A request that was never answered was done or not, by the time
// at which the server had ended.
var model = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{state{}} },
	Step: func(from, asked, answered any) []any {
		before, request, reply := from.(state), asked.(Request), answered.(Reply) //nolint:forcetypeassert // Judge puts nothing else in
		after, found := before.do(request)
		switch {
		case reply.Unknown:
			return []any{before, after}
		case found != reply.Found:
			return nil
		case found && request.Verb != Delete && reply.Look != after.look:
			return nil
		}
		return []any{after}
	},
}).ToModel()

// do returns what a request makes of a person, and whether there is one to answer with.
func (s state) do(r Request) (after state, found bool) {
	switch r.Verb {
	case Create:
		if s.used {
			return s, false // the id was given before
		}
		return state{used: true, there: true, look: r.Look}, true
	case Get:
		return s, s.there
	}
	if !s.there {
		return s, false
	}
	switch {
	case r.Verb == Delete:
		return state{used: true}, true
	case r.OnlyName:
		s.look.Name = r.Look.Name
	case r.OnlyAge:
		s.look.Age = r.Look.Age
	default:
		s.look = r.Look
	}
	return s, true
}

// Verdict is what Judge found.
type Verdict string

// The verdicts.
const (
	Linearizable Verdict = "linearizable"
	Violated     Verdict = "violated"
	Undecided    Verdict = "undecided" // within the time
)

// Judge tells whether the answers about one id can be explained. It takes as long as
// the limit at most.
func Judge(history []Operation, limit time.Duration) Verdict {
	operations := make([]porcupine.Operation, len(history))
	for i, o := range history {
		operations[i] = porcupine.Operation{Input: o.Request, Call: int64(o.Asked), Output: o.Reply, Return: int64(o.Done)}
	}
	switch porcupine.CheckOperationsTimeout(model, operations, limit) {
	case porcupine.Ok:
		return Linearizable
	case porcupine.Illegal:
		return Violated
	default:
		return Undecided
	}
}

// Tell returns a history in the order in which it was asked, a line for each
// operation.
func Tell(history []Operation) string {
	sorted := slices.SortedFunc(slices.Values(history), func(a, b Operation) int { return int(a.Asked - b.Asked) })
	var text strings.Builder
	for _, o := range sorted {
		fmt.Fprintf(&text, "%12v to %12v: %-6s %+v: %+v\n", o.Asked, o.Done, o.Request.Verb, o.Request.Look, o.Reply)
	}
	return text.String()
}
