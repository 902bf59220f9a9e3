package cli

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func newExport(s *session) *cobra.Command {
	var (
		format string
		force  bool
	)
	cmd := &cobra.Command{
		Use:   "export FILE|-",
		Short: "Write all persons into a CSV or NDJSON file",
		Long: "Write all persons into a file, in the order of their ids: CSV whose first line names the\n" +
			"columns, or NDJSON, an object a line. A name that ends with .gz, or --gzip, is compressed. -\n" +
			"is the standard output. The file has its name when it is whole.",
		Args: arguments(cobra.ExactArgs(1), "the name of a file, or -"),
	}
	gzipped := cmd.Flags().Bool("gzip", false, "compress by gzip")
	cmd.Flags().StringVar(&format, "format", "", "the file's `format`, csv or ndjson, instead of what its name ends with")
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		format, compressed, err := formatOf(cmd, args[0], format, *gzipped)
		if err != nil {
			return err
		}
		return s.run(cmd, func(_ *settings, a *app.App) error {
			start := time.Now()
			walker, err := newToldWalk(cmd, a.Registry)
			if err != nil {
				return err
			}
			var count int64
			err = writeFile(cmd.OutOrStdout(), args[0], compressed, force, func(w io.Writer) error {
				count, err = domain.NewExport(walker, a.Formats).Export(cmd.Context(), format, w)
				return err
			})
			walker.progress.end()
			if err != nil || args[0] == standard {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "exported %s into %s in %s\n", plural(int(count), "person"), visible(args[0]), time.Since(start).Round(time.Millisecond))
			return err
		})
	}
	return cmd
}

// toldWalk walks through all persons and shows how far it is.
type toldWalk struct {
	registry ports.PersonRegistry
	progress *progress
}

func newToldWalk(cmd *cobra.Command, registry ports.PersonRegistry) (*toldWalk, error) {
	page, err := registry.List(cmd.Context(), 1)
	if err != nil {
		return nil, err
	}
	return &toldWalk{registry, newProgress(cmd.ErrOrStderr(), "exported", int(page.Total))}, nil
}

// All implements domain.PersonWalker.
func (t *toldWalk) All(ctx context.Context) iter.Seq2[domain.Person, error] {
	return func(yield func(domain.Person, error) bool) {
		for person, err := range t.registry.All(ctx) {
			if !yield(person, err) {
				return
			}
			t.progress.add(1)
		}
	}
}

// writeFile writes a file, or standard output. The file has its name when it is whole
// and on the disk; what was there before stays until then.
func writeFile(stdout io.Writer, name string, compressed, force bool, write func(w io.Writer) error) error {
	if name == standard {
		return writeText(stdout, compressed, write)
	}
	if _, err := os.Lstat(name); err == nil && !force {
		return fmt.Errorf("%s is there already: --force replaces it", visible(name))
	}
	// With a name of its own: another export into the same file may go on.
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", visible(name), causeOf(err))
	}
	err = writeText(file, compressed, write)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return err
	}
	return nil
}

func causeOf(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	return err
}

func writeText(w io.Writer, compressed bool, write func(w io.Writer) error) error {
	const bufferSize = 64 << 10
	buffered := bufio.NewWriterSize(w, bufferSize)
	if !compressed {
		return errors.Join(write(buffered), buffered.Flush())
	}
	packed := gzip.NewWriter(buffered)
	if err := write(packed); err != nil {
		return err // without the end of a gzip, so that nobody takes a part for the whole
	}
	return errors.Join(packed.Close(), buffered.Flush())
}
