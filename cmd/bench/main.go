// Command bench measures roster and writes docs/performance.md: one table, and
// the pictures of docs/performance.svg. "make bench" builds and runs it.
//
// It listens on 127.0.0.1 only, writes below bin/benchmark and docs only, and
// ends no process that it did not start. It takes a few minutes, and never more
// than ten.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/child"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

func run(args []string) error {
	// A child has no signals to handle: it ends with its input, and the parent
	// tidies up.
	if len(args) == 2 && args[0] == child.BareCommand {
		return child.ServeBare(context.Background(), args[1], os.Stdin, os.Stdout)
	}
	if len(args) == 2 && args[0] == worker.Command {
		return worker.Serve(context.Background(), args[1], os.Stdin, os.Stdout)
	}
	options, err := parseOptions(args, os.Stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal kills
	ctx, cancel := context.WithTimeoutCause(ctx, timeLimit, errTooLong)
	defer cancel()
	return newBench(options, os.Stderr).run(ctx)
}
