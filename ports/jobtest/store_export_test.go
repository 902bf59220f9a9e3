package jobtest

import (
	"slices"
	"testing"
)

// StoreCaseNames returns the name of every case of RunStore, for the test that each has a
// control.
func StoreCaseNames() []string {
	var names []string
	for _, c := range storeCases() {
		names = append(names, c.name)
	}
	for _, c := range slices.Concat(durableCases(), twoOpeningsCases()) {
		names = append(names, c.name)
	}
	return names
}

// RunOpenings runs the cases of RunStore that open a store several times.
func RunOpenings(t *testing.T, harness StoreHarness) {
	t.Helper()
	harness.runOpenings(t)
}
