package main

import (
	"context"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

// stream is the place for the memory that a bulk of 1,000,000 given drafts takes
// through the library. There is no use case yet that takes drafts as they come.
func (b *bench) stream(context.Context) error {
	b.add(report.Row{
		Work:    "memory of a bulk of 1,000,000 given drafts through the library",
		Missing: "not measured: bulks do not take drafts as they come yet",
	})
	return nil
}
