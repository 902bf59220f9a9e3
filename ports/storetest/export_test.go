package storetest

import "slices"

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
