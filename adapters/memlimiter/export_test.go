package memlimiter

import "time"

// Clients returns how many clients are kept.
func (l *Limiter) Clients() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.clients)
}

// Sweep looks at all clients now.
func (l *Limiter) Sweep() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweepAt = 0
	l.sweep(time.Since(l.start))
}
