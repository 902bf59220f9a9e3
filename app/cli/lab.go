package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/adapters/labpage"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
	"github.com/seed-bbcc19ba/roster/ports"
)

func newLab() *cobra.Command {
	var (
		flags labFlags
		own   experimentFlags
	)
	cmd := &cobra.Command{
		Use:   "lab [PRESET]",
		Short: "Do the same work by several strategies, and show what happened",
		Long: "Do the same work by several strategies of executors, one after the other, and show what\n" +
			"happened. Without a name the presets are listed: each has a story. --work makes an\n" +
			"experiment of your own. --out writes a page with pictures that any browser shows.\n\n" +
			"The work is real: bulk saves persons in SQLite, check looks them up there, fetch gets\n" +
			"documents over HTTP from a server that is part of the lab. All of it is made for the\n" +
			"experiment and taken away again; no setting is read and no database of yours is touched.",
		Args: arguments(cobra.MaximumNArgs(1), "the name of one preset"),
		RunE: func(cmd *cobra.Command, args []string) error {
			work, err := app.NewLab()
			if err != nil {
				return err
			}
			presets, err := chosen(cmd, args, flags, &own, work.Presets())
			if err != nil {
				return err
			}
			if presets == nil {
				return writePresets(cmd.OutOrStdout(), work.Presets(), flags.asJSON)
			}
			for i, preset := range presets {
				if i > 0 && !flags.asJSON {
					_, _ = fmt.Fprintln(cmd.OutOrStdout()) // what follows tells
				}
				if err := flags.try(cmd.Context(), cmd.OutOrStdout(), work, preset); err != nil {
					return err
				}
			}
			return nil
		},
	}
	flags.add(cmd)
	own.add(cmd)
	return cmd
}

// chosen returns the presets that the command line asks for, an experiment of its own among them, or nil where it asks for none.
func chosen(cmd *cobra.Command, args []string, flags labFlags, own *experimentFlags, presets []lab.Preset) ([]lab.Preset, error) {
	asked := len(args)
	if flags.all {
		asked++
	}
	if cmd.Flags().Changed("work") {
		asked++
	}
	switch {
	case asked > 1:
		return nil, usage(cmd, "take the name of a preset, --all or --work")
	case flags.outDir != "" && !flags.all:
		return nil, usage(cmd, "--out-dir is for --all")
	case flags.out != "" && (flags.all || asked == 0):
		return nil, usage(cmd, "--out is for one experiment")
	case !cmd.Flags().Changed("work") && own.given(cmd) != "":
		return nil, usage(cmd, fmt.Sprintf("--%s is for an experiment of your own, with --work", own.given(cmd)))
	case flags.all:
		return presets, nil
	case cmd.Flags().Changed("work"):
		preset, err := own.preset(cmd)
		return []lab.Preset{preset}, err
	case asked == 0:
		return nil, nil
	}
	i := slices.IndexFunc(presets, func(p lab.Preset) bool { return p.Name == args[0] })
	if i < 0 {
		return nil, usage(cmd, fmt.Sprintf("there is no preset %q, but %s", args[0], namesOf(presets)))
	}
	return presets[i : i+1], nil
}

func namesOf(presets []lab.Preset) string {
	names := make([]string, len(presets))
	for i, preset := range presets {
		names[i] = preset.Name
	}
	return strings.Join(names, ", ")
}

// labFlags say what becomes of reports.
type labFlags struct {
	out, outDir string
	all, asJSON bool
}

func (f *labFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.out, "out", "", "write a page with pictures into this `file`, in place of what is there")
	cmd.Flags().BoolVar(&f.all, "all", false, "do all presets")
	cmd.Flags().StringVar(&f.outDir, "out-dir", "", "with --all, write the page of each preset into this `folder`, as PRESET.html")
	addJSON(cmd, &f.asJSON, "a JSON object for each report, or for each preset")
}

// try does an experiment and writes what happened.
func (f *labFlags) try(ctx context.Context, w io.Writer, work ports.StrategyLab, preset lab.Preset) error {
	if !f.asJSON && preset.Title != "" {
		if _, err := fmt.Fprintf(w, "%s\n\n%s\n\n", preset.Title, wrapped(preset.Story)); err != nil {
			return err
		}
	}
	report, err := work.Run(ctx, preset.Experiment, preset.Strategies)
	if err != nil {
		return err
	}
	if f.asJSON {
		err = writeJSON(w, rowOfReport(preset, report))
	} else {
		err = writeReport(w, preset, report)
	}
	if err != nil {
		return err
	}
	name := f.out
	if f.outDir != "" {
		if err := os.MkdirAll(f.outDir, 0o755); err != nil { //nolint:gosec // pages are for everybody
			return fmt.Errorf("cannot make the folder %s: %w", visible(f.outDir), causeOf(err))
		}
		name = filepath.Join(f.outDir, preset.Name+".html")
	}
	if name == "" {
		return nil
	}
	return writePage(name, preset, report)
}

// writePage writes the page of a report. What was there before stays until the page is whole.
func writePage(name string, preset lab.Preset, report lab.Report) error {
	err := writeFile(nil, name, false, true, func(w io.Writer) error { return labpage.Write(w, preset, report) })
	if err == nil {
		err = os.Chmod(name, 0o644) //nolint:gosec // a page is for everybody, and a temporary file is not
	}
	return err
}

