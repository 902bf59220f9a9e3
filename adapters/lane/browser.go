package lane

import (
	"context"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Browser returns the browser with its calls in lanes: a search looks at very many persons, a page of the whole list
// costs no more than one person, and who deletes many writes for long.
func Browser(next ports.PersonBrowser, searches, single, bulk *Lane) ports.PersonBrowser {
	return &browser{next: next, searches: searches, single: single, bulk: bulk}
}

type browser struct {
	next                   ports.PersonBrowser
	searches, single, bulk *Lane
}

// Browse implements ports.PersonBrowser.
func (b *browser) Browse(ctx context.Context, query domain.BrowseQuery) (domain.Browsed, error) {
	lane := b.searches
	if query.IsWhole() {
		lane = b.single
	}
	return through(ctx, lane, func() (domain.Browsed, error) { return b.next.Browse(ctx, query) })
}

// Selected implements ports.PersonBrowser.
func (b *browser) Selected(ctx context.Context, selection domain.Selection) ([]domain.Person, error) {
	return through(ctx, b.searches, func() ([]domain.Person, error) { return b.next.Selected(ctx, selection) })
}

// Delete implements ports.PersonBrowser.
func (b *browser) Delete(ctx context.Context, selection domain.Selection) (int, error) {
	return through(ctx, b.bulk, func() (int, error) { return b.next.Delete(ctx, selection) })
}
