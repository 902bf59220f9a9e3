// Command roster is a person registry: see "roster --help".
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/seed-bbcc19ba/roster/app/cli"
)

// gcPercent lets the heap grow to three times what is in use, which is a few MiB.
// Go's default of 100 takes an eighth more processor time for a request. GOGC in
// the environment comes first.
const gcPercent = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal kills
	os.Exit(cli.Run(ctx, cli.Process{
		Args:    os.Args[1:],
		Environ: os.Environ(),
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
	}))
}
