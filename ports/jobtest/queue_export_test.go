package jobtest

import "testing"

// QueueCaseNames returns the name of every case, for the test that each has a control.
func QueueCaseNames() []string {
	all := QueueHarness{Shared: true, Break: func(*testing.T, string) func() { return nil }}
	var names []string
	for _, each := range all.cases() {
		names = append(names, each.name)
	}
	return names
}
