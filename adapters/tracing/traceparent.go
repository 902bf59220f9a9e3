package tracing

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"strings"
)

type (
	traceID [16]byte
	spanID  [8]byte
)

// place is where in a trace something is: what headers of W3C (https://www.w3.org/TR/trace-context/) say.
type place struct {
	trace traceID
	span  spanID
	flags byte
	state string // tracestate, which is handed on
}

// Flags of a trace.
const (
	flagSampled byte = 1
	flagRandom  byte = 2 // the trace's id is random; it is handed on
)

const (
	traceparentHeader = "Traceparent"
	tracestateHeader  = "Tracestate"

	traceparentLength = 55  // of version 00: later ones may go on after it
	tracestateLimit   = 512 // bytes
)

func newTraceID() (id traceID) {
	binary.BigEndian.PutUint64(id[:8], rand.Uint64()) //nolint:gosec // an id is no secret
	binary.BigEndian.PutUint64(id[8:], randomID())
	return id
}

func newSpanID() (id spanID) {
	binary.BigEndian.PutUint64(id[:], randomID())
	return id
}

// randomID is not 0, which stands for none.
func randomID() uint64 {
	for {
		if id := rand.Uint64(); id != 0 { //nolint:gosec // an id is no secret
			return id
		}
	}
}

// placeOf returns where the client of a request is; nil where it does not say it as W3C has it.
func placeOf(header http.Header) *place {
	value := header.Get(traceparentHeader)
	if value == "" {
		return nil
	}
	p := &place{}
	var version, flags [1]byte
	if len(value) < traceparentLength || value[2] != '-' || value[35] != '-' || value[52] != '-' ||
		!fromHex(version[:], value[:2]) || !fromHex(p.trace[:], value[3:35]) || !fromHex(p.span[:], value[36:52]) || !fromHex(flags[:], value[53:55]) {
		return nil
	}
	longer := len(value) > traceparentLength
	if version[0] == 0xff || version[0] == 0 && longer || longer && value[traceparentLength] != '-' || p.trace == (traceID{}) || p.span == (spanID{}) {
		return nil
	}
	p.flags = flags[0] & (flagSampled | flagRandom)
	if state := strings.Join(header.Values(tracestateHeader), ","); isState(state) {
		p.state = state
	}
	return p
}

// fromHex reads small hexadecimal digits: W3C knows no large ones.
func fromHex(into []byte, text string) bool {
	if strings.ContainsAny(text, "ABCDEF") {
		return false
	}
	_, err := hex.Decode(into, []byte(text))
	return err == nil
}

// isState tells whether a tracestate can be handed on: a short list of name=value in ASCII.
func isState(state string) bool {
	if state == "" || len(state) > tracestateLimit {
		return false
	}
	for member := range strings.SplitSeq(state, ",") {
		if member = strings.TrimSpace(member); member != "" && !strings.Contains(member, "=") {
			return false
		}
	}
	return !strings.ContainsFunc(state, func(c rune) bool { return c < ' ' && c != '\t' || c > '~' })
}

// set sets the headers by which whoever is asked goes on with the trace.
func (p place) set(header http.Header) {
	value := make([]byte, 0, traceparentLength)
	value = append(value, "00-"...)
	value = hex.AppendEncode(value, p.trace[:])
	value = append(value, '-')
	value = hex.AppendEncode(value, p.span[:])
	value = append(value, '-')
	value = hex.AppendEncode(value, []byte{p.flags})
	header.Set(traceparentHeader, string(value))
	if p.state != "" {
		header.Set(tracestateHeader, p.state)
	}
}
