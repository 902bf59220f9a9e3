//go:build !unix

package server

import "math"

// maxDescriptors returns how many files and connections the process may have open.
func maxDescriptors() int { return math.MaxInt32 }
