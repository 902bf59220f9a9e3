package tokentest

import (
	"slices"
	"testing"
)

// CaseNames returns the name of every case, for the test that each has a control.
func CaseNames() []string {
	var names []string
	for _, c := range storeCases() {
		names = append(names, c.name)
	}
	for _, c := range slices.Concat(durableCases(), sharedCases()) {
		names = append(names, c.name)
	}
	return names
}

// RunOpenings runs the cases of Run that open a store several times.
func RunOpenings(t *testing.T, harness Harness) {
	t.Helper()
	harness.runOpenings(t)
}
