package httpclient

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Export is domain.Export on a server.
type Export struct{ connection *connection }

var _ ports.PersonExporter = (*Export)(nil)

// Export writes all persons to w in a format, csv or ndjson, as they come, and returns how many. An answer that
// breaks off is an error, and is not asked for again: a part of it has been written. Of what is no export, by its
// Content-Type or for want of the header of CSV, nothing is written: domain.CodeUpstream.
func (e *Export) Export(ctx context.Context, format string, w io.Writer) (int64, error) {
	mediaType, err := mediaTypeOf(format)
	if err != nil {
		return 0, err
	}
	text, err := e.connection.open(ctx, call{
		method: http.MethodGet, path: exportPath, query: url.Values{"format": {format}}, header: http.Header{"Accept": {mediaType}},
	})
	if err != nil {
		return 0, err
	}
	defer func() { _ = text.Close() }()
	rows := &rowCounter{isCSV: format == "csv"}
	whole := bufio.NewReader(text)
	if rows.isCSV {
		if err := checkHeader(whole, exportHeader); err != nil {
			return 0, passed(orNotUnderstood(text, err))
		}
	}
	_, err = io.Copy(w, io.TeeReader(whole, rows))
	return rows.persons(), passed(err)
}

const exportHeader = "id,name,age\n"

// checkHeader looks at the beginning of a text, which stays to be read.
func checkHeader(text *bufio.Reader, header string) error {
	begins, err := text.Peek(len(header))
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case string(begins) != header:
		return errIncomplete
	default:
		return nil
	}
}

// rowCounter counts the rows of a text of ours: each ends with a line end that no quotes surround.
type rowCounter struct {
	isCSV, quoted bool
	rows          int64
}

// Write implements io.Writer.
func (c *rowCounter) Write(text []byte) (int, error) {
	for _, char := range text {
		switch {
		case char == '"' && c.isCSV: // of a doubled one the second takes back what the first said
			c.quoted = !c.quoted
		case char == '\n' && !c.quoted:
			c.rows++
		}
	}
	return len(text), nil
}

// persons returns how many rows there are without the header.
func (c *rowCounter) persons() int64 {
	if c.isCSV {
		return max(0, c.rows-1)
	}
	return c.rows
}

// Refusals yields what a job has refused, in the order of the lines. The limit of a rule comes from the reason, which is a
// sentence for people with one number in it. An answer that breaks off is an error.
func (j *Jobs) Refusals(ctx context.Context, id domain.JobID) iter.Seq2[domain.Refusal, error] {
	return func(yield func(domain.Refusal, error) bool) {
		fail := func(err error) { yield(domain.Refusal{}, passed(missing(err, domain.NoJob(id)))) }
		if !isID(id) {
			fail(domain.NoJob(id))
			return
		}
		text, err := j.connection.open(ctx, call{method: http.MethodGet, path: jobPath(id) + "rejected/", header: http.Header{"Accept": {"text/csv"}}})
		if err != nil {
			fail(err)
			return
		}
		defer func() { _ = text.Close() }()
		bounded := &boundedRows{inner: text}
		rows := csv.NewReader(bounded)
		rows.FieldsPerRecord, rows.ReuseRecord = len(refusalColumns), true
		for isHeader := true; ; isHeader = false {
			bounded.read = 0
			row, err := rows.Read()
			if errors.Is(err, io.EOF) && !isHeader {
				return
			}
			var refusal domain.Refusal
			switch {
			case err != nil:
			case !isHeader:
				refusal, err = refusalOfRow(row)
			case !slices.Equal(row, refusalColumns):
				err = errIncomplete
			}
			if err != nil {
				fail(orNotUnderstood(text, err))
				return
			}
			if !isHeader && !yield(refusal, nil) {
				return
			}
		}
	}
}

var refusalColumns = []string{"line", "field", "code", "reason"}

func refusalOfRow(row []string) (domain.Refusal, error) {
	line, err := strconv.ParseInt(row[0], 10, 64)
	digits := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, row[3])
	limit, _ := strconv.ParseInt(digits, 10, 64) // most reasons have none
	return domain.Refusal{Line: line, Problem: domain.Problem{
		Field: strings.Clone(row[1]), Code: domain.ProblemCode(strings.Clone(row[2])), Limit: limit,
	}}, err
}

// orNotUnderstood returns the error of a stream, or that it is no CSV.
func orNotUnderstood(text *stream, err error) error {
	if domain.CodeOf(err) != domain.CodeInternal {
		return err
	}
	return notUnderstood(answer{status: http.StatusOK, header: text.header}, err)
}

// boundedRows is a text of which so much may be read for one row.
type boundedRows struct {
	inner io.Reader
	read  int
}

// Read implements io.Reader.
func (b *boundedRows) Read(content []byte) (int, error) {
	if b.read > maxLine {
		return 0, tooLong("a row")
	}
	n, err := b.inner.Read(content)
	b.read += n
	return n, err
}
