package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Each name has numbers of its own, so that no two can be mistaken for one another.
func TestEachExecutorAndLaneTellsItsLoadByTheNameOfItsSettings(t *testing.T) {
	t.Parallel()
	a := newApp(t, map[string]string{
		"CHECK_STRATEGY_WORKERS": "11", "CHECK_STRATEGY_QUEUE": "12",
		"CREATE_BULK_STRATEGY_WORKERS": "21", "CREATE_BULK_STRATEGY_QUEUE": "22",
		"ASYNC_CREATE_BULK_STRATEGY_QUEUE": "32",
		"FETCH_STRATEGY_WORKERS":           "41", "FETCH_STRATEGY_QUEUE": "42",
		"WORK_LIMIT": "51", "WORK_QUEUE": "52",
		"BULK_LIMIT": "61", "BULK_QUEUE": "62",
	})
	want := []ports.NamedLoad{
		{Name: "CHECK", Load: domain.Load{Workers: 11, Queue: 12}},
		{Name: "CREATE_BULK", Load: domain.Load{Workers: 21, Queue: 22}},
		{Name: "ASYNC_CREATE_BULK", Load: domain.Load{Workers: 1, Queue: 32}},
		{Name: "FETCH", Load: domain.Load{Workers: 41, Queue: 42}},
		{Name: "WORK", Load: domain.Load{Workers: 51, Queue: 52}},
		{Name: "BULK", Load: domain.Load{Workers: 61, Queue: 62}},
		{Name: "ADMIN", Load: domain.Load{Workers: 2, Queue: 64}}, // has no settings
	}
	if diff := cmp.Diff(want, a.Loads()); diff != "" {
		t.Errorf("Loads (-want +got):\n%s", diff)
	}
}

func TestALoadIsThatOfTheRequestsUnderWay(t *testing.T) {
	t.Parallel()
	config := load(t, map[string]string{"BULK_LIMIT": "1", "BULK_QUEUE": "0", "CREATE_BULK_STRATEGY_WORKERS": "3"})
	store := &slowStore{Store: memstore.New(), inside: make(chan string), letGo: make(chan struct{})}
	a, err := app.NewOver(t.Context(), config, slog.New(slog.DiscardHandler), store)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // only so that a failure ends
	defer cancel()
	ask := func() { a.Handler.ServeHTTP(httptest.NewRecorder(), bulk("create_bulk", "1").WithContext(ctx)) }
	var first sync.WaitGroup
	first.Go(ask)
	<-store.inside
	ask() // one too many
	want := map[string]domain.Load{
		"CREATE_BULK": {Running: 1, Workers: 3, Queue: 64},
		"BULK":        {Running: 1, Workers: 1, Refused: 1},
	}
	for _, got := range a.Loads() {
		if want, known := want[got.Name]; known && got.Load != want {
			t.Errorf("%s: got %+v, want %+v", got.Name, got.Load, want)
		}
	}
	close(store.letGo)
	first.Wait()
}

func TestTheAppCountsItsRequests(t *testing.T) {
	t.Parallel()
	a := newApp(t, map[string]string{})
	for _, path := range []string{"/api/v1/persons/1/", "/api/v1/persons/2/", "/api/v1/"} {
		a.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
	}
	got := a.Routes()
	for i := range got {
		if got[i].P99 <= 0 {
			t.Errorf("got %+v, want a time", got[i])
		}
		got[i].Median, got[i].P99 = 0, 0
	}
	want := []ports.RouteFigures{
		{Method: "GET", Route: "/api/v1/persons/{pk}/", Count: 2, Refused: 2},
		{Method: "GET", Route: "/api/v1/", Count: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Routes (-want +got):\n%s", diff)
	}
}
