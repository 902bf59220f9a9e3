package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/adapters/internal/sqlitedriver"
	"github.com/seed-bbcc19ba/roster/ports"
)

// groupKey has the writes of the transaction that a ctx is of, where somebody observes.
type groupKey struct{}

// contextOf returns the ctx in which the writes of a group are made: it ends with none of theirs, and knows whom to tell of
// its queries.
func (w *writer) contextOf(group []*write) context.Context {
	if w.observe == nil {
		return context.Background()
	}
	return context.WithValue(context.Background(), groupKey{}, group)
}

// shared returns an observer that tells of a query once for each write of its group.
func shared(observe ports.QueryObserver) ports.QueryObserver {
	if observe == nil {
		return nil
	}
	return func(ctx context.Context, query ports.Query) {
		group, ok := ctx.Value(groupKey{}).([]*write)
		if !ok {
			observe(ctx, query)
			return
		}
		query.Shared = len(group)
		for _, call := range group {
			if call.tell != nil {
				call.tell(query)
			}
		}
	}
}

// Explain implements ports.Explainer by EXPLAIN QUERY PLAN, with a connection of its own. In memory, where there is but one, others do
// wait, some microseconds.
func (s *Store) Explain(ctx context.Context, statement string) (plan string, err error) {
	if !hasPlan(statement) {
		return "", nil
	}
	err = s.planLane.run(ctx, func(db *bun.DB) error {
		plan, err = explain(context.WithoutCancel(ctx), db.DB, statement)
		return err
	})
	return plan, err
}

// hasPlan tells whether SQLite has a plan of a statement.
func hasPlan(statement string) bool {
	verb, _, _ := strings.Cut(statement, " ")
	switch strings.ToUpper(verb) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH":
		return true
	default:
		return false
	}
}

func explain(ctx context.Context, db *sql.DB, statement string) (plan string, err error) {
	rows, err := db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+statement, sqlitedriver.NoValues(statement)...)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var (
		lines          []string
		depth          = map[int]int{0: -1}
		id, parent, no int
		detail         string
	)
	for rows.Next() {
		if err := rows.Scan(&id, &parent, &no, &detail); err != nil {
			return "", err
		}
		depth[id] = depth[parent] + 1
		lines = append(lines, strings.Repeat("  ", depth[id])+detail)
	}
	return strings.Join(lines, "\n"), rows.Err()
}
