package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/repeat"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Serve answers the requests of in until it ends or ctx does. It keeps its files
// in a folder, and leaves none behind but those that it was asked to fill.
func Serve(ctx context.Context, folder string, in io.Reader, out io.Writer) error {
	s := &session{folder: folder}
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var r request
		if err := decoder.Decode(&r); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return errors.Join(err, s.close())
		}
		got, err := s.do(ctx, r)
		if err != nil {
			got = answer{Error: fmt.Sprintf("%s %s: %v", r.Do, r.Way, err)}
		}
		if err := encoder.Encode(got); err != nil {
			return errors.Join(err, s.close())
		}
	}
}

// session is what a worker has open.
type session struct {
	folder string
	saving *saving
	reader *reader
	drafts []domain.Draft // of the last bulk
}

func (s *session) do(ctx context.Context, r request) (answer, error) {
	switch r.Do {
	case doAbout:
		about, err := aboutDriver(ctx)
		return answer{About: about}, err
	case doFill:
		return answer{}, fill(ctx, r.Path, r.Rows)
	case doFresh:
		return answer{}, s.fresh(ctx)
	case doBulk:
		return s.bulk(ctx, r)
	case doStream:
		s.drafts = nil // nothing large is left for the garbage collector to walk over
		peak, err := stream(ctx, s.folder, r.Rows, r.Limit)
		return answer{Bytes: peak}, err
	case doCreate:
		return s.create(ctx, r)
	case doRead:
		return s.read(ctx, r)
	default:
		return answer{}, errors.New("a worker cannot do that")
	}
}

func (s *session) fresh(ctx context.Context) error {
	if s.saving != nil {
		if err := s.saving.close(); err != nil {
			return err
		}
	}
	var err error
	s.saving, err = newSaving(ctx, s.folder)
	return err
}

func (s *session) bulk(ctx context.Context, r request) (answer, error) {
	if len(s.drafts) != r.Rows {
		s.drafts = make([]domain.Draft, r.Rows)
		for i := range s.drafts {
			s.drafts[i] = domain.GeneratedDraft(uint(i))
		}
	}
	took, err := s.saving.bulk(ctx, r.Way, s.drafts)
	return answer{Took: took}, err
}

func (s *session) create(ctx context.Context, r request) (answer, error) {
	result, err := s.saving.create(ctx, r.Way, r.Callers, r.Slice)
	return answer{Count: result.Count, Took: result.Took}, err
}

func (s *session) read(ctx context.Context, r request) (answer, error) {
	if s.reader == nil || s.reader.path != r.Path || s.reader.rows != r.Rows {
		if err := s.closeReader(); err != nil {
			return answer{}, err
		}
		var err error
		if s.reader, err = openReader(ctx, r.Path, r.Rows); err != nil {
			return answer{}, err
		}
	}
	step, err := s.reader.step(ctx, r.Way)
	if err != nil {
		return answer{}, err
	}
	result, err := during(ctx, r.Slice, 1, step)
	return answer{Count: result.Count, Took: result.Took}, err
}

func (s *session) closeReader() error {
	if s.reader == nil {
		return nil
	}
	return s.reader.close()
}

func (s *session) close() error {
	err := s.closeReader()
	if s.saving != nil {
		err = errors.Join(err, s.saving.close())
	}
	return err
}

// during is repeat.During with one step for all callers. What was measured
// before leaves no garbage to collect meanwhile.
func during(ctx context.Context, slice time.Duration, callers int, step repeat.Step) (repeat.Result, error) {
	runtime.GC()
	return repeat.During(ctx, slice, callers, func() repeat.Step { return step })
}
