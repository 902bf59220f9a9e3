package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

// slowStore tells when a call is in it, and keeps it there until it is let go.
type slowStore struct {
	*memstore.Store
	inside chan string
	letGo  chan struct{}
}

func (s *slowStore) stay(ctx context.Context, name string) {
	select {
	case s.inside <- name:
	case <-ctx.Done():
	}
	select {
	case <-s.letGo:
	case <-ctx.Done():
	}
}

func (s *slowStore) Find(ctx context.Context, id int64) (domain.Person, error) {
	s.stay(ctx, "Find")
	return s.Store.Find(ctx, id)
}

func (s *slowStore) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	s.stay(ctx, "CreateBatch")
	return s.Store.CreateBatch(ctx, drafts)
}

// With room for one call in each lane and none to wait, the second of a kind is
// refused, though the executors behind the bulks have room, and the other lane is free.
func TestSinglePersonsAndBulksHaveLanesOfTheirOwn(t *testing.T) {
	t.Parallel()
	config := load(t, map[string]string{"WORK_LIMIT": "1", "WORK_QUEUE": "0", "BULK_LIMIT": "1", "BULK_QUEUE": "0"})
	store := &slowStore{Store: memstore.New(), inside: make(chan string), letGo: make(chan struct{})}
	a, err := app.NewOver(t.Context(), config, slog.New(slog.DiscardHandler), store)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ask := func(r *http.Request) *httptest.ResponseRecorder {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // only so that a failure ends
		defer cancel()
		w := httptest.NewRecorder()
		a.Handler.ServeHTTP(w, r.WithContext(ctx))
		return w
	}
	get := func() *http.Request {
		return httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/persons/1/", nil)
	}
	var under sync.WaitGroup
	under.Go(func() {
		if got := ask(bulk("create_bulk", "3")); got.Code != http.StatusCreated {
			t.Errorf("the first bulk: got %d %s, want 201", got.Code, got.Body)
		}
	})
	if got := <-store.inside; got != "CreateBatch" {
		t.Fatalf("got a call of %s, want the bulk's", got)
	}
	under.Go(func() {
		if got := ask(get()); got.Code != http.StatusNotFound && got.Code != http.StatusOK { // before the bulk or after it
			t.Errorf("the first single person: got %d %s, want it served", got.Code, got.Body)
		}
	})
	if got := <-store.inside; got != "Find" {
		t.Fatalf("got a call of %s, want the single person's: a bulk keeps none waiting", got)
	}
	for name, request := range map[string]*http.Request{
		"a batch":       batch(`[{"name":"Ann","age":1}]`),
		"a second bulk": bulk("create_bulk", "3"), "a bulk of the other view": bulk("async_create_bulk", "3"),
		"a second single person": get(), "a page": httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/persons/", strings.NewReader("")),
	} {
		if got := ask(request); got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" {
			t.Errorf("%s: got %d %s, want 503 with Retry-After: its lane is full", name, got.Code, got.Body)
		}
	}
	close(store.letGo)
	under.Wait()
}

// With one place and none to wait, a client that has sent half of its person leaves
// it to others, who are served whole.
func TestAClientThatSendsSlowlyHoldsNoPlace(t *testing.T) {
	t.Parallel()
	one := map[string]string{"WORK_LIMIT": "1", "WORK_QUEUE": "0"}
	inBubble(t, one, nil, func(server *bubbled) {
		const person = `{"name":"Ann","age":31}`
		head := "POST /api/v1/persons/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
			strconv.Itoa(len(person)) + "\r\n\r\n"
		slow, other := server.connect(), server.connect()
		slow.send(head + person[:10])
		time.Sleep(time.Second)
		other.send(head + person)
		time.Sleep(100 * time.Millisecond)
		if got := other.statuses(server.T); !slices.Equal(got, []int{http.StatusCreated}) {
			server.Errorf("beside a body that has half come: got the answers %v, want 201", got)
		}
		slow.send(person[10:])
		time.Sleep(100 * time.Millisecond)
		if got := slow.statuses(server.T); !slices.Equal(got, []int{http.StatusCreated}) {
			server.Errorf("the slow client: got the answers %v, want 201", got)
		}
	})
}
