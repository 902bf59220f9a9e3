package httpclient_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/domain"
)

// list is an answer with persons of these ids, and whatever stands before them.
func list(head string, ids ...int64) answering {
	var persons []string
	for _, id := range ids {
		persons = append(persons, fmt.Sprintf(`{"id":%d,"name":"Ann","age":31}`, id))
	}
	return says(200, jsonType, `{`+head+`"next":"http://roster.example/x","previous":"http://roster.example/y","results":[`+strings.Join(persons, ",")+`]}`)
}

// A server that does not know slices gives the first page for each of them, with another behind it.
func TestAWalkOverAServerWithoutSlicesEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers []answering
		walked  int
	}{
		"a page in place of the first slice":     {[]answering{list(`"count":9,`, 1, 2)}, 0},
		"the same slice again":                   {[]answering{list("", 1, 2)}, 2},
		"a slice that goes back":                 {[]answering{list("", 1, 2), list("", 3, 2)}, 2},
		"one person again and again in one":      {[]answering{list("", 1, 1)}, 0},
		"a slice that begins where the last was": {[]answering{list("", 1, 2), list("", 2, 3)}, 2},
	} {
		server := answers(test.answers...)
		walked, last := 0, error(nil)
		for _, err := range server.client(t, httpclient.Config{}).Registry.All(t.Context()) {
			if last = err; err != nil || walked > 10 {
				break
			}
			walked++
		}
		if walked != test.walked || domain.CodeOf(last) != domain.CodeUpstream {
			t.Errorf("%s: got %d persons, then %v, want %d, then code %q", name, walked, last, test.walked, domain.CodeUpstream)
		}
	}
}

func TestASliceIsBesideItsId(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer answering
		ask    func(registry *httpclient.Registry, ctx context.Context, id int64) (domain.Slice, error)
		id     int64
		code   domain.Code
	}{
		"after":                   {list("", 6, 7), (*httpclient.Registry).After, 5, ""},
		"after the least":         {list("", -3, 7), (*httpclient.Registry).After, math.MinInt64, ""},
		"after, with the id":      {list("", 5, 7), (*httpclient.Registry).After, 5, domain.CodeUpstream},
		"before":                  {list("", 3, 4), (*httpclient.Registry).Before, 5, ""},
		"before, with the id":     {list("", 3, 5), (*httpclient.Registry).Before, 5, domain.CodeUpstream},
		"before, in wrong order":  {list("", 4, 3), (*httpclient.Registry).Before, 5, domain.CodeUpstream},
		"before, but behind it":   {list("", 3, 9), (*httpclient.Registry).Before, 5, domain.CodeUpstream},
		"a page in place of both": {list(`"count":2,`, 3, 4), (*httpclient.Registry).Before, 5, domain.CodeUpstream},
	} {
		slice, err := test.ask(answers(test.answer).client(t, httpclient.Config{}).Registry, t.Context(), test.id)
		if domain.CodeOf(err) != test.code || err == nil && (len(slice.Persons) != 2 || !slice.More) {
			t.Errorf("%s: got %v and %v, want code %q", name, slice, err, test.code)
		}
	}
}

// The jobs of a server that does not know before are the latest each time.
func TestAListOfJobsFromAServerWithoutSlicesEnds(t *testing.T) {
	t.Parallel()
	latest := says(200, jsonType, `{"next":"x","results":[{"id":"019a0000-0000-7000-8000-00000000000b","state":"done"},{"id":"019a0000-0000-7000-8000-00000000000a","state":"done"}]}`)
	server := answers(latest)
	jobs, err := server.client(t, httpclient.Config{}).Jobs.List(t.Context(), "", 1000)
	if got := len(server.requests()); domain.CodeOf(err) != domain.CodeUpstream || got != 2 {
		t.Errorf("got %d jobs and %v after %d requests, want code %q after 2", len(jobs), err, got, domain.CodeUpstream)
	}
	first := domain.JobID("019A0000-0000-7000-8000-00000000000C")
	if jobs, err := answers(latest).client(t, httpclient.Config{}).Jobs.List(t.Context(), first, 2); err != nil || len(jobs) != 2 {
		t.Errorf("before an id in upper case: got %d jobs and %v, want both", len(jobs), err)
	}
}
