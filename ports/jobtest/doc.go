// Package jobtest holds the conformance suites of what jobs need: RunQueue is that of
// ports.JobQueue, RunStore that of ports.JobStore.
package jobtest
