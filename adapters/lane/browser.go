package lane

import (
	"context"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Browser returns the browser with its calls in the lane: a search looks at very many persons.
func (l *Lane) Browser(next ports.PersonBrowser) ports.PersonBrowser {
	return &browser{next: next, lane: l}
}

type browser struct {
	next ports.PersonBrowser
	lane *Lane
}

// Browse implements ports.PersonBrowser.
func (b *browser) Browse(ctx context.Context, query domain.BrowseQuery) (domain.Browsed, error) {
	return through(ctx, b.lane, func() (domain.Browsed, error) { return b.next.Browse(ctx, query) })
}

// Selected implements ports.PersonBrowser.
func (b *browser) Selected(ctx context.Context, selection domain.Selection) ([]domain.Person, error) {
	return through(ctx, b.lane, func() ([]domain.Person, error) { return b.next.Selected(ctx, selection) })
}

// Delete implements ports.PersonBrowser.
func (b *browser) Delete(ctx context.Context, selection domain.Selection) (int, error) {
	return through(ctx, b.lane, func() (int, error) { return b.next.Delete(ctx, selection) })
}
