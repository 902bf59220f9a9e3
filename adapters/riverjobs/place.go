package riverjobs

import (
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// place is what River's rows say of a task that has failed.
type place struct {
	id      int64
	key     []byte // equal for equal tasks
	attempt int
}

const (
	placeTries = 5
	placePause = time.Second
	placeLimit = 3 * time.Second // of each try
)

// holdPlace tells whether a task that has failed may wait to be tried again. Where the
// database cannot be reached for some seconds, or at once where the task was cut off, it may
// not: it is lost then, which is better than a row that River can never write.
func (q *Queue) holdPlace(ctx context.Context, row *rivertype.JobRow) bool {
	cutOff := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	for try := 1; ; try++ {
		held, err := q.tryPlace(ctx, row)
		if err == nil {
			return held
		}
		if try == placeTries || cutOff {
			q.logger.WarnContext(ctx, "a task of a job is lost", "job", string(row.EncodedArgs), "error", err)
			return false
		}
		time.Sleep(placePause)
	}
}

func (q *Queue) tryPlace(ctx context.Context, row *rivertype.JobRow) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, placeLimit)
	defer cancel()
	return q.tables.holdPlace(ctx, place{id: row.ID, key: row.UniqueKey, attempt: row.Attempt})
}

// leavePlace undoes holdPlace when a task is in hand again. Where it fails, the same task
// is just not taken again before this one is done.
func (q *Queue) leavePlace(ctx context.Context, row *rivertype.JobRow) {
	if !slices.Contains(row.UniqueStates, rivertype.JobStateRunning) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, placeLimit)
	defer cancel()
	if err := q.tables.leavePlace(ctx, row.ID); err != nil {
		q.logger.WarnContext(ctx, "a task of a job cannot be taken again while it is in hand", "job", string(row.EncodedArgs), "error", err)
	}
}
