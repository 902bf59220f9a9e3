package main

import (
	"errors"
	"time"
)

// workFolder is where programs, tables and what a run leaves open are, below the
// root. Git ignores it.
const workFolder = "bin/benchmark"

// timeLimit is how long a run may take.
const timeLimit = 10 * time.Minute

var errTooLong = errors.New("it took longer than ten minutes")

// plan is how much is measured.
type plan struct {
	// rounds is how often everything is measured; what is cheap or small is
	// measured more often. One more round comes first and is not counted.
	rounds int
	// slice is how long one thing is repeated in a round.
	slice time.Duration
	// counted is how long a server's processor time is counted for one figure: collections of garbage and what is done in the
	// background come in bursts, of which some must be in it.
	counted time.Duration
	// tableRows is the size of the table for requests.
	tableRows int
	// bulkRows is the size of a bulk over HTTP.
	bulkRows int
	// streamRows is the size of a bulk whose drafts come one after the other, and
	// streamLimit how many of them are saved at once.
	streamRows, streamLimit int
	// listRows, bulkSizes and clients are what the pictures show.
	listRows, bulkSizes, clients []int
	// settle is how long a server is asked before it is measured, so that what it
	// does in the background after its start is over.
	settle time.Duration
	// idle is how long a server does nothing before its memory is read, load how
	// long it is under load.
	idle, load time.Duration
}

var wholePlan = plan{
	rounds:      7,
	slice:       400 * time.Millisecond,
	counted:     time.Second,
	tableRows:   10_000,
	bulkRows:    10_000,
	streamRows:  1_000_000,
	streamLimit: 10_000,
	listRows:    []int{1_000, 10_000, 100_000, 1_000_000, 10_000_000},
	bulkSizes:   []int{100, 1_000, 10_000, 100_000, 1_000_000},
	clients:     []int{1, 2, 4, 8, 16, 32, 64, 128, 256},
	settle:      3 * time.Second,
	idle:        time.Second,
	load:        2 * time.Second,
}

var quickPlan = plan{
	rounds:      3,
	slice:       30 * time.Millisecond,
	counted:     200 * time.Millisecond,
	tableRows:   10_000,
	bulkRows:    10_000,
	streamRows:  100_000,
	streamLimit: 1_000,
	listRows:    []int{1_000, 10_000, 100_000},
	bulkSizes:   []int{100, 1_000, 10_000},
	clients:     []int{1, 8, 64},
	settle:      100 * time.Millisecond,
	idle:        100 * time.Millisecond,
	load:        200 * time.Millisecond,
}

// largest returns the size of the largest table.
func (p plan) largest() int { return p.listRows[len(p.listRows)-1] }
