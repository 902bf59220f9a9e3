package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

// slice is a slice of a list as it comes over the wire.
type slice struct {
	Next, Previous *string
	Results        []struct{ ID any }
}

func sliceAt(t *testing.T, handler http.Handler, path string) slice {
	t.Helper()
	got := send(handler, request(http.MethodGet, path, ""))
	var read slice
	if err := json.Unmarshal(got.Body.Bytes(), &read); err != nil || got.Code != http.StatusOK {
		t.Fatalf("%s: got %d %s, want a slice", path, got.Code, got.Body)
	}
	return read
}

func TestAPlaceInTheListCanBeNamedByAnID(t *testing.T) {
	t.Parallel()
	handler := open(t)
	postJSON(handler, bulkPath, `{"count":250}`)
	for query, want := range map[string]struct {
		first, last float64
		next, prev  bool
	}{
		"after=0":                        {1, 100, true, true},
		"after=-9223372036854775808":     {1, 100, true, true},
		"after=149":                      {150, 249, true, true},
		"after=150":                      {151, 250, false, true},
		"before=151":                     {51, 150, true, true},
		"before=9223372036854775807":     {151, 250, true, true},
		"before=101":                     {1, 100, true, false},
		"after=149&before=7":             {150, 249, true, true},
		"after=1&after=149":              {150, 249, true, true},
		"after=1&page=7":                 {2, 101, true, true},
		"after=x&cursor=cD0xNDk%3D":      {150, 249, true, true},
		"before=x&cursor=":               {1, 100, true, false},
		"format=json&after=200&before=7": {201, 250, false, true},
	} {
		got := sliceAt(t, handler, personsPath+"?"+query)
		if n := len(got.Results); n == 0 || got.Results[0].ID != want.first || got.Results[n-1].ID != want.last || (got.Next != nil) != want.next || (got.Previous != nil) != want.prev {
			t.Errorf("%s: got %v, want the persons %v to %v, next %t, previous %t", query, got, want.first, want.last, want.next, want.prev)
		}
		for _, link := range []*string{got.Next, got.Previous} {
			if link != nil && (strings.Contains(*link, "after=") || strings.Contains(*link, "before=") || strings.Contains(*link, "page=")) {
				t.Errorf("%s: got the link %s, want one place in it", query, *link)
			}
		}
	}
	if got := sliceAt(t, handler, personsPath+"?after=250"); len(got.Results) != 0 || got.Next != nil || got.Previous == nil {
		t.Errorf("behind everybody: got %v, want nobody, and a way back", got)
	}
}

func TestWhatIsNoPlaceIsNotFound(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), config)
	for _, path := range []string{
		personsPath + "?after=", personsPath + "?after=x", personsPath + "?before=1.0", personsPath + "?after=9223372036854775808", personsPath + "?before=%2B1x",
		personsPath + "?after=x&before=1", jobsPath + "?before=", jobsPath + "?before=1", jobsPath + "?before={" + string(fakeID(1)) + "}",
	} {
		wantAnswer(t, send(handler, request(http.MethodGet, path, "")), http.StatusNotFound, `{"detail":"Invalid cursor"}`)
	}
}

func TestJobsBeforeOneAreAskedForByItsID(t *testing.T) {
	t.Parallel()
	handler := open(t)
	for range 3 {
		if got := postJSON(handler, jobsPath, `{"kind":"generate","count":1}`); got.Code != http.StatusAccepted {
			t.Fatalf("got %d %s, want a job", got.Code, got.Body)
		}
	}
	got := sliceAt(t, handler, jobsPath+"?before="+strings.ToUpper(string(fakeID(3))))
	if len(got.Results) != 2 || got.Results[0].ID != string(fakeID(2)) || got.Results[1].ID != string(fakeID(1)) || got.Next != nil {
		t.Errorf("before the third: got %v, want the second and the first", got)
	}
}
