package tracing

import (
	"encoding/binary"
	"math"
	"strings"
)

// What follows writes the messages of opentelemetry/proto/trace/v1/trace.proto, with the numbers that their fields have
// there, as https://protobuf.dev/programming-guides/encoding/ says. A test reads it back with OpenTelemetry's own code.

// The ways in which a field is written.
const (
	varint  = 0
	fixed64 = 1
	counted = 2 // its length comes first
	fixed32 = 5
)

func appendTag(b []byte, field, way uint64) []byte { return binary.AppendUvarint(b, field<<3|way) }

func appendText(b []byte, field uint64, text string) []byte {
	b = binary.AppendUvarint(appendTag(b, field, counted), uint64(len(text)))
	return append(b, text...)
}

func appendBytes(b []byte, field uint64, content []byte) []byte {
	b = binary.AppendUvarint(appendTag(b, field, counted), uint64(len(content)))
	return append(b, content...)
}

func appendNumber(b []byte, field, number uint64) []byte {
	if number == 0 {
		return b
	}
	return binary.AppendUvarint(appendTag(b, field, varint), number)
}

func appendFixed64(b []byte, field, number uint64) []byte {
	return binary.LittleEndian.AppendUint64(appendTag(b, field, fixed64), number)
}

// appendMessage appends what write appends as a message within. Its length comes first and is known last: there is room for
// one of 5 bytes, which protobuf allows to be longer than need be.
func appendMessage(b []byte, field uint64, write func(b []byte) []byte) []byte {
	const room = 5
	b = appendTag(b, field, counted)
	at := len(b)
	b = write(append(b, make([]byte, room)...))
	length := len(b) - at - room
	for i := range room {
		b[at+i] = byte(length>>(7*i)) & 0x7f
		if i < room-1 {
			b[at+i] |= 0x80
		}
	}
	return b
}

// appendRecords appends an ExportTraceServiceRequest. All spans are of one resource, of which said is said, and one scope.
func appendRecords(b []byte, said map[string]string, records []*record) []byte {
	return appendMessage(b, 1, func(b []byte) []byte { // resource_spans
		b = appendMessage(b, 1, func(b []byte) []byte {
			for name, value := range said {
				b = appendTextAttribute(b, 1, name, value)
			}
			return b
		})
		return appendMessage(b, 2, func(b []byte) []byte { // scope_spans
			b = appendMessage(b, 1, func(b []byte) []byte { return appendText(b, 1, scope) })
			for _, r := range records {
				began := r.began.UnixNano()
				for s := range r.all {
					b = appendMessage(b, 2, func(b []byte) []byte { return appendSpan(b, r, s, began) })
				}
			}
			return b
		})
	})
}

const scope = "github.com/seed-bbcc19ba/roster"

func appendSpan(b []byte, r *record, s *span, recordBegan int64) []byte {
	first := s == &r.own[0]
	b = appendIDs(b, r.trace, s.id)
	if r.state != "" {
		b = appendText(b, 3, r.state)
	}
	if s.parent != (spanID{}) {
		b = appendBytes(b, 4, s.parent[:])
	}
	b = appendMessage(b, 5, func(b []byte) []byte { return appendName(b, s) })
	b = appendNumber(b, 6, otlpKinds[s.kind])
	began := recordBegan + int64(s.began)
	b = appendFixed64(b, 7, uint64(began))               //nolint:gosec // after 1970
	b = appendFixed64(b, 8, uint64(began+int64(s.took))) //nolint:gosec // after 1970
	b = appendAttributes(b, s)
	if first && r.leftOut > 0 {
		b = appendNumberAttribute(b, leftOutKey, int64(r.leftOut))
	}
	if first && r.link != nil {
		b = appendMessage(b, 13, func(b []byte) []byte {
			return appendFlags(appendIDs(b, r.link.trace, r.link.span), 6, r.link.flags, false)
		})
	}
	if s.failed {
		b = appendMessage(b, 15, func(b []byte) []byte { return appendNumber(b, 3, statusError) })
	}
	return appendFlags(b, 16, r.flags, first && s.parent != (spanID{}))
}

// otlpKinds are OTLP's numbers of kinds: internal, server, client and consumer.
var otlpKinds = [...]uint64{ofRequest: 2, ofCall: 1, ofQuery: 3, ofFetch: 3, ofChunk: 5}

