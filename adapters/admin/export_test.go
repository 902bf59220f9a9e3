package admin

import (
	"net/url"

	"github.com/seed-bbcc19ba/roster/domain"
)

// What tests look at from within.
var (
	LocalPath     = localPath
	RoundUp       = roundUp
	PagesShown    = pagesShown
	ClientNetwork = clientNetwork
	Sentence      = sentence
	Words         = words
	Brief         = brief
)

const MaxUploads = maxUploads

// ListQuery is what an address of the list says.
type ListQuery = listQuery

// ReadListQuery reads an address of the list.
func ReadListQuery(values url.Values) ListQuery { return readListQuery(values) }

// Values returns the query as an address has it.
func (q listQuery) Values() url.Values { return q.values() }

// Columns returns how the list is sorted, and what a click would make of it.
func (q listQuery) Columns() []column { return q.columns() }

// BarsOf returns the counts of the chart by age, bar by bar.
func BarsOf(ages []domain.AgeCount) []int64 {
	var counts []int64
	for _, bar := range agesChart(ages).Bars {
		counts = append(counts, bar.Count)
	}
	return counts
}
