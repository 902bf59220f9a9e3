package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/chart"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/report"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

// bench is a run.
type bench struct {
	options  options
	plan     plan
	progress io.Writer
	begin    time.Time

	cache    string     // programs and tables, kept for the next run
	folder   string     // of this run only
	variants []*variant // the first is the one that rows without a driver's name mean
	facts    []report.Fact
	rows     []report.Row
	panels   []chart.Panel
}

func newBench(options options, progress io.Writer) *bench {
	b := &bench{options: options, plan: wholePlan, progress: progress}
	if options.quick {
		b.plan = quickPlan
	}
	return b
}

// run measures and writes the page. A figure that is missed is no error, a wrong
// answer is. When ctx ends, the error says why it ended.
func (b *bench) run(ctx context.Context) error {
	err := b.measure(ctx)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx) // what else failed, failed because of that
	}
	return err
}

func (b *bench) measure(ctx context.Context) (err error) {
	b.begin = time.Now()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.folder)) }()
	defer func() { err = errors.Join(err, b.stopWorkers()) }()
	if err := b.startWorkers(ctx); err != nil {
		return err
	}
	b.describe(ctx)
	if err := b.fillTables(); err != nil {
		return err
	}
	for _, part := range parts() {
		if len(b.options.only) > 0 && !slices.Contains(b.options.only, part.name) {
			continue
		}
		begin := time.Now()
		b.say("%-10s …", part.name)
		if err := part.measure(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		b.say(" %4.1f s\n", time.Since(begin).Seconds())
	}
	return b.write()
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.progress, format, args...) }

func (b *bench) prepare(ctx context.Context) (err error) {
	b.cache = filepath.Join(b.options.root, filepath.FromSlash(workFolder))
	// Where nothing can be written, nothing needs to be measured.
	if err := errors.Join(os.MkdirAll(b.cache, 0o750), os.MkdirAll(b.options.out, 0o750)); err != nil {
		return err
	}
	b.say("building\n")
	if b.variants, err = buildVariants(ctx, b.options.root, b.cache); err != nil {
		return err
	}
	b.folder, err = os.MkdirTemp(b.cache, "run-")
	return err
}

func (b *bench) startWorkers(ctx context.Context) (err error) {
	for _, v := range b.variants {
		if v.worker, err = worker.Start(ctx, v.self, b.folder); err != nil {
			return err
		}
		if v.about, err = v.worker.About(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) stopWorkers() error {
	var errs []error
	for _, v := range b.variants {
		if v.worker != nil {
			errs = append(errs, v.worker.Stop())
		}
	}
	return errors.Join(errs...)
}

// fillTables makes the tables that are only read, unless an earlier run did.
func (b *bench) fillTables() error {
	for _, rows := range append([]int{b.plan.tableRows}, b.plan.listRows...) {
		b.say("a table of %s rows\n", report.Grouped(rows))
		if err := b.variants[0].worker.Fill(filepath.Join(b.cache, tableName(rows)), rows); err != nil {
			return err
		}
	}
	return nil
}

// tableName is the name of the file with so many rows.
func tableName(rows int) string { return "table-" + strconv.Itoa(rows) + ".sqlite3" }

func (b *bench) add(rows ...report.Row) { b.rows = append(b.rows, rows...) }

// write writes the page and the picture, and says loudly which figures were
// missed.
func (b *bench) write() error {
	page := report.Report{Partial: b.options.partial(), Facts: b.facts, Rows: b.rows, Notes: notes}
	page.Facts = append(page.Facts, report.Fact{Name: "time taken", Text: time.Since(b.begin).Round(time.Second).String()})
	if len(b.panels) > 0 {
		picture, err := chart.SVG(b.panels)
		if err != nil {
			return err
		}
		page.Chart = "performance.svg"
		if err := os.WriteFile(filepath.Join(b.options.out, page.Chart), picture, 0o644); err != nil {
			return err
		}
	}
	text, err := page.Markdown()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.options.out, "performance.md"), []byte(text), 0o644); err != nil {
		return err
	}
	for _, row := range page.Missed() {
		b.say("FIGURE MISSED: %s\n", row.Work)
	}
	b.say("written to %s after %s\n", b.options.out, time.Since(b.begin).Round(time.Second))
	return nil
}
