package httpclient

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Fetch is what the API offers of domain.Fetch: the documents that the server was configured to get. A
// client cannot send a server to URLs of its own choice, nor learn how many there are without getting them.
type Fetch struct{ connection *connection }

var _ ports.ConfiguredFetcher = (*Fetch)(nil)

// FetchConfigured has the server get its documents. Over the wire a document comes without its URL, so Fetched.URL is "" beside
// it, and a document that has a text "error" and a text "url" and nothing else cannot be told from a failure. A call that
// failed as a whole is one Fetched with the URL of the API's path, so that nobody takes it for a server with nothing to get.
func (f *Fetch) FetchConfigured(ctx context.Context) []domain.Fetched {
	got, err := f.connection.do(ctx, call{method: http.MethodGet, path: fetchPath}, http.StatusOK)
	var wire struct{ Results results[json.RawMessage] }
	if err == nil {
		if err = json.Unmarshal(got.body, &wire); err != nil || wire.Results == nil {
			err = notUnderstood(got, err)
		}
	}
	if err != nil {
		return []domain.Fetched{{URL: f.connection.base.JoinPath(fetchPath).String(), Err: err}}
	}
	fetched := make([]domain.Fetched, len(wire.Results))
	for i, result := range wire.Results {
		fetched[i] = fetchedOf(result)
	}
	return fetched
}

func fetchedOf(result json.RawMessage) domain.Fetched {
	var failed map[string]*string
	if json.Unmarshal(result, &failed) != nil || len(failed) != 2 || failed["error"] == nil || failed["url"] == nil {
		return domain.Fetched{Document: domain.Document(result)}
	}
	err := &domain.Error{Code: domain.CodeUpstream, Message: line(*failed["error"])}
	if err.Message == "Timeout" {
		err.Code = domain.CodeDeadline
	}
	return domain.Fetched{URL: *failed["url"], Err: err}
}
