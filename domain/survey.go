package domain

import (
	"context"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// AgeCount is how many persons have an age.
type AgeCount struct {
	Age   int
	Count int64
}

// HourCount is how many persons were created in an hour.
type HourCount struct {
	// Begin is a full hour of UTC.
	Begin time.Time
	Count int64
}

// AgeCounts returns counts by age in the order of the ages.
func AgeCounts(counts map[int]int64) []AgeCount {
	var sorted []AgeCount
	for _, age := range slices.Sorted(maps.Keys(counts)) {
		sorted = append(sorted, AgeCount{Age: age, Count: counts[age]})
	}
	return sorted
}

// HourCounts are hours that follow one another, the earliest first.
type HourCounts []HourCount

// NewHourCounts returns so many hours with a count of 0, none for a number below 1. The last of them is
// the hour of UTC in which now lies.
func NewHourCounts(now time.Time, hours int) HourCounts {
	hours = max(0, hours)
	counts := make(HourCounts, hours)
	begin := now.UTC().Truncate(time.Hour)
	for i := range counts {
		counts[i].Begin = begin.Add(time.Duration(i+1-hours) * time.Hour)
	}
	return counts
}

// Add adds to the hour in which a moment lies, where it lies in one.
func (c HourCounts) Add(at time.Time, count int64) {
	if len(c) == 0 || at.Before(c[0].Begin) {
		return
	}
	if i := int(at.Sub(c[0].Begin) / time.Hour); i < len(c) {
		c[i].Count += count
	}
}

// SurveyStore counts what nobody waits for.
type SurveyStore interface {
	// CountByAge counts persons by age, the least age first.
	CountByAge(ctx context.Context) ([]AgeCount, error)
	// CreatedPerHour counts the persons created in each of the last hours.
	CreatedPerHour(ctx context.Context, now time.Time, hours int) ([]HourCount, error)
	// Size returns how many bytes the data takes.
	Size(ctx context.Context) (int64, error)
}

// SurveyHours is how many hours Findings.Created has.
const SurveyHours = 24

// Findings are what a survey found.
type Findings struct {
	// At is when it was over; the zero Time where there was none yet.
	At time.Time
	// Took is how long it took.
	Took    time.Duration
	Ages    []AgeCount
	Created []HourCount
	// Bytes is how much the data takes.
	Bytes int64
	// Err says why the last try found nothing; the rest is that of the one before.
	Err error
}

// Survey is the use case of looking at all persons at once. One goes on at a time, in the
// background, when somebody asks, and rests nine times as long as it took, 10 s at least. So it
// takes a tenth of a processor at most, however many ask. One that takes longer than a minute is given up
// and has failed. It is safe for concurrent use.
type Survey struct {
	store SurveyStore
	now   func() time.Time

	mu       sync.Mutex
	findings Findings
	next     time.Time     // when another one may begin
	running  chan struct{} // closed when it is over; nil where none goes on
	cancel   context.CancelFunc
	closed   bool
}

const (
	surveyRest = 10 * time.Second
	// surveyLimit is how long a survey may take: a database that hangs must not be the last one asked.
	surveyLimit = time.Minute
)

// NewSurvey returns the use case. now tells the time; nil is time.Now.
func NewSurvey(store SurveyStore, now func() time.Time) *Survey {
	if now == nil {
		now = time.Now
	}
	return &Survey{store: store, now: now}
}

// Findings returns what the last survey found, and begins another one where it is time. It
// waits for that at most as long as patience.
func (s *Survey) Findings(ctx context.Context, patience time.Duration) Findings {
	if running := s.begin(); running != nil {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-running:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.findings
}

// begin begins a survey where it is time, and returns what closes when the one that goes on is over.
func (s *Survey) begin() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.running != nil || s.now().Before(s.next) {
		return s.running
	}
	ctx, cancel := context.WithTimeout(context.Background(), surveyLimit)
	s.running, s.cancel = make(chan struct{}), cancel
	go s.survey(ctx)
	return s.running
}

func (s *Survey) survey(ctx context.Context) {
	began := s.now()
	found, err := s.find(ctx, began)
	s.mu.Lock()
	defer s.mu.Unlock()
	found.At = s.now()
	found.Took = found.At.Sub(began)
	if err != nil {
		s.findings.Err = err
	} else {
		s.findings = found
	}
	s.next = found.At.Add(max(surveyRest, 9*found.Took))
	s.cancel()
	close(s.running)
	s.running = nil
}

// find asks the store. A panic of it is an error: nobody waits here who could be told.
func (s *Survey) find(ctx context.Context, now time.Time) (found Findings, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	if found.Ages, err = s.store.CountByAge(ctx); err != nil {
		return found, err
	}
	if found.Created, err = s.store.CreatedPerHour(ctx, now, SurveyHours); err != nil {
		return found, err
	}
	found.Bytes, err = s.store.Size(ctx)
	return found, err
}

// Close ends a survey that goes on, and waits for that. None begins any more.
func (s *Survey) Close() error {
	s.mu.Lock()
	s.closed = true
	running := s.running
	if running != nil {
		s.cancel()
	}
	s.mu.Unlock()
	if running != nil {
		<-running
	}
	return nil
}
