package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func contextCases() []storeCase {
	return []storeCase{
		{"every method answers canceled, and changes nothing, when ctx was cancelled before", cancelledBefore},
		{"every method answers deadline, and changes nothing, when ctx ran out before", expiredBefore},
	}
}

func cancelledBefore(t *testing.T, store ports.PersonStore) {
	plain, cancel := context.WithCancel(t.Context())
	cancel()
	withCause, cancelCause := context.WithCancelCause(t.Context())
	cancelCause(errors.New("the client went away"))
	wantRefused(t, store, domain.CodeCanceled, plain, withCause)
}

func expiredBefore(t *testing.T, store ports.PersonStore) {
	past := time.Now().Add(-time.Second)
	plain, cancel := context.WithDeadline(t.Context(), past)
	defer cancel()
	withCause, cancelCause := context.WithDeadlineCause(t.Context(), past, errors.New("too slow"))
	defer cancelCause()
	wantRefused(t, store, domain.CodeDeadline, plain, withCause)
}

// wantRefused fails the test unless every method refuses the ctxs with the code.
func wantRefused(t *testing.T, store ports.PersonStore, want domain.Code, ended ...context.Context) {
	t.Helper()
	persons := createMany(t, store, 3)
	for _, ctx := range ended {
		for _, c := range calls(t) {
			id := persons[1].ID()
			wantCode(t, c.on(id), c.do(ctx, store, id), want, "ctx had ended before the call")
			wantEverybody(t, store, persons, c.name+" with a ctx that had ended changes nothing")
		}
	}
}
