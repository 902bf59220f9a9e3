package lab

import (
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Meter tells what the process takes.
type Meter interface {
	// Measure returns how many goroutines there are, and the bytes of the heap's objects. It is asked four times a millisecond.
	Measure() (goroutines int, heap uint64)
}

const (
	firstPace  = 250 * time.Microsecond
	maxSamples = 512 // an even number, so that of one more the last is kept
)

// sampler looks at a run at an even pace: four times a millisecond at first, and whenever it has more than maxSamples, it forgets every other one and goes
// half as fast. So a short run is seen closely, and a long one is no long list.
type sampler struct {
	began   time.Time
	load    func() domain.Load
	meter   Meter
	samples []Sample
	stop    chan struct{}
	stopped chan struct{}
}

func startSampler(began time.Time, load func() domain.Load, meter Meter) *sampler {
	s := &sampler{began: began, load: load, meter: meter, stop: make(chan struct{}), stopped: make(chan struct{})}
	s.take()
	go s.run()
	return s
}

// end takes the last sample and returns all.
func (s *sampler) end() []Sample {
	close(s.stop)
	<-s.stopped
	s.take()
	return s.samples
}

func (s *sampler) run() {
	defer close(s.stopped)
	pace := firstPace
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
		}
		s.take()
		if len(s.samples) > maxSamples {
			s.thin()
			pace *= 2
			ticker.Reset(pace)
		}
	}
}

func (s *sampler) take() {
	load := s.load()
	goroutines, heap := s.meter.Measure()
	s.samples = append(s.samples, Sample{
		At:      time.Since(s.began),
		Running: load.Running, Waiting: load.Waiting, Refused: int(load.Refused),
		Goroutines: goroutines, Heap: heap,
	})
}

// thin forgets every other sample, and keeps the first.
func (s *sampler) thin() {
	kept := s.samples[:0]
	for i := 0; i < len(s.samples); i += 2 {
		kept = append(kept, s.samples[i])
	}
	s.samples = kept
}
