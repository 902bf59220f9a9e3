package metrics_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-bbcc19ba/roster/adapters/metrics"
	"github.com/seed-bbcc19ba/roster/ports"
)

func TestFiguresAreThoseOfAMethodAndARoute(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	if got := m.Routes(); len(got) != 0 {
		t.Errorf("before the first request: got %v, want none", got)
	}
	const took = 100 * time.Microsecond // the bound itself is in its bucket
	for _, request := range []struct {
		method, route string
		status        int
	}{
		{"GET", "/b/", 200}, {"GET", "/b/", 304}, {"GET", "/b/", 404}, {"GET", "/b/", 429}, {"GET", "/b/", 500}, {"GET", "/b/", 0},
		{"POST", "/b/", 201}, {"POST", "/b/", 503}, {"POST", "/a/", 499}, {"GET", "/a/", 600}, {"GET", "/c/", 399},
	} {
		m.Observe(request.method, request.route, request.status, took)
	}
	got := m.Routes()
	for i := range got {
		if got[i].Median > took || got[i].P99 > took || got[i].Median > got[i].P99 || got[i].Median == 0 {
			t.Errorf("got %+v, want times of at most %s", got[i], took)
		}
		got[i].Median, got[i].P99 = 0, 0
	}
	want := []ports.RouteFigures{
		{Method: "GET", Route: "/b/", Count: 6, Refused: 2, Failed: 1},
		{Method: "POST", Route: "/b/", Count: 2, Failed: 1},
		{Method: "GET", Route: "/a/", Count: 1},
		{Method: "POST", Route: "/a/", Count: 1, Refused: 1},
		{Method: "GET", Route: "/c/", Count: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the most asked first, then by route and method (-want +got):\n%s", diff)
	}
}

func TestQuantilesAreBetweenTheSameBoundsAsTheTrueOnes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // not for secrets
		m := metrics.New()
		took := make([]time.Duration, 1+random.IntN(500))
		for i := range took {
			took[i] = time.Duration(float64(time.Microsecond) * (1 + random.ExpFloat64()*float64(uint(1)<<random.IntN(26))))
			m.Observe("GET", "/", 200+i%2, took[i])
		}
		slices.Sort(took)
		got := m.Routes()[0]
		for name, quantile := range map[string]struct {
			got     time.Duration
			percent int
		}{"median": {got.Median, 50}, "p99": {got.P99, 99}} {
			truth := took[(len(took)*quantile.percent+99)/100-1]
			if bucketOf(quantile.got) != min(bucketOf(truth), 10*time.Second) {
				t.Errorf("seed %d, %d requests: got the %s %s, want one between the bounds around %s", seed, len(took), name, quantile.got, truth)
			}
		}
	}
}

// bucketOf returns the bound that is not less than a time, or an hour.
func bucketOf(took time.Duration) time.Duration {
	for bound := 100 * time.Microsecond; bound < 10*time.Second; bound *= 10 {
		for _, upper := range []time.Duration{bound, bound * 5 / 2, bound * 5} {
			if took <= upper {
				return upper
			}
		}
	}
	if took <= 10*time.Second {
		return 10 * time.Second
	}
	return time.Hour
}

func TestTimesWithinABucketAreTakenAsSpreadEvenly(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	for range 100 {
		m.Observe("GET", "/", 200, 300*time.Millisecond) // between 250 and 500 ms
	}
	got := m.Routes()[0]
	if got.Median != 375*time.Millisecond || got.P99 != 497500*time.Microsecond {
		t.Errorf("got the median %s and the p99 %s, want 375ms and 497.5ms", got.Median, got.P99)
	}
}

func TestNoRequestIsLostAmongMany(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	const callers, each = 8, 2000
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for i := range each {
				m.Observe("GET", "/", 200+i%100, time.Duration(caller)*time.Millisecond) // new ones come all the time
				if i%100 == 0 {
					m.Routes()
				}
			}
		})
	}
	all.Wait()
	if got := m.Routes(); len(got) != 1 || got[0].Count != callers*each {
		t.Errorf("got %+v, want %d requests of one route", got, callers*each)
	}
}

func TestNoRequestIsLostThatComesFirstTogetherWithOthers(t *testing.T) {
	t.Parallel()
	for range 2000 {
		m := metrics.New()
		start := make(chan struct{})
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				<-start
				m.Observe("GET", "/", 200, time.Millisecond)
			})
		}
		close(start)
		all.Wait()
		if got := m.Routes(); got[0].Count != 4 {
			t.Fatalf("got %+v, want 4 requests", got)
		}
	}
}

func TestARequestMakesNoGarbage(t *testing.T) { //nolint:paralleltest // other tests would make garbage meanwhile
	m := metrics.New()
	m.Observe("GET", "/", 200, time.Millisecond)
	if got := testing.AllocsPerRun(100, func() { m.Observe("GET", "/", 200, time.Millisecond) }); got != 0 {
		t.Errorf("got %v allocations, want none: it is on every request's way", got)
	}
}

func BenchmarkObserve(b *testing.B) {
	m := metrics.New()
	for _, route := range []string{"/healthz", "/api/v1/", "/api/v1/persons/", "/api/v1/persons/{pk}/"} {
		for _, status := range []int{404, 200, 304} {
			m.Observe("GET", route, status, time.Millisecond)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Observe("GET", "/api/v1/persons/{pk}/", 200, time.Millisecond)
	}
}
