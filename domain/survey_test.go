package domain_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// slowSurvey takes its time to count, and gives up when ctx ends.
type slowSurvey struct {
	took    time.Duration
	err     error
	surveys int64
}

func (s *slowSurvey) CountByAge(ctx context.Context) ([]domain.AgeCount, error) {
	s.surveys++
	select {
	case <-time.After(s.took):
		return []domain.AgeCount{{Age: 31, Count: s.surveys}}, s.err
	case <-ctx.Done():
		return nil, domain.ContextError(ctx)
	}
}

// panickySurvey is a store with a fault.
type panickySurvey struct{ slowSurvey }

func (*panickySurvey) Size(context.Context) (int64, error) { panic("planted") }

func TestAStoreThatPanicsEndsItsSurveyAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		survey := domain.NewSurvey(&panickySurvey{}, nil)
		got := survey.Findings(t.Context(), time.Minute)
		if crash := (*domain.PanicError)(nil); !errors.As(got.Err, &crash) {
			t.Errorf("Findings: got the error %v, want the panic", got.Err)
		}
		_ = survey.Close()
	})
}

func (s *slowSurvey) CreatedPerHour(_ context.Context, now time.Time, hours int) ([]domain.HourCount, error) {
	return domain.NewHourCounts(now, hours), nil
}

func (s *slowSurvey) Size(context.Context) (int64, error) { return 4096, nil }

func TestASurveyIsAwaitedWithPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &slowSurvey{took: 3 * time.Second}
		survey := domain.NewSurvey(store, nil)
		began := time.Now()
		if got := survey.Findings(t.Context(), time.Second); !got.At.IsZero() || time.Since(began) != time.Second {
			t.Errorf("Findings after %v: got those of %v, want none after a second", time.Since(began), got.At)
		}
		got := survey.Findings(t.Context(), time.Minute)
		if time.Since(began) != 3*time.Second || !got.At.Equal(time.Now()) || got.Took != 3*time.Second || got.Bytes != 4096 ||
			len(got.Ages) != 1 || len(got.Created) != domain.SurveyHours || got.Err != nil {
			t.Errorf("Findings after %v: got %+v, want those of the first survey, which took 3 s", time.Since(began), got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		survey.Findings(ctx, time.Minute)
		if store.surveys != 1 {
			t.Errorf("surveys: got %d, want one at a time", store.surveys)
		}
		_ = survey.Close()
	})
}

func TestASurveyRestsNineTimesAsLongAsItTook(t *testing.T) {
	t.Parallel()
	for took, rest := range map[time.Duration]time.Duration{time.Millisecond: 10 * time.Second, 2 * time.Second: 18 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			store := &slowSurvey{took: took}
			survey := domain.NewSurvey(store, nil)
			survey.Findings(t.Context(), time.Minute)
			time.Sleep(rest - time.Nanosecond)
			if got := survey.Findings(t.Context(), time.Minute); got.Ages[0].Count != 1 {
				t.Errorf("Findings before the rest of %v is over: got those of survey %d, want the first", rest, got.Ages[0].Count)
			}
			time.Sleep(time.Nanosecond)
			if got := survey.Findings(t.Context(), time.Minute); got.Ages[0].Count != 2 {
				t.Errorf("Findings after the rest of %v: got those of survey %d, want the second", rest, got.Ages[0].Count)
			}
			_ = survey.Close()
		})
	}
}

func TestASurveyThatFailsKeepsTheFindingsOfBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &slowSurvey{took: time.Second}
		survey := domain.NewSurvey(store, nil)
		first := survey.Findings(t.Context(), time.Minute)
		time.Sleep(time.Minute)
		store.err = &domain.Error{Code: domain.CodeUnavailable, Message: "planted"}
		got := survey.Findings(t.Context(), time.Minute)
		if domain.CodeOf(got.Err) != domain.CodeUnavailable || !got.At.Equal(first.At) || got.Ages[0] != first.Ages[0] {
			t.Errorf("Findings of a survey that failed: got %+v, want the error beside those of before", got)
		}
		time.Sleep(time.Minute)
		store.err = nil
		if got := survey.Findings(t.Context(), time.Minute); got.Err != nil || got.Ages[0].Count != 3 {
			t.Errorf("Findings of the next survey: got %+v, want its own and no error", got)
		}
		_ = survey.Close()
	})
}

func TestCloseEndsASurvey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &slowSurvey{took: time.Hour}
		survey := domain.NewSurvey(store, nil)
		survey.Findings(t.Context(), time.Second)
		began := time.Now()
		for range 2 {
			if err := survey.Close(); err != nil || time.Since(began) != 0 {
				t.Errorf("Close after %v: got %v, want nil at once", time.Since(began), err)
			}
		}
		time.Sleep(24 * time.Hour)
		if survey.Findings(t.Context(), time.Minute); store.surveys != 1 || time.Since(began) != 24*time.Hour {
			t.Errorf("Findings after Close: got %d surveys after %v, want no other, and no waiting", store.surveys, time.Since(began))
		}
	})
}

func TestASurveyThatHangsIsGivenUpAndBegunAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &slowSurvey{took: 24 * time.Hour}
		survey := domain.NewSurvey(store, nil)
		began := time.Now()
		got := survey.Findings(t.Context(), time.Hour)
		if domain.CodeOf(got.Err) != domain.CodeDeadline || !got.At.IsZero() || time.Since(began) != time.Minute {
			t.Errorf("Findings of a survey that hangs, after %v: got %+v, want it to have failed in a minute", time.Since(began), got)
		}
		store.took = time.Second
		time.Sleep(9 * time.Minute)
		if got := survey.Findings(t.Context(), time.Hour); got.Err != nil || store.surveys != 2 {
			t.Errorf("Findings of the next survey: got %+v, want its own and no error", got)
		}
		_ = survey.Close()
	})
}
