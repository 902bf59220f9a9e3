// Package personfile reads and writes persons as text: CSV and NDJSON. Both take
// texts of any length in the memory of a chunk, and a row that is wrong harms no other.
package personfile

import (
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The names of the formats.
const (
	NameCSV    = "csv"
	NameNDJSON = "ndjson"
)

// Formats returns every format by its name.
func Formats() map[string]domain.RowFormat {
	return map[string]domain.RowFormat{NameCSV: CSV{}, NameNDJSON: NDJSON{}}
}

// FormatOf tells by the end of a file's name what the file holds: the name of its
// format, "" where it does not say, and whether it is compressed by gzip. The
// ends are .csv, .ndjson and .jsonl, in any case, and .gz behind them.
func FormatOf(file string) (format string, gzipped bool) {
	file = strings.ToLower(file)
	file, gzipped = strings.CutSuffix(file, ".gz")
	switch {
	case strings.HasSuffix(file, ".csv"):
		return NameCSV, gzipped
	case strings.HasSuffix(file, ".ndjson"), strings.HasSuffix(file, ".jsonl"):
		return NameNDJSON, gzipped
	default:
		return "", gzipped
	}
}
