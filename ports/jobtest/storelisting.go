package jobtest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func listingCases() []storeCase {
	return []storeCase{
		{"jobs are listed from the greatest id on, before a place, no more than asked for", listed},
		{"a list of jobs has each state", listedInEachState},
	}
}

func listed(t *testing.T, store Store) {
	var all []domain.Job
	list, err := store.ListJobs(t.Context(), "", 10)
	wantJobs(t, "ListJobs", list, err, nil, "there are none")
	for _, n := range []int{4, 2, 12, 8, 6, 10} { // not in their order
		all = append(all, receiving(t, store, n))
	}
	slices.SortFunc(all, func(a, b domain.Job) int { return -compareIDs(a, b) })
	for before := range 14 {
		place := jobID(before)
		want := slices.DeleteFunc(slices.Clone(all), func(job domain.Job) bool { return job.ID >= place })
		if before == 0 {
			place, want = "", all
		}
		for _, size := range []int{1, 2, 5, 6, 7, math.MaxInt} {
			got, err := store.ListJobs(t.Context(), place, size)
			wantJobs(t, fmt.Sprintf("ListJobs(%q, %d)", place, size), got, err, want[:min(size, len(want))], "the greatest id comes first")
		}
	}
	got, err := store.ListJobs(t.Context(), "zzz", 2)
	wantJobs(t, "ListJobs of a place that is no id", got, err, all[:2], "the place may be nobody's id")
}

func compareIDs(a, b domain.Job) int {
	if a.ID < b.ID {
		return -1
	}
	return 1
}

func listedInEachState(t *testing.T, store Store) {
	want := []domain.Job{
		cancel(t, store, receiving(t, store, 5, 5), noon),
		end(t, store, running(t, store, 4, 5), ended(t, 0, 5)),
		running(t, store, 3, 5), queued(t, store, 2, 5), receiving(t, store, 1, 5),
	}
	got, err := store.ListJobs(t.Context(), "", 10)
	wantJobs(t, "ListJobs", got, err, want, "each is listed as it is")
}
