package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/child"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/repeat"
)

// Worker is a process that measures what it is asked to, one thing after the
// other. Not for concurrent use.
type Worker struct {
	program *child.Program
	encoder *json.Encoder
	decoder *json.Decoder
}

// Start starts a worker, which is this program built with one of the drivers. It
// keeps its files in a folder. The caller stops it.
func Start(ctx context.Context, binary, folder string) (*Worker, error) {
	program, err := child.StartProgram(ctx, binary, Command, folder)
	if err != nil {
		return nil, err
	}
	return &Worker{
		program: program,
		encoder: json.NewEncoder(program.In),
		decoder: json.NewDecoder(program.Out),
	}, nil
}

// Stop ends the worker.
func (w *Worker) Stop() error { return w.program.Stop() }

// About returns what the worker was built with.
func (w *Worker) About() (About, error) {
	got, err := w.ask(request{Do: doAbout})
	return got.About, err
}

// Fill makes sure that a file holds the made-up persons 0 to rows-1 with the ids 1
// to rows, and the newest schema. One that does already is left alone.
func (w *Worker) Fill(path string, rows int) error {
	_, err := w.ask(request{Do: doFill, Path: path, Rows: rows})
	return err
}

// Fresh gives each way of saving an empty file.
func (w *Worker) Fresh() error {
	_, err := w.ask(request{Do: doFresh})
	return err
}

// Bulk saves rows at once and returns how long that took.
func (w *Worker) Bulk(way Way, rows int) (time.Duration, error) {
	got, err := w.ask(request{Do: doBulk, Way: way, Rows: rows})
	return got.Took, err
}

// Stream saves rows that come one after the other in a new file, as many at once
// as the limit, and returns how many bytes of the heap that took at most.
func (w *Worker) Stream(rows, limit int) (peak int64, err error) {
	got, err := w.ask(request{Do: doStream, Rows: rows, Limit: limit})
	return got.Bytes, err
}

// Create lets callers save one row after the other until the time is over.
func (w *Worker) Create(way Way, callers int, slice time.Duration) (repeat.Result, error) {
	got, err := w.ask(request{Do: doCreate, Way: way, Callers: callers, Slice: slice})
	return repeat.Result{Count: got.Count, Callers: callers, Took: got.Took}, err
}

// Read lets one caller read from a file that Fill made until the time is over.
func (w *Worker) Read(way Way, path string, rows int, slice time.Duration) (repeat.Result, error) {
	got, err := w.ask(request{Do: doRead, Way: way, Path: path, Rows: rows, Slice: slice})
	return repeat.Result{Count: got.Count, Callers: 1, Took: got.Took}, err
}

func (w *Worker) ask(r request) (answer, error) {
	var got answer
	if err := w.encoder.Encode(r); err != nil {
		return answer{}, fmt.Errorf("the worker cannot be asked to %s: %w", r.Do, err)
	}
	if err := w.decoder.Decode(&got); err != nil {
		return answer{}, fmt.Errorf("the worker did not answer to %s: %w", r.Do, err)
	}
	if got.Error != "" {
		return answer{}, errors.New(got.Error)
	}
	return got, nil
}
