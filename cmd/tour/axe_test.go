package main

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/axe"
	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/browser"
	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/program"
)

// finding is what axe-core found on a page.
type finding struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

func TestNobodyIsKeptFromUsingAPage(t *testing.T) { //nolint:tparallel // the looks share a server that ends with the test
	t.Parallel()
	script, err := axe.Script()
	if err != nil {
		t.Fatal(err)
	}
	server, err := demonstrate(context.WithoutCancel(t.Context()), program.Place{File: built, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	for _, look := range looks() { //nolint:paralleltest // as above
		t.Run(look.name, func(t *testing.T) {
			v := visit(t, server.URL, look.Look)
			rules := 0
			err := walk(v.Tab, v.url, func(at stop) error {
				found, checked, err := examine(v.Tab, script)
				rules += checked
				for _, f := range found {
					t.Errorf("%s: %s (%s): %s; first of %d: %s: %s", at.name, f.ID, f.Impact, f.Help, len(f.Nodes), f.Nodes[0].HTML, f.Nodes[0].FailureSummary)
				}
				wide, evalErr := browser.Evaluate[bool](v.Tab, "document.documentElement.scrollWidth > window.innerWidth")
				if evalErr == nil && wide {
					t.Errorf("%s is wider than the window", at.name)
				}
				return err
			})
			if err != nil || rules < len(stops())*10 {
				t.Errorf("axe-core kept to %d rules and the error %v, want 10 a page at least", rules, err)
			}
			v.calm()
		})
	}
}

// examine returns what axe-core finds on a page, and how many rules it was held to.
func examine(tab *browser.Tab, script string) (found []finding, rules int, err error) {
	answer, err := browser.Evaluate[string](tab, script+`; axe.run().then((answer) => JSON.stringify({
		violations: answer.violations.map(({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.map(({html, failureSummary}) => ({html, failureSummary}))})),
		passes: answer.passes.length,
	}))`)
	if err != nil {
		return nil, 0, err
	}
	var told struct {
		Violations []finding `json:"violations"`
		Passes     int       `json:"passes"`
	}
	err = json.Unmarshal([]byte(answer), &told)
	return told.Violations, told.Passes, err
}
