package labpage

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// rowed is the batches of a run by the rows on which they are drawn.
type rowed struct {
	rows [][]lab.Batch
	// workers is how many workers share a row, and used how many there were that had something to do.
	workers, used int
}

// rowsByWorker puts batches on the rows of their workers. Where there are more workers than most, some share a row.
// Workers that never had anything have rows too, where these are few.
func rowsByWorker(run lab.Run, most int) rowed {
	used := 1
	for _, batch := range run.Batches {
		used = max(used, batch.Worker+1)
	}
	workers := used
	if run.Strategy.Workers <= 16 {
		workers = max(workers, run.Strategy.Workers)
	}
	r := rowed{workers: (workers-1)/most + 1, used: used}
	r.rows = make([][]lab.Batch, (workers-1)/r.workers+1)
	for _, batch := range run.Batches {
		at := max(0, batch.Worker) / r.workers
		r.rows[at] = append(r.rows[at], batch)
	}
	for _, row := range r.rows {
		slices.SortStableFunc(row, func(a, b lab.Batch) int { return cmp.Compare(a.Began, b.Began) })
	}
	return r
}

// shade is a part of a row in which batches are drawn together.
type shade struct {
	from, to time.Duration
	// busy is the share of the time in which a worker had something to do.
	busy                           float64
	batches, items, failed, panics int
}

// columnsOf returns what happened on a row in each of so many parts of the time: how busy its workers were, and the batches
// whose middle lies there.
func columnsOf(row []lab.Batch, workers int, column time.Duration, parts int) []shade {
	columns := make([]shade, parts)
	for i := range columns {
		columns[i].from, columns[i].to = time.Duration(i)*column, time.Duration(i+1)*column
	}
	for _, b := range row {
		columns[middle(b, column, parts)].add(b)
		for i := partAt(b.Began, column, parts); i < parts && columns[i].from < b.Ended; i++ {
			columns[i].busy += float64(min(columns[i].to, b.Ended)-max(columns[i].from, b.Began)) / float64(column) / float64(workers)
		}
	}
	for i := range columns {
		columns[i].busy = min(1, max(0, columns[i].busy))
	}
	return columns
}

func partAt(moment, column time.Duration, parts int) int {
	return int(min(time.Duration(parts-1), max(0, moment)/column))
}

// middle returns in which part of the time the middle of a batch lies.
func middle(b lab.Batch, column time.Duration, parts int) int {
	return partAt(b.Began+(b.Ended-b.Began)/2, column, parts)
}

func (s *shade) add(b lab.Batch) {
	s.batches++
	s.items += b.Items
	s.failed += b.Failed
	if b.Panicked {
		s.panics++
	}
}

// merge parts a row into batches that are drawn by themselves, and shades of those that are shorter than a column and have their
// middle in the same one as others that are, or beside such a column. Where workers share a row, all is shades.
func merge(row []lab.Batch, workers int, column time.Duration, parts int) (alone []lab.Batch, shades []shade) {
	columns := columnsOf(row, workers, column, parts)
	if workers > 1 {
		return nil, slices.DeleteFunc(columns, func(s shade) bool { return s.busy == 0 && s.batches == 0 })
	}
	short := make([]shade, parts)
	isShort := func(b lab.Batch) bool { return b.Ended-b.Began < column }
	for _, b := range row {
		if isShort(b) {
			short[middle(b, column, parts)].add(b)
		}
	}
	crowded := func(i int) bool { return i >= 0 && i < parts && short[i].batches > 1 }
	isMerged := func(i int) bool { return crowded(i) || short[i].batches > 0 && (crowded(i-1) || crowded(i+1)) }
	for _, b := range row {
		if !isShort(b) || !isMerged(middle(b, column, parts)) {
			alone = append(alone, b)
		}
	}
	for i, s := range short {
		if isMerged(i) {
			s.from, s.to, s.busy = columns[i].from, columns[i].to, columns[i].busy
			shades = append(shades, s)
		}
	}
	return alone, shades
}

// levels is how many shades can be told apart.
const levels = 4

// level returns how dark a shade is, from 1 to levels.
func (s shade) level() int { return min(levels, int(s.busy*levels)+1) }