// writeReport writes a line for each strategy, and when to choose which.
func writeReport(w io.Writer, preset lab.Preset, report lab.Report) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "STRATEGY\tTOOK\tITEMS/S\tP50\tP99\tWAITED\tREFUSED\tFAILED\tGOROUTINES\tHEAP\t") // Flush tells
	for _, run := range report.Runs {
		f := run.Figures()
		_, _ = fmt.Fprintf(table, "%s\t%s\t%.0f\t%s\t%s\t%s\t%d\t%d\t%d\t%s\t\n", run.Strategy, short(run.Took), f.Throughput,
			short(f.Latency.P50), short(f.Latency.P99), short(f.LongestWait), f.Refused, f.Failed, f.PeakGoroutines, mebibytes(f.PeakHeap))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if preset.Choice == "" {
		return nil
	}
	_, err := fmt.Fprintf(w, "\n%s\n", wrapped(preset.Choice))
	return err
}

// writePresets writes a line for each preset.
func writePresets(w io.Writer, presets []lab.Preset, asJSON bool) error {
	if asJSON {
		for _, preset := range presets {
			if err := writeJSON(w, rowOfPreset(preset)); err != nil {
				return err
			}
		}
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "PRESET\tWORK\tTITLE") // Flush tells
	for _, preset := range presets {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", preset.Name, preset.Experiment.Work, preset.Title)
	}
	return table.Flush()
}

// short returns a time with about three digits.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 100*time.Millisecond:
		return d.Round(time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	default:
		return d.Round(time.Microsecond).String()
	}
}

func mebibytes(bytes uint64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

// wrapped returns text in lines that a terminal has room for.
func wrapped(text string) string {
	const width = 80
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
		case column+1+len(word) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// experimentFlags make an experiment.
type experimentFlags struct {
	work                       string
	calls, items, panic        int
	gap, latency, jitter, slow time.Duration
	failures                   float64
	strategies                 []string
}

func (f *experimentFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.work, "work", "", "make an experiment of your own: `bulk`, check or fetch")
	flags.IntVar(&f.calls, "calls", 10, "with --work, how many calls there are")
	flags.IntVar(&f.items, "items", 0, "with --work, how many items each call brings; 10 by default, and 1 with check")
	flags.DurationVar(&f.gap, "gap", 0, "with --work, the time from one call to the next; 0 makes all at once")
	flags.IntVar(&f.panic, "panic", 0, "with --work, the number of the call whose first item panics; 0 is none")
	flags.DurationVar(&f.latency, "latency", 20*time.Millisecond, "with fetch, how long a document takes")
	flags.DurationVar(&f.jitter, "jitter", 0, "with fetch, by how much at most that is more or less")
	flags.Float64Var(&f.failures, "failures", 0, "with fetch, the share of documents that fail, from 0 to 1")
	flags.DurationVar(&f.slow, "slow", 0, "with fetch, how long the first document of each call takes; 0 is as long as the others")
	flags.StringArrayVar(&f.strategies, "strategy", nil, "with --work, a `strategy`: serial, batched:ITEMS, pooled:WORKERS or\nper-item:WORKERS, with ,queue=CALLS for those who may wait; it may be given several times")
}

// upstreamFlags are for fetching only.
var upstreamFlags = []string{"latency", "jitter", "failures", "slow"}

// given returns the name of one of the flags that was given, "" where none was.
func (*experimentFlags) given(cmd *cobra.Command) string {
	return givenOf(cmd, append([]string{"calls", "items", "gap", "panic", "strategy"}, upstreamFlags...))
}

func givenOf(cmd *cobra.Command, names []string) string {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

// preset returns the experiment without a story. Where no strategy is given there are three, with room for all calls.
func (f *experimentFlags) preset(cmd *cobra.Command) (lab.Preset, error) {
	preset := lab.Preset{Experiment: lab.Experiment{
		Work: lab.Work(f.work), Calls: f.calls, Items: f.items, Gap: f.gap, Panic: f.panic,
	}}
	if !cmd.Flags().Changed("items") {
		preset.Experiment.Items = 10
		if preset.Experiment.Work == lab.WorkCheck {
			preset.Experiment.Items = 1
		}
	}
	switch name := givenOf(cmd, upstreamFlags); {
	case preset.Experiment.Work == lab.WorkFetch:
		preset.Experiment.Upstream = lab.Upstream{Latency: f.latency, Jitter: f.jitter, Failures: f.failures, Slow: f.slow}
	case name != "":
		return lab.Preset{}, usage(cmd, fmt.Sprintf("--%s is for --work fetch", name))
	}
	texts := f.strategies
	if texts == nil {
		queue := fmt.Sprintf(",queue=%d", max(0, f.calls))
		texts = []string{lab.Serial + queue, lab.Pooled + ":4" + queue, lab.PerItem + ":8" + queue}
	}
	for _, text := range texts {
		strategy, err := lab.ParseStrategy(text)
		if err != nil {
			return lab.Preset{}, usage(cmd, domain.MessageOf(err))
		}
		preset.Strategies = append(preset.Strategies, strategy)
	}
	if err := preset.Experiment.Check(preset.Strategies); err != nil {
		return lab.Preset{}, usage(cmd, problemWords(err))
	}
	return preset, nil
}

// problemWords returns what is wrong with an experiment in one line.
func problemWords(err error) string {
	var words []string
	for _, problem := range domain.ProblemsOf(err) {
		limit := strconv.FormatInt(problem.Limit, 10)
		if slices.Contains([]string{lab.FieldGap, lab.FieldLatency, lab.FieldJitter, lab.FieldSlow}, problem.Field) {
			limit = (time.Duration(problem.Limit) * time.Millisecond).String()
		}
		switch {
		case problem.Code == domain.ProblemTooSmall:
			words = append(words, fmt.Sprintf("%s is at least %s", problem.Field, limit))
		case problem.Code == domain.ProblemTooBig:
			words = append(words, fmt.Sprintf("%s is at most %s", problem.Field, limit))
		case problem.Field == lab.FieldWork:
			words = append(words, "work is bulk, check or fetch")
		default:
			words = append(words, problem.String())
		}
	}
	return strings.Join(words, ", ")
}
