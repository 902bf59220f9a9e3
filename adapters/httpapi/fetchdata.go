package httpapi

import (
	"encoding/json"
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
)

// wireFetch is the answer of fetch_data. Each result is a document as it came,
// or a fetchError.
type wireFetch struct {
	Results []any `json:"results"`
	Total   int   `json:"total"`
}

type fetchError struct {
	Error string `json:"error"`
	URL   string `json:"url"`
}

// fetchDataView serves /api/v1/fetch_data/.
func (a *api) fetchDataView() *view {
	return &view{
		plain:   true,
		charges: http.MethodGet,
		actions: map[string]action{http.MethodGet: a.fetchData},
	}
}

func (a *api) fetchData(r *http.Request) (reply, error) {
	if isCharged(r) {
		if err := charge(r, a.Fetch.Configured()); err != nil {
			return reply{}, err
		}
	}
	fetched := a.Fetch.FetchConfigured(r.Context())
	results := make([]any, len(fetched))
	for i, f := range fetched {
		switch domain.CodeOf(f.Err) {
		case "":
			results[i] = json.RawMessage(f.Document)
		case domain.CodeDeadline:
			results[i] = fetchError{"Timeout", f.URL}
		case domain.CodeUnavailable:
			return reply{}, f.Err // the executor had no room for the request; no upstream has this code
		default:
			results[i] = fetchError{domain.MessageOf(f.Err), f.URL}
		}
	}
	return ok(wireFetch{Results: results, Total: len(results)}), nil
}
