//go:build unix

package server

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// someoneWaits tells whether a connection waits to be accepted.
func someoneWaits(listener syscall.RawConn) bool {
	waits := false
	_ = listener.Control(func(fd uintptr) {
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}} //nolint:gosec // a descriptor is a small number
		n, err := unix.Poll(ready, 0)
		waits = err == nil && n > 0
	})
	return waits
}
