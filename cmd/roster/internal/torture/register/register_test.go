package register_test

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/register"
)

var (
	ann = register.Look{Name: "Ann", Age: 1}
	bob = register.Look{Name: "Bob", Age: 2}
)

func at(asked, done time.Duration, verb register.Verb, look register.Look, reply register.Reply) register.Operation {
	return register.Operation{Request: register.Request{Verb: verb, Look: look}, Reply: reply, Asked: asked, Done: done}
}

func patched(asked, done time.Duration, request register.Request, reply register.Look) register.Operation {
	request.Verb = register.Patch
	return register.Operation{Request: request, Reply: register.Reply{Found: true, Look: reply}, Asked: asked, Done: done}
}

func is(look register.Look) register.Reply { return register.Reply{Found: true, Look: look} }

var (
	nobody  = register.Reply{}
	unknown = register.Reply{Unknown: true}
)

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	created := at(0, 1, register.Create, ann, is(ann))
	toBob := register.Request{Look: register.Look{Name: "Bob"}, OnlyName: true}
	toTwo := register.Request{Look: register.Look{Age: 2}, OnlyAge: true}
	tests := []struct {
		name    string
		history []register.Operation
		want    register.Verdict
	}{
		{"who was made is found", []register.Operation{created, at(2, 3, register.Get, ann, is(ann))}, register.Linearizable},
		{"who was made is not found", []register.Operation{created, at(2, 3, register.Get, ann, nobody)}, register.Violated},
		{"while being made", []register.Operation{at(0, 5, register.Create, ann, is(ann)), at(1, 2, register.Get, ann, nobody), at(3, 4, register.Get, ann, is(ann))}, register.Linearizable},
		{"found and then not", []register.Operation{at(0, 5, register.Create, ann, is(ann)), at(1, 2, register.Get, ann, is(ann)), at(3, 4, register.Get, ann, nobody)}, register.Violated},
		{"a change that is not seen", []register.Operation{created, at(2, 3, register.Put, bob, is(bob)), at(4, 5, register.Get, ann, is(ann))}, register.Violated},
		{"two patches at once both count", []register.Operation{created, patched(2, 5, toBob, register.Look{Name: "Bob", Age: 1}), patched(3, 4, toTwo, bob), at(6, 7, register.Get, ann, is(bob))}, register.Linearizable},
		{"one undoes the other", []register.Operation{created, patched(2, 5, toBob, register.Look{Name: "Bob", Age: 1}), patched(3, 4, toTwo, register.Look{Name: "Ann", Age: 2}), at(6, 7, register.Get, ann, is(register.Look{Name: "Ann", Age: 2}))}, register.Violated},
		{"who was deleted is not found", []register.Operation{created, at(2, 3, register.Delete, ann, is(ann)), at(4, 5, register.Get, ann, nobody)}, register.Linearizable},
		{"who was deleted is changed", []register.Operation{created, at(2, 3, register.Delete, ann, is(ann)), at(4, 5, register.Put, bob, is(bob))}, register.Violated},
		{"an id is given twice", []register.Operation{created, at(2, 3, register.Delete, ann, is(ann)), at(4, 5, register.Create, bob, is(bob))}, register.Violated},
		{"what was not answered was done", []register.Operation{created, at(2, 5, register.Put, bob, unknown), at(6, 7, register.Get, ann, is(bob))}, register.Linearizable},
		{"or not", []register.Operation{created, at(2, 5, register.Put, bob, unknown), at(6, 7, register.Get, ann, is(ann))}, register.Linearizable},
		{"but not after the server ended", []register.Operation{created, at(2, 5, register.Put, bob, unknown), at(6, 7, register.Get, ann, is(ann)), at(8, 9, register.Get, ann, is(bob))}, register.Violated},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := register.Judge(test.history, time.Minute); got != test.want {
				t.Errorf("got %s, want %s\n%s", got, test.want, register.Tell(test.history))
			}
		})
	}
}
