package main

import (
	"context"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
)

// stream is the place for the memory that a bulk of 1,000,000 given drafts takes
// through the library, against that of one batch. It is not measured yet.
func (b *bench) stream(context.Context) error {
	b.add(report.Row{
		Work:    "memory of a bulk of 1,000,000 given drafts through the library",
		Missing: "not measured yet",
	})
	return nil
}
