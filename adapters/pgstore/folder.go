package pgstore

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// folder sums up the rows of roster_counts in the background, so that there are not
// many more than blocks. One process does so at a time.
type folder struct {
	pool   *pgxpool.Pool
	writes atomic.Int64

	mu      sync.Mutex
	folding bool
	over    bool
	done    sync.WaitGroup
}

// spareRows is how many rows of roster_counts may be more than one for each block, and
// after how many writes it is looked.
const spareRows = 4096

// foldLimit is how long it may take to sum up.
const foldLimit = time.Minute

// wrote is told of each write that adds a row.
func (f *folder) wrote() {
	if f.writes.Add(1)%spareRows == 0 {
		f.fold()
	}
}

// found is told how many rows are spare.
func (f *folder) found(spare int64) {
	if spare > spareRows {
		f.fold()
	}
}

func (f *folder) fold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.folding || f.over {
		return
	}
	f.folding = true
	f.done.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), foldLimit)
		defer cancel()
		_ = pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error { return sumUp(ctx, tx) }) // whoever finds too many rows tries again
		f.mu.Lock()
		f.folding = false
		f.mu.Unlock()
	})
}

// foldLock is the key of PostgreSQL's advisory lock that who sums up holds.
const foldLock = 0x726f73746572 // "roster"

func sumUp(ctx context.Context, tx pgx.Tx) error {
	var alone bool
	if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", int64(foldLock)).Scan(&alone); err != nil || !alone {
		return err
	}
	_, err := tx.Exec(ctx, `WITH many AS (
			SELECT block FROM roster_counts GROUP BY block HAVING count(*) > 1 OR sum(persons) = 0
		), gone AS (
			DELETE FROM roster_counts WHERE block IN (SELECT block FROM many) RETURNING block, persons
		)
		INSERT INTO roster_counts SELECT block, sum(persons) FROM gone GROUP BY block HAVING sum(persons) <> 0`)
	return err
}

// wait waits for what is under way, and lets nothing begin any more.
func (f *folder) wait() {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	f.done.Wait()
}
