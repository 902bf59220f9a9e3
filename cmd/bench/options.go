package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// options are what the command line says.
type options struct {
	root  string   // of the repository
	out   string   // the folder for the page and the picture
	only  []string // the names of the parts to measure; none are all
	quick bool
}

// partial says why a run is not the whole one; "" is the whole one.
func (o options) partial() string {
	switch {
	case o.quick:
		return "This was a quick run, with small tables and few rounds: it shows that everything works, and its numbers mean little."
	case len(o.only) > 0:
		return "This was a run of some parts only: " + strings.Join(o.only, ", ") + "."
	default:
		return ""
	}
}

// parseOptions reads the command line. A run that is not the whole one does not
// overwrite docs unless it is told to.
func parseOptions(args []string, output io.Writer) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(output)
	root := flags.String("root", ".", "the `folder` of the repository")
	out := flags.String("out", "", "the `folder` for performance.md and performance.svg (default docs, and "+workFolder+" unless all is measured)")
	quick := flags.Bool("quick", false, "small tables and few rounds: less than a minute")
	only := flags.String("only", "", "the `parts` to measure, with commas: "+strings.Join(partNames(), ", "))
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("%q is no option", flags.Arg(0))
	}
	parsed := options{root: *root, out: *out, quick: *quick}
	if *only != "" {
		parsed.only = strings.Split(*only, ",")
	}
	for _, name := range parsed.only {
		if !slices.Contains(partNames(), name) {
			return options{}, fmt.Errorf("%q is no part: there are %s", name, strings.Join(partNames(), ", "))
		}
	}
	absolute, err := filepath.Abs(parsed.root)
	if err != nil {
		return options{}, errors.Join(errors.New("the root has no path"), err)
	}
	parsed.root = absolute
	if parsed.out == "" {
		parsed.out = filepath.Join(parsed.root, "docs")
		if parsed.partial() != "" {
			parsed.out = filepath.Join(parsed.root, workFolder)
		}
	}
	return parsed, nil
}
