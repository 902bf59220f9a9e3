package sqlitestore

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// AddChunks implements ports.JobStore.
func (s *Store) AddChunks(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
	asked := ctx
	return s.writeJobs(ctx, &write{alone: true}, func(ctx context.Context, tx jobTx) error {
		row, err := tx.find(ctx, id)
		if err != nil {
			return err
		}
		if row.job, err = row.job.Receive(chunks, now); err != nil {
			return err
		}
		for _, chunk := range chunks {
			if err := tx.addChunk(ctx, row, chunk); err != nil {
				return err
			}
			if err := domain.ContextError(asked); err != nil {
				return err
			}
		}
		_, err = tx.save(ctx, row)
		return err
	})
}

func (t jobTx) addChunk(ctx context.Context, row jobRow, chunk domain.Chunk) error {
	added, err := t.exec(ctx, "INSERT INTO roster_job_chunks (job, number, first_row, row_count, text) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		row.number, chunk.Number, chunk.First, chunk.Rows, chunk.Text)
	if err == nil && added == 0 {
		return &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("job %s has a chunk %d already", row.job.ID, chunk.Number)}
	}
	return err
}

// EndChunks implements ports.JobStore. Beside what CreateBatch does, it costs a few
// statements a chunk, and one for 500 refusals.
func (s *Store) EndChunks(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (ended domain.Job, err error) {
	call := &write{alone: true, drafts: draftsOfEnds(ends), proceed: func() error { return domain.ContextError(ctx) }}
	err = s.writeJobs(ctx, call, func(ctx context.Context, tx jobTx) error {
		row, err := tx.find(ctx, id)
		if err != nil {
			return err
		}
		if row.job, err = row.job.End(ends, now); err != nil {
			return err
		}
		for _, end := range ends {
			if err := tx.endChunk(ctx, row, end); err != nil {
				return err
			}
		}
		if err := call.proceed(); err != nil {
			return err
		}
		ended, err = tx.save(ctx, row)
		return err
	})
	return jobUnless(err, ended)
}

func draftsOfEnds(ends []domain.ChunkEnd) []domain.Draft {
	if len(ends) == 1 {
		return ends[0].Drafts
	}
	var drafts []domain.Draft
	for _, end := range ends {
		drafts = append(drafts, end.Drafts...)
	}
	return drafts
}

// endChunk removes a chunk, which nobody needs any more, and keeps what was refused of it.
func (t jobTx) endChunk(ctx context.Context, row jobRow, end domain.ChunkEnd) error {
	removed, err := t.exec(ctx, "DELETE FROM roster_job_chunks WHERE job = ? AND number = ?", row.number, end.Number)
	if err == nil && removed == 0 {
		return &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("chunk %d of job %s has ended, or was never there", end.Number, row.job.ID)}
	}
	for refusals := end.Refusals; len(refusals) > 0 && err == nil; {
		some := refusals[:min(len(refusals), insertRows)]
		refusals = refusals[len(some):]
		// As persons are: each argument by itself would be a call into C. One that comes twice
		// says no more than one, and must not hold its chunk up for ever.
		_, err = t.exec(ctx, `INSERT OR IGNORE INTO roster_job_refusals (job, line, field, code, bound)
			SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`, row.number, string(appendRefusals(nil, some)))
	}
	return err
}

// appendRefusals appends [[line, "field", "code", limit], …].
func appendRefusals(list []byte, refusals []domain.Refusal) []byte {
	separator := byte('[')
	for _, refusal := range refusals {
		list = append(list, separator, '[')
		list = strconv.AppendInt(list, refusal.Line, 10)
		list = append(list, ',', '"')
		list = appendEscaped(list, refusal.Field)
		list = append(list, '"', ',', '"')
		list = appendEscaped(list, string(refusal.Code))
		list = append(list, '"', ',')
		list = strconv.AppendInt(list, refusal.Limit, 10)
		list = append(list, ']')
		separator = ','
	}
	return append(list, ']')
}
