package server

import "sync/atomic"

// Figures tell what the clients of a server have and were refused. The zero Figures are of no
// server; Serve fills those of its Config. They are safe for concurrent use, and cost nothing but to be asked.
type Figures struct{ of atomic.Pointer[serving] }

// Connections returns how many connections are open, and how many may be.
func (f *Figures) Connections() (open, limit int) {
	s := f.of.Load()
	if s == nil {
		return 0, 0
	}
	return s.connections.count(), s.connections.limit
}

// Requests returns how many requests a handler works at.
func (f *Figures) Requests() int {
	s := f.of.Load()
	if s == nil {
		return 0
	}
	return int(s.paces.handled.Load())
}

// Refused returns how many connections, and how many requests, found no room since the start.
func (f *Figures) Refused() (connections, requests uint64) {
	s := f.of.Load()
	if s == nil {
		return 0, 0
	}
	return s.accepting.refused.all.Load(), s.paces.refused.all.Load()
}
