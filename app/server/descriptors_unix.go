//go:build unix

package server

import (
	"math"
	"syscall"
)

// maxDescriptors returns how many files and connections the process may have open.
// Go raises the limit at start as far as it may, so this is the greatest there is.
func maxDescriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || uint64(limit.Cur) > math.MaxInt32 { //nolint:unconvert // its type is another one elsewhere
		return math.MaxInt32
	}
	return int(limit.Cur) //nolint:gosec // it fits, see above
}
