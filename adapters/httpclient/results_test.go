package httpclient_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/domain"
)

// numbered are so many things in JSON, each with a number.
func numbered(count int, format string) string {
	things := make([]string, count)
	for i := range things {
		things[i] = fmt.Sprintf(format, count-i)
	}
	return strings.Join(things, ",")
}

// What is small in an answer is large in memory: as much as fits into an answer is more than anybody has room for.
func TestAnAnswerHoldsNoMoreThanAPageCould(t *testing.T) {
	t.Parallel()
	const most = 100_000
	for count, code := range map[int]domain.Code{most: "", most + 1: domain.CodeUpstream} {
		list := func(format string) *httpclient.Client {
			return answers(says(200, jsonType, `{"count":9,"next":null,"previous":null,"results":[`+numbered(count, format)+`]}`)).client(t, httpclient.Config{})
		}
		page, err := list(`{"id":%d,"name":"","age":1}`).Registry.List(t.Context(), 1)
		if domain.CodeOf(err) != code || err == nil && len(page.Persons) != count {
			t.Errorf("a page of %d persons: got %d and %v, want code %q", count, len(page.Persons), err, code)
		}
		jobs, err := list(`{"id":"019a0000-0000-7000-8000-%012x","state":"done"}`).Jobs.List(t.Context(), "", math.MaxInt32)
		if domain.CodeOf(err) != code || err == nil && len(jobs) != count {
			t.Errorf("a list of %d jobs: got %d and %v, want code %q", count, len(jobs), err, code)
		}
		fetched := list("%d").Fetch.FetchConfigured(t.Context())
		if err := fetched[0].Err; domain.CodeOf(err) != code || err == nil && len(fetched) != count {
			t.Errorf("%d documents: got %d and %v, want code %q", count, len(fetched), err, code)
		}
	}
}

func TestABatchIsAListAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"null": "null", "an object": ann, "a list of another length": "[" + ann + "," + ann + "]", "a list that does not end": "[" + ann, "a list with something behind it": "[" + ann + "]x", "two lists": "[" + ann + "][]", "a list of nobody": "[{}]", "nothing": "",
	} {
		client := answers(says(201, jsonType, body)).client(t, httpclient.Config{})
		outcomes, err := client.CreateBulk.Create(t.Context(), []domain.Draft{draft(t, "Ann", 31)})
		if err != nil || len(outcomes) != 1 || domain.CodeOf(outcomes[0].Err) != domain.CodeUpstream {
			t.Errorf("%s: got %v and %v, want one outcome of code %q", name, outcomes, err, domain.CodeUpstream)
		}
	}
}
