package querytest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
	"github.com/seed-bbcc19ba/roster/ports/querytest"
)

// control is a mistake in what is told, and the start of the name of the case that must notice.
type control struct {
	mistake     string
	wantFailing string
	plant       func(ctx context.Context, query ports.Query, tell ports.QueryObserver)
}

func sound(ctx context.Context, query ports.Query, tell ports.QueryObserver) { tell(ctx, query) }

// opening opens a store that tells of its queries by way of a mistake.
func opening(plant func(context.Context, ports.Query, ports.QueryObserver)) querytest.Harness {
	return querytest.Harness{Open: func(t *testing.T, observe ports.QueryObserver) ports.PersonStore {
		t.Helper()
		store := memstore.New()
		t.Cleanup(func() { _ = store.Close() })
		return telling{store, func(ctx context.Context, query ports.Query) { plant(ctx, query, observe) }}
	}}
}

func TestSuiteRefusesBrokenTellings(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.mistake, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { querytest.Run(t, opening(c.plant)) })
		})
	}
}

// Without it the mistakes might be those of what they are planted in.
func TestTheTellingWithoutAMistakePasses(t *testing.T) {
	t.Parallel()
	querytest.Run(t, opening(sound))
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, querytest.CaseNames(), wantFailing)
}

// changed tells of queries that were changed.
func changed(change func(query *ports.Query)) func(context.Context, ports.Query, ports.QueryObserver) {
	return func(ctx context.Context, query ports.Query, tell ports.QueryObserver) {
		change(&query)
		tell(ctx, query)
	}
}

func controls() []control {
	return []control{
		{"the ctx of a call gets lost", "each query is told in the ctx", func(_ context.Context, query ports.Query, tell ports.QueryObserver) {
			tell(context.Background(), query)
		}},
		{"everybody is told of what one asked", "each query is told in the ctx", func(ctx context.Context, query ports.Query, tell ports.QueryObserver) {
			tell(ctx, query)
			tell(querytest.By(ctx, "b"), query)
		}},
		{"nobody is told of a COMMIT", "a change is told with its BEGIN", func(ctx context.Context, query ports.Query, tell ports.QueryObserver) {
			if query.SQL != "COMMIT" {
				tell(ctx, query)
			}
		}},
		{"values stand in their places", "no statement has a value", changed(func(q *ports.Query) { q.SQL = strings.ReplaceAll(q.SQL, "?", "'Zaphod O''Beeblebrox'") })},
		{"ids stand in their places", "no statement has a value", changed(func(q *ports.Query) { q.SQL = strings.ReplaceAll(q.SQL, "?", "424242") })},
		{"statements are told as they are written", "a statement is on one line", changed(func(q *ports.Query) { q.SQL = strings.ReplaceAll(q.SQL, " ", "\n\t") })},
		{"it took no time", "a query tells when it began", changed(func(q *ports.Query) { q.Took = 0 })},
		{"it began an hour ago", "a query tells when it began", changed(func(q *ports.Query) { q.Began = q.Began.Add(-time.Hour) })},
		{"it has failed", "a query tells when it began", changed(func(q *ports.Query) { q.Err = context.Canceled })},
		{"each query has a row", "a query tells how many rows", changed(func(q *ports.Query) { q.Rows = 1 })},
		{"no query has a row", "a query tells how many rows", changed(func(q *ports.Query) { q.Rows = 0 })},
		{"nobody shares is 0", "what is put for one write", changed(func(q *ports.Query) { q.Shared = 0 })},
		{"two share what an odd number is told", "what is put for many writes", changed(func(q *ports.Query) { q.Shared = 2 })},
		{"one of many is not told", "what is put for many writes", func(ctx context.Context, query ports.Query, tell ports.QueryObserver) {
			if ctx.Value(querytest.WhoKey) != "writer b" {
				tell(ctx, query)
			}
		}},
	}
}
