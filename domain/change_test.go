package domain_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func TestAnOriginIsTextThatAnyStoreKeeps(t *testing.T) {
	t.Parallel()
	if got := domain.OriginOf(context.Background()); got != (domain.Origin{}) {
		t.Errorf("OriginOf nothing: got %+v, want the zero Origin", got)
	}
	for who, want := range map[string]string{
		"":                          "",
		"root":                      "root",
		"a\x00b\xff":                "a\uFFFDb\uFFFD",
		strings.Repeat("é", 255):    strings.Repeat("é", 255),
		strings.Repeat("é", 256):    strings.Repeat("é", 255),
		strings.Repeat("\xff", 300): strings.Repeat("\uFFFD", 255),
	} {
		ctx := domain.WithOrigin(t.Context(), domain.Origin{Via: domain.ViaCLI, Who: who, Job: domain.JobID(who)})
		if got := domain.OriginOf(ctx); got != (domain.Origin{Via: domain.ViaCLI, Who: want, Job: domain.JobID(want)}) {
			t.Errorf("OriginOf %+q: got %+v, want %+q", who, got, want)
		}
	}
}

func TestARunOfIDsIsOneChange(t *testing.T) {
	t.Parallel()
	var persons []domain.Person
	for _, id := range []int64{1, 2, 3, 5, 7, 8} {
		persons = append(persons, domain.StoredPerson(id, "x", 1))
	}
	want := []domain.Change{
		{Kind: domain.ChangeCreated, First: 1, Count: 3},
		{Kind: domain.ChangeCreated, First: 5, Count: 1, After: persons[3]},
		{Kind: domain.ChangeCreated, First: 7, Count: 2},
	}
	if got := domain.CreatedChanges(persons); !slices.Equal(got, want) {
		t.Errorf("CreatedChanges: got %+v, want %+v", got, want)
	}
	if got := domain.EditedChanges(persons[0], persons[0]); len(got) > 0 {
		t.Errorf("EditedChanges of nothing: got %+v, want none", got)
	}
}

func TestAChangeConcernsItsRunOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, count, id int64
		want             bool
	}{
		{5, 1, 5, true}, {5, 1, 6, false}, {5, 1, 4, false}, {5, 3, 7, true}, {5, 3, 8, false}, {-5, 1, math.MaxInt64, false},
		{math.MinInt64, 1, math.MaxInt64, false}, {math.MaxInt64, 1, math.MaxInt64, true}, {math.MaxInt64, 1, math.MinInt64, false}, {-1, 3, 1, true},
	} {
		if got := (domain.Change{First: c.first, Count: c.count}).Concerns(c.id); got != c.want {
			t.Errorf("a change of %d from %d concerns %d: got %t, want %t", c.count, c.first, c.id, got, c.want)
		}
	}
}

func TestAQueryForChangesIsChecked(t *testing.T) {
	t.Parallel()
	for before, want := range map[int64]int64{0: math.MaxInt64, 1: 1, -1: -1} {
		got, err := domain.ChangesQuery{Person: 3, Before: before, Size: 7}.Checked()
		if err != nil || got != (domain.ChangesQuery{Person: 3, Before: want, Size: 7}) {
			t.Errorf("Checked with Before %d: got %+v and %v, want Before %d", before, got, err, want)
		}
	}
	for _, size := range []int{0, -1} {
		if _, err := (domain.ChangesQuery{Size: size}).Checked(); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("Checked with a size of %d: got %v, want the code %q", size, err, domain.CodeInvalid)
		}
	}
}

func TestHoursEndWithThatOfNow(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, now := range []time.Time{noon, noon.Add(time.Hour - 1), noon.In(time.FixedZone("half", 1800))} {
		counts := domain.NewHourCounts(now, 3)
		for i, at := range []time.Duration{-3 * time.Hour, -2*time.Hour - 1, -2 * time.Hour, -1, 0, time.Hour - 1, time.Hour} {
			counts.Add(noon.Add(at), 1<<i)
		}
		want := domain.HourCounts{{noon.Add(-2 * time.Hour), 4}, {noon.Add(-time.Hour), 8}, {noon, 16 + 32}}
		if !slices.Equal(counts, want) {
			t.Errorf("hours up to %v: got %v, want %v", now, counts, want)
		}
	}
	for _, hours := range []int{0, -1} {
		counts := domain.NewHourCounts(noon, hours)
		if counts.Add(noon, 1); len(counts) != 0 {
			t.Errorf("NewHourCounts of %d: got %v, want none", hours, counts)
		}
	}
}
