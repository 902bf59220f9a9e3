package storetest

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/ports"
)

// CaseNames returns the name of every case, for the test that each has a control.
func CaseNames() []string {
	var names []string
	for _, c := range storeCases() {
		names = append(names, c.name)
	}
	for _, c := range slices.Concat(reopenCases(), abandonedCases(), claimReopenCases()) {
		names = append(names, c.name)
	}
	return names
}

// Openings returns what opens the store in dir for a case of a durable store.
func Openings(harness Harness, dir string) func(tb testing.TB) ports.PersonStore {
	return (&openings{harness: harness, dir: dir}).open
}
