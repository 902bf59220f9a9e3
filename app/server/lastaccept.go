package server

import (
	"net"
	"time"
)

// How closeGently waits.
const (
	quietFor    = 50 * time.Millisecond // a handshake across the sea takes longer, one within a data centre does not
	quietWithin = time.Second
	quietTick   = 5 * time.Millisecond
)

// closeGently closes a listener without losing whom the system has already told that
// they are connected: to close a listener resets those who wait to be accepted. So
// nobody is let in any more, and somebody else accepts whoever waits until nobody has
// for a moment.
func closeGently(listener net.Listener) {
	defer func() { _ = listener.Close() }()
	tcp, isTCP := listener.(*net.TCPListener)
	if !isTCP {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = turnNewcomersAway(raw) // without it a few may be lost
	quiet := time.Duration(0)
	for end := time.Now().Add(quietWithin); quiet < quietFor && time.Now().Before(end); time.Sleep(quietTick) {
		if quiet += quietTick; someoneWaits(raw) {
			quiet = 0
		}
	}
}
