package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/seed-bbcc19ba/roster/domain"
)

// CountByAge implements ports.HistoryStore. It takes one of the connections for as long as it takes.
func (s *Store) CountByAge(ctx context.Context) (counts []domain.AgeCount, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		rows, err := pool.Query(ctx, "SELECT age, count(*) FROM persons_person GROUP BY age ORDER BY age")
		if err != nil {
			return err
		}
		counts, err = pgx.CollectRows(rows, pgx.RowToStructByPos[domain.AgeCount])
		return err
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// CreatedPerHour implements ports.HistoryStore.
func (s *Store) CreatedPerHour(ctx context.Context, now time.Time, hours int) ([]domain.HourCount, error) {
	counts := domain.NewHourCounts(now, hours)
	err := s.read(ctx, func(pool *pgxpool.Pool) error {
		if len(counts) == 0 {
			return nil
		}
		rows, err := pool.Query(ctx, `SELECT floor(extract(epoch FROM at - $1) / 3600)::integer, sum(count)::bigint
			FROM roster_history WHERE at >= $1 AND kind = 'created' GROUP BY 1`, counts[0].Begin)
		if err != nil {
			return err
		}
		var (
			hour  int
			count int64
		)
		_, err = pgx.ForEachRow(rows, []any{&hour, &count}, func() error {
			if hour < len(counts) {
				counts[hour].Count = count
			}
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// Size implements ports.HistoryStore: the tables of roster, with their indexes.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	err = s.read(ctx, func(pool *pgxpool.Pool) error {
		return pool.QueryRow(ctx, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
			WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND (relname = 'persons_person' OR relname LIKE 'roster\_%')`).Scan(&bytes)
	})
	return bytes, err
}
