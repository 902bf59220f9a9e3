package server

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// tcpFlags is where a TCP segment says what it is for, flagSYN that it begins a
// connection.
const (
	tcpFlags = 13
	flagSYN  = 0x02
)

// noNewcomers drops every segment that begins a connection and lets all others pass.
var noNewcomers = []unix.SockFilter{
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: tcpFlags},
	{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: flagSYN, Jf: 1},
	{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	{Code: unix.BPF_RET | unix.BPF_K, K: 1 << 16},
}

// turnNewcomersAway makes the system ignore attempts to connect to a listener, while
// those whom it has answered already can still be accepted. A client tries again after
// a second, and is refused if the listener is closed by then.
func turnNewcomersAway(listener syscall.RawConn) error {
	program := unix.SockFprog{Len: uint16(len(noNewcomers)), Filter: &noNewcomers[0]}
	var failed error
	err := listener.Control(func(fd uintptr) {
		failed = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program)
	})
	if err != nil {
		return err
	}
	return failed
}
