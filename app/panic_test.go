package app_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// panickyStore panics in every method while it is told to, half of the times before
// and half of the times after the store behind it has done the work.
type panickyStore struct {
	app.Store
	panics atomic.Bool
	calls  atomic.Int64
}

// around panics before or after work.
func (s *panickyStore) around(work func()) {
	if !s.panics.Load() {
		work()
		return
	}
	if s.calls.Add(1)%2 == 0 {
		work()
	}
	panic("canary: " + canary)
}

func (s *panickyStore) Create(ctx context.Context, draft domain.Draft) (person domain.Person, err error) {
	s.around(func() { person, err = s.Store.Create(ctx, draft) })
	return person, err
}

func (s *panickyStore) CreateBatch(ctx context.Context, drafts []domain.Draft) (persons []domain.Person, err error) {
	s.around(func() { persons, err = s.Store.CreateBatch(ctx, drafts) })
	return persons, err
}

func (s *panickyStore) Find(ctx context.Context, id int64) (person domain.Person, err error) {
	s.around(func() { person, err = s.Store.Find(ctx, id) })
	return person, err
}

func (s *panickyStore) Page(ctx context.Context, query domain.PageQuery) (page domain.Page, err error) {
	s.around(func() { page, err = s.Store.Page(ctx, query) })
	return page, err
}

func (s *panickyStore) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (person domain.Person, err error) {
	s.around(func() { person, err = s.Store.Patch(ctx, id, patch, conditions...) })
	return person, err
}

// A panic in the store comes through each layer above it: straight through the
// registry, and through the goroutines of each executor.
func TestAPanicIsOneAnswerAndNothingStaysLocked(t *testing.T) {
	t.Parallel()
	// Executors without a queue: a place that a panic kept would be missed at once.
	config := load(t, map[string]string{
		"DEBUG": "True", "DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3"),
		"CHECK_STRATEGY": "serial", "CHECK_STRATEGY_QUEUE": "0", "CREATE_BULK_STRATEGY": "pooled", "CREATE_BULK_STRATEGY_QUEUE": "0",
		"ASYNC_CREATE_BULK_STRATEGY": "batched", "ASYNC_CREATE_BULK_STRATEGY_QUEUE": "0",
	})
	opened, err := app.OpenStore(t.Context(), config, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened.(ports.Migrator).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	store := &panickyStore{Store: opened}
	var log lockedBuffer
	a, err := app.NewOver(t.Context(), config, app.NewLogger(&log, app.LogLevelDebug, app.LogFormatJSON), store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("Close: got %v, want nil", err)
		}
	})
	server := httptest.NewServer(a.Handler)
	t.Cleanup(server.Close)
	requests := []struct{ method, path, body string }{
		{http.MethodGet, "persons/", ""},
		{http.MethodGet, "persons/1/", ""},
		{http.MethodPost, "persons/", `{"name":"Bob","age":1}`},
		{http.MethodPatch, "persons/1/", `{"age":32}`},
		{http.MethodGet, "check/?pk=1", ""},
		{http.MethodPost, "create_bulk/", `{"count":3}`},
		{http.MethodPost, "async_create_bulk/", `{"count":3}`},
	}
	ask := func(n int) (status int, id, body string) {
		request := requests[n]
		r, err := http.NewRequestWithContext(t.Context(), request.method, server.URL+"/api/v1/"+request.path, strings.NewReader(request.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		response, err := server.Client().Do(r)
		if err != nil {
			t.Errorf("%v: %v", request, err)
			return 0, "", ""
		}
		defer response.Body.Close()
		var content bytes.Buffer
		_, _ = content.ReadFrom(response.Body)
		return response.StatusCode, response.Header.Get("X-Request-Id"), content.String()
	}
	ask(2) // Ann, or somebody

	store.panics.Store(true)
	var clients sync.WaitGroup
	for n, request := range requests {
		clients.Go(func() {
			for range 20 {
				status, id, body := ask(n)
				if status != http.StatusInternalServerError || body != `{"detail":"A server error occurred."}` {
					t.Errorf("%v: got %d %s, want 500 and nothing of what happened", request, status, body)
				}
				if strings.Count(log.String(), `"request_id":"`+id+`"`) != 1 {
					t.Errorf("%v: the log does not name the request %q once", request, id)
				}
			}
		})
	}
	clients.Wait()
	if lines := log.String(); strings.Count(lines, `"error":"panic: `) != 20*len(requests) || strings.Count(lines, `"stack":"goroutine `) != 20*len(requests) {
		t.Errorf("got %d panics with %d stacks in the log, want %d", strings.Count(lines, `"error":"panic: `), strings.Count(lines, `"stack":"goroutine `), 20*len(requests))
	}

	store.panics.Store(false)
	for n, request := range requests {
		for range 3 {
			if status, _, body := ask(n); status != http.StatusOK && status != http.StatusCreated {
				t.Errorf("%v afterwards: got %d %s, want it served", request, status, body)
			}
		}
	}
	if ready := send(a, "/readyz"); ready != http.StatusOK {
		t.Errorf("/readyz afterwards: got %d, want 200", ready)
	}
}

func send(a *app.App, path string) (status int) {
	recorder := httptest.NewRecorder()
	a.Handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder.Code
}

// lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write implements io.Writer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// String returns what was written.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
