package app

import (
	"github.com/seed-bbcc19ba/roster/app/labbench"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// NewLab returns the strategy lab. It needs no configuration and touches no database: what it works on it makes in the system's folder
// for temporary files and on the loopback interface, and takes away again. A process should have one, because it does one experiment at a time.
func NewLab() (*lab.Lab, error) { return lab.New(labbench.Bench{Readers: readers}, labbench.Meter{}) }
