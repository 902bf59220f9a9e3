package cli

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/app"
)

func newImport(s *session) *cobra.Command {
	var (
		flags  orderFlags
		format string
	)
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Save the persons of a CSV or NDJSON file",
		Long: "Save the persons of a file: CSV whose first line names the columns, of which name and age are\n" +
			"read, or NDJSON, an object a line. A name that ends with .gz, or --gzip, is decompressed. - is\n" +
			"the standard input.\n\n" +
			"The file becomes a job in the database, which this command works off, together with servers\n" +
			"and workers that there are. Whatever is interrupted goes on there, and no row is saved twice.\n" +
			"The exit code is 3 where rows were rejected; \"roster jobs rejected\" tells them.",
		Args: arguments(cobra.ExactArgs(1), "the name of a file, or -"),
	}
	gzipped := cmd.Flags().Bool("gzip", false, "the file is compressed by gzip")
	cmd.Flags().StringVar(&format, "format", "", "the file's `format`, csv or ndjson, instead of what its name ends with")
	flags.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		format, compressed, err := formatOf(cmd, args[0], format, *gzipped)
		if err != nil {
			return err
		}
		file, err := openInput(cmd, args[0])
		if err != nil {
			return err
		}
		defer file.Close()
		text, err := decompress(file, compressed)
		if err != nil {
			return fmt.Errorf("%s: %w", visible(args[0]), err)
		}
		return s.run(cmd, func(settings *settings, a *app.App) error {
			job, err := a.Jobs.Import(cmd.Context(), flags.order(), format, text)
			if err != nil {
				return fmt.Errorf("nothing of %s was imported: %w", visible(args[0]), err)
			}
			return flags.finish(cmd, a, job, settings.JobWorkers)
		})
	}
	return cmd
}

// formatOf returns what a file holds, by its name where no flag says it.
func formatOf(cmd *cobra.Command, name, format string, gzipped bool) (known string, compressed bool, err error) {
	byName, compressedByName := personfile.FormatOf(name)
	if format == "" {
		format = byName
	}
	if format == "" {
		return "", false, usage(cmd, visible(name)+" does not say its format: use --format csv or --format ndjson")
	}
	if personfile.Formats()[format] == nil {
		return "", false, usage(cmd, fmt.Sprintf("there is no format %q: use csv or ndjson", format))
	}
	return format, gzipped || compressedByName, nil
}

// standard is the name of standard input and output.
const standard = "-"

// openInput opens a file to be read, or standard input.
func openInput(cmd *cobra.Command, name string) (io.ReadCloser, error) {
	if name == standard {
		return io.NopCloser(cmd.InOrStdin()), nil
	}
	file, err := os.Open(name) //nolint:gosec // who runs the command may name any file
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", visible(name), errors.Unwrap(err))
	}
	return file, nil
}

func decompress(r io.Reader, compressed bool) (io.Reader, error) {
	if !compressed {
		return r, nil
	}
	text, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		return nil, errors.New("it is not compressed by gzip")
	}
	return text, nil
}
