// Package formattest is the conformance suite of ports.RowFormat.
//
// The test of an adapter:
//
//	func TestFormat(t *testing.T) {
//		t.Parallel()
//		formattest.Run(t, formattest.Harness{
//			Format: myformat.Format{},
//			Head:   "name;age\n",
//			Row:    func(name string, age int64) string { return fmt.Sprintf("%s;%d\n", quoted(name), age) },
//			Wrong: []formattest.WrongRow{
//				{Text: "\n", Problems: []domain.Problem{{Field: domain.FieldRow, Code: domain.ProblemSyntax}}},
//				…
//			},
//		})
//	}
package formattest

import (
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Harness tells the suite how texts of the format under test look.
type Harness struct {
	Format ports.RowFormat
	// Head is what stands in front of the rows of a text, with its line end; "" for nothing.
	Head string
	// Row returns a row, with its line end, of any name in UTF-8 and any age.
	Row func(name string, age int64) string
	// Blank is a line that is no row; "" where there is none.
	Blank string
	// Wrong are rows that are wrong in ways of the format, with their line ends. At least
	// domain.ProblemRequired, domain.ProblemNotInteger and domain.ProblemSyntax are among the problems.
	Wrong []WrongRow
	// Starts are beginnings of rows that go on with any number of x, and then with a line
	// end. Where that is more than a row may have, the row cannot be read, and the next begins in
	// the line behind it.
	Starts []string
	// Unreadable are texts that cannot be read as a whole; nil where there are none.
	Unreadable []string
}

// WrongRow is a row and everything that is wrong with it, in the order of domain.Refusal.Compare.
type WrongRow struct {
	Text     string
	Problems []domain.Problem
}

// testCase is one sentence of the contract and what holds it up.
type testCase struct {
	name string
	body func(t *testing.T, h Harness)
}

// Run runs the suite as parallel subtests of t.
func Run(t *testing.T, harness Harness) {
	t.Helper()
	harness.check(t)
	for _, each := range allCases() {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			each.body(t, harness)
		})
	}
}

// check fails the test where the harness says too little.
func (h Harness) check(t *testing.T) {
	t.Helper()
	for _, code := range []domain.ProblemCode{domain.ProblemRequired, domain.ProblemNotInteger, domain.ProblemSyntax} {
		if !slices.ContainsFunc(h.Wrong, func(w WrongRow) bool {
			return slices.ContainsFunc(w.Problems, func(p domain.Problem) bool { return p.Code == code })
		}) {
			t.Fatalf("Harness.Wrong: got no row with the problem %q, want one", code)
		}
	}
	if len(h.Starts) == 0 {
		t.Fatal("Harness.Starts: got none, want one")
	}
}

func allCases() []testCase {
	return slices.Concat(splitCases(), readerCases(), rowCases(), inputCases(), writerCases())
}
