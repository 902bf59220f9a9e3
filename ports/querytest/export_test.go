package querytest

// CaseNames returns the name of every case, for the test that each has a control.
func CaseNames() []string {
	var names []string
	for _, each := range allCases() {
		names = append(names, each.name)
	}
	return names
}

// WhoKey is what By keeps somebody under.
var WhoKey = whoKey{}
