// Package worker measures what happens inside one process: the store, the use
// cases over it, and the driver below it. A worker is a process of its own because
// a program has one SQLite driver, and both are measured.
//
// A worker is spoken to in JSON, a request and an answer a line.
package worker

import "time"

// Command is the subcommand of this program that runs Serve.
const Command = "worker"

// What a request can ask for.
const (
	doAbout  = "about"
	doFill   = "fill"
	doFresh  = "fresh"
	doBulk   = "bulk"
	doStream = "stream"
	doCreate = "create"
	doRead   = "read"
)

// Way says how a thing is done; of two ways one is measured against the other.
type Way string

// The ways to save persons.
const (
	// Store is sqlitestore.
	Store Way = "store"
	// StoreCounted is sqlitestore with its calls counted, as a server counts them.
	StoreCounted Way = "store, counted"
	// Loop is a prepared statement of one row on the driver, for each row, in one
	// transaction.
	Loop Way = "loop"
	// Statements are prepared statements of 500 rows on the driver, in one
	// transaction.
	Statements Way = "statements"
	// Transactions are a prepared statement of one row on the driver, for each row
	// a transaction of its own.
	Transactions Way = "transactions"
)

// The ways to read, of a file with made-up persons.
const (
	// FindDirect calls sqlitestore.Store.Find.
	FindDirect Way = "find"
	// FindThroughPorts calls domain.Registry.Get through ports.PersonRegistry.
	FindThroughPorts Way = "find through ports"
	// FindCounted is FindThroughPorts with the calls of the store counted, as a server counts them.
	FindCounted Way = "find through ports, counted"
	// PageDirect calls sqlitestore.Store.Page for page 1.
	PageDirect Way = "page"
	// PageThroughPorts calls domain.Registry.List through ports.PersonRegistry.
	PageThroughPorts Way = "page through ports"
)

// request is what a worker is asked.
type request struct {
	Do      string
	Way     Way           `json:",omitzero"`
	Path    string        `json:",omitzero"`
	Rows    int           `json:",omitzero"`
	Limit   int           `json:",omitzero"`
	Callers int           `json:",omitzero"`
	Slice   time.Duration `json:",omitzero"`
}

// answer is what it answers. An Error is an end: no worker goes on after a wrong
// answer.
type answer struct {
	Count int           `json:",omitzero"`
	Took  time.Duration `json:",omitzero"`
	Bytes int64         `json:",omitzero"`
	About About         `json:",omitzero"`
	Error string        `json:",omitzero"`
}

// About says what a worker was built with.
type About struct {
	// Driver is the module of the SQLite driver, with its version where that is
	// known.
	Driver string
	// SQLite is the version of SQLite itself.
	SQLite string
}
