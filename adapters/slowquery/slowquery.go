// Package slowquery tells the log of queries that took long, and how the database answers them.
package slowquery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Config says what is slow.
type Config struct {
	// Threshold is how long a query takes that is told of, at least.
	Threshold time.Duration
	// Logger is told.
	Logger *slog.Logger
}

const (
	// each is how often one statement is told of.
	each = time.Minute
	// statements is how many are remembered for that.
	statements = 256
	// planLimit is how long a plan may take.
	planLimit = 5 * time.Second
)

// Log tells of slow queries. It is safe for concurrent use, and costs a query that is not slow nothing.
//
// A line of the log is a warning with the statement, which has placeholders where values were, with the time and the plan. A statement is
// told of once a minute; its next line tells how many more were slow since. Plans are made
// beside, one at a time: a line that finds another one being made has none.
type Log struct {
	config Config

	mu       sync.Mutex
	explain  ports.Explainer
	known    map[string]*told
	planning bool
	closed   bool
	ctx      context.Context //nolint:containedctx // of plans; it ends with Close
	cancel   context.CancelFunc
	plans    sync.WaitGroup
}

// told is what the log knows of a statement.
type told struct {
	at    time.Time
	query time.Time // when the last one began: several may be told of one query
	since int       // how many were slow, but not told
}

// New returns a Log, which is closed before what explains is.
func New(config Config) *Log {
	l := &Log{config: config, known: map[string]*told{}}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// ExplainBy has plans made from now on.
func (l *Log) ExplainBy(explainer ports.Explainer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.explain = explainer
}

// Observe is a ports.QueryObserver.
func (l *Log) Observe(ctx context.Context, query ports.Query) {
	if query.Took < l.config.Threshold {
		return
	}
	since, tell := l.note(query)
	if !tell {
		return
	}
	ctx = context.WithoutCancel(ctx) // the log may want to know whose query it was
	explainer := l.beginPlan()
	if explainer == nil {
		l.tell(ctx, query, since, "")
		return
	}
	go func() {
		defer l.endPlan()
		limited, cancel := context.WithTimeout(l.ctx, planLimit)
		defer cancel()
		plan, err := explainer.Explain(limited, query.SQL)
		if err != nil {
			plan = "" // the query is told of all the same
		}
		l.tell(ctx, query, since, plan)
	}()
}

// note tells whether a query is to be told of, and how many of its statement were not.
func (l *Log) note(query ports.Query) (since int, tell bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	before := l.known[query.SQL]
	if before == nil {
		if len(l.known) == statements {
			l.forget(now)
		}
		if len(l.known) == statements {
			return 0, false
		}
		l.known[query.SQL] = &told{at: now, query: query.Began}
		return 0, true
	}
	if before.query.Equal(query.Began) {
		return 0, false
	}
	before.query = query.Began
	if now.Sub(before.at) < each {
		before.since++
		return 0, false
	}
	since = before.since
	before.at, before.since = now, 0
	return since, true
}

// forget forgets what may be told again.
func (l *Log) forget(now time.Time) {
	for statement, before := range l.known {
		if now.Sub(before.at) >= each {
			delete(l.known, statement)
		}
	}
}

// beginPlan returns what makes a plan, if one may be made now.
func (l *Log) beginPlan() ports.Explainer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.planning || l.closed || l.explain == nil {
		return nil
	}
	l.planning = true
	l.plans.Add(1)
	return l.explain
}

func (l *Log) endPlan() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.planning = false
	l.plans.Done()
}

func (l *Log) tell(ctx context.Context, query ports.Query, since int, plan string) {
	attrs := []slog.Attr{
		slog.String("statement", query.SQL),
		slog.Float64("duration_ms", float64(query.Took.Microseconds())/1000),
		slog.Int64("rows", query.Rows),
	}
	if query.Shared > 1 {
		attrs = append(attrs, slog.Int("writes", query.Shared))
	}
	if since > 0 {
		attrs = append(attrs, slog.Int("more_since", since))
	}
	if plan != "" {
		attrs = append(attrs, slog.String("plan", plan))
	}
	l.config.Logger.LogAttrs(ctx, slog.LevelWarn, "slow query", attrs...)
}

// Close ends the plan that is being made. None is made afterwards; queries are still told of.
func (l *Log) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.plans.Wait()
	return nil
}
