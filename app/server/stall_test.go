package server_test

import (
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/app/server"
)

// buffered is a connection whose system takes so many bytes at once, and whose client
// takes perSecond of them.
type buffered struct {
	net.Conn
	room      int
	perSecond int
	deadline  time.Time
}

func (b *buffered) SetWriteDeadline(at time.Time) error {
	b.deadline = at
	return nil
}

func (b *buffered) Write(text []byte) (written int, err error) {
	for {
		n := min(b.room, len(text)-written)
		written += n
		b.room -= n
		if written == len(text) {
			return written, nil
		}
		if wait := time.Until(b.deadline); wait < time.Second {
			time.Sleep(wait)
			return written, os.ErrDeadlineExceeded
		}
		time.Sleep(time.Second)
		b.room += b.perSecond
	}
}

// What the system's buffers swallow is no progress of the client, so that one that
// takes nothing has its time and one look more, not twice its time.
func TestAClientThatTakesNothingIsLeftInTime(t *testing.T) {
	t.Parallel()
	const stall = 32 * time.Second
	for _, test := range []struct {
		name            string
		room, perSecond int
		want            time.Duration // until the write fails; 0 is never
	}{
		{"nothing from the start", 0, 0, stall},
		{"what a buffer holds, and no more", 256 << 10, 0, stall + stall/16},
		{"a byte now and then", 256 << 10, 100, stall + stall/16},
		{"enough to go on", 64 << 10, 200, 0},
		{"all of it", 1 << 20, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				conn := server.Connection(&buffered{room: test.room, perSecond: test.perSecond}, stall)
				written, err := conn.Write(make([]byte, 512<<10))
				switch took := time.Since(start); {
				case test.want == 0 && (err != nil || written != 512<<10):
					t.Errorf("got %d bytes and %v after %v, want all of them", written, err, took)
				case test.want > 0 && (!errors.Is(err, os.ErrDeadlineExceeded) || took != test.want):
					t.Errorf("got %v after %v, want the deadline exceeded after %v", err, took, test.want)
				}
			})
		})
	}
}
