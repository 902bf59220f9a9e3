package fetchertest

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func contextCases() []testCase {
	return []testCase{
		{"a ctx that has ended before sends nothing", endedBefore},
		{"a ctx that is canceled while an answer is waited for ends the fetch", canceledWaiting},
		{"a ctx that is canceled while a body is read ends the fetch", canceledReading},
		{"a ctx that meets its deadline ends the fetch before the time limit", deadlineOfCtx},
	}
}

func endedBefore(t *testing.T, open opener) {
	var requests atomic.Int64
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		sendsJSON(`{}`)(w, r)
	})
	fetcher := open(t, patient())
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	checkRefused(canceled, t, fetcher, url, domain.CodeCanceled, "ctx was canceled before")
	late, cancelLate := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancelLate()
	checkRefused(late, t, fetcher, url, domain.CodeDeadline, "the deadline had passed before")
	if got := requests.Load(); got != 0 {
		t.Errorf("the upstream got %d requests, want none: nobody waits for the answer", got)
	}
}

// checkCanceled fails the test unless a fetch whose ctx is canceled once the
// upstream is at work says so.
func checkCanceled(t *testing.T, open opener, work http.HandlerFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	url := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		time.AfterFunc(20*time.Millisecond, cancel)
		work(w, r)
	})
	begin := time.Now()
	checkRefused(ctx, t, open(t, patient()), url, domain.CodeCanceled, "ctx was canceled meanwhile")
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("the fetch went on for %v after ctx was canceled, want no time to speak of", took)
	}
}

func canceledWaiting(t *testing.T, open opener) { checkCanceled(t, open, silent) }

func canceledReading(t *testing.T, open opener) { checkCanceled(t, open, sendsThenStops(`{"a": `)) }

func deadlineOfCtx(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for _, work := range []http.HandlerFunc{silent, sendsThenStops(`{"a": `)} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begin := time.Now()
		checkRefused(ctx, t, fetcher, upstream(t, work), domain.CodeDeadline, "the deadline passed meanwhile")
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("the fetch went on for %v with a deadline of 50ms, want no longer", took)
		}
	}
}
