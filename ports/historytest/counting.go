package historytest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func countingCases() []storeCase {
	return []storeCase{
		{"persons are counted by age, the least age first", countedByAge},
		{"the hours that are asked for are counted, the earliest first", hoursAreThere},
		{"who was created is counted in the hour of it", countedInHour},
		{"an hour counts those who were created, whatever became of them", countedOnce},
		{"the size grows with what is saved", sizeGrows},
	}
}

func wantAges(t *testing.T, store Store, want ...domain.AgeCount) {
	t.Helper()
	got, err := store.CountByAge(t.Context())
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("CountByAge: got %v and %v, want %v", got, err, want)
	}
}

func countedByAge(t *testing.T, store Store) {
	wantAges(t, store)
	ann, bob := create(t, store, "Ann", 31), create(t, store, "Bob", 31)
	create(t, store, "Cid", 0)
	create(t, store, "Dan", domain.MaxAge)
	wantAges(t, store, domain.AgeCount{Age: 0, Count: 1}, domain.AgeCount{Age: 31, Count: 2}, domain.AgeCount{Age: domain.MaxAge, Count: 1})
	setAge(t, store, ann, 9)
	remove(t, store, bob)
	wantAges(t, store, domain.AgeCount{Age: 0, Count: 1}, domain.AgeCount{Age: 9, Count: 1}, domain.AgeCount{Age: domain.MaxAge, Count: 1})
	drafts := make([]domain.Draft, 3_000)
	for i := range drafts {
		drafts[i] = newDraft(t, "Eve", int64(10+i%3))
	}
	_, err := store.CreateBatch(t.Context(), drafts)
	wantCode(t, "CreateBatch", err, "", "nothing speaks against it")
	wantAges(t, store, domain.AgeCount{Age: 0, Count: 1}, domain.AgeCount{Age: 9, Count: 1}, domain.AgeCount{Age: 10, Count: 1_000},
		domain.AgeCount{Age: 11, Count: 1_000}, domain.AgeCount{Age: 12, Count: 1_000}, domain.AgeCount{Age: domain.MaxAge, Count: 1})
}

// hour returns the full hour of UTC in which a moment lies.
func hour(at time.Time) time.Time {
	return time.Date(at.UTC().Year(), at.UTC().Month(), at.UTC().Day(), at.UTC().Hour(), 0, 0, 0, time.UTC)
}

// wantHours fails the test unless the store counts so many in each of the hours up to now.
func wantHours(t *testing.T, store Store, now time.Time, hours int, want map[time.Time]int64, why string) {
	t.Helper()
	got, err := store.CreatedPerHour(t.Context(), now, hours)
	if err != nil || len(got) != max(0, hours) {
		t.Errorf("CreatedPerHour(%v, %d): got %d and %v, want as many as asked for", now, hours, len(got), err)
		return
	}
	for i, count := range got {
		begin := hour(now).Add(time.Duration(i+1-hours) * time.Hour)
		if !count.Begin.Equal(begin) || count.Begin.Location() != time.UTC || count.Count != want[begin] {
			t.Errorf("CreatedPerHour(%v, %d): got %+v at index %d, want %d from %v: %s", now, hours, count, i, want[begin], begin, why)
			return
		}
	}
}

func hoursAreThere(t *testing.T, store Store) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, now := range []time.Time{
		noon, noon.Add(time.Nanosecond), noon.Add(-time.Nanosecond), noon.Add(59 * time.Minute),
		noon.In(time.FixedZone("half an hour off", 5*60*60+30*60)), noon.AddDate(-100, 0, 0), time.Now(),
	} {
		for _, hours := range []int{1, 2, 24, 25, 1000, 0, -1} {
			wantHours(t, store, now, hours, nil, "nobody was created")
		}
	}
}

func countedInHour(t *testing.T, store Store) {
	create(t, store, "Ann", 31)
	createMany(t, store, 501)
	want := map[time.Time]int64{}
	for _, change := range allChanges(t, store) {
		want[hour(change.At)] += change.Count
	}
	at := allChanges(t, store)[0].At
	for _, later := range []time.Duration{0, time.Hour, 2 * time.Hour, 22 * time.Hour, 23 * time.Hour, 24 * time.Hour, 48 * time.Hour, -time.Hour, -48 * time.Hour} {
		for _, hours := range []int{1, 2, 24} {
			wantHours(t, store, at.Add(later), hours, want, "a change counts in the hour in which it was made")
			wantHours(t, store, hour(at.Add(later)), hours, want, "an hour begins with its first moment")
		}
	}
}

func countedOnce(t *testing.T, store Store) {
	persons := createMany(t, store, 30)
	want := map[time.Time]int64{hour(allChanges(t, store)[0].At): 30}
	now := time.Now()
	persons[3] = setAge(t, store, persons[3], 77)
	wantHours(t, store, now, 24, want, "an edit creates nobody")
	remove(t, store, persons...)
	wantHours(t, store, now, 24, want, "who was deleted was created before")
	tidy(t, store, now.Add(domain.HistoryLifetime+time.Hour))
	wantHours(t, store, now, 24, nil, "it counts from the changes")
}

func sizeGrows(t *testing.T, store Store) {
	var last int64
	name := strings.Repeat("x", 200)
	for round := range 3 {
		drafts := make([]domain.Draft, 5_000)
		for i := range drafts {
			drafts[i] = newDraft(t, name, int64(i))
		}
		_, err := store.CreateBatch(t.Context(), drafts)
		wantCode(t, "CreateBatch", err, "", "nothing speaks against it")
		size, err := store.Size(t.Context())
		if err != nil || size <= last {
			t.Errorf("Size after %d persons: got %d and %v, want more than %d", 5_000*(round+1), size, err, last)
		}
		last = size
	}
}
