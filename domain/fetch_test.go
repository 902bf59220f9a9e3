package domain_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

type urlExecutor = portmock.ExecutorMock[string, domain.Document]

// echo answers each URL with a document that quotes it.
func echo(_ context.Context, urls []string) []domain.Outcome[domain.Document] {
	outcomes := make([]domain.Outcome[domain.Document], len(urls))
	for i, url := range urls {
		outcomes[i].Value = domain.Document(`"` + url + `"`)
	}
	return outcomes
}

func TestOneURLThatFailsLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	slow := &domain.Error{Code: domain.CodeDeadline, Message: "took longer than 10s"}
	fetcher := &portmock.DocumentFetcherMock{
		FetchDocumentFunc: func(_ context.Context, url string) (domain.Document, error) {
			if url == "b" {
				return nil, slow
			}
			return domain.Document(`"` + url + `"`), nil
		},
	}
	urls := []string{"a", "b", "c", "a"}
	for name, strategy := range map[string]localexec.Config{"at once": localexec.PerItem(4, 0), "as one batch": localexec.Serial(0)} {
		fetched := domain.NewFetch(newExecutor(t, domain.FetchHandler(fetcher), strategy), nil).Fetch(t.Context(), urls)
		if len(fetched) != len(urls) {
			t.Fatalf("%s: got %d answers, want one per URL", name, len(fetched))
		}
		for i, one := range fetched {
			want := `"` + urls[i] + `"`
			if urls[i] == "b" {
				want = ""
			}
			if one.URL != urls[i] || string(one.Document) != want {
				t.Errorf("%s: answer %d: got %+v, want the document %s of %q", name, i, one, want, urls[i])
			}
			if failed := urls[i] == "b"; failed != errors.Is(one.Err, slow) || !failed && one.Err != nil {
				t.Errorf("%s: answer %d: got the error %v, want one for b only", name, i, one.Err)
			}
		}
	}
	if calls := fetcher.FetchDocumentCalls(); len(calls) != 2*len(urls) {
		t.Errorf("the fetcher was asked %d times, want once per URL, also for one that comes twice", len(calls))
	}
}

func TestURLsAreHandedOverInOneCall(t *testing.T) {
	t.Parallel()
	executor := &urlExecutor{ExecuteFunc: echo}
	domain.NewFetch(executor, nil).Fetch(t.Context(), []string{"a", "b"})
	if calls := executor.ExecuteCalls(); len(calls) != 1 || !slices.Equal(calls[0].Items, []string{"a", "b"}) {
		t.Errorf("the executor was asked %v, want once for all URLs: it decides what runs at once", calls)
	}
}

func TestConfiguredURLsAreKept(t *testing.T) {
	t.Parallel()
	urls := []string{"a", "b"}
	fetch := domain.NewFetch(&urlExecutor{ExecuteFunc: echo}, urls)
	urls[0] = "changed"
	for range 2 {
		fetched := fetch.FetchConfigured(t.Context())
		if len(fetched) != 2 || fetched[0].URL != "a" || string(fetched[1].Document) != `"b"` {
			t.Errorf("got %+v, want the documents of the URLs given to NewFetch", fetched)
		}
	}
}

func TestNoURLsAreNoDocuments(t *testing.T) {
	t.Parallel()
	fetch := domain.NewFetch(&urlExecutor{ExecuteFunc: echo}, nil)
	if got := fetch.FetchConfigured(t.Context()); got == nil || len(got) != 0 {
		t.Errorf("got %#v, want an empty list", got)
	}
}
