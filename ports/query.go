package ports

import (
	"context"
	"time"
)

// Query is a statement that a store has put to its database, and what came of it: BEGIN and COMMIT too. Stores tell of
// their queries where their Config has an Observe. Suite: querytest.
type Query struct {
	// SQL is the statement on one line, with ? or $1 in the place of each value: nothing of what anybody saved or asked for
	// is in it.
	SQL string
	// Began is when it was put, and Took how long it was until its last row was read. What it waited for a connection
	// is no part of it.
	Began time.Time
	Took  time.Duration
	// Rows is how many rows it read, or changed.
	Rows int64
	// Shared is how many writes it was put for, 1 for most: a store may make many in one transaction. Such a query is
	// told once for each of them, in its ctx, because each waited for all of it.
	Shared int
	// Err is why it failed; nil where it did not.
	Err error
}

// QueryObserver is told of a query when it is over, in the ctx of the call that it was put for, whose values it has. It is
// used by many at once and must be quick: the call waits for it.
type QueryObserver func(ctx context.Context, query Query)

// Explainer is what a store is besides a PersonStore when its database can say how it answers a query. What that looks like
// differs from engine to engine, so there is no suite: each adapter's own tests hold it up.
type Explainer interface {
	// Explain returns the plan of a query, a line for each step, indented as they hang together. sql is that of a Query; nothing
	// is read or changed, and no values are needed. It is "" for what has no plan, such as COMMIT. It may take one of
	// the connections that calls share; then calls wait for it while the others are in use, or where there is no other, as in
	// memory. Otherwise nobody waits for it but other calls of Explain. After PersonStore's Close it is domain.CodeUnavailable.
	Explain(ctx context.Context, sql string) (string, error)
}
