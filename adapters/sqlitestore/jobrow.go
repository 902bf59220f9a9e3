package sqlitestore

import (
	"database/sql"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// jobColumns are the columns of a jobRow.
const jobColumns = `number, id, kind, state, format, dry_run, atomic, total, done, rejected, chunks, chunks_left,
	created, changed, started, ended, reason, via, who`

// isOver is true of a job that has ended, however it did: domain.Job.IsOver.
const isOver = "state IN ('done', 'failed', 'canceled')"

// jobRow is a row of roster_jobs.
type jobRow struct {
	number int64
	job    domain.Job
}

// scan reads a row of jobColumns, and whatever columns follow them.
func (r *jobRow) scan(row interface{ Scan(to ...any) error }, more ...any) error {
	var (
		created, changed int64
		started, ended   sql.NullInt64
	)
	j := &r.job
	err := row.Scan(append([]any{
		&r.number, &j.ID, &j.Kind, &j.State, &j.Format, &j.DryRun, &j.Atomic, &j.Total, &j.Done, &j.Rejected, &j.Chunks, &j.Left,
		&created, &changed, &started, &ended, &j.Reason, &j.Origin.Via, &j.Origin.Who,
	}, more...)...)
	if err != nil {
		return err
	}
	j.Created, j.Changed = moment(created), moment(changed)
	j.Started, j.Ended = momentOrZero(started), momentOrZero(ended)
	return nil
}

// jobValues returns what goes into jobColumns, but for the number.
func jobValues(j domain.Job) []any {
	return []any{
		j.ID, j.Kind, j.State, j.Format, j.DryRun, j.Atomic, j.Total, j.Done, j.Rejected, j.Chunks, j.Left,
		j.Created.UnixMicro(), j.Changed.UnixMicro(), microOrNull(j.Started), microOrNull(j.Ended), j.Reason,
		j.Origin.Via, j.Origin.Who,
	}
}

// moment returns the time of a column; microseconds reach from the zero Time on.
func moment(micro int64) time.Time { return time.UnixMicro(micro).UTC() }

func momentOrZero(micro sql.NullInt64) time.Time {
	if !micro.Valid {
		return time.Time{}
	}
	return moment(micro.Int64)
}

func microOrNull(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}
