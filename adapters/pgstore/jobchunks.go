package pgstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
)

// AddChunks implements ports.JobStore.
func (s *Store) AddChunks(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) error {
	_, err := s.onJob(ctx, id, func(tx pgx.Tx) (domain.Job, error) {
		job, err := changeJob(ctx, tx, id, func(job domain.Job) (domain.Job, error) { return job.Receive(chunks, now) })
		if err != nil {
			return domain.Job{}, err
		}
		return job, insertChunks(ctx, tx, id, chunks)
	})
	return err
}

func insertChunks(ctx context.Context, tx pgx.Tx, id domain.JobID, chunks []domain.Chunk) error {
	var (
		numbers = make([]int64, len(chunks))
		firsts  = make([]int64, len(chunks))
		rows    = make([]int64, len(chunks))
		texts   = make([][]byte, len(chunks))
	)
	for i, chunk := range chunks {
		numbers[i], firsts[i], rows[i], texts[i] = int64(chunk.Number), chunk.First, int64(chunk.Rows), chunk.Text
	}
	result, err := tx.Exec(ctx, `INSERT INTO roster_job_chunks (job, number, first, rows, text)
		SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) ON CONFLICT (job, number) DO NOTHING`,
		id, numbers, firsts, rows, texts)
	if err == nil && result.RowsAffected() != int64(len(chunks)) {
		err = &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("job %s has a chunk of one of these numbers already", id)}
	}
	return err
}

// FindChunk implements ports.JobStore.
func (s *Store) FindChunk(ctx context.Context, id domain.JobID, number int) (domain.Chunk, error) {
	chunk := domain.Chunk{Number: number}
	err := s.read(ctx, func(pool *pgxpool.Pool) error {
		if !isJobID(id) {
			return domain.NoJob(id)
		}
		var (
			state       domain.JobState
			first, rows *int64
		)
		err := pool.QueryRow(ctx, `SELECT job.state, chunk.first, chunk.rows::bigint, chunk.text
			FROM roster_jobs job LEFT JOIN roster_job_chunks chunk ON chunk.job = job.id AND chunk.number = $2::bigint WHERE job.id = $1`,
			id, number).Scan(&state, &first, &rows, &chunk.Text)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return domain.NoJob(id)
		case err != nil:
			return err
		case first == nil || rows == nil || domain.Job{State: state}.IsOver():
			return domain.NoChunk(id, number)
		}
		chunk.First, chunk.Rows = *first, int(*rows)
		return nil
	})
	if err != nil {
		return domain.Chunk{}, err
	}
	return chunk, nil
}

// OpenChunks implements ports.JobStore.
func (s *Store) OpenChunks(ctx context.Context, id domain.JobID, size int) (numbers []int, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		if !isJobID(id) {
			return nil
		}
		rows, err := pool.Query(ctx, `SELECT number FROM roster_job_chunks WHERE job = $1
				AND EXISTS (SELECT FROM roster_jobs WHERE id = $1 AND state IN ('receiving', 'queued', 'running'))
			ORDER BY number LIMIT $2`, id, max(size, 0))
		if err != nil {
			return err
		}
		numbers, err = pgx.CollectRows(rows, pgx.RowTo[int])
		return err
	})
	if err != nil {
		return nil, err
	}
	return numbers, nil
}

// EndChunks implements ports.JobStore. The row of the job, which all its workers want, is
// locked last, for as long as it takes to change it.
func (s *Store) EndChunks(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (domain.Job, error) {
	var drafts []domain.Draft
	for _, end := range ends {
		drafts = append(drafts, end.Drafts...)
	}
	end := func(job domain.Job) (domain.Job, error) { return job.End(ends, now) }
	job, err := s.onJob(ctx, id, func(tx pgx.Tx) (domain.Job, error) {
		// First, so that who ends the same chunk waits before it saves anybody.
		if err := removeEnded(ctx, tx, id, ends, end); err != nil {
			return domain.Job{}, err
		}
		if len(drafts) > 0 {
			if _, err := insertAll(ctx, tx, drafts); err != nil {
				return domain.Job{}, err
			}
		}
		if err := insertRefusals(ctx, tx, id, ends); err != nil {
			return domain.Job{}, err
		}
		return changeJob(ctx, tx, id, end)
	})
	if err == nil && len(drafts) > 0 {
		s.folder.wrote()
	}
	return job, err
}

// removeEnded removes the chunks that have ended. Where it does not find all of them, the
// error is that of the change, or domain.CodeConflict.
func removeEnded(ctx context.Context, tx pgx.Tx, id domain.JobID, ends []domain.ChunkEnd, change func(domain.Job) (domain.Job, error)) error {
	numbers := make([]int64, len(ends))
	for i, end := range ends {
		numbers[i] = int64(end.Number)
	}
	result, err := tx.Exec(ctx, "DELETE FROM roster_job_chunks WHERE job = $1 AND number = ANY ($2::bigint[])", id, numbers)
	if err != nil || result.RowsAffected() == int64(len(ends)) {
		return err
	}
	if _, err := changeJob(ctx, tx, id, change); err != nil {
		return err
	}
	return &domain.Error{Code: domain.CodeConflict, Message: fmt.Sprintf("job %s has not all of these chunks under way", id)}
}

func insertRefusals(ctx context.Context, tx pgx.Tx, id domain.JobID, ends []domain.ChunkEnd) error {
	var (
		lines, limits []int64
		fields, codes []string
	)
	for _, end := range ends {
		for _, refusal := range end.Refusals {
			lines, fields = append(lines, refusal.Line), append(fields, refusal.Field)
			codes, limits = append(codes, string(refusal.Code)), append(limits, refusal.Limit)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO roster_job_refusals (job, line, field, code, "limit")
		SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[]) ON CONFLICT DO NOTHING`, id, lines, fields, codes, limits)
	return err
}
