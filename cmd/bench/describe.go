package main

import (
	"context"
	_ "embed"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/machine"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

// notes are what people wrote about the numbers.
//
//go:embed notes.md
var notes string

// describe says on what and how is measured. It comes before the measurements, so
// that the load is not their own.
func (b *bench) describe(ctx context.Context) {
	m := machine.Describe(b.folder)
	fact := func(name, format string, args ...any) {
		b.facts = append(b.facts, report.Fact{Name: name, Text: fmt.Sprintf(format, args...)})
	}
	fact("machine", "%s, %d cores, %s of memory", m.CPU, m.Cores, m.Memory)
	fact("system", "%s; load before the run: %s", m.System, m.Load)
	filesystem := m.Filesystem
	if machine.InMemory(filesystem) {
		filesystem += ", **which is memory and no disk: nothing here is durable, and commits cost nothing**"
	}
	fact("databases", "files in `%s`, on %s", workFolder, filesystem)
	fact("Go", "%s", strings.TrimPrefix(runtime.Version(), "go"))
	var drivers []string
	for _, v := range b.variants {
		drivers = append(drivers, fmt.Sprintf("%s (SQLite %s)", v.about.Driver, v.about.SQLite))
	}
	fact("SQLite drivers", "%s; where none is named, it is the first", strings.Join(drivers, ", "))
	fact("roster", "%s", machine.Revision(ctx, b.options.root, "docs/performance.md", "docs/performance.svg"))
	fact("settings", "roster's defaults, its log written to a file (FETCH_URLS and FETCH_ALLOW_PRIVATE for the fetch only); "+
		"the client, fasthttp, runs on the same cores; everything on 127.0.0.1")
	fact("rounds", "%d or more of each, in turn with what it is measured against, %d ms each where it is repeated; "+
		"medians, with the quartiles in brackets", b.plan.rounds, b.plan.slice.Milliseconds())
	fact("date", "%s", b.begin.UTC().Format(time.DateOnly))
}
