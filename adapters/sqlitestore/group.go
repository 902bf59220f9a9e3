package sqlitestore

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// groupSize is how many writes share a transaction at most, so that the first of
// them need not wait long for the last.
const groupSize = 512

// take begins the writes that go into one transaction: those that wait, up to
// the first that wants one of its own.
func (w *writer) take() []*write {
	var group []*write
	for len(group) < groupSize {
		next := w.held
		if next == nil {
			select {
			case next = <-w.queue:
			default:
				return group
			}
		}
		if next.alone && len(group) > 0 {
			w.held = next
			return group
		}
		w.held = nil
		if !next.begin() {
			continue
		}
		group = append(group, next)
		if next.alone {
			return group
		}
	}
	return group
}

// serve does the writes and answers each. When one may have spoiled it for the
// others, nothing has been done, and each gets a transaction of its own.
func (w *writer) serve(group []*write) {
	if len(group) == 0 {
		return
	}
	oneToBlame, err := w.transact(group)
	if oneToBlame && len(group) > 1 {
		for i := range group {
			w.serve(group[i : i+1])
		}
		return
	}
	err = translate(context.Background(), w.lane.db, err)
	for _, call := range group {
		if err != nil {
			call.answer <- err
		} else {
			call.answer <- call.refusal
		}
	}
}

// transact does the writes in one transaction, all or none. Beside an error it
// tells whether a single write can be the reason. A panic is an error.
func (w *writer) transact(group []*write) (oneToBlame bool, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			oneToBlame, err = true, fmt.Errorf("panic: %v", reason)
		}
	}()
	if err := w.lane.writable(); err != nil {
		return false, err
	}
	// Before the writes of a group are made again one by one: after a write that was
	// lost none of them may seem to succeed.
	defer func() { w.lane.fault.meet(err) }()
	ctx := w.contextOf(group)
	if err := w.prepare(ctx, group); err != nil {
		return true, err
	}
	if group[0].alone {
		w.census.refresh(ctx) // nobody can while the writer is busy for long
	}
	result := undone
	defer func() { w.census.settle(ctx, result, changesOf(group)) }()
	entered, ran := false, false
	err = w.lane.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		entered = true
		err := w.run(ctx, tx, group)
		ran = err == nil
		w.census.committing()
		return err
	})
	if ran {
		result = outcomeOf(err)
	}
	if err == nil {
		return false, nil
	}
	// A foreign key may be deferred, and be checked on commit.
	code := resultCode(err)
	return entered && !ran || code == codeConstraint, err
}

// outcomeOf returns what the error of a commit says. A broken rule undoes it; after
// any other, such as an I/O error, it may be on the disk.
func outcomeOf(err error) outcome {
	if err == nil {
		return committed
	}
	if code := resultCode(err); code == codeConstraint {
		return undone
	}
	return unknown
}

// prepare makes ready what the writes need, before their transaction begins.
func (w *writer) prepare(ctx context.Context, group []*write) error {
	if err := w.inserts.prepare(ctx, w.lane.db); err != nil {
		return err
	}
	if err := w.edits.prepare(ctx, w.lane.db); err != nil {
		return err
	}
	if err := w.history.prepare(ctx, w.lane.db); err != nil {
		return err
	}
	return w.claims.prepare(ctx, w.lane.db, group)
}

// run saves the drafts of all writes, in their order, but those whose claim has been
// answered before, and then makes the changes. Writes of one group overlap in time,
// so any order of theirs is a true one.
func (w *writer) run(ctx context.Context, db bun.IDB, group []*write) error {
	if err := w.claims.recall(ctx, db, group); err != nil {
		return err
	}
	firstID, err := w.inserts.run(ctx, db, draftsOf(group), group[0].proceed)
	if err != nil {
		return err
	}
	for _, call := range group {
		if !call.answered {
			call.firstID = firstID
			firstID += int64(len(call.drafts))
		}
		if err := call.makeChange(ctx, db); err != nil {
			return err
		}
	}
	if err := w.history.record(ctx, db, group); err != nil {
		return err
	}
	return w.claims.remember(ctx, db, group)
}

// makeChange makes the write's change, where it has one. That there is nobody to
// change, or a condition does not hold, is an answer, unless the write is alone: it may
// have saved something, and is undone.
func (call *write) makeChange(ctx context.Context, db bun.IDB) error {
	call.deleted, call.changes = nil, nil
	if call.change == nil {
		return nil
	}
	err := call.change(ctx, db)
	if call.alone {
		return err
	}
	switch domain.CodeOf(err) {
	case domain.CodeNotFound, domain.CodePrecondition:
		call.refusal = err
		return nil
	default:
		return err
	}
}

// draftsOf returns the drafts that the writes save, in their order.
func draftsOf(group []*write) []domain.Draft {
	if len(group) == 1 {
		return group[0].saves()
	}
	var drafts []domain.Draft
	for _, call := range group {
		drafts = append(drafts, call.saves()...)
	}
	return drafts
}

// changesOf returns what the writes have done to the number of persons.
func changesOf(group []*write) changes {
	var made changes
	for _, call := range group {
		if made.saved == 0 {
			made.firstID = call.firstID
		}
		made.saved += len(call.saves())
		made.deleted = append(made.deleted, call.deleted...)
	}
	return made
}
