package tracing

import (
	"encoding/binary"
	"fmt"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Sampler says which requests are traced. It is asked once for each request: what is within one goes by that.
type Sampler struct {
	byParent bool   // a client that says whether it traces decides
	below    uint64 // of 1<<63: the share of the others
}

// everything is a Sampler's share of all.
const everything = 1 << 63

// NewSampler returns the sampler that OpenTelemetry calls by this name, with its argument, as OTEL_TRACES_SAMPLER and
// OTEL_TRACES_SAMPLER_ARG give them. Those by a share choose by the trace's id, as OpenTelemetry's do, so that programs with
// the same share trace the same requests. The error is domain.CodeInvalid.
func NewSampler(name string, ratio float64) (*Sampler, error) {
	share := uint64(max(0, min(ratio, 1)) * everything)
	switch name {
	case "always_on":
		return &Sampler{below: everything}, nil
	case "always_off":
		return &Sampler{}, nil
	case "traceidratio":
		return &Sampler{below: share}, nil
	case "parentbased_always_on":
		return &Sampler{byParent: true, below: everything}, nil
	case "parentbased_always_off":
		return &Sampler{byParent: true}, nil
	case "parentbased_traceidratio":
		return &Sampler{byParent: true, below: share}, nil
	default:
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("%q is no sampler", name)}
	}
}

// samples tells whether a request of the trace is traced, whose client said parent; nil said nothing.
func (s *Sampler) samples(id traceID, parent *place) bool {
	if s.byParent && parent != nil {
		return parent.flags&flagSampled != 0
	}
	return binary.BigEndian.Uint64(id[8:])>>1 < s.below
}
