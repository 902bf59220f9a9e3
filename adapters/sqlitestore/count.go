package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// rest is how much longer the census rests after a count than the count took, so
// that a process that writes all the time costs a tenth of a processor at most.
const rest = 9

// leastRest is how long it rests at least where a table cannot be counted: it
// mostly stays so.
const leastRest = time.Second

// maxGroups is how many groups the census keeps, which are 64 MiB: enough for
// 16 billion persons whose ids follow each other. A table with ids further apart is
// not worth it.
const maxGroups = 1 << 14

// count begins to count in the background, unless that is known already, under
// way, or was done just now.
func (c *census) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts != nil || c.counting || time.Now().Before(c.rested) || c.lane.usable(context.Background()) != nil {
		return
	}
	c.counting = true
	c.done.Go(func() {
		start := time.Now()
		counted, err := c.countSafely(context.Background())
		c.mu.Lock()
		defer c.mu.Unlock()
		if err == nil && c.since != nil {
			counted.addAll(c.since)
			c.counts = counted
		}
		c.since, c.counting = nil, false
		pause := rest * time.Since(start)
		crash := (*domain.PanicError)(nil)
		if errors.Is(err, errRules) || errors.Is(err, errWide) || errors.As(err, &crash) {
			pause = max(pause, leastRest)
		}
		c.rested = time.Now().Add(pause)
	})
}

var (
	errBusy  = errors.New("another process wrote meanwhile")
	errRules = errors.New("the table has rules of its own")
	errWide  = errors.New("the ids are too far apart")
)

// countSafely is countAll, but that a panic is an error: nobody above would recover
// it, and a page can do without the count.
func (c *census) countSafely(ctx context.Context) (counted *counts, err error) {
	defer func() {
		if value := recover(); value != nil {
			stack := debug.Stack()
			err = &domain.PanicError{Value: value, Stack: stack}
			c.lane.fault.logger.LogAttrs(ctx, slog.LevelError, "persons cannot be counted",
				slog.Any("error", err), slog.String("stack", string(stack)))
		}
		c.lane.fault.meet(err)
	}()
	return c.countAll(ctx)
}

// countAll counts everybody as of one moment; since is what changed from then on.
func (c *census) countAll(ctx context.Context) (counted *counts, err error) {
	if err := c.lane.enter(ctx); err != nil {
		return nil, err
	}
	leave := sync.OnceFunc(c.lane.leave)
	defer leave()
	conn, err := c.reader.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // it only reads
	if err := c.startSince(ctx, tx); err != nil {
		return nil, err
	}
	if c.watch != nil { // else the lane's connection is in use
		leave()
	}
	return countBlocks(ctx, tx, c.lane.usable)
}

// startSince empties since at the moment in which tx begins to read: the writer
// does nothing, and nobody else commits between the two.
func (c *census) startSince(ctx context.Context, tx *sql.Tx) error {
	before, err := c.numbers(ctx)
	if err != nil {
		return err
	}
	if err := refuseRules(ctx, tx); err != nil {
		return err
	}
	after, err := c.numbers(ctx)
	if err != nil {
		return err
	}
	if before != after {
		return errBusy
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since, c.seen, c.unseen = &counts{}, after, false
	return nil
}

// refuseRules returns errRules where a write may save or delete others than it
// says: a trigger may do anything, also one of a table that a foreign key leads to
// from here; a foreign key of the table may say ON DELETE CASCADE, and a rule of
// uniqueness ON CONFLICT REPLACE.
func refuseRules(ctx context.Context, tx *sql.Tx) error {
	var rules int
	err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM pragma_foreign_key_list('persons_person'))
		+ (SELECT count(*) FROM sqlite_master WHERE type = 'trigger'
			OR type = 'index' AND sql IS NULL AND tbl_name = 'persons_person' COLLATE NOCASE)`).Scan(&rules)
	if err == nil && rules > 0 {
		err = errRules
	}
	return err
}

// blocksSQL goes from block to block, passes over those without a person, and
// tells each with the number of its persons.
var blocksSQL = fmt.Sprintf(`WITH RECURSIVE block (first) AS (
		SELECT (SELECT id FROM persons_person ORDER BY id LIMIT 1) & ~%[1]d
		UNION ALL
		SELECT (SELECT id FROM persons_person WHERE id > (first | %[1]d) ORDER BY id LIMIT 1) & ~%[1]d FROM block WHERE first IS NOT NULL
	)
	SELECT first >> %[2]d, (SELECT count(*) FROM persons_person WHERE id BETWEEN first AND (first | %[1]d)) FROM block WHERE first IS NOT NULL`,
	blockIDs-1, blockBits)

// countBlocks counts block by block. After each it asks usable.
func countBlocks(ctx context.Context, tx *sql.Tx, usable func(context.Context) error) (counted *counts, err error) {
	blocks, err := tx.QueryContext(ctx, blocksSQL)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, blocks.Close()) }()
	counted = &counts{}
	var (
		block int64
		n     int
	)
	for blocks.Next() {
		if err := blocks.Scan(&block, &n); err != nil {
			return nil, err
		}
		counted.add(block, n)
		if len(counted.groups) > maxGroups {
			return nil, errWide
		}
		if err := usable(ctx); err != nil {
			return nil, err
		}
	}
	return counted, blocks.Err()
}
