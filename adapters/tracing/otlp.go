package tracing

import (
	"encoding/binary"
	"math"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
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

// appendSpans appends an ExportTraceServiceRequest. All spans are of one resource and one scope.
func appendSpans(b []byte, spans []sdktrace.ReadOnlySpan) []byte {
	return appendMessage(b, 1, func(b []byte) []byte { // resource_spans
		b = appendMessage(b, 1, func(b []byte) []byte { return appendAttributes(b, 1, spans[0].Resource().Attributes()) })
		return appendMessage(b, 2, func(b []byte) []byte { // scope_spans
			b = appendMessage(b, 1, func(b []byte) []byte { return appendText(b, 1, spans[0].InstrumentationScope().Name) })
			for _, span := range spans {
				b = appendMessage(b, 2, func(b []byte) []byte { return appendSpan(b, span) })
			}
			return b
		})
	})
}

func appendSpan(b []byte, span sdktrace.ReadOnlySpan) []byte {
	own, parent := span.SpanContext(), span.Parent()
	b = appendIDs(b, own)
	if state := own.TraceState(); state.Len() > 0 {
		b = appendText(b, 3, state.String())
	}
	if parent.HasSpanID() {
		id := parent.SpanID()
		b = appendBytes(b, 4, id[:])
	}
	b = appendText(b, 5, span.Name())
	b = appendNumber(b, 6, uint64(span.SpanKind())) //nolint:gosec // 1 to 5, as OTLP counts them
	b = appendFixed64(b, 7, uint64(span.StartTime().UnixNano()))
	b = appendFixed64(b, 8, uint64(span.EndTime().UnixNano()))
	b = appendAttributes(b, 9, span.Attributes())
	b = appendNumber(b, 10, uint64(span.DroppedAttributes())) //nolint:gosec // a count
	for _, link := range span.Links() {
		b = appendMessage(b, 13, func(b []byte) []byte {
			return appendFlags(appendIDs(b, link.SpanContext), 6, link.SpanContext, link.SpanContext)
		})
	}
	if status := statusOf(span.Status().Code); status != 0 {
		b = appendMessage(b, 15, func(b []byte) []byte { return appendNumber(b, 3, status) })
	}
	return appendFlags(b, 16, own, parent)
}

func appendIDs(b []byte, of trace.SpanContext) []byte {
	traceID, spanID := of.TraceID(), of.SpanID()
	return appendBytes(appendBytes(b, 1, traceID[:]), 2, spanID[:])
}

// appendFlags appends the flags of W3C, and whether the parent is known to be in another process.
func appendFlags(b []byte, field uint64, own, parent trace.SpanContext) []byte {
	const known, remote = 0x100, 0x200
	flags := uint32(own.TraceFlags()) | known
	if parent.IsRemote() {
		flags |= remote
	}
	return binary.LittleEndian.AppendUint32(appendTag(b, field, fixed32), flags)
}

// statusOf returns OTLP's number of a status: it counts in another order.
func statusOf(code codes.Code) uint64 {
	switch code {
	case codes.Ok:
		return 1
	case codes.Error:
		return 2
	default:
		return 0
	}
}

func appendAttributes(b []byte, field uint64, attributes []attribute.KeyValue) []byte {
	for _, one := range attributes {
		b = appendMessage(b, field, func(b []byte) []byte {
			return appendMessage(appendText(b, 1, string(one.Key)), 2, func(b []byte) []byte { return appendValue(b, one.Value) })
		})
	}
	return b
}

// appendValue appends an AnyValue, of which exactly one field is there, also where it is 0. What is no single value is text.
func appendValue(b []byte, value attribute.Value) []byte {
	switch value.Type() {
	case attribute.BOOL:
		number := uint64(0)
		if value.AsBool() {
			number = 1
		}
		return binary.AppendUvarint(appendTag(b, 2, varint), number)
	case attribute.INT64:
		return binary.AppendUvarint(appendTag(b, 3, varint), uint64(value.AsInt64())) //nolint:gosec // as protobuf has it
	case attribute.FLOAT64:
		return appendFixed64(b, 4, math.Float64bits(value.AsFloat64()))
	case attribute.STRING:
		return appendText(b, 1, value.AsString())
	default:
		return appendText(b, 1, value.String())
	}
}
