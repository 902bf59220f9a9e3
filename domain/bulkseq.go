package domain

import (
	"context"
	"iter"
)

// CreateSeq saves drafts as they come, however many, and yields one outcome for
// each with its place from 0, as if it ranged over the answer of one Create:
// item n of drafts has outcome n. It holds no more drafts than the limit at once,
// so memory does not grow with their number.
//
// A draft comes with the error that stood in its way, or nil, as NewDraft returns
// them: a line of a file that is no person keeps its place and has that error as
// its outcome. So has the zero Draft, which is CodeInvalid. Neither harms its
// neighbours, because where one batch ends and the next begins is no matter of
// theirs. Whoever wants all or nothing uses Create.
//
// As many drafts as the limit are read and then handed to the executor in one
// call, so what is saved together is up to the executor, as in Create. Then their
// outcomes are yielded, and nothing more is read meanwhile. An executor that is
// full answers CodeUnavailable for a call and the walk goes on: whether to leave
// is up to the caller. Drafts that were read and not saved are not kept.
//
// Leaving the walk early reads no further draft. What was handed over stays
// saved, up to a limit of drafts whose outcomes nobody saw.
//
// When ctx ends, what was read and not handed over is not saved: all of it has
// ContextError as its outcome, and the walk ends. A walk whose last outcome has no
// such error has come to the end of drafts.
//
// Nothing happens before the walk begins; another walk walks over drafts again. A
// draft that is held costs 40 bytes and its name, beside what the executor and the
// store need for a call of as many. The items of a call are overwritten for the
// next one, which a Handler allows: it keeps nothing of its batch.
func (b *BulkCreate) CreateSeq(ctx context.Context, drafts iter.Seq2[Draft, error]) iter.Seq2[int, Outcome[Person]] {
	return func(yield func(int, Outcome[Person]) bool) {
		held := bulkSeq{executor: b.executor, yield: yield}
		for draft, err := range drafts {
			held.add(draft, err)
			// ctx is looked at when there is a draft to tell of it: a walk that stops
			// short must not look like one that is done.
			if (len(held.errs) == b.limit || ctx.Err() != nil) && !held.handOver(ctx) {
				return
			}
		}
		held.handOver(ctx)
	}
}

// bulkSeq is what CreateSeq has read and not handed over.
type bulkSeq struct {
	executor Executor[Draft, Person]
	yield    func(int, Outcome[Person]) bool
	place    int     // of the first
	drafts   []Draft // those without an error
	errs     []error // one for each place, nil for a draft
}

func (s *bulkSeq) add(draft Draft, err error) {
	if err == nil {
		err = draft.check()
	}
	if err == nil {
		s.drafts = append(s.drafts, draft)
	}
	s.errs = append(s.errs, err)
}

// handOver has the drafts saved, yields all outcomes and holds nothing any more.
// It tells whether the walk goes on: ctx and the caller do.
func (s *bulkSeq) handOver(ctx context.Context) bool {
	var saved []Outcome[Person]
	ended := ContextError(ctx)
	if ended == nil && len(s.drafts) > 0 {
		saved = s.executor.Execute(ctx, s.drafts)
	}
	for _, err := range s.errs {
		outcome := Outcome[Person]{Err: err}
		if ended != nil {
			outcome.Err = ended
		} else if err == nil {
			outcome, saved = saved[0], saved[1:]
		}
		if !s.yield(s.place, outcome) {
			return false
		}
		s.place++
	}
	s.drafts, s.errs = s.drafts[:0], s.errs[:0]
	return ended == nil
}
