package jobtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func refusalCases() []storeCase {
	return []storeCase{
		{"refusals are read on from any of them, in order, several of one line too", refusalsAreRead},
		{"refusals of another job are not read", refusalsAreApart},
		{"a refusal that comes twice is kept once", refusalsComeTwice},
	}
}

func refusalsAreRead(t *testing.T, store Store) {
	job := running(t, store, 1, 10, 10, 10, 10)
	var all []domain.Refusal
	for i, lines := range [][]int64{{20, 3}, {1, 100, 21}, {1 << 40, 2}} {
		var some []domain.Refusal
		for _, line := range lines {
			for _, field := range []string{"name", "Name", "age", "a", "é", "row"} {
				for _, code := range []domain.ProblemCode{"too_big", "blank", "Blank", "too_long", "_"} {
					some = append(some, refusal(line, field, code))
				}
			}
		}
		all = append(all, some...)
		slices.SortFunc(some, domain.Refusal.Compare)
		job = end(t, store, job, domain.ChunkEnd{Number: i, Rejected: len(lines), Refusals: some})
	}
	slices.SortFunc(all, domain.Refusal.Compare)
	for _, size := range []int{1, 3, 30, len(all) - 1, len(all), 1000} {
		var got []domain.Refusal
		for len(got) <= len(all) {
			var after domain.Refusal
			if len(got) > 0 {
				after = got[len(got)-1]
			}
			more, err := store.Refusals(t.Context(), job.ID, after, size)
			wantCode(t, "Refusals", err, "", "the job is there")
			if len(more) > size {
				t.Errorf("Refusals of size %d: got %d", size, len(more))
			}
			if len(more) == 0 || t.Failed() {
				break
			}
			got = append(got, more...)
		}
		wantSameRefusals(t, fmt.Sprintf("Refusals, %d at a time", size), got, nil, all, "all are met once and in order")
	}
	for _, after := range []domain.Refusal{
		refusal(3, "", ""), refusal(3, "name", ""), refusal(3, "name", "c"), refusal(3, "\U0010ffff", ""),
		refusal(4, "name", "blank"), refusal(1<<41, "", ""), refusal(-1, "z", "z"),
	} {
		i, _ := slices.BinarySearchFunc(all, after, domain.Refusal.Compare)
		got, err := store.Refusals(t.Context(), job.ID, after, 2)
		wantSameRefusals(t, fmt.Sprintf("Refusals behind %v", after), got, err, all[i:min(i+2, len(all))], "the place may be that of none")
	}
}

func refusalsComeTwice(t *testing.T, store Store) {
	job := running(t, store, 1, 10, 10)
	once := refusal(3, "age", "too_big")
	job = end(t, store, job, domain.ChunkEnd{Number: 0, Rejected: 1, Refusals: []domain.Refusal{once, once, refusal(3, "name", "blank"), once}})
	end(t, store, job, domain.ChunkEnd{Number: 1, Rejected: 1, Refusals: []domain.Refusal{once}})
	wantRefusals(t, store, job.ID, []domain.Refusal{once, refusal(3, "name", "blank")}, "each is told once")
}

func refusalsAreApart(t *testing.T, store Store) {
	one, other := running(t, store, 1, 10, 10), running(t, store, 2, 10, 10)
	end(t, store, one, ended(t, 0, 2, 1, 3))
	end(t, store, other, ended(t, 0, 2, 2, 3))
	wantRefusals(t, store, one.ID, ended(t, 0, 0, 1, 3).Refusals, "each job has refusals of its own")
	wantRefusals(t, store, other.ID, ended(t, 0, 0, 2, 3).Refusals, "each job has refusals of its own")
	wantRefusals(t, store, receiving(t, store, 3).ID, nil, "nothing was refused")
}
