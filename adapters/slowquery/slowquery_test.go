package slowquery_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/slowquery"
	"github.com/seed-bbcc19ba/roster/ports"
)

// explainer explains as long as it is told to.
type explainer struct {
	mu     sync.Mutex
	asked  int
	blocks bool
	ended  error
}

func (e *explainer) Explain(ctx context.Context, sql string) (string, error) {
	e.mu.Lock()
	e.asked++
	e.mu.Unlock()
	if e.blocks {
		<-ctx.Done()
		e.ended = ctx.Err()
		return "", ctx.Err()
	}
	return "PLAN OF " + sql, nil
}

// lines is a buffer for several goroutines.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

// newLog returns a log that calls slow what takes a second, and what it wrote.
func newLog(explain ports.Explainer) (*slowquery.Log, *lines) {
	var text lines
	l := slowquery.New(slowquery.Config{Threshold: time.Second, Logger: slog.New(slog.NewTextHandler(&text, nil))})
	l.ExplainBy(explain)
	return l, &text
}

// observe has a query of now told.
func observe(l *slowquery.Log, statement string, took time.Duration) {
	l.Observe(context.Background(), ports.Query{SQL: statement, Began: time.Now(), Took: took, Rows: 3, Shared: 1})
	time.Sleep(time.Millisecond) // the next one begins later
	synctest.Wait()
}

func TestASlowQueryIsAWarningWithItsPlan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &explainer{}
		l, text := newLog(e)
		observe(l, "SELECT fast", time.Second-1)
		if text.String() != "" || e.asked > 0 {
			t.Errorf("a quick query: got %q and %d plans, want nothing", text, e.asked)
		}
		observe(l, "SELECT ?", 1500*time.Millisecond)
		for _, want := range []string{"level=WARN", `msg="slow query"`, `statement="SELECT ?"`, "duration_ms=1500", "rows=3", `plan="PLAN OF SELECT ?"`} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("got %q, want %q in it", text, want)
			}
		}
	})
}

func TestAStatementIsToldOnceAMinuteWithHowManyMoreThereWere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &explainer{}
		l, text := newLog(e)
		for range 5 {
			observe(l, "SELECT ?", time.Second)
		}
		if got := strings.Count(text.String(), "\n"); got != 1 || e.asked != 1 {
			t.Errorf("within a minute: got %d lines and %d plans, want one", got, e.asked)
		}
		text.Reset()
		time.Sleep(time.Minute)
		observe(l, "SELECT ?", time.Second)
		if !strings.Contains(text.String(), "more_since=4") || e.asked != 2 {
			t.Errorf("a minute later: got %q, want that there were 4 more", text)
		}
	})
}

// The query of a common transaction is told to each of its writes.
func TestAQueryThatSeveralWaitedForIsOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, text := newLog(&explainer{})
		query := ports.Query{SQL: "COMMIT", Began: time.Now(), Took: time.Second, Shared: 3}
		for range 3 {
			l.Observe(context.Background(), query)
		}
		synctest.Wait()
		if got := strings.Count(text.String(), "\n"); got != 1 || !strings.Contains(text.String(), "writes=3") {
			t.Errorf("got %q, want one line that names 3 writes", text)
		}
		text.Reset()
		time.Sleep(2 * time.Minute)
		observe(l, "COMMIT", time.Second)
		if strings.Contains(text.String(), "more_since") {
			t.Errorf("got %q, want none more", text)
		}
	})
}

func TestOnePlanIsMadeAtATimeAndNobodyWaitsForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &explainer{blocks: true}
		l, text := newLog(e)
		begun := time.Now()
		observe(l, "SELECT 1", time.Second)
		observe(l, "SELECT 2", time.Second)
		if e.asked != 1 || !strings.Contains(text.String(), "SELECT 2") {
			t.Errorf("got %d plans and %q, want one, and the other query told without", e.asked, text)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("it took %v, want no waiting", took)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if !strings.Contains(text.String(), "SELECT 1") {
			t.Errorf("after 5 s: got %q, want that the plan was given up and the query told", text)
		}
	})
}

func TestCloseEndsThePlanUnderWayAndNoneIsMadeAfterwards(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &explainer{blocks: true}
		l, text := newLog(e)
		observe(l, "SELECT 1", time.Second)
		begun := time.Now()
		if err := l.Close(); err != nil || e.ended == nil || time.Since(begun) > 0 {
			t.Errorf("Close: got %v after %v, want that it ended the plan at once", err, time.Since(begun))
		}
		observe(l, "SELECT 2", time.Second)
		if e.asked != 1 || !strings.Contains(text.String(), "SELECT 2") {
			t.Errorf("after Close: got %d plans and %q, want no other plan, and the query told", e.asked, text)
		}
	})
}

func TestNoMoreStatementsAreRememberedThanThereIsRoomFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, text := newLog(nil)
		for i := range 1_000 {
			observe(l, fmt.Sprint("SELECT ", i), time.Second)
		}
		if got := strings.Count(text.String(), "\n"); got != 256 {
			t.Errorf("got %d lines, want 256 in a minute", got)
		}
		text.Reset()
		time.Sleep(time.Minute)
		observe(l, "SELECT more", time.Second)
		if !strings.Contains(text.String(), "SELECT more") {
			t.Errorf("a minute later: got %q, want room for others", text)
		}
	})
}
