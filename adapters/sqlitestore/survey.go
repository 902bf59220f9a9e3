package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"os"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/domain"
)

// laneBeside returns a lane of one place, with the connections of another, where it has one to spare.
func laneBeside(of *lane) *lane {
	return &lane{db: of.db, places: make(chan struct{}, 1), closed: of.closed, fault: of.fault}
}

// survey lets work read what takes long, as of one moment, while nobody waits for it: one at a time, and until ctx ends.
// In memory, where there is one connection, all others do wait.
func (s *Store) survey(ctx context.Context, work func(ctx context.Context, db querier) error) error {
	return s.surveyLane.run(ctx, func(db *bun.DB) (err error) {
		conn, err := db.DB.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, conn.Close()) }()
		// As in countToPage, database/sql must not end the transaction when ctx does.
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // it only reads
		return work(ctx, tx)
	})
}

// eachRow has each row of a query scanned.
func eachRow(ctx context.Context, db querier, scan func(*sql.Rows) error, query string, args ...any) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// countedRows is how many rows are grouped by one statement: what it sorts then stays in
// memory, and it is over before anybody waits for ctx to end.
const countedRows = 100_000

// countByAgeSQL counts the first persons after an id, and tells the last of their ids.
const countByAgeSQL = `SELECT coalesce(CAST(age AS integer), 0), count(*), max(id)
	FROM (SELECT id, age FROM persons_person WHERE id > ? ORDER BY id LIMIT ?) GROUP BY 1`

// CountByAge implements ports.HistoryStore. For a million persons it takes a fifth of a second.
func (s *Store) CountByAge(ctx context.Context) ([]domain.AgeCount, error) {
	counts := map[int]int64{}
	err := s.survey(ctx, func(ctx context.Context, db querier) error {
		last := int64(math.MinInt64)
		for found := true; found; {
			found = false
			err := eachRow(ctx, db, func(rows *sql.Rows) error {
				var age, count, id int64
				err := rows.Scan(&age, &count, &id)
				counts[int(age)] += count
				last, found = max(last, id), true
				return err
			}, countByAgeSQL, last, countedRows)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return domain.AgeCounts(counts), nil
}

// createdPerHourSQL counts by the hours after a time. No number is less than its time.
const createdPerHourSQL = `SELECT (at - ?1) / ?2, sum(count) FROM roster_history
	WHERE number >= ?1 AND at >= ?1 AND kind = ?3 GROUP BY 1`

// CreatedPerHour implements ports.HistoryStore.
func (s *Store) CreatedPerHour(ctx context.Context, now time.Time, hours int) ([]domain.HourCount, error) {
	counts := domain.NewHourCounts(now, hours)
	err := s.survey(ctx, func(ctx context.Context, db querier) error {
		if len(counts) == 0 {
			return nil
		}
		return historyError(eachRow(ctx, db, func(rows *sql.Rows) error {
			var hour, count int64
			err := rows.Scan(&hour, &count)
			if err == nil && hour < int64(len(counts)) {
				counts[hour].Count = count
			}
			return err
		}, createdPerHourSQL, counts[0].Begin.UnixMicro(), time.Hour.Microseconds(), domain.ChangeCreated))
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// Size implements ports.HistoryStore: the file and its WAL.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	err = s.survey(ctx, func(ctx context.Context, db querier) error {
		return db.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&bytes)
	})
	if err != nil {
		return 0, err
	}
	if info, err := os.Stat(s.path + "-wal"); s.path != "" && err == nil {
		bytes += info.Size()
	}
	return bytes, nil
}
