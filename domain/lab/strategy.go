package lab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The names of strategies.
const (
	// Serial handles one call after the other, each as one batch.
	Serial = "serial"
	// Batched handles one batch after the other.
	Batched = "batched"
	// Pooled handles several calls at once, each as one batch.
	Pooled = "pooled"
	// PerItem handles several items at once, whichever call they came with.
	PerItem = "per-item"
)

// Strategies returns the names of all strategies.
func Strategies() []string { return []string{Serial, Batched, Pooled, PerItem} }

// Strategy is how an executor does it.
type Strategy struct {
	// Name is serial, batched, pooled or per-item.
	Name string
	// Workers, Batch and Queue are the executor's numbers (ports.Executor); a Batch of 0 is a whole call.
	Workers, Batch, Queue int
}

// ParseStrategy reads a strategy as String writes it: its name, behind a colon its own number (the batch of batched, the workers of
// pooled and per-item), and behind a comma its queue, such as pooled:8,queue=16. A number that is left out is 0. The error is
// domain.CodeInvalid for any other text; whether the numbers are in their bounds says Experiment.Check.
func ParseStrategy(text string) (Strategy, error) {
	head, rest, hasQueue := strings.Cut(text, ",")
	name, number, hasNumber := strings.Cut(head, ":")
	strategy := Strategy{Name: name}
	var own *int
	switch name {
	case Batched:
		own = &strategy.Batch
	case Pooled, PerItem:
		own = &strategy.Workers
	}
	bad := !slices.Contains(Strategies(), name)
	if hasNumber {
		bad = bad || own == nil || !readNumber(number, own)
	}
	if hasQueue {
		value, isQueue := strings.CutPrefix(rest, "queue=")
		bad = bad || !isQueue || !readNumber(value, &strategy.Queue)
	}
	if bad {
		return Strategy{}, &domain.Error{
			Code:    domain.CodeInvalid,
			Message: fmt.Sprintf("%q is no strategy: take serial, batched:ITEMS, pooled:WORKERS or per-item:WORKERS, and ,queue=CALLS behind it", text),
		}
	}
	return strategy.settled(), nil
}

func readNumber(text string, into *int) bool {
	number, err := strconv.Atoi(text)
	*into = number
	return err == nil && number >= 0 && text[0] != '+'
}

// String returns the strategy as ParseStrategy reads it. A queue of 0 is left out.
func (s Strategy) String() string {
	text := s.Name
	switch {
	case s.Name == Batched && s.Batch > 0:
		text += ":" + strconv.Itoa(s.Batch)
	case s.Name == Pooled || s.Name == PerItem:
		text += ":" + strconv.Itoa(s.Workers)
	}
	if s.Queue > 0 {
		text += ",queue=" + strconv.Itoa(s.Queue)
	}
	return text
}

// settled returns the strategy with the numbers that it does not use as they hold.
func (s Strategy) settled() Strategy {
	switch s.Name {
	case Serial:
		s.Workers, s.Batch = 1, 0
	case Batched:
		s.Workers = 1
	case Pooled:
		s.Batch = 0
	case PerItem:
		s.Batch = 1
	}
	return s
}
