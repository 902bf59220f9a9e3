package lane_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/seed-bbcc19ba/roster/adapters/lane"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

func TestCallsOfABrowserTakeAPlaceInTheirLane(t *testing.T) {
	t.Parallel()
	const searches, single, bulk = "searches", "single", "bulk"
	synctest.Test(t, func(t *testing.T) {
		lanes := map[string]*lane.Lane{}
		for _, name := range []string{searches, single, bulk} {
			lanes[name] = newLane(t, lane.Config{Workers: 1})
		}
		browser := lane.Browser(&portmock.PersonBrowserMock{
			BrowseFunc:   func(context.Context, domain.BrowseQuery) (domain.Browsed, error) { return domain.Browsed{}, nil },
			SelectedFunc: func(context.Context, domain.Selection) ([]domain.Person, error) { return nil, nil },
			DeleteFunc:   func(context.Context, domain.Selection) (int, error) { return 0, nil },
		}, lanes[searches], lanes[single], lanes[bulk])
		browse := func(query domain.BrowseQuery) func() error {
			return func() error { _, err := browser.Browse(t.Context(), query); return err }
		}
		calls := map[string]struct {
			lane string
			make func() error
		}{
			"the whole list":           {single, browse(domain.BrowseQuery{Number: 7})},
			"the whole list backwards": {single, browse(domain.BrowseQuery{Order: []domain.SortKey{{Field: domain.ByID}}})},
			"a search":                 {searches, browse(domain.BrowseQuery{Filter: domain.PersonFilter{Text: "a"}})},
			"a sorted list":            {searches, browse(domain.BrowseQuery{Order: []domain.SortKey{{Field: domain.ByAge}}})},
			"Selected":                 {searches, func() error { _, err := browser.Selected(t.Context(), domain.Selection{}); return err }},
			"Delete":                   {bulk, func() error { _, err := browser.Delete(t.Context(), domain.Selection{}); return err }},
		}
		for _, full := range []string{searches, single, bulk} {
			var busy sync.WaitGroup
			busy.Go(func() { _, _ = lanes[full].Bulks(slowly(func(int) {})).Generate(t.Context(), 1) })
			synctest.Wait()
			for name, call := range calls {
				err := call.make()
				if isRefused := domain.CodeOf(err) == domain.CodeUnavailable; isRefused != (call.lane == full) || !isRefused && err != nil {
					t.Errorf("%s while the lane of %s is full: got %v, want it in that of %s", name, full, err, call.lane)
				}
			}
			busy.Wait()
		}
	})
}
