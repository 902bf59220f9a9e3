package pgstore

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/ports"
)

// tracer tells of queries. Their statements are texts of this package, each value in the place of a $1: none has to be
// taken out.
type tracer struct{ observe ports.QueryObserver }

var (
	_ pgx.QueryTracer    = (*tracer)(nil)
	_ pgx.CopyFromTracer = (*tracer)(nil)
)

// queryKey has what is known of a query when it is put.
type queryKey struct{}

// explainKey marks a ctx that asks for a plan, of which nobody is told.
type explainKey struct{}

type begun struct {
	statement string
	at        time.Time
}

// TraceQueryStart implements pgx.QueryTracer.
func (t *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, queryKey{}, begun{data.SQL, time.Now()})
}

// TraceQueryEnd implements pgx.QueryTracer.
func (t *tracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	t.tell(ctx, data.CommandTag.RowsAffected(), data.Err)
}

// TraceCopyFromStart implements pgx.CopyFromTracer.
func (t *tracer) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromStartData) context.Context {
	statement := "COPY " + data.TableName.Sanitize() + " FROM STDIN"
	return context.WithValue(ctx, queryKey{}, begun{statement, time.Now()})
}

// TraceCopyFromEnd implements pgx.CopyFromTracer.
func (t *tracer) TraceCopyFromEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromEndData) {
	t.tell(ctx, data.CommandTag.RowsAffected(), data.Err)
}

func (t *tracer) tell(ctx context.Context, rows int64, err error) {
	query, ok := ctx.Value(queryKey{}).(begun)
	if !ok || ctx.Value(explainKey{}) != nil {
		return
	}
	t.observe(ctx, ports.Query{
		SQL: oneLine(query.statement), Began: query.at, Took: time.Since(query.at), Rows: rows, Shared: 1, Err: err,
	})
}

// oneLine returns a statement on one line. BEGIN and the like are written small by pgx.
func oneLine(statement string) string {
	if word, rest, _ := strings.Cut(statement, " "); rest == "" {
		return strings.ToUpper(word)
	}
	return strings.Join(strings.Fields(statement), " ")
}

// planned are the words with which statements begin that have a plan.
var planned = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES"}

var parameter = regexp.MustCompile(`\$([0-9]+)`)

// Explain implements ports.Explainer: the generic plan, which holds for any values. It takes a connection of the pool for as
// long as PostgreSQL plans.
func (s *Store) Explain(ctx context.Context, statement string) (plan string, err error) {
	verb, _, _ := strings.Cut(statement, " ")
	if !slices.Contains(planned, strings.ToUpper(verb)) {
		return "", nil
	}
	select {
	case s.plans <- struct{}{}:
		defer func() { <-s.plans }()
	case <-ctx.Done():
	}
	err = s.transact(context.WithValue(ctx, explainKey{}, true), func(tx pgx.Tx) error {
		plan, err = explain(ctx, tx, statement)
		return err
	})
	return plan, err
}

// explain asks for the plan of a prepared statement, because EXPLAIN (GENERIC_PLAN) is there only from PostgreSQL 16 on.
func explain(ctx context.Context, tx pgx.Tx, statement string) (string, error) {
	var nulls []string
	for _, found := range parameter.FindAllStringSubmatch(statement, -1) {
		for number, _ := strconv.Atoi(found[1]); len(nulls) < number; {
			nulls = append(nulls, "NULL")
		}
	}
	execute := "EXPLAIN EXECUTE roster_explained"
	if len(nulls) > 0 {
		execute += "(" + strings.Join(nulls, ", ") + ")"
	}
	results, err := tx.Conn().PgConn().Exec(ctx, "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE roster_explained AS "+
		statement+"; "+execute+"; DEALLOCATE roster_explained").ReadAll()
	if err != nil {
		return "", err
	}
	var lines []string
	for _, result := range results {
		for _, row := range result.Rows {
			lines = append(lines, string(row[0]))
		}
	}
	return strings.Join(lines, "\n"), nil
}