const statusError = 2

// appendName appends "GET /api/v1/persons/{pk}/", "executor CREATE_BULK batch", "store Find", "SELECT" and the like.
func appendName(b []byte, s *span) []byte {
	switch s.kind {
	case ofRequest:
		return append(append(append(b, s.text[0]...), ' '), s.text[1]...)
	case ofCall:
		for i, word := range s.text {
			if i > 0 && word != "" {
				b = append(b, ' ')
			}
			b = append(b, word...)
		}
		return b
	case ofQuery:
		verb, _, _ := strings.Cut(s.text[0], " ")
		return append(b, verb...)
	case ofFetch:
		return append(b, "GET"...)
	default:
		return append(b, "job Work"...)
	}
}

// Names of attributes; where OpenTelemetry has one, it is that.
const (
	methodKey    = "http.request.method"
	routeKey     = "http.route"
	statusKey    = "http.response.status_code"
	statementKey = "db.query.text"
	rowsKey      = "db.response.returned_rows"
	addressKey   = "server.address"
	errorKey     = "error.type" // the code of a domain.Error

	requestKey = "roster.request_id"
	itemsKey   = "roster.items"
	waitedKey  = "roster.waited_ms"
	sharedKey  = "roster.writes" // that were made by one transaction
	jobKey     = "roster.job"
	leftOutKey = "roster.spans_left_out"
	chunkKey   = "roster.chunk"
)

func appendAttributes(b []byte, s *span) []byte {
	const field = 9
	switch s.kind {
	case ofRequest:
		b = appendTextAttribute(b, field, methodKey, s.text[0])
		b = appendTextAttribute(b, field, routeKey, s.text[1])
		b = appendNumberAttribute(b, statusKey, s.number)
		b = appendTextAttribute(b, field, requestKey, s.text[2])
	case ofCall:
		if s.number > 0 {
			b = appendNumberAttribute(b, itemsKey, s.number)
		}
	case ofQuery:
		b = appendTextAttribute(b, field, statementKey, s.text[0])
		b = appendNumberAttribute(b, rowsKey, s.number)
		if s.second > 1 {
			b = appendNumberAttribute(b, sharedKey, s.second)
		}
	case ofFetch:
		b = appendTextAttribute(b, field, addressKey, s.text[0])
	case ofChunk:
		b = appendNumberAttribute(b, chunkKey, s.number)
	}
	if s.kind != ofQuery && s.second >= 0 {
		b = appendAttribute(b, field, waitedKey, func(b []byte) []byte {
			return appendFixed64(b, 4, math.Float64bits(float64(s.second)/1000))
		})
	}
	if s.job != "" {
		b = appendTextAttribute(b, field, jobKey, string(s.job))
	}
	if s.code != "" {
		b = appendTextAttribute(b, field, errorKey, string(s.code))
	}
	return b
}

// appendAttribute appends a KeyValue. An AnyValue has exactly one field, also where it is 0.
func appendAttribute(b []byte, field uint64, name string, value func(b []byte) []byte) []byte {
	return appendMessage(b, field, func(b []byte) []byte { return appendMessage(appendText(b, 1, name), 2, value) })
}

func appendTextAttribute(b []byte, field uint64, name, value string) []byte {
	return appendAttribute(b, field, name, func(b []byte) []byte { return appendText(b, 1, value) })
}

// appendNumberAttribute appends an attribute of a span.
func appendNumberAttribute(b []byte, name string, value int64) []byte {
	return appendAttribute(b, 9, name, func(b []byte) []byte {
		return binary.AppendUvarint(appendTag(b, 3, varint), uint64(value)) //nolint:gosec // as protobuf has it
	})
}

func appendIDs(b []byte, trace traceID, span spanID) []byte {
	return appendBytes(appendBytes(b, 1, trace[:]), 2, span[:])
}

// appendFlags appends the flags of W3C, and whether the parent is known to be in another process.
func appendFlags(b []byte, field uint64, own byte, remote bool) []byte {
	const known, isRemote = 0x100, 0x200
	flags := uint32(own) | known
	if remote {
		flags |= isRemote
	}
	return binary.LittleEndian.AppendUint32(appendTag(b, field, fixed32), flags)
}
