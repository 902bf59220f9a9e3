package pglimiter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-bbcc19ba/roster/adapters/internal/ratequeue"
	"github.com/seed-bbcc19ba/roster/domain"
)

// idleLimit is how long clients are locked for a server that does not go on.
const idleLimit = 5 * time.Second

// decide decides a group in one transaction: the rows of its clients are locked,
// domain.Rate decides, and what has changed is written. So the rule stands in one place, and
// not in SQL too. With an error nothing was taken, unless the commit itself was lost.
func (l *Limiter) decide(group []*ratequeue.Call) error {
	// No single call's ctx ends what is done for all.
	ctx, cancel := context.WithTimeout(context.Background(), l.config.Patience)
	defer cancel()
	clients, err := l.lock(ctx, keysOf(group))
	if err != nil {
		return l.giveUp(err)
	}
	for _, call := range group {
		clients.take(l.config.Rate, call)
	}
	if err := l.commit(ctx, clients); err != nil {
		return l.giveUp(err)
	}
	l.sweep(ctx, len(group), clients.now)
	return nil
}

// giveUp closes the connection, and returns the error of all calls of a group.
func (l *Limiter) giveUp(err error) error {
	l.disconnect()
	line := strings.Join(strings.Fields(err.Error()), " ") // each address that was tried has its own
	return &domain.Error{Code: domain.CodeUnavailable, Message: "the rate limiter's database cannot be used", Cause: errors.New(line)}
}

// clients are those of a group, whose rows are locked.
type clients struct {
	now     time.Duration
	states  map[rowKey]domain.RateState
	changed map[rowKey]bool
}

func (c *clients) take(rate domain.Rate, call *ratequeue.Call) {
	if call.Opens {
		return
	}
	key := rowKeyOf(call.Key)
	var after domain.RateState
	after, call.Decision, call.Err = rate.Take(c.states[key], c.now, call.Cost)
	if call.Decision.Allowed {
		c.states[key], c.changed[key] = after, true
	}
}

// lock begins a transaction and locks the rows of some keys. It is done once more where the
// connection was lost that an earlier group had used.
func (l *Limiter) lock(ctx context.Context, keys [][]byte) (*clients, error) {
	if l.conn != nil {
		locked, err := l.tryLock(ctx, keys)
		if err == nil || !l.conn.IsClosed() || ctx.Err() != nil {
			return locked, err
		}
		l.disconnect()
	}
	conn, err := pgx.ConnectConfig(ctx, l.settings)
	if err != nil {
		return nil, err
	}
	l.conn = conn
	return l.tryLock(ctx, keys)
}

func (l *Limiter) tryLock(ctx context.Context, keys [][]byte) (*clients, error) {
	c := &clients{states: map[rowKey]domain.RateState{}, changed: map[rowKey]bool{}}
	batch := &pgx.Batch{}
	batch.Queue("BEGIN")
	// What a server has locked that is stopped, or whose machine is gone, would otherwise stay
	// so as long as TCP lasts: hours.
	batch.Queue(fmt.Sprintf("SET LOCAL idle_in_transaction_session_timeout = %d", idleLimit.Milliseconds()))
	// In the order of the keys, so that no two transactions wait for each other. The last row
	// tells the time at which all are locked, so that no later transaction has an earlier one.
	batch.Queue(`INSERT INTO roster_rates AS rate (key, full_at, part) SELECT key, 0, 0 FROM unnest($1::bytea[]) AS key
		ON CONFLICT (key) DO UPDATE SET part = rate.part RETURNING key, full_at, part, clock_timestamp()`, keys).Query(c.read)
	if err := l.conn.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	if l.config.Now != nil {
		c.now = time.Duration(l.config.Now().UnixNano())
	}
	return c, nil
}

func (c *clients) read(rows pgx.Rows) error {
	var (
		key          []byte
		fullAt, part int64
		now          time.Time
	)
	_, err := pgx.ForEachRow(rows, []any{&key, &fullAt, &part, &now}, func() error {
		c.states[rowKey(key)] = domain.RateState{FullAt: time.Duration(fullAt), Part: int(part)}
		c.now = max(c.now, time.Duration(now.UnixNano()))
		return nil
	})
	return err
}

func (l *Limiter) commit(ctx context.Context, c *clients) error {
	batch := &pgx.Batch{}
	if len(c.changed) > 0 {
		var (
			keys          [][]byte
			fullAts, part []int64
		)
		for key := range c.changed {
			state := c.states[key]
			keys, fullAts, part = append(keys, key[:]), append(fullAts, int64(state.FullAt)), append(part, int64(state.Part))
		}
		// An upsert finds each row by its key, whatever the planner believes of the table.
		batch.Queue(`INSERT INTO roster_rates (key, full_at, part) SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[])
			ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at, part = excluded.part`, keys, fullAts, part)
	}
	batch.Queue("COMMIT")
	return l.conn.SendBatch(ctx, batch).Close()
}

// keysOf returns the keys of a group as they are kept, each once and in their order.
func keysOf(group []*ratequeue.Call) [][]byte {
	keys := make([][]byte, 0, len(group))
	for _, call := range group {
		if !call.Opens {
			key := rowKeyOf(call.Key)
			keys = append(keys, key[:])
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	return slices.CompactFunc(keys, bytes.Equal)
}

// disconnectLimit is how long it may take to tell the server that a connection closes.
const disconnectLimit = time.Second

// disconnect closes the connection, which undoes what was not committed.
func (l *Limiter) disconnect() {
	if l.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), disconnectLimit)
	defer cancel()
	_ = l.conn.Close(ctx) // there is nothing in it to lose
	l.conn = nil
}
