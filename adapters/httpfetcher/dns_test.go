package httpfetcher_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

// names is the DNS of these tests: each name has its answers, and each look-up gets
// the next one, the last again and again. A name that is not known has none.
var names = &dns{answers: map[string][][]netip.Addr{}}

type dns struct {
	mu      sync.Mutex
	answers map[string][][]netip.Addr
}

// resolver asks d and nobody else.
func (d *dns) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer ours.Close()
			for d.answerOne(ours) == nil {
			}
		}()
		return theirs, nil
	}}
}

// plant gives a name answers, each a list of addresses, until the test ends.
func (d *dns) plant(t *testing.T, name string, answers ...[]netip.Addr) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers[name] = answers
	t.Cleanup(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.answers, name)
	})
}

// next returns the addresses that the name has now.
func (d *dns) next(name string) []netip.Addr {
	d.mu.Lock()
	defer d.mu.Unlock()
	answers := d.answers[name]
	if len(answers) == 0 {
		return nil
	}
	if len(answers) > 1 {
		d.answers[name] = answers[1:]
	}
	return answers[0]
}

// answerOne answers one question (RFC 1035, 4) as it comes over TCP. It knows IPv4
// only, and says that a name has nothing else.
func (d *dns) answerOne(conn net.Conn) error {
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return err
	}
	query := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, query); err != nil {
		return err
	}
	var labels []string
	at := 12
	for query[at] != 0 {
		labels = append(labels, string(query[at+1:at+1+int(query[at])]))
		at += 1 + int(query[at])
	}
	question := query[12 : at+5] // the name's end, its type and class
	const typeA = 1
	var addresses []netip.Addr
	if binary.BigEndian.Uint16(query[at+1:]) == typeA {
		addresses = d.next(strings.ToLower(strings.Join(labels, ".")))
	}
	answer := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, byte(len(addresses)), 0, 0, 0, 0}, question...)
	for _, address := range addresses {
		answer = append(answer, 0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4) // the name of the question; it holds for no time
		answer = append(answer, address.AsSlice()...)
	}
	_, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
	return err
}
