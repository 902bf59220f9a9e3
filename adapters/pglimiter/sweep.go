package pglimiter

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// A sweep looks at twice as many rows as there can be new ones since the last.
const (
	sweepEvery = 64
	sweepRows  = 2 * sweepEvery
)

// sweep deletes rows of clients whose units have all come back, now and then. It goes
// through the table in the order of the keys, some rows at a time: an index by what is to be
// deleted would have to be written with each decision. That it fails harms no decision.
func (l *Limiter) sweep(ctx context.Context, taken int, now time.Duration) {
	l.taken += taken
	if l.taken < sweepEvery {
		return
	}
	rows := max(sweepRows, 2*l.taken)
	l.taken = 0
	// Not prepared, so that it is planned for the table as it has become.
	err := l.conn.QueryRow(ctx, `WITH seen AS MATERIALIZED (
			SELECT key, full_at FROM roster_rates WHERE key > $1::bytea ORDER BY key LIMIT $2::integer
		), gone AS (
			DELETE FROM roster_rates WHERE key = ANY (ARRAY(
				SELECT key FROM roster_rates WHERE full_at < $3::bigint AND key = ANY (ARRAY(SELECT key FROM seen WHERE full_at < $3::bigint))
				FOR UPDATE SKIP LOCKED
			))
		)
		SELECT (SELECT key FROM seen ORDER BY key OFFSET $2::integer - 1)`,
		pgx.QueryExecModeExec, l.swept, rows, int64(now)).Scan(&l.swept) // NULL where it has come to the end
	if err != nil {
		l.disconnect()
	}
	if l.swept == nil {
		l.swept = []byte{}
	}
}
