package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func newFetch(s *session) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "fetch [URL…]",
		Short: "Get JSON documents, many at once",
		Long: "Get JSON documents, many at once: those of FETCH_URLS, or the given ones. Exits with 1\n" +
			"where one could not be got. The documents themselves are shown with --json.",
		RunE: func(cmd *cobra.Command, urls []string) error {
			settings, err := s.load(cmd, nil)
			if err != nil {
				return err
			}
			if len(urls) == 0 {
				urls = settings.FetchURLs
			}
			settings.Database = app.Database{} // documents need none
			return withApp(cmd, settings, func(a *app.App) error {
				progress := newProgress(cmd.ErrOrStderr(), "fetched", len(urls))
				fetched := fetchAll(cmd.Context(), a.Fetch, urls, settings.Fetch.Workers, progress)
				progress.end()
				return writeFetched(cmd.OutOrStdout(), fetched, asJSON)
			})
		},
	}
	addJSON(cmd, &asJSON, "a JSON object a line")
	return cmd
}

// fetchAll gets the URLs, each by a call of its own so that progress is seen. No
// more calls run than the executor has workers, so it refuses none.
func fetchAll(ctx context.Context, fetcher ports.BulkFetcher, urls []string, workers int, progress *progress) []domain.Fetched {
	var (
		fetched = make([]domain.Fetched, len(urls))
		mu      sync.Mutex // guards progress
		calls   errgroup.Group
	)
	calls.SetLimit(workers)
	for i, url := range urls {
		calls.Go(func() error {
			fetched[i] = fetcher.Fetch(ctx, []string{url})[0]
			mu.Lock()
			defer mu.Unlock()
			progress.add(1)
			return nil
		})
	}
	_ = calls.Wait() // failures are told by what was fetched
	return fetched
}

// fetchedRow is what became of a URL, for machines.
type fetchedRow struct {
	URL      string          `json:"url"`
	Document json.RawMessage `json:"document,omitempty"`
	Error    string          `json:"error,omitempty"`
	Code     domain.Code     `json:"code,omitempty"`
}

// writeFetched writes a line for each URL. It returns an error where some failed.
func writeFetched(w io.Writer, fetched []domain.Fetched, asJSON bool) error {
	failed := 0
	for _, f := range fetched {
		if f.Err != nil {
			failed++
		}
		if err := writeFetchedOne(w, f, asJSON); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s could not be fetched", failed, plural(len(fetched), "document"))
	}
	return nil
}

func writeFetchedOne(w io.Writer, f domain.Fetched, asJSON bool) error {
	var err error
	switch {
	case asJSON && f.Err == nil:
		err = writeJSON(w, fetchedRow{URL: f.URL, Document: json.RawMessage(f.Document)})
	case asJSON:
		err = writeJSON(w, fetchedRow{URL: f.URL, Error: domain.MessageOf(f.Err), Code: domain.CodeOf(f.Err)})
	case f.Err == nil:
		_, err = fmt.Fprintf(w, "ok      %s  %s\n", visible(f.URL), plural(len(f.Document), "byte"))
	default:
		_, err = fmt.Fprintf(w, "failed  %s  %s\n", visible(f.URL), visible(domain.MessageOf(f.Err)))
	}
	return err
}
