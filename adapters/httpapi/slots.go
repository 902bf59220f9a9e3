package httpapi

// slots are for so many at once.
type slots chan struct{}

func newSlots(count int) slots { return make(slots, count) }

// enter takes a slot, and tells whether one was free.
func (s slots) enter() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

// leave gives it back.
func (s slots) leave() { <-s }
